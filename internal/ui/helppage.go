package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// helpView shows the pages of the help: a list with a search box, and one page.
type helpView struct {
	w       *Window
	pages   []narrate.HelpPage
	rows    []helpRow
	search  *widget.SearchBox
	list    *widget.List
	at      int // row
	body    *fyne.Container
	scroll  *container.Scroll
	content *fyne.Container
	title   *widget.Paragraph
	group   *widget.Paragraph
	text    []*widget.Paragraph
	code    *widget.Paragraph
	find    *widget.Button
	shown   *narrate.HelpPage
}

// helpRow is a row of the list: a page, or the name of a group if page is -1.
type helpRow struct {
	page  int
	group narrate.HelpGroup
}

var helpWords = struct{ title, search, none, find, explain, explainIt, reading, page narrate.Text }{
	title:     narrate.Text{"Help", "帮助"},
	search:    narrate.Text{"Search the help", "搜索帮助"},
	none:      narrate.Text{"No page has these words.", "没有包含这些文字的页面。"},
	find:      narrate.Text{"Find these packets", "查找这些包"},
	explainIt: narrate.Text{"Explain…", "解释…"},
	explain:   narrate.Text{"Explain: ${n}", "解释：${n}"},
	reading:   narrate.Text{"How to read a bubble", "怎样读一个气泡"},
	page:      narrate.Text{"Page in the help", "帮助页面"},
}

// Measures of the help, in pixels.
const (
	helpWidth    = 920
	helpHeight   = 580
	helpList     = 286
	helpRowTall  = 28
	maxHelpTexts = 8
)

// showHelp shows a page of the help by its id, the first one if there is none.
func (w *Window) showHelp(id string) {
	h := &helpView{w: w, pages: narrate.HelpPages()}
	h.search = widget.NewSearchBox(w.t(helpWords.search), "")
	h.search.OnChanged = func(string) { h.filter(); h.choose(1) }
	h.search.OnKey = func(e *fyne.KeyEvent) bool {
		switch {
		case e.Name == fyne.KeyUp || e.Name == fyne.KeyDown || e.Name == fyne.KeyPageUp || e.Name == fyne.KeyPageDown:
			h.list.TypedKey(e)
		case e.Name == fyne.KeyEscape && h.search.Text == "":
			w.closeDialog()
		default:
			return false
		}
		return true
	}
	h.list = widget.NewList(helpRowTall)
	h.list.Count = func() int { return len(h.rows) }
	h.list.Draw = h.drawRow
	h.list.OnSelect = h.choose
	h.group = widget.NewParagraph("", widget.Secondary)
	h.title = widget.NewParagraph("", widget.Headline)
	objects := []fyne.CanvasObject{h.group, h.title}
	for range maxHelpTexts {
		p := widget.NewParagraph("", widget.Prose)
		h.text = append(h.text, p)
		objects = append(objects, p)
	}
	h.code = widget.NewParagraph("", widget.Code)
	h.find = widget.NewButton(widget.Plain, "search", w.t(helpWords.find), func() {
		w.closeDialog()
		w.app.SetFilter(h.shown.Filter)
	})
	h.content = arrange(fyne.NewSize(0, 0), func(fyne.Size) {}, append(objects, h.code, h.find)...)
	h.scroll = container.NewVScroll(h.content)
	h.body = arrange(fyne.NewSize(0, 0), h.place, h.search, h.list, h.scroll)
	h.filter()
	h.choose(h.rowOf(id))
	w.openDialog(fyne.NewSize(helpWidth, helpHeight), w.t(helpWords.title), h.body)
	w.win.Canvas().Focus(h.search)
	h.list.ScrollTo(h.at)
}

func (h *helpView) place(size fyne.Size) {
	put(h.search, 0, 0, helpList, theme.FieldHeight)
	put(h.list, 0, theme.FieldHeight+8, helpList, size.Height-theme.FieldHeight-8)
	x := float32(helpList + 24)
	put(h.scroll, x, 0, size.Width-x, size.Height)
	h.flow(size.Width - x)
}

// filter lists the pages that have the words in the box.
func (h *helpView) filter() {
	h.rows = h.rows[:0]
	last := narrate.HelpGroup(narrate.NumHelpGroups)
	for i := range h.pages {
		p := &h.pages[i]
		if !p.Matches(h.search.Text) {
			continue
		}
		if p.Group != last {
			last = p.Group
			h.rows = append(h.rows, helpRow{-1, p.Group})
		}
		h.rows = append(h.rows, helpRow{i, p.Group})
	}
}

