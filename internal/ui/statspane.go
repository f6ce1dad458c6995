package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// statsPane shows the numbers of a connection: a table with a value for each side, and below it what the number under the pointer
// or the keyboard means.
type statsPane struct {
	w     *Window
	root  *fyne.Container
	head  *widget.Canvas
	list  *widget.List
	foot  *widget.Canvas
	copy  *widget.Button
	lines []statsLine
	hover int
}

// statsLine is a line of the table: a number, or else the head of a group or the bar below it.
type statsLine struct {
	group *timeline.StatsGroup
	row   *timeline.StatsRow // nil for a head or a bar
	bar   bool
}

// Measures of the statistics, in pixels.
const (
	statsHead   = 44
	statsRow    = 25
	statsFoot   = 104
	statsIndent = 12
	statsSwatch = 10
)

// statsWords are the texts of the pane.
var statsWords = struct{ title, copy, measuring, failed, spending, nothing, leads narrate.Text }{
	title:     narrate.Text{"This connection in numbers", "这条连接的数据"},
	copy:      narrate.Text{"Copy all as a Markdown table", "全部复制为 Markdown 表格"},
	measuring: narrate.Text{"Measuring the connection…", "正在统计这条连接…"},
	failed:    narrate.Text{"The packets could not be read again: ${n}", "无法重新读取这些包：${n}"},
	spending:  narrate.Text{"Finding out where the time went…", "正在分析时间花在哪里…"},
	nothing:   narrate.Text{"–", "–"},
	leads:     narrate.Text{"Enter, or a second click, goes to ${n}.", "按 Enter 或再点一次，跳到 ${n}。"},
}

func newStatsPane(w *Window) *statsPane {
	s := &statsPane{w: w, hover: -1}
	s.head = widget.NewCanvas(fyne.NewSize(0, statsHead), s.drawHead)
	s.foot = widget.NewCanvas(fyne.NewSize(0, statsFoot), s.drawFoot)
	s.list = widget.NewList(statsRow)
	s.list.Flat = true
	s.list.OneSheet()
	s.list.Count = func() int { return len(s.lines) }
	s.list.Draw = s.drawLine
	s.list.OnSelect = func(int) { s.foot.Refresh() }
	s.list.OnHover = func(i int) {
		s.hover = i
		s.foot.Refresh()
	}
	s.list.OnOpen = s.open
	s.list.OnCopy = func(i int) { w.copy(s.text(i)) }
	s.copy = widget.NewIconButton("copy", w.t(statsWords.copy), func() { w.copy(w.app.StatsText()) })
	s.copy.Overlay = w.overlay
	s.root = arrange(fyne.NewSize(0, 0), s.place, s.head, s.list, s.foot, s.copy)
	return s
}

func (s *statsPane) place(size fyne.Size) {
	foot := min(float32(statsFoot), size.Height/3)
	put(s.head, 0, 0, size.Width, statsHead)
	put(s.copy, size.Width-44, 6, 32, 32)
	put(s.list, 0, statsHead, size.Width, max(0, size.Height-statsHead-foot))
	put(s.foot, 0, size.Height-foot, size.Width, foot)
}

func (s *statsPane) changed(c app.Change) {
	if c&(app.StatsChanged|app.PageChanged|app.PanesChanged|app.ChatChanged|app.SettingsChanged) == 0 {
		return
	}
	st := &s.w.app.Capture.Stats
	groups := st.Groups(s.w.lang())
	before := len(s.lines)
	s.lines = s.lines[:0]
	for i := range groups {
		g := &groups[i]
		s.lines = append(s.lines, statsLine{group: g})
		if g.Parts {
			s.lines = append(s.lines, statsLine{group: g, bar: true})
		}
		for k := range g.Rows {
			s.lines = append(s.lines, statsLine{group: g, row: &g.Rows[k]})
		}
	}
	s.hover = -1
	if len(s.lines) != before {
		s.list.Select(-1)
		s.list.ScrollTo(0)
	}
	show(s.copy, st.Measured != nil)
	s.list.Refresh()
	s.head.Refresh()
	s.foot.Refresh()
}

