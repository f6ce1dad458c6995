package session

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync/atomic"

	"tcptalk/internal/capture"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/all"
)

// Bounds of what is kept of packets that are no TCP. A scan of a network makes a conversation of every packet.
const (
	// maxOthers is how many conversations are told apart, about 300 MB of them: each query of a busy resolver is one.
	maxOthers = 1 << 20
	// maxOtherRecords is how many of their packets are listed, 640 MiB of records: as many as ten million segments take.
	maxOtherRecords = 1 << 24
	// maxNamed is how many datagrams of a conversation are looked at for its protocol.
	maxNamed = 4
)

// Other is a conversation that is not TCP: the UDP datagrams between two endpoints, the ICMP or ARP messages or other IP
// packets between two addresses, or all frames of one sort.
type Other struct {
	Kind packet.OtherKind
	// Number is that of packet.Other.
	Number uint16
	// Ends are the endpoints; invalid if packets of this kind have none, with port 0 if they have no ports. The client is who
	// spoke first, unless that was from a well-known port to another one.
	Ends [2]netip.AddrPort
	// Packets, Bytes and Payload are indexed by sender: how many, their frames' original lengths, and the bytes on top of UDP
	// or IP.
	Packets        [2]uint32
	Bytes, Payload [2]uint64
	// FirstTime and LastTime are those of the first and the last packet in capture order.
	FirstTime, LastTime int64
	// Protocol is what its datagrams speak, as far as all.DatagramProtocol knows; "" for the other kinds.
	Protocol string

	links
	kept uint32 // records
	// continued says that it began before the capture's first packet.
	continued bool
	tried     uint8 // datagrams looked at for Protocol
}

// OtherRecord is what is kept of one packet that is no TCP: 40 bytes.
type OtherRecord struct {
	// Time, Offset, CapLen, OrigLen and Frame are those of Record.
	Time, Offset           int64
	CapLen, OrigLen, Frame uint32
	// Other is the index of the conversation.
	Other     uint32
	next      atomic.Uint32 // as in Record
	Interface uint16
	bits      recordBits
	_         uint8
}

// Dir says who sent the packet.
func (r *OtherRecord) Dir() flow.Direction {
	if r.bits&fromServer != 0 {
		return flow.ServerToClient
	}
	return flow.ClientToServer
}

// LeftOut counts what a bound kept out of the lists.
type LeftOut struct {
	// Conversations counts packets that belong to no listed conversation, because there were too many others; Packets those
	// that are counted in their conversation but not listed in it; Joined those of which the content, put together from IP
	// fragments, was not kept.
	Conversations, Packets, Joined int
}

// otherKey tells conversations apart. It has no pointers, so that a map of millions costs the garbage collector nothing.
type otherKey struct {
	a, b         [16]byte
	portA, portB uint16
	number       uint16
	kind         packet.OtherKind
	v4           bool
}

// keyOf returns the key of the conversation a packet belongs to: the same for both directions.
func keyOf(o *packet.Other) otherKey {
	k := otherKey{number: o.Number, kind: o.Kind}
	if !o.Src.IsValid() {
		return k
	}
	k.v4 = o.Src.Addr().Is4()
	k.a, k.portA = o.Src.Addr().As16(), o.Src.Port()
	k.b, k.portB = o.Dst.Addr().As16(), o.Dst.Port()
	if swapped := k.portA > k.portB || k.portA == k.portB && compare16(&k.a, &k.b) > 0; swapped {
		k.a, k.portA, k.b, k.portB = k.b, k.portB, k.a, k.portA
	}
	return k
}

// compare16 compares two addresses in whatever order.
func compare16(a, b *[16]byte) int {
	for i := 0; i < len(a); i += 8 {
		x, y := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
	}
	return 0
}

// otherChunk is how many conversations are allocated together; otherBlock how many records, 40 KiB of them: most captures
// have few.
const (
	otherChunk = 64
	otherBlock = 1 << 10
)

// others is the index of everything that is no TCP.
type others struct {
	chunks []*[otherChunk]Other
	n      int
	index  map[otherKey]uint32
	blocks []*[otherBlock]OtherRecord
	kept   int
	// joined holds the content of datagrams that were put together from fragments, by record; room is left for more.
	joined map[uint32][]byte
	room   int
	left   LeftOut
	// known are conversations that go on from before the capture's first packet.
	known map[otherKey]Other
	// most are maxOthers and maxOtherRecords, except in tests.
	mostOthers, mostRecords int
}

func newOthers() others {
	return others{index: map[otherKey]uint32{}, room: maxReassembled, mostOthers: maxOthers, mostRecords: maxOtherRecords}
}

