package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/helper"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/lab/space"
)

// recorder is what sees the packets of an interface.
type recorder interface {
	// Stop waits until nothing has passed for quiet and returns what was seen. It is called once.
	Stop(quiet time.Duration) ([]space.Frame, error)
}

// helped records with the program that tcptalk captures with.
type helped struct {
	cmd   *exec.Cmd
	hold  io.Closer // its standard input; it ends when that does
	ended chan error

	mu   sync.Mutex
	out  bytes.Buffer
	last time.Time // when it wrote last
}

// Write takes what the helper writes.
func (h *helped) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = time.Now()
	return h.out.Write(p)
}

// recordWith starts the helper in a namespace and waits until it is ready.
func (s *stage) recordWith(program string, at *space.Space, name string) (*helped, error) {
	h := &helped{ended: make(chan error, 1)}
	h.cmd = exec.CommandContext(s.ctx, program, "capture", "-immediate", "-i", name)
	h.cmd.Stdout = h
	hold, err := h.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	h.hold = hold
	said, err := h.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := at.Start(h.cmd); err != nil {
		return nil, err
	}
	ready := make(chan error, 1)
	go func() {
		err := listen(said, ready)
		h.ended <- errors.Join(err, h.cmd.Wait())
	}()
	select {
	case err = <-ready:
	case <-s.ctx.Done():
		err = s.ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(err, hold.Close(), <-h.ended)
	}
	return h, nil
}

// listen hears what the helper says until it ends. What it says first about being ready goes to ready.
func listen(said io.Reader, ready chan<- error) error {
	lines := bufio.NewScanner(said)
	var failure error
	for lines.Scan() {
		var l helper.Line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			failure = errors.Join(failure, fmt.Errorf("the capture helper said %q", lines.Text()))
			continue
		}
		switch {
		case l.Type == helper.Ready:
			ready <- nil
		case l.Type == helper.Failure:
			failure = errors.Join(failure, fmt.Errorf("the capture helper: %s", l.Message))
		case l.Type == helper.End && l.Dropped > 0:
			failure = errors.Join(failure, fmt.Errorf("%d frames were lost while recording", l.Dropped))
		}
	}
	select {
	case ready <- errors.New("the capture helper ended before it was ready"):
	default: // it was
	}
	return errors.Join(failure, lines.Err())
}

// Stop implements recorder.
func (h *helped) Stop(quiet time.Duration) ([]space.Frame, error) {
	begin := time.Now()
	for {
		h.mu.Lock()
		since := h.last
		h.mu.Unlock()
		if since.Before(begin) {
			since = begin
		}
		left := quiet - time.Since(since)
		if left <= 0 {
			break
		}
		time.Sleep(left)
	}
	if err := errors.Join(h.hold.Close(), <-h.ended); err != nil {
		return nil, err
	}
	f, err := pcapfile.OpenBytes(h.out.Bytes(), h.cmd.Path)
	if err != nil {
		return nil, err
	}
	var frames []space.Frame
	for {
		var p capture.Packet
		if err = f.Next(&p); err != nil {
			break
		}
		frames = append(frames, space.Frame{Time: p.Time, Data: bytes.Clone(p.Data)})
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return frames, errors.Join(err, f.Close())
}
