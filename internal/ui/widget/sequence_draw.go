package widget

import (
	"image/color"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// Measures of a row, in pixels.
const (
	seqTime    = 68 // least width of packet number and time
	seqArrows  = 280
	seqNote    = 190 // most and
	seqNoteMin = 100 // least width of the notes
	seqBox     = 150 // an end's name and address
	seqLabel   = 15
	seqTall    = 38 // from here on a row has two lines
	seqSlope   = 11
	seqMap     = 120
)

// seqLanes is where the columns of a sequence diagram are at one width.
type seqLanes struct {
	width       float32
	gutter      bool    // there is room for the states
	time, timeW float32 // packet number and time
	left, right float32 // the lifelines
	note, noteW float32 // labels and what else is said of a segment
}

// timeW is what the times need.
func seqLanesFor(width, timeW float32) seqLanes {
	l := seqLanes{width: width, gutter: width >= narrowLane, timeW: max(seqTime, ceil(timeW))}
	side := float32(gutterPad)
	if l.gutter {
		side = gutterWidth + 4
	}
	l.time = side
	l.left = side + l.timeW + 8
	if l.noteW = min(seqNote, width-side-l.left-seqArrows-10); l.noteW < seqNoteMin {
		l.noteW = 0
	}
	l.right = max(width-side-4, l.left+80)
	if l.noteW > 0 {
		l.right -= l.noteW + 6
	}
	l.note = l.right + 10
	return l
}

// seqRow shows one row. Views are kept and filled again.
type seqRow struct {
	rowView
	step timeline.LadderRow
}

// seqPaint is what drawing a row needs besides the row.
type seqPaint struct {
	lanes    *seqLanes
	words    *SequenceWords
	selected bool
	found    bool // what was searched for
}

// draw fills the view's pen with its row, h pixels high.
func (v *seqRow) draw(pal *theme.Palette, g seqPaint, h float32) {
	v.regions = v.regions[:0]
	p, l := v.pen, g.lanes
	p.Begin(pal)
	if g.selected {
		o := p.Panel(l.time-6, 0, l.width-2*(l.time-6), min(h, ladderRowHeight)-1, p.P.Selected, p.P.Accent, theme.RadiusField)
		o.StrokeWidth = 1.5
		if v.step.Kind != timeline.LadderOther {
			drawLifelines(p, l, 1, min(h, ladderRowHeight)-2)
		}
	}
	if g.found {
		p.Icon(l.time, 6, 12, "search", p.P.Accent)
	}
	v.mark(l.time, 0, l.width-2*l.time, min(h, ladderRowHeight), Part{Kind: PartRow})
	switch v.step.Kind {
	case timeline.LadderSegment:
		v.drawSegment(g, h)
	case timeline.LadderBundle:
		v.drawBundle(g, h)
	case timeline.LadderMissing:
		v.drawMissing(g)
	default:
		v.drawBetween(g, h)
	}
	p.End()
}

// ink is the colour of a segment's arrow.
func (v *seqRow) ink() color.Color {
	p, r := v.pen.P, &v.step
	const repeated = tcp.Retransmission | tcp.FastRetransmission | tcp.SpuriousRetransmission
	for _, c := range r.Chips {
		if c.Label.Any(repeated) {
			return p.Warn
		}
	}
	switch {
	case r.Flags.Has(packet.RST), r.Fate == narrate.Lost:
		return p.Fail
	case r.Dir == flow.ServerToClient:
		return p.Server
	}
	return p.Client
}

// ends returns where an arrow begins and ends, and whether it points to the right.
func (l *seqLanes) ends(d flow.Direction) (from, to float32, right bool) {
	const off = 3
	if d == flow.ServerToClient {
		return l.right - off, l.left + off, false
	}
	return l.left + off, l.right - off, true
}

// arrowTop is where an arrow begins in its row.
const arrowTop = seqLabel + 3

// arrowAt returns at which height an arrow begins and ends in a row h pixels high.
func arrowAt(h float32) (from, to float32) {
	return arrowTop, min(arrowTop+seqSlope, h-4)
}

func (v *seqRow) drawSegment(g seqPaint, h float32) {
	r := &v.step
	v.drawSides(g, h)
	v.drawLabel(g, flagText(r.Flags), v.flagInk())
	v.drawArrow(g, h)
	v.drawNotes(g, h)
}

// drawSides draws the states at the edges, and the packet's number and time.
func (v *seqRow) drawSides(g seqPaint, h float32) {
	p, r, l := v.pen, &v.step, g.lanes
	y := float32(4)
	if h < seqTall {
		y = 2
	}
	p.T(l.time, y, l.timeW, 15, frameNumber(r.Frame), theme.MonoTiny, p.P.Accent, Right)
	p.T(l.time, y+15, l.timeW, 15, r.Time, theme.MonoTiny, p.P.Text3, Right)
	if !l.gutter {
		return
	}
	v.row.States, v.row.Flags = r.States, r.Flags
	v.drawStates(paint{lanes: lanes{gutter: true, width: l.width}})
}

// flagInk is the colour of the flag that says most.
func (v *seqRow) flagInk() color.Color {
	for _, f := range [...]packet.Flags{packet.RST, packet.FIN, packet.SYN, packet.PSH} {
		if v.step.Flags.Has(f) {
			fg, _ := FlagStyle(v.pen.P, f)
			return fg
		}
	}
	return v.pen.P.Text3
}

// flagTexts are the flags of ordinary segments, written once.
var flagTexts = func() (out [packet.AE << 1]string) {
	for i := range out {
		out[i] = strings.Join(narrate.FlagNames(packet.Flags(i)), " ")
	}
	return out
}()

func flagText(f packet.Flags) string { return flagTexts[int(f)%len(flagTexts)] }

// drawLabel writes the flags and numbers of a segment above its arrow.
func (v *seqRow) drawLabel(g seqPaint, flags string, ink color.Color) {
	p, l := v.pen, g.lanes
	const gap, pad = 8, 8
	room := l.right - l.left - 2*pad
	fw := p.Width(flags, theme.ChipFace)
	if fw > 0 {
		fw += gap
	}
	label := v.step.Label(int((room - fw) / p.cache.metrics(theme.MonoTiny).column))
	w := fw + p.Width(label, theme.MonoTiny)
	x := l.left + (l.right-l.left-min(w, room))/2
	if flags != "" {
		p.T(x, 2, 0, seqLabel, flags, theme.ChipFace, ink, Left)
	}
	if label != "" {
		p.T(x+fw, 2, room-fw+1, seqLabel, label, theme.MonoTiny, p.P.Text, Left)
	}
}

// drawArrow draws the arrow of a captured segment: broken where it did not arrive, from further up where it was overtaken.
func (v *seqRow) drawArrow(g seqPaint, h float32) {
	p, r := v.pen, &v.step
	from, to, right := g.lanes.ends(r.Dir)
	y0, y1 := arrowAt(h)
	y0 -= float32(r.Rise)
	ink, width := v.ink(), float32(1.3)
	if r.Len > 0 {
		width = 2
	}
	if r.Fate == narrate.Lost {
		v.drawBroken(g, from, to, y0, y1, ink, false)
		return
	}
	p.Line(from, y0, to-signed(6, right), y1, ink, width)
	p.arrowHead(to, y1, right, ink)
}

// brokenAt is how far a lost segment's arrow goes.
const brokenAt = .52

// drawBroken draws an arrow that ends in a cross, and what is to be said of that.
func (v *seqRow) drawBroken(g seqPaint, from, to, y0, y1 float32, ink color.Color, dashed bool) {
	p, r := v.pen, &v.step
	x, y := from+(to-from)*brokenAt, y0+(y1-y0)*brokenAt
	right := to > from
	if dashed {
		p.dashedLine(from, y0, x-signed(8, right), y, ink)
	} else {
		p.Line(from, y0, x-signed(8, right), y, ink, 1.6)
	}
	p.cross(x, y, ink)
	text := g.words.End(r)
	if text == "" {
		return
	}
	room := max(to, x) - min(to, x) - 20
	at := x + 14
	if !right {
		at = to + 6
	}
	p.T(at, y-8, room, 16, text, italic(text), ink, Center)
}

// italic is the face of what is not there. Chinese has no italics.
func italic(s string) theme.Face {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return theme.Tiny
		}
	}
	return theme.TinyItalic
}

