package app

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// Bounds of what a reader notes, and of what is believed of a file with notes.
const (
	maxMarks = 10_000
	maxNote  = 16 << 10 // bytes
)

// Notes are the marks and notes on the packets of a capture. They stay with its file: see keepNotes.
type Notes struct {
	// Marks are those of the reader.
	Marks *timeline.Marks
	// Comments are what the capture itself says about packets; they cannot be changed.
	Comments []session.Comment
	// Gone are marks on packets that a live capture in a ring of files no longer keeps.
	Gone []timeline.Mark
	// Lost counts marks whose packet is not in the capture as it was when they were made. They are kept, not shown.
	Lost int

	keeping keeping
}

// Selected returns the number of the packet that is selected, in whatever stands in the middle; 0 if none is.
func (c *Capture) Selected() uint32 {
	switch {
	case c.Other.Shown():
		if c.Other.Packet < c.Other.View.Len() {
			return c.Other.View.At(c.Other.Packet).Frame
		}
	case c.View != nil && c.Packet >= 0:
		return c.View.At(c.Packet).Frame
	}
	return 0
}

// ToggleMark marks the selected packet, or takes its mark away. A note stays.
func (a *App) ToggleMark() {
	c := a.Capture
	if c == nil || c.Selected() == 0 {
		return
	}
	m := c.Notes.Marks.At(c.Selected())
	m.Starred = !m.Starred
	a.setMark(c, c.Selected(), m)
}

// SetNote notes something about a packet; "" takes the note away.
func (a *App) SetNote(frame uint32, text string) {
	c := a.Capture
	if c == nil || c.Session == nil {
		return
	}
	m := c.Notes.Marks.At(frame)
	if text = validNote(text); text == m.Note {
		return
	}
	if m.Note == "" { // what is worth a note is worth finding again
		m.Starred = true
	}
	m.Note = text
	a.setMark(c, frame, m)
}

// validNote makes text fit to be kept: valid, no control characters but line ends, not too long.
func validNote(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\uFFFD")
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, text))
	if len(text) > maxNote {
		end := maxNote
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	return text
}

// setMark replaces the mark on a packet; one that says nothing is none.
func (a *App) setMark(c *Capture, frame uint32, m timeline.Mark) {
	all := slices.DeleteFunc(slices.Clone(c.Notes.Marks.All()), func(k timeline.Mark) bool { return k.Frame == frame })
	if m.Starred || m.Note != "" {
		if len(all) >= maxMarks {
			a.host.Notify(Notice{Bad: true, Text: noticeTooManyMarks})
			return
		}
		if m.Frame == 0 {
			data, at, err := c.Session.Frame(frame)
			if err != nil {
				a.host.Notify(Notice{Bad: true, Text: noticeNotMarked, Detail: a.cause(err)})
				return
			}
			m.Frame, m.Time = frame, at
			c.Notes.keeping.know(frame, data)
		}
		all = append(all, m)
	}
	a.setMarks(c, all, frame)
	a.saveNotes(c)
}

// setMarks shows other marks; only is the packet on which they are others, 0 if there may be several.
func (a *App) setMarks(c *Capture, all []timeline.Mark, only uint32) {
	c.Notes.Marks = timeline.NewMarks(all)
	switch {
	case c.Chat == nil:
	case only > 0 && c.View.Len() > chattedAtOnce:
		c.Chat = c.Chat.WithMark(c.Notes.Marks, only)
		a.refold(c)
	default:
		c.Chat = c.Chat.WithMarks(c.Notes.Marks)
	}
	if c.Other.Rows != nil {
		c.Other.Rows = c.Other.Rows.WithMarks(c.Notes.Marks)
	}
	a.changed(ChatChanged | PanesChanged)
	if a.Settings.Time == timeline.SinceMark {
		a.makeMessages(c, true)
	}
}

