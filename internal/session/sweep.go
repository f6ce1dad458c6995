package session

import (
	"context"

	"tcptalk/internal/tcp"
)

// Sweep hands f the connections that have payload and that pick accepts (nil accepts all), one after the other, for a job
// that looks at the whole capture. progress, which may be nil, is told how many connections were passed. Sweep ends with ctx
// and with the first error of f.
func (s *Session) Sweep(ctx context.Context, pick func(*tcp.Connection) bool, progress func(done, total int), f func(*View) error) error {
	n := s.Streams()
	for i := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := s.Connection(i)
		if c.Payload != [2]uint64{} && (pick == nil || pick(&c)) {
			v, err := s.View(i)
			if err != nil {
				return err
			}
			if err := f(v); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(i+1, n)
		}
	}
	return nil
}
