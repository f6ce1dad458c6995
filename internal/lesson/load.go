package lesson

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

const (
	caseName    = "case.yaml"
	captureName = "capture.pcapng"
	// maxCaseSize bounds a case.yaml: several times the longest lesson a person would read.
	maxCaseSize = 128 << 10
)

var (
	errPayload = errors.New("payload: want two numbers, the first byte and the one after the last")
	errTimes   = errors.New("choices: times: want a number, or the least and the most")
	errAnchor  = errors.New("anchors and aliases are not allowed")
	errAnswer  = errors.New("answer: want either compute and offer, or choice and choices")
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

// parseForm reads the YAML. The library panics on some broken documents (found by fuzzing); that is an error like any other.
func parseForm(b []byte) (f caseForm, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("this is no valid YAML")
		}
	}()
	if err = plainYAML(b); err == nil {
		err = yaml.UnmarshalWithOptions(b, &f, yaml.Strict())
	}
	return f, err
}

// plainYAML refuses anchors and aliases: a few bytes of them can stand for gigabytes.
func plainYAML(b []byte) error {
	for _, t := range lexer.Tokenize(string(b)) {
		if t.Type == token.AnchorType || t.Type == token.AliasType {
			return errAnchor
		}
	}
	return nil
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

// unknown says that a name is none of those allowed.
func unknown(what, name string) error { return fmt.Errorf("unknown %s %q", what, name) }

// at says in which item of a list, counted from 1, something is wrong.
func at(what string, i int, err error) error { return fmt.Errorf("%s %d: %w", what, i+1, err) }
