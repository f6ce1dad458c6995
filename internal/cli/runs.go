package cli

import (
	"bytes"
	"context"
	"io"
	"runtime"
)

// runLength is how many connections are worked at together: few packets each, as a rule, but maybe a million connections.
const runLength = 64

// runWriter writes the output for the things from from on, up to to.
type runWriter func(ctx context.Context, from, to int, out *bytes.Buffer) error

// inRuns lets write make the output for n things, runLength at a time and on all processors, and writes it to w in order. It
// ends with ctx or at the first error, behind what was written before that. The buffers go round, so that a long list leaves
// no garbage behind.
func inRuns(ctx context.Context, w io.Writer, n int, write runWriter) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ahead := runtime.GOMAXPROCS(0)
	free := make(chan *bytes.Buffer, ahead)
	for range ahead {
		free <- &bytes.Buffer{}
	}
	for run := range runs(ctx, n, free, write) {
		r := <-run
		if _, err := w.Write(r.out.Bytes()); err != nil {
			return err
		}
		if r.err != nil {
			return r.err
		}
		r.out.Reset()
		free <- r.out
	}
	return ctx.Err()
}

// result is the output of one run, up to where it failed.
type result struct {
	out *bytes.Buffer
	err error
}

// runs starts a run for every free buffer and yields the results in order.
func runs(ctx context.Context, n int, free <-chan *bytes.Buffer, write runWriter) <-chan chan result {
	ordered := make(chan chan result, cap(free))
	go func() {
		defer close(ordered)
		for from := 0; from < n; from += runLength {
			select {
			case <-ctx.Done():
				return
			case out := <-free:
				run := make(chan result, 1)
				ordered <- run // has room for all that have a buffer
				go func() { run <- result{out, write(ctx, from, min(from+runLength, n), out)} }()
			}
		}
	}()
	return ordered
}
