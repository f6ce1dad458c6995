package app

import (
	"context"
	"time"

	"tcptalk/internal/capture/helper"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
)

// Capturer is what live capture needs of the computer. SystemCapturer is this one; tests have others.
type Capturer interface {
	Examine(ctx context.Context) (live.Diagnosis, error)
	List(ctx context.Context, t live.Tool) ([]helper.Interface, error)
	Activity() (map[string]live.Traffic, bool)
	CheckFilter(ctx context.Context, t live.Tool, iface, link, filter string) error
	Start(s live.Spec) (Recording, error)
	// Leftovers returns what processes that are gone have neither saved nor discarded, the latest first.
	Leftovers() ([]Leftover, error)
}

// Recording is one capture that runs or has run. Its methods may be called from any goroutine.
type Recording interface {
	State() live.State
	// Open opens the packets that are kept, from the first one on; reading waits for more until the recording ends.
	Open() (*pcapfile.File, error)
	Stop()
	// Close ends it and removes what was not saved. Keep ends it and leaves that for the next start of the app.
	Close() error
	Keep() error
}

// Leftover is a capture that nobody has saved or discarded, to be opened as a recording that has ended.
type Leftover struct {
	Spec  live.Spec
	Bytes int64
	// Last is when its last packet was written.
	Last time.Time
	Recording
}

// SystemCapturer captures on this computer, and through its ssh on others.
type SystemCapturer struct{}

// Examine implements Capturer.
func (SystemCapturer) Examine(ctx context.Context) (live.Diagnosis, error) { return live.Examine(ctx) }

// List implements Capturer.
func (SystemCapturer) List(ctx context.Context, t live.Tool) ([]helper.Interface, error) {
	return live.List(ctx, t)
}

// Activity implements Capturer.
func (SystemCapturer) Activity() (map[string]live.Traffic, bool) { return live.Activity() }

// CheckFilter implements Capturer.
func (SystemCapturer) CheckFilter(ctx context.Context, t live.Tool, iface, link, filter string) error {
	return live.CheckFilter(ctx, t, iface, link, filter)
}

// Start implements Capturer.
func (SystemCapturer) Start(s live.Spec) (Recording, error) {
	dir, err := live.DefaultDir()
	if err != nil {
		return nil, err
	}
	r, err := live.Start(dir, s)
	if err != nil {
		return nil, err
	}
	return started{r}, nil
}

// Leftovers implements Capturer.
func (SystemCapturer) Leftovers() ([]Leftover, error) {
	dir, err := live.DefaultDir()
	if err != nil {
		return nil, err
	}
	list, err := live.Leftovers(dir)
	out := make([]Leftover, 0, len(list))
	for _, l := range list {
		out = append(out, Leftover{Spec: l.Spec, Bytes: l.Bytes, Last: l.Last, Recording: leftover{l}})
	}
	return out, err
}

// started is a capture of this process.
type started struct{ *live.Run }

// Keep implements Recording.
func (s started) Keep() error {
	_, err := s.Leave()
	return err
}

// leftover is a capture of a process that is gone.
type leftover struct{ *live.Leftover }

// State implements Recording.
func (f leftover) State() live.State {
	return live.State{Phase: live.Ended, End: live.EndItself, Bytes: f.Bytes, Finished: f.Last}
}

// Stop implements Recording: it has ended.
func (f leftover) Stop() {}

// Close implements Recording.
func (f leftover) Close() error { return f.Discard() }

// Keep implements Recording.
func (f leftover) Keep() error { return f.Release() }

// noCapturer is a computer that cannot capture.
type noCapturer struct{}

func (noCapturer) Examine(context.Context) (live.Diagnosis, error) { return live.Diagnosis{}, nil }

func (noCapturer) List(context.Context, live.Tool) ([]helper.Interface, error) { return nil, nil }

func (noCapturer) Activity() (map[string]live.Traffic, bool) { return nil, false }

func (noCapturer) CheckFilter(context.Context, live.Tool, string, string, string) error { return nil }

func (noCapturer) Start(live.Spec) (Recording, error) { return nil, &live.Problem{Kind: live.NoTool} }

func (noCapturer) Leftovers() ([]Leftover, error) { return nil, nil }
