package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/lesson"
	"tcptalk/internal/lesson/proof"
	"tcptalk/internal/session"
)

// maxRecording is what one recording may add to the program.
const maxRecording = 150 << 10

// errNoLesson is the only difference of a sound recording whose case is not written yet.
var errNoLesson = errors.New("there is no lesson yet to hold it against")

// check reads a recording with the engine and compares it with what the case expects, its steps and the answers to its
// questions included.
func check(ctx context.Context, id string, b []byte) (result lesson.Again, err error) {
	all, err := lesson.Load(cases.FS())
	if err != nil {
		return result, err
	}
	again, close, err := facts(ctx, id, b)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, close()) }()
	i := slices.IndexFunc(all, func(c *lesson.Case) bool { return c.ID == id })
	if i < 0 {
		result.Differences = []error{errNoLesson}
	} else {
		old, err := fs.ReadFile(cases.FS(), id+"/capture.pcapng")
		if err != nil {
			return result, err
		}
		first, closeOld, err := facts(ctx, id, old)
		if err != nil {
			return result, err
		}
		defer func() { err = errors.Join(err, closeOld()) }()
		result = all[i].CheckAgain(first, again)
	}
	if len(b) > maxRecording {
		result.Differences = append(result.Differences, fmt.Errorf("%d bytes are more than the %d that a case may have", len(b), maxRecording))
	}
	return result, nil
}

// facts are what the engine finds in a recording. The caller calls close.
func facts(ctx context.Context, id string, b []byte) (f lesson.Facts, close func() error, err error) {
	file, err := pcapfile.OpenBytes(b, id)
	if err != nil {
		return nil, nil, err
	}
	s := session.New(file)
	if err = s.Run(ctx); err == nil {
		f, err = proof.Facts(ctx, s)
	}
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return f, s.Close, nil
}
