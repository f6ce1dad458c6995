package pcapfile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"unicode/utf8"

	"tcptalk/internal/capture"
)

// writeBuffer is how many bytes are collected before they are written.
const writeBuffer = 64 << 10

// maxOption is the longest text of an option in bytes; longer ones are cut.
const maxOption = math.MaxUint16

// Writer writes a pcapng, little-endian. Errors of the underlying writer are sticky.
type Writer struct {
	w          *bufio.Writer
	interfaces []writtenInterface
	block      []byte // the block being made
	size       int64  // of all blocks
}

// writtenInterface is what writing packets needs to know about an interface.
type writtenInterface struct {
	start   int64 // times count from here, in nanoseconds since 1970
	snapLen uint32
}

// NewWriter begins a section with the texts of s; its other fields are ignored. Nothing may be in w before.
func NewWriter(w io.Writer, s Section) (*Writer, error) {
	out := &Writer{w: bufio.NewWriterSize(w, writeBuffer)}
	return out, out.BeginSection(s)
}

// BeginSection ends the section and begins another one, as NewWriter does. It has no interfaces yet: the next AddInterface
// returns 0 again.
func (w *Writer) BeginSection(s Section) error {
	w.interfaces = w.interfaces[:0]
	w.begin(blockSection)
	w.u32(ngByteOrderMark)
	w.u16(1) // version 1.0
	w.u16(0)
	w.u64(math.MaxUint64) // the section's length is not known
	w.comments(s.Comment)
	w.text(optSectionHardware, s.Hardware)
	w.text(optSectionOS, s.OS)
	w.text(optSectionApplication, s.Application)
	return w.end()
}

// AddInterface describes an interface and returns its number for Packet.Interface. Times are written in nanoseconds, whatever
// i.UnitsPerSecond says; OffsetSeconds is the point in time that they count from, needed only for times before 1970.
// Section and the statistics are ignored.
func (w *Writer) AddInterface(i Interface) (uint32, error) {
	const farthest = math.MaxInt64 / nanosPerSecond
	if i.OffsetSeconds > farthest || i.OffsetSeconds < -farthest {
		return 0, fmt.Errorf("write interface: times cannot count from %d seconds after 1970", i.OffsetSeconds)
	}
	w.begin(blockInterface)
	w.u16(uint16(i.LinkType))
	w.u16(0) // reserved
	w.u32(i.SnapLen)
	w.comments(i.Comment)
	w.text(optInterfaceName, i.Name)
	w.text(optInterfaceDescription, i.Description)
	if i.Filter != "" {
		w.option(optInterfaceFilter, append([]byte{0}, cutText(i.Filter, maxOption-1)...))
	}
	w.text(optInterfaceOS, i.OS)
	w.text(optInterfaceHardware, i.Hardware)
	w.option(optInterfaceResolution, []byte{9})
	if i.OffsetSeconds != 0 {
		w.option(optInterfaceOffset, binary.LittleEndian.AppendUint64(nil, uint64(i.OffsetSeconds)))
	}
	if err := w.end(); err != nil {
		return 0, err
	}
	w.interfaces = append(w.interfaces, writtenInterface{start: i.OffsetSeconds * nanosPerSecond, snapLen: i.SnapLen})
	return uint32(len(w.interfaces) - 1), nil
}

// WritePacket writes Data, Time, OrigLen, Comment and Dropped of p as a packet of p.Interface, which AddInterface must have returned.
// Comment is written as one comment, or several if it is longer than 65535 bytes. The other fields are ignored. A packet
// without a time (capture.TimeMissing) becomes a Simple Packet Block if that can express the rest of it.
func (w *Writer) WritePacket(p *capture.Packet) error {
	if uint64(p.Interface) >= uint64(len(w.interfaces)) {
		return fmt.Errorf("write packet %d: there is no interface %d", p.Number, p.Interface)
	}
	if len(p.Data) > absoluteMaxCapLen {
		return fmt.Errorf("write packet %d: %d bytes are more than the %d a packet can have", p.Number, len(p.Data), absoluteMaxCapLen)
	}
	i := w.interfaces[p.Interface]
	units, ok := i.units(p.Time)
	if !ok {
		return fmt.Errorf("write packet %d: its time lies before the interface's first", p.Number)
	}
	if p.TimeIssue == capture.TimeMissing && i.fitsSimple(p) {
		w.begin(blockSimple)
		w.u32(p.OrigLen)
		w.padded(p.Data)
		return w.end()
	}
	w.begin(blockEnhanced)
	w.u32(p.Interface)
	w.u32(uint32(units >> 32))
	w.u32(uint32(units))
	w.u32(uint32(len(p.Data)))
	w.u32(p.OrigLen)
	w.padded(p.Data)
	w.comments(p.Comment)
	if p.Dropped > 0 {
		w.option(optPacketDropped, binary.LittleEndian.AppendUint64(nil, p.Dropped))
	}
	return w.end()
}

