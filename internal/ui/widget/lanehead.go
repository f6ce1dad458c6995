package widget

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/ui/theme"
)

// LaneHead names both ends above the columns of a timeline.
type LaneHead struct {
	surface
	client, server, legend string
}

const laneHeadHeight = 30

// NewLaneHead returns a head with the titles of both state columns and a legend between them, which goes first where it is
// narrow.
func NewLaneHead(client, server, legend string) *LaneHead {
	l := &LaneHead{client: client, server: server, legend: legend}
	l.setup(l, l.paint, func() fyne.Size { return fyne.NewSize(240, laneHeadHeight) })
	return l
}

// SetWords changes the words.
func (l *LaneHead) SetWords(client, server, legend string) {
	l.client, l.server, l.legend = client, server, legend
	l.redraw()
}

func (l *LaneHead) paint(p *Pen, w, h float32) {
	const mark, gap = 7, 6
	right := w - theme.ScrollbarSlot - gutterPad
	p.EndMark(gutterPad, (h-mark)/2, mark, false)
	cw := p.T(gutterPad+mark+gap, 0, 0, h, l.client, theme.TinyStrong, p.P.Client, Left)
	sw := p.Width(l.server, theme.TinyStrong)
	p.T(right-sw, 0, 0, h, l.server, theme.TinyStrong, p.P.Server, Left)
	p.EndMark(right-sw-gap-mark, (h-mark)/2, mark, true)
	if lw := p.Width(l.legend, theme.Tiny); lw < right-sw-cw-4*gutterPad-2*mark {
		p.T(gutterPad, 0, right-gutterPad, h, l.legend, theme.Tiny, p.P.Text3, Center)
	}
	p.HLine(0, h-1, w, p.P.Line)
}
