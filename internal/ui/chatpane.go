package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget"
)

// chatPane shows one connection as a chat.
type chatPane struct {
	w     *Window
	root  *fyne.Container
	lanes *widget.LaneHead
	rows  *widget.Timeline
	// fresh leads to the packets that came while the reader was elsewhere.
	fresh *widget.Button
}

// showMore is the label of what shows n more lines, or hides them if n is below 0.
func (w *Window) showMore(n int) string {
	switch {
	case n < 0:
		return w.t(words.hideMore)
	case n == 1:
		return w.t(words.showOne)
	}
	return fill(w.lang(), words.showMore, narrate.Count(uint64(n)), "")
}

// frameColumns are the heads of the table of WebSocket frames.
var frameColumns = [...]narrate.Text{{"FIN", "FIN"}, {"OPCODE", "操作码"}, {"MASK", "掩码"}, {"LENGTH", "长度"}, {"PAYLOAD", "载荷"}}

func newChatPane(w *Window) *chatPane {
	c := &chatPane{w: w}
	c.lanes = widget.NewLaneHead(w.t(words.clientState), w.t(words.serverState), w.t(words.stateLegend))
	c.rows = widget.NewTimeline()
	c.rows.Post = w.Post
	c.rows.Words = widget.TimelineWords{
		ShowMore: w.showMore, Unfold: w.t(words.unfold), Fold: w.t(words.fold), Covered: w.t(words.covered),
		ShowLines: func(n int) string { return fill(w.lang(), words.showLines, narrate.Count(uint64(n)), "") },
	}
	for i, name := range frameColumns {
		c.rows.Words.FrameColumns[i] = w.t(name)
	}
	c.rows.OnSelect = w.app.SelectPacket
	c.rows.OnToggle = w.app.ToggleFold
	c.rows.OnMore = w.app.ToggleMore
	c.rows.OnCopy = func(row int) { w.copy(c.text(row)) }
	c.rows.OnContext = c.menu
	c.rows.Hint = c.hint
	c.rows.Marked = func(packet int) bool { return w.app.Capture != nil && w.app.Capture.Matched(packet) }
	c.rows.OnChip = func(row, chip int) { w.showWhy(w.app.Capture.Chat.PacketOf(row), chip, false) }
	c.rows.OnScrolled = func() { w.app.AtEnd(c.rows.AtEnd()) }
	c.fresh = widget.NewButton(widget.Primary, "down", "", c.rows.ScrollToEnd)
	c.fresh.Hide()
	c.root = arrange(fyne.NewSize(0, 0), c.place, c.lanes, c.rows, c.fresh)
	return c
}

func (c *chatPane) place(size fyne.Size) {
	put(c.lanes, 0, 0, size.Width, laneHead)
	put(c.rows, 0, laneHead, size.Width, max(0, size.Height-laneHead))
	c.placeFresh(size)
}

// object implements viewPane.
func (c *chatPane) object() fyne.CanvasObject { return c.root }

// key implements viewPane.
func (c *chatPane) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp:
		c.w.packetBy(-1)
	case fyne.KeyDown:
		c.w.packetBy(1)
	default:
		c.rows.TypedKey(e)
	}
}

// forget implements forgetful.
func (c *chatPane) forget() { c.rows.SetModel(nil) }

// changed implements viewPane.
func (c *chatPane) changed(ch app.Change) {
	s := c.w.app.Capture
	if ch&(app.PageChanged|app.SettingsChanged) != 0 {
		c.showStates()
	}
	// The same connection, of which the first packets are gone: what is in view stays there.
	left := s.Chat != nil && s.Chat.Gone(c.rows.Wanted()) > 0
	c.rows.Stick = s.Tail.Growing && s.Tail.Follow
	// Counting the heights of the same rows once more takes its time where there are millions.
	if ch&(app.ChatChanged|app.PageChanged) != 0 || ch&app.SettingsChanged != 0 && timeline.Model(s.Chat) != c.rows.Wanted() {
		c.rows.SetModel(s.Chat)
	}
	if ch&(app.LessonChanged|app.ChatChanged|app.PanesChanged|app.PageChanged) != 0 {
		c.cover(s)
	}
	if ch&app.SearchChanged != 0 {
		c.rows.Refresh()
	}
	c.followTail(s, ch)
	c.rows.Outline(s.StepPackets())
	switch {
	case ch&(app.SelectionChanged|app.ChatChanged|app.PageChanged) == 0 || s.Packet < 0:
	case (left || c.rows.Stick) && ch&(app.ChatChanged|app.PageChanged) != 0: // what comes is of more interest than what is selected
		c.rows.Mark(s.Packet)
	default:
		c.rows.Select(s.Packet)
	}
}