func (s *statsPane) drawHead(p *widget.Pen, w, h float32) {
	c := s.w.app.Capture
	if c == nil {
		return
	}
	st := &c.Stats
	switch {
	case st.Err != nil:
		p.T(panePad, 0, w-2*panePad, h, fill(s.w.lang(), statsWords.failed, why(s.w.lang(), st.Err), ""), theme.Small, p.P.Fail, widget.Left)
	case st.Measured == nil:
		p.T(panePad, 0, w-2*panePad, h, s.w.t(statsWords.measuring), theme.Body, p.P.Text2, widget.Left)
	case st.Spent == nil:
		p.T(panePad, 2, w-70, 22, s.w.t(statsWords.title), theme.Strong, p.P.Text, widget.Left)
		p.T(panePad, 22, w-70, 16, s.w.t(statsWords.spending), theme.Tiny, p.P.Text2, widget.Left)
	default:
		p.T(panePad, 2, w-70, 22, s.w.t(statsWords.title), theme.Strong, p.P.Text, widget.Left)
		p.T(panePad, 22, w-70, 16, narrate.Duration(st.Measured.Duration), theme.Tiny, p.P.Text2, widget.Left)
	}
}

// columns are where the two columns of values end, and how wide one is.
func (s *statsPane) columns(w float32) (first, second, width float32) {
	second = w - panePad + 4
	width = (w - panePad) * 0.31
	return second - width, second, width
}

func (s *statsPane) drawLine(p *widget.Pen, i int, w float32, _ widget.RowState) {
	l := &s.lines[i]
	switch {
	case l.bar:
		drawParts(p, l.group.Rows, panePad, 5, w-2*panePad+4, statsRow-11)
	case l.row == nil:
		s.drawGroup(p, l.group, i > 0, w)
	default:
		s.drawRow(p, l, w)
	}
}

// drawGroup draws the head of a group, with whose the columns are.
func (s *statsPane) drawGroup(p *widget.Pen, g *timeline.StatsGroup, ruled bool, w float32) {
	if ruled {
		p.HLine(panePad, 0, w-2*panePad+4, p.P.Line)
	}
	room := w - 2*panePad
	if g.Sides {
		const mark = 7
		first, second, _ := s.columns(w)
		for d, right := range [2]float32{first, second} {
			name, ink := narrate.Side(s.w.lang(), flow.Direction(d)), [2]color.Color{p.P.Client, p.P.Server}[d]
			tw := p.Width(name, theme.Tiny)
			p.T(right-tw, 2, tw+1, statsRow-2, name, theme.Tiny, ink, widget.Left)
			p.EndMark(right-tw-mark-5, statsRow/2-2, mark, d == 1)
		}
		room = first - p.Width(narrate.Side(s.w.lang(), flow.ClientToServer), theme.Tiny) - mark - 12 - panePad
	}
	p.T(panePad, 2, room, statsRow-2, g.Title, theme.SmallStrong, p.P.Text, widget.Left)
}

func (s *statsPane) drawRow(p *widget.Pen, l *statsLine, w float32) {
	r := l.row
	first, second, width := s.columns(w)
	x := float32(panePad)
	if l.group.Parts {
		p.Rect(x, (statsRow-statsSwatch)/2, statsSwatch, statsSwatch, phaseInk(p.P, r.Phase), 2)
		x += statsSwatch + 7
	}
	if r.Indented {
		x += statsIndent
	}
	left := first - width
	if !l.group.Sides { // one value, and something short about it
		const value, about = 66, 54
		width = about
		first = second - about
		left = first - value
	}
	if r.Both {
		s.value(p, second, width-6, r, 0)
		left = first
	} else {
		s.value(p, first, first-left-6, r, 0)
		s.value(p, second, width-6, r, 1)
	}
	ink := p.P.Text2
	if r.Bad != [2]bool{} {
		ink = p.P.Text
	}
	p.T(x, 0, left-x-2, statsRow, r.Name, theme.Small, ink, widget.Left)
}

