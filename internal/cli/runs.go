package cli

import (
	"bytes"
	"context"
	"io"
	"runtime"
)

// runLength is how many connections are worked at together: few packets each, as a rule, but maybe a million connections.
const runLength = 64

// inRuns lets write make the output for n things, runLength at a time and on all processors, and writes it to w in order. It
// ends with ctx or at the first error, behind what was written before that.
func inRuns(ctx context.Context, w io.Writer, n int, write func(ctx context.Context, from, to int, w io.Writer) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for run := range runs(ctx, n, write) {
		r := <-run
		if _, err := w.Write(r.out); err != nil {
			return err
		}
		if r.err != nil {
			return r.err
		}
	}
	return ctx.Err()
}

// result is the output of one run, up to where it failed.
type result struct {
	out []byte
	err error
}

// runs starts the runs and yields their results in order, a few ahead of their reader.
func runs(ctx context.Context, n int, write func(ctx context.Context, from, to int, w io.Writer) error) <-chan chan result {
	ordered := make(chan chan result, runtime.GOMAXPROCS(0)-1)
	go func() {
		defer close(ordered)
		for from := 0; from < n; from += runLength {
			run := make(chan result, 1)
			go func() {
				var b bytes.Buffer
				err := write(ctx, from, min(from+runLength, n), &b)
				run <- result{b.Bytes(), err}
			}()
			select {
			case <-ctx.Done():
				return
			case ordered <- run: // waits while enough of them are under way
			}
		}
	}()
	return ordered
}
