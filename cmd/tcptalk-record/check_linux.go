package main

import (
	"context"
	"errors"
	"fmt"
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
func check(ctx context.Context, id string, b []byte) (differences []error, err error) {
	f, err := pcapfile.OpenBytes(b, id)
	if err != nil {
		return nil, err
	}
	s := session.New(f)
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Run(ctx); err != nil {
		return nil, err
	}
	facts, err := proof.Facts(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(b) > maxRecording {
		differences = append(differences, fmt.Errorf("%d bytes are more than the %d that a case may have", len(b), maxRecording))
	}
	all, err := lesson.Load(cases.FS())
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(c *lesson.Case) bool { return c.ID == id }); i >= 0 {
		return append(differences, all[i].Check(facts)...), nil
	}
	return append(differences, errNoLesson), nil
}
