package timeline

import (
	"slices"
	"sort"
	"strings"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
)

// Row fills r with row i.
func (m *Messages) Row(i int, r *MessageRow) {
	ref := m.row(i)
	*r = MessageRow{
		MessageShape: m.Shape(i), Item: -1, Paired: -1, Packets: r.Packets[:0], Content: r.Content[:0], Parts: r.Parts[:0],
	}
	l := m.Options.Lang
	switch ref.kind {
	case MessageBubble:
		m.bubble(int(ref.first), r)
	case MessageFold:
		r.Item = int(ref.first)
		lo, hi := m.openIn(ref)
		r.Open = lo < hi
		words := m.folds[ref.first]
		r.Text, r.Detail = words.text, words.detail
		r.Packets = append(r.Packets, m.linkTo(words.first))
		if words.last > words.first {
			r.Packets, r.Through = append(r.Packets, m.linkTo(words.last)), true
		}
	case MessageSilence:
		it := &m.items[ref.first]
		r.Text, r.Detail = narrate.Duration(m.pause(int(ref.first))), narrate.NothingSaid(l)
		if it.answers >= 0 {
			r.Detail = narrate.WaitedForAnswer(l, m.items[it.answers].dir == flow.ClientToServer)
		}
	case MessageLimit:
		r.Text, r.Detail = narrate.MoreMessages(l), narrate.NextMessages(l)
	case MessageBefore:
		r.Text, r.Detail = narrate.MessagesBefore(l, m.Before), narrate.PreviousMessages(l)
	case MessageDivider:
		r.Text = narrate.PhaseName(l, narrate.PhaseUpgrade, m.protocol(int(ref.first)))
	}
}

func (m *Messages) linkTo(p int32) PacketLink { return PacketLink{int(p), m.view.At(int(p)).Frame} }

// pause is the time between item i and the last byte of the one before.
func (m *Messages) pause(i int) time.Duration {
	const near = 32 // messages that may have ended after the one before
	latest := int64(0)
	for k := max(i-near, 0); k < i; k++ {
		latest = max(latest, m.view.At(int(m.items[k].over())).Time)
	}
	return time.Duration(m.view.At(int(m.items[i].first)).Time - latest)
}

// bubble fills r with item i.
func (m *Messages) bubble(i int, r *MessageRow) {
	it := &m.items[i]
	l := m.Options.Lang
	s := m.say(i)
	r.Item, r.Dir = i, it.dir
	r.Tag, r.Tone, r.Title, r.Code = capital(s.tag), s.tone, s.title, s.code
	if s.size >= 0 {
		r.Size = narrate.Bytes(uint64(s.size))
	}
	r.Facts, r.Note, r.Cut = strings.Join(s.facts, " · "), s.note(), s.cut
	if m.expanded[int32(i)] {
		r.Content, r.Left = append(r.Content, s.lines...), -1
	} else { // fewer than were counted where the bytes cannot be read any more
		lines := s.lines[min(s.head, len(s.lines)):]
		r.Content = append(r.Content, lines[:min(int(r.Lines), len(lines))]...)
		r.Left = max(len(s.lines)-int(r.Lines), 0)
	}
	if it.several() {
		m.joins(it, r)
	}
	m.packets(it, r)
	m.times(i, r)
	switch {
	case it.answers >= 0:
		r.Paired = int(it.answers)
		r.Answer = narrate.AnswersMessage(l, m.frame(m.items[it.answers].first), m.waited(i))
	case it.answer >= 0:
		r.Paired = int(it.answer)
		r.Answer = narrate.AnsweredIn(l, m.frame(m.items[it.answer].first), m.waited(int(it.answer)))
	case m.unanswered(it):
		r.Unanswered, r.Answer = true, narrate.NoAnswerSeen(l)
	}
}

// frame returns a packet's number in the capture.
func (m *Messages) frame(p int32) uint32 { return m.view.At(int(p)).Frame }

// unanswered reports a request of which it is known that the capture has no answer.
func (m *Messages) unanswered(it *item) bool {
	if it.exchange < 0 || it.dir != flow.ClientToServer {
		return false
	}
	x := m.exchanges[it.exchange]
	return x.Response == nil && len(x.Interim) == 0
}

// capital writes a word of ASCII in capitals, as the tags of messages are; names that have capitals of their own stay.
func capital(tag string) string {
	for i, r := range tag {
		if r > 0x7f || i > 0 && r >= 'A' && r <= 'Z' && tag[i-1] >= 'a' {
			return tag
		}
	}
	return strings.ToUpper(tag)
}

// joins fills in the parts of a message.
func (m *Messages) joins(it *item, r *MessageRow) {
	parts := m.partsOf(it)
	for _, k := range parts[:min(len(parts), maxParts)] {
		r.Parts = append(r.Parts, m.talk.Messages[k].Detail.(*websocket.Frame).Length)
	}
	r.Joined = narrate.FragmentsJoined(m.Options.Lang, len(parts))
	if last := m.talk.Messages[parts[len(parts)-1]].Detail.(*websocket.Frame); !last.Fin {
		r.Joined = narrate.FragmentsSeen(m.Options.Lang, len(parts))
	}
}

