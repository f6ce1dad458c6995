package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system with room for 64 kB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a full disk is not tried: mounting a small one needs rights (%v)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// What is whole stays, what is not leaves nothing, and the error says how far it got.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t)
	w, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, _, err := w.Write("first", text("12345")); err != nil {
		t.Fatal(err)
	}
	large := func(out io.Writer) error {
		_, err := io.Copy(out, bytes.NewReader(make([]byte, 100_000)))
		return err
	}
	var we *WriteError
	if _, _, err = w.Write("second", large); !errors.As(err, &we) || !errors.Is(err, syscall.ENOSPC) || we.Files != 1 || we.Bytes != 5 {
		t.Errorf("%v", err)
	}
	if err := ToFile(filepath.Join(dir, "first"), true, large); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	if got := listing(t, dir); got != "first=12345" {
		t.Errorf("the disk holds %.100q", got)
	}
}

// Bodies that wait for their end take room on the disk too.
func TestFullDiskOfBodies(t *testing.T) {
	dir := smallDisk(t)
	s := recording(t, "http-picture")
	if err := os.WriteFile(filepath.Join(dir, "mine"), make([]byte, 30_000), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := HTTP(context.Background(), s, w, HTTPOptions{}, nil); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "lighthouses.png") {
		t.Errorf("%v", err)
	}
	frames := NewFrames(s)
	frames.AddAll()
	err = ToFile(filepath.Join(dir, "all.pcapng"), false, func(out io.Writer) error {
		_, err := Packets(context.Background(), s, frames, PcapNG, out, nil)
		return err
	})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
