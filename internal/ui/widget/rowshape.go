package widget

import "tcptalk/internal/timeline"

// Measures of the rows of a timeline, in pixels.
const (
	gutterWidth   = 108 // the state pills at each side
	gutterPad     = 10  // outside of the pills
	laneGap       = 8   // between a gutter and the lane
	narrowLane    = 600 // below this view width the gutters are left out
	timeRoom      = 82  // what stays free beside a bubble with content, for the delta
	maxBubble     = 600
	rowGap        = 8 // below every row
	headHeight    = 32
	chipsHeight   = chipHeight + 8
	titleHeight   = 24
	boxPad        = 6
	lineHeight    = 18
	moreHeight    = 22
	blockGap      = 8
	frameHead     = 22
	frameRow      = 20
	noteHeight    = 28
	notePad       = 10
	noteTextLeft  = 32 // from the strip's edge to its text, past the icon
	bubblePad     = 12
	endMark       = 7 // the sender's sign in a bubble
	endMarkGap    = 8
	dividerHeight = 28
	pillHeight    = 26
	closingHead   = 44 // title
	closingLeft   = 46 // from the card's edge to its words
	closingFact   = 22
	closingFoot   = 8
	closingFactW  = 124 // what a fact takes on average
	failHead      = 50
	failLine      = 22
	failFact      = 20
	failFoot      = 14
	failGap       = 6 // between the torn line and the card
)

// lanes is where the columns of a timeline are at one width.
type lanes struct {
	width  float32 // of the view without the scrollbar
	gutter bool
	x, w   float32 // the lane of the bubbles
	body   float32 // width of a bubble with content
}

func lanesFor(width float32, states bool) lanes {
	l := lanes{width: width, gutter: states && width >= narrowLane}
	side := float32(gutterPad)
	if l.gutter {
		side = gutterWidth + laneGap
	}
	l.x, l.w = side, max(width-2*side, 120)
	l.body = min(maxBubble, max(l.w-timeRoom, l.w*.8))
	return l
}

// noteWidth is the width that the words of a note may take.
func (l lanes) noteWidth(alarm bool) float32 {
	if alarm {
		return l.body - 2*bubblePad - noteTextLeft - notePad
	}
	return l.body - 2*bubblePad
}

// closingLines is how many lines the sentence of a closing card takes.
func (l lanes) closingLines(s string) int { return noteLines(s, l.closingWidth()) }

// closingWidth is the width of the words of a closing card.
func (l lanes) closingWidth() float32 { return l.w - closingLeft - bubblePad }

// factRows is how many lines the facts of a closing card get.
func (l lanes) factRows(facts int) int {
	perRow := max(1, int((l.w-40)/closingFactW))
	return (facts + perRow - 1) / perRow
}

// height returns the height of a row with the gap below it. It touches no font and no object and may run anywhere.
func (l lanes) height(s timeline.Shape) int32 {
	switch s.Kind {
	case timeline.Divider:
		return dividerHeight
	case timeline.Silence, timeline.Fold, timeline.Dropped:
		return pillHeight + rowGap
	case timeline.Closing:
		return int32(closingHead + l.closingLines(s.Note)*lineHeight + l.factRows(int(s.Facts))*closingFact + closingFoot + rowGap)
	case timeline.Failure:
		h := tornHeight + failGap + failHead + int(s.Text)*failLine + failFoot
		if s.Facts > 0 {
			h += int(s.Facts)*failFact + 2*boxPad + blockGap
		}
		return int32(h + rowGap)
	}
	return int32(l.bubbleHeight(s)) + rowGap
}

func (l lanes) bubbleHeight(s timeline.Shape) float32 {
	h := float32(headHeight)
	if s.Chips {
		h += chipsHeight
	}
	if s.Title {
		h += titleHeight
	}
	h += linesHeight(int(s.Lines), s.More)
	if s.Frames > 0 {
		h += frameHead + float32(s.Frames)*frameRow + boxPad + blockGap
	}
	if s.Note != "" {
		h += l.noteHeight(s.Note, s.Alarm) + blockGap
	}
	return h
}

// linesHeight is the height of a payload box with the gap below it.
func linesHeight(lines int, more bool) float32 {
	if lines == 0 && !more {
		return 0
	}
	h := float32(2*boxPad + lines*lineHeight + blockGap)
	if more {
		h += moreHeight
	}
	return h
}

// noteHeight is the height of a note: plain lines, or a strip for an alarm.
func (l lanes) noteHeight(note string, alarm bool) float32 {
	lines := float32(noteLines(note, l.noteWidth(alarm)))
	if alarm {
		return noteHeight + (lines-1)*lineHeight
	}
	return lines * lineHeight
}
