package session

import (
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/stream"
	"tcptalk/internal/tcp"
)

// Decoding decodes the messages of one connection from its segments, which are handed over one at a time. Start with
// Session.NewDecoding; View.Decode reads the segments by itself.
type Decoding struct {
	assembler *stream.Assembler
	talk      *all.Conversation
	packets   []uint32
	more      bool
}

// NewDecoding begins to decode a connection. Messages go to f as with View.Decode, until it returns false. tap, if it is not
// nil, is told of the two streams first.
func (s *Session) NewDecoding(c *tcp.Connection, opt all.Options, tap stream.Sink, f func(m Message, packets []uint32) bool) *Decoding {
	d := &Decoding{more: true}
	opt.As = s.decodedAs(c)
	talk := all.New(c.Server.Port(), func(m proto.Message) {
		a := d.assembler
		d.packets = a.Packets(d.packets[:0], m.Dir, m.Start, m.End)
		if len(d.packets) == 0 || !d.more {
			return
		}
		last := slices.Max(d.packets)
		d.more = f(Message{m, int(slices.Min(d.packets)), int(last), int(ended(a, &m, last))}, d.packets)
	}, opt)
	d.talk = talk
	d.assembler = stream.NewAssembler(talk)
	if tap != nil {
		d.assembler = stream.NewAssembler(tapped{talk, tap})
	}
	return d
}

// Segment takes packet i of the connection.
func (d *Decoding) Segment(i int, dir flow.Direction, seg *packet.Segment) {
	d.assembler.Segment(dir, uint32(i), seg)
}

// Release ends what still runs for a decoding that is not going to be finished.
func (d *Decoding) Release() { d.talk.Release() }

// Finish says that there are no more segments. It releases, too.
func (d *Decoding) Finish() {
	d.assembler.Finish()
	d.Release()
}

// Packets appends to dst the indexes of the packets that carry the bytes [start, end) of dir's stream.
func (d *Decoding) Packets(dst []uint32, dir flow.Direction, start, end int64) []uint32 {
	return d.assembler.Packets(dst, dir, start, end)
}

// Forget drops what Packets, also those of messages, knows about dir before offset.
func (d *Decoding) Forget(dir flow.Direction, offset int64) { d.assembler.Forget(dir, offset) }

// ended returns the packet that completed a message whose last byte came in packet last.
func ended(a *stream.Assembler, m *proto.Message, last uint32) uint32 {
	if h, ok := m.Detail.(*http1.Head); ok && m.Complete && h.Body.Kind == http1.UntilClose {
		if id, fin, _ := a.EndPacket(m.Dir); fin {
			return max(last, id)
		}
	}
	return last
}

// tapped tells tap what talk gets.
type tapped struct {
	*all.Conversation
	tap stream.Sink
}

// Data implements stream.Sink.
func (t tapped) Data(dir flow.Direction, b []byte) {
	t.tap.Data(dir, b)
	t.Conversation.Data(dir, b)
}

// Gap implements stream.Sink.
func (t tapped) Gap(dir flow.Direction, n int64) {
	t.tap.Gap(dir, n)
	t.Conversation.Gap(dir, n)
}

// Close implements stream.Sink.
func (t tapped) Close(dir flow.Direction) {
	t.tap.Close(dir)
	t.Conversation.Close(dir)
}

// Cut implements stream.Cutter.
func (t tapped) Cut(dir flow.Direction) {
	t.tap.Close(dir)
	t.Conversation.Cut(dir)
}

// listening hands the streams on while somebody wants messages of them.
type listening struct {
	*all.Conversation
	d *Decoding
}

// Data implements stream.Sink.
func (l listening) Data(dir flow.Direction, b []byte) {
	if l.d.more {
		l.Conversation.Data(dir, b)
	}
}

// Gap implements stream.Sink.
func (l listening) Gap(dir flow.Direction, n int64) {
	if l.d.more {
		l.Conversation.Gap(dir, n)
	}
}
