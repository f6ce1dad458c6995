package timeline

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/session"
)

// OtherMessages are the datagrams of a conversation that is not TCP as messages: one bubble each, with what it says, the question
// linked to its answer. It does not change: showing all lines of a message makes another one.
type OtherMessages struct {
	Options MessageOptions

	view     *session.OtherView
	pairs    []int32          // by packet: which one it answers
	answers  []int32          // by packet: which one answers it first
	asks     []session.Asking // by packet
	shapes   []itemShape
	expanded []int32 // packets shown with all lines, ascending
}

// NewOtherMessages makes the rows of a conversation. It reads all its packets once; ctx ends that early, with an error.
func NewOtherMessages(ctx context.Context, v *session.OtherView, o MessageOptions) (*OtherMessages, error) {
	m := &OtherMessages{Options: o, view: v, shapes: make([]itemShape, 0, v.Len())}
	var err error
	if m.pairs, m.asks, err = v.Asked(ctx); err != nil {
		return nil, err
	}
	m.answers = make([]int32, len(m.pairs))
	for i := range m.answers {
		m.answers[i] = -1
	}
	for i, asked := range m.pairs {
		if asked >= 0 && m.answers[asked] < 0 {
			m.answers[asked] = int32(i)
		}
	}
	err = v.Feed(ctx, func(_ int, p *packet.Other) bool {
		s := m.words(p)
		shown := s.shown(o.Lines)
		m.shapes = append(m.shapes, itemShape{
			lines: uint16(shown), facts: len(s.facts) > 0, more: shown < len(s.lines), noted: len(s.notes) > 0,
		})
		return true
	})
	return m, err
}

// say words packet i. One that cannot be read any more says why.
func (m *OtherMessages) say(i int) said {
	payload, err := m.view.Payload(i)
	if err != nil {
		s := said{tag: "?", size: -1}
		s.warn(narrate.Failure(m.Options.Lang, err).Sentences[0])
		return s
	}
	return m.words(&packet.Other{Kind: m.view.Kind, Number: m.view.Number, Payload: payload, Len: uint32(len(payload))})
}

// words says what a packet holds.
func (m *OtherMessages) words(o *packet.Other) said {
	l, v := m.Options.Lang, m.view
	s := said{size: int64(o.Len)}
	if v.Protocol != "" {
		if d, ok := all.Datagram(v.Protocol, o.Payload); ok {
			switch detail := d.Detail.(type) {
			case *dns.Message:
				s.decoded(l, &d)
				if detail.Response && detail.ExtendedRcode != 0 {
					s.tone = ToneBad
				} else if detail.Response && s.tone == ToneSay {
					s.tone = ToneGood
				}
				return s
			case *http1.Head:
				s.ssdp(l, detail)
				return s
			}
		}
	}
	switch v.Kind {
	case packet.OtherUDP:
		s.tag = narrate.OtherName(l, v.Kind, v.Number, v.Protocol)
		s.content(l, o.Payload, int(o.Len) > len(o.Payload), int64(o.Len))
		s.picture = false // a datagram holds no whole one
	default:
		s.tag = narrate.OtherName(l, v.Kind, v.Number, v.Protocol)
		title := cut(clean(narrate.OtherPacket(l, o, v.Protocol, nil)))
		if s.title = title; title == s.tag {
			s.title = ""
		}
		s.tone = icmpTone(v.Kind, o.Payload)
	}
	return s
}

// icmpTone tells complaints about other packets from the rest.
func icmpTone(kind packet.OtherKind, payload []byte) MessageTone {
	if kind != packet.OtherICMP && kind != packet.OtherICMPv6 {
		return ToneSay
	}
	switch c, ok := packet.ParseICMP(payload, kind == packet.OtherICMPv6); {
	case !ok || !c.Quoted.Src.IsValid():
		return ToneSay
	case c.Gateway.IsValid(): // a better way
		return ToneOdd
	}
	return ToneBad
}

// ssdp words a message of the Simple Service Discovery Protocol.
func (s *said) ssdp(l narrate.Lang, h *http1.Head) {
	if s.tag = h.Method; h.Kind == http1.Response {
		s.tag, s.tone = strconv.Itoa(h.Status), ToneGood
	}
	s.title = cut(clean(narrate.SSDPLine(l, h)))
	for _, f := range h.Fields {
		if s.lines = breakLine(s.lines, clean(f.Name+": "+f.Value), maxExpanded+1); len(s.lines) > maxExpanded {
			s.lines = s.lines[:maxExpanded]
			break
		}
	}
}

// Of reports that the messages are those of the conversation that v is a view of.
func (m *OtherMessages) Of(v *session.OtherView) bool {
	return m.Len() > 0 && v.Len() >= m.Len() && v.At(0).Frame == m.view.At(0).Frame
}

// Len returns the number of rows, which is that of packets.
func (m *OtherMessages) Len() int { return len(m.shapes) }

// Item returns the packet of row i, RowOf the row of a packet: they are the same.
func (m *OtherMessages) Item(i int) int {
	if i < 0 || i >= len(m.shapes) {
		return -1
	}
	return i
}

