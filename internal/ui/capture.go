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

// capturePage shows one capture: connections left, the views of one in the middle, lesson, diagnosis and files right, one packet
// below.
type capturePage struct {
	w    *Window
	root *fyne.Container

	bar     *topBar
	side    *sidebar
	find    *finder
	findBar *findBar
	middle  *middlePane
	other   *otherPane // in place of the middle and the drawer
	right   *rightPane
	rail    *rail
	drawer  *drawer
	status  *widget.Canvas
	banner  *widget.Banner
	live    *liveBar
	loading *loadingCard
	empty   *emptyState
	lines   *widget.Canvas
	// pane says that a narrow window shows the right column instead of the connections.
	pane bool
	// missed is what changed while there was no connection that the panes could show.
	missed app.Change
	// lowDrawer says that the reader opened the drawer of a low window.
	lowDrawer bool
}

// Measures of the capture window, in pixels.
const (
	barHeight    = 44
	sideWidth    = 264
	rightWidth   = 340
	rightWide    = 400 // with files
	narrowPane   = 304 // in a narrow window
	drawerHeight = 276
	drawerBar    = 36
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
	c.find, c.findBar = c.side.find, newFindBar(w)
	c.middle = newMiddlePane(w)
	c.other = newOtherPane(w)
	c.right = newRightPane(w)
	c.rail = newRail(w)
	c.drawer = newDrawer(w)
	c.banner = widget.NewBanner(timeline.Warn, "", "")
	c.live = newLiveBar(w)
	c.loading = newLoadingCard(w)
	c.empty = newEmptyState(w)
	c.status = widget.NewCanvas(fyne.NewSize(0, theme.StatusHeight), c.drawStatus)
	c.lines = widget.NewCanvas(fyne.NewSize(0, 0), c.drawLines)
	c.root = arrange(minSize, c.place, c.layers()...)
	return c
}

// layers are the parts of the page in the order in which they are drawn and the Tab key goes through them.
func (c *capturePage) layers() []fyne.CanvasObject {
	list := []fyne.CanvasObject{c.lines, c.bar.root}
	if !c.find.raised {
		list = append(list, c.find.box)
	}
	list = append(list, c.side.root, c.live.root, c.banner, c.findBar.root, c.middle.root, c.other.root, c.right.root, c.rail.root,
		c.drawer.root, c.status, c.empty.root, c.loading.root)
	if c.find.raised {
		list = append(list, c.find.box)
	}
	return append(list, c.find.panel)
}

// layer puts the parts in order again.
func (c *capturePage) layer() {
	if c.root != nil {
		c.root.Objects = c.layers()
		again(c.root)
	}
}

// state returns what is open; pages are only asked to draw while something is.
func (c *capturePage) state() *app.Capture { return c.w.app.Capture }

// columns are the x positions where the middle and the right column begin and end; a missing column has no width.
type columns struct{ middle, right, end float32 }

func (c *capturePage) columns(width float32) columns {
	switch {
	case c.nothing():
		return columns{sideWidth, width, width}
	case !c.narrow():
		rw := float32(rightWidth)
		if c.state().ShownTab() == app.FilesTab {
			rw = rightWide
		}
		return columns{sideWidth, width - rw, width}
	case c.pane:
		return columns{0, width - railWidth - narrowPane, width - railWidth}
	}
	return columns{sideWidth, width - railWidth, width - railWidth}
}

// narrow reports that the window has no room for three columns.
func (c *capturePage) narrow() bool {
	return c.root.Size().Width < tightWidth && !c.nothing()
}

// others reports that a conversation that is not TCP stands in the middle.
func (c *capturePage) others() bool { return c.state() != nil && c.state().Other.Shown() }

// showPane shows, in a narrow window, the right column in place of the connections, or the other way round.
func (c *capturePage) showPane(pane bool) {
	if c.pane != pane {
		c.pane = pane
		again(c.root)
		c.lines.Refresh()
	}
}

// nothing reports that there is no connection to show.
func (c *capturePage) nothing() bool {
	s := c.state()
	return s == nil || s.Chat == nil && !s.Other.Shown()
}

