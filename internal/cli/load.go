package cli

import (
	"context"
	"errors"
	"io"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
)

// open opens a capture file, or standard input for "-".
func open(e *env, name string) (*session.Session, error) {
	if name != "-" {
		return session.Open(name)
	}
	f, err := pcapfile.OpenReader(e.stdin, nameStdin)
	if err != nil {
		return nil, err
	}
	return session.New(f), nil
}

// read reads an open capture; see decodeFlags.load.
func read(ctx context.Context, s *session.Session) (_ *session.Session, damage, err error) {
	damage = s.Run(ctx)
	var broken *pcapfile.Error
	if damage != nil && (!errors.As(damage, &broken) || broken.Kind == pcapfile.Unreadable) {
		return nil, nil, errors.Join(damage, s.Close())
	}
	return s, damage, nil
}

// closing closes c and keeps its error if nothing else failed.
func closing(c io.Closer, err *error) {
	if e := c.Close(); *err == nil {
		*err = e
	}
}
