package space

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/live"
)

// Frame is one recorded frame, from its Ethernet header on.
type Frame struct {
	// Time is the kernel's, nanoseconds since 1970.
	Time int64
	// On is the interface.
	On string
	// Data is what was kept of it, Length how many bytes it had.
	Data   []byte
	Length int
}

// Recording is what passes interfaces of a namespace, seen by the program that tcptalk captures with.
type Recording struct{ run *live.Run }

// maxRecorded bounds a recording, in bytes: those made here are to be small.
const maxRecorded = 256 << 20

// Record begins to record interfaces of the namespace with program, a tcptalk-capture. When it returns, whatever passes is seen.
// The caller stops it.
func (s *Space) Record(ctx context.Context, program string, interfaces ...string) (*Recording, error) {
	var r Recording
	spec := live.Spec{
		Tool: live.Tool{Kind: live.Own, Path: program}, Interfaces: interfaces, Immediate: true, Limits: live.Limits{Bytes: maxRecorded},
	}
	// What a thread of the namespace starts belongs to the namespace.
	err := s.Do(func() (err error) {
		r.run, err = live.Start(os.TempDir(), spec)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recording %v: %w", interfaces, err)
	}
	if err := r.run.Ready(ctx); err != nil {
		return nil, fmt.Errorf("recording %v: %w", interfaces, errors.Join(err, r.run.Close()))
	}
	return &r, nil
}

// Stop waits until nothing has passed for quiet, ends the recording and returns what was seen, in the order of the kernel's times.
// It is called once.
func (r *Recording) Stop(quiet time.Duration) (frames []Frame, err error) {
	defer func() { err = errors.Join(err, r.run.Close()) }()
	r.settle(quiet)
	r.run.Stop()
	<-r.run.Done()
	switch s := r.run.State(); {
	case s.Problem != nil:
		return nil, s.Problem
	case s.End != live.EndAsked:
		return nil, fmt.Errorf("the recording ended before it was asked to, after %d packets (%s)", s.Packets, s.End)
	case s.Dropped > 0:
		return nil, fmt.Errorf("%d frames were lost while recording", s.Dropped)
	}
	return r.frames()
}

// settle waits until no packet has come for a while, or none can.
func (r *Recording) settle(quiet time.Duration) {
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for seen := r.run.State().Packets; ; {
		changed := r.run.Changed()
		if now := r.run.State().Packets; now != seen {
			seen = now
			timer.Reset(quiet)
		}
		select {
		case <-changed:
		case <-timer.C:
			return
		case <-r.run.Done():
			return
		}
	}
}

// frames reads what was kept.
func (r *Recording) frames() (frames []Frame, err error) {
	f, err := r.run.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for {
		var p capture.Packet
		if err := f.Next(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		frames = append(frames, Frame{
			Time: p.Time, On: f.Info().Interfaces[p.Interface].Name, Data: bytes.Clone(p.Data), Length: int(p.OrigLen),
		})
	}
	slices.SortStableFunc(frames, func(a, b Frame) int { return cmp.Compare(a.Time, b.Time) })
	return frames, nil
}
