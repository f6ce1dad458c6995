package main

import (
	"net"
	"slices"
	"strings"
	"testing"
)

// written is a connection that keeps what is written to it, each time.
type written struct {
	net.Conn

	pieces []string
}

func (w *written) Write(p []byte) (int, error) {
	w.pieces = append(w.pieces, string(p))
	return len(p), nil
}

// TestFramed: frames are written in pieces as told, however they come, and then as they come.
func TestFramed(t *testing.T) {
	frame := func(length int) string {
		return string([]byte{0, byte(length >> 8), byte(length)}) + strings.Repeat("x", 6+length)
	}
	first, pair, rest := frame(0), frame(300)+frame(2), "whatever"
	for size := 1; size < 400; size++ {
		var w written
		f := &framed{Conn: &w, pieces: []int{1, 2}}
		for part := range slices.Chunk([]byte(first+pair+rest), size) {
			if n, err := f.Write(part); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		if got := strings.Join(w.pieces, ""); len(w.pieces) < 3 || w.pieces[0] != first || w.pieces[1] != pair || got != first+pair+rest {
			t.Fatalf("in parts of %d: %q", size, w.pieces)
		}
	}
}
