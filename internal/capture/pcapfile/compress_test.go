package pcapfile

import (
	"encoding/binary"
	"io"
	"testing"
)

// Compressed files may consist of several parts, and zstd may begin with a frame to skip.
func TestCompressedParts(t *testing.T) {
	t.Parallel()
	file := manyPackets(10)
	a, b := file[:5000], file[5000:]
	skipped := cat([]byte{0x50, 0x2a, 0x4d, 0x18}, binary.LittleEndian.AppendUint32(nil, 5), []byte("hello"))
	for name, packed := range map[string][]byte{
		"gzip": cat(gzipOf(t, a), gzipOf(t, b)), "zstd": cat(zstdOf(t, a), zstdOf(t, b)),
		"zstd with a skipped frame": cat(skipped, zstdOf(t, file), skipped),
	} {
		if all := packetsOf(t, packed); len(all) != 10 {
			t.Errorf("%s: %d packets, want 10", name, len(all))
		}
	}
}

// Data that asks for gigabytes of memory to unpack is refused.
func TestZstdWindowBound(t *testing.T) {
	t.Parallel()
	// Magic; no flags; a window of 2^41 bytes; a raw block, not the last.
	f, err := OpenBytes([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x08, 0x00, 0x00, 0x01}, "test")
	if err == nil {
		_, err = drain(f)
	}
	if e, ok := err.(*Error); !ok || e.Kind != Failed || e.Reason != ReasonCompressedWindow {
		t.Errorf("%v", err)
	}
}

// A checksum that does not fit is told after the packets.
func TestGzipChecksum(t *testing.T) {
	t.Parallel()
	packed := gzipOf(t, manyPackets(10))
	packed[len(packed)-6] ^= 1
	all, err := drain(open(t, packed))
	if e, ok := err.(*Error); len(all) != 10 || !ok || e.Kind != Damaged || e.Reason != ReasonCompressedBad {
		t.Errorf("%d packets, %v", len(all), err)
	}
	if _, err := drain(open(t, gzipOf(t, manyPackets(10)))); err != io.EOF {
		t.Error(err)
	}
}
