package session

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// commented rewrites a capture as pcapng with comments on packets, by frame number.
func commented(t *testing.T, b []byte, text map[uint32]string) []byte {
	t.Helper()
	in, err := pcapfile.OpenBytes(b, "plain")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := pcapfile.NewWriter(&out, pcapfile.Section{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeRaw}); err != nil {
		t.Fatal(err)
	}
	var p capture.Packet
	for {
		if err := in.Next(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.Comment = text[p.Number]
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestComments(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.data(0, "hello")
	v := viewOf(t, ran(t, commented(t, b.capture(t), map[uint32]string{2: "look here", 4: "and\nhere"})), 0)
	for i, want := range []string{"", "look here", "", "and\nhere"} {
		if got := v.Comment(i); got != want {
			t.Errorf("packet %d: comment %q, want %q", i, got, want)
		}
		p, err := v.Packet(i)
		if err != nil || p.Comment != want {
			t.Errorf("packet %d read again: comment %q, %v", i, p.Comment, err)
		}
	}
}

func TestCommentsAreBounded(t *testing.T) {
	var c comments
	large := strings.Repeat("x", maxComments/4)
	for frame := range uint32(6) {
		c.keep(frame, large)
	}
	c.keep(9, "still room for none")
	if len(c.text) != 4 || c.size != maxComments {
		t.Errorf("%d comments, %d bytes", len(c.text), c.size)
	}
}