// rowOf returns the row of a page, that of the first page if there is none.
func (h *helpView) rowOf(id string) int {
	for i, r := range h.rows {
		if r.page >= 0 && h.pages[r.page].ID == id {
			return i
		}
	}
	return 1
}

// choose shows the page of row i; the name of a group is passed by.
func (h *helpView) choose(i int) {
	step := 1
	if i < h.at && i > 0 {
		step = -1
	}
	for i >= 0 && i < len(h.rows) && h.rows[i].page < 0 {
		i += step
	}
	h.shown = nil
	if i >= 0 && i < len(h.rows) {
		h.at, h.shown = i, &h.pages[h.rows[i].page]
	}
	h.list.Select(min(h.at, len(h.rows)-1))
	h.update()
}

// update writes the page that is shown.
func (h *helpView) update() {
	l, p := h.w.lang(), h.shown
	none := narrate.HelpPage{Title: helpWords.none}
	if p == nil {
		p = &none
	}
	h.title.SetText(p.Title.In(l))
	h.group.SetText(p.Group.Name(l))
	show(h.group, h.shown != nil)
	for i, t := range h.text {
		text := ""
		if i < len(p.Text) {
			text = p.Text[i].In(l)
		}
		t.SetText(text)
		show(t, text != "")
	}
	h.code.SetText(p.Filter)
	show(h.code, p.Filter != "")
	show(h.find, p.Filter != "" && h.w.app.Page == app.CapturePage)
	h.scroll.ScrollToTop()
	if w := h.scroll.Size().Width; w > 0 {
		h.flow(w)
	}
}

// flow puts the texts below each other.
func (h *helpView) flow(w float32) {
	room := w - theme.ScrollbarSlot - 4
	y := float32(0)
	below := func(p *widget.Paragraph, gap float32) {
		if p.Visible() {
			y += putText(p, 2, y, room) + gap
		}
	}
	below(h.group, 6)
	below(h.title, 14)
	for _, t := range h.text {
		below(t, 12)
	}
	below(h.code, 12)
	if h.find.Visible() {
		put(h.find, 0, y, h.find.MinSize().Width, theme.ButtonHeight)
		y += theme.ButtonHeight + 4
	}
	h.content.Layout.(*placing).least = fyne.NewSize(0, y)
	h.content.Resize(fyne.NewSize(w, y))
	h.scroll.Refresh()
}

func (h *helpView) drawRow(p *widget.Pen, i int, w float32, _ widget.RowState) {
	r := h.rows[i]
	l := h.w.lang()
	if r.page < 0 {
		p.T(4, 4, w-8, helpRowTall-4, r.group.Name(l), theme.TinyStrong, p.P.Text2, widget.Left)
		return
	}
	p.T(14, 0, w-22, helpRowTall-2, h.pages[r.page].Title.In(l), theme.Body, p.P.Text, widget.Left)
}

// chipHelp is the page about a chip of a bubble, "" if there is none.
func (w *Window) chipHelp(c *timeline.Chip) string {
	if c.Label != 0 && !c.Ours {
		return "label." + c.Label.Names()[0]
	}
	best, id := 0, ""
	for _, p := range narrate.HelpPages() { // what we say has its name at the beginning
		if name := p.Title.In(w.lang()); p.Group == narrate.HelpOurs && len(name) > best && strings.HasPrefix(c.Text, name) {
			best, id = len(name), p.ID
		}
	}
	return id
}

// explainMenu leads to helpMenu, which opens at at.
func (w *Window) explainMenu(r *timeline.Row, at fyne.Position) []menuItem {
	items := w.helpMenu(r)
	if len(items) == 0 {
		return nil
	}
	return []menuItem{{w.t(helpWords.explainIt), func() { w.showMenu(at, items...) }}}
}

// helpMenu explains what a row shows: its chips, and the states of both ends.
func (w *Window) helpMenu(r *timeline.Row) []menuItem {
	var items []menuItem
	seen := map[string]bool{}
	add := func(name, id string) {
		if id != "" && !seen[id] {
			seen[id] = true
			items = append(items, menuItem{fill(w.lang(), helpWords.explain, name, ""), func() { w.showHelp(id) }})
		}
	}
	for i := range r.Chips {
		add(r.Chips[i].Text, w.chipHelp(&r.Chips[i]))
	}
	if r.Kind != timeline.Bubble {
		return items
	}
	for _, m := range r.States {
		if m.State != 0 {
			add(m.State.String(), "state."+m.State.String())
		}
	}
	return append(items, menuItem{w.t(helpWords.reading), func() { w.showHelp("bubble") }})
}
