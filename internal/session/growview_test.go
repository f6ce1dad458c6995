package session

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
)

// A view that grows has the segments that one made at once has, and the one before keeps its own.
func TestGrownViews(t *testing.T) {
	s, err := Open(filepath.Join("..", "..", "cases", "http-picture", "capture.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	whole, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole.Len() {
		part, err := s.viewOf(0, n)
		if err != nil {
			t.Fatal(err)
		}
		grown, err := s.Grown(part)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(grown.ids.all(), whole.ids.all()) || part.Len() != n || grown.Conn.Packets != whole.Conn.Packets {
			t.Fatalf("%d segments became %d of %d, the view before has %d", n, grown.Len(), whole.Len(), part.Len())
		}
		if again, err := s.Grown(grown); err != nil || !slices.Equal(again.ids.all(), whole.ids.all()) {
			t.Fatalf("nothing came, and there are %d segments: %v", again.Len(), err)
		}
	}
}
