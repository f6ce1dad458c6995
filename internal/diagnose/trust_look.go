package diagnose

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
)

// look is what reading the first packets of a connection again shows.
type look struct {
	looked, of int // packets looked at, packets of the connection

	checked         uint64 // packets whose checksum could be verified
	left, wrong     [2]uint64
	leftAt, wrongAt []uint32

	able, double uint64 // packets that could be told from their copies, and copies
	doubleAt     []uint32
}

// identity is what a packet and its copy have in common. The checksum is not: one copy may have been seen before the network
// card filled it in.
type identity struct {
	dir          flow.Direction
	seq, ack     seqnum.Number
	flags        packet.Flags
	window, ipid uint16
	len          uint32
	tsVal, tsEcr uint32
}

// How long after a packet its copy comes at most. Packets that carry an IP identification are told from retransmissions by it;
// others only by time, since nothing is sent again that soon.
const (
	copyWithin     = 100 * time.Millisecond
	copyWithinSure = time.Millisecond
)

// lookAt reads packets again from the beginning, within the budget.
func lookAt(v *session.View, left *budget, sums bool) look {
	l := look{of: v.Len()}
	d := packet.NewDecoder()
	seen := map[identity]int64{}
	for i := range v.Len() {
		r := v.At(i)
		if left.packets <= 0 || left.bytes < int(r.CapLen) {
			break
		}
		left.packets--
		left.bytes -= int(r.CapLen)
		seg, inPacket := decodeAgain(v, i, d)
		l.looked++
		if seg == nil {
			continue
		}
		if sums {
			l.verdict(d.Verify(inPacket), r)
		}
		l.copies(seen, seg, r)
	}
	return l
}

func (l *look) verdict(verdict packet.Verdict, r *session.Record) {
	switch verdict {
	case packet.NotCheckable:
		return
	case packet.Intact:
	case packet.LeftToCard:
		l.left[r.Dir()]++
		l.leftAt = note(l.leftAt, r.Frame)
	case packet.Mismatch:
		l.wrong[r.Dir()]++
		l.wrongAt = note(l.wrongAt, r.Frame)
	}
	l.checked++
}

// copies remembers the packet and counts it if it is the copy of one before.
func (l *look) copies(seen map[identity]int64, seg *packet.Segment, r *session.Record) {
	within := copyWithin
	if seg.IPID == 0 {
		if r.PureAck() || seg.Flags.Has(packet.RST) {
			return // the same words may well be said twice
		}
		within = copyWithinSure
	}
	l.able++
	id := identity{
		dir: r.Dir(), seq: seg.Seq, ack: seg.Ack, flags: seg.Flags, window: seg.Window, ipid: seg.IPID, len: seg.Len,
		tsVal: seg.Options.TSVal, tsEcr: seg.Options.TSEcr,
	}
	if at, ok := seen[id]; ok {
		if since := time.Duration(r.Time - at); max(since, -since) <= within {
			l.double++
			l.doubleAt = note(l.doubleAt, r.Frame)
		}
	}
	seen[id] = r.Time
}

// first is the number for TrustFinding.First.
func (l *look) first() uint64 {
	if l.looked < l.of {
		return uint64(l.looked)
	}
	return 0
}

// seenTwice reports that the capture as a whole is doubled: a copy for at least two packets in three.
func (l *look) seenTwice() bool { return l.double > 1 && l.double*5 >= l.able*2 }

func (l *look) twice() []TrustFinding {
	if !l.seenTwice() {
		return nil
	}
	return []TrustFinding{{
		Code: SeenTwice, Severity: Warn, Both: true, Count: l.double, Of: l.able, Frames: l.doubleAt, First: l.first(),
	}}
}

func (l *look) someTwice() []TrustFinding {
	if l.double == 0 || l.seenTwice() {
		return nil
	}
	return []TrustFinding{{
		Code: SomeTwice, Severity: Info, Both: true, Count: l.double, Of: l.able, Frames: l.doubleAt, First: l.first(),
	}}
}

func (l *look) damaged() []TrustFinding { return l.sums(ChecksumsWrong, Warn, l.wrong, l.wrongAt) }

func (l *look) leftToCard() []TrustFinding { return l.sums(ChecksumsLeft, Info, l.left, l.leftAt) }

func (l *look) sums(code TrustCode, s Severity, n [2]uint64, frames []uint32) []TrustFinding {
	f := TrustFinding{Code: code, Severity: s, Count: n[0] + n[1], Of: l.checked, Frames: frames, First: l.first()}
	if f.Count == 0 {
		return nil
	}
	f.Both = n[0] > 0 && n[1] > 0
	if n[flow.ServerToClient] > n[flow.ClientToServer] {
		f.By = flow.ServerToClient
	}
	return []TrustFinding{f}
}