// RowOf returns the row of a packet, -1 if there is no such one.
func (m *OtherMessages) RowOf(packet int) int { return m.Item(packet) }

// Shape returns what the height of row i depends on.
func (m *OtherMessages) Shape(i int) MessageShape {
	shape := m.shapes[i]
	s := MessageShape{Kind: MessageBubble, Facts: shape.facts, Lines: shape.lines, More: shape.more}
	_, all := slices.BinarySearch(m.expanded, int32(i))
	if all || shape.noted {
		said := m.say(i)
		s.Note = said.note()
		if all {
			s.Lines = uint16(len(said.lines))
		}
	}
	return s
}

// Row fills r with row i.
func (m *OtherMessages) Row(i int, r *MessageRow) {
	l, rec := m.Options.Lang, m.view.At(i)
	s := m.say(i)
	*r = MessageRow{
		MessageShape: m.Shape(i), Item: i, Dir: rec.Dir(), Paired: -1, Tag: capital(s.tag), Tone: s.tone, Title: s.title, Code: s.code,
		Facts: strings.Join(s.facts, " · "), Packets: append(r.Packets[:0], PacketLink{i, rec.Frame}), Content: r.Content[:0], Parts: r.Parts[:0],
	}
	r.Note, r.Cut = s.note(), s.cut
	if s.size >= 0 {
		r.Size = narrate.Bytes(uint64(s.size))
	}
	if _, all := slices.BinarySearch(m.expanded, int32(i)); all {
		r.Content, r.Left = append(r.Content, s.lines...), -1
	} else {
		r.Content = append(r.Content, s.lines[:min(int(r.Lines), len(s.lines))]...)
		r.Left = len(s.lines) - len(r.Content)
	}
	m.times(i, r)
	m.link(i, r, l)
}

func (m *OtherMessages) times(i int, r *MessageRow) {
	rec := m.view.At(i)
	from := moment{start: m.view.FirstTime, before: rec.Time, frame: rec.Frame}
	if i > 0 {
		from.before = m.view.At(i - 1).Time
	}
	o := Options{Time: m.Options.Time, Lang: m.Options.Lang}
	r.Time = o.at(rec.Time, from, m.Options.Marks)
	if i > 0 {
		r.Delta = o.delta(time.Duration(rec.Time - from.before))
	}
}

// link says which packet answers which.
func (m *OtherMessages) link(i int, r *MessageRow, l narrate.Lang) {
	if i >= len(m.pairs) {
		return
	}
	after := func(asked, answer int) time.Duration {
		return time.Duration(m.view.At(answer).Time - m.view.At(asked).Time)
	}
	switch asked, answer := int(m.pairs[i]), int(m.answers[i]); {
	case asked >= 0:
		r.Paired = asked
		r.Answer = narrate.AnswersMessage(l, m.view.At(asked).Frame, after(asked, i))
	case answer >= 0:
		r.Paired = answer
		r.Answer = narrate.AnsweredIn(l, m.view.At(answer).Frame, after(i, answer))
	case m.asks[i] == session.AsksAgain:
		r.Unanswered, r.Answer = true, narrate.AskedAgain(l)
	case m.asks[i] == session.AsksOnce:
		r.Unanswered, r.Answer = true, narrate.NoAnswerSeen(l)
	}
}

// Paired returns the packet that a packet answers, or else the first one that answers it; -1 if there is none.
func (m *OtherMessages) Paired(i int) int {
	switch {
	case i < 0 || i >= len(m.pairs):
		return -1
	case m.pairs[i] >= 0:
		return int(m.pairs[i])
	}
	return int(m.answers[i])
}

// Toggled returns the messages with all lines of row i shown or not; themselves if there are no more lines.
func (m *OtherMessages) Toggled(i int) *OtherMessages {
	if i < 0 || i >= len(m.shapes) || !m.shapes[i].more {
		return m
	}
	n := *m
	n.expanded = slices.Clone(m.expanded)
	if at, open := slices.BinarySearch(n.expanded, int32(i)); open {
		n.expanded = slices.Delete(n.expanded, at, at+1)
	} else {
		n.expanded = slices.Insert(n.expanded, at, int32(i))
	}
	return &n
}

// Like returns the messages with the lines of those shown that are in old, which is of the same conversation.
func (m *OtherMessages) Like(old *OtherMessages) *OtherMessages {
	if old == nil || len(old.expanded) == 0 {
		return m
	}
	n := *m
	n.expanded = old.expanded
	return &n
}

// PlainText writes row i as text that makes sense on its own, for the clipboard.
func (m *OtherMessages) PlainText(i int) string {
	var r MessageRow
	m.Row(i, &r)
	return r.plainText(m.Options.Lang, m.say(i).lines)
}

// AllText returns the first rows as text, as many as fit into limit bytes, and how many that were. It ends early if ctx ends.
func (m *OtherMessages) AllText(ctx context.Context, limit int) (text string, rows int) {
	var b strings.Builder
	for ; rows < m.Len() && ctx.Err() == nil; rows++ {
		row := m.PlainText(rows)
		if b.Len()+len(row) >= limit {
			break
		}
		b.WriteString(row + "\n")
	}
	return b.String(), rows
}
