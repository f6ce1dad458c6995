package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// liveDialog chooses what is captured, and how.
type liveDialog struct {
	w                   *Window
	root                *fyne.Container
	face                *widget.Canvas
	list                *widget.List
	filter              *widget.Field
	limits              [3]*widget.Field
	templates, remote   *widget.Button
	copy, start, cancel *widget.Button
	ring, headers       *widget.Segmented
}

// Measures of the dialog, in pixels.
const (
	liveWidth   = 924
	liveHeight  = 588
	liveLeft    = 388
	liveRight   = liveLeft + 28
	liveRow     = 58
	liveStop    = 144 // where the limits begin
	liveRing    = 262
	liveHeaders = 324
	liveBars    = 96
	liveRates   = 74
)

// showLive shows the dialog for live capture, or what keeps this computer from capturing.
func (w *Window) showLive() {
	s := &w.app.Setup
	if s.Examined && !s.Examining && !s.Diagnosis.Ready() {
		w.showDoctor()
		return
	}
	d := newLiveDialog(w)
	w.openDialog(fyne.NewSize(liveWidth, liveHeight), w.t(liveWords.title), d.root)
	w.follow = d.changed
	w.closing = func() {
		w.follow = nil
		w.app.WatchInterfaces(false)
	}
	if !s.Examined && !s.Examining {
		w.app.Examine()
	}
	w.app.WatchInterfaces(true)
	d.changed()
	w.win.Canvas().Focus(d.filter)
}

func newLiveDialog(w *Window) *liveDialog {
	d := &liveDialog{w: w}
	a, c := w.app, &w.app.Setup.Choice
	d.face = widget.NewCanvas(fyne.NewSize(0, 0), d.draw)
	d.list = widget.NewList(liveRow)
	d.list.Count = func() int { return len(a.Setup.Interfaces) }
	d.list.Draw = d.drawInterface
	d.list.OnSelect = func(i int) { a.ChooseInterface(a.Setup.Interfaces[i].Name) }
	d.list.OnOpen = func(int) { d.begin() }
	d.filter = widget.NewField(w.t(liveWords.hint))
	d.filter.TextStyle.Monospace = true
	d.filter.SetText(c.Filter)
	d.filter.OnChanged = a.SetCaptureFilter
	d.filter.OnSubmitted = func(string) { d.begin() }
	d.templates = widget.NewButton(widget.Plain, "down", w.t(liveWords.templates), d.showTemplates)
	for i, value := range []*string{&c.Packets, &c.Megabytes, &c.Minutes} {
		f := widget.NewField(w.t(liveWords.noLimit))
		f.SetText(*value)
		f.OnChanged = func(text string) { a.SetLiveChoice(func(*app.LiveChoice) { *value = text }) }
		f.OnSubmitted = func(string) { d.begin() }
		d.limits[i] = f
	}
	d.ring = w.liveSwitch(c.Ring, func(c *app.LiveChoice, on bool) { c.Ring = on })
	d.headers = w.liveSwitch(c.HeadersOnly, func(c *app.LiveChoice, on bool) { c.HeadersOnly = on })
	d.remote = widget.NewButton(widget.Quiet, "ssh", w.t(liveWords.remote), w.showRemote)
	d.copy = widget.NewIconButton("copy", w.t(liveWords.copyCommand), func() { w.copy(a.Setup.Tcpdump()) })
	d.copy.Overlay = w.overlay
	d.cancel = widget.NewButton(widget.Plain, "", w.t(words.cancel), w.closeDialog)
	d.start = widget.NewButton(widget.Primary, "play", w.t(liveWords.start), d.begin)
	d.root = arrange(fyne.NewSize(0, 0), d.place, d.face, d.filter, d.templates, d.list, d.limits[0], d.limits[1], d.limits[2], d.ring, d.headers,
		d.remote, d.copy, d.cancel, d.start)
	return d
}

// liveSwitch turns something about the capture on or off.
func (w *Window) liveSwitch(on bool, set func(c *app.LiveChoice, on bool)) *widget.Segmented {
	selected := 0
	if on {
		selected = 1
	}
	return widget.NewSegmented([]string{w.t(onOff[0]), w.t(onOff[1])}, selected, func(i int) {
		w.app.SetLiveChoice(func(c *app.LiveChoice) { set(c, i == 1) })
	})
}

