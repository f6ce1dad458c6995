package mysql

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// Bounds of compression.
const (
	// A wrapped packet is at most 16 MiB long on both sides, as its length fields say, and grows here as its bytes come.
	maxWrapped = 1 << 24
	// maxRatio and ratioFloor bound the work that a small capture can make: zlib reaches 1032:1, rows of real tables 20:1.
	maxRatio   = 100
	ratioFloor = 64 << 20
	wrapHeader = 7 // three bytes of length, one of sequence id, three of the length when inflated
)

// wrapper reads the packets of the compressed protocol, which carry the ordinary ones.
type wrapper struct {
	head             []byte
	body             []byte
	left             int64 // bytes of the body to come
	size             int64 // when inflated; 0 says that the body is not compressed
	length, missing  int64
	start            int64 // stream offset of the packet
	packed, inflated int64 // so far
	doubtful         bool  // the packet was found behind a gap
	exhausted        bool  // the ratio is above the bound
	zlib             io.ReadCloser
	zstd             *zstd.Decoder
	chunk            []byte
}

// begun returns how many bytes of a packet are there of which the end is not.
func (w *wrapper) begun() int64 {
	n := int64(len(w.head))
	if n == wrapHeader {
		n += w.length - w.left - w.missing
	}
	return n
}

// unwrap takes the next bytes of the compressed protocol.
func (d *Decoder) unwrap(dir flow.Direction, s *side, b []byte) (rest []byte) {
	w := &s.wrap
	if len(w.head) < wrapHeader {
		if len(w.head) == 0 {
			w.start = s.pos
		}
		n := min(wrapHeader-len(w.head), len(b))
		w.head = append(w.head, b[:n]...)
		s.pos += int64(n)
		if len(w.head) == wrapHeader {
			h := w.head
			w.length = int64(h[0]) | int64(h[1])<<8 | int64(h[2])<<16
			w.size = int64(h[4]) | int64(h[5])<<8 | int64(h[6])<<16
			w.left, w.missing, w.body = w.length, 0, w.body[:0]
			d.unwrapped(dir, s)
		}
		return b[n:]
	}
	n := int(min(int64(len(b)), w.left))
	w.body = append(w.body, b[:n]...)
	w.left -= int64(n)
	s.pos += int64(n)
	d.unwrapped(dir, s)
	return b[n:]
}

// unwrapped reads the packet if it is all there.
func (d *Decoder) unwrapped(dir flow.Direction, s *side) {
	w := &s.wrap
	if w.left > 0 {
		return
	}
	w.head = w.head[:0]
	w.packed += w.length
	size := w.size
	if size == 0 {
		size = w.length
	}
	switch {
	case w.exhausted:
		s.region.Length += w.length
	case w.missing > 0:
		d.innerGap(dir, s, size)
	case w.size == 0:
		d.inner(dir, s, w.body)
	default:
		if w.inflated += size; w.inflated > ratioFloor && w.inflated/maxRatio > w.packed {
			w.exhausted = true
			d.fail(dir, s, Inflated)
		} else if !d.inflate(dir, s) {
			d.fail(dir, s, BadCompression)
		}
	}
	if cap(w.body) > window {
		w.body = nil
	}
}

// fail gives the packets of a direction up, at a compressed packet that cannot be read.
func (d *Decoder) fail(dir flow.Direction, s *side, why Problem) {
	d.breakPacket(dir, s, BrokenNotMySQL)
	d.lose(dir, s, BrokenNotMySQL, s.wrap.start, s.wrap.length)
	s.region.note(true, why)
}

// inflate hands over what is compressed in the packet; false if it is damaged.
func (d *Decoder) inflate(dir flow.Direction, s *side) bool {
	w := &s.wrap
	if d.caps.Has(CapZstd) && !d.caps.Has(CapCompress) {
		return d.inflateZstd(dir, s)
	}
	src := bytes.NewReader(w.body)
	var err error
	if w.zlib == nil {
		w.zlib, err = zlib.NewReader(src)
	} else {
		err = w.zlib.(zlib.Resetter).Reset(src, nil)
	}
	if err != nil {
		w.zlib = nil
		return false
	}
	if w.chunk == nil {
		w.chunk = make([]byte, 16<<10)
	}
	var n int64
	for {
		k, err := w.zlib.Read(w.chunk)
		n += int64(k)
		if n > w.size {
			return false
		}
		d.inner(dir, s, w.chunk[:k])
		if err == io.EOF {
			return n == w.size
		}
		if err != nil {
			w.zlib = nil
			return false
		}
	}
}

func (d *Decoder) inflateZstd(dir flow.Direction, s *side) bool {
	w := &s.wrap
	if w.zstd == nil {
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxWrapped))
		if err != nil {
			return false
		}
		w.zstd = z
	}
	b, err := w.zstd.DecodeAll(w.body, nil)
	if err != nil || int64(len(b)) != w.size {
		return false
	}
	d.inner(dir, s, b)
	return true
}

// inner reads the packets that a compressed one carries.
func (d *Decoder) inner(dir flow.Direction, s *side, b []byte) {
	for len(b) > 0 {
		if s.state == lost {
			s.region.Length += int64(len(b))
			return
		}
		b = d.frame(dir, s, b)
	}
}

// innerGap passes over n bytes that a compressed packet carries.
func (d *Decoder) innerGap(dir flow.Direction, s *side, n int64) {
	if n = d.gapInPacket(dir, s, n); n > 0 {
		d.breakPacket(dir, s, proto.BrokenGap)
		d.lose(dir, s, proto.BrokenGap, s.wrap.start, 0)
		s.region.Missing += n
		s.state = guess
	}
}

// wrapGap passes over n bytes of the stream that are missing.
func (d *Decoder) wrapGap(dir flow.Direction, s *side, n int64) {
	w := &s.wrap
	if len(w.head) == wrapHeader {
		k := min(n, w.left)
		w.left -= k
		w.missing += k
		s.pos += k
		n -= k
		d.unwrapped(dir, s)
	}
	if n == 0 {
		return
	}
	d.breakPacket(dir, s, proto.BrokenGap)
	d.lose(dir, s, proto.BrokenGap, s.pos-int64(len(w.head)), int64(len(w.head)))
	s.region.Missing += n
	s.pos += n
	w.head, w.left, w.doubtful = w.head[:0], 0, true
	s.state = guess
}

// beginsCompression takes a header for that of the compressed protocol if the client has agreed to it and begins anew, though
// the server's OK was not seen yet.
func (d *Decoder) beginsCompression(dir flow.Direction, s *side, seq uint8) bool {
	if dir == d.server || s.compressed || d.login == nil || !d.compression || seq != 0 || s.more {
		return false
	}
	s.compressed, s.state = true, header
	s.wrap.start = s.p.start
	s.wrap.head = append(s.wrap.head[:0], s.head...)
	s.head = s.head[:0]
	return true
}
