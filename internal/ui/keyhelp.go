package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// keyLine is a line of the help on keys: a heading, or a command.
type keyLine struct{ heading, keys, does string }

// keyLines are the commands that have a key, under the names of their groups.
func (w *Window) keyLines() []keyLine {
	var lines []keyLine
	last := group(numGroups)
	for i := range w.commands {
		c := &w.commands[i]
		if c.key() == "" {
			continue
		}
		if c.group != last {
			last = c.group
			lines = append(lines, keyLine{heading: w.t(groupWords[c.group])})
		}
		var labels []string
		for _, key := range c.keys {
			if p, _ := parsePress(key); p.mod == 0 || len(labels) == 0 { // the others are how keyboards write the same
				labels = append(labels, keyLabel(key))
			}
		}
		lines = append(lines, keyLine{keys: strings.Join(labels, "  "), does: w.t(c.does)})
	}
	return lines
}

// showKeys shows every key, in two columns.
func (w *Window) showKeys() {
	const row, width, most = 22, 940, 23 // rows that fit into the smallest window
	lines := w.keyLines()
	half := (len(lines) + 1) / 2
	if half > 0 && lines[half-1].heading != "" {
		half--
	}
	rows := max(half, len(lines)-half)
	list := widget.NewList(row)
	list.Flat = true
	list.Count = func() int { return rows }
	draw := func(p *widget.Pen, l keyLine, x, cw float32) {
		if l.heading != "" {
			p.T(x, 0, cw, row, l.heading, theme.TinyStrong, p.P.Text2, widget.Left)
			return
		}
		p.T(x, 0, 118, row, l.keys, theme.Mono, p.P.Accent, widget.Left)
		p.T(x+124, 0, cw-124, row, l.does, theme.Body, p.P.Text, widget.Left)
	}
	list.Draw = func(p *widget.Pen, i int, rw float32, _ widget.RowState) {
		if i < half {
			draw(p, lines[i], 0, rw/2-12)
		}
		if i+half < len(lines) {
			draw(p, lines[half+i], rw/2+4, rw/2-8)
		}
	}
	help := widget.NewButton(widget.Plain, "book", w.t(helpWords.title), func() { w.showHelp("") })
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(list, 0, 0, size.Width, size.Height)
		hw := help.MinSize().Width
		put(help, size.Width-hw-36, -48, hw, theme.ButtonHeight) // beside the cross
	}, list, help)
	w.openDialog(fyne.NewSize(width, 64+float32(min(rows, most))*row+28), w.t(words.keysTitle), content)
	if rows > most {
		w.win.Canvas().Focus(list)
	}
}
