package body

import (
	"bufio"
	"encoding/binary"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// inflate reads gzip members, zlib or raw deflate data, whichever it is: senders mix the names up, "deflate" above all
// (RFC 9110 §8.4.1.2). What a block holds comes out as soon as the block is there, before anything behind it is read: a
// stream of events may be silent for long after each.
type inflate struct {
	src *bufio.Reader
	// members reads the headers of gzip members; nil for zlib and raw.
	members *gzip.Reader
	blocks  io.ReadCloser
	sum     hash.Hash32 // nil for raw
	size    uint32      // of the member so far, as gzip counts
	ended   bool        // the blocks are over; what stands behind them was not looked at
}

func newInflate(r io.Reader) (io.Reader, func(), error) {
	f := &inflate{src: bufio.NewReader(r)}
	head, err := f.src.Peek(2)
	if len(head) < 2 {
		return nil, nil, eof(err) // too short for any of the three
	}
	switch {
	case isGzip(head):
		if f.members, err = gzip.NewReader(f.src); err != nil {
			return nil, nil, eof(err)
		}
		f.sum = crc32.NewIEEE()
	case head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0:
		if head[1]&0x20 != 0 { // a dictionary that nobody agreed on (RFC 1950 §2.2)
			return nil, nil, zlib.ErrDictionary
		}
		if _, err := f.src.Discard(2); err != nil {
			return nil, nil, err
		}
		f.sum = adler32.New()
	}
	f.blocks = flate.NewReaderOpts(f.src, flate.WithPartialBlock())
	return f, func() {}, nil
}

func isGzip(b []byte) bool { return len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b }

// eof turns the end of the input inside a header into what it is.
func eof(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (f *inflate) Read(b []byte) (int, error) {
	for {
		if f.ended {
			if err := f.next(); err != nil {
				return 0, err
			}
		}
		n, err := f.blocks.Read(b)
		if f.sum != nil {
			f.sum.Write(b[:n]) // a hash never fails
			f.size += uint32(n)
		}
		if err == io.EOF {
			f.ended, err = true, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// next looks at what stands behind the blocks: the checksum, and perhaps another member.
func (f *inflate) next() error {
	if err := f.checkSum(); err != nil {
		return err
	}
	next, err := f.src.Peek(2)
	switch {
	case len(next) == 0:
		return err // io.EOF, or the source's own error
	case f.members == nil || !isGzip(next):
		return errTrailing{rest: f.src}
	}
	if err := f.members.Reset(f.src); err != nil {
		return eof(err)
	}
	f.sum.Reset()
	f.size, f.ended = 0, false
	return f.blocks.(flate.Resetter).Reset(f.src, nil)
}

// checkSum reads what gzip (RFC 1952 §2.3.1) and zlib (RFC 1950 §2.2) have behind their blocks.
func (f *inflate) checkSum() error {
	var trailer [8]byte
	switch {
	case f.members != nil:
		if _, err := io.ReadFull(f.src, trailer[:]); err != nil {
			return eof(err)
		}
		if binary.LittleEndian.Uint32(trailer[:]) != f.sum.Sum32() || binary.LittleEndian.Uint32(trailer[4:]) != f.size {
			return gzip.ErrChecksum
		}
	case f.sum != nil:
		if _, err := io.ReadFull(f.src, trailer[:4]); err != nil {
			return eof(err)
		}
		if binary.BigEndian.Uint32(trailer[:]) != f.sum.Sum32() {
			return zlib.ErrChecksum
		}
	}
	return nil
}