func signed(v float32, positive bool) float32 {
	if positive {
		return v
	}
	return -v
}

// drawMissing draws what the capture lacks.
func (v *seqRow) drawMissing(g seqPaint) {
	p, r, l := v.pen, &v.step, g.lanes
	v.drawLabel(g, "", nil)
	from, to, right := l.ends(r.Dir)
	y0, y1 := arrowAt(ladderMissingHeight)
	if r.Fate == narrate.Lost {
		v.drawBroken(g, from, to, y0, y1, p.P.Fail, true)
	} else {
		p.dashedLine(from, y0, to-signed(6, right), y1, p.P.Text3)
		p.arrowHead(to, y1, right, p.P.Text3)
	}
	if l.noteW == 0 {
		v.drawShortNote(g, arrowTop+3)
		return
	}
	p.T(l.note, 8, l.noteW, 18, g.words.Fate(r), theme.Tiny, p.P.Text2, Left)
}

// drawShortNote writes what matters most of a segment below the beginning of its arrow, where there is no room for notes.
func (v *seqRow) drawShortNote(g seqPaint, y float32) {
	p, r, l := v.pen, &v.step, g.lanes
	text, ink := g.words.Fate(r), p.P.Text2
	if len(r.Chips) > 0 {
		text = r.Chips[0].Text
		_, ink, _ = SeverityStyle(p.P, r.Chips[0].Severity)
	}
	const pad = 10
	w := (l.right - l.left) * .6
	x, align := l.left+pad, Left
	if r.Dir == flow.ServerToClient {
		x, align = l.right-pad-w, Right
	}
	p.T(x, y, w, 14, text, theme.ChipFace, ink, align)
	if len(r.Chips) > 0 {
		v.mark(x, y, w, 14, Part{Kind: PartChip})
	}
}

