package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/assets"
	"tcptalk/internal/app"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// homePage shows the cases by track, recent files, and ways to open a capture.
type homePage struct {
	w    *Window
	lang narrate.Lang
	root *fyne.Container

	open    *widget.Button
	live    *widget.Button
	lab     *widget.Button
	recent  *widget.List
	search  *widget.SearchBox
	level   *widget.Segmented
	langs   *widget.Segmented
	themes  *widget.Segmented
	rail    *widget.Canvas
	top     *widget.Canvas
	resume  *resumeCard
	drop    *widget.DropZone
	grid    *caseGrid
	scroll  *container.Scroll
	content *fyne.Container
}

// Measures of Home, in pixels.
const (
	railPad       = 16
	railStep      = 48 // from one button to the next
	railRecent    = 230
	recentRow     = 46
	homeTop       = 64 // search, levels and progress
	resumeHeight  = 88
	dropHeight    = 36
	searchWidth   = 400
	railSearchGap = 16
)

func newHomePage(w *Window) *homePage {
	h := &homePage{w: w, lang: w.lang()}
	h.open = widget.NewButton(widget.Primary, "open", w.t(words.openCapture), w.chooseFile)
	h.open.Shortcut = "Ctrl O"
	h.live = widget.NewButton(widget.Plain, "live", w.t(liveWords.open), w.showLive)
	h.live.Shortcut = "Ctrl K"
	h.lab = widget.NewButton(widget.Plain, "lab", w.t(labWords.title), w.app.ShowLab)
	h.lab.Shortcut = "Ctrl L"
	h.recent = widget.NewList(recentRow)
	h.recent.Count = func() int { return len(w.app.Recent) }
	h.recent.Draw = h.drawRecent
	h.recent.OnOpen = h.openRecent
	h.recent.Links = true
	h.search = widget.NewSearchBox(w.t(words.searchCases), "Ctrl F")
	h.search.SetText(w.app.CaseFilter)
	h.search.OnChanged = func(s string) { w.app.FilterCases(s, w.app.CaseLevel) }
	h.search.OnEscape = func() { w.win.Canvas().Unfocus() }
	h.level = widget.NewSegmented([]string{w.t(words.allLevels), w.t(words.beginner), w.t(words.working), w.t(words.deep)},
		w.app.CaseLevel, func(i int) { w.app.FilterCases(w.app.CaseFilter, i) })
	h.langs = widget.NewSegmented([]string{"English", "中文"}, int(h.lang), func(i int) {
		w.app.Set(func(s *app.Settings) { s.Lang = narrate.Lang(i) })
	})
	h.themes = widget.NewSegmented([]string{"auto", "moon", "sun"}, themeIndex(w.app.Settings.Theme), func(i int) {
		w.app.Set(func(s *app.Settings) { s.Theme = themeModes[i] })
	})
	h.themes.Icons = true
	h.rail = widget.NewCanvas(fyne.NewSize(theme.RailWidth, 0), h.drawRail)
	h.top = widget.NewCanvas(fyne.NewSize(0, homeTop), h.drawTop)
	h.rail.OneSheet()
	h.resume = newResumeCard(w)
	h.drop = widget.NewDropZone(w.t(words.dropHere), w.chooseFile)
	h.grid = newCaseGrid(w)
	h.content = arrange(fyne.NewSize(0, 0), h.placeContent, h.resume.root, h.grid.root)
	h.scroll = container.NewVScroll(h.content)
	h.root = arrange(minSize, h.place,
		h.rail, h.top, h.open, h.live, h.lab, h.recent, h.langs, h.themes, h.search, h.level, h.scroll, h.drop)
	h.changed(app.Everything)
	return h
}

var themeModes = []app.ThemeMode{app.ThemeAuto, app.ThemeDark, app.ThemeLight}

func themeIndex(m app.ThemeMode) int {
	for i, t := range themeModes {
		if t == m {
			return i
		}
	}
	return 0
}

// place lays the page out.
func (h *homePage) place(size fyne.Size) {
	const rail = theme.RailWidth
	put(h.rail, 0, 0, rail, size.Height)
	for i, b := range []*widget.Button{h.open, h.live, h.lab} {
		put(b, railPad, 76+float32(i)*railStep, rail-2*railPad, 40)
	}
	langs := h.langs.MinSize().Width
	put(h.langs, railPad, size.Height-52, langs, theme.ButtonHeight)
	put(h.themes, rail-railPad-h.themes.MinSize().Width, size.Height-52, h.themes.MinSize().Width, theme.ButtonHeight)
	put(h.recent, 8, railRecent+30, rail-16, size.Height-railRecent-30-80)

	x, w := float32(rail+theme.PageMargin), size.Width-rail-2*theme.PageMargin
	put(h.top, x, 0, w, homeTop)
	level := h.level.MinSize().Width
	search := min(searchWidth, w-level-railSearchGap)
	put(h.search, x, 18, search, theme.FieldHeight)
	put(h.level, x+search+railSearchGap, 18, level, theme.FieldHeight)
	put(h.drop, x, size.Height-dropHeight-16, w, dropHeight)
	h.content.Layout.(*placing).least = fyne.NewSize(0, h.contentHeight(w))
	put(h.scroll, x, homeTop, w+theme.PageMargin-8, size.Height-homeTop-dropHeight-28)
	h.content.Resize(fyne.NewSize(h.scroll.Size().Width, h.contentHeight(w))) // the width that the scroll gives it, or the cards are drawn twice
	h.scroll.Refresh()
}

