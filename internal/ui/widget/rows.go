package widget

import (
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// drawOther draws the rows between bubbles; h includes the gap below.
func (v *rowView) drawOther(g paint, h float32) {
	switch v.row.Kind {
	case timeline.Divider:
		v.drawDivider(g)
	case timeline.Silence:
		v.drawSilence(g)
	case timeline.Dropped:
		v.drawDropped(g)
	case timeline.Fold:
		v.drawFold(g)
	case timeline.Closing:
		v.drawClosing(g, h-rowGap)
	case timeline.Failure:
		v.drawFailure(g, h-rowGap)
	}
}

func (v *rowView) drawDivider(g paint) {
	const h = 22
	p, l := v.pen, g.lanes
	w := min(p.Width(v.row.Text, theme.TinyStrong)+28, l.w)
	side := (l.w - w) / 2
	p.HLine(l.x, h/2, side, p.P.Edge)
	p.HLine(l.x+l.w-side, h/2, side, p.P.Edge)
	p.T(l.x+side, 0, w, h, v.row.Text, theme.TinyStrong, p.P.Text2, Center)
}

// drawSilence draws how long nobody sent anything, and who waited, between dashed rules.
func (v *rowView) drawSilence(g paint) {
	p, l, r := v.pen, g.lanes, &v.row
	const left, between, right, rule = 32, 8, 14, 10
	tw := p.Width(r.Text, theme.SmallStrong)
	dw := p.Width(r.Detail, theme.Small)
	w := left + tw + right
	if r.Detail != "" {
		w += between + dw
	}
	w = min(ceil(w), l.w)
	x := l.x + round((l.w-w)/2)
	p.DashH(l.x, pillHeight/2-1, x-l.x-rule, p.P.Control)
	p.DashH(x+w+rule, pillHeight/2-1, l.x+l.w-x-w-rule, p.P.Control)
	p.Rect(x, 0, w, pillHeight, p.P.Card, pillHeight/2)
	p.Icon(x+11, 6, 14, "clock", p.P.Text2)
	p.T(x+left, 0, tw+1, pillHeight, r.Text, theme.SmallStrong, p.P.Text, Left)
	if room := x + w - right - (x + left + tw + between); r.Detail != "" && room > 0 {
		p.T(x+left+tw+between, 0, room+1, pillHeight, r.Detail, theme.Small, p.P.Text2, Left)
	}
	v.mark(x, 0, w, pillHeight, Part{Kind: PartRow})
}

// drawDropped draws that the capture itself lost packets here.
func (v *rowView) drawDropped(g paint) {
	const left, between, right = 34, 10, 12
	p, l, r := v.pen, g.lanes, &v.row
	sign, fg, bg := SeverityStyle(p.P, r.RowSeverity)
	p.Rect(l.x, 0, l.w, pillHeight, bg, theme.RadiusField)
	p.Icon(l.x+11, 6, 14, sign, fg)
	x := l.x + left
	x += p.T(x, 0, l.w-left-right, pillHeight, r.Text, theme.SmallStrong, fg, Left) + between
	if room := l.x + l.w - right - x; room > 0 {
		p.T(x, 0, room, pillHeight, r.Detail, theme.Small, p.P.Text, Left)
	}
	v.mark(l.x, 0, l.w, pillHeight, Part{Kind: PartRow})
}

func (v *rowView) drawFold(g paint) {
	p, l, r := v.pen, g.lanes, &v.row
	fill := p.P.Card
	box := p.Panel(l.x, 0, l.w, pillHeight, fill, p.P.Line, theme.RadiusField)
	if g.selected {
		box.StrokeColor, box.StrokeWidth = p.P.Accent, 2
	}
	icon, word := "right", g.words.Unfold
	if r.Open {
		icon, word = "down", g.words.Fold
	}
	p.Icon(l.x+10, 7, 12, icon, p.P.Text2)
	ww := p.Width(word, theme.TinyStrong)
	p.T(l.x+l.w-12-ww, 0, 0, pillHeight, word, theme.TinyStrong, p.P.Accent, Left)
	right := l.x + l.w - 12 - ww - 16
	x := l.x + 30
	x += p.T(x, 0, right-x, pillHeight, r.Text, theme.SmallStrong, p.P.Text, Left) + 10
	if x < right {
		p.T(x, 0, right-x, pillHeight, r.Detail, theme.Small, p.P.Text2, Left)
	}
	v.mark(l.x, 0, l.w, pillHeight, Part{Kind: PartToggle})
}

// drawClosing draws the card that says how the connection ended.
func (v *rowView) drawClosing(g paint, h float32) {
	p, l, r := v.pen, g.lanes, &v.row
	const top, left, icon = 10, closingLeft, 18
	sign, fg, _ := SeverityStyle(p.P, r.RowSeverity)
	rows := l.factRows(len(r.Facts))
	used := v.flowFacts(l.closingWidth(), rows, nil) + 1
	h -= float32(rows-used) * closingFact // the facts may be shorter than the room that was counted for them
	p.Panel(l.x, 0, l.w, h, p.P.Card, p.P.Edge, theme.RadiusCard)
	p.Rect(l.x+8, 10, 3, h-20, fg, 1.5)
	p.Icon(l.x+20, top+2, icon, sign, fg)
	p.T(l.x+left, top, l.closingWidth(), 22, r.Text, theme.Strong, p.P.Text, Left)
	y := float32(top + 24)
	wrapLines(r.Detail, l.closingWidth(), noteWidth, func(s string) {
		p.T(l.x+left, y, l.closingWidth(), lineHeight, s, theme.Small, p.P.Text2, Left)
		y += lineHeight
	})
	v.flowFacts(l.closingWidth(), rows, func(f timeline.Fact, x, room float32, row int) {
		at, top := l.x+left+x, y+2+float32(row)*closingFact
		nw := p.T(at, top, room, closingFact, f.Name, theme.Tiny, p.P.Text3, Left) + factInner
		if room -= nw; room > factGap {
			p.T(at+nw, top, room, closingFact, f.Value, theme.TinyStrong, p.P.Text, Left)
		}
	})
	v.mark(l.x, 0, l.w, h, Part{Kind: PartRow})
}

// Room between two facts of a closing card, and between the name of a fact and its value, in pixels.
const (
	factGap   = 20
	factInner = 6
)

// flowFacts lets the facts of a closing card flow over at most some rows, w wide; draw, if it is not nil, is told where each stands and
// how much room it has. It returns the last row that has a fact.
func (v *rowView) flowFacts(w float32, rows int, draw func(f timeline.Fact, x, room float32, row int)) (row int) {
	x := float32(0)
	for _, f := range v.row.Facts {
		fw := v.pen.Width(f.Name, theme.Tiny) + factInner + v.pen.Width(f.Value, theme.TinyStrong)
		if x > 0 && x+fw > w && row < rows-1 {
			x, row = 0, row+1
		}
		if w-x < factGap {
			break
		}
		if draw != nil {
			draw(f, x, w-x, row)
		}
		x += fw + factGap
	}
	return row
}

// drawFailure draws where the file is damaged: what happened, what stays usable, and the facts to copy.
func (v *rowView) drawFailure(g paint, h float32) {
	p, r := v.pen, &v.row
	const left, icon = 52, 20
	x, w := float32(gutterPad), g.lanes.width-2*gutterPad
	p.Torn(x, 0, w, p.P.FailEdge)
	top := float32(tornHeight + failGap)
	_, fg, bg := SeverityStyle(p.P, r.RowSeverity)
	edge := p.P.Edge
	if r.RowSeverity == timeline.Fail {
		edge = p.P.FailEdge
	}
	p.Panel(x, top, w, h-top, bg, edge, theme.RadiusBubble)
	sign, _, _ := SeverityStyle(p.P, r.RowSeverity)
	p.Icon(x+20, top+16, icon, sign, fg)
	p.T(x+left, top+14, w-left-20, 24, r.Text, theme.Title, p.P.Text, Left)
	y := top + failHead - 6
	for _, s := range r.Sentences {
		p.T(x+left, y, w-left-20, failLine, s, theme.Body, p.P.Text2, Left)
		y += failLine
	}
	if len(r.Facts) > 0 {
		y += blockGap
		bh := float32(len(r.Facts)*failFact + 2*boxPad)
		p.Rect(x+left, y, w-left-20, bh, p.P.Payload, theme.RadiusInset)
		for i, f := range r.Facts {
			fy := y + boxPad + float32(i)*failFact
			nw := p.T(x+left+10, fy, w-left-40, failFact, f.Name, theme.Mono, p.P.Text3, Left)
			if room := w - left - 40 - nw - 12; room > 0 {
				p.T(x+left+10+nw+12, fy, room, failFact, f.Value, theme.Mono, p.P.Text, Left)
			}
		}
	}
	v.mark(x, top, w, h-top, Part{Kind: PartRow})
}

// drawCovered hides a row while a question about it is open.
func (v *rowView) drawCovered(g paint, h float32) {
	p, l := v.pen, g.lanes
	h -= rowGap
	if v.row.Kind != timeline.Bubble || h <= 0 {
		return
	}
	const icon = 14
	p.Panel(l.x, 0, l.w, h, p.P.Card, p.P.Line, theme.RadiusBubble)
	if !g.firstCovered {
		p.Icon(l.x+(l.w-icon)/2, (h-icon)/2, icon, "lock", p.P.Text3)
		return
	}
	tw := p.Width(g.words.Covered, theme.Small)
	x := l.x + round((l.w-tw-icon-theme.IconGap)/2)
	p.Icon(x, (h-icon)/2, icon, "lock", p.P.Text3)
	p.T(x+icon+theme.IconGap, 0, 0, h, g.words.Covered, theme.Small, p.P.Text2, Left)
}
