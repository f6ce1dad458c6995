package websocket

import (
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// What lies between the bytes of a WebSocket belongs to its frames' ranges, and to nothing else.
func TestSkip(t *testing.T) {
	var got []string
	d := New([2]int64{}, func(m proto.Message) { got = append(got, render(m)) }, Options{Stream: 5})
	at := int64(0)
	data := func(skip int64, text string) {
		at += skip
		d.Skip(s, at)
		d.Data(s, []byte(text))
		at += int64(len(text))
	}
	data(9, "\x89")
	data(9, "\x02o")
	data(30, "k\x01\x01a")
	data(9, "\x80\x01")
	data(9, "b\x81")
	at += 9
	d.Skip(s, at)
	d.Gap(s, 4)
	at += 4
	data(9, "\x81\x02x")
	d.Skip(s, at+9)
	d.Gap(s, 1)
	d.Skip(c, 9)
	d.Data(c, []byte("\x8a\x82\x00\x00\x00\x00ok"))
	want := `s[9,52) op9 rsv0 len2+0 "ok" fin
s[52,55) op1 rsv0 len1+0 "a"
s[64,76) op0 rsv0 len1+0 "b" fin => op1 @52 2 frames 2>0 fmt1 "ab"
s[76,90) ? 1+4 BROKEN gap
s[99,112) op1 rsv0 len2+1 "x" fin guessed => op1 @99 1 frames 2>0 fmt1 "x"... stop gap BROKEN gap
c[9,17) op10 rsv0 len2+0 "ok" fin answers [9,52)`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

// Behind a hole of unknown length a frame may begin; an open one does not go on, and no message is put together over the hole.
func TestLost(t *testing.T) {
	var got []string
	d := New([2]int64{}, func(m proto.Message) { got = append(got, render(m)) }, Options{})
	for _, text := range []string{"\x01\x01a", "\x80\x05he", "\x80\x01b\x81", "\x81\x02hi", "\xf0\x00z"} {
		d.Data(s, []byte(text))
		d.Lost(s)
	}
	d.Data(s, []byte("more"))
	d.Cut(s)
	d.Lost(s)
	want := `s[0,3) op1 rsv0 len1+0 "a"
s[3,7) op0 rsv0 len5+0 "he" fin guessed !lone-continuation => op0 @3 1 frames 2>0 fmt0 "he" stop gap BROKEN gap
s[7,10) op0 rsv0 len1+0 "b" fin guessed !lone-continuation => op0 @7 1 frames 1>0 fmt0 "b" stop gap
s[10,11) ? 1+0 BROKEN gap
s[11,15) op1 rsv0 len2+0 "hi" fin guessed => op1 @11 1 frames 2>0 fmt1 "hi"
s[15,22) ? 7+0 BROKEN gap`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

// Decoders that share memory keep what there is room for, from the beginning of each frame and message on; what has ended gives
// its room back.
func TestPool(t *testing.T) {
	pool := NewPool(100)
	decoders := map[string]*Decoder{}
	var got []string
	for _, name := range []string{"one", "two"} {
		decoders[name] = New([2]int64{}, func(m proto.Message) {
			f := m.Detail.(*Frame)
			line := fmt.Sprintf("%s: %d of %d", name, len(f.Payload), f.Length)
			if w := f.Whole; w != nil {
				line += fmt.Sprintf(", %d of %d%s", len(w.Data), w.Length, w.Stop)
			}
			got = append(got, line)
		}, Options{Pool: pool, Deflate: Deflate{On: true}})
	}
	send := func(name, text string) { decoders[name].Data(flow.ServerToClient, []byte(text)) }
	part := func(b0 byte, n int) string { return string([]byte{b0, byte(n)}) + strings.Repeat("x", n) }
	send("one", part(0x01, 30))      // 30 for the frame while it is open, 30 for the message
	send("two", part(0x01, 20))      // 20 and 20
	send("one", part(0x00, 40))      // 40 for the frame: 10 are left for the message
	send("one", part(0x80, 10))      // nothing is kept behind what was not
	send("two", part(0x80, 10))      // as always
	send("two", part(0xc1, 60)[:30]) // 60 for the frame, 40 for what must all be there
	send("one", part(0x82, 1))
	send("two", strings.Repeat("x", 32))
	for _, d := range decoders {
		d.Cut(flow.ServerToClient)
	}
	want := `one: 30 of 30
two: 20 of 20
one: 40 of 40
one: 10 of 10, 40 of 80
two: 10 of 10, 30 of 30
one: 0 of 1, 0 of 1
two: 60 of 60, 0 of 60too large`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	if pool.left != 100 {
		t.Errorf("%d bytes are left in the end", pool.left)
	}
}
