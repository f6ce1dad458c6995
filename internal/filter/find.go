package filter

import (
	"context"
	"slices"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Result is what was found in one connection.
type Result struct {
	Stream int
	// Count is how many packets a filter found, or how many places a search.
	Count int
	// Packets are the indexes of the packets in the connection's View, in order. Of a search they are those of Hits.
	Packets []uint32
	// Hits are the first places that a search found.
	Hits []Hit
	// Partly counts messages that were looked at in part only, because a bound was reached.
	Partly int
}

// Progress is told how much of the work is done; total is the whole of it, in the same unit.
type Progress func(done, total int64)

// Packets finds the packets that meet the filter, in what the session has read so far. Results come one connection at a time,
// in the order of their numbers, as soon as they are known, on the caller's goroutine, until yield returns false. progress
// may be nil.
func (f *Filter) Packets(ctx context.Context, s *session.Session, progress Progress, yield func(Result) bool) error {
	return f.run(ctx, s, true, progress, yield)
}

// Connections is Packets without the list of packets: it counts.
func (f *Filter) Connections(ctx context.Context, s *session.Session, progress Progress, yield func(Result) bool) error {
	return f.run(ctx, s, false, progress, yield)
}

func (f *Filter) run(ctx context.Context, s *session.Session, list bool, progress Progress, yield func(Result) bool) error {
	j := &job{f: f, s: s, x: s.Index(), list: list}
	if f.level < Payload {
		return j.overIndex(ctx, progress, yield)
	}
	e := j.evaluator()
	q := newQueue(j.x)
	replay := session.Replay{
		Pick: func(stream int, c *tcp.Connection) session.Player {
			res, left := e.index(ctx, stream, c)
			if !left {
				q.done(stream, res)
				return nil
			}
			return newFilterPlayer(j, q, stream, c)
		},
		Step: q.step(progress, yield),
	}
	return q.finish(ctx, replay.Run(ctx, j.x), yield)
}

// job is one run of a filter.
type job struct {
	f    *Filter
	s    *session.Session
	x    *session.Index
	list bool
}

// evaluator evaluates a filter over the index; it keeps memory for that.
type evaluator struct {
	*job
	row     row
	stage   stage
	scratch [2][]value
}

func (j *job) evaluator() *evaluator {
	e := &evaluator{job: j}
	e.row.start = j.x.Origin
	e.stage.row, e.stage.scratch = &e.row, &e.scratch
	return e
}

// begin evaluates the filter over the summary of a connection, for the packets of either side.
func (e *evaluator) begin(c *tcp.Connection) (known [2]truth) {
	e.row.conn, e.row.rec = c, nil
	e.stage.level = Connection
	for dir := range flow.Direction(2) {
		e.row.dir = dir
		known[dir] = e.f.root.eval(&e.stage)
	}
	return known
}

// index evaluates one connection as far as the index goes. left says that the rest decides about some packets, so that the
// result does not count.
func (e *evaluator) index(ctx context.Context, stream int, c *tcp.Connection) (res Result, left bool) {
	res.Stream = stream
	known := e.begin(c)
	if known == [2]truth{no, no} {
		return res, false
	}
	e.stage.level = Packet
	e.x.Records(stream, func(i int, r *session.Record) bool {
		v := known[r.Dir()]
		if v == open {
			e.at(r, i == 0)
			v = e.f.root.eval(&e.stage)
		}
		e.row.prev = r.Time
		left = v == open
		if v == yes {
			res.add(i, e.list)
		}
		return !left && (i%indexWindow != 0 || ctx.Err() == nil)
	})
	return res, left
}

// at makes r the packet that is evaluated.
func (e *evaluator) at(r *session.Record, first bool) {
	e.row.rec, e.row.dir = r, r.Dir()
	if first {
		e.row.prev = r.Time
	}
}

func (r *Result) add(i int, list bool) {
	r.Count++
	if list {
		r.Packets = append(r.Packets, uint32(i))
	}
}

// mask are the bits of the conditions on payload and messages of one packet.
type mask struct{ hit, miss uint64 }

// filterPlayer finds the packets of one connection for which the index is not enough.
type filterPlayer struct {
	e        *evaluator
	q        *queue
	stream   int
	conn     tcp.Connection
	decoding *session.Decoding // nil if no condition is on messages
	masks    map[int]mask
	// cut are the packets of which not every byte was captured.
	cut    map[int]bool
	partly int
	// wantsContent is that of the filter.
	wantsContent bool
	// record and packets are those of the TLS record that is looked at.
	record  tls.Record
	packets []uint32
	// scratch is for values of payload and messages.
	scratch [2][]value
	row     row
}

func newFilterPlayer(j *job, q *queue, stream int, c *tcp.Connection) *filterPlayer {
	p := &filterPlayer{q: q, stream: stream, conn: *c, masks: map[int]mask{}, e: j.evaluator()}
	p.e.row.conn, p.row.conn = &p.conn, &p.conn
	p.row.start = j.x.Origin
	if j.f.level == Message {
		opt := all.Options{HTTP1: http1.Options{KeepBody: -1}, Keep: maxControl}
		if p.wantsContent = j.f.wantsContent(); p.wantsContent {
			opt.HTTP1.KeepBody, opt.Keep = maxContent, maxContent
		}
		p.cut = map[int]bool{}
		if j.f.wantsRecords() {
			opt.TLSRecord = p.tlsRecord
		}
		p.decoding = j.s.NewDecoding(c, opt, nil, p.message)
	}
	return p
}

// maxControl is the most that a control frame of WebSocket carries (RFC 6455 §5.5): enough for codes and reasons.
const maxControl = 125

// wantsContent reports that a condition looks at what messages carry.
func (f *Filter) wantsContent() bool {
	return slices.ContainsFunc(f.deep, func(t *test) bool { return t.field.kept || t.other != nil && t.other.kept })
}

// wantsRecords reports that a condition looks at single records of TLS, of which messages tell together.
func (f *Filter) wantsRecords() bool {
	return slices.ContainsFunc(f.deep, func(t *test) bool { return t.field.message != nil && strings.HasPrefix(t.field.Name, tls.Name) })
}

// Segment implements session.Player.
func (p *filterPlayer) Segment(_ context.Context, i int, r *session.Record, frame []byte, seg *packet.Segment) {
	p.e.stage.level, p.e.stage.settled = Packet, false
	p.e.at(r, i == 0)
	undecided := p.e.f.root.eval(&p.e.stage) == open
	p.e.row.prev = r.Time
	p.row.rec, p.row.dir, p.row.seg, p.row.frame = r, r.Dir(), seg, frame
	if undecided {
		for _, t := range p.e.f.deep {
			if t.level == Payload {
				hit, miss := t.row(&p.row, &p.scratch)
				p.note(i, t, hit, miss)
			}
		}
	}
	if p.decoding != nil {
		if r.CapLen < r.OrigLen {
			p.cut[i] = true
		}
		if seg != nil {
			p.decoding.Segment(i, r.Dir(), seg)
		}
	}
}

// note sets the bits of a condition for packet i.
func (p *filterPlayer) note(i int, t *test, hit, miss bool) {
	if !hit && !miss {
		return
	}
	m := p.masks[i]
	if hit {
		m.hit |= t.bit
	}
	if miss {
		m.miss |= t.bit
	}
	p.masks[i] = m
}

// message takes a decoded message.
func (p *filterPlayer) message(m session.Message, packets []uint32) bool {
	if p.wantsContent && contentCut(&m) {
		p.partly++
	}
	for _, t := range p.e.f.deep {
		if t.level != Message {
			continue
		}
		hit, miss := t.of(&m, &p.row, &p.scratch)
		if !hit && !miss {
			continue
		}
		switch on := t.on(); {
		case on == onFirst:
			p.note(m.First, t, hit, miss)
		case on == onAll && folded(&m):
			for _, i := range packets {
				p.note(int(i), t, hit, miss)
			}
		default:
			p.note(p.shownOn(&m), t, hit, miss)
		}
	}
	return true
}

// folded reports a message that stands for many of its protocol: rows.
func folded(m *session.Message) bool {
	switch d := m.Detail.(type) {
	case *mysql.Message:
		return d.Packets > 1
	case *postgres.Message:
		return d.Count > 1
	}
	return false
}

// tlsRecord takes a record of TLS as if it were a message.
func (p *filterPlayer) tlsRecord(dir flow.Direction, r tls.Record) {
	p.record = r
	p.packets = p.decoding.Packets(p.packets[:0], dir, r.Start, r.End)
	if len(p.packets) == 0 {
		return
	}
	first, last := int(slices.Min(p.packets)), int(slices.Max(p.packets))
	m := proto.Message{
		Protocol: tls.Name, Dir: dir, Start: r.Start, End: r.End, Complete: r.Broken == "", Broken: r.Broken, Detail: &p.record,
	}
	p.message(session.Message{Message: m, First: first, Last: last, Ended: last}, p.packets)
}

// shownOn returns the packet that a message belongs to: the one that completed it. Of one that begins in a packet cut by the
// snapshot length nothing more is expected, so it belongs to that, as in Wireshark.
func (p *filterPlayer) shownOn(m *session.Message) int {
	if _, ok := m.Detail.(*http1.Head); ok && p.cut[m.First] {
		return m.First
	}
	return m.Ended
}

// Drop implements session.Player.
func (p *filterPlayer) Drop() {
	if p.decoding != nil {
		p.decoding.Release()
	}
}

// End implements session.Player.
func (p *filterPlayer) End(context.Context) {
	if p.decoding != nil {
		p.decoding.Finish()
	}
	res := Result{Stream: p.stream, Partly: p.partly}
	p.e.stage.level, p.e.stage.settled = Packet, true
	p.e.x.Records(p.stream, func(i int, r *session.Record) bool {
		m := p.masks[i]
		p.e.stage.hit, p.e.stage.miss = m.hit, m.miss
		p.e.at(r, i == 0)
		if p.e.f.root.eval(&p.e.stage) == yes {
			res.add(i, p.e.list)
		}
		p.e.row.prev = r.Time
		return true
	})
	p.q.done(p.stream, res)
}
