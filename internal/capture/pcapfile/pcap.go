package pcapfile

import (
	"encoding/binary"
	"io"

	"tcptalk/internal/capture"
)

// magic is the first four bytes of a file, as they lie in it.
type magic [4]byte

// pcapFormat is what the magic of a pcap tells.
type pcapFormat struct {
	format       Format
	big          bool // big-endian
	nano         bool // times count nanoseconds, not microseconds
	headerLen    int  // file header
	recHeaderLen int  // packet header
}

// Lengths in bytes. Kuznetsov's patch adds interface index, protocol and packet type to the packet header; Ixia adds a
// total length to the file header.
const (
	pcapHeaderLen         = 24
	ixiaHeaderLen         = 28
	pcapRecHeaderLen      = 16
	kuznetsovRecHeaderLen = 24
)

var pcapMagics = map[magic]pcapFormat{
	{0xd4, 0xc3, 0xb2, 0xa1}: {Pcap, false, false, pcapHeaderLen, pcapRecHeaderLen},
	{0xa1, 0xb2, 0xc3, 0xd4}: {Pcap, true, false, pcapHeaderLen, pcapRecHeaderLen},
	{0x4d, 0x3c, 0xb2, 0xa1}: {PcapNano, false, true, pcapHeaderLen, pcapRecHeaderLen},
	{0xa1, 0xb2, 0x3c, 0x4d}: {PcapNano, true, true, pcapHeaderLen, pcapRecHeaderLen},
	{0x34, 0xcd, 0xb2, 0xa1}: {PcapModified, false, false, pcapHeaderLen, kuznetsovRecHeaderLen},
	{0xa1, 0xb2, 0xcd, 0x34}: {PcapModified, true, false, pcapHeaderLen, kuznetsovRecHeaderLen},
	{0xab, 0x01, 0x00, 0x1c}: {PcapIxia, false, false, ixiaHeaderLen, pcapRecHeaderLen},
	{0x1c, 0x00, 0x01, 0xab}: {PcapIxia, true, false, ixiaHeaderLen, pcapRecHeaderLen},
	{0xac, 0x01, 0x00, 0x1c}: {PcapIxiaHard, false, true, ixiaHeaderLen, pcapRecHeaderLen},
	{0x1c, 0x00, 0x01, 0xac}: {PcapIxiaHard, true, true, ixiaHeaderLen, pcapRecHeaderLen},
}

// lengthOrder says which of a packet header's two lengths comes first.
type lengthOrder uint8

const (
	capturedFirst lengthOrder = iota
	originalFirst             // before version 2.3, and DG/UX
	smallerFirst              // version 2.3 was written both ways
)

// byteOrder reads integers either way round without an interface call.
type byteOrder bool

const (
	littleEndian byteOrder = false
	bigEndian    byteOrder = true
)

func (o byteOrder) u16(b []byte) uint16 {
	if o == bigEndian {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

func (o byteOrder) u32(b []byte) uint32 {
	if o == bigEndian {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

func (o byteOrder) u64(b []byte) uint64 {
	if o == bigEndian {
		return binary.BigEndian.Uint64(b)
	}
	return binary.LittleEndian.Uint64(b)
}

// pcapWalker steps through the packet records of a pcap.
type pcapWalker struct {
	order     byteOrder
	headerLen int
	lengths   lengthOrder
	linkType  capture.LinkType
	maxCapLen uint32
	// Times: the unit below a second in nanoseconds, and how many units make a second.
	unitNanos      int64
	unitsPerSecond uint32
}

// beginPcap reads the file header.
func (f *File) beginPcap(format pcapFormat) error {
	if f.win.fill(format.headerLen) != nil {
		return f.cutHeader(format.headerLen)
	}
	head := f.win.buf[f.win.r:]
	order := byteOrder(format.big)
	major, minor := order.u16(head[4:]), order.u16(head[6:])
	if major < 2 {
		return &Error{
			Kind: Unreadable, Reason: ReasonVersion, Size: f.src.size(),
			Field: "pcap", Have: uint64(major), Want: uint64(minor),
		}
	}
	w := &pcapWalker{
		order: order, headerLen: format.recHeaderLen, lengths: lengthOrderOf(major, minor),
		// The upper half of the field holds the length of the frame check sequence and reserved bits.
		linkType:  canonicalLinkType(capture.LinkType(order.u32(head[20:]))),
		unitNanos: 1000, unitsPerSecond: 1_000_000,
	}
	if format.nano {
		w.unitNanos, w.unitsPerSecond = 1, nanosPerSecond
	}
	snapLen := order.u32(head[16:])
	w.maxCapLen = maxCapLen(w.linkType, snapLen)
	f.win.r += format.headerLen
	f.walker = w
	f.info.Format = format.format
	f.info.Sections = []Section{{BigEndian: format.big}}
	f.info.Interfaces = []Interface{{LinkType: w.linkType, SnapLen: snapLen, UnitsPerSecond: uint64(w.unitsPerSecond)}}
	return nil
}

// lengthOrderOf returns the order of the lengths in a packet header by the version of the file.
func lengthOrderOf(major, minor uint16) lengthOrder {
	const dgux = 543
	switch {
	case major == 2 && minor < 3, major == dgux:
		return originalFirst
	case major == 2 && minor == 3:
		return smallerFirst
	}
	return capturedFirst
}

func (w *pcapWalker) next(f *File, p *capture.Packet) error {
	win := &f.win
	if win.buffered() < w.headerLen {
		if err := win.fill(w.headerLen); err != nil {
			return w.cut(f, err, ReasonPacketHeaderCut, win.buffered(), w.headerLen)
		}
	}
	head := win.buf[win.r : win.r+w.headerLen]
	seconds, below := w.order.u32(head), w.order.u32(head[4:])
	capLen, origLen := w.order.u32(head[8:]), w.order.u32(head[12:])
	if w.lengths == originalFirst || w.lengths == smallerFirst && capLen > origLen {
		capLen, origLen = origLen, capLen
	}
	if capLen > w.maxCapLen {
		return &Error{
			Kind: Damaged, Reason: ReasonCaptureLength, Offset: win.offset(),
			Field: "captured length", Have: uint64(capLen), Want: uint64(w.maxCapLen),
		}
	}
	whole := w.headerLen + int(capLen)
	if win.buffered() < whole {
		if err := win.fill(whole); err != nil {
			return w.cut(f, err, ReasonPacketCut, win.buffered()-w.headerLen, int(capLen))
		}
	}
	number, err := f.number(win.offset())
	if err != nil {
		return err
	}
	start, end := win.r+w.headerLen, win.r+whole
	*p = capture.Packet{
		Number: number, LinkType: w.linkType, OrigLen: origLen,
		Time:   int64(seconds)*nanosPerSecond + int64(below)*w.unitNanos,
		Offset: win.base + int64(start),
		Data:   win.buf[start:end:end],
	}
	if below >= w.unitsPerSecond {
		p.TimeIssue = capture.TimeOdd
	}
	win.r = end
	return nil
}

// cut words why fewer bytes than wanted are there.
func (w *pcapWalker) cut(f *File, err error, reason Reason, have, want int) error {
	if err != io.EOF {
		return f.stopped(err)
	}
	if f.win.buffered() == 0 {
		return io.EOF
	}
	return &Error{Kind: Truncated, Reason: reason, Offset: f.win.offset(), Have: uint64(have), Want: uint64(want)}
}

// stopped adds the place to an error of the source that hit the record at the window's start; errPause passes.
func (f *File) stopped(err error) error {
	if e, ok := err.(*Error); ok {
		e.Offset = f.win.offset()
	}
	return err
}
