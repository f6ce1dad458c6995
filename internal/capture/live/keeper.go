package live

import (
	"io"
	"os"
	"strconv"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// keeper takes the packets of a program and writes them into files of its own: pcapng whatever the program speaks, whole blocks
// only, a new file when a ring turns.
type keeper struct {
	r      *Run
	src    *pcapfile.File
	source error // why src ended
	full   EndReason

	w          *pcapfile.Writer
	file       *os.File
	number     int                  // of the file
	interfaces []pcapfile.Interface // those described in the file
	before     int64                // bytes of finished files, given up or not
	first      uint64               // packets in them
	failed     bool                 // nothing can be written any more

	packets   uint64
	published uint64 // packets that readers can see
	marked    uint64 // packets known to be lost, with their place
	start     int64  // time of the first packet
	last      int64  // time of the packet before
}

func newKeeper(r *Run) (*keeper, error) {
	k := &keeper{r: r}
	if err := k.open(); err != nil {
		return nil, err
	}
	return k, nil
}

// open begins the next file.
func (k *keeper) open() error {
	k.number++
	path, file, err := k.r.dir.part(k.number)
	if err != nil {
		return err
	}
	k.file = file
	if k.w, err = pcapfile.NewWriter(file, pcapfile.Section{Application: "tcptalk", Comment: k.comment()}); err != nil {
		return err
	}
	for i := range k.interfaces {
		if _, err := k.w.AddInterface(k.interfaces[i]); err != nil {
			return err
		}
	}
	if err := k.w.Flush(); err != nil {
		return err
	}
	k.r.trail.add(path, file, k.w.Size(), k.gone())
	return nil
}

// maxNumbered is how far packets are numbered across the files of a ring: half of what a number can count, so that a file of
// any size has room behind it. Later files number theirs from 1.
const maxNumbered = 1 << 31

// gone is what the files before the next one had.
func (k *keeper) gone() pcapfile.Before {
	if k.packets == 0 || k.packets > maxNumbered {
		return pcapfile.Before{}
	}
	return pcapfile.Before{Packets: uint32(k.packets), Start: k.start}
}

// comment says in the file what the packets before it were.
func (k *keeper) comment() string {
	if k.packets == 0 {
		return ""
	}
	return "continues a ring of files after " + strconv.FormatUint(k.packets, 10) + " packets"
}

// takeAll takes packets until there are no more, or no more are wanted. It returns why they could not be kept.
func (k *keeper) takeAll(out io.Reader) *Problem {
	src, err := pcapfile.OpenOnce(out, k.r.name)
	if err != nil {
		k.source = err
		return nil
	}
	k.src = src
	if src.Info().Format != pcapfile.FormatNone { // else the program ended before it wrote anything
		k.r.begin()
	}
	for b := new(pcapfile.Batch); ; {
		if err := src.NextBatch(b); err != nil {
			k.source = err
			return nil
		}
		for i := range b.Packets {
			if err := k.take(&b.Packets[i]); err != nil {
				return k.broken(err)
			}
			if k.full != "" {
				break
			}
		}
		if err := k.publish(); err != nil {
			return k.broken(err)
		}
		if k.full != "" {
			return nil
		}
	}
}

// begin notes that packets are taken.
func (r *Run) begin() {
	r.update(func(s *State) {
		if s.Phase == Starting {
			s.Phase, s.Began = Capturing, time.Now()
		}
	})
}

// blockLength bounds the length of a packet's block.
func blockLength(p *capture.Packet) int64 { return int64(len(p.Data)+len(p.Comment)) + 64 }

// take keeps one packet.
func (k *keeper) take(p *capture.Packet) error {
	if most := k.r.spec.Limits.Bytes; most > 0 && k.before+k.w.Size()+blockLength(p) > most {
		k.full = EndBytes
		return nil
	}
	if int(p.Interface) >= len(k.interfaces) {
		if err := k.describe(); err != nil {
			return err
		}
	}
	if ring := k.r.spec.Ring; ring.Files > 0 && k.w.Size()+blockLength(p) > ring.FileBytes {
		if err := k.turn(); err != nil {
			return err
		}
	}
	k.packets++
	k.look(p)
	p.Time = max(p.Time, 0) // what stands before 1970 could not be written
	if err := k.w.WritePacket(p); err != nil {
		return err
	}
	if most := k.r.spec.Limits.Packets; most > 0 && k.packets >= most {
		k.full = EndPackets
	}
	return nil
}

// clockStep is how much earlier than the one before a packet must be stamped for the clock to have been set back: several
// interfaces are handed over a block at a time, and may lie some tenths of a second apart.
const clockStep = 500 * time.Millisecond

// look notices what a packet says about the capture.
func (k *keeper) look(p *capture.Packet) {
	if p.Dropped > 0 {
		k.marked += p.Dropped
		k.r.notice(Notice{Kind: NoticeDropped, Frame: k.packets, N: p.Dropped})
	}
	if back := k.last - p.Time; k.packets > 1 && back >= int64(clockStep) {
		k.r.notice(Notice{Kind: NoticeClockBack, Frame: k.packets, N: uint64(back)})
	}
	if k.packets == 1 {
		k.start = p.Time
	}
	k.last = p.Time
}

// describe writes the interfaces that the program described since the last packet.
func (k *keeper) describe() error {
	for _, i := range k.src.Info().Interfaces[len(k.interfaces):] {
		k.improve(&i)
		if _, err := k.w.AddInterface(i); err != nil {
			return err
		}
		k.interfaces = append(k.interfaces, i)
	}
	return nil
}

// improve says of an interface what the program did not.
func (k *keeper) improve(i *pcapfile.Interface) {
	i.OffsetSeconds = 0 // times are written as they are
	if n := len(k.interfaces); i.Name == "" && n < len(k.r.spec.Interfaces) {
		i.Name = k.r.spec.Interfaces[n]
	}
	if i.Filter == "" {
		i.Filter = k.r.spec.Filter
	}
}

// turn ends the file and begins another one.
func (k *keeper) turn() error {
	if err := k.publish(); err != nil {
		return err
	}
	k.before, k.first = k.before+k.w.Size(), k.packets
	if err := k.open(); err != nil {
		return err
	}
	removed, err := k.r.trail.keep(k.r.spec.Ring.Files)
	k.r.update(func(s *State) { s.Turned += removed })
	return err
}

// publish shows readers what was taken.
func (k *keeper) publish() error {
	if err := k.w.Flush(); err != nil {
		return err
	}
	k.published = k.packets
	k.r.trail.publish(k.w.Size())
	k.tell()
	return nil
}

func (k *keeper) tell() {
	bytes := k.r.trail.length()
	k.r.update(func(s *State) { s.Packets, s.Bytes = k.published, bytes })
}

// broken is the end where the packets cannot be kept: what is whole in the file counts.
func (k *keeper) broken(err error) *Problem {
	k.failed = true
	if length, packets, e := whole(k.file); e == nil && k.file.Truncate(length) == nil {
		k.published = k.first + packets
		k.r.trail.publish(length)
	}
	k.tell()
	return writeProblem(err)
}

// finish writes the last counts. It returns why that failed.
func (k *keeper) finish() *Problem {
	if k.src == nil || k.failed {
		return nil
	}
	dropped := uint64(0)
	for i, known := range k.src.Info().Interfaces {
		if !known.HasStatistics || i >= len(k.interfaces) {
			continue
		}
		dropped += known.Dropped
		if err := k.w.WriteStatistics(uint32(i), max(k.last, 0), known.Received, known.Dropped); err != nil {
			return k.broken(err)
		}
	}
	if err := k.publish(); err != nil {
		return k.broken(err)
	}
	s := k.r.State()
	if lost := max(dropped, s.Dropped+s.IfDropped); lost > k.marked {
		k.r.notice(Notice{Kind: NoticeDropped, N: lost - k.marked})
	}
	return nil
}
