package pcapfile

import (
	"strings"

	"tcptalk/internal/capture"
)

// packet reads an Enhanced Packet Block or the obsolete Packet Block, which differ in how they name the interface.
func (w *ngWalker) packet(f *File, kind uint32, p *capture.Packet) error {
	b, err := w.hold(f, kind, minPacketBlock)
	if err != nil {
		return err
	}
	index := w.order.u32(b.whole[8:])
	if kind == blockPacket {
		index = uint32(w.order.u16(b.whole[8:]))
	}
	i, err := w.interfaceOf(b, index)
	if err != nil {
		return err
	}
	units := uint64(w.order.u32(b.whole[12:]))<<32 | uint64(w.order.u32(b.whole[16:]))
	capLen, origLen := w.order.u32(b.whole[20:]), w.order.u32(b.whole[24:])
	if err := checkCapLen(b, packetDataStart, capLen, i); err != nil {
		return err
	}
	comment, dropped := "", uint64(0)
	if options := packetDataStart + roundUp4(capLen); options < len(b.whole)-4 {
		if comment, dropped, err = w.packetOptions(b, options); err != nil {
			return err
		}
	}
	number, err := f.number(b.offset)
	if err != nil {
		return err
	}
	*p = capture.Packet{
		Number: number, Interface: w.first + index, LinkType: i.linkType, OrigLen: origLen, Comment: comment,
		Dropped: dropped, Offset: b.offset + packetDataStart,
		Data: b.whole[packetDataStart : packetDataStart+capLen : packetDataStart+capLen],
	}
	p.Time, p.TimeIssue = i.res.time(units)
	f.win.r += len(b.whole)
	return nil
}

// simplePacket reads a Simple Packet Block: no time, no options, the first interface.
func (w *ngWalker) simplePacket(f *File, p *capture.Packet) error {
	b, err := w.hold(f, blockSimple, minSimpleBlock)
	if err != nil {
		return err
	}
	i, err := w.interfaceOf(b, 0)
	if err != nil {
		return err
	}
	origLen := w.order.u32(b.whole[8:])
	capLen := origLen
	if i.snapLen != 0 {
		capLen = min(capLen, i.snapLen)
	}
	if err := checkCapLen(b, simpleDataStart, capLen, i); err != nil {
		return err
	}
	number, err := f.number(b.offset)
	if err != nil {
		return err
	}
	*p = capture.Packet{
		Number: number, Interface: w.first, LinkType: i.linkType, OrigLen: origLen, TimeIssue: capture.TimeMissing,
		Offset: b.offset + simpleDataStart,
		Data:   b.whole[simpleDataStart : simpleDataStart+capLen : simpleDataStart+capLen],
	}
	f.win.r += len(b.whole)
	return nil
}

// interfaceOf returns an interface of the present section.
func (w *ngWalker) interfaceOf(b block, index uint32) (*ngInterface, error) {
	if uint64(index) >= uint64(len(w.interfaces)) {
		return nil, &Error{
			Kind: Damaged, Reason: ReasonInterface, Offset: b.offset,
			Field: "interface", Have: uint64(index), Want: uint64(len(w.interfaces)),
		}
	}
	return &w.interfaces[index], nil
}

// checkCapLen checks a captured length against its bound and against the room that the block has for data.
func checkCapLen(b block, dataStart int, capLen uint32, i *ngInterface) error {
	room := len(b.whole) - dataStart - 4
	if capLen <= i.maxCapLen && roundUp4(capLen) <= room {
		return nil
	}
	e := &Error{
		Kind: Damaged, Reason: ReasonBlockRoom, Offset: b.offset,
		Field: "captured length", Have: uint64(capLen), Want: uint64(room),
	}
	if capLen > i.maxCapLen {
		e.Reason, e.Want = ReasonCaptureLength, uint64(i.maxCapLen)
	}
	return e
}

// packetOptions returns the comments and the count of lost packets among the options that begin at start.
func (w *ngWalker) packetOptions(b block, start int) (comment string, dropped uint64, err error) {
	var comments commentJoiner
	o := w.options(b, start)
	for o.next() {
		switch {
		case o.code == optComment:
			comments.add(strings.ToValidUTF8(string(o.value), "\uFFFD"))
		case o.code == optPacketDropped && len(o.value) == 8 && b.kind == blockEnhanced:
			dropped = w.order.u64(o.value)
		}
	}
	return comments.String(), dropped, optionError(b, &o)
}
