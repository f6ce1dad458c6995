package ui

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// palette finds commands by their words, in either language, and runs one.
type palette struct {
	w      *Window
	search *widget.SearchBox
	list   *widget.List
	found  []*command
}

var paletteWords = struct{ title, hint, none narrate.Text }{
	title: narrate.Text{"Commands", "命令"},
	hint:  narrate.Text{"A few letters of what you want to do", "输入想做的事，几个字即可"},
	none:  narrate.Text{"No command with these words.", "没有匹配的命令。"},
}

const paletteRow = 32

// showPalette lists what can be done now.
func (w *Window) showPalette() {
	p := &palette{w: w}
	p.search = widget.NewSearchBox(w.t(paletteWords.hint), "")
	p.search.OnChanged = p.find
	p.search.OnSubmitted = func(string) { p.run(p.list.Selected()) }
	p.search.OnKey = p.key
	p.list = widget.NewList(paletteRow)
	p.list.Count = func() int { return len(p.found) }
	p.list.Draw = p.draw
	p.list.Choice, p.list.OnOpen = true, p.run
	none := widget.NewCanvas(fyne.NewSize(0, 0), func(pen *widget.Pen, cw, _ float32) {
		if len(p.found) == 0 {
			pen.T(0, theme.FieldHeight+16, cw, 24, w.t(paletteWords.none), theme.Body, pen.P.Text2, widget.Left)
		}
	})
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(none, 0, 0, size.Width, size.Height)
		put(p.search, 0, 0, size.Width, theme.FieldHeight)
		put(p.list, 0, theme.FieldHeight+10, size.Width, size.Height-theme.FieldHeight-10)
	}, none, p.search, p.list)
	p.find("")
	w.openDialog(fyne.NewSize(620, 520), w.t(paletteWords.title), content)
	w.win.Canvas().Focus(p.search) // it was not drawn yet, so that it does not know its window
	p.search.OnChanged = func(text string) { p.find(text); none.Refresh() }
}

// key moves in the list while the keyboard is in the box.
func (p *palette) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		step := map[fyne.KeyName]int{fyne.KeyUp: -1, fyne.KeyDown: 1, fyne.KeyPageUp: -10, fyne.KeyPageDown: 10}[e.Name]
		p.list.Select(min(max(p.list.Selected()+step, 0), len(p.found)-1))
	case fyne.KeyEscape:
		p.w.closeDialog()
	default:
		return false
	}
	return true
}

// find lists the commands that text stands for, the best first.
func (p *palette) find(text string) {
	type hit struct {
		*command
		score int
	}
	var hits []hit
	for i := range p.w.commands {
		c := &p.w.commands[i]
		if c.plain || !c.possible() {
			continue
		}
		if s := max(likeness(text, c.does[narrate.English]), likeness(text, c.does[narrate.Chinese]), likeness(text, c.id)); s > 0 {
			hits = append(hits, hit{c, s})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	p.found = p.found[:0]
	for _, h := range hits {
		p.found = append(p.found, h.command)
	}
	p.list.Select(min(0, len(p.found)-1))
}

// run closes the palette and does command i.
func (p *palette) run(i int) {
	if i < 0 || i >= len(p.found) {
		return
	}
	c := p.found[i]
	p.w.closeDialog()
	if c.possible() {
		c.do()
	}
}

func (p *palette) draw(pen *widget.Pen, i int, w float32, _ widget.RowState) {
	c, l := p.found[i], p.w.lang()
	const pad = 12
	text := upperFirst(c.does.In(l))
	right := w - pad
	if key := keyLabel(c.key()); key != "" {
		right -= pen.Width(key, theme.Mono)
		pen.T(right, 0, 0, paletteRow-2, key, theme.Mono, pen.P.Text2, widget.Left)
		right -= pad
	}
	pen.T(pad, 0, right-pad, paletteRow-2, text, theme.Body, pen.P.Text, widget.Left)
}

// upperFirst makes a phrase begin like a sentence.
func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// likeness says how well text, in any case, fits words: its characters must occur in their order. Those at the beginnings of words and
// those that stand together count more; 0 says that it does not fit. Blanks in text count for nothing.
func likeness(text, words string) int {
	want := []rune(strings.ToLower(strings.Join(strings.Fields(text), "")))
	if len(want) == 0 {
		return 1
	}
	have := []rune(strings.ToLower(words))
	best := 0
	for from := range have {
		if have[from] == want[0] {
			best = max(best, likenessFrom(want, have, from))
		}
	}
	return best
}

// likenessFrom is likeness if the first character is taken at from.
func likenessFrom(want, have []rune, from int) int {
	score, last, n := 1, from-1, 0
	for i := from; i < len(have) && n < len(want); i++ {
		if have[i] != want[n] {
			continue
		}
		switch {
		case i == 0 || !unicode.IsLetter(have[i-1]) && !unicode.IsDigit(have[i-1]):
			score += 8
		case i == last+1:
			score += 5
		default:
			score++
		}
		last = i
		n++
	}
	if n < len(want) {
		return 0
	}
	return score
}
