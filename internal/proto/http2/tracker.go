package http2

import (
	"slices"
	"strconv"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// Bounds of a Tracker. A stream that would exceed them pushes out the oldest one, which ends as BrokenTooMany.
const (
	// maxOpen is how many streams may be open: servers allow 100 to 250 at a time.
	maxOpen = 1000
	// maxTracked is how many bytes all open streams may keep together, maxBodies how many of them may be bodies.
	maxTracked = 64 << 20
	maxBodies  = 48 << 20
	// maxInterim and maxStalls bound the lists of one stream, maxGoAways the one of the connection.
	maxInterim = 16
	maxStalls  = 100
	maxGoAways = 8
	// maxRecent is how many closed streams are remembered: frames for them may still be on their way.
	maxRecent = 1000
)

// The reasons of a Half that is not complete, besides those of package proto.
const (
	BrokenReset       = "stream reset"
	BrokenUnprocessed = "not processed"
	BrokenTooMany     = "too many streams"
)

// TrackerOptions say what to keep and how the connection began.
type TrackerOptions struct {
	// KeepBody is how many bytes of each body are kept; 0 means DefaultKeep, negative none.
	KeepBody int
	// Client is the direction of the client.
	Client flow.Direction
	// Upgraded says that the connection began as HTTP/1.1 whose last request is stream 1 (RFC 7540 §3.2), and Settings what
	// its HTTP2-Settings say.
	Upgraded bool
	Settings []Setting
	// Done is handed each stream when it is closed, or when the connection is.
	Done func(*Stream)
}

// Tracker puts the frames of one connection together into streams. It takes all messages of a Decoder in their order and, as
// Options.Body, its pieces. The caller's marks, such as the numbers of packets, are given back with what they are about.
type Tracker struct {
	opt     TrackerOptions
	open    map[uint32]*Stream
	order   []*Stream // that were opened, oldest first; closed ones are taken out now and then
	recent  map[uint32]bool
	ring    []uint32 // the streams in recent, oldest first
	block   [2]openBlock
	holes   [2]int
	epoch   int
	windows windows
	began   bool // the client's first bytes were seen
	bodies  int  // bytes kept
	fields  int
	goAways []GoingAway
	last    [2]uint32 // of the last GOAWAY from each side
	going   [2]bool
}

// openBlock is a header block on its way.
type openBlock struct {
	open     bool
	stream   uint32
	promised uint32
	end      bool
	first    int
}

// NewTracker returns a Tracker of one connection.
func NewTracker(opt TrackerOptions) *Tracker {
	if opt.KeepBody == 0 {
		opt.KeepBody = DefaultKeep
	}
	t := &Tracker{opt: opt, open: make(map[uint32]*Stream), recent: make(map[uint32]bool), windows: newWindows()}
	if opt.Upgraded {
		t.begin(&Stream{ID: 1, Request: Half{Ended: true, Complete: true, begun: true}})
		t.windows.started = true
		// The 101 stands for the acknowledgement (RFC 7540 §3.2.1).
		t.settings(opt.Client, opt.Settings)
		t.acknowledge(opt.Client.Reverse(), 0)
	}
	return t
}

// GoAways returns the GOAWAY frames, at most maxGoAways.
func (t *Tracker) GoAways() []GoingAway { return t.goAways }

// Stalls returns when the connection's flow control held a sender up, at most maxStalls.
func (t *Tracker) Stalls() []Stall { return t.windows.stalls }

// Stream returns an open stream, nil if there is none with that number.
func (t *Tracker) Stream(id uint32) *Stream { return t.open[id] }

// Piece takes the next part of a body; the bytes are borrowed.
func (t *Tracker) Piece(p Piece) {
	s := t.at(p.Stream, p.Dir)
	if s == nil {
		return
	}
	b := &s.half(p.Dir == t.opt.Client).Body
	b.Length += int64(len(p.Bytes))
	room := min(t.opt.KeepBody-len(b.Bytes), maxBodies-t.bodies)
	if n := min(room, len(p.Bytes)); n > 0 && b.Missing == 0 && !b.Truncated {
		b.Bytes = append(b.Bytes, p.Bytes[:n]...)
		t.bodies += n
	}
	b.Missing += p.Missing
	b.Truncated = int64(len(b.Bytes)) < b.Length+b.Missing
}

// Frame takes the next message of a Decoder. first and last are the caller's marks of its beginning and its end. It returns
// the stream that the frame belongs to, which may just have been closed; nil if there is none.
func (t *Tracker) Frame(m *proto.Message, first, last int) *Stream {
	f, ok := m.Detail.(*Frame)
	if !ok {
		return nil
	}
	if m.Dir == t.opt.Client && !t.began {
		t.began = true
		t.windows.started = t.windows.started || f.Preface && t.epoch == 0
	}
	switch {
	case f.Preface:
		return nil
	case f.Unreadable:
		t.block[m.Dir] = openBlock{}
		t.holes[m.Dir]++
		t.loseWindows()
		return nil
	}
	switch f.Type {
	case Data:
		return t.data(m, f, first, last)
	case Headers, PushPromise, Continuation:
		return t.blockFrame(m, f, first, last)
	default:
		s := t.open[f.Stream]
		t.control(m, f, s, last)
		return s
	}
}

// control takes a frame that carries neither a body nor header fields; s is its stream, nil if that is not open.
func (t *Tracker) control(m *proto.Message, f *Frame, s *Stream, last int) {
	switch {
	case f.Type == Settings:
		t.settingsFrame(m, f, last)
	case !m.Complete:
	case f.Type == RSTStream && s != nil:
		s.Reset = &Reset{m.Dir, f.Error, last}
		t.finish(s, BrokenReset, BrokenReset)
	case f.Type == WindowUpdate:
		t.grant(m.Dir.Reverse(), s, f, last)
	case f.Type == GoAway:
		t.goAway(m, f, last)
	}
}

func (t *Tracker) settingsFrame(m *proto.Message, f *Frame, last int) {
	switch {
	case !m.Complete:
		t.loseWindows()
	case f.Has(FlagAck):
		t.acknowledge(m.Dir, last)
	default:
		t.settings(m.Dir, f.Settings)
	}
}

func (t *Tracker) data(m *proto.Message, f *Frame, first, last int) *Stream {
	s := t.at(f.Stream, m.Dir)
	t.spend(m.Dir, s, f, first, last)
	if s == nil {
		return nil
	}
	h := s.half(m.Dir == t.opt.Client)
	h.touch(first, last)
	h.Body.Padding += int64(f.PadLen)
	// The end is in the frame's header; whether its payload is there makes no difference, unless the rest of it never came.
	if f.Has(FlagEndStream) && (m.Complete || m.Broken == proto.BrokenGap) {
		t.endHalf(s, h)
	}
	return s
}

// touch says that a frame from first to last is part of the half.
func (h *Half) touch(first, last int) {
	if !h.begun {
		h.First = first
	}
	h.begun, h.Last = true, max(h.Last, last)
}

// blockFrame takes a frame that carries a header block or a part of one.
func (t *Tracker) blockFrame(m *proto.Message, f *Frame, first, last int) *Stream {
	b := &t.block[m.Dir]
	if f.Type != Continuation {
		*b = openBlock{open: true, stream: f.Stream, promised: f.Other, end: f.Has(FlagEndStream) && f.Type == Headers, first: first}
	}
	if !b.open || b.stream != f.Stream {
		return t.open[f.Stream]
	}
	if m.Complete && !f.Has(FlagEndHeaders) {
		return t.at(f.Stream, m.Dir)
	}
	done := *b
	*b = openBlock{}
	block := Block{
		Fields: f.Fields, First: done.first, Last: last, Seen: true,
		Broken: !m.Complete || f.FieldCount > len(f.Fields) || slices.Contains(f.Problems, BadBlock) || slices.Contains(f.Problems, BlockTooLarge),
	}
	if done.promised != 0 {
		return t.promise(m.Dir, &done, block)
	}
	ends := done.end && (m.Complete || m.Broken == proto.BrokenGap)
	return t.blockOf(m.Dir, &done, block, ends)
}

// blockOf files the header block that d carried; ends says that the half does with it.
func (t *Tracker) blockOf(dir flow.Direction, d *openBlock, block Block, ends bool) *Stream {
	s := t.at(d.stream, dir)
	if s == nil {
		return nil
	}
	h, interim := &s.Request, false
	if dir == t.opt.Client {
		t.requestBlock(s, block)
	} else {
		h, interim = &s.Response, t.responseBlock(s, block, d.end)
	}
	if !interim {
		h.touch(block.First, block.Last)
	}
	t.charge(s, block)
	if ends {
		t.endHalf(s, h)
	}
	return s
}

// charge counts a block's memory and pushes old streams out if there is too much.
func (t *Tracker) charge(s *Stream, b Block) {
	n := b.kept()
	s.weight += n
	t.fields += n
	for t.fields > maxTracked-maxBodies && len(t.open) > 1 {
		t.pushOut()
	}
}

func (t *Tracker) requestBlock(s *Stream, b Block) {
	switch {
	case !s.Request.Headers.Seen && (!s.Headless || b.isRequest()):
		s.Request.Headers, s.Headless = b, false
	case !s.Request.Trailers.Seen:
		s.Request.Trailers = b
	}
}

// isRequest reports that a block is that of a request: trailers have no pseudo-header fields (§8.1).
func (b *Block) isRequest() bool {
	_, ok := b.Get(":method")
	return ok
}

// responseBlock files the next block of a server: an interim response, the final one, or trailers, which always end the
// stream (§8.1). It reports that the block is interim.
func (t *Tracker) responseBlock(s *Stream, b Block, end bool) (interim bool) {
	r := &s.Response
	if r.Headers.Seen && !end && r.Body.Length+r.Body.Missing == 0 {
		// What was taken for the final response, because its status is not known, was none.
		s.addInterim(r.Headers)
		r.Headers, r.begun, r.First, r.Last = Block{}, false, 0, 0
	}
	switch {
	case b.Status()/100 == 1 && !end && !r.Headers.Seen:
		s.addInterim(b)
		return true
	case !r.Headers.Seen:
		r.Headers = b
	case !r.Trailers.Seen:
		r.Trailers = b
	}
	return false
}

func (s *Stream) addInterim(b Block) {
	if len(s.Interim) < maxInterim {
		s.Interim = append(s.Interim, b)
	}
}

// promise opens the stream that a PUSH_PROMISE announces; its header block is the request (§8.4.1).
func (t *Tracker) promise(dir flow.Direction, b *openBlock, block Block) *Stream {
	on := t.open[b.stream]
	if b.promised%2 != 0 || t.open[b.promised] != nil || t.recent[b.promised] || dir == t.opt.Client {
		return on
	}
	s := &Stream{
		ID: b.promised, PromisedOn: b.stream,
		Request: Half{Headers: block, First: block.First, Last: block.Last, Ended: true, Complete: !block.Broken, begun: true},
	}
	t.begin(s)
	t.charge(s, block)
	return on
}

// at returns the stream that a frame from dir with a body or header fields belongs to. One that is not known begins here,
// unless the frame is late.
func (t *Tracker) at(id uint32, dir flow.Direction) *Stream {
	if s := t.open[id]; s != nil {
		return s
	}
	if id == 0 || t.recent[id] {
		return nil
	}
	s := &Stream{ID: id, Headless: dir != t.opt.Client}
	t.begin(s)
	return s
}

// begin files a new stream.
func (t *Tracker) begin(s *Stream) {
	for len(t.open) >= maxOpen {
		t.pushOut()
	}
	s.epoch = t.epoch
	server := t.opt.Client.Reverse()
	s.Request.holes, s.Response.holes = t.holes[t.opt.Client], t.holes[server]
	t.open[s.ID] = s
	if len(t.order) >= 2*maxOpen {
		t.order = slices.DeleteFunc(t.order, func(s *Stream) bool { return s.closed })
	}
	t.order = append(t.order, s)
}

// pushOut gives up the oldest stream.
func (t *Tracker) pushOut() {
	for len(t.order) > 0 {
		s := t.order[0]
		t.order = t.order[1:]
		if !s.closed {
			t.finish(s, BrokenTooMany, BrokenTooMany)
			return
		}
	}
}

// goAway files a GOAWAY.
func (t *Tracker) goAway(m *proto.Message, f *Frame, last int) {
	if len(t.goAways) < maxGoAways {
		t.goAways = append(t.goAways, GoingAway{m.Dir, f.Other, f.Error, f.Data, last})
	}
	t.last[m.Dir], t.going[m.Dir] = f.Other, true
}

// refused reports that the peer of whoever began a stream has said that it does not act on it.
func (t *Tracker) refused(id uint32) bool {
	peer := t.opt.Client
	if id%2 == 1 {
		peer = peer.Reverse()
	}
	return t.going[peer] && id > t.last[peer]
}

// endHalf says that one side has sent all of a stream.
func (t *Tracker) endHalf(s *Stream, h *Half) {
	if h.Ended || s.closed {
		return
	}
	h.Ended = true
	t.judge(s, h, "")
	if s.Request.Ended && s.Response.Ended || s.Headless && h == &s.Response {
		t.finish(s, proto.BrokenGap, "")
	}
}

// judge says whether a half is complete. reason is why, if it has not ended.
func (t *Tracker) judge(s *Stream, h *Half, reason string) {
	dir := t.opt.Client
	if h == &s.Response {
		dir = dir.Reverse()
	} else if s.PromisedOn != 0 || t.opt.Upgraded && s.ID == 1 {
		return // the request came by other means
	}
	declared, ok := h.declared()
	fits := ok && declared == h.Body.Length
	lost := t.holes[dir] != h.holes && !fits && h.bodyPossible()
	switch {
	case !h.Ended:
		h.Broken = reason
	case lost || !h.whole():
		h.Broken = proto.BrokenGap
	default:
		h.Complete = true
		if ok && !fits && h.Body.Length > 0 {
			s.note(WrongLength)
		}
	}
}

// whole reports that nothing is known to be missing.
func (h *Half) whole() bool {
	return h.Body.Missing == 0 && h.Headers.Seen && !h.Headers.Broken && !h.Trailers.Broken
}

// bodyPossible reports that frames of this half may have been lost: it did not end with its first header block.
func (h *Half) bodyPossible() bool { return h.Last > h.Headers.Last || h.Body.Length > 0 }

// declared returns the Content-Length.
func (h *Half) declared() (int64, bool) {
	v, ok := h.Headers.Get("content-length")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n, err == nil
}

// finish closes a stream. The reasons are those of the halves that have not ended.
func (t *Tracker) finish(s *Stream, request, response string) {
	if s.Reset == nil && !s.Response.Ended && t.refused(s.ID) {
		s.Unprocessed, request, response = true, BrokenUnprocessed, BrokenUnprocessed
	}
	for _, h := range []struct {
		*Half
		reason string
	}{{&s.Request, request}, {&s.Response, response}} {
		if !h.Ended {
			t.judge(s, h.Half, h.reason)
		}
	}
	s.closed = true
	delete(t.open, s.ID)
	t.forget(s)
	if t.opt.Done != nil {
		t.opt.Done(s)
	}
}

// forget takes a stream off the books and remembers that it was there.
func (t *Tracker) forget(s *Stream) {
	t.bodies -= len(s.Request.Body.Bytes) + len(s.Response.Body.Bytes)
	t.fields -= s.weight
	if len(t.ring) == maxRecent {
		delete(t.recent, t.ring[0])
		t.ring = t.ring[1:]
	}
	t.recent[s.ID] = true
	t.ring = append(t.ring, s.ID)
}

// Finish closes all streams, since the connection is over. client and server say why what each side sends ends there, such as
// proto.BrokenCutOff.
func (t *Tracker) Finish(client, server string) {
	for _, s := range t.order {
		if !s.closed {
			t.finish(s, client, server)
		}
	}
	t.order = nil
}
