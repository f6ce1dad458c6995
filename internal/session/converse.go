package session

import (
	"context"
	"sort"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/stream"
)

// Bounds of one conversation in memory. When one is reached decoding stops there and Conversation.Limited says so.
const (
	maxMessages = 200_000   // more bubbles than a person scrolls through
	maxKept     = 128 << 20 // bytes of bodies and payloads kept for display
	keepBody    = 16 << 10  // of each body: what fits on a few screens
)

// Conversation decodes the messages of a connection from its packets. It can take seconds for a large one; ctx ends it.
func (s *Session) Conversation(ctx context.Context, v *View) (*Conversation, error) {
	t := &talker{talk: &Conversation{}}
	d := all.New(v.Conn.Server.Port(), t.message, all.Options{
		HTTP1: http1.Options{KeepBody: keepBody}, Keep: keepBody, Hash: true,
	})
	t.assembler = stream.NewAssembler(d)
	if err := v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		t.assembler.Segment(dir, uint32(i), seg)
		return !t.talk.Limited
	}); err != nil {
		return nil, err
	}
	t.assembler.Finish()
	ms := t.talk.Messages
	sort.SliceStable(ms, func(i, j int) bool { return ms[i].First < ms[j].First })
	if len(ms) > 0 {
		t.talk.Protocol = ms[len(ms)-1].Protocol
		s.remember(int(v.Conn.Stream), t.talk.Protocol)
	}
	return t.talk, nil
}

// talker collects the messages of one connection.
type talker struct {
	talk      *Conversation
	assembler *stream.Assembler
	kept      int
	ids       []uint32
}

func (t *talker) message(m proto.Message) {
	if t.talk.Limited {
		return
	}
	t.ids = t.assembler.Packets(t.ids[:0], m.Dir, m.Start, m.End)
	if len(t.ids) == 0 {
		return // nothing of it was captured
	}
	first, last := t.ids[0], t.ids[0]
	for _, id := range t.ids {
		first, last = min(first, id), max(last, id)
	}
	t.talk.Messages = append(t.talk.Messages, Message{m, int(first), int(last)})
	switch d := m.Detail.(type) {
	case *http1.Head:
		t.kept += len(d.Body.Bytes)
	case *websocket.Frame:
		t.kept += len(d.Payload)
		if d.Whole != nil {
			t.kept += len(d.Whole.Data)
		}
	}
	t.talk.Limited = len(t.talk.Messages) >= maxMessages || t.kept >= maxKept
}

// Feed reads the segments of the connection again, in capture order, and hands them over until f returns false. The segment
// is borrowed for the length of the call. Segments that cannot be decoded any more are left out.
func (v *View) Feed(ctx context.Context, f func(i int, dir flow.Direction, seg *packet.Segment) bool) error {
	d := segments{v: v, decoder: packet.NewDecoder()}
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
