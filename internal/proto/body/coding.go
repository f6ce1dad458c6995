package body

import (
	"io"

	"github.com/andybalholm/brotli"
)

// maxZstdWindow is the window that browsers accept for the zstd content coding (RFC 9659).
const maxZstdWindow = 8 << 20

// decoders are the known codings by their IANA names and aliases.
var decoders = map[string]func(io.Reader) (io.Reader, func(), error){
	"gzip": newInflate, "x-gzip": newInflate, "deflate": newInflate, "x-deflate": newInflate,
	"br": newBrotli, "zstd": newZstd,
}

func newBrotli(r io.Reader) (io.Reader, func(), error) {
	return &unbrotli{brotli.NewReader(r), r}, func() {}, nil
}
