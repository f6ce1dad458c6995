package session

import (
	"context"
	"errors"
	"io"

	"tcptalk/internal/capture"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// batch is the number of frames that the pass handles between two looks at the context, while readers wait: about a
// millisecond.
const batch = 2048

// Run makes the opening pass. It returns nil at the end of the capture, the context's error if it was cancelled, or why the
// capture could not be read further; what was read before stays usable in every case.
func (s *Session) Run(ctx context.Context) error {
	defer s.over.Store(true)
	p := pass{s: s, decoder: packet.NewDecoder()}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := p.batch(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			s.mu.Lock()
			s.damage = err
			s.mu.Unlock()
			return err
		}
	}
}

// pass is the state of Run between packets.
type pass struct {
	s        *Session
	decoder  *packet.Decoder
	pkt      capture.Packet
	analysis tcp.Analysis
	last     int64
}

func (p *pass) batch() error {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for range batch {
		if err := s.file.Next(&p.pkt); err != nil {
			return err
		}
		p.frame()
	}
	return nil
}

func (p *pass) frame() {
	s, pkt := p.s, &p.pkt
	c := &s.counts
	if c.Frames == 0 {
		c.Start, c.End = pkt.Time, pkt.Time
	} else if pkt.Time < p.last {
		c.Backwards++
	}
	p.last = pkt.Time
	c.End = max(c.End, pkt.Time)
	c.Frames++
	c.Bytes += uint64(pkt.OrigLen)
	if int(pkt.OrigLen) > len(pkt.Data) {
		c.Cut++
	}
	s.frames.Store(int64(c.Frames))

	for len(s.linkTypes) <= int(pkt.Interface) {
		s.linkTypes = append(s.linkTypes, 0)
	}
	s.linkTypes[pkt.Interface] = pkt.LinkType

	segments := p.decoder.Decode(pkt)
	outcome := p.decoder.Outcome()
	c.Outcomes[outcome]++
	if outcome == packet.OutcomeUnknownLinkType {
		if c.UnknownLinks == nil {
			c.UnknownLinks = map[capture.LinkType]int{}
		}
		c.UnknownLinks[pkt.LinkType]++
	}
	for i := range segments {
		p.segment(&segments[i], i)
	}
}

func (p *pass) segment(seg *packet.Segment, inFrame int) {
	s, a := p.s, &p.analysis
	if !s.tracker.Track(seg, a) {
		s.growStreams()
		return
	}
	s.growStreams()
	s.counts.Segments++
	id := uint32(s.records.n)
	r := s.records.add()
	fill(r, &p.pkt, seg, a)
	if inFrame > 0 {
		r.bits |= innerSegment
	}
	if seg.PayloadOffset < 0 && seg.Len > 0 {
		r.bits |= defragmented
		s.defrag.keep(id, seg)
	}
	l := &s.streams[a.Stream]
	if l.first == 0 {
		l.first = id + 1
	} else {
		s.records.at(l.last - 1).next.Store(id + 1)
	}
	l.last = id + 1
	if s.observe != nil {
		s.observe(&Observation{&p.pkt, seg, a})
	}
}

// growStreams makes room for the connections that the tracker has begun, also for those without a segment of their own
// (TCP headers quoted in ICMP errors).
func (s *Session) growStreams() {
	for len(s.streams) < s.tracker.Len() {
		s.streams = append(s.streams, links{})
	}
}

func fill(r *Record, p *capture.Packet, seg *packet.Segment, a *tcp.Analysis) {
	r.Time, r.Offset = seg.Time, p.Offset
	r.CapLen, r.OrigLen = uint32(len(p.Data)), seg.FrameLen
	r.Frame, r.Stream = seg.Frame, a.Stream
	r.Seq, r.Ack, r.Len, r.Window = a.Seq, a.Ack, seg.Len, a.Window
	r.Labels, r.Flags = a.Labels, seg.Flags
	r.Interface = uint16(min(p.Interface, 1<<16-1))
	r.States = a.States
	if a.Dir == flow.ServerToClient {
		r.bits |= fromServer
	}
	if !a.HasNumbers {
		r.bits |= noNumbers
	}
}
