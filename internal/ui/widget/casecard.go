package widget

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"tcptalk/internal/ui/theme"
)

// CaseInfo is what a card says about a case.
type CaseInfo struct {
	Title, Line string
	// Level is 1 to 3 dots; LevelText says it in words, with the minutes.
	Level     int
	LevelText string
	// Badge is the state of the reader's work: quiz score, step reached; empty if not begun.
	Badge Badge
	// BadgeIcon is the badge's icon, "check" or "play".
	BadgeIcon string
	Arrows    []LadderArrow
}

// CaseCard shows a case with a thumbnail of its ladder.
type CaseCard struct {
	control
	OnTapped func()
	// OnFocus is called when the keyboard comes here: a page that scrolls brings the card into view.
	OnFocus func()
	info    CaseInfo
}

var (
	_ fyne.Tappable  = (*CaseCard)(nil)
	_ fyne.Focusable = (*CaseCard)(nil)
)

// Measures of a card.
const (
	CaseCardWidth  = 220 // at least
	CaseCardHeight = 188
	thumbHeight    = 66
)

// NewCaseCard returns a card.
func NewCaseCard(info CaseInfo, tapped func()) *CaseCard {
	c := &CaseCard{info: info, OnTapped: tapped}
	c.setup(c, c.paint, func() fyne.Size { return fyne.NewSize(CaseCardWidth, CaseCardHeight) })
	c.pen.oneSheet() // Home has a card for every case
	return c
}

func (c *CaseCard) paint(p *Pen, w, h float32) {
	const inset, titleLine, textLine, lines = 8, 19, 17, 4
	fill, edge := p.P.Card, p.P.Edge
	if c.hovered {
		fill, edge = p.P.Hover, p.P.Control
	}
	p.Panel(0, 0, w, h, fill, edge, theme.RadiusCard)
	p.Ladder(inset, inset, w-2*inset, thumbHeight, c.info.Arrows)
	y := float32(thumbHeight + 2*inset)
	title := p.cache.Balance(c.info.Title, w-2*theme.CardPad, theme.Strong, 2)
	for _, s := range title {
		p.T(theme.CardPad, y, w-2*theme.CardPad, titleLine, s, theme.Strong, p.P.Text, Left)
		y += titleLine
	}
	for _, s := range p.cache.Balance(c.info.Line, w-2*theme.CardPad, theme.Small, lines-len(title)) {
		p.T(theme.CardPad, y+1, w-2*theme.CardPad, textLine, s, theme.Small, p.P.Text2, Left)
		y += textLine
	}
	c.paintFoot(p, w, h)
	c.ring(p, 0, 0, w, h, theme.RadiusCard)
}

func (c *CaseCard) paintFoot(p *Pen, w, h float32) {
	const foot = 29
	y := h - foot
	x := p.Level(theme.CardPad, y+6, c.info.Level)
	right := w - 12
	if c.info.Badge.Text != "" {
		right -= p.caseBadge(right, y-1, c.info.Badge, c.info.BadgeIcon) + 6
	}
	p.T(x+4, y, right-x-4, 18, c.info.LevelText, theme.Tiny, p.P.Text3, Left)
}

// caseBadge draws a badge with an icon of its own, ending at right, and returns its width.
func (p *Pen) caseBadge(right, y float32, b Badge, icon string) float32 {
	_, fg, bg := SeverityStyle(p.P, b.Severity)
	b.Icon = true
	w := p.BadgeWidth(b)
	p.Rect(right-w, y, w, badgeHeight, bg, badgeHeight/2)
	p.Icon(right-w+8, y+4, 12, icon, fg)
	p.T(right-w+24, y, 0, badgeHeight, b.Text, theme.TinyStrong, fg, Left)
	return w
}

// Level draws a level of three as dots, seven pixels each, as one object, and returns the x after them.
func (p *Pen) Level(x, y float32, level int) float32 {
	const d, pitch, levels = 7, 10, 3
	p.SVG(x, y, (levels-1)*pitch+d, d, fmt.Sprint("level", level), p.P.Text2, func() string {
		var out strings.Builder
		fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d">`, (levels-1)*pitch+d, d)
		for i := range levels {
			look := fmt.Sprintf(`r="3" fill="none" stroke="%s"`, svgColor(p.P.Control))
			if i < level {
				look = fmt.Sprintf(`r="3.5" fill="%s"`, svgColor(p.P.Text2))
			}
			fmt.Fprintf(&out, `<circle cx="%.1f" cy="3.5" %s/>`, float32(i*pitch)+d/2., look)
		}
		out.WriteString("</svg>")
		return out.String()
	})
	return x + levels*pitch
}

// FocusGained is Fyne's.
func (c *CaseCard) FocusGained() {
	c.control.FocusGained()
	if c.OnFocus != nil {
		c.OnFocus()
	}
}

// Tapped opens the case.
func (c *CaseCard) Tapped(*fyne.PointEvent) { c.open() }

func (c *CaseCard) open() {
	if c.OnTapped != nil {
		c.OnTapped()
	}
}

// TypedKey opens the case with Enter and Space.
func (c *CaseCard) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		c.open()
	default:
		passKey(c, e)
	}
}
