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

// capturePage shows one capture: connections left, the chat in the middle, lesson, diagnosis and files right, one packet
// below.
type capturePage struct {
	w    *Window
	root *fyne.Container

	bar     *topBar
	side    *sidebar
	chat    *chatPane
	right   *rightPane
	drawer  *drawer
	status  *widget.Canvas
	banner  *widget.Banner
	loading *loadingCard
	empty   *emptyState
	lines   *widget.Canvas
	// lowDrawer says that the reader opened the drawer of a low window.
	lowDrawer bool
}

// Measures of the capture window, in pixels.
const (
	barHeight    = 44
	sideWidth    = 264
	rightWidth   = 340
	rightWide    = 400 // with files
	drawerHeight = 276
	drawerBar    = 36
	bannerHeight = 40
	columnHead   = 56
	laneHead     = 30
	loadingWidth = 548
	loadingTall  = 256
	// lowHeight is the window height below which the drawer starts closed, so that the chat has room.
	lowHeight = 720
	// tightWidth is the window width below which the right column gives way to the chat's least width.
	tightWidth = sideWidth + theme.MinViewWidth + rightWidth
)

func newCapturePage(w *Window) *capturePage {
	c := &capturePage{w: w}
	c.bar = newTopBar(w)
	c.side = newSidebar(w)
	c.chat = newChatPane(w)
	c.right = newRightPane(w)
	c.drawer = newDrawer(w)
	c.banner = widget.NewBanner(timeline.Warn, "", "")
	c.loading = newLoadingCard(w)
	c.empty = newEmptyState(w)
	c.status = widget.NewCanvas(fyne.NewSize(0, theme.StatusHeight), c.drawStatus)
	c.lines = widget.NewCanvas(fyne.NewSize(0, 0), c.drawLines)
	c.root = arrange(minSize, c.place, c.lines, c.side.root, c.chat.root, c.right.root, c.drawer.root, c.bar.root, c.status,
		c.banner, c.empty.root, c.loading.root)
	return c
}

// state returns what is open; pages are only asked to draw while something is.
func (c *capturePage) state() *app.Capture { return c.w.app.Capture }

// columns returns the x positions where the middle and the right column begin; the right one may be missing.
func (c *capturePage) columns(width float32) (middle, right float32) {
	rw := float32(rightWidth)
	if s := c.state(); s != nil && s.Tab == app.FilesTab {
		rw = rightWide
	}
	if width < tightWidth {
		rw = max(280, width-sideWidth-540)
	}
	if c.nothing() {
		rw = 0
	}
	return sideWidth, width - rw
}

// nothing reports that there is no connection to show.
func (c *capturePage) nothing() bool {
	s := c.state()
	return s == nil || s.Chat == nil
}

func (c *capturePage) place(size fyne.Size) {
	middle, right := c.columns(size.Width)
	put(c.lines, 0, 0, size.Width, size.Height)
	put(c.bar.root, 0, 0, size.Width, barHeight)
	foot := size.Height - theme.StatusHeight
	put(c.status, 0, foot, size.Width, theme.StatusHeight)
	put(c.side.root, 0, barHeight, sideWidth-1, foot-barHeight)
	drawer := float32(drawerBar)
	if c.drawerOpen() {
		drawer = min(drawerHeight, (foot-barHeight)*0.5)
	}
	if c.nothing() {
		drawer = 0
	}
	put(c.drawer.root, middle, foot-drawer, size.Width-middle, drawer)
	top := float32(barHeight)
	if c.banner.Visible() {
		put(c.banner, middle+12, top+8, right-middle-24, bannerHeight)
		top += bannerHeight + 12
	}
	put(c.chat.root, middle, top, right-middle, foot-drawer-top)
	put(c.right.root, right+1, barHeight, size.Width-right-1, foot-drawer-barHeight)
	put(c.empty.root, middle, barHeight, size.Width-middle, foot-barHeight)
	put(c.loading.root, middle+(size.Width-middle-loadingWidth)/2, barHeight+(foot-barHeight-loadingTall)*0.4, loadingWidth, loadingTall)
}

// drawerOpen reports that the packet's details are shown. In a low window they are not until the reader asks for them.
func (c *capturePage) drawerOpen() bool {
	if c.low() {
		return c.lowDrawer
	}
	return c.w.app.Settings.Drawer
}

func (c *capturePage) low() bool { return c.root.Size().Height < lowHeight }

