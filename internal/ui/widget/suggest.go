package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/ui/theme"
)

// Suggestion is something that may be typed. Icon may be "".
type Suggestion struct{ Icon, Text, Help string }

// Fault is what is wrong with a text: what stands before the place, at it and behind it, and a sentence.
type Fault struct{ Before, At, After, Says string }

// Suggest is the panel below a search box: what is wrong with the text, what may be typed, and what else can be done. It never has the
// keyboard, which stays in the box: the box's owner moves the selection.
type Suggest struct {
	surface
	// OnPick is told the suggestion that was clicked, OnLink the link.
	OnPick func(i int)
	OnLink func(i int)

	items    []Suggestion
	fault    *Fault
	links    []string
	selected int // -1 for none
	first    int // in view
	hovered  bool
	hover    suggestPart
	parts    []suggestPart
}

// suggestPart is a place that can be clicked: a suggestion or a link.
type suggestPart struct {
	x, y, w, h float32
	index      int
	link       bool
}

var (
	_ fyne.Tappable     = (*Suggest)(nil)
	_ fyne.Scrollable   = (*Suggest)(nil)
	_ desktop.Hoverable = (*Suggest)(nil)
)

// Measures of the panel, in pixels.
const (
	suggestRow   = 28
	suggestRows  = 8 // in view at a time
	suggestPad   = 6
	suggestFoot  = 34
	suggestText  = 12 // from the edge
	faultExcerpt = 24
	faultLines   = 3
)

// NewSuggest returns an empty panel, hidden.
func NewSuggest() *Suggest {
	s := &Suggest{selected: -1, hover: suggestPart{index: -1}}
	s.setup(s, s.paint, func() fyne.Size { return fyne.NewSize(200, suggestRow) })
	s.Hide()
	return s
}

// Set replaces what is shown. The selection is none.
func (s *Suggest) Set(items []Suggestion, fault *Fault, links []string) {
	s.items, s.fault, s.links = items, fault, links
	s.selected, s.first, s.hover = -1, 0, suggestPart{index: -1}
	s.redraw()
}

// Len returns the number of suggestions.
func (s *Suggest) Len() int { return len(s.items) }

// Item returns the text of suggestion i, "" if there is none.
func (s *Suggest) Item(i int) string {
	if i < 0 || i >= len(s.items) {
		return ""
	}
	return s.items[i].Text
}

// Selected returns the suggestion that is selected, -1 for none.
func (s *Suggest) Selected() int { return s.selected }

// Step selects the suggestion n further on, around the ends.
func (s *Suggest) Step(n int) {
	if len(s.items) == 0 {
		return
	}
	switch {
	case s.selected < 0 && n < 0:
		s.selected = len(s.items) - 1
	case s.selected < 0:
		s.selected = 0
	default:
		s.selected = (s.selected + n + len(s.items)) % len(s.items)
	}
	s.first = min(max(s.first, s.selected-suggestRows+1), s.selected)
	s.redraw()
}

// Hovered reports that the pointer is on the panel.
func (s *Suggest) Hovered() bool { return s.hovered && s.Visible() }

// HeightFor returns the height that the panel takes in a width.
func (s *Suggest) HeightFor(w float32) float32 {
	h := float32(2 * suggestPad)
	if s.fault != nil {
		h += faultExcerpt + float32(len(s.says(w)))*lineHeight + suggestPad
	}
	h += float32(min(len(s.items), suggestRows)) * suggestRow
	if len(s.links) > 0 {
		h += suggestFoot - suggestPad
	}
	return h
}

func (s *Suggest) says(w float32) []string {
	return s.pen.Wrap(s.fault.Says, w-2*suggestText-22, theme.Small, faultLines)
}

func (s *Suggest) paint(p *Pen, w, h float32) {
	s.parts = s.parts[:0]
	box := p.Panel(0, 0, w, h, p.P.Raised, p.P.Control, theme.RadiusCard)
	box.Shadow = canvas.Shadow{Color: p.P.Shadow, BlurRadius: 24, Offset: fyne.NewPos(0, 8)}
	y := float32(suggestPad)
	if s.fault != nil {
		y = s.paintFault(p, y, w)
	}
	last := min(s.first+suggestRows, len(s.items))
	for i := s.first; i < last; i++ {
		s.paintItem(p, i, y, w)
		y += suggestRow
	}
	if len(s.items) > suggestRows {
		bar := float32(suggestRows*suggestRow) * suggestRows / float32(len(s.items))
		top := y - suggestRows*suggestRow + float32(s.first)*suggestRow*suggestRows/float32(len(s.items))
		p.Rect(w-thumbWidth-3, top, thumbWidth, bar, p.P.Control, thumbWidth/2)
	}
	if len(s.links) > 0 {
		s.paintLinks(p, y, w)
	}
}

