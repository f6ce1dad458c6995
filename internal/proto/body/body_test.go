package body

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

func encode(t testing.TB, coding string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "raw":
		w, _ = flate.NewWriter(&b, 6)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var poem = []byte(strings.Repeat("Two roads diverged in a yellow wood, ", 300) + "and sorry I could not travel both")

func TestDecode(t *testing.T) {
	for _, c := range []struct{ made, named string }{
		{"gzip", "gzip"},
		{"gzip", "x-gzip"},
		{"gzip", "deflate"},
		{"deflate", "deflate"},
		{"raw", "deflate"},
		{"deflate", "gzip"},
		{"br", "br"},
		{"zstd", "zstd"},
	} {
		got := Decode([]string{c.named}, encode(t, c.made, poem), 0)
		if got.Stop != Whole || got.Err != nil || !bytes.Equal(got.Data, poem) {
			t.Errorf("%s named %s: %d bytes, stop %q, %v", c.made, c.named, len(got.Data), got.Stop, got.Err)
		}
	}
}

func TestDecodeStack(t *testing.T) {
	raw := encode(t, "br", encode(t, "gzip", poem))
	if got := Decode(Codings("GZip , identity", " br"), raw, 0); got.Stop != Whole || !bytes.Equal(got.Data, poem) {
		t.Errorf("%d bytes, stop %q, %v", len(got.Data), got.Stop, got.Err)
	}
	if got := Decode([]string{"br", "gzip"}, raw, 0); got.Stop != Damaged || len(got.Data) != 0 {
		t.Errorf("wrong order: %d bytes, stop %q", len(got.Data), got.Stop)
	}
	if got := Decode([]string{"gzip", "gzip", "gzip", "gzip", "gzip"}, raw, 0); got.Stop != Unknown {
		t.Errorf("deep stack: stop %q", got.Stop)
	}
}

func TestDecodeNothing(t *testing.T) {
	if got := Decode(nil, poem, 0); got.Stop != Whole || !bytes.Equal(got.Data, poem) {
		t.Errorf("no coding: stop %q", got.Stop)
	}
	if got := Decode([]string{"compress"}, poem, 0); got.Stop != Unknown || len(got.Data) != 0 {
		t.Errorf("unknown coding: %d bytes, stop %q", len(got.Data), got.Stop)
	}
}

func TestDecodeTruncatedAtEveryByte(t *testing.T) {
	for _, coding := range []string{"gzip", "deflate", "raw", "br", "zstd"} {
		raw, name := encode(t, coding, poem), coding
		if coding == "raw" {
			name = "deflate"
		}
		for n := range len(raw) {
			got := Decode([]string{name}, raw[:n], 0)
			if got.Stop != Truncated || !bytes.HasPrefix(poem, got.Data) {
				t.Errorf("%s cut to %d of %d: %d bytes, stop %q, %v", coding, n, len(raw), len(got.Data), got.Stop, got.Err)
			}
		}
	}
}

// A server that flushes after each event makes each prefix readable.
func TestDecodeFlushedPrefix(t *testing.T) {
	var b bytes.Buffer
	gz, br := gzip.NewWriter(&b), brotli.NewWriter(&b)
	for name, w := range map[string]interface {
		io.Writer
		Flush() error
	}{"gzip": gz, "br": br} {
		b.Reset()
		for i := range 3 {
			if _, err := fmt.Fprintf(w, "data: %d\n\n", i); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			want := "data: 0\n\ndata: 1\n\ndata: 2\n\n"[:9*(i+1)]
			if got := Decode([]string{name}, b.Bytes(), 0); string(got.Data) != want || got.Stop != Truncated {
				t.Errorf("%s after %d events: %q, stop %q", name, i+1, got.Data, got.Stop)
			}
		}
	}
}

func TestDecodeDamaged(t *testing.T) {
	raw := encode(t, "gzip", poem)
	raw[len(raw)-5] ^= 1 // the checksum
	if got := Decode([]string{"gzip"}, raw, 0); got.Stop != Damaged || !bytes.Equal(got.Data, poem) || got.Err == nil {
		t.Errorf("bad checksum: %d bytes, stop %q, %v", len(got.Data), got.Stop, got.Err)
	}
	if got := Decode([]string{"br"}, []byte("\xff\xff\xffplain text"), 0); got.Stop != Damaged {
		t.Errorf("no brotli: stop %q", got.Stop)
	}
}

func TestDecodeMembersAndTrailing(t *testing.T) {
	two := append(encode(t, "gzip", poem[:100]), encode(t, "gzip", poem[100:])...)
	if got := Decode([]string{"gzip"}, two, 0); got.Stop != Whole || !bytes.Equal(got.Data, poem) {
		t.Errorf("two members: %d bytes, stop %q, %v", len(got.Data), got.Stop, got.Err)
	}
	if got := Decode([]string{"gzip"}, append(two, "\r\n"...), 0); got.Stop != Trailing || !bytes.Equal(got.Data, poem) {
		t.Errorf("trailing data: %d bytes, stop %q, %v", len(got.Data), got.Stop, got.Err)
	}
}

// What stands behind a stream belongs to none and damages none: the content is whole, and the rest is counted. Only what is the
// beginning of another gzip member or zstd frame is one that is cut off.
func TestExcess(t *testing.T) {
	large := bytes.Repeat([]byte("x"), 100_000)
	for _, coding := range codings {
		raw := encode(t, coding, poem)
		for _, more := range [][]byte{{0}, []byte("\r\n"), []byte("abc"), []byte("abcd"), []byte("more text"), large} {
			got := Decode(nameOf(coding), append(bytes.Clone(raw), more...), 0)
			if got.Stop != Trailing || got.Excess() != int64(len(more)) || !bytes.Equal(got.Data, poem) {
				t.Errorf("%s with %d bytes behind it: %d bytes, stop %q, %v", coding, len(more), len(got.Data), got.Stop, got.Err)
			}
			s := NewStream(nameOf(coding), 0, func([]byte, int64) {})
			s.Write(append(bytes.Clone(raw), more...))
			s.Close()
			if why, err := s.Stop(); why != Trailing || err.Error() != "bytes follow behind the end of the compressed data" {
				t.Errorf("%s with %d bytes behind it, pushed: stop %q, %v", coding, len(more), why, err)
			}
		}
	}
	two := encode(t, "gzip", append(encode(t, "zstd", poem), "12345"...))
	if got := Decode([]string{"zstd", "gzip"}, append(two, "123"...), 0); got.Stop != Trailing || got.Excess() != 5 || !bytes.Equal(got.Data, poem) {
		t.Errorf("a stack: stop %q, %v", got.Stop, got.Err)
	}
	for _, cut := range []struct {
		coding, behind string
		stop           Stop
	}{{"zstd", "\x28\xb5", Truncated}, {"zstd", "\x28\xb5\x2f\xfd", Truncated}, {"zstd", "\x55\x2a", Truncated}, {"gzip", "\x1f\x8b", Truncated}, {"br", "\x0b", Trailing}} {
		if got := Decode(nameOf(cut.coding), append(encode(t, cut.coding, poem), cut.behind...), 0); got.Stop != cut.stop || !bytes.Equal(got.Data, poem) {
			t.Errorf("%s and %q: %d bytes, stop %q, %v", cut.coding, cut.behind, len(got.Data), got.Stop, got.Err)
		}
	}
	if r := Decode([]string{"gzip"}, encode(t, "gzip", poem), 0); r.Excess() != 0 {
		t.Errorf("nothing follows, and %d bytes are counted", r.Excess())
	}
	if s := (&Excess{1}).Error(); s != "1 byte follows behind the end of the compressed data" {
		t.Error(s)
	}
}

// Frames of zstd of every form may follow one another, also such as hold nothing.
func TestZstdFrames(t *testing.T) {
	skip := "\x53\x2a\x4d\x18\x05\x00\x00\x00five!"
	text, want := skip, ""
	for _, opt := range [][]zstd.EOption{
		{}, {zstd.WithEncoderCRC(false)}, {zstd.WithSingleSegment(true)}, {zstd.WithWindowSize(1 << 10)}, {zstd.WithEncoderLevel(zstd.SpeedBestCompression)},
	} {
		for _, n := range []int{0, 1, 300, 70_000, 1 << 20} {
			e, err := zstd.NewWriter(nil, append(opt, zstd.WithZeroFrames(true))...)
			if err != nil {
				t.Fatal(err)
			}
			part := strings.Repeat("zstd ", n)[:n]
			text += string(e.EncodeAll([]byte(part), nil)) + skip
			want += part
		}
	}
	for _, tail := range []string{"", "\r\n"} {
		got := Decode([]string{"zstd"}, []byte(text+tail), 0)
		if string(got.Data) != want || got.Excess() != int64(len(tail)) || (got.Stop == Whole) != (tail == "") {
			t.Errorf("%d bytes of %d, stop %q, %v", len(got.Data), len(want), got.Stop, got.Err)
		}
	}
	if got := Decode([]string{"zstd"}, []byte("no frame at all"), 0); got.Stop != Damaged {
		t.Errorf("no zstd: stop %q", got.Stop)
	}
}

func TestDecodeBounds(t *testing.T) {
	raw := encode(t, "gzip", poem)
	if got := Decode([]string{"gzip"}, raw, 10); got.Stop != TooLarge || string(got.Data) != string(poem[:10]) {
		t.Errorf("limit: %d bytes, stop %q", len(got.Data), got.Stop)
	}
	if got := Decode([]string{"gzip"}, raw, int64(len(poem))); got.Stop != Whole {
		t.Errorf("exactly at the limit: stop %q", got.Stop)
	}
	bomb := encode(t, "br", make([]byte, 32<<20))
	if got := Decode([]string{"br"}, bomb, 0); got.Stop != Bomb || len(got.Data) > 5<<20 {
		t.Errorf("bomb of %d bytes: %d bytes, stop %q", len(bomb), len(got.Data), got.Stop)
	}
}

func TestCopyErrors(t *testing.T) {
	sick := errors.New("sick disk")
	if _, stop, err := Copy(io.Discard, iotest.ErrReader(sick), []string{"gzip"}, 0); stop != Whole || !errors.Is(err, sick) {
		t.Errorf("source error: stop %q, %v", stop, err)
	}
	full := errors.New("disk full")
	if _, stop, err := Copy(failing{full}, bytes.NewReader(encode(t, "gzip", poem)), []string{"gzip"}, 0); stop != Whole || !errors.Is(err, full) {
		t.Errorf("target error: stop %q, %v", stop, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func FuzzDecode(f *testing.F) {
	for i, c := range []string{"gzip", "deflate", "raw", "br", "zstd"} {
		f.Add(uint8(i), encode(f, c, poem[:200]))
	}
	names := []string{"gzip", "deflate", "deflate", "br", "zstd"}
	f.Fuzz(func(t *testing.T, i uint8, raw []byte) {
		const limit = 1 << 16
		if got := Decode([]string{names[int(i)%len(names)]}, raw, limit); len(got.Data) > limit {
			t.Fatalf("%d bytes, more than the limit", len(got.Data))
		}
	})
}
