package pcapfile

import (
	"math"
	"strings"

	"tcptalk/internal/capture"
)

// Option codes of pcapng blocks; each list is for one type of block.
const (
	optEnd     = 0
	optComment = 1

	optSectionHardware    = 2
	optSectionOS          = 3
	optSectionApplication = 4

	optInterfaceName        = 2
	optInterfaceDescription = 3
	optInterfaceResolution  = 9
	optInterfaceFilter      = 11
	optInterfaceOS          = 12
	optInterfaceOffset      = 14
	optInterfaceHardware    = 15

	optPacketDropped = 4

	optStatisticsReceived = 4
	optStatisticsDropped  = 5
	optStatisticsOSDrop   = 7
)

// Where options and data begin in a block, in bytes.
const (
	sectionOptions    = 24
	interfaceOptions  = 16
	statisticsOptions = 20
	packetDataStart   = 28
	simpleDataStart   = 12
)

// options steps through the options of a block.
type options struct {
	rest  []byte
	order byteOrder
	code  uint16
	value []byte // borrowed
	// claimed is the length of an option that does not fit; bad is set then.
	claimed int
	bad     bool
}

// next moves to the next option. It returns false at the end and at an option that does not fit.
func (o *options) next() bool {
	if len(o.rest) == 0 {
		return false
	}
	if len(o.rest) < 4 {
		o.claimed, o.bad = 4, true
		return false
	}
	o.code = o.order.u16(o.rest)
	length := int(o.order.u16(o.rest[2:]))
	padded := roundUp4(uint32(length))
	if padded > len(o.rest)-4 {
		o.rest, o.claimed, o.bad = o.rest[4:], length, true
		return false
	}
	o.value = o.rest[4 : 4+length]
	o.rest = o.rest[4+padded:]
	return o.code != optEnd
}

// options returns those that begin at start; the block's length at its end is no part of them.
func (w *ngWalker) options(b block, start int) options {
	return options{rest: b.whole[start : len(b.whole)-4], order: w.order}
}

// optionError is the error for an option that does not fit, nil if all did.
func optionError(b block, o *options) error {
	if !o.bad {
		return nil
	}
	return &Error{
		Kind: Damaged, Reason: ReasonOption, Offset: b.offset,
		Field: lookUpBlock(b.kind).name, Have: uint64(o.claimed), Want: uint64(len(o.rest)),
	}
}

// sectionOrder reads a byte-order mark.
func sectionOrder(mark []byte) (byteOrder, bool) {
	for _, order := range []byteOrder{littleEndian, bigEndian} {
		if order.u32(mark) == ngByteOrderMark {
			return order, true
		}
	}
	return littleEndian, false
}

// turn makes the byte order of the section header at the start of the window the present one.
func (w *ngWalker) turn(f *File) error {
	if err := f.win.fill(sectionPeek); err != nil {
		return w.cut(f, err, sectionPeek)
	}
	mark := f.win.buf[f.win.r+8:]
	order, ok := sectionOrder(mark)
	if !ok {
		return &Error{Kind: Damaged, Reason: ReasonByteOrder, Offset: f.win.offset(), Have: uint64(bigEndian.u32(mark))}
	}
	w.order = order
	return nil
}

