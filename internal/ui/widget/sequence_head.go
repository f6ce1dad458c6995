package widget

import (
	"image/color"

	"tcptalk/internal/flow"
	"tcptalk/internal/ui/theme"
)

// drawLifelines draws the two ends' lines from y down to h.
func drawLifelines(p *Pen, l *seqLanes, y, h float32) {
	p.Rect(l.left-1, y, 2, h-y, p.P.ClientEdge, 0)
	p.Rect(l.right-1, y, 2, h-y, p.P.ServerEdge, 0)
}

// drawSequenceHead draws who stands at the lifelines, and what the bars in the notes mean, in a head that high.
func drawSequenceHead(p *Pen, l *seqLanes, w *SequenceWords, head float32) {
	low := head < seqHead
	width, y, h := min(seqBox, l.right-l.left-16), float32(6), head-14
	if low {
		width, y, h = min(width+50, l.right-l.left-16), 3, head-6
	}
	width = min(width, (l.width-16)/2)
	for side, x := range [...]float32{l.left, l.right} {
		server := side == int(flow.ServerToClient)
		fill, edge, ink, name, addr := p.P.ClientFill, p.P.ClientEdge, p.P.Client, w.Client, w.ClientAddr
		if server {
			fill, edge, ink, name, addr = p.P.ServerFill, p.P.ServerEdge, p.P.Server, w.Server, w.ServerAddr
		}
		x = min(max(x-width/2, 4), l.width-width-4)
		p.Panel(x, y, width, h, fill, edge, theme.RadiusField)
		nw := p.Width(name, theme.TinyStrong)
		if low {
			p.EndMark(x+10, y+(h-7)/2, 7, server)
			p.T(x+22, y, nw+1, h, name, theme.TinyStrong, ink, Left)
			p.T(x+nw+30, y, width-nw-36, h, addr, theme.MonoTiny, p.P.Text2, Left)
			continue
		}
		p.EndMark(x+(width-nw)/2-12, y+9, 7, server)
		p.T(x, y+3, width, 18, name, theme.TinyStrong, ink, Center)
		p.T(x+6, y+20, width-12, 18, addr, theme.MonoTiny, p.P.Text2, Center)
	}
	x := l.right + width/2 + 14
	if low || l.noteW == 0 || x+120 > l.width {
		return
	}
	p.T(x, y+2, l.width-x-4, 18, w.Holds, theme.Tiny, p.P.Text3, Left)
	for _, e := range []struct {
		text string
		ink  color.Color
	}{{w.InOrder, p.P.Client}, {w.Hole, p.P.Fail}, {w.SACK, p.P.OK}} {
		need := 14 + p.Width(e.text, theme.Tiny)
		if x+need > l.width-4 {
			return
		}
		p.Rect(x, y+26, 10, 6, e.ink, 1)
		p.T(x+14, y+20, 0, 18, e.text, theme.Tiny, p.P.Text2, Left)
		x += need + 10
	}
}
