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

// Run makes the opening pass. It returns nil at the end of the capture, the context's error if it was cancelled, or why the
// capture could not be read further; what was read before stays usable in every case. When it is cancelled while a pipe has
// nothing to say it does not wait for the pipe.
func (s *Session) Run(ctx context.Context) error {
	defer s.over.Store(true)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p := pass{s: s, decoder: packet.NewDecoder()}
	ahead := readAhead(ctx, s.file)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case r := <-ahead.filled:
			if err := ctx.Err(); err != nil {
				return err
			}
			switch {
			case errors.Is(r.err, io.EOF):
				return nil
			case r.err != nil:
				s.mu.Lock()
				s.damage = r.err
				s.mu.Unlock()
				return r.err
			}
			p.batch(r.batch)
			ahead.empty <- r.batch
		}
	}
}

// reader reads the capture one batch ahead of the pass, so that both cores of a small machine work, and so that no lock is
// held while a pipe keeps the reader waiting.
type reader struct {
	filled chan filled
	empty  chan *pcapfile.Batch
}

// filled is a batch of packets, or why there is none.
type filled struct {
	batch *pcapfile.Batch
	err   error
}

// batchesAhead is one for the pass and one for the reader: more would only take memory.
const batchesAhead = 2

// readAhead starts a reader. It ends with the capture or with ctx.
func readAhead(ctx context.Context, file *pcapfile.File) *reader {
	r := &reader{make(chan filled), make(chan *pcapfile.Batch, batchesAhead)}
	for range batchesAhead {
		r.empty <- &pcapfile.Batch{}
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case b := <-r.empty:
				err := file.NextBatch(b)
				select {
				case <-ctx.Done():
					return
				case r.filled <- filled{b, err}:
				}
				if err != nil {
					return
				}
			}
		}
	}()
	return r
}

// pass is the state of Run between packets.
type pass struct {
	s        *Session
	decoder  *packet.Decoder
	pkt      *capture.Packet
	analysis tcp.Analysis
	last     int64
}

// batch takes packets in while nobody reads the session: a batch is a matter of a few milliseconds.
func (p *pass) batch(b *pcapfile.Batch) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for i := range b.Packets {
		p.pkt = &b.Packets[i]
		p.frame()
	}
}

func (p *pass) frame() {
	s, pkt := p.s, p.pkt
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
	if s.linkTypes[pkt.Interface] != pkt.LinkType { // views read what is there already without a lock
		s.linkTypes[pkt.Interface] = pkt.LinkType
	}

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
		p.segment(&segments[i])
	}
}

func (p *pass) segment(seg *packet.Segment) {
	s, a := p.s, &p.analysis
	own := s.tracker.Track(seg, a)
	s.growStreams()
	if !own {
		return
	}
	s.counts.Segments++
	id := uint32(s.records.n)
	r := s.records.add()
	fill(r, p.pkt, seg, a)
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
		s.observe(&Observation{p.pkt, seg, a})
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
