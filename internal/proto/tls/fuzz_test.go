package tls

import (
	"testing"

	"tcptalk/internal/flow"
)

func FuzzTLS(f *testing.F) {
	for _, tt := range conversations {
		f.Add(pack(tt.events), uint8(3))
	}
	for _, name := range []string{"tls12.txt", "tls13.txt", "alert.txt", "plain.txt"} {
		f.Add(pack(recording(f, name)), uint8(50))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece uint8) {
		var events []ev
		for len(in) > 2 {
			n := min(int(in[0]>>1), len(in)-2)
			e := ev{dir: flow.Direction(in[0] & 1), data: in[2 : 2+n]}
			if e.end = in[1]; e.end != 'f' && e.end != 'c' {
				e.end, e.gap = 0, int64(in[1]&0x1f)
			}
			in = in[2+n:]
			events = append(events, e)
		}
		events = append(events, ev{dir: c, end: 'f'}, ev{dir: s, end: 'c'})
		if a, b := play(events, whole), play(events, func() int { return 1 + int(piece) }); a != b {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
	})
}

// pack writes events as the fuzz target reads them.
func pack(events []ev) []byte {
	var in []byte
	for _, e := range events {
		for more := true; more; more = len(e.data) > 0 {
			n := min(len(e.data), 127)
			in = append(in, byte(n)<<1|byte(e.dir), byte(e.gap)|e.end)
			in = append(in, e.data[:n]...)
			e = ev{dir: e.dir, data: e.data[n:]}
		}
	}
	return in
}
