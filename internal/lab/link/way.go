// Package link carries Ethernet frames between two interfaces in user space and does to them, exactly and repeatably, what
// networks do by accident: lose, duplicate, delay, reorder, hold back, mark.
//
// Faults are chosen by number ("the 20th segment with data") or by chance with a seed; the same frames meet the same fate
// every time. Frames without a fault stay in order. It promises exactness of what and when within a millisecond or so, not
// speed: some 10,000 frames a second. It knows Ethernet, IPv4, IPv6 and TCP as far as it must to count. Where to start: Way,
// Carry.
package link

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"
)

// Way says what happens to frames in one direction. The zero value carries everything at once.
type Way struct {
	// Data segments are TCP segments with payload, counted from 1. LoseData never arrive, DoubleData arrive twice, LateData
	// arrive Late after the others.
	LoseData, DoubleData, LateData []int
	Late                           time.Duration
	// LoseAll loses every frame with TCP data from that data segment on; 0 never.
	LoseAll int
	// Loss, Double and Lag are shares (0 to 1) of TCP segments, with data or without, that are lost, come twice, come Late.
	Loss, Double, Lag float64
	// Burst is how many segments in a row a loss by chance takes; 0 is 1.
	Burst int
	// LoseAcks is the share of TCP segments without payload, SYN, FIN or RST that is lost.
	LoseAcks float64
	// Mark is the share of ECN-capable packets that get Congestion Experienced (RFC 3168 §5).
	Mark float64
	// Delay is how long every frame takes; Jitter is a random addition that keeps the order.
	Delay, Jitter time.Duration
	// Rate in bits per second is how fast frames leave; those that find Queue frames waiting are lost. 0 is no limit.
	Rate, Queue int
	// Seed chooses the chances.
	Seed uint64
}

// Counts says what became of the frames of a direction.
type Counts struct {
	Frames, Data                             int // all, and those with TCP data
	Lost, Doubled, Late, Marked, Overflowing int
}

// departure is a frame with the time at which it leaves, since the link was made.
type departure struct {
	at    time.Duration
	frame []byte
}

// director decides about the frames of one direction.
type director struct {
	way    Way
	chance *rand.Rand
	counts Counts
	burst  int             // how many are still to be lost
	free   time.Duration   // when the line has sent what it has
	queue  []time.Duration // when the frames that wait will have left
	last   time.Duration   // when the last frame leaves that keeps the order
}

func newDirector(w Way) *director {
	return &director{way: w, chance: rand.New(rand.NewPCG(w.Seed, 7456))}
}

// happens draws a chance. Without a share nothing is drawn, so that faults that are off do not change the others.
func (d *director) happens(share float64) bool { return share > 0 && d.chance.Float64() < share }

// pass decides about a frame that came at a time, and returns when it leaves: never, once, or twice. The frame belongs to
// the director from then on.
func (d *director) pass(at time.Duration, frame []byte) []departure {
	d.counts.Frames++
	s := read(frame)
	if s.length > 0 {
		d.counts.Data++
	}
	if s.tcp && d.loses(s) {
		d.counts.Lost++
		return nil
	}
	at, ok := d.line(at, len(frame))
	if !ok {
		d.counts.Overflowing++
		return nil
	}
	if d.happens(d.way.Mark) && mark(frame) {
		d.counts.Marked++
	}
	at += d.way.Delay
	if d.way.Jitter > 0 {
		at += time.Duration(d.chance.Int64N(int64(d.way.Jitter)))
	}
	if s.tcp && d.meant(s, d.way.LateData, d.way.Lag) {
		d.counts.Late++
		return []departure{{at + d.way.Late, frame}}
	}
	at = max(at, d.last)
	d.last = at
	leaving := []departure{{at, frame}}
	if s.tcp && d.meant(s, d.way.DoubleData, d.way.Double) {
		d.counts.Doubled++
		leaving = append(leaving, leaving[0])
	}
	return leaving
}

// meant reports that a fault is meant for the present segment, by its number or by chance.
func (d *director) meant(s segment, numbers []int, share float64) bool {
	return s.length > 0 && slices.Contains(numbers, d.counts.Data) || d.happens(share)
}

