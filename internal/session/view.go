package session

import (
	"fmt"
	"math"

	"tcptalk/internal/capture"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// View is one connection as it was when the view was made: later segments do not change it. It may be used from any
// goroutine, and stays valid until the session is closed.
type View struct {
	// Conn is a copy of the tracker's summary.
	Conn tcp.Connection
	// Bases are the raw sequence numbers from which the relative ones count at last, indexed by sender. An end that begins to
	// count anew changes its own: Raw tells the numbers of a segment.
	Bases  [2]seqnum.Number
	s      *Session
	blocks []*recordBlock
	links  []capture.LinkType
	// continued says that the connection began before the capture's first packet, preceding when the last segment before that was.
	continued bool
	preceding int64
	// commented says that the capture had comments on packets when the view was made.
	commented bool
	ids       ids
	drops     []Drop
	// own are the records of a connection whose ends changed places, nil for all others.
	own []*Record
}

// View returns the connection with the given stream number.
func (s *Session) View(stream int) (*View, error) { return s.viewOf(stream, math.MaxInt) }

// viewOf returns the connection with its first limit segments.
func (s *Session) viewOf(stream, limit int) (*View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if stream < 0 || stream >= len(s.streams) {
		return nil, fmt.Errorf("there is no connection %d: the capture has %d, counted from 0", stream, len(s.streams))
	}
	v := s.summary(stream)
	most := min(limit, int(v.Conn.Packets[0])+int(v.Conn.Packets[1]))
	for id := s.streams[stream].first; id != 0 && v.ids.n < limit; id = s.records.at(id - 1).next.Load() {
		v.ids.add(id-1, most-v.ids.n-1)
	}
	if s.swapped[uint32(stream)] {
		v.flip()
	}
	return v, nil
}

// summary is a view without segments. The session is locked.
func (s *Session) summary(stream int) *View {
	from, continued := s.inherited[stream]
	return &View{
		continued: continued, preceding: from.known.Reached.Time,
		Conn: *s.tracker.Connection(stream), Bases: s.tracker.Bases(stream), s: s, blocks: s.records.blocks, links: s.linkTypes,
		commented: len(s.comments.text) > 0, drops: s.drops.list,
	}
}

// Began is what times in the connection count from: the time of its first segment, also of one that is not in the capture any more.
// The view has segments.
func (v *View) Began() int64 {
	if v.continued {
		return v.Conn.FirstTime
	}
	return v.At(0).Time
}

// Preceding returns the time of the connection's segment before its first one here, false if there is none.
func (v *View) Preceding() (int64, bool) { return v.preceding, v.continued }

// Len returns the number of segments.
func (v *View) Len() int { return v.ids.n }

// At returns the record of segment i, 0 ≤ i < Len.
func (v *View) At(i int) *Record {
	if v.own != nil {
		return v.own[i]
	}
	id := v.ids.at(i)
	return &v.blocks[id/blockSize][id%blockSize]
}

// States returns in which states record i leaves both ends, by the direction that they send in, as far as the whole connection
// tells.
func (v *View) States(i int) [2]tcp.EndState {
	s := v.At(i).States
	if server := &s[flow.ServerToClient]; *server == tcp.Inferred(tcp.Listen) {
		*server = v.Unheard()
	}
	return s
}

// Unheard returns the state of a server that was only asked by now: it listens, unless it refuses, and of one that was asked again
// and never answers nothing is known.
func (v *View) Unheard() tcp.EndState {
	switch c := &v.Conn; {
	case c.Ending == tcp.Refused:
		return tcp.Inferred(tcp.Closed)
	case c.Ending == tcp.NoAnswer && c.Retransmissions[flow.ClientToServer] > 0:
		return tcp.Inferred(tcp.Unknown)
	default:
		return tcp.Inferred(tcp.Listen)
	}
}

// Find returns the segment with the given frame number, or -1.
func (v *View) Find(frame uint32) int {
	lo, hi := 0, v.Len()
	for lo < hi {
		if m := (lo + hi) / 2; v.At(m).Frame < frame {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < v.Len() && v.At(lo).Frame == frame {
		return lo
	}
	return -1
}

// Packet reads the captured bytes of segment i again.
func (v *View) Packet(i int) (capture.Packet, error) {
	r := v.At(i)
	p := capture.Packet{
		Number: r.Frame, Interface: uint32(r.Interface), Time: r.Time, OrigLen: r.OrigLen, Offset: r.Offset,
		Data: make([]byte, r.CapLen), LinkType: v.links[r.Interface], Comment: v.Comment(i),
	}
	return p, v.s.file.ReadPacketAt(p.Offset, p.Data)
}

// segments decodes the segments of a view again, one at a time, reusing its memory.
type segments struct {
	v       *View
	decoder *packet.Decoder
	// ahead says that the segments are asked for in order, so that reading more than one packet at once pays.
	ahead bool
	// buf holds the bytes of the capture from start on.
	buf   []byte
	start int64
	pkt   capture.Packet // scratch for Record.segment
}

// How far segments reads ahead: as long as packets lie close enough together that reading what is between them is cheaper
// than another system call, which takes about as long as copying readAheadGap bytes.
const (
	readAheadGap  = 8 << 10
	readAheadMost = 256 << 10
)

// data returns the captured bytes of segment i, valid until the next call.
func (d *segments) data(i int) ([]byte, error) {
	r := d.v.At(i)
	length := int(r.CapLen)
	if from := r.Offset - d.start; from >= 0 && from+int64(length) <= int64(len(d.buf)) {
		return d.buf[from:][:length:length], nil
	}
	d.start = r.Offset
	err := d.read(d.span(i))
	if err != nil && len(d.buf) > length {
		err = d.read(length) // someone cut the file short: this packet may still be there
	}
	if err != nil {
		d.buf = d.buf[:0]
		return nil, err
	}
	return d.buf[:length:length], nil
}

// read fills buf with n bytes from start on.
func (d *segments) read(n int) error {
	if cap(d.buf) < n {
		d.buf = make([]byte, n)
	}
	d.buf = d.buf[:n]
	return d.v.s.file.ReadPacketAt(d.start, d.buf)
}

// span returns how many bytes from segment i on are read at once.
func (d *segments) span(i int) int {
	r := d.v.At(i)
	end := r.Offset + int64(r.CapLen)
	for i++; d.ahead && i < d.v.Len(); i++ {
		next := d.v.At(i)
		if next.Offset < end || next.Offset > end+readAheadGap || next.Offset+int64(next.CapLen) > r.Offset+readAheadMost {
			break
		}
		end = next.Offset + int64(next.CapLen)
	}
	return int(end - r.Offset)
}

// at returns segment i, valid until the next call.
func (d *segments) at(i int) (*packet.Segment, error) {
	v := d.v
	r := v.At(i)
	if r.bits&defragmented != 0 {
		return v.s.defragmented(v.ids.at(i)), nil
	}
	b, err := d.data(i)
	if err != nil {
		return nil, err
	}
	return r.segment(d.decoder, &d.pkt, &v.Conn, b, v.links[r.Interface]), nil
}

// segment decodes the record's segment again from the packet's bytes, nil if it cannot be found any more. It is valid until
// the decoder's next call. The decoder holds on to p, which is scratch: one for many records spares an allocation for each.
func (r *Record) segment(d *packet.Decoder, p *capture.Packet, c *tcp.Connection, b []byte, link capture.LinkType) *packet.Segment {
	*p = capture.Packet{Number: r.Frame, Time: r.Time, OrigLen: r.OrigLen, Offset: r.Offset, Data: b, LinkType: link}
	found := d.Decode(p)
	src, dst := c.Client, c.Server
	if r.bits&fromServer != 0 {
		src, dst = dst, src
	}
	for j := range found {
		if seg := &found[j]; seg.Src == src && seg.Dst == dst && !seg.Quoted && seg.Flags == r.Flags && seg.Len == r.Len {
			return seg
		}
	}
	return nil
}

// defragmented returns a copy of the segment of a record that was put together from IP fragments, nil if it was not kept.
func (s *Session) defragmented(id uint32) *packet.Segment {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if seg, ok := s.defrag.segments[id]; ok {
		return &seg
	}
	return nil
}

// Drops returns where the capture lost packets, as Session.Drops does, as of when the view was made: which connections they
// belonged to nobody knows.
func (v *View) Drops() []Drop { return v.drops }
