package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
)

// PacketFormat is the kind of capture file that Packets writes.
type PacketFormat uint8

// The formats.
const (
	PcapNG PacketFormat = iota
	Pcap                // one link type, no comments, nothing about interfaces
)

// PacketsWritten sums up what Packets wrote and what the format has no place for.
type PacketsWritten struct {
	Packets int
	Bytes   int64 // captured bytes, without the headers of the file
	// Comments and Untimed count packets whose comment, or lack of a time, a pcap cannot express.
	Comments, Untimed int
}

// LinkTypeError says that a pcap cannot hold the packets: it has one link type.
type LinkTypeError struct {
	One, Other capture.LinkType
	Frame      uint32 // the first packet of the other one
}

func (e *LinkTypeError) Error() string {
	return fmt.Sprintf("a pcap holds packets of one link type, and these are %v and, from packet %d on, %v", e.One, e.Frame, e.Other)
}

// looks is how many packets Packets reads between two looks at its context, and two words to progress.
const looks = 1 << 12

// Packets writes the packets of a set to out, as they were captured and in their order: bytes, times to the nanosecond, lengths,
// comments; in a pcapng the sections and interfaces too, under their numbers, with what the capture says about them. It reads
// the capture once, up to the last packet wanted, and keeps nothing. progress is told how many frames were passed; it may
// be nil.
func Packets(ctx context.Context, s *session.Session, frames *Frames, format PacketFormat, out io.Writer, progress func(done, total int)) (PacketsWritten, error) {
	var w packetWriter = &ngFile{info: s.Info(), out: out}
	if format == Pcap {
		w = &pcapFile{info: s.Info(), out: out}
	}
	return writePackets(ctx, s, frames, w, progress)
}

// Noted writes all packets of a capture as a pcapng, as Packets does, with the notes that note returns for their numbers ("" for
// none) below the comments that they have already.
func Noted(ctx context.Context, s *session.Session, note func(frame uint32) string, out io.Writer, progress func(done, total int)) (PacketsWritten, error) {
	frames := NewFrames(s)
	for i := range frames.bits {
		frames.bits[i] = math.MaxUint64
	}
	return writePackets(ctx, s, frames, &notedFile{ngFile{info: s.Info(), out: out}, note}, progress)
}

// notedFile is a pcapng with further comments.
type notedFile struct {
	ngFile
	note func(frame uint32) string
}

func (f *notedFile) packet(p *capture.Packet, sum *PacketsWritten) error {
	text := f.note(p.Number)
	if text == "" {
		return f.ngFile.packet(p, sum)
	}
	q := *p
	if q.Comment != "" {
		q.Comment += "\n"
	}
	q.Comment += text
	return f.ngFile.packet(&q, sum)
}

func writePackets(ctx context.Context, s *session.Session, frames *Frames, w packetWriter, progress func(done, total int)) (PacketsWritten, error) {
	var sum PacketsWritten
	last := frames.highest()
	seen := 0
	err := s.Packets(func(p *capture.Packet) (bool, error) {
		if seen++; seen%looks == 0 {
			if progress != nil {
				progress(int(p.Number), int(last))
			}
			if err := ctx.Err(); err != nil {
				return false, err
			}
		}
		if frames.Has(p.Number) {
			sum.Packets++
			sum.Bytes += int64(len(p.Data))
			if err := w.packet(p, &sum); err != nil {
				return false, err
			}
		}
		return p.Number < last, nil
	})
	var broken *pcapfile.Error
	if errors.As(err, &broken) && s.Damage() != nil {
		err = nil // where the capture ended for the session too, which has said so
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = w.end()
	}
	return sum, err
}

// nanos is how many nanoseconds a second has.
const nanos = 1_000_000_000

// packetWriter writes one kind of capture file.
type packetWriter interface {
	packet(p *capture.Packet, sum *PacketsWritten) error
	end() error
}

// ngFile writes a pcapng. A section begins with its first packet that is wanted, with all of its interfaces, so that they keep
// their numbers.
type ngFile struct {
	info    pcapfile.Info
	out     io.Writer
	w       *pcapfile.Writer
	section int
	first   uint32  // number in the capture of the section's first interface
	start   []int64 // by interface of the section: the earliest time it can express
	latest  int64   // of the times of the section's packets
}