func (c *capturePage) place(size fyne.Size) {
	at := c.columns(size.Width)
	middle, right := at.middle, at.right
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
	put(c.drawer.root, middle, foot-drawer, at.end-middle, drawer)
	show(c.side.root, middle > 0)
	show(c.right.root, right < at.end)
	show(c.rail.root, c.narrow())
	if c.narrow() {
		put(c.rail.root, at.end, barHeight, railWidth, foot-barHeight)
		c.rail.update(c.state(), c.pane)
	}
	top := float32(barHeight)
	if c.live.root.Visible() {
		put(c.live.root, middle, top, right-middle, liveBarHeight)
		top += liveBarHeight
	}
	above := top // of what stands where nothing is shown
	if c.banner.Visible() {
		w := right - middle - 24
		h := c.banner.HeightFor(w)
		put(c.banner, middle+12, top+8, w, h)
		top += h + 12
	}
	if c.findBar.root.Visible() && !c.nothing() {
		put(c.findBar.root, middle, top, right-middle, findBarHeight)
		top += findBarHeight
	}
	show(c.find.box, middle > 0)
	c.find.place(size)
	put(c.middle.root, middle, top, right-middle, foot-drawer-top)
	if c.others() { // it has details of its own, in its column
		drawer = 0
	}
	put(c.other.root, middle, top, right-middle, foot-top)
	put(c.right.root, right+1, barHeight, max(0, at.end-right-1), foot-drawer-barHeight)
	put(c.empty.root, middle, above, size.Width-middle, foot-above)
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

// key hands a key for moving about to what stands in the middle.
func (c *capturePage) key(e *fyne.KeyEvent) {
	if c.others() {
		c.other.key(e)
	} else {
		c.middle.key(e)
	}
}

// placeFinder puts the search box and its panel in place again.
func (c *capturePage) placeFinder() {
	if c.root != nil {
		c.find.place(c.root.Size())
	}
}

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
	if ch&app.PageChanged != 0 {
		c.pane = s.Case != nil
	}
	c.showLive(s, ch)
	if ch&(app.PageChanged|app.ProgressChanged|app.ChatChanged|app.PanesChanged|app.SettingsChanged) != 0 {
		c.updateBanner(s)
		c.loading.update(s)
		c.empty.update(s)
		show(c.middle.root, s.Chat != nil && !c.others())
		show(c.drawer.root, s.Chat != nil && !c.others())
		show(c.other.root, c.others())
	}
	if ch&app.SavingChanged != 0 {
		c.showSaving(s)
	}
	c.bar.changed(ch)
	c.side.changed(ch)
	if c.findBar.changed(ch) {
		again(c.root)
	}
	if ch&app.SearchChanged != 0 && c.find.focused {
		c.find.update()
	}
	c.missed |= ch
	if c.others() {
		c.other.changed(ch)
	}
	if s.Chat == nil && c.others() {
		c.right.changed(ch)
	}
	if s.Chat != nil {
		c.middle.changed(c.missed)
		c.right.changed(c.missed)
		c.drawer.changed(c.missed)
		c.missed = 0
	}
	if ch&(app.PageChanged|app.PanesChanged|app.SettingsChanged|app.ChatChanged|app.ProgressChanged) != 0 {
		again(c.root)
		c.lines.Refresh()
	}
	c.status.Refresh()
}

// showSaving says how far a job is that saves, and makes room for that when it begins and ends.
func (c *capturePage) showSaving(s *app.Capture) {
	was := c.banner.Visible()
	c.updateBanner(s)
	if c.banner.Visible() != was {
		again(c.root)
	}
}

// updateBanner says above the chat that the file is damaged or was read in part.
func (c *capturePage) updateBanner(s *app.Capture) {
	switch {
	case c.nothing():
		c.banner.Hide()
	case s.Saving != nil && s.Saving.Long:
		c.banner.SetText(timeline.Info, c.w.t(filesWords.saving), narrate.Percent(int64(s.Saving.Done), int64(s.Saving.Total)))
		c.banner.SetAction(c.w.t(words.cancel), c.w.app.CancelSaving)
		c.banner.Show()
	case s.Live != nil && s.Live.Running():
		c.banner.Hide()
	case s.Live != nil && s.Live.State.Problem != nil:
		c.problemBanner(s.Live.State.Problem)
	case s.Loading && s.Total > 0:
		c.banner.SetText(timeline.Info, c.w.t(words.reading), narrate.Percent(s.Read, s.Total))
		c.banner.SetAction(c.w.t(words.cancel), c.w.app.Cancel)
		c.banner.Show()
	case s.Loading:
		c.banner.SetText(timeline.Info, c.w.t(words.reading), c.w.packets(s.Frames))
		c.banner.SetAction(c.w.t(words.cancel), c.w.app.Cancel)
		c.banner.Show()
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
	at := c.columns(w)
	p.Rect(0, 0, at.middle, h, p.P.Rail, 0)
	p.Rect(at.middle, 0, w-at.middle, barHeight, p.P.Rail, 0)
	for _, x := range [...]float32{at.right, at.end} {
		if x < w {
			p.Rect(x, barHeight, w-x, h-barHeight, p.P.Rail, 0)
			p.VLine(x, barHeight, h-barHeight-theme.StatusHeight, p.P.Line)
		}
	}
	if at.middle > 0 {
		p.VLine(at.middle-1, barHeight, h-barHeight, p.P.Line)
	}
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
	times := timeName(s)
	colon := w.t(words.colon)
	return w.t(words.numbers) + colon + w.t(numbers) + " · " + w.t(words.times) + colon + w.t(times)
}