// cover hides what an open question asks for.
func (c *chatPane) cover(s *app.Capture) {
	after, covered := s.Cover()
	if !covered {
		after = -1
	}
	c.rows.Cover(after)
}

// showStates shows the states of both ends, or only who is who.
func (c *chatPane) showStates() {
	on, t := c.w.app.Settings.States, c.w.t
	c.rows.ShowStates(on)
	if on {
		c.lanes.SetWords(t(words.clientState), t(words.serverState), t(words.stateLegend))
	} else {
		c.lanes.SetWords(t(settingWords.client), t(settingWords.server), "")
	}
}

// text is a row as text, for the clipboard.
func (c *chatPane) text(row int) string {
	s := c.w.app.Capture
	if s == nil || s.Chat == nil || row < 0 || row >= s.Chat.Len() {
		return ""
	}
	var r timeline.Row
	s.Chat.Row(row, &r)
	return r.PlainText(c.w.lang())
}

// copyAll puts the whole conversation on the clipboard as text, or as much of it as app words.
func (c *chatPane) copyAll() {
	if s := c.w.app.Capture; s == nil || s.Chat == nil {
		return
	}
	c.w.overlay.Toast(timeline.Info, c.w.t(words.copying))
	c.w.app.ConversationText(func(text string, rows, of int) {
		c.w.copy(text)
		if rows < of {
			c.w.overlay.Toast(timeline.Warn, fill(c.w.lang(), words.copiedPart, narrate.Count(uint64(rows)), narrate.Count(uint64(of))))
		}
	})
}

// menu offers to mark, to note, to copy, to find the like, and to look at it in other programs.
func (c *chatPane) menu(row int, at fyne.Position) {
	a := c.w.app
	mark := func(do func()) func() {
		return func() {
			if p := a.Capture.Chat.PacketOf(row); p >= 0 {
				a.SelectPacket(p)
				do()
			}
		}
	}
	items := []menuItem{
		{c.w.t(noteWords.mark), mark(a.ToggleMark)},
		{c.w.t(noteWords.write), mark(c.w.writeNote)},
		{c.w.t(words.copyBubble), func() { c.w.copy(c.text(row)) }},
		{c.w.t(words.copyAll), c.copyAll},
	}
	if s := a.Capture; s != nil && s.Chat != nil && row >= 0 && row < s.Chat.Len() {
		var r timeline.Row
		s.Chat.Row(row, &r)
		items = append(append(items, c.w.rowMenu(&r, at)...), c.w.explainMenu(&r, at)...)
	}
	c.w.showMenu(at, items...)
}

// hint explains what the pointer is over.
func (c *chatPane) hint(r *timeline.Row, part widget.Part) string {
	l := c.w.lang()
	switch part.Kind {
	case widget.PartFlag:
		for _, f := range narrate.FlagTerms {
			if f.Flag == part.Flag {
				return f.Name + words.colon.In(l) + f.In(l)
			}
		}
	case widget.PartState:
		mark := r.States[part.Index]
		text := narrate.Side(l, flow.Direction(part.Index)) + " " + mark.State.String() + words.colon.In(l) + narrate.State(mark.State).In(l)
		if mark.Inferred {
			text += " " + narrate.InferredHint(l)
		}
		return text
	case widget.PartChip:
		chip := r.Chips[part.Index]
		if chip.Ours {
			return c.w.t(words.ourReading) + chip.Meaning + "\n" + c.w.t(whyWords.click)
		}
		if chip.Label != 0 {
			term := narrate.Label(chip.Label)
			return term.Name.In(l) + words.colon.In(l) + term.Meaning.In(l) + "\n" + c.w.t(whyWords.click)
		}
	case widget.PartTime:
		return c.clock(r)
	}
	return ""
}

// clock is a packet's time of day, with its date.
func (c *chatPane) clock(r *timeline.Row) string {
	s := c.w.app.Capture
	if s == nil || s.View == nil || r.Packet < 0 {
		return ""
	}
	t := time.Unix(0, s.View.At(r.Packet).Time)
	return t.UTC().Format("2006-01-02 15:04:05.000000") + " UTC"
}