func (d *liveDialog) place(size fyne.Size) {
	put(d.face, 0, 0, size.Width, size.Height)
	foot := size.Height - theme.ButtonHeight
	remote := foot - 24 - theme.ButtonHeight
	put(d.list, 0, 58, liveLeft, remote-66)
	put(d.remote, -8, remote, d.remote.MinSize().Width, theme.ButtonHeight)
	tw := d.templates.MinSize().Width
	right := size.Width - liveRight
	put(d.filter, liveRight, 58, right-tw-8, theme.FieldHeight)
	put(d.templates, size.Width-tw, 58, tw, theme.FieldHeight)
	const gap = 12
	fw := (right - 2*gap) / 3
	for i, f := range d.limits {
		put(f, liveRight+float32(i)*(fw+gap), liveStop+48, fw, theme.FieldHeight)
	}
	for y, s := range map[float32]*widget.Segmented{liveRing: d.ring, liveHeaders: d.headers} {
		sw := s.MinSize().Width
		put(s, size.Width-sw, y+4, sw, theme.ButtonHeight)
	}
	x := size.Width
	for _, b := range []*widget.Button{d.start, d.cancel} {
		bw := b.MinSize().Width
		x -= bw
		put(b, x, foot, bw, theme.ButtonHeight)
		x -= 8
	}
	put(d.copy, d.commandEnd(size.Width)+4, foot, theme.ButtonHeight, theme.ButtonHeight)
}

// commandEnd is where the line with the command ends.
func (d *liveDialog) commandEnd(width float32) float32 {
	return width - d.start.MinSize().Width - d.cancel.MinSize().Width - 8 - theme.ButtonHeight - 20
}

// changed shows what is new.
func (d *liveDialog) changed() {
	s := &d.w.app.Setup
	if s.Examined && !s.Examining && !s.Diagnosis.Ready() {
		d.w.showDoctor()
		return
	}
	for i := range s.Interfaces {
		if s.Interfaces[i].Name == s.Choice.Interface && d.list.Selected() != i {
			d.list.Select(i)
		}
	}
	enable(d.start, s.CanStart())
	d.list.Refresh()
	d.face.Refresh()
}

// begin starts the capture.
func (d *liveDialog) begin() {
	if d.w.app.Setup.CanStart() {
		d.w.closeDialog()
		d.w.app.StartLive()
	}
}

