package session

import (
	"cmp"
	"context"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/stream"
)

// bounds are those of one conversation in memory. When one is reached decoding stops there and Conversation.Limited says so;
// ConversationFrom goes on behind it.
type bounds struct {
	messages int // at most
	kept     int // bytes of messages kept for display
}

var defaultBounds = bounds{
	messages: 200_000, // more bubbles than a person scrolls through
	kept:     128 << 20,
}

// keepBody is how much of each body is kept: what fits on a few screens.
const keepBody = 16 << 10

// Conversation decodes the messages of a connection from its packets. It can take seconds for a large one; ctx ends it.
func (s *Session) Conversation(ctx context.Context, v *View) (*Conversation, error) {
	return s.ConversationFrom(ctx, v, 0)
}

// ConversationFrom is Conversation without the first messages, skip of them in the order in which they end: what lies behind a
// bound. Its byte streams are whole, as those of every conversation.
func (s *Session) ConversationFrom(ctx context.Context, v *View, skip int) (*Conversation, error) {
	talk := &Conversation{}
	kept := 0
	opt := all.Options{HTTP1: http1.Options{KeepBody: keepBody}, Keep: keepBody, Hash: true}
	twice := conflicts{v: v, reader: segments{v: v, decoder: packet.NewDecoder()}}
	streams, err := v.decode(ctx, opt, twice.overlap, true, func(m Message, _ []uint32) bool {
		if talk.Skipped < skip {
			talk.Skipped++
			return true
		}
		talk.Messages = append(talk.Messages, m)
		kept += size(&m)
		talk.Limited = len(talk.Messages) >= s.bounds.messages || kept >= s.bounds.kept
		return !talk.Limited
	})
	if err != nil {
		return nil, err
	}
	talk.Conflicts, talk.view, talk.streams = twice.found, v, streams
	ms := talk.Messages
	// Of messages that begin in the same packet, and so come from the same side, one may hold the other: a response its events.
	slices.SortStableFunc(ms, func(a, b Message) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Start, b.Start))
	})
	if len(ms) > 0 {
		talk.Protocol = spoken(&ms[len(ms)-1])
		s.remember(int(v.Conn.Stream), talk.Protocol)
	}
	return talk, nil
}

// spoken names the protocol that a message shows a connection to speak: not that of a WebSocket in one of its streams.
func spoken(m *Message) string {
	if f, ok := m.Detail.(*websocket.Frame); ok && f.Stream != 0 {
		return http2.Name
	}
	return m.Protocol
}

// size returns how many bytes a message keeps for display.
func size(m *Message) int {
	if d, ok := m.Detail.(interface{ Kept() int }); ok {
		return d.Kept()
	}
	return 0
}

// Decode decodes the connection's messages with options of the caller's choice and hands them over in the order in which
// they end, until f returns false. packets are the indexes of those that carry bytes of the message, in stream order; they
// are borrowed for the length of the call. A message of which nothing was captured is left out.
func (v *View) Decode(ctx context.Context, opt all.Options, f func(m Message, packets []uint32) bool) error {
	_, err := v.decode(ctx, opt, nil, false, f)
	return err
}

// decode is Decode that also tells what came twice. It returns the streams as they are at last: whole, even if f wants no more
// messages, if that is asked for.
func (v *View) decode(ctx context.Context, opt all.Options, overlap func(stream.Overlap), whole bool, f func(m Message, packets []uint32) bool) (a *stream.Assembler, err error) {
	d := v.s.NewDecoding(&v.Conn, opt, nil, f)
	if whole {
		d.assembler = stream.NewAssembler(listening{d.talk, d})
	}
	d.assembler.OnOverlap(overlap)
	defer d.Release()
	err = v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		d.Segment(i, dir, seg)
		return d.more || whole
	})
	if err != nil {
		return nil, err
	}
	d.Finish()
	return d.assembler, nil
}

// Feed reads the segments of the connection again, in capture order, and hands them over until f returns false. The segment
// is borrowed for the length of the call. Segments that cannot be decoded any more are left out.
func (v *View) Feed(ctx context.Context, f func(i int, dir flow.Direction, seg *packet.Segment) bool) error {
	d := segments{v: v, decoder: packet.NewDecoder(), ahead: true}
	for i := range v.Len() {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		seg, err := d.at(i)
		if err != nil {
			return err
		}
		if seg != nil && !f(i, v.At(i).Dir(), seg) {
			return nil
		}
	}
	return nil
}

// Payload reads the captured payload of segment i again.
func (v *View) Payload(i int) ([]byte, error) {
	d := segments{v: v, decoder: packet.NewDecoder()}
	seg, err := d.at(i)
	if seg == nil || err != nil {
		return nil, err
	}
	return append([]byte(nil), seg.Payload...), nil
}
