package session

import (
	"context"
	"errors"
	"io"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// readAhead is how many batches of packets may have been read and not been looked at yet. With two of them either goroutine
// sleeps whenever the other is a little late, which costs half of the speed (measured); more than four bring nothing.
const readAhead = 4

// Run makes the opening pass. It returns nil at the end of the capture, the context's error if it was cancelled, or why the
// capture could not be read further; what was read before stays usable in every case.
//
// One goroutine reads and decodes, this one tracks. The session is locked only while a batch is taken in, a millisecond or
// so, and never while input is waited for: a capture that grows slowly does not keep readers waiting.
func (s *Session) Run(ctx context.Context) error {
	defer s.finish()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p := pass{s: s}
	batches := s.read(ctx)
	for {
		if err := ctx.Err(); err != nil {
			return err // even where batches wait
		}
		select {
		case <-ctx.Done():
		case b := <-batches.full:
			if b.err != nil {
				return s.ended(b.err)
			}
			p.batch(b)
			batches.empty <- b
		}
	}
}

// finish says that the pass is over.
func (s *Session) finish() {
	s.over.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell()
}

// ended notes why the pass ended.
func (s *Session) ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.damage = err
	return err
}

// batch is a run of packets with what is in them, or why there are no more.
type batch struct {
	pcapfile.Batch
	// segments are those of all packets, in order; found says of each packet what it was and where its segments end.
	segments []packet.Segment
	found    []found
	// others are what the packets without a segment of their own hold, in order.
	others []packet.Other
	// joined are the packets that a TCP segment in IP fragments came in, as Decoder.Fragments lists them.
	joined [][]uint32
	limits packet.Limits
	err    error
}

// found is what the decoder says of one packet.
type found struct {
	end     int
	outcome packet.Outcome
}

// fill replaces what b holds by the next packets.
func (b *batch) fill(f *pcapfile.File, d *packet.Decoder) {
	b.err = f.NextBatch(&b.Batch)
	b.segments, b.found, b.others, b.joined = b.segments[:0], b.found[:0], b.others[:0], b.joined[:0]
	for i := range b.Packets {
		before := len(b.segments)
		b.segments = d.Append(b.segments, &b.Packets[i])
		if frames := d.Fragments(); frames != nil && len(b.segments) > before {
			b.joined = append(b.joined, frames)
		}
		outcome := d.Outcome()
		b.found = append(b.found, found{len(b.segments), outcome})
		if outcome != packet.OutcomeTCP {
			b.others = append(b.others, *d.Other())
		}
	}
	b.limits = d.Limits()
}

// batches go round between the goroutine that reads and the one that tracks.
type batches struct{ empty, full chan *batch }

// read starts the goroutine that reads and decodes. It ends with the capture, after an error, or with ctx once its read returns.
func (s *Session) read(ctx context.Context) batches {
	c := batches{make(chan *batch, readAhead), make(chan *batch, readAhead)}
	for range readAhead {
		c.empty <- &batch{}
	}
	go func() {
		decoder, segments := packet.NewDecoder(), 0
		for {
			select {
			case <-ctx.Done():
				return
			case b := <-c.empty:
				b.fill(s.file, decoder)
				if segments += len(b.segments); segments > blockSize/2 {
					s.records.prepare()
				}
				c.full <- b
				if b.err != nil {
					return
				}
			}
		}
	}()
	return c
}

// pass is the state of Run between packets.
type pass struct {
	s        *Session
	analysis tcp.Analysis
	proxied  proxied
	last     int64
}

// batch takes packets in.
func (p *pass) batch(b *batch) {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, frames := range b.joined {
		s.kin.join(frames)
	}
	begin, others := 0, b.others
	for i := range b.Packets {
		f := &b.found[i]
		p.frame(&b.Packets[i], b.segments[begin:f.end], f.outcome)
		begin = f.end
		if f.outcome != packet.OutcomeTCP {
			s.others.add(&b.Packets[i], &others[0])
			others = others[1:]
		}
	}
	s.counts.Limits, s.counts.Unremembered = b.limits, s.tracker.Unremembered()
	s.frames.Store(int64(s.counts.Frames))
	s.tell()
}

func (p *pass) frame(pkt *capture.Packet, segments []packet.Segment, outcome packet.Outcome) {
	s := p.s
	p.count(pkt)
	if pkt.Dropped > 0 {
		s.drops.add(Drop{Frame: pkt.Number, Count: pkt.Dropped})
	}
	for len(s.linkTypes) <= int(pkt.Interface) {
		s.linkTypes = append(s.linkTypes, 0)
	}
	if s.linkTypes[pkt.Interface] != pkt.LinkType { // views read what is there already without a lock
		s.linkTypes[pkt.Interface] = pkt.LinkType
	}
	s.counts.Outcomes[outcome]++
	if outcome == packet.OutcomeUnknownLinkType {
		if s.counts.UnknownLinks == nil {
			s.counts.UnknownLinks = map[capture.LinkType]int{}
		}
		s.counts.UnknownLinks[pkt.LinkType]++
	}
	for i := range segments {
		p.segment(pkt, &segments[i])
	}
	if len(segments) > 0 {
		s.comments.keep(pkt.Number, pkt.Comment)
	}
}

// count sums a packet up.
func (p *pass) count(pkt *capture.Packet) {
	c := &p.s.counts
	switch {
	case c.Frames == 0:
		c.Start, c.End, c.Origin = pkt.Time, pkt.Time, pkt.Time
		if p.s.before.Packets > 0 {
			c.Origin = p.s.before.Start
		}
	case pkt.Time < p.last:
		c.Backwards++
	}
	p.last = pkt.Time
	c.End = max(c.End, pkt.Time)
	c.Frames++
	c.Last = pkt.Number
	c.Bytes += uint64(pkt.OrigLen)
	if int64(pkt.OrigLen) > int64(len(pkt.Data)) {
		c.Cut++
	}
}

func (p *pass) segment(pkt *capture.Packet, seg *packet.Segment) {
	s, a := p.s, &p.analysis
	own := s.tracker.Track(seg, a)
	if client, server, ok := p.proxied.segment(seg, a); ok {
		s.tracker.Reserve(client, server, seg.Time)
	}
	// Connections begin with headers quoted in ICMP errors too, and with requests to a proxy.
	for len(s.streams) < s.tracker.Len() {
		s.streams = append(s.streams, links{})
	}
	if !own {
		s.kin.quote(a.Stream, pkt.Number)
		return
	}
	s.counts.Segments++
	id := uint32(s.records.n)
	r := s.records.add()
	fill(r, pkt, seg, a)
	if seg.PayloadOffset < 0 && seg.Len > 0 {
		r.bits |= defragmented
		s.defrag.keep(id, seg)
	}
	l := &s.streams[a.Stream]
	if l.first == 0 {
		s.counts.Streams++
		l.first = id + 1
	} else {
		s.records.at(l.last - 1).next.Store(id + 1)
	}
	l.last = id + 1
	if s.observe != nil {
		s.observe(&Observation{pkt, seg, a})
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
	if a.Hidden {
		r.bits |= hidden
	}
	if a.Partial {
		r.bits |= partial
	}
}
