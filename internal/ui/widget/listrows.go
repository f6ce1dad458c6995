package widget

import (
	"tcptalk/internal/ui/theme"
)

// Connection is what a row of the list of conversations says.
type Connection struct {
	Host, Duration string // first line
	Facts          string // second line: protocol, packets, bytes
	Badges         []Badge
	Peer           string // the client's address or port, beside the badges
}

// ConnectionHeight is the height of a row drawn by DrawConnection, in pixels.
const ConnectionHeight = 70

// DrawConnection draws a row of the list of conversations.
func DrawConnection(p *Pen, c Connection, w float32, _ RowState) {
	const left, right = 20, 16
	dw := p.Width(c.Duration, theme.Tiny)
	p.T(w-right-dw, 6, 0, 20, c.Duration, theme.Tiny, p.P.Text3, Left)
	p.T(left, 6, w-left-right-dw-8, 20, c.Host, theme.Strong, p.P.Text, Left)
	p.T(left, 25, w-left-right, 16, c.Facts, theme.Tiny, p.P.Text2, Left)
	pw := p.Width(c.Peer, theme.MonoTiny)
	end := p.Badges(left, 44, w-right, c.Badges)
	if len(c.Badges) == 0 {
		end = left - 8
	}
	if end+8+pw <= w-right {
		p.T(w-right-pw, 44, 0, badgeHeight, c.Peer, theme.MonoTiny, p.P.Text3, Left)
	}
}
