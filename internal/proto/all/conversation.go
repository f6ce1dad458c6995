package all

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/proto/websocket"
)

// maxDetect is how many bytes of a direction the detectors get to see. HTTP needs a whole first line, which servers limit
// to 8 KiB; TLS captured from the middle a record of up to 18 KiB and what follows it.
const maxDetect = 20 << 10

// maxHandOvers is how often a connection is followed to another protocol. Real ones change once, through a chain of proxies
// a few times. Each change looks anew at all that has come.
const maxHandOvers = 16

// Conversation reads the two streams of one connection, whatever they speak. It takes the calls of a stream.Sink.
//
// Where the first bytes say nothing, detection begins anew whenever the conversation turns (the other side speaks) and
// behind every gap, so that a connection captured from its middle is recognised at its next message. Bytes of an unknown
// protocol give no messages.
type Conversation struct {
	opt       Options
	emit      proto.Emit
	detectors []proto.Detector
	port      uint16
	decoder   proto.Decoder
	opaque    bool // handed over to a protocol that is not known here, or too often
	tunnel    bool // inside a CONNECT, so that port says nothing
	handOvers int
	pos       [2]int64
	ended     [2]ending
	last      proto.Message
	bodies    bodies

	// While nothing is known:
	start   [2]int64 // where this attempt began
	calls   []call   // since then
	first   [2][]byte
	dormant bool   // the attempt failed; the next turn begins another, or a ClientHello
	tail    []byte // the last bytes of turn while dormant, in which a ClientHello may begin
	tailed  int64  // how many bytes of turn were searched for one
	turn    flow.Direction
	turned  bool // turn is valid
}

type ending uint8

const (
	open ending = iota
	byFIN
	byCut
)

// call is one that waits for a decoder.
type call struct {
	dir  flow.Direction
	data []byte // nil: the direction ended
}

// New returns a Conversation with a server that listens on serverPort; messages go to emit. Release ends it.
func New(serverPort uint16, emit proto.Emit, opt Options) *Conversation {
	c := &Conversation{opt: opt, emit: emit, port: serverPort}
	asked := opt.HTTP1.Body
	c.opt.HTTP1.Body = func(dir flow.Direction, h *http1.Head, at int64, b []byte) {
		if asked != nil {
			asked(dir, h, at, b)
		}
		c.body(dir, h, at, b)
	}
	askedToo := opt.HTTP2Body
	c.opt.HTTP2Body = func(p http2.Piece) {
		if askedToo != nil {
			askedToo(p)
		}
		c.http2Body(p)
	}
	c.detectors = Detectors(c.opt)
	return c
}

// note passes a message on and remembers it in case it hands over.
func (c *Conversation) note(m proto.Message) {
	if c.handOvers == maxHandOvers && c.yielded() != nil {
		m.Complete, m.Broken, m.Next = false, proto.BrokenSwitch, ""
	}
	c.last = m
	if m.Next == websocket.Name {
		checkHandshake(&m)
	}
	c.bodyEnds(&m)
	c.emit(m)
}

// Data takes the next bytes of dir; they are borrowed.
func (c *Conversation) Data(dir flow.Direction, b []byte) {
	if len(b) == 0 {
		return
	}
	at := c.pos[dir]
	c.pos[dir] += int64(len(b))
	switch {
	case c.opaque:
	case c.decoder != nil:
		c.decoder.Data(dir, b)
		c.handOver()
	default:
		if c.dormant && c.turned && c.turn != dir {
			c.begin(dir, at)
		}
		c.turn, c.turned = dir, true
		c.guess(dir, b)
	}
}

// Gap says that the next n bytes of dir were not captured.
func (c *Conversation) Gap(dir flow.Direction, n int64) {
	c.pos[dir] += n
	end := c.pos[dir]
	switch {
	case c.opaque:
	case c.decoder != nil:
		c.decoder.Gap(dir, n)
		c.handOver()
		if behind := end - c.pos[dir]; behind > 0 { // the gap is one of the next protocol
			c.Gap(dir, behind)
		}
	case c.detectCut(dir):
		c.pos[dir] -= n
		c.replay()
		c.Gap(dir, n)
	default:
		c.begin(dir, c.pos[dir])
	}
}

// detectCut chooses the decoder by what stands in front of a gap in dir, if that is enough.
func (c *Conversation) detectCut(dir flow.Direction) bool {
	for _, d := range c.detectors {
		if cut, ok := d.(proto.CutDetector); ok && cut.DetectCut(c.first[dir]) {
			c.decoder = d.New(c.start, c.note)
			return true
		}
	}
	return false
}

// Close says that a FIN ended dir.
func (c *Conversation) Close(dir flow.Direction) { c.end(dir, byFIN) }

// Cut says that dir ended without a FIN.
func (c *Conversation) Cut(dir flow.Direction) { c.end(dir, byCut) }

func (c *Conversation) end(dir flow.Direction, how ending) {
	if c.ended[dir] != open {
		return
	}
	c.ended[dir] = how
	switch {
	case c.opaque:
	case c.decoder != nil:
		c.closeDecoder(dir)
		c.handOver()
	case !c.dormant:
		c.calls = append(c.calls, call{dir: dir})
	}
}

func (c *Conversation) closeDecoder(dir flow.Direction) {
	if cutter, ok := c.decoder.(proto.Cutter); ok && c.ended[dir] == byCut {
		cutter.Cut(dir)
		c.bodies.endStreams(dir, proto.BrokenCutOff)
		return
	}
	c.decoder.Close(dir)
	c.bodies.endStreams(dir, proto.BrokenClosed)
}