// paintFault writes the text around the fault with the place underlined, and the sentence below it.
func (s *Suggest) paintFault(p *Pen, y, w float32) float32 {
	const least = 7 // where a character is missing
	right := w - suggestText
	x := float32(suggestText)
	x += p.T(x, y, right-x, faultExcerpt-4, s.fault.Before, theme.Mono, p.P.Text2, Left)
	at := min(max(p.Width(s.fault.At, theme.Mono), least), max(right-x, least))
	p.T(x, y, max(right-x, 1), faultExcerpt-4, s.fault.At, theme.Mono, p.P.Fail, Left)
	p.Rect(x, y+faultExcerpt-5, at, 2, p.P.Fail, 1)
	if x += at; x < right {
		p.T(x, y, right-x, faultExcerpt-4, s.fault.After, theme.Mono, p.P.Text2, Left)
	}
	y += faultExcerpt
	p.Icon(suggestText, y+2, 14, "fail", p.P.Fail)
	for _, line := range s.says(w) {
		p.T(suggestText+22, y, w-2*suggestText-22, lineHeight, line, theme.Small, p.P.Text, Left)
		y += lineHeight
	}
	return y + suggestPad
}

func (s *Suggest) paintItem(p *Pen, i int, y, w float32) {
	it := &s.items[i]
	part := suggestPart{suggestPad, y, w - 2*suggestPad - theme.ScrollbarSlot/2, suggestRow, i, false}
	s.parts = append(s.parts, part)
	switch {
	case i == s.selected:
		p.Rect(part.x, y, part.w, suggestRow, p.P.Selected, theme.RadiusInset)
	case !s.hover.link && i == s.hover.index:
		p.Rect(part.x, y, part.w, suggestRow, p.P.Hover, theme.RadiusInset)
	}
	x, right := float32(suggestText), part.x+part.w-suggestPad
	if it.Icon != "" {
		p.Icon(x, y+8, 12, it.Icon, p.P.Text3)
		x += 20
	}
	room := right - x
	if it.Help != "" {
		room *= 0.62
	}
	x += p.T(x, y, room, suggestRow, it.Text, theme.Mono, p.P.Text, Left) + 14
	if right-x > 40 {
		p.T(x, y, right-x, suggestRow, it.Help, theme.Small, p.P.Text2, Right)
	}
}

func (s *Suggest) paintLinks(p *Pen, y, w float32) {
	const h = suggestFoot - 8
	if len(s.items) > 0 || s.fault != nil {
		p.HLine(suggestPad, y+1, w-2*suggestPad, p.P.Line)
	}
	x := float32(suggestPad)
	for i, text := range s.links {
		tw := ceil(p.Width(text, theme.Small)) + 12
		if x+tw > w-suggestPad {
			return
		}
		part := suggestPart{x, y + 5, tw, h, i, true}
		if s.hover.link && s.hover.index == i {
			p.Rect(part.x, part.y, tw, h, p.P.Hover, theme.RadiusInset)
		}
		p.T(x+6, part.y, tw-6, h, text, theme.Small, p.P.Accent, Left)
		s.parts = append(s.parts, part)
		x += tw + 4
	}
}

func (s *Suggest) at(pos fyne.Position) suggestPart {
	for _, r := range s.parts {
		if pos.X >= r.x && pos.X < r.x+r.w && pos.Y >= r.y && pos.Y < r.y+r.h {
			return r
		}
	}
	return suggestPart{index: -1}
}

// Tapped takes a suggestion or a link.
func (s *Suggest) Tapped(e *fyne.PointEvent) {
	switch r := s.at(e.Position); {
	case r.index < 0:
	case r.link && s.OnLink != nil:
		s.OnLink(r.index)
	case !r.link && s.OnPick != nil:
		s.OnPick(r.index)
	}
}

// Scrolled scrolls the suggestions.
func (s *Suggest) Scrolled(e *fyne.ScrollEvent) {
	step := 1
	if e.Scrolled.DY > 0 {
		step = -1
	}
	s.first = min(max(s.first+step, 0), max(len(s.items)-suggestRows, 0))
	s.redraw()
}

// MouseIn is Fyne's.
func (s *Suggest) MouseIn(e *desktop.MouseEvent) {
	s.hovered = true
	s.MouseMoved(e)
}

// MouseMoved marks what is under the pointer.
func (s *Suggest) MouseMoved(e *desktop.MouseEvent) {
	if r := s.at(e.Position); r != s.hover {
		s.hover = r
		s.redraw()
	}
}

// MouseOut is Fyne's.
func (s *Suggest) MouseOut() {
	s.hovered, s.hover = false, suggestPart{index: -1}
	s.redraw()
}

// Hide is Fyne's; a hidden panel has no pointer on it.
func (s *Suggest) Hide() {
	s.hovered = false
	s.surface.Hide()
}
