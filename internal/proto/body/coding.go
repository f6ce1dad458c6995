package body

import (
	"bufio"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow is the window that browsers accept for the zstd content coding (RFC 9659).
const maxZstdWindow = 8 << 20

// errTrailing ends a body behind whose compressed data something else follows.
var errTrailing = errors.New("data follows behind the compressed data")

// decoders are the known codings by their IANA names and aliases.
var decoders = map[string]func(io.Reader) (io.Reader, func(), error){
	"gzip": newInflate, "x-gzip": newInflate, "deflate": newInflate, "x-deflate": newInflate,
	"br": newBrotli, "zstd": newZstd,
}

func newBrotli(r io.Reader) (io.Reader, func(), error) {
	return brotli.NewReader(r), func() {}, nil
}

func newZstd(r io.Reader) (io.Reader, func(), error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderMaxMemory(MaxOutput))
	if err != nil {
		return nil, nil, err
	}
	return d, d.Close, nil
}

// inflate reads gzip members, zlib or raw deflate data, whichever it is: senders mix the names up, "deflate" above all
// (RFC 9110 §8.4.1.2).
type inflate struct {
	src *bufio.Reader
	gz  *gzip.Reader // nil for zlib and raw
	r   io.Reader
}

func newInflate(r io.Reader) (io.Reader, func(), error) {
	f := &inflate{src: bufio.NewReader(r)}
	head, err := f.src.Peek(2)
	if len(head) < 2 {
		return nil, nil, eof(err) // too short for any of the three
	}
	switch {
	case isGzip(head):
		f.gz, err = gzip.NewReader(f.src)
		if err != nil {
			return nil, nil, eof(err)
		}
		f.gz.Multistream(false)
		f.r = f.gz
	case head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0:
		if f.r, err = zlib.NewReader(f.src); err != nil {
			return nil, nil, eof(err)
		}
	default:
		f.r = flate.NewReader(f.src)
	}
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
	n, err := f.r.Read(b)
	if err != io.EOF {
		return n, err
	}
	next, perr := f.src.Peek(2)
	switch {
	case len(next) == 0:
		return n, perr // io.EOF, or the source's own error
	case f.gz != nil && isGzip(next):
		if err := f.gz.Reset(f.src); err != nil {
			return n, eof(err)
		}
		f.gz.Multistream(false)
		return n, nil
	}
	return n, errTrailing
}
