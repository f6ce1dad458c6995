package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
)

// tailWords say how many packets came while the reader was elsewhere.
var tailWords = struct{ one, some narrate.Text }{
	one:  narrate.Text{"1 new", "1 个新包"},
	some: narrate.Text{"${n} new", "${n} 个新包"},
}

// followTail shows the rows that came behind the last one, and how many of them the reader has not seen.
func (c *chatPane) followTail(s *app.Capture, ch app.Change) {
	if ch&(app.TailChanged|app.ChatChanged|app.PageChanged|app.SettingsChanged) == 0 {
		return
	}
	if ch&app.TailChanged != 0 && s.Chat != nil && c.rows.Wanted() != s.Chat {
		c.rows.SetModel(s.Chat)
	}
	n := s.Tail.New
	if n > 0 {
		c.fresh.SetText(c.w.count(n, tailWords.one, tailWords.some))
		c.placeFresh(c.root.Size())
	}
	show(c.fresh, n > 0)
}

// placeFresh puts the way to what is new over the lower end of the rows.
func (c *chatPane) placeFresh(size fyne.Size) {
	const over = 14
	least := c.fresh.MinSize()
	put(c.fresh, (size.Width-least.Width)/2, max(0, size.Height-least.Height-over), least.Width, least.Height)
}