func (f *ngFile) packet(p *capture.Packet, _ *PacketsWritten) error {
	section := 0
	if int(p.Interface) < len(f.info.Interfaces) {
		section = f.info.Interfaces[p.Interface].Section
	}
	if f.w == nil || section != f.section {
		if err := f.begin(section, p.LinkType); err != nil {
			return err
		}
	}
	q := *p
	q.Interface -= f.first
	if q.TimeIssue == capture.TimeClamped { // it lies outside what can be expressed, here as there
		q.Time = max(q.Time, f.start[q.Interface])
	}
	f.latest = max(f.latest, q.Time)
	return f.w.WritePacket(&q)
}

// begin begins a section of the capture. A capture that says nothing about interfaces has one of that link type.
func (f *ngFile) begin(number int, link capture.LinkType) (err error) {
	var section pcapfile.Section
	if number < len(f.info.Sections) {
		section = f.info.Sections[number]
	}
	if f.w == nil {
		f.w, err = pcapfile.NewWriter(f.out, section)
	} else if err = f.statistics(); err == nil {
		err = f.w.BeginSection(section)
	}
	if err != nil {
		return err
	}
	f.section, f.first, f.start, f.latest = number, 0, f.start[:0], 0
	for i := range f.info.Interfaces {
		if f.info.Interfaces[i].Section != number {
			continue
		}
		if len(f.start) == 0 {
			f.first = uint32(i)
		}
		if err := f.add(f.info.Interfaces[i]); err != nil {
			return err
		}
	}
	if len(f.start) == 0 {
		return f.add(pcapfile.Interface{LinkType: link})
	}
	return nil
}

// add adds an interface to the section.
func (f *ngFile) add(i pcapfile.Interface) error {
	// Packet times are nanoseconds in 64 bits, so no packet needs times that count from before those.
	const earliest, latest = math.MinInt64/nanos + 1, 0
	i.OffsetSeconds = min(max(i.OffsetSeconds, earliest), latest)
	f.start = append(f.start, i.OffsetSeconds*nanos)
	_, err := f.w.AddInterface(i)
	return err
}

// statistics writes what the interfaces of the present section counted, as of its latest packet.
func (f *ngFile) statistics() error {
	for k, start := range f.start {
		if int(f.first)+k >= len(f.info.Interfaces) {
			break
		}
		if i := &f.info.Interfaces[int(f.first)+k]; i.HasStatistics {
			if err := f.w.WriteStatistics(uint32(k), max(f.latest, start), i.Received, i.Dropped); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *ngFile) end() error {
	if f.w == nil {
		if err := f.begin(0, capture.LinkTypeEthernet); err != nil {
			return err
		}
	}
	if err := f.statistics(); err != nil {
		return err
	}
	return f.w.Flush()
}

// pcapFile writes a pcap, in nanoseconds if some interface of the capture counts finer than microseconds.
type pcapFile struct {
	info pcapfile.Info
	out  io.Writer
	w    *pcapfile.PcapWriter
	link capture.LinkType
}

func (f *pcapFile) packet(p *capture.Packet, sum *PacketsWritten) error {
	if f.w == nil {
		if err := f.begin(p.LinkType); err != nil {
			return err
		}
	}
	if p.LinkType != f.link {
		return &LinkTypeError{f.link, p.LinkType, p.Number}
	}
	if p.Comment != "" {
		sum.Comments++
	}
	if p.TimeIssue == capture.TimeMissing {
		sum.Untimed++
	}
	return f.w.WritePacket(p)
}

func (f *pcapFile) begin(link capture.LinkType) (err error) {
	const micro = 1_000_000
	format, snapLen := pcapfile.Pcap, uint32(0)
	for i := range f.info.Interfaces {
		n := &f.info.Interfaces[i]
		if n.UnitsPerSecond > micro || n.UnitsPerSecond == 0 { // 0 is finer than anything, or not known
			format = pcapfile.PcapNano
		}
		if n.LinkType == link {
			snapLen = max(snapLen, n.SnapLen)
		}
	}
	f.link = link
	f.w, err = pcapfile.NewPcapWriter(f.out, format, link, snapLen)
	return err
}

func (f *pcapFile) end() error {
	if f.w == nil {
		link := capture.LinkTypeEthernet
		if len(f.info.Interfaces) > 0 {
			link = f.info.Interfaces[0].LinkType
		}
		if err := f.begin(link); err != nil {
			return err
		}
	}
	return f.w.Flush()
}
