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
	Inside         bool   // below the row of its group
}

// ConnectionHeight is the height of a row drawn by DrawConnection, in pixels.
const ConnectionHeight = 70

// DrawConnection draws a row of the list of conversations.
func DrawConnection(p *Pen, c Connection, w float32, _ RowState) {
	const right = 16
	left := float32(20)
	if c.Inside {
		left += groupIndent
	}
	dw := p.Width(c.Duration, theme.Tiny)
	p.T(w-right-dw, 6, 0, 20, c.Duration, theme.Tiny, p.P.Text3, Left)
	p.T(left, 6, w-left-right-dw-8, 20, c.Host, theme.Strong, p.P.Text, Left)
	p.T(left, 25, w-left-right, 16, c.Facts, theme.Tiny, p.P.Text2, Left)
	pw := p.Width(c.Peer, theme.MonoTiny)
	end := p.Badges(left, 44, w-right, c.Badges)
	if len(c.Badges) == 0 {
		end = left - 8
		pw = min(pw, w-left-right)
	}
	if end+8+pw <= w-right {
		p.T(w-right-pw, 44, pw+1, badgeHeight, c.Peer, theme.MonoTiny, p.P.Text3, Left)
	}
}

// Group is what the row of a group of conversations says.
type Group struct {
	Host, Count, Facts string
	Badges             []Badge
	Closed             bool
}

// groupIndent is how far the conversations of a group stand in.
const groupIndent = 14

// DrawGroup draws the row of a group, as high as that of a conversation.
func DrawGroup(p *Pen, g Group, w float32) {
	const left, right, icon = 32, 16, 14
	name := "down"
	if g.Closed {
		name = "right"
	}
	p.Icon(12, 9, icon, name, p.P.Text2)
	p.T(left, 6, w-left-right, 20, g.Host, theme.Strong, p.P.Text, Left)
	p.T(left, 25, w-left-right, 16, g.Count+" · "+g.Facts, theme.Tiny, p.P.Text2, Left)
	p.Badges(left, 44, w-right, g.Badges)
	p.HLine(12, ConnectionHeight-3, w-24, p.P.Line)
}