// WriteStatistics writes the counts of interface number, as of a time in nanoseconds since 1970.
func (w *Writer) WriteStatistics(number uint32, time int64, received, dropped uint64) error {
	if uint64(number) >= uint64(len(w.interfaces)) {
		return fmt.Errorf("write statistics: there is no interface %d", number)
	}
	units, ok := w.interfaces[number].units(time)
	if !ok {
		return fmt.Errorf("write statistics: the time lies before the first of interface %d", number)
	}
	w.begin(blockStatistics)
	w.u32(number)
	w.u32(uint32(units >> 32))
	w.u32(uint32(units))
	w.option(optStatisticsReceived, binary.LittleEndian.AppendUint64(nil, received))
	w.option(optStatisticsDropped, binary.LittleEndian.AppendUint64(nil, dropped))
	return w.end()
}

// Flush hands over what is collected. Call it at the end, and whenever a reader should see the packets so far.
func (w *Writer) Flush() error { return w.w.Flush() }

// Size returns how many bytes were written, those that are collected included.
func (w *Writer) Size() int64 { return w.size }

// fitsSimple reports whether a Simple Packet Block says all of p but its time.
func (i writtenInterface) fitsSimple(p *capture.Packet) bool {
	whole := uint64(p.OrigLen) == uint64(len(p.Data))
	return whole && p.Interface == 0 && p.Comment == "" && p.Dropped == 0 && (i.snapLen == 0 || p.OrigLen <= i.snapLen)
}

// units returns a time as nanoseconds since the interface's offset; false if it lies before that.
func (i writtenInterface) units(time int64) (uint64, bool) {
	// The difference of two int64 fits, though not into an int64.
	return uint64(time) - uint64(i.start), time >= i.start
}

// begin starts a block; its length is filled in by end.
func (w *Writer) begin(kind uint32) {
	w.block = w.block[:0]
	w.u32(kind)
	w.u32(0)
}

// end writes the block with its length at both ends.
func (w *Writer) end() error {
	length := uint32(len(w.block) + 4)
	binary.LittleEndian.PutUint32(w.block[4:], length)
	w.u32(length)
	w.size += int64(len(w.block))
	_, err := w.w.Write(w.block)
	return err
}

func (w *Writer) u16(v uint16) { w.block = binary.LittleEndian.AppendUint16(w.block, v) }
func (w *Writer) u32(v uint32) { w.block = binary.LittleEndian.AppendUint32(w.block, v) }
func (w *Writer) u64(v uint64) { w.block = binary.LittleEndian.AppendUint64(w.block, v) }

// padded appends b and zeros up to a multiple of 4.
func (w *Writer) padded(b []byte) {
	w.block = append(w.block, b...)
	for len(w.block)%4 != 0 {
		w.block = append(w.block, 0)
	}
}

// option appends an option of at most maxOption bytes.
func (w *Writer) option(code uint16, value []byte) {
	w.u16(code)
	w.u16(uint16(len(value)))
	w.padded(value)
}

// text appends an option unless it is empty.
func (w *Writer) text(code uint16, text string) {
	if text != "" {
		w.option(code, []byte(cutText(text, maxOption)))
	}
}

// comments appends a comment unless it is empty, in pieces if it is too long for one option.
func (w *Writer) comments(comment string) {
	for comment != "" {
		piece := cutText(comment, maxOption)
		w.text(optComment, piece)
		comment = comment[len(piece):]
	}
}

// cutText returns text cut to at most n bytes, not inside a character.
func cutText(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for cut := n; cut > n-utf8.UTFMax; cut-- {
		if utf8.RuneStart(text[cut]) {
			return text[:cut]
		}
	}
	return text[:n] // not UTF-8 anyway
}
