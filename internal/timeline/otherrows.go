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
}

var _ Model = (*OtherRows)(nil)

// NewOtherRows returns the bubbles of a conversation. Of the options those for time and language count.
func NewOtherRows(c *OtherChat, o Options) *OtherRows { return &OtherRows{c, o} }

// Len returns the number of packets.
func (o *OtherRows) Len() int { return o.chat.Len() }

// long says that only one line is shown of a packet.
func (o *OtherRows) long() bool { return o.chat.Len() > maxOtherRead }

// Shape is that of the packet's bubble.
func (o *OtherRows) Shape(i int) Shape {
	s := Shape{Kind: Bubble, Title: true, Note: o.chat.answer(i)}
	if !o.long() {
		s.Lines = uint16(len(o.chat.Row(i).Lines))
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
	r.Time, r.Delta = o.options.at(rec.Time, o.chat.view.FirstTime), narrate.Start(o.options.Lang)
	if i > 0 {
		r.Delta = o.options.delta(w.Delta)
	}
	if !o.long() {
		r.Lines = append(r.Lines, w.Lines...)
	}
}

// at writes the time of a packet of a conversation that began at start.
func (o *Options) at(t, start int64) string {
	switch o.Time {
	case ClockUTC:
		return time.Unix(0, t).UTC().Format(clockFormat)
	case ClockLocal:
		return time.Unix(0, t).Format(clockFormat)
	case SinceStart:
	}
	return seconds(t - start)
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
