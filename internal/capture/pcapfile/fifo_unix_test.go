//go:build unix

package pcapfile

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A named pipe is opened by name and read as a pipe.
func TestNamedPipe(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(name, manyPackets(50), 0) }()
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if all, err := drain(f); len(all) != 50 || err != io.EOF {
		t.Errorf("%d packets, %v", len(all), err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}

// A full disk is named as such.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	s := &spool{file: full, limits: defaultLimits}
	defer s.Close()
	err = s.keep(payload(100))
	if e, ok := err.(*Error); !ok || e.Reason != ReasonDiskFull || e.Kind != Failed {
		t.Errorf("%v", err)
	}
}