func (t *others) at(i int) *Other { return &t.chunks[i/otherChunk][i%otherChunk] }

func (t *others) record(id uint32) *OtherRecord { return &t.blocks[id/otherBlock][id%otherBlock] }

// find returns the conversation of a packet, a new one if it is the first; false if there is no room for it.
func (t *others) find(o *packet.Other) (int, bool) {
	k := keyOf(o)
	if i, ok := t.index[k]; ok {
		return int(i), true
	}
	if t.n >= t.mostOthers {
		return 0, false
	}
	if t.n%otherChunk == 0 {
		t.chunks = append(t.chunks, new([otherChunk]Other))
	}
	i := t.n
	t.n++
	t.index[k] = uint32(i)
	c := t.at(i)
	c.Kind, c.Number, c.Ends = o.Kind, o.Number, [2]netip.AddrPort{o.Src, o.Dst}
	const wellKnown = 1024 // ports below are those of servers
	if o.Src.Port() < wellKnown && o.Dst.Port() >= wellKnown {
		c.Ends[0], c.Ends[1] = o.Dst, o.Src
	}
	if was, ok := t.known[k]; ok {
		c.goesOn(&was)
	}
	return i, true
}

// add takes a packet in.
func (t *others) add(p *capture.Packet, o *packet.Other) {
	i, ok := t.find(o)
	if !ok {
		t.left.Conversations++
		return
	}
	c := t.at(i)
	if c.Packets == [2]uint32{} && !c.continued {
		c.FirstTime = p.Time
	}
	c.LastTime = p.Time
	dir := flow.ClientToServer
	if o.Src != c.Ends[0] {
		dir = flow.ServerToClient
	}
	c.Packets[dir]++
	c.Bytes[dir] += uint64(p.OrigLen)
	c.Payload[dir] += uint64(o.Len)
	if o.Kind == packet.OtherUDP && c.Protocol == "" && c.tried < maxNamed && len(o.Payload) > 0 {
		c.tried++
		c.Protocol = all.DatagramProtocol(o.Src.Port(), o.Dst.Port(), o.Payload)
	}
	if t.kept >= t.mostRecords {
		t.left.Packets++
		return
	}
	t.list(c, i, p, o, dir)
}

// list appends the packet's record to its conversation.
func (t *others) list(c *Other, i int, p *capture.Packet, o *packet.Other, dir flow.Direction) {
	if t.kept%otherBlock == 0 {
		t.blocks = append(t.blocks, new([otherBlock]OtherRecord))
	}
	id := uint32(t.kept)
	t.kept++
	r := t.record(id)
	r.Time, r.Offset, r.CapLen, r.OrigLen = p.Time, p.Offset, uint32(len(p.Data)), p.OrigLen
	r.Frame, r.Other, r.Interface = p.Number, uint32(i), uint16(min(p.Interface, 1<<16-1))
	if dir == flow.ServerToClient {
		r.bits |= fromServer
	}
	if o.Joined {
		r.bits |= defragmented
		t.keep(id, o.Payload)
	}
	if c.first == 0 {
		c.first = id + 1
	} else {
		t.record(c.last - 1).next.Store(id + 1)
	}
	c.last = id + 1
	c.kept++
}

// keep keeps content that stands nowhere in the capture in one piece.
func (t *others) keep(id uint32, payload []byte) {
	const perJoined = 64 // about what a piece takes besides its bytes
	size := perJoined + len(payload)
	if size > t.room {
		t.left.Joined++
		return
	}
	t.room -= size
	if t.joined == nil {
		t.joined = map[uint32][]byte{}
	}
	t.joined[id] = append([]byte(nil), payload...)
}

// Others returns how many conversations that are not TCP there are so far.
func (s *Session) Others() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.others.n
}

// Other returns a copy of what is known about a conversation that is not TCP, counted from 0 in order of appearance.
func (s *Session) Other(i int) Other {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return *s.others.at(i)
}

// EachOther calls f for the conversations that are not TCP, from number from on, until f returns false. f must not keep o nor
// call the session.
func (s *Session) EachOther(from int, f func(i int, o *Other) bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := from; i < s.others.n; i++ {
		if !f(i, s.others.at(i)) {
			return
		}
	}
}

// OthersLeftOut says what a bound kept out of the lists so far.
func (s *Session) OthersLeftOut() LeftOut {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.others.left
}

// errNoOther says that a conversation does not exist.
func errNoOther(i, n int) error {
	return fmt.Errorf("there is no conversation %d besides TCP: the capture has %d, counted from 0", i, n)
}