// begin starts an attempt at detection with what dir sends at stream offset at. The other direction goes on from where it
// is.
func (c *Conversation) begin(dir flow.Direction, at int64) {
	c.calls, c.first, c.dormant = nil, [2][]byte{}, false
	c.start = c.pos
	c.start[dir] = at
	for d := range c.ended {
		if c.ended[d] != open {
			c.calls = append(c.calls, call{dir: flow.Direction(d)})
		}
	}
}

// guess lets the detectors look at b too.
func (c *Conversation) guess(dir flow.Direction, b []byte) {
	if c.dormant {
		c.search(dir, b)
		return
	}
	c.calls = append(c.calls, call{dir, append([]byte(nil), b...)})
	room := maxDetect - len(c.first[dir])
	c.first[dir] = append(c.first[dir], b[:min(room, len(b))]...)
	for _, d := range c.detectors {
		switch d.Detect(c.first[flow.ClientToServer], c.first[flow.ServerToClient], c.port) {
		case proto.No:
		case proto.More:
			if len(b) <= room {
				return
			}
		case proto.Yes:
			c.decoder = d.New(c.start, c.note)
			c.replay()
			return
		}
	}
	calls := c.calls
	if turn := lastTurn(calls); turn > 0 {
		c.stray(calls[:turn])
		c.again(dir, calls[turn:])
		return
	}
	c.calls, c.first, c.dormant = nil, [2][]byte{}, true
	c.tail, c.tailed = nil, 0
	var all []byte
	for _, k := range calls { // all from dir
		all = append(all, k.data...)
	}
	c.search(dir, all)
}

// maxPreamble is how far into what one side says in an unknown protocol a ClientHello is looked for.
const maxPreamble = 20 << 10

// search looks in the next bytes of an unknown protocol for a ClientHello: TLS may follow a preamble of the application's
// own, or one that a proxy adds. Where one is, detection begins anew.
func (c *Conversation) search(dir flow.Direction, b []byte) {
	if c.tailed == maxPreamble {
		c.strayOf(dir, b)
		return
	}
	near := b[:min(int64(len(b)), maxPreamble-c.tailed)]
	c.tailed += int64(len(near))
	all := append(c.tail, near...) // guess begins with another one before this is looked at again
	i := tls.FindHello(all)
	if i < 0 {
		c.strayOf(dir, b)
		c.tail = append(all[:0], all[max(0, len(all)-tls.HelloStart+1):]...)
		return
	}
	c.strayOf(dir, b[:max(0, i-len(c.tail))])
	found := append(all[i:], b[len(near):]...)
	c.pos[dir] -= int64(len(found))
	c.begin(dir, c.pos[dir])
	c.Data(dir, found)
}

// lastTurn returns the index of the first call of the side that spoke last since the other one spoke; 0 if that never did.
func lastTurn(calls []call) int {
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].data != nil && calls[i].dir != calls[len(calls)-1].dir {
			return i + 1
		}
	}
	return 0
}

// again begins anew with the last calls of an attempt that failed, which are all from dir: they may be the first that mean
// something.
func (c *Conversation) again(dir flow.Direction, calls []call) {
	for _, k := range calls {
		c.pos[dir] -= int64(len(k.data))
	}
	c.begin(dir, c.pos[dir])
	for _, k := range calls {
		c.Data(dir, k.data)
	}
}

// stray tells of bytes on an HTTP port that are no HTTP.
func (c *Conversation) stray(calls []call) {
	var b [2][]byte
	for _, k := range calls {
		b[k.dir] = append(b[k.dir], k.data...)
	}
	for dir := range flow.Direction(2) {
		c.strayOf(dir, b[dir])
	}
}

func (c *Conversation) strayOf(dir flow.Direction, b []byte) {
	if len(b) > 0 && c.opt.HTTP1.Stray != nil && !c.tunnel && http1.WellKnownPort(c.port) {
		c.opt.HTTP1.Stray(dir, b)
	}
}

// replay gives the decoder what came before it was chosen.
func (c *Conversation) replay() {
	calls := c.calls
	c.calls, c.first = nil, [2][]byte{}
	c.pos = c.start
	for _, k := range calls {
		if k.data != nil {
			c.Data(k.dir, k.data)
			continue
		}
		how := c.ended[k.dir]
		c.ended[k.dir] = open
		c.end(k.dir, how)
	}
}

// yielded returns the decoder if it has given way to another protocol, else nil.
func (c *Conversation) yielded() proto.Yielder {
	if y, ok := c.decoder.(proto.Yielder); ok && y.Done() {
		return y
	}
	return nil
}

// handOver starts the next protocol if the decoder has given way to one.
func (c *Conversation) handOver() {
	y := c.yielded()
	if y == nil {
		return
	}
	if c.handOvers == maxHandOvers {
		c.decoder, c.opaque = nil, true
		return
	}
	c.handOvers++
	var start [2]int64
	var rest [2][]byte
	for dir := range flow.Direction(2) {
		start[dir], rest[dir] = y.Rest(dir)
	}
	c.decoder, c.dormant, c.turned = nil, false, false
	c.calls, c.first = nil, [2][]byte{}
	c.tunnel = c.last.Next == ""
	if !c.tunnel {
		c.decoder = c.successor(c.last, start)
		c.opaque = c.decoder == nil
	}
	c.start, c.pos = start, start
	// What the other side sent was there before the message that switched.
	for _, dir := range [2]flow.Direction{c.last.Dir.Reverse(), c.last.Dir} {
		c.Data(dir, rest[dir])
		if how := c.ended[dir]; how != open {
			c.ended[dir] = open
			c.end(dir, how)
		}
	}
}