// readSection begins a new section: its interfaces are counted from the next number on.
func (w *ngWalker) readSection(f *File, b block) error {
	major, minor := w.order.u16(b.whole[12:]), w.order.u16(b.whole[14:])
	// Some programs wrote 1.2 for what is 1.0.
	if major != 1 || minor != 0 && minor != 2 {
		return &Error{
			Kind: Damaged, Reason: ReasonVersion, Offset: b.offset,
			Field: "pcapng", Have: uint64(major), Want: uint64(minor),
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := Section{Offset: b.offset, BigEndian: bool(w.order)}
	var comments commentJoiner
	o := w.options(b, sectionOptions)
	for o.next() {
		switch o.code {
		case optComment:
			comments.add(f.facts.text(o.value))
		case optSectionHardware:
			s.Hardware = f.facts.text(o.value)
		case optSectionOS:
			s.OS = f.facts.text(o.value)
		case optSectionApplication:
			s.Application = f.facts.text(o.value)
		}
	}
	if err := optionError(b, &o); err != nil {
		return err
	}
	s.Comment = comments.String()
	w.first += uint32(len(w.interfaces))
	w.interfaces = w.interfaces[:0]
	// Sections beyond the bound are read like any other, but not remembered.
	if len(f.info.Sections) < f.limits.interfaces {
		f.info.Sections = append(f.info.Sections, s)
	} else {
		f.facts.omitted = true
	}
	return nil
}

func (w *ngWalker) readInterface(f *File, b block) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.info.Interfaces) >= f.limits.interfaces {
		return &Error{Kind: Failed, Reason: ReasonInterfaces, Offset: b.offset, Want: uint64(f.limits.interfaces)}
	}
	res := microseconds
	i := Interface{
		Section:  len(f.info.Sections) - 1,
		LinkType: canonicalLinkType(capture.LinkType(w.order.u16(b.whole[8:]))),
		SnapLen:  w.order.u32(b.whole[12:]),
	}
	var comments commentJoiner
	o := w.options(b, interfaceOptions)
	for o.next() {
		switch {
		case o.code == optInterfaceResolution && len(o.value) == 1:
			res.exp, res.binary = newResolution(o.value[0])
		case o.code == optInterfaceOffset && len(o.value) == 8:
			res.offset = int64(w.order.u64(o.value))
		case o.code == optComment:
			comments.add(f.facts.text(o.value))
		default:
			i.readText(o.code, o.value, &f.facts)
		}
	}
	if err := optionError(b, &o); err != nil {
		return err
	}
	i.Comment = comments.String()
	i.UnitsPerSecond, i.OffsetSeconds = res.unitsPerSecond(), res.offset
	f.info.Interfaces = append(f.info.Interfaces, i)
	w.interfaces = append(w.interfaces, ngInterface{
		linkType: i.LinkType, snapLen: i.SnapLen, maxCapLen: maxCapLen(i.LinkType, i.SnapLen), res: res,
	})
	return nil
}

// readText takes over an option that holds text.
func (i *Interface) readText(code uint16, value []byte, facts *factKeeper) {
	switch code {
	case optInterfaceName:
		i.Name = facts.text(value)
	case optInterfaceDescription:
		i.Description = facts.text(value)
	case optInterfaceOS:
		i.OS = facts.text(value)
	case optInterfaceHardware:
		i.Hardware = facts.text(value)
	case optInterfaceFilter:
		// The first byte says in which language: 0 is text, others are byte code.
		if len(value) > 1 && value[0] == 0 {
			i.Filter = facts.text(value[1:])
		}
	}
}

// readStatistics takes over the counts of an interface. One that does not exist is ignored, as in Wireshark.
func (w *ngWalker) readStatistics(f *File, b block) error {
	var received, dropped uint64
	o := w.options(b, statisticsOptions)
	for o.next() {
		if len(o.value) != 8 {
			continue
		}
		switch o.code {
		case optStatisticsReceived:
			received = w.order.u64(o.value)
		case optStatisticsDropped, optStatisticsOSDrop:
			dropped = addCounts(dropped, w.order.u64(o.value))
		}
	}
	if err := optionError(b, &o); err != nil {
		return err
	}
	index := w.order.u32(b.whole[8:])
	if uint64(index) >= uint64(len(w.interfaces)) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i := &f.info.Interfaces[w.first+index]
	i.Received, i.Dropped, i.HasStatistics = received, dropped, true
	return nil
}

// addCounts adds without wrapping round.
func addCounts(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// commentJoiner joins comments by newlines.
type commentJoiner struct {
	text  strings.Builder
	count int
}

func (c *commentJoiner) add(comment string) {
	if c.count > 0 {
		c.text.WriteByte('\n')
	}
	c.text.WriteString(comment)
	c.count++
}

func (c *commentJoiner) String() string { return c.text.String() }
