package mysql

import (
	"bytes"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"tcptalk/internal/proto"
)

// wrapped makes a packet of the compressed protocol; size is that of its body when inflated, 0 if it is not compressed.
func wrapped(seq uint8, body string, size int) string {
	n := len(body)
	return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), seq, byte(size), byte(size >> 8), byte(size >> 16)}) + body
}

// deflated wraps packets in zlib data of the level.
func deflated(t testing.TB, seq uint8, packets string, level int) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(packets)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return wrapped(seq, b.String(), len(packets))
}

// compressedScripts are conversations in the compressed protocol. Their zlib data is not smaller, so that no version of the
// library changes the offsets.
func compressedScripts(t *testing.T) []script {
	const zipped = basic | CapCompress
	flat := func(seq uint8, packets string) string { return deflated(t, seq, packets, zlib.NoCompression) }
	rows := numbered(1, "\x01", col("a", TypeLong, 0, 63), eof(2), text("1"), eof(2))
	do := ev{dir: c, data: wrapped(0, pkt(0, "\x03do 1"), 0)}
	fine := ev{dir: s, data: wrapped(1, pkt(1, ok(0, 0)), 0)}
	short := flat(1, "too long")
	long := short[:4] + "\x01\x00\x00" + short[wrapHeader:]
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	z := string(enc.EncodeAll([]byte(pkt(1, ok(9, 0))), nil))
	return []script{
		{"compressed: a packet in two, and two in one", with(start(zipped), do, ev{dir: s, data: flat(1, rows[:20]) + flat(2, rows[20:]+pkt(1, ok(0, 0)))})},
		{"compressed: the command comes before the login's OK", with(start(zipped)[:2], do, ev{dir: s, data: pkt(2, ok(0, 0))}, fine, do, fine)},
		{
			"compressed: damage, then a new beginning",
			with(start(zipped), do, ev{dir: s, data: wrapped(1, "no zlib data", 50)}, do, fine, ev{dir: s, data: long}, do, fine,
				do, ev{dir: s, data: flat(1, rows)[:40] + strings.Repeat("x", 70)}, ev{dir: s, end: 'f'}),
		},
		{
			"compressed: gaps",
			with(start(zipped), do, ev{dir: s, data: flat(1, rows)[:20]}, ev{dir: s, gap: int64(len(flat(1, rows)) - 20)}, do, fine,
				do, ev{dir: s, data: wrapped(1, rows, 0)[:30]}, ev{dir: s, gap: 1000}, fine, ev{dir: c, data: do.data[:10]}, ev{dir: c, end: 'x'}),
		},
		{"compressed with zstd", with(start(basic|CapZstd), do, ev{dir: s, data: wrapped(1, z, 11)}, do, ev{dir: s, data: wrapped(1, z[1:], 11)}, ev{dir: s, end: 'x'})},
	}
}

// Data that is compressed beyond all proportion is given up, for good.
func TestInflationIsBounded(t *testing.T) {
	var got *Message
	d := New([2]int64{}, func(m proto.Message) { got = m.Detail.(*Message) }, Options{})
	for _, e := range with(start(basic|CapCompress), ev{dir: c, data: wrapped(0, pkt(0, "\x03x"), 0)}) {
		d.Data(e.dir, []byte(e.data))
	}
	bomb := []byte(deflated(t, 1, strings.Repeat("\x00", maxFrame), zlib.BestCompression))
	d.Data(s, []byte(wrapped(1, "\x01\x00\x00\x01\x01", 0)))
	for range 20 {
		d.Data(s, bomb)
		d.Data(c, []byte(wrapped(0, pkt(0, "\x0e"), 0)))
	}
	if w := &d.side[s].wrap; !w.exhausted || w.inflated > ratioFloor+maxWrapped {
		t.Errorf("%d bytes inflated of %d", w.inflated, w.packed)
	}
	d.Close(s)
	if got.Kind != Unreadable || len(got.Problems) != 1 || got.Problems[0] != Inflated || got.Length < int64(10*len(bomb)) {
		t.Errorf("the last message is %+v", got)
	}
}