// toggleDrawer shows or hides the packet's details.
func (c *capturePage) toggleDrawer() {
	if c.low() {
		c.lowDrawer = !c.lowDrawer
		c.drawer.changed(app.SettingsChanged)
		again(c.root)
		return
	}
	c.w.app.Set(func(s *app.Settings) { s.Drawer = !s.Drawer })
}

// changed shows what is new.
func (c *capturePage) changed(ch app.Change) {
	s := c.state()
	if s == nil {
		return
	}
	if ch&(app.PageChanged|app.ProgressChanged|app.ChatChanged|app.PanesChanged|app.SettingsChanged) != 0 {
		c.updateBanner(s)
		c.loading.update(s)
		c.empty.update(s)
		show(c.chat.root, s.Chat != nil)
		show(c.right.root, s.Chat != nil)
		show(c.drawer.root, s.Chat != nil)
	}
	c.bar.changed(ch)
	c.side.changed(ch)
	if s.Chat != nil {
		c.chat.changed(ch)
		c.right.changed(ch)
		c.drawer.changed(ch)
	}
	if ch&(app.PageChanged|app.PanesChanged|app.SettingsChanged|app.ChatChanged|app.ProgressChanged) != 0 {
		again(c.root)
		c.lines.Refresh()
	}
	c.status.Refresh()
}

// updateBanner says above the chat that the file is damaged or was read in part.
func (c *capturePage) updateBanner(s *app.Capture) {
	switch {
	case s.Chat == nil || s.Loading:
		c.banner.Hide()
	case s.Stopped:
		c.banner.SetText(timeline.Info, "", fill(c.w.lang(), words.stopped, narrate.Count(uint64(s.Frames)), ""))
		c.banner.SetAction("", nil)
		c.banner.Show()
	case s.Err != nil:
		f := narrate.Failure(c.w.lang(), s.Err)
		c.banner.SetText(timeline.Warn, c.w.t(words.damagedTitle), strings.Join(f.Sentences, " "))
		c.banner.SetAction(c.w.t(words.copyDetails), func() { c.w.copy(s.Err.Error()) })
		c.banner.Show()
	default:
		c.banner.Hide()
	}
}

// drawLines paints the columns' backgrounds and the hairlines between them.
func (c *capturePage) drawLines(p *widget.Pen, w, h float32) {
	middle, right := c.columns(w)
	p.Rect(0, 0, middle, h, p.P.Rail, 0)
	p.Rect(middle, 0, w-middle, barHeight, p.P.Rail, 0)
	if right < w {
		p.Rect(right, barHeight, w-right, h-barHeight, p.P.Rail, 0)
		p.VLine(right, barHeight, h-barHeight-theme.StatusHeight, p.P.Line)
	}
	p.VLine(middle-1, barHeight, h-barHeight, p.P.Line)
	p.HLine(0, barHeight-1, w, p.P.Line)
	p.HLine(0, h-theme.StatusHeight, w, p.P.Line)
}

// drawStatus is the line at the bottom: how much was read, and what the numbers mean.
func (c *capturePage) drawStatus(p *widget.Pen, w, h float32) {
	s := c.state()
	if s == nil {
		return
	}
	p.Rect(0, 1, w, h-1, p.P.Rail, 0)
	l := c.w.lang()
	left := ""
	if s.Session != nil {
		n := s.Session.Counts()
		left = c.w.packets(n.Frames) + " · " + c.w.count(n.Streams, words.oneConn, words.someConns)
		if others := n.Frames - n.Segments; others > 0 && !s.Loading {
			left += " · " + narrate.OtherPackets(l, others)
		}
	}
	p.T(16, 0, w*0.6, h, left, theme.Tiny, p.P.Text3, widget.Left)
	right := numbersText(c.w)
	p.T(w*0.6, 0, w*0.4-16, h, right, theme.Tiny, p.P.Text3, widget.Right)
}

// numbersText says how numbers and times are shown.
func numbersText(w *Window) string {
	s := &w.app.Settings
	numbers := words.numbersRelative
	if s.RawNumbers {
		numbers = words.numbersRaw
	}
	times := [...]narrate.Text{words.timesStart, words.timesUTC, words.timesLocal}[s.Time]
	return w.t(words.numbers) + ": " + w.t(numbers) + " · " + w.t(words.times) + ": " + w.t(times)
}