// showTemplates offers filters to begin with, and those that were used before.
func (d *liveDialog) showTemplates() {
	var items []menuItem
	use := func(f string) func() { return func() { d.filter.SetText(f) } }
	for _, t := range app.FilterTemplates {
		items = append(items, menuItem{t.Name.In(d.w.lang()) + "   " + t.Filter, use(t.Filter)})
	}
	for _, f := range d.w.app.Setup.Choice.Filters {
		items = append(items, menuItem{fill(d.w.lang(), liveWords.recent, f, ""), use(f)})
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(d.templates)
	d.w.showMenu(at.AddXY(0, theme.FieldHeight+4), items...)
}

func (d *liveDialog) draw(p *widget.Pen, w, h float32) {
	t, s := d.w.t, &d.w.app.Setup
	right := w - liveRight
	p.T(0, 0, w, 20, t(liveWords.intro), theme.Body, p.P.Text2, widget.Left)
	p.T(0, 32, liveLeft/2, 20, t(liveWords.iface), theme.Strong, p.P.Text, widget.Left)
	p.T(liveLeft/2, 32, liveLeft/2, 20, fill(d.w.lang(), liveWords.lately, "16", ""), theme.Small, p.P.Text3, widget.Right)
	if len(s.Interfaces) == 0 {
		text := t(liveWords.noInterfaces)
		switch {
		case s.Examining || !s.Examined:
			text = t(liveWords.looking)
		case s.ListErr != nil:
			text += " " + s.ListErr.Error()
		}
		p.Para(0, 68, liveLeft, 20, text, theme.Body, p.P.Text2, 4)
	}
	p.T(liveRight, 32, right/2, 20, t(liveWords.filter), theme.Strong, p.P.Text, widget.Left)
	p.T(liveRight+right/3, 32, right*2/3, 20, t(liveWords.syntax), theme.Small, p.P.Text3, widget.Right)
	d.drawCheck(p, liveRight, 98, right)
	p.T(liveRight, liveStop, right/2, 20, t(liveWords.stopAfter), theme.Strong, p.P.Text, widget.Left)
	p.T(liveRight+right/2, liveStop, right/2, 20, t(liveWords.whichever), theme.Small, p.P.Text3, widget.Right)
	const gap = 12
	fw := (right - 2*gap) / 3
	bad := s.BadLimits()
	for i, name := range []narrate.Text{liveWords.packets, liveWords.size, liveWords.minutes} {
		ink := p.P.Text2
		if bad[i] {
			ink = p.P.Fail
			p.T(liveRight, liveStop+86, right, 18, t(liveWords.badLimit), theme.Small, p.P.Fail, widget.Left)
		}
		p.T(liveRight+float32(i)*(fw+gap), liveStop+26, fw, 20, t(name), theme.Small, ink, widget.Left)
	}
	p.HLine(liveRight, liveRing-10, right, p.P.Line)
	side := right - d.ring.MinSize().Width - 12
	p.T(liveRight, liveRing, side, 22, t(liveWords.ring), theme.Strong, p.P.Text, widget.Left)
	p.T(liveRight, liveRing+22, side, 18, fill(d.w.lang(), liveWords.ringText, itoa(app.RingFiles), "20 MB"), theme.Small, p.P.Text2, widget.Left)
	p.T(liveRight, liveHeaders, side, 22, t(liveWords.headers), theme.Strong, p.P.Text, widget.Left)
	p.T(liveRight, liveHeaders+22, side, 18, t(liveWords.headersText), theme.Small, p.P.Text2, widget.Left)
	foot := h - theme.ButtonHeight
	p.HLine(-28, foot-14, w+56, p.P.Line)
	x := p.T(0, foot, 0, theme.ButtonHeight, t(liveWords.same), theme.Small, p.P.Text2, widget.Left) + 10
	p.T(x, foot, d.commandEnd(w)-x, theme.ButtonHeight, s.Tcpdump(), theme.Mono, p.P.Text, widget.Left)
}

// drawCheck says what is known about the filter, and where it is wrong.
func (d *liveDialog) drawCheck(p *widget.Pen, x, y, w float32) {
	t, s := d.w.t, &d.w.app.Setup
	line := func(sev timeline.Severity, text string) {
		sign, fg, _ := widget.SeverityStyle(p.P, sev)
		p.Icon(x, y+2, 14, sign, fg)
		p.T(x+20, y, w-20, 18, text, theme.Small, fg, widget.Left)
	}
	problem := s.Check.Problem
	switch {
	case problem != nil:
		title, _ := narrate.CaptureProblem(d.w.lang(), problem.Kind)
		if problem.Message != "" {
			title += d.w.t(words.colon) + problem.Message
		}
		line(timeline.Fail, title)
	case s.Check.Valid:
		line(timeline.OK, t(liveWords.valid)+" · "+s.Choice.Interface)
		return
	case s.Check.Checking:
		line(timeline.Info, t(liveWords.checking))
		return
	case strings.TrimSpace(s.Choice.Filter) == "":
		line(timeline.Info, t(liveWords.noFilter))
		return
	default:
		line(timeline.Info, t(liveWords.unchecked))
		return
	}
	drawWrong(p, x+20, y+16, w-20, s.Choice.Filter, problem.From, problem.To)
}

// drawWrong writes a filter with its bytes from from to to marked.
func drawWrong(p *widget.Pen, x, y, w float32, text string, from, to int) {
	if from < 0 || to > len(text) || from > to || from == to && to < len(text) {
		return
	}
	const context = 24 // what of a long filter is shown in front of the place
	begin := max(0, from-context)
	for begin > 0 && begin < len(text) && text[begin]&0xC0 == 0x80 { // not inside a character
		begin--
	}
	bad := text[from:to]
	if bad == "" { // the filter is not complete
		bad = "…"
	}
	end := x + w
	x += p.T(x, y, end-x, 18, text[begin:from], theme.Mono, p.P.Text2, widget.Left)
	bw := p.T(x, y, max(0, end-x), 18, bad, theme.Mono, p.P.Fail, widget.Left)
	p.Rect(x, y+16, bw, 2, p.P.Fail, 1)
	if x += bw; x < end {
		p.T(x, y, end-x, 18, text[to:], theme.Mono, p.P.Text2, widget.Left)
	}
}

// drawInterface draws an interface with its traffic.
func (d *liveDialog) drawInterface(p *widget.Pen, i int, w float32, s widget.RowState) {
	n := &d.w.app.Setup.Interfaces[i]
	const h = liveRow - 2
	box := p.Panel(1, 1, w-2, h-2, p.P.Card, p.P.Edge, theme.RadiusField)
	if s.Selected {
		box.FillColor, box.StrokeColor, box.StrokeWidth = p.P.Selected, p.P.Accent, 1.5
		p.Icon(12, 20, 16, "ok", p.P.Accent)
	}
	p.Icon(38, 20, 16, interfaceIcon(n), p.P.Text)
	room := w - 66 - liveBars - 20
	p.T(66, 9, room, 20, n.Name, theme.Strong, p.P.Text, widget.Left)
	p.T(66, 29, w-66-liveRates-18, 18, d.w.aboutInterface(n), theme.Small, p.P.Text2, widget.Left)
	drawRates(p, w-liveBars-12, 8, liveBars, 20, n.Rates)
	if len(n.Rates) > 0 {
		text := d.w.t(liveWords.quiet)
		if last := n.Rates[len(n.Rates)-1]; last > 0 {
			text = fill(d.w.lang(), liveWords.rate, narrate.Count(last), "")
		}
		p.T(w-liveRates-12, 31, liveRates, 16, text, theme.Tiny, p.P.Text2, widget.Right)
	}
	if s.Focused {
		box.StrokeColor, box.StrokeWidth = p.P.Focus, theme.FocusWidth
	}
}

// drawRates draws packets a second as bars, the newest at the right; the tallest one fills the height.
func drawRates(p *widget.Pen, x, y, w, h float32, rates []uint64) {
	most := uint64(1)
	for _, r := range rates {
		most = max(most, r)
	}
	step := w / 16
	x += w - step*float32(len(rates))
	for i, r := range rates {
		ink, bar := p.P.Line, float32(2)
		if r > 0 {
			ink, bar = p.P.OK, max(3, h*float32(r)/float32(most))
		}
		p.Rect(x+float32(i)*step, y+h-bar, step-2, bar, ink, 1)
	}
}

// interfaceIcon is the sign of an interface's kind.
func interfaceIcon(n *app.NetInterface) string {
	switch {
	case n.Loopback:
		return "loop"
	case n.Wireless:
		return "wifi"
	case n.Name == "any":
		return "all"
	case isBridge(n.Name):
		return "bridge"
	}
	return "eth"
}

func isBridge(name string) bool {
	return strings.HasPrefix(name, "docker") || strings.HasPrefix(name, "br") || strings.HasPrefix(name, "virbr")
}

// aboutInterface says what an interface is, and its first address.
func (w *Window) aboutInterface(n *app.NetInterface) string {
	var parts []string
	switch {
	case n.Loopback:
		return w.t(liveWords.loopback)
	case n.Name == "any":
		return w.t(liveWords.allOfThem)
	case n.Wireless:
		parts = append(parts, w.t(liveWords.wireless))
	case isBridge(n.Name):
		parts = append(parts, w.t(liveWords.bridge))
	case n.Description != "":
		parts = append(parts, n.Description)
	}
	if len(n.Addresses) > 0 {
		parts = append(parts, n.Addresses[0].Addr().String())
	}
	if !n.Up {
		parts = append(parts, w.t(liveWords.down))
	}
	return strings.Join(parts, " · ")
}