func (h *homePage) resumeRoom() float32 {
	if h.resume.root.Visible() {
		return resumeHeight + theme.CardGap
	}
	return 0
}

func (h *homePage) contentHeight(w float32) float32 { return h.resumeRoom() + h.grid.height(w) }

func (h *homePage) placeContent(size fyne.Size) {
	w := size.Width - theme.PageMargin + 8
	put(h.resume.root, 0, 4, w, resumeHeight)
	put(h.grid.root, 0, h.resumeRoom(), w, h.grid.height(w))
}

// reveal scrolls to a card with its track's heading above it, and to the very top where only the resume card is left out.
func (h *homePage) reveal(card fyne.CanvasObject) {
	bottom := h.grid.root.Position().Y + card.Position().Y + cardHeight
	top := bottom - cardHeight - trackHead
	if top <= h.resumeRoom() {
		top = 0
	}
	h.scroll.ScrollToOffset(fyne.NewPos(0, min(max(h.scroll.Offset.Y, bottom-h.scroll.Size().Height), top)))
}

// changed shows what is new.
func (h *homePage) changed(c app.Change) {
	if c&(app.RecentChanged|app.PageChanged|app.SettingsChanged) == 0 {
		return
	}
	h.themes.SetSelected(themeIndex(h.w.app.Settings.Theme))
	show(h.recent, len(h.w.app.Recent) > 0) // an empty list would take the keyboard and show nothing of it
	h.recent.Refresh()
	h.rail.Refresh()
	h.top.Refresh()
	h.resume.update()
	h.grid.update(h.visible())
	if h.root != nil {
		again(h.root)
		h.root.Refresh()
	}
}

// visible returns the cases that match the search box and level.
func (h *homePage) visible() []*lesson.Case {
	var out []*lesson.Case
	for _, c := range h.w.app.Cases {
		if h.w.app.CaseMatches(c) {
			out = append(out, c)
		}
	}
	return out
}

func (h *homePage) drawRail(p *widget.Pen, w, height float32) {
	p.Rect(0, 0, w, height, p.P.Rail, 0)
	p.VLine(w-1, 0, height, p.P.Line)
	p.SVG(20, 24, 28, 28, "logo", p.P.Text, func() string { return string(assets.AppIcon) })
	p.T(58, 22, 0, 32, "tcptalk", theme.Wordmark, p.P.Text, widget.Left)
	p.T(20, railRecent, w-40, 20, h.w.t(words.recentFiles), theme.Strong, p.P.Text2, widget.Left)
	if len(h.w.app.Recent) == 0 {
		p.Para(20, railRecent+28, w-40, 18, h.w.t(words.noRecent), theme.Small, p.P.Text3, 3)
	}
	p.HLine(0, height-70, w-1, p.P.Line)
}

func (h *homePage) drawTop(p *widget.Pen, w, _ float32) {
	done := 0
	for _, c := range h.w.app.Cases {
		if h.w.app.Done[c.ID].Done {
			done++
		}
	}
	text := fill(h.lang, words.casesDone, itoa(done), itoa(len(h.w.app.Cases)))
	room := w - h.search.Size().Width - h.level.Size().Width - railSearchGap
	tw := p.Width(text, theme.Small)
	const bar = 120
	if room < tw+24 {
		return
	}
	if room < tw+bar+48 {
		p.T(w-tw, 18, tw, theme.FieldHeight, text, theme.Small, p.P.Text2, widget.Right)
		return
	}
	p.T(w-bar-12-tw, 18, tw, theme.FieldHeight, text, theme.Small, p.P.Text2, widget.Left)
	p.Rect(w-bar, 33, bar, 4, p.P.Hover, 2)
	if done > 0 {
		p.Rect(w-bar, 33, bar*float32(done)/float32(len(h.w.app.Cases)), 4, p.P.OK, 2)
	}
}

func (h *homePage) drawRecent(p *widget.Pen, i int, w float32, _ widget.RowState) {
	r := h.w.app.Recent[i]
	color, facts := p.P.Text, narrate.Bytes(uint64(max(r.Size, 0)))+" · "+r.When.Local().Format("2006-01-02 15:04")
	if r.Missing {
		color, facts = p.P.Text3, h.w.t(words.missing)
	}
	p.Icon(12, 6, 16, "file", p.P.Text2)
	p.T(36, 4, w-44, 20, filepath.Base(r.Path), theme.Body, color, widget.Left)
	p.T(36, 23, w-44, 18, facts, theme.Small, p.P.Text3, widget.Left)
}

func (h *homePage) openRecent(i int) {
	path := h.w.app.Recent[i].Path
	if !h.w.app.OpenRecent(path) {
		h.recent.Select(min(i, len(h.w.app.Recent)-1))
		h.w.overlay.Toast(timeline.Warn, path+h.w.t(words.colon)+h.w.t(words.missing))
	}
}
