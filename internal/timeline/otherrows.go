package timeline

import (
	"time"

	"tcptalk/internal/narrate"
)

// maxOtherRead is the number of packets of a conversation up to which every packet is read to tell how high its bubble is.
// Longer conversations show one line for each packet.
const maxOtherRead = 2000

// OtherRows shows a conversation that is not TCP as a chat: a Model with a bubble for every packet.
type OtherRows struct {
	chat    *OtherChat
	options Options
	marks   *Marks
}

var _ Model = (*OtherRows)(nil)

// NewOtherRows returns the bubbles of a conversation. Of the options those for time and language count.
func NewOtherRows(c *OtherChat, o Options, m *Marks) *OtherRows { return &OtherRows{c, o, m} }

// WithMarks returns the rows with other marks.
func (o *OtherRows) WithMarks(m *Marks) *OtherRows { return &OtherRows{o.chat, o.options, m} }

// noteLines are the lines of the reader's note, as many as a bubble shows.
func (o *OtherRows) noteLines(m Mark) []string {
	lines := m.lines(o.options.Lang)
	return lines[:min(len(lines), maxOtherLines)]
}

// Len returns the number of packets.
func (o *OtherRows) Len() int { return o.chat.Len() }

// long says that only one line is shown of a packet.
func (o *OtherRows) long() bool { return o.chat.Len() > maxOtherRead }

// Shape is that of the packet's bubble.
func (o *OtherRows) Shape(i int) Shape {
	s := Shape{Kind: Bubble, Title: true, Note: o.chat.answer(i)}
	s.Lines = uint16(len(o.noteLines(o.marks.At(o.chat.view.At(i).Frame))))
	if !o.long() {
		s.Lines += uint16(len(o.chat.Row(i).Lines))
	}
	return s
}

// Row fills r with packet i.
func (o *OtherRows) Row(i int, r *Row) {
	w := o.chat.Row(i)
	*r = Row{
		Kind: Bubble, Packet: i, Frame: w.Frame, Dir: w.Dir, Title: w.Text, Note: w.Answer, Meta: narrate.Count(uint64(w.Size)) + " B",
		Chips: r.Chips[:0], Lines: r.Lines[:0], Frames: r.Frames[:0], Facts: r.Facts[:0],
	}
	rec := o.chat.view.At(i)
	mark := o.marks.At(w.Frame)
	r.Starred = mark.Starred
	r.Time = o.options.at(rec.Time, moment{start: o.chat.view.FirstTime, before: rec.Time - int64(w.Delta), frame: w.Frame}, o.marks)
	r.Delta = narrate.Start(o.options.Lang)
	if i > 0 {
		r.Delta = o.options.delta(w.Delta)
	}
	r.Lines = append(r.Lines, o.noteLines(mark)...)
	if !o.long() {
		r.Lines = append(r.Lines, w.Lines...)
	}
}

// moment is what the time of a packet may be told from.
type moment struct {
	// start is when the conversation began, before the time of the packet before.
	start, before int64
	frame         uint32
}

// at writes the time of a packet.
func (o *Options) at(t int64, from moment, marks *Marks) string {
	switch o.Time {
	case ClockUTC:
		return time.Unix(0, t).UTC().Format(clockFormat)
	case ClockLocal:
		return time.Unix(0, t).Format(clockFormat)
	case SincePrevious:
		return seconds(t - from.before)
	case SinceMark:
		if mark, ok := marks.since(from.frame); ok {
			return seconds(t - mark)
		}
	case SinceStart:
	}
	return seconds(t - from.start)
}

// clockFormat is a time of day with microseconds.
const clockFormat = "15:04:05.000000"

// delta writes the time since the packet before.
func (o *Options) delta(d time.Duration) string {
	if d < 0 {
		return narrate.Duration(d)
	}
	return string(narrate.AppendDuration([]byte{'+'}, d))
}
