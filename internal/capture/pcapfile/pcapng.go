package pcapfile

import (
	"fmt"
	"io"

	"tcptalk/internal/capture"
)

// Block types of pcapng (draft-ietf-opsawg-pcapng).
const (
	blockInterface  = 0x00000001
	blockPacket     = 0x00000002 // obsolete
	blockSimple     = 0x00000003
	blockNames      = 0x00000004
	blockStatistics = 0x00000005
	blockEnhanced   = 0x00000006
	blockJournal    = 0x00000009 // systemd journal export
	blockSecrets    = 0x0000000a
	blockSysdig1    = 0x00000204 // Sysdig events, three versions
	blockSysdig2    = 0x00000216
	blockSysdig2Big = 0x00000221
	blockCustomCopy = 0x00000bad
	blockCustom     = 0x40000bad
	blockSection    = 0x0a0d0d0a // reads the same in both byte orders
)

// ngMagic begins every pcapng.
var ngMagic = magic{0x0a, 0x0d, 0x0d, 0x0a}

// ngByteOrderMark is the section's byte-order magic as an integer of the section.
const ngByteOrderMark = 0x1a2b3c4d

// Lengths in bytes.
const (
	blockFrameLen  = 12 // type, length, and the length again at the end
	minPacketBlock = 32 // an Enhanced or obsolete Packet Block without data
	minSimpleBlock = 16 // a Simple Packet Block without data
	sectionPeek    = 12 // type, length, byte-order mark: what is needed to read on
	// maxBlockLen is the largest packet there is and room for its options; Wireshark draws the line at the same place.
	maxBlockLen = absoluteMaxCapLen + 131104
	// maxHeldBlock is the longest block of an unknown type that is read in one piece; longer ones are passed over.
	maxHeldBlock = windowSize / 2
)

// blockInfo is what is known about a type of block.
type blockInfo struct {
	name   string
	minLen uint32 // of the whole block
	// counts is set for records that are not packets of a network but have a frame number in Wireshark.
	counts bool
}

// blockInfos lists the known blocks.
var blockInfos = map[uint32]blockInfo{
	blockSection:    {name: "section header", minLen: 28},
	blockInterface:  {name: "interface description", minLen: 20},
	blockPacket:     {name: "packet", minLen: minPacketBlock},
	blockSimple:     {name: "simple packet", minLen: minSimpleBlock},
	blockEnhanced:   {name: "enhanced packet", minLen: minPacketBlock},
	blockStatistics: {name: "interface statistics", minLen: 24},
	blockSecrets:    {name: "decryption secrets", minLen: 20},
	blockNames:      {name: "name resolution", minLen: blockFrameLen},
	blockJournal:    {name: "journal export", minLen: blockFrameLen, counts: true},
	blockSysdig1:    {name: "Sysdig event", minLen: blockFrameLen, counts: true},
	blockSysdig2:    {name: "Sysdig event", minLen: blockFrameLen, counts: true},
	blockSysdig2Big: {name: "Sysdig event", minLen: blockFrameLen, counts: true},
	blockCustomCopy: {name: "custom", minLen: 16, counts: true},
	blockCustom:     {name: "custom", minLen: 16, counts: true},
}

// lookUpBlock returns what is known about a type; an unknown one is named by its number.
func lookUpBlock(kind uint32) blockInfo {
	info, ok := blockInfos[kind]
	if !ok {
		info = blockInfo{name: fmt.Sprintf("0x%08x", kind), minLen: blockFrameLen}
	}
	return info
}

// block is one block in the window, valid until the window moves.
type block struct {
	kind   uint32
	offset int64  // of the block in the capture
	whole  []byte // all of it, its length a multiple of 4
}

// ngInterface is what reading packets needs to know about an interface.
type ngInterface struct {
	linkType  capture.LinkType
	snapLen   uint32
	maxCapLen uint32
	res       resolution
}

// ngWalker steps through the blocks of a pcapng.
type ngWalker struct {
	order      byteOrder
	interfaces []ngInterface // of the present section
	first      uint32        // number in the whole capture of interfaces[0]
}

// beginNG reads the first section header, and the interfaces that follow it as far as they came with the same read:
// waiting for more would delay a live capture that has no packets yet.
func (f *File) beginNG() error {
	if f.win.fill(sectionPeek) != nil {
		return f.cutHeader(int(blockInfos[blockSection].minLen))
	}
	if _, ok := sectionOrder(f.win.buf[8:]); !ok {
		return f.notCapture(f.win.buf[:f.win.w])
	}
	w := &ngWalker{}
	f.walker = w
	f.info.Format = PcapNG
	if err := w.step(f, blockSection); err != nil {
		if e, ok := err.(*Error); ok {
			e.Size = f.src.size()
			if e.Reason == ReasonBlockCut {
				e.Reason = ReasonHeaderCut
			}
			if e.Reason == ReasonVersion {
				e.Kind = Unreadable
			}
		}
		return err
	}
	f.win.paused = true
	// An error here comes again from Next, which can say what was read before it.
	for {
		kind, ok := w.peek(f)
		if !ok || kind != blockInterface || w.step(f, kind) != nil {
			return nil
		}
	}
}

// peek returns the type of the next block without reading on.
func (w *ngWalker) peek(f *File) (kind uint32, ok bool) {
	if f.win.buffered() < 4 {
		return 0, false
	}
	return w.order.u32(f.win.buf[f.win.r:]), true
}

func (w *ngWalker) next(f *File, p *capture.Packet) error {
	for {
		if f.win.buffered() < 8 {
			if err := f.win.fill(8); err != nil {
				return w.cut(f, err, 8)
			}
		}
		kind := w.order.u32(f.win.buf[f.win.r:])
		var err error
		switch kind {
		case blockEnhanced, blockPacket:
			return w.packet(f, kind, p)
		case blockSimple:
			return w.simplePacket(f, p)
		default:
			err = w.step(f, kind)
		}
		if err != nil {
			return err
		}
	}
}

