package packet

import (
	"bytes"
	"compress/flate"
	"io"
)

// maxInflated bounds a decompressed payload: no IP datagram is longer.
const maxInflated = 1 << 16

// inflater undoes DEFLATE (RFC 1951), the one compression that IPComp is used with (RFC 2394).
type inflater struct {
	src     bytes.Reader
	deflate io.ReadCloser
}

// inflate returns what b holds in a slice of its own, nil if it is not DEFLATE or longer than any datagram.
func (f *inflater) inflate(b []byte) []byte {
	f.src.Reset(b)
	if f.deflate == nil {
		f.deflate = flate.NewReader(&f.src)
	} else if err := f.deflate.(flate.Resetter).Reset(&f.src, nil); err != nil {
		return nil
	}
	out, err := io.ReadAll(io.LimitReader(f.deflate, maxInflated+1))
	if err != nil || len(out) > maxInflated {
		return nil
	}
	return out
}
