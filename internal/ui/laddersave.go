package ui

import (
	"io"
	"strconv"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// Bounds of a saved diagram: a file of more rows is of no use to anybody, and a picture so high can be opened by few programs.
const (
	maxLadderSVG = 2000
	maxLadderPNG = 150
	// ladderWidth is how wide a saved diagram is, in pixels at scale 1.
	ladderWidth = 1000
)

// saveMenu offers the forms in which the diagram can be saved.
func (l *ladderPane) saveMenu() {
	c := l.w.app.Capture
	if c == nil || l.drawn == nil {
		return
	}
	name := "tcptalk-" + strconv.Itoa(c.Stream) + "-ladder"
	at := l.w.fyne.Driver().AbsolutePositionForObject(l.save).AddXY(0, streamControl)
	item := func(text narrate.Text, ending string, most int, form func(*widget.SequencePicture) func(io.Writer) error) menuItem {
		label := l.w.t(text)
		if n := l.drawn.Len(); n > most {
			label += " · " + fill(l.w.lang(), ladderWords.cutTo, narrate.Count(uint64(most)), narrate.Count(uint64(n)))
		}
		return menuItem{label, func() { l.w.saveAs(name+ending, func(path string) { l.saveAs(path, most, form) }) }}
	}
	l.w.showMenu(at,
		item(ladderWords.asPNG, ".png", maxLadderPNG, (*widget.SequencePicture).PNG),
		item(ladderWords.asSVG, ".svg", maxLadderSVG, (*widget.SequencePicture).SVG),
	)
}

// part returns the rows that are saved: all of them or, where there are too many, as many as fit from the selected packet on.
func (l *ladderPane) part(most int) (from, to int) {
	n := l.drawn.Len()
	if n <= most {
		return 0, n
	}
	from = max(l.drawn.RowOf(l.rows.Selected()), 0)
	from = min(from, n-most)
	return from, from + most
}

func (l *ladderPane) saveAs(path string, most int, form func(*widget.SequencePicture) func(io.Writer) error) {
	c := l.w.app.Capture
	if c == nil || l.drawn == nil {
		return
	}
	from, to := l.part(most)
	title := c.View.Conn.Client.String() + " – " + c.View.Conn.Server.String() + " · " + c.Title(l.w.lang())
	if to-from < l.drawn.Len() {
		rows := strconv.Itoa(from+1) + "–" + strconv.Itoa(to)
		title += " · " + fill(l.w.lang(), ladderWords.title, rows, narrate.Count(uint64(l.drawn.Len())))
	}
	title += " · " + narrate.Duration(l.drawn.Span(from, to).Round(time.Microsecond))
	picture := l.rows.Picture(from, to, ladderWidth, title, theme.Light())
	l.w.app.SaveWritten(path, form(picture))
}
