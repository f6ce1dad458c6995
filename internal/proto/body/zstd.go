package body

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zstd"
)

// unzstd reads zstd frames. It walks over them (RFC 8878 §3.1) and gives the decoder whole ones only, so that it knows what
// stands behind them.
type unzstd struct {
	z      *zstd.Decoder
	frames *frames
}

func newZstd(r io.Reader) (io.Reader, func(), error) {
	f := &frames{src: bufio.NewReader(r)}
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderMaxMemory(MaxOutput))
	if err != nil {
		return nil, nil, err
	}
	return &unzstd{z, f}, z.Close, nil
}

func (u *unzstd) Read(b []byte) (int, error) {
	n, err := u.z.Read(b)
	if err == io.EOF && u.frames.over {
		err = errTrailing{rest: u.frames.src}
	}
	return n, err
}

// frames passes frames on and ends behind the last one.
type frames struct {
	src   *bufio.Reader
	begun bool   // a frame was there
	over  bool   // something else follows
	left  uint32 // bytes to pass on before the next step
	step  func(b []byte)
	need  int    // bytes that the next step looks at; they are passed on, too
	held  []byte // of those, what is still to be passed on
	check bool   // the frame ends in a checksum
}

// The magic numbers of frames; the lowest four bits of a skippable one's are any.
const (
	magicZstd = 0xfd2fb528
	magicSkip = 0x184d2a50
)

// isFrame reports that b may be the beginning of a frame.
func isFrame(b []byte) bool {
	var magic [4]byte
	binary.LittleEndian.PutUint32(magic[:], magicZstd)
	same := string(b[:min(len(b), 4)]) == string(magic[:min(len(b), 4)])
	binary.LittleEndian.PutUint32(magic[:], magicSkip)
	return same || b[0]&0xf0 == magic[0] && string(b[1:min(len(b), 4)]) == string(magic[1:min(len(b), 4)])
}

// Read implements io.Reader.
func (f *frames) Read(b []byte) (int, error) {
	for len(f.held) == 0 && f.left == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	if len(f.held) > 0 {
		n := copy(b, f.held)
		f.held = f.held[n:]
		return n, nil
	}
	n, err := f.src.Read(b[:min(uint64(len(b)), uint64(f.left))])
	f.left -= uint32(n)
	return n, err
}

// next looks at what comes next: the beginning of a frame or of a block.
func (f *frames) next() error {
	if f.step == nil {
		return f.frame()
	}
	b, err := f.src.Peek(f.need)
	if len(b) == f.need {
		f.step(b)
	}
	return f.pass(b, err)
}

// pass passes on what was looked at.
func (f *frames) pass(b []byte, err error) error {
	if len(b) == 0 {
		return err
	}
	f.held = append(f.held[:0], b...)
	_, err = f.src.Discard(len(b))
	return err
}

// frame begins a frame, if there is one.
func (f *frames) frame() error {
	const header = 5
	b, err := f.src.Peek(1)
	if len(b) > 0 && isFrame(b) {
		b, err = f.src.Peek(4)
	}
	switch {
	case len(b) == 0:
		return err
	case f.begun && !isFrame(b):
		f.over = true
		return io.EOF
	case len(b) < 4 || !isFrame(b): // the decoder says what is wrong
		f.left = 1<<32 - 1
		return nil
	}
	f.begun = true
	if binary.LittleEndian.Uint32(b) != magicZstd {
		f.need, f.step = 8, func(b []byte) { f.left, f.step = binary.LittleEndian.Uint32(b[4:]), nil }
		return nil
	}
	f.need, f.step = header, func(b []byte) {
		d := b[4]
		single := d&0x20 != 0
		rest := [4]uint32{0, 1, 2, 4}[d&3] + [4]uint32{0, 2, 4, 8}[d>>6] // of the dictionary's number, and of the content's size
		if !single {
			rest++ // the window
		} else if d>>6 == 0 {
			rest++ // a size of one byte
		}
		f.check = d&4 != 0
		f.left, f.need, f.step = rest, 3, f.block
	}
	return nil
}

// block reads a block's header.
func (f *frames) block(b []byte) {
	const rle = 1
	h := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	f.left = h >> 3
	if h>>1&3 == rle {
		f.left = 1
	}
	if h&1 != 0 { // the last one
		f.step = nil
		if f.check {
			f.left += 4
		}
	}
}
