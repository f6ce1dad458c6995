package body

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// flusher is a compressor.
type flusher interface {
	io.WriteCloser
	Flush() error
}

// compressor returns one for a coding; "raw" is deflate without a frame.
func compressor(t testing.TB, coding string, to io.Writer) flusher {
	t.Helper()
	switch coding {
	case "gzip":
		return gzip.NewWriter(to)
	case "deflate":
		return zlib.NewWriter(to)
	case "br":
		return brotli.NewWriter(to)
	}
	var w flusher
	var err error
	if coding == "zstd" {
		w, err = zstd.NewWriter(to, zstd.WithEncoderConcurrency(1))
	} else {
		w, err = flate.NewWriter(to, flate.BestSpeed)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// flushed compresses texts with a flush behind each and returns what each flush gave.
func flushed(t testing.TB, coding string, texts ...string) [][]byte {
	t.Helper()
	var wire bytes.Buffer
	var pieces [][]byte
	w := compressor(t, coding, &wire)
	for _, text := range texts {
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, bytes.Clone(wire.Bytes()))
		wire.Reset()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return append(pieces, wire.Bytes())
}

var codings = []string{"gzip", "deflate", "raw", "br", "zstd"}

// nameOf is a coding's name in HTTP.
func nameOf(coding string) []string {
	if coding == "raw" {
		coding = "deflate"
	}
	return []string{coding}
}

// events are the texts that a server flushes one by one; one is longer than any window.
func events() []string {
	r := rand.New(rand.NewPCG(1, 2))
	long := make([]byte, 70_000)
	for i := range long {
		long[i] = "abcdefgh"[r.IntN(8)]
	}
	return []string{"data: 0\n\n", "data: 1\n\n", string(long), "data: 3\n\n"}
}

// What was flushed comes out with the piece that was flushed, and with no other.
func TestStreamGivesWhatWasFlushed(t *testing.T) {
	for _, coding := range codings {
		var got strings.Builder
		s := NewStream(nameOf(coding), 0, func(b []byte, _ int64) { got.Write(b) })
		texts := events()
		for i, piece := range flushed(t, coding, texts...) {
			got.Reset()
			s.Write(piece)
			want := ""
			if i < len(texts) {
				want = texts[i]
			}
			if got.String() != want {
				t.Errorf("%s: flush %d gave %d bytes, want %d", coding, i, got.Len(), len(want))
			}
		}
		s.Close()
		if why, err := s.Stop(); why != Whole || err != nil || !s.Over() {
			t.Errorf("%s: stop %q, %v", coding, why, err)
		}
	}
}

// What was not flushed comes out at the end.
func TestStreamWaitsForWhatWasNotFlushed(t *testing.T) {
	for _, coding := range codings {
		var wire bytes.Buffer
		var got strings.Builder
		s := NewStream(nameOf(coding), 0, func(b []byte, _ int64) { got.Write(b) })
		w := compressor(t, coding, &wire)
		for i := range 5 {
			if _, err := fmt.Fprintf(w, "data: %d\n\n", i); err != nil {
				t.Fatal(err)
			}
			s.Write(wire.Bytes())
			wire.Reset()
		}
		if got.Len() != 0 {
			t.Errorf("%s: %q came out of nothing", coding, got.String())
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s.Write(wire.Bytes())
		if got.Len() != 5*len("data: 0\n\n") {
			t.Errorf("%s: %q", coding, got.String())
		}
		s.Release()
	}
}

// A server that makes a gzip member of each event is understood at once, too: the next member need not have begun.
func TestStreamOfMembers(t *testing.T) {
	var got strings.Builder
	s := NewStream([]string{"gzip"}, 0, func(b []byte, _ int64) { got.Write(b) })
	defer s.Release()
	for i := range 3 {
		got.Reset()
		text := fmt.Sprintf("data: %d\n\n", i)
		s.Write(encode(t, "gzip", []byte(text)))
		if got.String() != text {
			t.Errorf("member %d gave %q", i, got.String())
		}
	}
}

// record writes raw in pieces and returns what came out, byte by byte of the input.
func record(names []string, raw []byte, limit int64, piece func() int) string {
	var out strings.Builder
	var last int64 = -1
	s := NewStream(names, limit, func(b []byte, used int64) {
		if used != last {
			fmt.Fprintf(&out, "\n%d:", used)
		}
		last = used
		out.Write(b)
	})
	for len(raw) > 0 {
		n := min(piece(), len(raw))
		scratch := bytes.Clone(raw[:n])
		s.Write(scratch)
		clear(scratch)
		raw = raw[n:]
	}
	s.Close()
	why, _ := s.Stop()
	return out.String() + "\n" + string(why)
}

// However the input is cut, the same comes out behind the same bytes; also of a stack, of damaged and of cut input.
func TestStreamSplitInvariance(t *testing.T) {
	inputs := map[string][]byte{}
	for _, coding := range codings {
		name := nameOf(coding)[0]
		raw := bytes.Join(flushed(t, coding, events()...), nil)
		inputs[name] = raw
		inputs[name+" "] = raw[:len(raw)/2]
		bad := bytes.Clone(raw)
		bad[len(bad)/2] ^= 0x55
		inputs[name+"  "] = bad
	}
	inputs["gzip,br"] = encode(t, "br", bytes.Join(flushed(t, "gzip", events()...), nil))
	inputs["gzip   "] = append(encode(t, "gzip", poem), "more"...)
	for name, raw := range inputs {
		names := Codings(name)
		want := record(names, raw, 0, func() int { return len(raw) })
		for seed := range uint64(4) {
			r := rand.New(rand.NewPCG(seed, 3))
			most := []int{1, 2, 100, 5000}[seed]
			if got := record(names, raw, 0, func() int { return 1 + r.IntN(most) }); got != want {
				t.Errorf("%q in pieces of up to %d bytes: %d bytes of record, want %d", name, most, len(got), len(want))
			}
		}
		plain := Decode(names, raw, 0)
		if !strings.HasSuffix(want, "\n"+string(plain.Stop)) {
			t.Errorf("%q: decoded at once it stops with %q", name, plain.Stop)
		}
	}
}

// Streams that are released wherever they are leave no coroutine behind.
func TestStreamLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, coding := range codings {
		raw := bytes.Join(flushed(t, coding, events()...), nil)
		for _, n := range []int{0, 1, 5, len(raw) / 2, len(raw)} {
			calls := 0
			s := NewStream(nameOf(coding), 0, func([]byte, int64) { calls++ })
			s.Write(raw[:n])
			s.Release()
			at := calls
			s.Write(raw[n:])
			s.Close()
			s.Release()
			if calls != at {
				t.Errorf("%s: a released stream went on", coding)
			}
		}
		ended := NewStream(nameOf(coding), 0, func([]byte, int64) {})
		ended.Write(raw)
		ended.Close()
		NewStream(nameOf(coding), 0, func([]byte, int64) {}).Release()
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, %d before", after, before)
	}
}

func TestStreamOfAnUnknownCoding(t *testing.T) {
	s := NewStream([]string{"compress"}, 0, func([]byte, int64) { t.Error("something came out") })
	s.Write([]byte("x"))
	if why, _ := s.Stop(); why != Unknown || !s.Over() {
		t.Errorf("stop %q, over %v", why, s.Over())
	}
}

func FuzzStream(f *testing.F) {
	for i, c := range codings {
		f.Add(uint8(i), uint16(3), bytes.Join(flushed(f, c, "data: 0\n\n", "data: 1\n\n"), nil))
	}
	f.Fuzz(func(t *testing.T, i uint8, cut uint16, raw []byte) {
		const limit = 1 << 16
		names := nameOf(codings[int(i)%len(codings)])
		first := true
		got := record(names, raw, limit, func() int {
			if first {
				first = false
				return 1 + int(cut)
			}
			return len(raw)
		})
		if want := record(names, raw, limit, func() int { return len(raw) }); got != want {
			t.Fatalf("in two pieces %.200q, in one %.200q", got, want)
		}
	})
}

func BenchmarkStream(b *testing.B) {
	for _, coding := range codings {
		pieces := flushed(b, coding, events()...)
		size := 0
		for _, p := range pieces {
			size += len(p)
		}
		b.Run(coding, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				s := NewStream(nameOf(coding), 0, func([]byte, int64) {})
				for _, p := range pieces {
					s.Write(p)
				}
				s.Close()
			}
		})
	}
}