func (d *director) loses(s segment) bool {
	n := d.counts.Data
	if d.burst > 0 {
		d.burst--
		return true
	}
	if s.length > 0 && (slices.Contains(d.way.LoseData, n) || d.way.LoseAll > 0 && n >= d.way.LoseAll) {
		return true
	}
	if d.happens(d.way.Loss) {
		d.burst = max(d.way.Burst, 1) - 1
		return true
	}
	return s.pureAck && d.happens(d.way.LoseAcks)
}

// line sends a frame at the rate of the way and says when its last bit has left; false if there was no room to wait.
func (d *director) line(at time.Duration, bytes int) (time.Duration, bool) {
	if d.way.Rate <= 0 {
		return at, true
	}
	d.queue = slices.DeleteFunc(d.queue, func(t time.Duration) bool { return t <= at })
	// The frame that is being sent does not wait any more.
	if len(d.queue) > max(d.way.Queue, 1) {
		return 0, false
	}
	d.free = max(d.free, at) + time.Duration(bytes)*8*time.Second/time.Duration(d.way.Rate)
	d.queue = append(d.queue, d.free)
	return d.free, true
}

// segment is what a director has to know of a frame.
type segment struct {
	tcp     bool
	length  int  // payload
	pureAck bool // nothing but an acknowledgment
}

const (
	etherHeader = 14
	etherIPv4   = 0x0800
	etherIPv6   = 0x86dd
	protocolTCP = 6
	ipv6Header  = 40
)

// read finds TCP right behind IPv4, or IPv6 without extension headers; anything else is a frame like any other.
func read(frame []byte) segment {
	if len(frame) < etherHeader+20 {
		return segment{}
	}
	ip := frame[etherHeader:]
	var tcp []byte
	switch binary.BigEndian.Uint16(frame[12:]) {
	case etherIPv4:
		header, total := int(ip[0]&15)*4, int(binary.BigEndian.Uint16(ip[2:]))
		fragment := binary.BigEndian.Uint16(ip[6:]) & 0x3fff
		if ip[9] != protocolTCP || fragment != 0 || total > len(ip) || header > total {
			return segment{}
		}
		tcp = ip[header:total]
	case etherIPv6:
		if len(ip) < ipv6Header || ip[6] != protocolTCP {
			return segment{}
		}
		total := ipv6Header + int(binary.BigEndian.Uint16(ip[4:]))
		if total > len(ip) {
			return segment{}
		}
		tcp = ip[ipv6Header:total]
	default:
		return segment{}
	}
	if len(tcp) < 20 || int(tcp[12]>>4)*4 > len(tcp) {
		return segment{}
	}
	length := len(tcp) - int(tcp[12]>>4)*4
	const finSynRst = 1 | 2 | 4
	return segment{tcp: true, length: length, pureAck: length == 0 && tcp[13]&finSynRst == 0}
}

// mark writes Congestion Experienced into an ECN-capable packet, and reports whether it was one.
func mark(frame []byte) bool {
	const ect0, ect1, ce = 2, 1, 3
	ip := frame[etherHeader:]
	switch binary.BigEndian.Uint16(frame[12:]) {
	case etherIPv4:
		if len(ip) < 20 || ip[1]&3 != ect0 && ip[1]&3 != ect1 {
			return false
		}
		before := binary.BigEndian.Uint16(ip)
		ip[1] |= ce
		// RFC 1624: HC' = ~(~HC + ~m + m')
		sum := uint32(^binary.BigEndian.Uint16(ip[10:])) + uint32(^before) + uint32(binary.BigEndian.Uint16(ip))
		sum = sum&0xffff + sum>>16
		sum = sum&0xffff + sum>>16
		binary.BigEndian.PutUint16(ip[10:], ^uint16(sum))
		return true
	case etherIPv6:
		// The two bits are the lower ones of the traffic class, in the upper half of the second byte.
		if len(ip) < ipv6Header || ip[1]>>4&3 != ect0 && ip[1]>>4&3 != ect1 {
			return false
		}
		ip[1] |= ce << 4
		return true
	}
	return false
}