// linkedBytes is the longest message of which the packets are counted for its links.
const linkedBytes = 64 << 10

// packets fills in the packets that carry an item.
func (m *Messages) packets(it *item, r *MessageRow) {
	var all []int
	if it.kind == gapItem {
		return
	}
	if it.end-it.start <= linkedBytes {
		for _, at := range m.places(it) {
			all = append(all, m.talk.Packets(it.dir, at[0], at[1])...)
		}
		slices.Sort(all)
		all = slices.Compact(all)
	}
	if len(all) > 0 && len(all) <= maxPacketLinks && len(all)-1 != all[len(all)-1]-all[0] || len(all) == 1 {
		for _, p := range all {
			r.Packets = append(r.Packets, m.linkTo(int32(p)))
		}
		return
	}
	r.Packets = append(r.Packets, m.linkTo(it.first))
	if it.last > it.first {
		r.Packets, r.Through = append(r.Packets, m.linkTo(it.last)), true
	}
}

// places are the ranges of an item's bytes in its sender's stream.
func (m *Messages) places(it *item) [][2]int64 {
	if it.kind != webItem && it.kind != halfItem {
		return [][2]int64{{it.start, it.end}}
	}
	parts := m.partsOf(it)
	out := make([][2]int64, len(parts))
	for i, k := range parts {
		out[i] = [2]int64{m.talk.Messages[k].Start, m.talk.Messages[k].End}
	}
	return out
}

// times fills in when item i came.
func (m *Messages) times(i int, r *MessageRow) {
	rec := m.view.At(int(m.items[i].first))
	at, from := rec.Time, moment{start: m.view.Began(), before: rec.Time, frame: rec.Frame}
	if i > 0 {
		from.before = m.view.At(int(m.items[i-1].first)).Time
	}
	o := Options{Time: m.Options.Time}
	r.Time = o.at(at, from, m.Options.Marks)
	if i == 0 {
		return
	}
	if m.items[i].first == m.items[i-1].first {
		r.Delta = narrate.SamePacket(m.Options.Lang)
		return
	}
	if d := time.Duration(at - m.view.At(int(m.items[i-1].first)).Time); d < 0 {
		r.Delta = narrate.Duration(d)
	} else {
		r.Delta = "+" + narrate.Duration(d)
	}
}

// foldWords describe what a fold holds: in words, and from which packet to which.
type foldWords struct {
	text, detail string
	first, last  int32
}

// wordFold describes the items from first up to end, which are folded into one row.
func (m *Messages) wordFold(first, end int32) foldWords {
	w := foldWords{first: m.items[first].first}
	for k := first; k < end; k++ {
		w.last = max(w.last, m.items[k].last)
	}
	w.text, w.detail = m.foldText(first, end)
	return w
}

func (m *Messages) foldText(first, end int32) (text, detail string) {
	var pings, answered, unasked int
	longest := time.Duration(-1)
	names := map[string]int{}
	for k := first; k < end; k++ {
		it := &m.items[k]
		f, ok := m.talk.Messages[it.at].Detail.(*websocket.Frame)
		switch {
		case !ok:
			s := m.say(int(k))
			names[s.tag]++
		case f.Opcode == websocket.Ping:
			pings++
			if it.answer >= 0 {
				answered++
				longest = max(longest, m.waited(int(it.answer)))
			}
		case f.Unasked:
			unasked++
		case it.answers < first: // its ping stands above: it says so where it is unfolded
			names[narrate.Opcode(m.Options.Lang, f.Opcode)]++
		}
	}
	l := m.Options.Lang
	if pings+unasked > 0 {
		over := m.view.At(int(m.items[end-1].ended)).Time - m.view.At(int(m.items[first].first)).Time
		return narrate.Pings(l, pings, answered, unasked, longest, time.Duration(over))
	}
	list := make([]string, 0, len(names))
	for name := range names {
		list = append(list, name)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		return names[a] > names[b] || names[a] == names[b] && a < b
	})
	for i, name := range list {
		if n := names[name]; n > 1 {
			list[i] += " × " + narrate.Count(uint64(n))
		}
	}
	return narrate.Housekeeping(l, int(end-first)), strings.Join(list, " · ")
}

// protocol names the protocol of item i, "" if it has none or rides in the one before it.
func (m *Messages) protocol(i int) string {
	it := &m.items[i]
	if it.kind == rawItem || it.kind == gapItem {
		return ""
	}
	k := it.at
	if it.kind != talkItem {
		k = m.parts[it.at]
	}
	msg := &m.talk.Messages[k]
	if f, ok := msg.Detail.(*websocket.Frame); ok && f.Stream != 0 || msg.Protocol == sse.Name {
		return ""
	}
	return msg.Protocol
}
