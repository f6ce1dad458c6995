package lesson

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
)

const (
	caseName    = "case.yaml"
	captureName = "capture.pcapng"
	// maxCaseSize bounds a case.yaml: several times the longest lesson a person would read.
	maxCaseSize = 128 << 10
)

// Load reads every folder of fsys that holds a case, and returns the cases by number. It returns all problems it finds, each
// with the place, and no cases if there is any.
func Load(fsys fs.FS) ([]*Case, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("list the cases: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() })
	cases, errs := make([]*Case, len(entries)), make([]error, len(entries))
	var all sync.WaitGroup // every start waits for them
	for i, e := range entries {
		all.Go(func() {
			if cases[i], errs[i] = loadCase(fsys, e.Name()); errs[i] != nil {
				errs[i] = fmt.Errorf("case %s: %w", e.Name(), errs[i])
			}
		})
	}
	all.Wait()
	cases = slices.DeleteFunc(cases, func(c *Case) bool { return c == nil })
	slices.SortFunc(cases, func(a, b *Case) int { return cmp.Compare(a.Number, b.Number) })
	for i := 1; i < len(cases); i++ {
		if cases[i].Number == cases[i-1].Number {
			errs = append(errs, fmt.Errorf("cases %s and %s have the same number %d", cases[i-1].ID, cases[i].ID, cases[i].Number))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return cases, nil
}

// loadCase reads one folder.
func loadCase(fsys fs.FS, dir string) (*Case, error) {
	b, err := readBounded(fsys, dir+"/"+caseName)
	if err != nil {
		return nil, err
	}
	f, err := parseForm(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", caseName, err)
	}
	c, err := f.caseOf()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", caseName, err)
	}
	if c.ID != dir {
		return nil, fmt.Errorf("%s: id %q is not the name of the folder", caseName, c.ID)
	}
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", caseName, err)
	}
	if _, err := fs.Stat(fsys, c.CapturePath()); err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	return c, nil
}

// readBounded reads a file of at most maxCaseSize bytes.
func readBounded(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCaseSize+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxCaseSize {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxCaseSize)
	}
	return b, nil
}
