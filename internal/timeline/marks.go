package timeline

import (
	"cmp"
	"slices"
	"strings"

	"tcptalk/internal/narrate"
)

// Mark is what a reader noted on a packet.
type Mark struct {
	// Frame is the packet's number in the capture, Time when it was captured, in nanoseconds since 1970.
	Frame uint32
	Time  int64
	// Starred says that the packet is marked; one with a note need not be.
	Starred bool
	// Note is what the reader wrote about it, "" for nothing.
	Note string
}

// Marks are those of a capture, by frame number. They do not change; nil are none.
type Marks struct{ list []Mark }

// NewMarks returns marks, in the order of the packets. Of several on one packet the last counts.
func NewMarks(list []Mark) *Marks {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b Mark) int { return cmp.Compare(a.Frame, b.Frame) })
	out := sorted[:0]
	for _, m := range sorted {
		if n := len(out); n > 0 && out[n-1].Frame == m.Frame {
			out[n-1] = m
		} else {
			out = append(out, m)
		}
	}
	return &Marks{out}
}

// All returns the marks in the order of the packets. They must not be changed.
func (m *Marks) All() []Mark {
	if m == nil {
		return nil
	}
	return m.list
}

// At returns the mark on a packet; the zero Mark if it has none.
func (m *Marks) At(frame uint32) Mark {
	if m == nil {
		return Mark{}
	}
	if i, ok := m.find(frame); ok {
		return m.list[i]
	}
	return Mark{}
}

// find returns where a packet's mark is or would be.
func (m *Marks) find(frame uint32) (int, bool) {
	return slices.BinarySearchFunc(m.list, frame, func(k Mark, f uint32) int { return cmp.Compare(k.Frame, f) })
}

// since returns the time of the mark that the times of a packet count from: the latest at or before it, or else the first of
// all; false if there is none.
func (m *Marks) since(frame uint32) (int64, bool) {
	if m == nil || len(m.list) == 0 {
		return 0, false
	}
	i, found := m.find(frame)
	if !found && i > 0 {
		i--
	}
	return m.list[min(i, len(m.list)-1)].Time, true
}

// WithMarks returns the chat with other marks.
func (c *Chat) WithMarks(m *Marks) *Chat {
	n := c.clone()
	n.marks = m
	n.build()
	return n
}

// WithMark returns the chat with other marks, which differ from its own on one packet at most, in no time: the packet is marked where it
// stands. Folds are those from before until the rows are made again, as WithMarks does.
func (c *Chat) WithMark(m *Marks, frame uint32) *Chat {
	n := c.sameRows()
	n.marks = m
	if row := c.RowOf(c.view.Find(frame)); row >= 0 {
		n.made = c.made.after(row, 1, 1)
	}
	return n
}

// annotated reports that somebody marked packet p or wrote about it, in the capture or here.
func (c *Chat) annotated(p int) bool {
	return c.view.Comment(p) != "" || c.marks.At(c.view.At(p).Frame) != Mark{}
}

// noteLines are the lines of the reader's note on packet p.
func (c *Chat) noteLines(p int) []string {
	return c.marks.At(c.view.At(p).Frame).lines(c.options.Lang)
}

// lines are those of the note, as wide as a bubble has room for.
func (m Mark) lines(l narrate.Lang) []string {
	if m.Note == "" {
		return nil
	}
	return written(narrate.ReaderNote(l) + m.Note)
}

// noteColumns is how wide the lines of what somebody wrote are: they are to fit into a bubble of the smallest window.
const noteColumns = 48

// written breaks what somebody wrote into lines, between words where there are spaces.
func written(text string) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r\n"), "\n") {
		line = clean(line)
		for len(out) < maxExpanded {
			head, rest := breakNote(line)
			if out = append(out, head); rest == "" {
				break
			}
			line = rest
		}
	}
	return out
}

// breakNote cuts a line where it becomes too wide.
func breakNote(line string) (head, rest string) {
	columns, space := 0, -1
	for i, r := range line {
		if r == ' ' {
			space = i
		}
		if columns++; r >= wideRune {
			columns++
		}
		if columns <= noteColumns {
			continue
		}
		if space > 0 {
			return line[:space], strings.TrimLeft(line[space:], " ")
		}
		return line[:i], line[i:]
	}
	return line, ""
}

// wideRune is where the scripts begin whose characters are twice as wide.
const wideRune = 0x2e80
