package websocket

import (
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"tcptalk/internal/proto"
)

// pongs plays events and says of each pong which ping it answers.
func pongs(events []ev) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) {
		if f := m.Detail.(*Frame); f.Opcode == Pong {
			text := fmt.Sprintf("%s:", f.Payload)
			if f.Answers != nil {
				text += fmt.Sprint(f.Answers.Start)
			}
			if f.Unasked {
				text += "unasked"
			}
			out = append(out, text)
		}
	}, Options{})
	for _, e := range events {
		if e.gap > 0 {
			d.Gap(e.dir, e.gap)
			continue
		}
		d.Data(e.dir, []byte(e.data))
	}
	return strings.Join(out, " ")
}

func TestPongs(t *testing.T) {
	ping := func(s string) ev { return frame(c, 0x89, s) }
	pong := func(p string) ev { return frame(s, 0x8a, p) }
	many := []ev{}
	for range maxPings + 1 {
		many = append(many, ping("x"))
	}
	for _, tt := range []struct {
		name   string
		events []ev
		want   string
	}{
		{"one", []ev{ping("a"), pong("a")}, "a:0"},
		{"in order, also of the same payload", []ev{ping("a"), ping("a"), pong("a"), pong("a"), pong("a")}, "a:0 a:7 a:unasked"},
		{"the earlier ones are passed over", []ev{ping("a"), ping("b"), ping("c"), pong("b"), pong("a"), pong("c")}, "b:7 a:unasked c:14"},
		{"nobody asked", []ev{pong(""), ping("")}, ":unasked"},
		{"the other side's own pings do not count", []ev{frame(s, 0x89, "a"), pong("a")}, "a:unasked"},
		{"both sides ask", []ev{frame(s, 0x89, "a"), ping("a"), frame(c, 0x8a, "a"), pong("a")}, "a:0 a:0"},
		{"a gap may have held the ping", []ev{{dir: c, gap: 9}, pong("a")}, "a:"},
		{"too many to remember", append(many, pong("y"), pong("x")), "y: x:0"},
		{"a ping with a hole in it", []ev{{dir: c, data: "\x89\x82\x00\x00\x00\x00a"}, {dir: c, gap: 1}, pong("ab")}, "ab:"},
	} {
		if got := pongs(tt.events); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A sender that agreed on a smaller window (RFC 7692 §7.1.2) is read with the largest one, which holds all that it refers to.
func TestSmallWindow(t *testing.T) {
	for _, size := range []int{flate.MinCustomWindowSize, 1 << 10, 1 << 15} {
		var b strings.Builder
		w, err := flate.NewWriterWindow(&b, size)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		d := New([2]int64{}, func(m proto.Message) {
			whole := m.Detail.(*Frame).Whole
			got = append(got, string(whole.Data)+string(whole.Stop))
		}, Options{Deflate: Deflate{On: true}})
		var want []string
		for i := range 20 {
			text := fmt.Sprintf("%d %s", i, strings.Repeat("the same again, ", 40))
			want = append(want, text)
			b.Reset()
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			d.Data(s, []byte(frame(s, 0xc1, strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")).data))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("window %d: %.200q", size, got)
		}
	}
}
