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

// check reads a recording with the engine and compares it with what the case expects, its steps and the answers to its
// questions included. A recording whose case has no lesson yet is only read.
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
		differences = append(differences, all[i].Check(facts)...)
	}
	return differences, nil
}