// What rows of the diagram take of their height: on a time scale what follows is time.
const (
	ladderMissingHeight = 36
	ladderRowHeight     = 42
)

// drawNotes draws the labels of a segment, what became of it, and what it says of missing bytes.
func (v *seqRow) drawNotes(g seqPaint, h float32) {
	p, r, l := v.pen, &v.step, g.lanes
	if l.noteW == 0 {
		if h >= seqTall {
			v.drawShortNote(g, arrowTop+7)
		}
		return
	}
	x, right, y := l.note, l.note+l.noteW, float32(3)
	for i, c := range r.Chips {
		w := min(p.PillWidth(c.Text, theme.ChipFace), l.noteW)
		if x+w > right {
			break
		}
		_, fg, bg := SeverityStyle(p.P, c.Severity)
		p.Rect(x, y, w, chipHeight, bg, chipHeight/2)
		p.T(x+6, y, w-12, chipHeight, c.Text, theme.ChipFace, fg, Center)
		v.mark(x, y, w, chipHeight, Part{Kind: PartChip, Index: i})
		x += w + 4
	}
	if len(r.Chips) > 0 {
		if h < seqTall {
			return
		}
		y += chipHeight + 1
	} else {
		y += 8
	}
	text, ink := g.words.Fate(r), p.P.Text2
	switch {
	case text != "":
		p.T(l.note, y, l.noteW, 16, text, theme.Tiny, ink, Left)
	case r.SACK != nil:
		drawHeld(p, l, y+3, r.SACK)
	}
}