// step consumes one block that is not a packet; its first 8 bytes are in the window.
func (w *ngWalker) step(f *File, kind uint32) error {
	var read func(*File, block) error
	switch kind {
	case blockSection:
		if err := w.turn(f); err != nil {
			return err
		}
		read = w.readSection
	case blockInterface:
		read = w.readInterface
	case blockStatistics:
		read = w.readStatistics
	default:
		return w.pass(f, kind)
	}
	b, err := w.hold(f, kind, lookUpBlock(kind).minLen)
	if err != nil {
		return err
	}
	if err := read(f, b); err != nil {
		return err
	}
	f.win.r += len(b.whole)
	return nil
}

// pass consumes a block without looking into it.
func (w *ngWalker) pass(f *File, kind uint32) error {
	offset, info := f.win.offset(), lookUpBlock(kind)
	if err := w.passBytes(f, kind, info.minLen); err != nil {
		return err
	}
	f.mu.Lock()
	switch kind {
	case blockSecrets:
		f.info.Secrets++
	case blockNames:
	default:
		f.info.SkippedBlocks++
	}
	f.mu.Unlock()
	if info.counts {
		_, err := f.number(offset)
		return err
	}
	return nil
}

func (w *ngWalker) passBytes(f *File, kind, minLen uint32) error {
	win := &f.win
	whole, err := w.blockLen(f, kind, minLen)
	if err != nil {
		return err
	}
	if whole <= maxHeldBlock {
		b, err := w.hold(f, kind, minLen)
		win.r += len(b.whole)
		return err
	}
	if win.buffered() < whole && win.paused {
		return errPause
	}
	offset, length := win.offset(), w.order.u32(win.buf[win.r+4:])
	done, err := win.discard(int64(whole) - 4)
	if err == nil {
		err = win.fill(4)
		done += int64(min(win.buffered(), 4))
	}
	if err == io.EOF {
		return &Error{
			Kind: Truncated, Reason: ReasonBlockCut, Offset: offset,
			Field: lookUpBlock(kind).name, Have: uint64(done), Want: uint64(whole),
		}
	}
	if err != nil {
		return f.stopped(err)
	}
	trailer := w.order.u32(win.buf[win.r:])
	win.r += 4
	return checkTrailer(offset, kind, length, trailer)
}

// blockLen checks the length at the start of the block in the window and rounds it up to a multiple of 4: some programs
// do not count the padding.
func (w *ngWalker) blockLen(f *File, kind, minLen uint32) (int, error) {
	length := w.order.u32(f.win.buf[f.win.r+4:])
	if length >= minLen && length <= maxBlockLen {
		return roundUp4(length), nil
	}
	e := &Error{Kind: Damaged, Offset: f.win.offset(), Field: lookUpBlock(kind).name, Have: uint64(length)}
	if length < minLen {
		e.Reason, e.Want = ReasonBlockLengthSmall, uint64(minLen)
	} else {
		e.Reason, e.Want = ReasonBlockLengthLarge, maxBlockLen
	}
	return 0, e
}

// roundUp4 rounds n, at most maxBlockLen, up to a multiple of 4.
func roundUp4(n uint32) int { return (int(n) + 3) &^ 3 }

// hold reads the block whose first 8 bytes are in the window whole and checks both lengths. It does not consume it.
func (w *ngWalker) hold(f *File, kind, minLen uint32) (block, error) {
	win := &f.win
	whole, err := w.blockLen(f, kind, minLen)
	if err != nil {
		return block{}, err
	}
	if win.buffered() < whole {
		if err := win.fill(whole); err != nil {
			return block{}, w.cut(f, err, whole)
		}
	}
	b := block{kind: kind, offset: win.offset(), whole: win.buf[win.r : win.r+whole : win.r+whole]}
	return b, checkTrailer(b.offset, kind, w.order.u32(b.whole[4:]), w.order.u32(b.whole[whole-4:]))
}

// checkTrailer compares the lengths at both ends of a block, which may differ in whether padding is counted.
func checkTrailer(offset int64, kind, length, trailer uint32) error {
	if length == trailer || trailer <= maxBlockLen && roundUp4(length) == roundUp4(trailer) {
		return nil
	}
	return &Error{
		Kind: Damaged, Reason: ReasonBlockTrailer, Offset: offset,
		Field: lookUpBlock(kind).name, Have: uint64(length), Want: uint64(trailer),
	}
}

// cut words why fewer bytes than wanted are there of the block at the start of the window.
func (w *ngWalker) cut(f *File, err error, want int) error {
	if err != io.EOF {
		return f.stopped(err)
	}
	rest := f.win.buf[f.win.r:f.win.w]
	if len(rest) == 0 {
		return io.EOF
	}
	e := &Error{
		Kind: Truncated, Reason: ReasonBlockCut, Offset: f.win.offset(),
		Field: "next", Have: uint64(len(rest)), Want: blockFrameLen,
	}
	if len(rest) < 8 {
		return e
	}
	kind := w.order.u32(rest)
	e.Field, e.Want = lookUpBlock(kind).name, uint64(want)
	if kind == blockEnhanced && len(rest) >= packetDataStart {
		if capLen := w.order.u32(rest[20:]); uint64(capLen)+minPacketBlock <= uint64(want) && len(rest) < packetDataStart+int(capLen) {
			e.Reason, e.Have, e.Want = ReasonPacketCut, uint64(len(rest)-packetDataStart), uint64(capLen)
		}
	}
	return e
}
