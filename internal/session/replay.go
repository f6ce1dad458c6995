package session

import (
	"context"
	"runtime"
	"sync"

	"tcptalk/internal/capture"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// Player takes the packets of one connection when a capture is read again.
type Player interface {
	// Segment takes packet i of the connection, in capture order. frame are the captured bytes of the packet, and seg is the
	// segment in it, nil if it cannot be decoded any more; both are borrowed. frame is nil for a segment that was put together
	// from IP fragments.
	Segment(ctx context.Context, i int, r *Record, frame []byte, seg *packet.Segment)
	// End says that the connection has no more packets.
	End(ctx context.Context)
	// Drop comes in place of End where the run ended before the connection did: what the player holds is to be released.
	Drop()
}

// Replay reads the packets of connections again, once and in capture order, whatever the number of connections: a job over a
// whole capture reads its file from front to back, in large pieces, instead of jumping about in it.
type Replay struct {
	// Pick is asked once for every connection with packets, before its first one. nil means that its packets are not read.
	// It is called on one goroutine; the players on others, each connection always on the same one.
	Pick func(stream int, c *tcp.Connection) Player
	// Step, if set, is called on Run's goroutine every few milliseconds of work. done of total bytes of the capture are
	// passed; false ends the run.
	Step func(done, total int64) bool

	// window and gap replace windowBytes and windowGap in tests.
	window, gap int
}

const (
	// windowBytes is how much is read before it is played: enough that reading in pieces does not count, little enough that a
	// cancelled run ends at once.
	windowBytes = 2 << 20
	// windowGap is the longest stretch of bytes that nobody asked for and that is read all the same: a disk reads as much
	// ahead by itself.
	windowGap = 64 << 10
	// windowItems bounds the packets of a window, so that tiny ones do not make it long.
	windowItems = 1 << 14
	// windowsAhead is how many windows exist: one is read while another is played, and one waits in between.
	windowsAhead = 3
	// checkEvery is after how many packets a player's goroutine looks whether it may stop.
	checkEvery = 64
)

// window is a part of the capture with the packets to play from it.
type window struct {
	buf []byte
	// items are the packets, by worker.
	items [][]item
	done  int64
	err   error
	left  sync.WaitGroup
}

// item is one packet to play: its record, and where its bytes lie in the window.
type item struct {
	id   uint32
	at   int
	cast *cast
}

// cast is a connection that is being played.
type cast struct {
	conn   tcp.Connection
	player Player
	last   uint32 // its last record
	played int
}

// Run plays the index. It returns nil at the end or when Step ended it, the context's error, or why the capture could not be
// read any more.
func (p Replay) Run(ctx context.Context, x *Index) error {
	if p.window == 0 {
		p.window, p.gap = windowBytes, windowGap
	}
	ctx, stop := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	free, ordered := make(chan *window, windowsAhead), make(chan *window, windowsAhead)
	for range windowsAhead {
		free <- &window{items: make([][]item, workers)}
	}
	r := reader{p: &p, x: x, cast: make([]*cast, len(x.streams)), seen: make([]bool, len(x.streams))}
	var all sync.WaitGroup
	defer r.drop()
	defer all.Wait()
	defer stop()
	work := make([]chan *window, workers)
	for i := range work {
		work[i] = make(chan *window, windowsAhead)
		all.Go(func() { x.play(ctx, i, work[i]) })
	}
	all.Go(func() { r.run(ctx, free, ordered, work) })
	return p.conduct(ctx, x, free, ordered)
}

// conduct waits for window after window to be played.
func (p *Replay) conduct(ctx context.Context, x *Index, free chan<- *window, ordered <-chan *window) error {
	total := x.end()
	for w := range ordered {
		w.left.Wait()
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.err != nil {
			return w.err
		}
		if p.Step != nil && !p.Step(w.done, total) {
			return nil
		}
		free <- w
	}
	return ctx.Err()
}

// end returns where the last packet of the index ends in the capture.
func (x *Index) end() int64 {
	if x.records == 0 {
		return 0
	}
	r := x.at(x.records - 1)
	return r.Offset + int64(r.CapLen)
}

// reader fills windows.
type reader struct {
	p    *Replay
	x    *Index
	cast []*cast
	seen []bool
	next uint32 // the record to go on with
}

// run fills windows until the index or ctx ends.
func (r *reader) run(ctx context.Context, free <-chan *window, ordered chan<- *window, work []chan *window) {
	defer func() {
		for _, c := range work {
			close(c)
		}
		close(ordered)
	}()
	for r.next < r.x.records {
		select {
		case <-ctx.Done():
			return
		case w := <-free:
			r.fill(ctx, w)
			w.left.Add(len(work))
			ordered <- w // has room for all windows, like the channels of the workers
			for _, c := range work {
				c <- w
			}
			if w.err != nil {
				return
			}
		}
	}
}

// fill puts the next packets into w: up to a window's bytes, and at least one.
func (r *reader) fill(ctx context.Context, w *window) {
	w.buf, w.err = w.buf[:0], nil
	for i := range w.items {
		w.items[i] = w.items[i][:0]
	}
	var s span
	first := r.next
	for ; r.next < r.x.records && r.next-first < windowItems; r.next++ {
		if r.next%1024 == 0 && ctx.Err() != nil {
			return
		}
		rec := r.x.at(r.next)
		c := r.player(rec)
		if c == nil {
			continue
		}
		at, whole := s.add(rec, r.p.window, int64(r.p.gap))
		if !whole {
			break
		}
		worker := int(rec.Stream) % len(w.items)
		w.items[worker] = append(w.items[worker], item{r.next, at, c})
		if c.last == r.next {
			r.cast[rec.Stream] = nil // whoever plays it holds it
		}
	}
	w.done = r.x.at(r.next - 1).Offset
	w.err = s.read(r.x.s, w)
}

// player returns the connection of a record if it is played.
func (r *reader) player(rec *Record) *cast {
	stream := rec.Stream
	if !r.seen[stream] {
		r.seen[stream] = true
		c := r.x.Connection(int(stream))
		if player := r.p.Pick(int(stream), &c); player != nil {
			r.cast[stream] = &cast{conn: c, player: player, last: r.x.streams[stream].last - 1}
		}
	}
	return r.cast[stream]
}

// drop releases the players whose last packet was in no window. Nobody plays any more.
func (r *reader) drop() {
	for _, c := range r.cast {
		if c != nil {
			c.player.Drop()
		}
	}
}

// span is what a window reads: stretches of the capture that lie one behind the other in its buffer.
type span struct {
	pieces []piece
	length int
}

// piece is a stretch of the capture.
type piece struct {
	offset int64
	length int
}

// add makes room for a record's bytes and returns where they will lie; false if the window is full.
func (s *span) add(r *Record, room int, gap int64) (at int, ok bool) {
	length := int(r.CapLen)
	if r.bits&defragmented != 0 {
		return s.length, true // its bytes are somewhere else
	}
	if n := len(s.pieces); n > 0 {
		p := &s.pieces[n-1]
		end := p.offset + int64(p.length)
		if r.Offset >= p.offset && r.Offset <= end+gap {
			more := max(int(r.Offset+int64(length)-end), 0)
			if s.length+more > room {
				return 0, false
			}
			at = s.length - p.length + int(r.Offset-p.offset)
			p.length += more
			s.length += more
			return at, true
		}
	}
	if s.length > 0 && s.length+length > room {
		return 0, false
	}
	s.pieces = append(s.pieces, piece{r.Offset, length})
	at = s.length
	s.length += length
	return at, true
}

// read fills the window's buffer.
func (s *span) read(session *Session, w *window) error {
	if cap(w.buf) < s.length {
		w.buf = make([]byte, s.length)
	}
	w.buf = w.buf[:s.length]
	at := 0
	for _, p := range s.pieces {
		if err := session.file.ReadPacketAt(p.offset, w.buf[at:at+p.length]); err != nil {
			return err
		}
		at += p.length
	}
	return nil
}

// play plays a worker's packets of one window after the other.
func (x *Index) play(ctx context.Context, worker int, windows <-chan *window) {
	decoder, pkt := packet.NewDecoder(), new(capture.Packet)
	for w := range windows {
		items := w.items[worker]
		if w.err == nil {
			items = items[x.playItems(ctx, decoder, pkt, w, items):]
		}
		for _, it := range items { // not played
			if it.id == it.cast.last {
				it.cast.player.Drop()
			}
		}
		w.left.Done()
	}
}

// playItems plays packets and returns how many: less than all where ctx ends.
func (x *Index) playItems(ctx context.Context, decoder *packet.Decoder, pkt *capture.Packet, w *window, items []item) int {
	for k, it := range items {
		if k%checkEvery == 0 && ctx.Err() != nil {
			return k
		}
		r, c := x.at(it.id), it.cast
		var frame []byte
		var seg *packet.Segment
		if r.bits&defragmented != 0 {
			seg = x.s.defragmented(it.id)
		} else {
			frame = w.buf[it.at:][:r.CapLen:r.CapLen]
			seg = r.segment(decoder, pkt, &c.conn, frame, x.links[r.Interface])
		}
		c.player.Segment(ctx, c.played, r, frame, seg)
		c.played++
		if it.id == c.last {
			c.player.End(ctx)
		}
	}
	return len(items)
}
