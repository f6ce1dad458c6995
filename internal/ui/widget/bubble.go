package widget

import (
	"strconv"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// PartKind says what of a row is under the pointer.
type PartKind uint8

// The parts of rows.
const (
	PartNone   PartKind = iota
	PartRow             // anywhere else in the row's bubble or card
	PartFlag            // a flag chip: Part.Flag
	PartMeta            // seq, ack, len, win
	PartTime            // time and delta
	PartState           // a state pill: Part.Index 0 client, 1 server
	PartChip            // a label chip: Part.Index in Row.Chips
	PartFrame           // a line of the WebSocket frame table: Part.Index in Row.Frames
	PartMore            // "show more lines"
	PartToggle          // a fold row
	PartNote            // the note
)

// Part is one place in a row.
type Part struct {
	Kind  PartKind
	Index int
	Flag  packet.Flags
}

// region is where a part is, relative to its row.
type region struct {
	x, y, w, h float32
	part       Part
}

// rowView shows one row. Views are kept and filled again.
type rowView struct {
	pen     *Pen
	index   int
	row     timeline.Row
	regions []region
}

// paint is what drawing a row needs besides the row.
type paint struct {
	lanes    lanes
	words    *TimelineWords
	selected bool
	covered  bool
	found    bool // what was searched for
	outlined bool // what somebody speaks of
	// firstCovered says that this is the first of the covered rows: it says why.
	firstCovered bool
	// top and bottom are the part of the row that is in view; only of tall rows is less than all drawn.
	top, bottom float32
}

// inView reports that a span of the row is to be drawn.
func (g paint) inView(y, h float32) bool { return y+h > g.top && y < g.bottom }

func (v *rowView) mark(x, y, w, h float32, part Part) {
	v.regions = append(v.regions, region{x, y, w, h, part})
}

// at returns the part at a position relative to the row; later parts lie on top.
func (v *rowView) at(x, y float32) (region, bool) {
	for i := len(v.regions) - 1; i >= 0; i-- {
		r := v.regions[i]
		if x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h {
			return r, true
		}
	}
	return region{}, false
}

// draw fills the view's pen with its row, h pixels high.
func (v *rowView) draw(pal *theme.Palette, g paint, h float32) {
	v.regions = v.regions[:0]
	v.pen.Begin(pal)
	switch {
	case g.covered:
		v.drawCovered(g, h)
	case v.row.Kind == timeline.Bubble:
		v.drawBubble(g, h-rowGap)
	default:
		v.drawOther(g, h)
	}
	v.pen.End()
}

// bubbleWidth returns how wide the bubble of a row is: as its words where it has a head only, else one width for all.
func (v *rowView) bubbleWidth(l lanes) float32 {
	p, r := v.pen, &v.row
	if r.Title != "" || len(r.Lines) > 0 || r.More != 0 || len(r.Frames) > 0 || r.Note != "" {
		return l.body
	}
	w := float32(2*bubblePad + endMark + endMarkGap + 4)
	for _, f := range narrate.FlagTerms {
		if r.Flags.Has(f.Flag) {
			w += p.ChipWidth(f.Name) + 6
		}
	}
	if r.Starred {
		w += starSize + starGap
	}
	w += p.Width(r.Meta, theme.Mono) + 14 + p.Width(frameNumber(r.Frame), theme.Mono)
	chips := float32(2 * bubblePad)
	for _, c := range r.Chips {
		chips += p.PillWidth(c.Text, theme.ChipFace) + 6
	}
	return min(ceil(max(w, chips)), l.w)
}

// frameNumbers are the texts of the first packets, which are shown most.
var frameNumbers = func() (out [1000]string) {
	for i := range out {
		out[i] = "#" + strconv.Itoa(i)
	}
	return out
}()

func frameNumber(n uint32) string {
	if int(n) < len(frameNumbers) {
		return frameNumbers[n]
	}
	return "#" + strconv.FormatUint(uint64(n), 10)
}

// bubble draws the body of a bubble, w by h pixels, on its sender's side of the lane, and returns where it begins.
func (p *Pen) bubble(l lanes, w, h float32, server, selected bool) (x float32) {
	x, fill, edge := l.x, p.P.ClientFill, p.P.ClientEdge
	if server {
		x, fill, edge = l.x+l.w-w, p.P.ServerFill, p.P.ServerEdge
	}
	box := p.Panel(x, 0, w, h, fill, edge, 0)
	box.TopLeftCornerRadius, box.TopRightCornerRadius = theme.RadiusBubble, theme.RadiusBubble
	box.BottomLeftCornerRadius, box.BottomRightCornerRadius = theme.RadiusTail, theme.RadiusBubble
	if server {
		box.BottomLeftCornerRadius, box.BottomRightCornerRadius = theme.RadiusBubble, theme.RadiusTail
	}
	if selected {
		box.StrokeColor, box.StrokeWidth = p.P.Accent, 2
	}
	return x
}

// sideBar draws a bar along the side of a bubble where its sender is.
func (p *Pen) sideBar(x, w, h float32, server bool) {
	const bar, away, short = 4, 3, 5
	if x -= away + bar; server {
		x += w + bar + 2*away
	}
	p.Rect(x, short, bar, h-2*short, p.P.Accent, bar/2)
}

func (v *rowView) drawBubble(g paint, h float32) {
	p, r, l := v.pen, &v.row, g.lanes
	server := r.Dir == flow.ServerToClient
	w := v.bubbleWidth(l)
	x := p.bubble(l, w, h, server, g.selected)
	if g.outlined {
		p.sideBar(x, w, h, server)
	}
	v.mark(x, 0, w, h, Part{Kind: PartRow})
	v.drawHead(g, x, w, server)
	v.drawTime(g, x, w, server)
	v.drawStates(g)
	y := float32(headHeight)
	if len(r.Chips) > 0 {
		v.drawChips(x+bubblePad, y, x+w-bubblePad)
		y += chipsHeight
	}
	if r.Title != "" {
		p.T(x+bubblePad, y-2, w-2*bubblePad, titleHeight-2, r.Title, theme.Strong, p.P.Text, Left)
		y += titleHeight
	}
	y = v.drawLines(g, x+bubblePad, y, w-2*bubblePad)
	y = v.drawFrames(g, x+bubblePad, y, w-2*bubblePad)
	if r.Note != "" {
		v.drawNote(g, x+bubblePad, y, w-2*bubblePad)
	}
	if g.found {
		p.foundMark(x, w, server)
	}
}

// foundMark marks what was searched for: at the corner of its bubble that is nearer to the middle.
func (p *Pen) foundMark(x, w float32, server bool) {
	const d, icon, over = 18, 10, 6 // over the bubble's edge
	cx := x + w - d + over
	if server {
		cx = x - over
	}
	dot := p.Rect(cx, -over, d, d, p.P.AccentFill, d/2)
	dot.StrokeColor, dot.StrokeWidth = p.P.Bg, 2
	p.Icon(cx+(d-icon)/2, (d-icon)/2-over, icon, "search", p.P.OnAccent)
}

// drawHead draws the flags, the numbers and the packet's number.
func (v *rowView) drawHead(g paint, x, w float32, server bool) {
	p, r := v.pen, &v.row
	cx, cy := x+bubblePad, float32(headHeight-chipHeight)/2
	right := x + w - bubblePad
	const my = (headHeight - endMark + 1) / 2
	if server {
		p.EndMark(right-endMark, my, endMark, true)
		right -= endMark + endMarkGap
	} else {
		p.EndMark(cx, my, endMark, false)
		cx += endMark + endMarkGap
	}
	if r.Starred {
		right = v.drawStar(right)
	}
	for _, f := range narrate.FlagTerms {
		if !r.Flags.Has(f.Flag) {
			continue
		}
		fg, bg := FlagStyle(p.P, f.Flag)
		cw := p.Chip(cx, cy, f.Name, fg, bg)
		v.mark(cx, cy, cw, chipHeight, Part{Kind: PartFlag, Flag: f.Flag})
		cx += cw + 6
	}
	no := frameNumber(r.Frame)
	nw := p.Width(no, theme.Mono)
	p.T(right-nw, 0, 0, headHeight, no, theme.Mono, p.P.Text3, Left)
	if room := right - nw - metaGap - (cx + 4); room > 0 {
		meta, face := p.fitting(r.Meta, room)
		if face != theme.Mono {
			room += metaGap - metaLeast
		}
		tw := p.T(cx+4, 0, room, headHeight, meta, face, p.P.Text2, Left)
		v.mark(cx+4, 0, tw, headHeight, Part{Kind: PartMeta})
	}
}

// The gap between the numbers of a bubble and that of its packet, and what is left of it where there is little room.
const (
	metaGap   = 12
	metaLeast = 4
)

// fitting returns the numbers of a bubble as they fit into w: where there is little room closer together, then smaller, then
// without a length of 0. The last of them, the window, would be cut off first.
func (p *Pen) fitting(meta string, w float32) (string, theme.Face) {
	if p.Width(meta, theme.Mono) <= w {
		return meta, theme.Mono
	}
	meta = strings.ReplaceAll(meta, "  ", " ")
	if p.Width(meta, theme.Mono) <= w {
		return meta, theme.Mono
	}
	if p.Width(meta, theme.MonoTiny) > w+metaGap-metaLeast {
		meta = strings.Replace(meta, " len 0 ", " ", 1)
	}
	return meta, theme.MonoTiny
}

// Measures of the star on a packet that the reader marked.
const (
	starSize = 14
	starGap  = 7
)

// drawStar draws the star, ending at right, and returns where what stands before it ends.
func (v *rowView) drawStar(right float32) float32 {
	v.pen.Icon(right-starSize, (headHeight-starSize)/2, starSize, "star", v.pen.P.Warn)
	return right - starSize - starGap
}

// drawTime writes time and delta in the free half of the lane; where there is no room the delta alone, or nothing.
func (v *rowView) drawTime(g paint, x, w float32, server bool) {
	p, r, l := v.pen, &v.row, g.lanes
	const gap, between = 12, 12
	room := l.w - w - gap
	tw, dw := p.Width(r.Time, theme.MonoTiny), p.Width(r.Delta, theme.MonoTiny)
	total := tw + between + dw
	withTime := total <= room && r.Time != ""
	if !withTime {
		total = dw
	}
	if total > room || total == 0 {
		return
	}
	tx := x + w + gap
	if server {
		tx = x - gap - total
	}
	v.mark(tx, 0, total, headHeight, Part{Kind: PartTime})
	if withTime {
		p.T(tx, 0, 0, headHeight, r.Time, theme.MonoTiny, p.P.Text3, Left)
		tx += tw + between
	}
	p.T(tx, 0, 0, headHeight, r.Delta, theme.MonoTiny, p.P.Text3, Left)
}

// drawStates draws the state of both ends: filled where this packet changed it, plain where not, dotted where it is inferred.
func (v *rowView) drawStates(g paint) {
	if !g.lanes.gutter {
		return
	}
	const h = 20
	p, r := v.pen, &v.row
	y := float32(headHeight-h) / 2
	for side, m := range r.States {
		if m.State == tcp.Unknown {
			continue
		}
		fg, bg := stateStyle(p.P, m.State, r.Flags)
		word, f := m.State.String(), theme.ChipFace
		if !m.Changed && !m.Inferred {
			f.Bold = false
		}
		w := p.PillWidth(word, f)
		x := float32(gutterPad)
		if side == int(flow.ServerToClient) {
			x = g.lanes.width - gutterPad - w
		}
		switch {
		case m.Inferred:
			p.Dotted(x, y, w, h, fg)
		case m.Changed:
			p.Rect(x, y, w, h, bg, h/2)
		default:
			fg = p.P.Text3
		}
		p.T(x, y, w, h, word, f, fg, Center)
		v.mark(x, y, w, h, Part{Kind: PartState, Index: side})
	}
}

func (v *rowView) drawChips(x, y, right float32) {
	p := v.pen
	for i, c := range v.row.Chips {
		w := p.PillWidth(c.Text, theme.ChipFace)
		if x+w > right {
			return
		}
		_, fg, bg := SeverityStyle(p.P, c.Severity)
		p.Pill(x, y, chipHeight, c.Text, theme.ChipFace, fg, bg)
		v.mark(x, y, w, chipHeight, Part{Kind: PartChip, Index: i})
		x += w + 6
	}
}

// drawLines draws the payload box and returns the y below it.
func (v *rowView) drawLines(g paint, x, y, w float32) float32 {
	p, r := v.pen, &v.row
	h := linesHeight(len(r.Lines), r.More != 0)
	if h == 0 {
		return y
	}
	p.Rect(x, y, w, h-blockGap, p.P.Payload, theme.RadiusInset)
	ly := y + boxPad
	for _, s := range r.Lines {
		if g.inView(ly, lineHeight) {
			p.T(x+10, ly, w-20, lineHeight, s, theme.Mono, p.P.Text, Left)
		}
		ly += lineHeight
	}
	if r.More != 0 {
		text := g.words.ShowMore(r.More)
		if len(r.Lines) == 0 {
			text = g.words.ShowLines(r.More)
		}
		tw := p.T(x+10, ly, w-20, moreHeight, text, theme.SmallStrong, p.P.Accent, Left)
		v.mark(x+10, ly, tw, moreHeight, Part{Kind: PartMore})
	}
	return y + h
}

// frameColumns are the widths of the columns of the WebSocket frame table; the last one takes the rest.
var frameColumns = [...]float32{36, 96, 48, 68, 0}

// frameOpcode and framePayload are columns of the frame table that matter most.
const (
	frameOpcode  = 1
	framePayload = len(frameColumns) - 1
	frameGap     = 8 // between columns
)

// frameWidths are the widths of the columns for the frames of a row: an opcode is shown whole.
func (v *rowView) frameWidths() [len(frameColumns)]float32 {
	widths := frameColumns
	for _, f := range v.row.Frames {
		widths[frameOpcode] = max(widths[frameOpcode], ceil(v.pen.Width(f.Opcode, theme.Mono))+frameGap)
	}
	return widths
}

// drawFrames draws the table of WebSocket frames and returns the y below it.
func (v *rowView) drawFrames(g paint, x, y, w float32) float32 {
	p, r := v.pen, &v.row
	if len(r.Frames) == 0 {
		return y
	}
	h := frameHead + float32(len(r.Frames))*frameRow + boxPad
	p.Rect(x, y, w, h, p.P.Payload, theme.RadiusInset)
	cx := x + 10
	widths := v.frameWidths()
	for j, name := range g.words.FrameColumns {
		p.T(cx, y+2, 0, frameHead-2, name, theme.ChipFace, p.P.Text3, Left)
		cx += widths[j]
	}
	p.HLine(x+1, y+frameHead, w-2, p.P.Line)
	for i, f := range r.Frames {
		ry := y + frameHead + 2 + float32(i)*frameRow
		if !g.inView(ry, frameRow) {
			continue
		}
		cx = x + 10
		for j, s := range [...]string{f.Fin, f.Opcode, f.Mask, f.Length, f.Payload} {
			cw := widths[j] - frameGap
			if j == framePayload {
				cw = x + w - 10 - cx
			}
			c := p.P.Text2
			if j == frameOpcode || j == framePayload {
				c = p.P.Text
			}
			p.T(cx, ry, cw, frameRow, s, theme.Mono, c, Left)
			cx += widths[j]
		}
		v.mark(x, ry, w, frameRow, Part{Kind: PartFrame, Index: i})
	}
	return y + h + blockGap
}

// drawNote draws the sentence in plain words, wrapped as its height was counted.
func (v *rowView) drawNote(g paint, x, y, w float32) {
	p, r := v.pen, &v.row
	alarm := r.NoteSeverity != timeline.Info
	h := g.lanes.noteHeight(r.Note, alarm)
	left, ty, color := float32(0), y, p.P.Text2
	if alarm {
		icon, fg, bg := SeverityStyle(p.P, r.NoteSeverity)
		p.Rect(x, y, w, h, bg, theme.RadiusInset)
		p.Icon(x+notePad, y+7, 14, icon, fg)
		left, ty, color = noteTextLeft, y+(noteHeight-lineHeight)/2, fg
	}
	wrapLines(r.Note, g.lanes.noteWidth(alarm), noteWidth, func(s string) {
		p.T(x+left, ty, w-left, lineHeight, s, theme.Small, color, Left)
		ty += lineHeight
	})
	v.mark(x, y, w, h, Part{Kind: PartNote})
}
