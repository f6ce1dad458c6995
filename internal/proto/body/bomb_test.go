package body

import (
	"bytes"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
)

// A bomb is a body that is small on the wire and grows beyond all measure. It must end at a bound, whatever it is made of,
// in the time that it takes to make what the bound allows.

// bombTime is far more than the bounds allow on a slow machine, and far less than any of the bombs would take.
const bombTime = 30 * time.Second

// zeros is a gzip file of n MiB of zeros, made while it is read: about a KiB each.
func zeros(t testing.TB, n int) io.Reader {
	t.Helper()
	var block bytes.Buffer
	w, err := flate.NewWriter(&block, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil { // so that the block ends at a byte and can be repeated
		t.Fatal(err)
	}
	parts := []io.Reader{bytes.NewReader([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"))}
	for range n {
		parts = append(parts, bytes.NewReader(block.Bytes()))
	}
	return io.MultiReader(parts...)
}

// nested wraps data in gzip n times more.
func nested(t testing.TB, data []byte, n int) []byte {
	t.Helper()
	for range n {
		data = encode(t, "gzip", data)
	}
	return data
}

func TestBombs(t *testing.T) {
	small, err := io.ReadAll(zeros(t, 256)) // MiB
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		raw  func() io.Reader
		in   []string
		stop Stop
	}{
		// Deflate reaches 1032:1 and no more, so that only the size can stop it.
		{"10 MiB that become 10 GiB", func() io.Reader { return zeros(t, 10<<10) }, []string{"gzip"}, TooLarge},
		{"gzip in gzip", func() io.Reader { return bytes.NewReader(nested(t, small, 1)) }, []string{"gzip", "gzip"}, Bomb},
		{"gzip, three deep", func() io.Reader { return bytes.NewReader(nested(t, small, 2)) }, []string{"gzip", "gzip", "gzip"}, Bomb},
		{"br", func() io.Reader { return bytes.NewReader(encode(t, "br", make([]byte, 32<<20))) }, []string{"br"}, Bomb},
		{"zstd", func() io.Reader { return bytes.NewReader(encode(t, "zstd", make([]byte, 32<<20))) }, []string{"zstd"}, Bomb},
		{"zstd in br in gzip", func() io.Reader {
			return bytes.NewReader(encode(t, "gzip", encode(t, "br", encode(t, "zstd", make([]byte, 32<<20)))))
		}, []string{"zstd", "br", "gzip"}, Bomb},
		{"members of nothing", func() io.Reader { return bytes.NewReader(bytes.Repeat(encode(t, "gzip", nil), 100_000)) }, []string{"gzip"}, Whole},
		{"frames of a byte", func() io.Reader { return bytes.NewReader(bytes.Repeat(encode(t, "zstd", []byte("x")), 50_000)) }, []string{"zstd"}, Whole},
	} {
		raw := c.raw()
		out := &sampled{before: live()}
		began := time.Now()
		n, stop, err := Copy(out, raw, c.in, 0)
		t.Logf("%s: %d bytes, stop %q, %.1f MB live at most, %v", c.name, n, stop, float64(out.peak)/1e6, time.Since(began).Round(time.Millisecond))
		if out.peak > maxLive {
			t.Errorf("%s: %d bytes are live", c.name, out.peak)
		}
		if stop != c.stop || n > MaxOutput || err != nil {
			t.Errorf("%s: %d bytes, stop %q, %v; want stop %q", c.name, n, stop, err, c.stop)
		}
		s := NewStream(c.in, 0, func([]byte, int64) {})
		_, err = io.CopyBuffer(writer{s}, c.raw(), make([]byte, 1448))
		if why, _ := s.Stop(); err != nil && err != io.ErrShortWrite || s.Over() == (c.stop == Whole) || why != c.stop {
			t.Errorf("%s, pushed: stop %q, %v; want stop %q", c.name, why, err, c.stop)
		}
		s.Release()
		if took := time.Since(began); took > bombTime {
			t.Errorf("%s took %v", c.name, took)
		}
	}
}

// maxLive is what decoders may keep, besides the compressed data: their windows, which for zstd may have 8 MiB, and for br 16.
const maxLive = 32 << 20

// sampled drops what is written and looks now and then how much memory is in use.
type sampled struct{ n, next, before, peak int64 }

func (s *sampled) Write(b []byte) (int, error) {
	const pause = 2 << 20 // bytes
	if s.n += int64(len(b)); s.n >= s.next {
		s.peak = max(s.peak, live()-s.before)
		s.next = s.n + pause
	}
	return len(b), nil
}

// live returns how many bytes are in use.
func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// writer is a Stream as an io.Writer that refuses more once the Stream is over.
type writer struct{ s *Stream }

func (w writer) Write(b []byte) (int, error) {
	if w.s.Over() {
		return 0, io.ErrShortWrite
	}
	w.s.Write(b)
	return len(b), nil
}
