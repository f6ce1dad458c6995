package widget

import (
	"image/color"

	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// spot is the place of a state in the diagram: a column of three and a row of five.
type spot struct{ column, row int }

// spots are those of the states, the opening at the top, the active close at the left, the passive one at the right.
var spots = map[tcp.State]spot{
	tcp.Closed: {1, 0},
	tcp.Listen: {0, 1}, tcp.SynSent: {2, 1},
	tcp.SynReceived: {0, 2}, tcp.Established: {2, 2},
	tcp.FinWait1: {0, 3}, tcp.Closing: {1, 3}, tcp.CloseWait: {2, 3},
	tcp.FinWait2: {0, 4}, tcp.TimeWait: {1, 4}, tcp.LastAck: {2, 4},
}

// transitions are the lines of RFC 9293 figure 5 between neighbours. Those back to CLOSED would cross everything: that state is
// lit by itself.
var transitions = [...][2]tcp.State{
	{tcp.Closed, tcp.Listen},
	{tcp.Closed, tcp.SynSent},
	{tcp.Listen, tcp.SynReceived},
	{tcp.Listen, tcp.SynSent},
	{tcp.SynSent, tcp.SynReceived},
	{tcp.SynSent, tcp.Established},
	{tcp.SynReceived, tcp.Established},
	{tcp.SynReceived, tcp.FinWait1},
	{tcp.Established, tcp.FinWait1},
	{tcp.Established, tcp.CloseWait},
	{tcp.FinWait1, tcp.FinWait2},
	{tcp.FinWait1, tcp.Closing},
	{tcp.FinWait1, tcp.TimeWait},
	{tcp.FinWait2, tcp.TimeWait},
	{tcp.Closing, tcp.TimeWait},
	{tcp.CloseWait, tcp.LastAck},
}

const (
	stateColumns, stateRows = 3, 5
	statePill               = 20
)

// StateDiagram draws the states of one end in a box: where it is, where it was, and the way it came.
func (p *Pen) StateDiagram(x, y, w, h float32, path *timeline.EndPath, server bool) {
	hue, edge := p.P.Client, p.P.ClientEdge
	if server {
		hue, edge = p.P.Server, p.P.ServerEdge
	}
	pitch, row := w/stateColumns, h/stateRows
	center := func(s tcp.State) (cx, cy float32) {
		at := spots[s]
		return x + (float32(at.column)+0.5)*pitch, y + (float32(at.row)+0.5)*row
	}
	now := path.Now.State()
	for _, t := range transitions {
		x0, y0 := center(t[0])
		x1, y1 := center(t[1])
		switch {
		case t == [2]tcp.State{path.Before, now}:
			p.Line(x0, y0, x1, y1, hue, 3)
		case path.Was(t[0]) && path.Was(t[1]):
			p.Line(x0, y0, x1, y1, edge, 2.5)
		default:
			p.Line(x0, y0, x1, y1, p.P.Control, 1)
		}
	}
	for s := range tcp.State(tcp.NumStates) {
		if _, drawn := spots[s]; !drawn {
			continue
		}
		cx, cy := center(s)
		p.statePill(cx, cy, min(p.PillWidth(s.String(), theme.ChipFace), pitch-2), s, path, hue, edge)
	}
}

// statePill draws one state around a point.
func (p *Pen) statePill(cx, cy, w float32, s tcp.State, path *timeline.EndPath, hue, edge color.Color) {
	x, y := round(cx-w/2), round(cy-statePill/2)
	fill, border, text := p.P.Card, p.P.Control, p.P.Text3
	switch {
	case s == path.Now.State() && path.Now.Inferred():
		p.Rect(x, y, w, statePill, p.P.Card, statePill/2)
		p.Dotted(x, y, w, statePill, hue)
		p.T(x, y, w, statePill, s.String(), theme.ChipFace, hue, Center)
		return
	case s == path.Now.State():
		fill, border, text = hue, hue, p.P.Card
	case path.Was(s):
		border, text = edge, p.P.Text
	}
	p.Panel(x, y, w, statePill, fill, border, statePill/2)
	p.T(x, y, w, statePill, s.String(), theme.ChipFace, text, Center)
}