// refold makes the rows of a long connection anew, in the background, because what is marked is not folded away. While the connection
// grows its rows are made again soon anyway.
func (a *App) refold(c *Capture) {
	if c.Tail.Growing {
		return
	}
	chat, marks := c.Chat, c.Notes.Marks
	var made *timeline.Chat
	a.background(c.ctx, func() { made = chat.WithMarks(marks) }, func() {
		switch {
		case c.Chat == chat:
			c.Chat = made
			a.changed(ChatChanged)
		case c.Notes.Marks == marks && c.View == chat.View(): // folded otherwise meanwhile
			a.refold(c)
		}
	})
}

// Remark is what the list of marks shows about a packet.
type Remark struct {
	timeline.Mark
	// Comment is what the capture says about it.
	Comment string
	// Gone says that the packet is not kept any more.
	Gone bool
}

// All returns the marks of the reader and the comments of the capture, in the order of the packets.
func (n *Notes) All() []Remark {
	marks, comments := n.Marks.All(), n.Comments
	out := make([]Remark, 0, len(n.Gone)+len(marks)+len(comments))
	for _, m := range n.Gone { // they stand before all others
		out = append(out, Remark{Mark: m, Gone: true})
	}
	for len(marks)+len(comments) > 0 {
		var r Remark
		if len(comments) == 0 || len(marks) > 0 && marks[0].Frame <= comments[0].Frame {
			r.Mark, marks = marks[0], marks[1:]
		} else {
			r.Frame = comments[0].Frame
		}
		if len(comments) > 0 && comments[0].Frame == r.Frame {
			r.Comment, comments = comments[0].Text, comments[1:]
		}
		out = append(out, r)
	}
	return out
}

// MarkBy goes to the next packet with a mark, a note or a comment, or to the one before (n = -1).
func (a *App) MarkBy(n int) {
	c := a.Capture
	if c == nil {
		return
	}
	marks, comments := c.Notes.Marks.All(), c.Notes.Comments
	here := c.Selected()
	one := besideFrame(len(marks), func(i int) uint32 { return marks[i].Frame }, here, n)
	two := besideFrame(len(comments), func(i int) uint32 { return comments[i].Frame }, here, n)
	to := max(one, two)
	if n > 0 && one != 0 && two != 0 {
		to = min(one, two)
	}
	if to == 0 {
		a.host.Notify(Notice{Text: noticeNoMark})
		return
	}
	a.GoToFrame(to)
}

// besideFrame returns the frame nearest to here in a sorted list, before it (n < 0) or after it; 0 if there is none.
func besideFrame(count int, frame func(i int) uint32, here uint32, n int) uint32 {
	if n < 0 {
		if i := sort.Search(count, func(i int) bool { return frame(i) >= here }); i > 0 {
			return frame(i - 1)
		}
		return 0
	}
	if i := sort.Search(count, func(i int) bool { return frame(i) > here }); i < count {
		return frame(i)
	}
	return 0
}

// GoToFrame shows the packet with the given number, wherever it belongs.
func (a *App) GoToFrame(frame uint32) {
	c := a.Capture
	if c == nil || c.Session == nil {
		return
	}
	switch stream, other := c.Session.Locate(frame); {
	case stream >= 0 && stream == c.Stream && c.View.Find(frame) >= 0:
		a.SelectPacket(c.View.Find(frame))
	case stream >= 0:
		a.leaveOther(c)
		c.goTo = frame
		a.selectConnection(stream)
	case other >= 0 && other == c.Other.Index && c.Other.Shown():
		a.SelectOtherPacket(otherPacket(c.Other.View, frame))
	case other >= 0:
		c.Other.goTo = frame
		a.SelectOther(other)
	case frame <= c.Session.Before():
		a.host.Notify(Notice{Text: noticePacketGone})
	}
}

// otherPacket returns the packet with a frame number in a conversation that is not TCP, -1 if it has none.
func otherPacket(v *session.OtherView, frame uint32) int {
	lo, hi := 0, v.Len()
	for lo < hi {
		if m := (lo + hi) / 2; v.At(m).Frame < frame {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < v.Len() && v.At(lo).Frame == frame {
		return lo
	}
	return -1
}

// numbered puts two numbers into a notice, in both languages.
func numbered(t narrate.Text, n, of int) narrate.Text {
	var out narrate.Text
	for l := range out {
		out[l] = fmt.Sprintf(t[l], n, of)
	}
	return out
}