// value draws a value that ends at right. One that leads to a packet looks like a link.
func (s *statsPane) value(p *widget.Pen, right, room float32, r *timeline.StatsRow, d int) {
	text, ink := r.Values[d], p.P.Text
	switch {
	case text == "":
		text, ink = s.w.t(statsWords.nothing), p.P.Text3
	case r.Packets[d] >= 0:
		ink = p.P.Accent
	case r.Bad[d]:
		ink = p.P.Warn
	}
	p.T(right-room, 0, room, statsRow, text, theme.Small, ink, widget.Right)
}

// drawParts draws the rows' shares of a whole as one bar.
func drawParts(p *widget.Pen, rows []timeline.StatsRow, x, y, w, h float32) {
	const least, gap = 3, 1 // what is there is seen, however short it was
	p.Rect(x, y, w, h, p.P.Inset, 3)
	used := float32(0)
	for i := range rows {
		if rows[i].Part > 0 {
			used += least + gap
		}
	}
	for i := range rows {
		r := &rows[i]
		if r.Part <= 0 {
			continue
		}
		pw := least + float32(r.Part)*(w-used)
		p.Rect(x, y, pw, h, phaseInk(p.P, r.Phase), 2)
		x += pw + gap
	}
}

// phaseInk is the colour of a part of the time. The bar has the order of the rows below it, which name them.
func phaseInk(p *theme.Palette, ph diagnose.Phase) color.Color {
	switch ph {
	case diagnose.PhaseConnect:
		return p.OK
	case diagnose.PhaseTLS:
		return p.URG
	case diagnose.PhaseRequest:
		return p.Client
	case diagnose.PhaseWait:
		return p.Warn
	case diagnose.PhaseResponse:
		return p.Server
	case diagnose.PhaseIdle:
	}
	return p.Control
}

func (s *statsPane) drawFoot(p *widget.Pen, w, h float32) {
	p.HLine(0, 0, w, p.P.Line)
	i := s.hover
	if i < 0 {
		i = max(s.list.Selected(), 0)
	}
	if i >= len(s.lines) {
		return
	}
	title, text := s.lines[i].group.Title, s.lines[i].group.Note
	if r := s.lines[i].row; r != nil {
		title, text = r.Name, r.Meaning
		if at := s.leads(r); at >= 0 {
			text += "\n" + fill(s.w.lang(), statsWords.leads, narrate.Frame(s.w.app.Capture.View.At(at).Frame), "")
		}
	}
	p.T(panePad, 8, w-2*panePad, 18, title, theme.SmallStrong, p.P.Text, widget.Left)
	const line = 17
	p.Para(panePad, 28, w-2*panePad, line, text, theme.Small, p.P.Text2, max(int((h-30)/line), 1))
}

// leads returns the packet that a row leads to, -1 for none: from that of one side to that of the other.
func (s *statsPane) leads(r *timeline.StatsRow) int {
	first, second := r.Packets[0], r.Packets[1]
	if first < 0 || first == s.w.app.Capture.Packet && second >= 0 {
		return second
	}
	return first
}

// open goes to the packet of a line.
func (s *statsPane) open(i int) {
	if r := s.lines[i].row; r != nil {
		s.w.app.SelectPacket(s.leads(r))
		s.foot.Refresh()
	}
}

// text is a line for the clipboard.
func (s *statsPane) text(i int) string {
	l := &s.lines[i]
	if l.row == nil {
		return l.group.Title
	}
	return strings.TrimSpace(strings.Join([]string{l.row.Name, l.row.Values[0], l.row.Values[1]}, "\t"))
}
