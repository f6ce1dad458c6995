package filter

import (
	"bytes"
	"context"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// searchPlayer searches one connection: the two streams as they come, and what messages say where the streams do not show it.
type searchPlayer struct {
	s        *Search
	q        *queue
	res      Result
	decoding *session.Decoding
	payload  [2]scanner
	found    [2]found
	at       [2]int64 // stream offsets
	now      int      // the packet that is played
	packets  []uint32
	ctx      context.Context // of the call that is running
	contents contents
}

func newSearchPlayer(s *Search, sess *session.Session, q *queue, stream int, c *tcp.Connection) *searchPlayer {
	p := &searchPlayer{s: s, q: q, res: Result{Stream: stream}}
	for dir := range flow.Direction(2) {
		p.payload[dir] = s.scanner()
		p.found[dir] = func(start, end int64, around []byte, i, j int) {
			p.packets = p.decoding.Packets(p.packets[:0], dir, start, end)
			at := p.now
			if len(p.packets) > 0 {
				at = int(p.packets[0])
			}
			p.hit(InPayload, at, dir, start, end, around, i, j)
		}
	}
	s.inAddresses(c, func(start, end int64, around []byte, i, j int) {
		p.hit(InAddress, -1, flow.ClientToServer, start, end, around, i, j)
	})
	p.contents.p = p
	opt := all.Options{HTTP1: http1.Options{KeepBody: -1, Body: p.contents.body}, Keep: maxContent}
	p.decoding = sess.NewDecoding(c, opt, p, p.contents.message)
	return p
}

// hit notes a match.
func (p *searchPlayer) hit(w Where, at int, dir flow.Direction, start, end int64, around []byte, i, j int) {
	p.res.Count++
	if p.s.lean {
		p.note(at)
		return
	}
	if len(p.res.Hits) >= maxHits {
		return
	}
	from, to := max(i-excerptSide, 0), min(j, i+excerptMatch)
	h := Hit{Where: w, Packet: at, Dir: dir, Start: start, End: end, From: i - from, To: to - from}
	h.Excerpt = bytes.Clone(around[from:min(to+excerptSide, len(around))])
	p.res.Hits = append(p.res.Hits, h)
}

// note notes a packet of a search without hits. Hits in payload come in order; those in contents may come behind them, so that the
// list is brought into order whenever it has become twice as long.
func (p *searchPlayer) note(at int) {
	list := p.res.Packets
	if at < 0 || len(list) > 0 && list[len(list)-1] == uint32(at) {
		return
	}
	if len(list) == cap(list) {
		slices.Sort(list)
		list = slices.Compact(list)
	}
	p.res.Packets = append(list, uint32(at))
}

// keepBehind is how far back matches are traced to their packets, so that long connections stay small.
const keepBehind = 16 << 20

// Segment implements session.Player.
func (p *searchPlayer) Segment(ctx context.Context, i int, r *session.Record, _ []byte, seg *packet.Segment) {
	p.now, p.ctx = i, ctx
	if seg == nil {
		return
	}
	p.decoding.Segment(i, r.Dir(), seg)
	if i%4096 == 0 {
		for dir := range flow.Direction(2) {
			p.decoding.Forget(dir, p.at[dir]-keepBehind)
		}
	}
}

// Data implements stream.Sink.
func (p *searchPlayer) Data(dir flow.Direction, b []byte) {
	p.payload[dir].feed(b, p.found[dir])
	p.at[dir] += int64(len(b))
}

// Gap implements stream.Sink.
func (p *searchPlayer) Gap(dir flow.Direction, n int64) {
	p.payload[dir].gap(n, p.found[dir])
	p.at[dir] += n
}

// Close implements stream.Sink.
func (p *searchPlayer) Close(dir flow.Direction) { p.payload[dir].end(p.found[dir]) }

// Drop implements session.Player.
func (p *searchPlayer) Drop() { p.decoding.Release() }

// End implements session.Player.
func (p *searchPlayer) End(ctx context.Context) {
	p.ctx = ctx
	p.decoding.Finish()
	p.contents.end()
	p.deliver()
}

// deliver hands the result over.
func (p *searchPlayer) deliver() {
	if p.s.lean {
		slices.Sort(p.res.Packets)
		p.res.Packets = slices.Compact(p.res.Packets)
	}
	slices.SortStableFunc(p.res.Hits, func(a, b Hit) int { return a.Packet - b.Packet })
	for i := range p.res.Hits {
		if at := p.res.Hits[i].Packet; at >= 0 && (len(p.res.Packets) == 0 || p.res.Packets[len(p.res.Packets)-1] != uint32(at)) {
			p.res.Packets = append(p.res.Packets, uint32(at))
		}
	}
	p.q.done(p.res.Stream, p.res)
}
