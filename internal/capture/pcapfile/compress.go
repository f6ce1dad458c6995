package pcapfile

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow bounds the memory that zstd data may ask for: what `zstd --long` makes and every reader must manage.
const zstdWindow = 128 << 20

// compression names the way the bytes of an input are compressed; "" if they are not.
type compression string

const (
	uncompressed compression = ""
	gzipped      compression = "gzip"
	zstandard    compression = "zstd"
)

// compressionOf looks at the first bytes of an input.
func compressionOf(head []byte) compression {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzipped
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstandard
	case len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18}):
		return zstandard // a skippable frame, as parallel zstd writes first
	}
	return uncompressed
}

// countingReader counts what passes through it. Its errors are io.EOF or an *Error, so that they are not taken for
// those of the compressed data.
type countingReader struct {
	in    io.Reader
	count *atomic.Int64
}

func (c countingReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.count.Add(int64(n))
	return n, readError(err)
}

// unpacker yields the uncompressed bytes of an input. It ends with io.EOF or an *Error.
type unpacker struct {
	how      compression
	packed   io.Reader
	consumed *atomic.Int64
	limits   limits
	unpacked int64
	reader   io.Reader // set by the first Read
}

func (u *unpacker) Read(p []byte) (int, error) {
	if u.reader == nil {
		if err := u.start(); err != nil {
			return 0, u.failure(err)
		}
	}
	n, err := u.reader.Read(p)
	u.unpacked += int64(n)
	if u.unpacked > u.limits.ratioFree && u.unpacked/u.limits.ratio > u.consumed.Load() {
		return 0, &Error{
			Kind: Failed, Reason: ReasonCompressedRatio,
			Field: string(u.how), Have: uint64(u.unpacked), Want: uint64(u.limits.ratio),
		}
	}
	if n > 0 {
		return n, nil // an error comes again with the next call
	}
	return 0, u.failure(err)
}

func (u *unpacker) start() error {
	switch u.how {
	case gzipped:
		r, err := gzip.NewReader(u.packed)
		if err != nil {
			return err
		}
		u.reader = r
	case zstandard:
		// One decoder without goroutines of its own: there is nothing to close.
		r, err := zstd.NewReader(u.packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return err
		}
		u.reader = r
	case uncompressed:
		u.reader = u.packed
	}
	return nil
}

// failure words what ended the unpacking.
func (u *unpacker) failure(err error) error {
	var e *Error
	switch {
	case err == nil, err == io.EOF && u.reader != nil, errors.As(err, &e):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return &Error{Kind: Truncated, Reason: ReasonCompressedCut, Field: string(u.how), Err: io.ErrUnexpectedEOF}
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return &Error{Kind: Failed, Reason: ReasonCompressedWindow, Field: string(u.how), Want: zstdWindow, Err: err}
	}
	return &Error{Kind: Damaged, Reason: ReasonCompressedBad, Field: string(u.how), Err: err}
}
