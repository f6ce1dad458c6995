package body

import (
	"bytes"
	"io"
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
	} {
		began := time.Now()
		n, stop, err := Copy(io.Discard, c.raw(), c.in, 0)
		if stop != c.stop || n > MaxOutput || err != nil {
			t.Errorf("%s: %d bytes, stop %q, %v; want stop %q", c.name, n, stop, err, c.stop)
		}
		s := NewStream(c.in, 0, func([]byte, int64) {})
		_, err = io.CopyBuffer(writer{s}, c.raw(), make([]byte, 1448))
		if why, _ := s.Stop(); err != nil && err != io.ErrShortWrite || !s.Over() || why != c.stop {
			t.Errorf("%s, pushed: stop %q, %v; want stop %q", c.name, why, err, c.stop)
		}
		if took := time.Since(began); took > bombTime {
			t.Errorf("%s took %v", c.name, took)
		}
	}
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