// drawHeld draws which bytes the sender of an acknowledgment holds: in order, missing, and behind those.
func drawHeld(p *Pen, l *seqLanes, y float32, s *timeline.LadderSACK) {
	const h = 8
	if s.Duplicate {
		p.T(l.note, y-4, l.noteW, 16, "D-SACK "+narrate.Count(uint64(s.Blocks[0][0]))+"–"+narrate.Count(uint64(s.Blocks[0][1])), theme.MonoTiny, p.P.Text2, Left)
		return
	}
	w := min(seqMap, l.noteW)
	text := "+" + narrate.Count(uint64(s.Gain))
	if s.Filled {
		p.Rect(l.note, y, w, h, p.P.Client, 2)
	} else {
		span := float64(s.Hi - s.Lo)
		const before = 1. / 6 // of the span is shown of what was in order before
		scale := float64(w) / (span * (1 + before))
		at := func(n uint32) float32 { return min(float32((float64(int32(n-s.Lo))+span*before)*scale), w) }
		top := s.Top()
		p.Rect(l.note, y, w, h, p.P.Line, 2)
		p.Rect(l.note, y, at(s.Ack), h, p.P.Client, 2)
		p.Rect(l.note+at(s.Ack), y, max(at(top)-at(s.Ack), 1), h, p.P.Fail, 0)
		for _, b := range s.Blocks[:s.N] {
			p.Rect(l.note+at(b[0]), y, max(at(b[1])-at(b[0]), 1), h, p.P.OK, 0)
		}
		text = narrate.Count(uint64(top))
	}
	if room := l.noteW - w - 6; room >= p.Width(text, theme.MonoTiny) {
		p.T(l.note+w+6, y-4, room, 16, text, theme.MonoTiny, p.P.Text2, Left)
	}
}

// drawBundle draws several segments at once: an arrow for each side that sent any, and how many there are.
func (v *seqRow) drawBundle(g seqPaint, h float32) {
	p, r, l := v.pen, &v.step, g.lanes
	v.drawSides(g, h)
	text := r.Text + "  " + r.Detail
	p.T(l.left+8, 1, l.right-l.left-16, seqLabel, text, theme.Tiny, p.P.Text2, Center)
	y0, y1 := arrowAt(h)
	for d, n := range r.Count {
		if n == 0 {
			continue
		}
		from, to, right := l.ends(flow.Direction(d))
		ink := p.P.Client
		if d == int(flow.ServerToClient) {
			ink = p.P.Server
		}
		p.Line(from, y0, to-signed(6, right), y1, ink, min(1+float32(n)/2, 4))
		p.arrowHead(to, y1, right, ink)
	}
	if l.noteW > 0 {
		v.drawNotes(g, 0)
	}
}

// drawBetween draws the rows that are no arrows.
func (v *seqRow) drawBetween(g seqPaint, h float32) {
	p, r, l := v.pen, &v.step, g.lanes
	v.row = r.Row
	words := TimelineWords{Unfold: g.words.Unfold, Fold: g.words.Fold}
	chat := paint{lanes: lanes{x: l.time, w: l.width - 2*l.time, width: l.width}, words: &words, selected: false}
	p.Origin(0, (h-pillHeight)/2)
	switch r.Row.Kind {
	case timeline.Divider:
		w := p.Width(r.Text, theme.TinyStrong) + 20
		x := (l.left + l.right - w) / 2
		p.Rect(x, 3, w, 20, p.P.Card, 10)
		p.T(x, 3, w, 20, r.Text, theme.TinyStrong, p.P.Text2, Center)
	case timeline.Silence:
		v.drawSilence(chat)
	case timeline.Dropped:
		v.drawDropped(chat)
	case timeline.Fold:
		v.drawFold(chat)
	default:
		p.Origin(0, 6)
		sign, fg, _ := SeverityStyle(p.P, r.RowSeverity)
		x, w := l.time, l.width-2*l.time
		p.Panel(x, 0, w, 50, p.P.Card, p.P.Edge, theme.RadiusCard)
		p.Icon(x+12, 8, 16, sign, fg)
		p.T(x+36, 5, w-48, 20, r.Text, theme.Strong, p.P.Text, Left)
		detail := r.Detail
		if detail == "" && len(r.Sentences) > 0 {
			detail = r.Sentences[0]
		}
		p.T(x+36, 26, w-48, 18, detail, theme.Small, p.P.Text2, Left)
	}
	p.Origin(0, 0)
}
