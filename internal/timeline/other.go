package timeline

import (
	"context"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/session"
)

// maxOtherLines is how many lines a packet that is not TCP has below its first one.
const maxOtherLines = 24

// OtherRow is one packet of a conversation that is not TCP, in words.
type OtherRow struct {
	Packet int
	Frame  uint32
	Dir    flow.Direction
	// Time is the time since the conversation's first packet, Delta that since the packet before.
	Time, Delta time.Duration
	// Text says what the packet means, Lines what else it holds.
	Text  string
	Lines []string
	// Answer says which packet this one answers, "" if none is known; Asked is that one's index, or -1.
	Answer string
	Asked  int
	// Size is the frame's original length in bytes.
	Size uint32
}

// OtherChat makes the rows of a conversation that is not TCP, one at a time as they are asked for.
type OtherChat struct {
	view  *session.OtherView
	lang  narrate.Lang
	pairs []int32
}

// NewOtherChat returns the rows of v in a language. It looks once at all packets to find which one answers which; ctx ends
// that.
func NewOtherChat(ctx context.Context, v *session.OtherView, l narrate.Lang) (*OtherChat, error) {
	pairs, err := v.Pairs(ctx)
	if err != nil {
		return nil, err
	}
	return &OtherChat{view: v, lang: l, pairs: pairs}, nil
}

// Len returns the number of rows.
func (c *OtherChat) Len() int { return c.view.Len() }

// Row returns row i, 0 ≤ i < Len. A packet that cannot be read any more says why.
func (c *OtherChat) Row(i int) OtherRow {
	r := c.view.At(i)
	row := OtherRow{
		Packet: i, Frame: r.Frame, Dir: r.Dir(), Size: r.OrigLen, Asked: -1,
		Time: time.Duration(r.Time - c.view.FirstTime),
	}
	if i > 0 {
		row.Delta = time.Duration(r.Time - c.view.At(i-1).Time)
	}
	if i < len(c.pairs) && c.pairs[i] >= 0 {
		row.Asked, row.Answer = int(c.pairs[i]), c.answer(i)
	}
	payload, err := c.view.Payload(i)
	if err != nil {
		row.Text = narrate.Failure(c.lang, err).Sentences[0]
		return row
	}
	row.Text, row.Lines = c.words(i, payload)
	return row
}

// answer says which packet packet i answers, "" if none is known.
func (c *OtherChat) answer(i int) string {
	if i >= len(c.pairs) || c.pairs[i] < 0 {
		return ""
	}
	asked := c.view.At(int(c.pairs[i]))
	return narrate.OtherAnswer(c.lang, asked.Frame, narrate.Duration(time.Duration(c.view.At(i).Time-asked.Time)))
}

// words says what packet i holds.
func (c *OtherChat) words(i int, payload []byte) (text string, lines []string) {
	v := c.view
	o := packet.Other{Kind: v.Kind, Number: v.Number, Payload: payload, Len: uint32(len(payload))}
	var m *proto.Message
	if v.Protocol != "" {
		if d, ok := all.Datagram(v.Protocol, payload); ok {
			m = &d
		}
	}
	text = cut(clean(narrate.OtherPacket(c.lang, &o, v.Protocol, m)))
	switch {
	case m != nil:
		if d, ok := m.Detail.(*dns.Message); ok {
			lines = narrate.DNSDetails(c.lang, d)
		}
	case v.Kind == packet.OtherUDP && v.Protocol == "" && printable(payload):
		lines = textLines(payload)
	}
	lines = lines[:min(len(lines), maxOtherLines)]
	for k := range lines {
		lines[k] = cut(clean(lines[k]))
	}
	return text, lines
}
