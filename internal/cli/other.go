package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// eachListedOther calls f for the conversations that are not TCP, but for packets of a link type that is not understood: of
// these the head of the list tells.
func eachListedOther(s *session.Session, f func(i int, o *session.Other) bool) {
	s.EachOther(0, func(i int, o *session.Other) bool {
		return o.Kind == packet.OtherUnknownLink || f(i, o)
	})
}

// listOthers prints the conversations that are not TCP, if there are any.
func listOthers(p *printer, s *session.Session) {
	const l = narrate.English
	packets, n := uint64(0), 0
	eachListedOther(s, func(_ int, o *session.Other) bool {
		packets += uint64(o.Packets[0]) + uint64(o.Packets[1])
		n++
		return true
	})
	if n == 0 {
		return
	}
	p.line("")
	p.line("%s", otherFacts(packets, n))
	p.line("")
	p.line("%6s  %-16s %-40s %-40s %9s %10s %10s", otherHeads...)
	eachListedOther(s, func(i int, o *session.Other) bool {
		p.line("%6d  %-16s %-40s %-40s %9s %10s %10s", i, narrate.OtherName(l, o.Kind, o.Number, o.Protocol),
			narrate.Endpoint(o.Ends[0]), narrate.Endpoint(o.Ends[1]),
			narrate.Count(uint64(o.Packets[0])+uint64(o.Packets[1])), narrate.Count(o.Bytes[0]+o.Bytes[1]),
			narrate.Duration(time.Duration(o.LastTime-o.FirstTime)))
		return p.err == nil
	})
	left := s.OthersLeftOut()
	for _, line := range narrate.OthersLeftOut(l, left.Conversations, left.Packets, left.Joined) {
		p.line("%s", line)
	}
}

// other prints one conversation that is not TCP as a chat: who spoke first on the left.
func (t *terminal) other(ctx context.Context, s *session.Session, i int) error {
	v, err := s.OtherView(i)
	if err != nil {
		return err
	}
	chat, err := timeline.NewOtherChat(ctx, v, t.lang)
	if err != nil {
		return err
	}
	t.otherHead(v)
	for i := range chat.Len() {
		if err := ctx.Err(); err != nil {
			return err
		}
		row := chat.Row(i)
		if t.otherRow(&row); t.err != nil {
			return t.err
		}
	}
	return nil
}

// otherHead prints who talks to whom.
func (t *terminal) otherHead(v *session.OtherView) {
	name := narrate.OtherName(t.lang, v.Kind, v.Number, v.Protocol)
	left, right := narrate.Endpoint(v.Ends[0]), narrate.Endpoint(v.Ends[1])
	if left == "" {
		left = name
	} else {
		right += " ■"
	}
	gap := strings.Repeat(" ", max(3, t.width-columns(left)-columns(right)-2))
	if right == "" {
		gap = ""
	}
	t.line("%s%s%s", t.paint(ansiBold+ansiBlue, "● "+left), gap, t.paint(ansiBold+ansiYellow, right))
	t.line("%s", t.dim(fmt.Sprintf(t.words.facts.In(t.lang), v.Packets[0]+v.Packets[1], narrate.Bytes(v.Bytes[0]+v.Bytes[1]),
		narrate.Duration(time.Duration(v.LastTime-v.FirstTime)), name)))
	t.line("")
}

// otherRow prints one packet; a bar at its sender's side marks it.
func (t *terminal) otherRow(r *timeline.OtherRow) {
	facts := fmt.Sprintf("%.6f", r.Time.Seconds())
	if r.Packet > 0 {
		facts += "  +" + narrate.Duration(r.Delta)
	}
	if r.Answer != "" {
		facts += "  " + r.Answer
	}
	bold := func(s string) string { return t.paint(ansiBold, s) }
	lines := []styled{{fmt.Sprintf("#%d  %s", r.Frame, r.Text), bold}, {facts, t.dim}}
	for _, l := range r.Lines {
		lines = append(lines, styled{"  " + l, nil})
	}
	for _, l := range lines {
		for _, s := range wrap(l.text, t.width*4/5) {
			text := s
			if l.paint != nil {
				text = l.paint(s)
			}
			if r.Dir == flow.ServerToClient {
				t.line("%s%s %s", strings.Repeat(" ", max(0, t.width-columns(s)-2)), text, t.side(r.Dir, "▐"))
				continue
			}
			t.line("%s %s", t.side(r.Dir, "▌"), text)
		}
	}
}
