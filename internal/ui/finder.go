package ui

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// finder is the search box with the panel below it: what may be typed, what was looked for before, and what is wrong with the text.
// While it has the keyboard it is as wide as a filter needs, over the column beside it.
type finder struct {
	w     *Window
	box   *widget.SearchBox
	panel *widget.Suggest
	// x, y and width are where the box stands in the page.
	x, y, width float32
	focused     bool
	// dismissed says that the reader closed the panel; it comes back with the next change of the text.
	dismissed bool
	// from and to are the bytes that a suggestion replaces; whole says that it replaces all.
	from, to int
	whole    bool
	links    []func()
	setting  bool // the text is being changed by a suggestion
	// raised says that the box lies over the column beside it. The Tab key goes from control to control in the order in which they
	// are drawn, so that the box has its place there, among the first, as long as nothing is typed into it.
	raised bool
}

// findWords are the texts of finding.
var findWords = struct {
	box, build, forget, place, here, searching, stopped, failed, one, some, named, noneHere, before, next, clear, more narrate.Text
}{
	box:       narrate.Text{"Host, text or filter", "主机、文字或过滤器"},
	build:     narrate.Text{"Build a filter", "拼一个过滤器"},
	forget:    narrate.Text{"Forget these", "清除历史"},
	place:     narrate.Text{"${n} of ${of} packets here", "本连接第 ${n}/${of} 个包"},
	here:      narrate.Text{"${n} packets here", "本连接 ${n} 个包"},
	noneHere:  narrate.Text{"none in this connection", "本连接没有"},
	searching: narrate.Text{"searching ${n}", "正在查找 ${n}"},
	stopped:   narrate.Text{"stopped: not all was searched", "已停止：没有查完"},
	failed:    narrate.Text{"The capture could not be searched to its end: ${n}", "没能查完这份抓包：${n}"},
	named:     narrate.Text{"not in what was sent, but in the summary of ${n}", "传输内容里没有，按概要匹配 ${n}"},
	one:       narrate.Text{"1 match", "1 处匹配"},
	some:      narrate.Text{"${n} matches", "${n} 处匹配"},
	before:    narrate.Text{"Match before", "上一处匹配"},
	next:      narrate.Text{"Next match", "下一处匹配"},
	clear:     narrate.Text{"Clear the search", "清除查找"},
	more:      narrate.Text{"Copy as filter or tcpdump expression", "复制为过滤器或 tcpdump 表达式"},
}

// examples are offered to a reader who has not looked for anything yet.
var examples = []struct {
	text string
	help narrate.Text
}{
	{"tcp.analysis.retransmission", narrate.Text{"what was sent twice", "重传的包"}},
	{"tcp.flags.reset == 1", narrate.Text{"who hung up", "谁发了 RST"}},
	{`http.request.method == "GET"`, narrate.Text{"requests", "HTTP 请求"}},
	{"tcp.flags.syn == 1 && tcp.flags.ack == 0", narrate.Text{"attempts to connect", "连接请求"}},
	{"frame.time_delta > 1", narrate.Text{"after a second of silence", "沉默一秒之后"}},
}

// finderWide is the width of the box while it has the keyboard.
const finderWide = 620

func newFinder(w *Window) *finder {
	f := &finder{w: w, box: widget.NewSearchBox(w.t(findWords.box), "Ctrl F"), panel: widget.NewSuggest()}
	f.box.OnChanged = func(text string) {
		f.dismissed = f.dismissed && f.setting
		f.raise(f.focused)
		w.app.SetFilter(text)
		f.update()
	}
	f.box.OnCursorChanged = func() { f.raise(f.focused && f.box.Text != ""); f.update() }
	f.box.OnSubmitted = func(string) { f.submit() }
	f.box.OnEscape = f.leave
	f.box.OnKey = f.key
	f.box.TakesTab = func() bool { return f.raised || f.completes() }
	f.box.OnFocus = f.focus
	f.panel.OnPick = f.pick
	f.panel.OnLink = func(i int) { f.links[i]() }
	return f
}

// at says where in the page the box stands.
func (f *finder) at(x, y, width float32) { f.x, f.y, f.width = x, y, width }

// place puts box and panel into a page of that size.
func (f *finder) place(size fyne.Size) {
	width, wide := f.width, max(min(finderWide, size.Width-f.x-16), f.width)
	if f.raised && !f.dismissed {
		width = wide
	}
	put(f.box, f.x, f.y, width, theme.FieldHeight)
	width = wide
	y := f.y + theme.FieldHeight + 4
	put(f.panel, f.x, y, width, min(f.panel.HeightFor(width), size.Height-y-8))
}

// reset closes the panel and shows the text that is looked for.
func (f *finder) reset() {
	f.dismissed = true
	if c := f.w.app.Capture; c != nil && f.box.Text != c.Filter {
		f.box.SetText(c.Filter)
	}
	f.update()
}

func (f *finder) focus(focused bool) {
	if !focused && f.panel.Hovered() { // a click on it, which gives the keyboard back
		return
	}
	f.focused, f.dismissed = focused, false
	if !focused {
		f.raise(false)
		f.w.app.KeepSearch()
	}
	f.update()
	f.w.capture.findBar.changed(app.SearchChanged)
	again(f.w.capture.root)
}

// update fills the panel, or hides it.
func (f *finder) update() {
	c := f.w.app.Capture
	if !f.focused || f.dismissed || c == nil {
		f.panel.Hide()
		f.w.capture.placeFinder()
		return
	}
	items := f.suggestions(c)
	fault := f.fault(c, len(items) > 0)
	f.links = f.links[:0]
	var links []string
	link := func(text narrate.Text, do func()) {
		links = append(links, f.w.t(text))
		f.links = append(f.links, do)
	}
	link(findWords.build, f.w.showFilterForm)
	if f.whole && len(f.w.app.Searches) > 0 {
		link(findWords.forget, func() {
			f.w.app.ForgetSearches()
			f.w.win.Canvas().Focus(f.box)
			f.update()
		})
	}
	if len(items) == 0 && fault == nil && strings.TrimSpace(f.box.Text) != "" {
		f.panel.Hide()
		f.w.capture.placeFinder()
		return
	}
	f.panel.Show()
	f.panel.Set(items, fault, links)
	f.w.capture.placeFinder()
}

// suggestions are what may be typed here, or what was looked for before.
func (f *finder) suggestions(c *app.Capture) []widget.Suggestion {
	l := f.w.lang()
	var items []widget.Suggestion
	f.whole = strings.TrimSpace(f.box.Text) == ""
	if f.whole {
		for _, text := range f.w.app.Searches {
			items = append(items, widget.Suggestion{Icon: "clock", Text: text})
		}
		if len(items) == 0 {
			for _, e := range examples {
				items = append(items, widget.Suggestion{Icon: "search", Text: e.text, Help: e.help.In(l)})
			}
		}
		return items
	}
	cursor := f.box.CursorByte()
	done := f.w.app.Complete(f.box.Text, cursor)
	f.from, f.to = done.From, done.To
	begins := strings.TrimSpace(f.box.Text[:done.From]) == ""
	if c.Search.Err == nil && c.Search.Query.Search != nil && (!begins || done.From == cursor) {
		return nil // words to search for: "and" is one of them
	}
	for _, it := range done.Items {
		items = append(items, widget.Suggestion{Text: it.Text, Help: it.Help.In(l)})
	}
	return items
}

// fault is what is wrong with the text. What is only not finished yet is no fault while something is offered for its end.
func (f *finder) fault(c *app.Capture, offered bool) *widget.Fault {
	e := c.Search.Err
	if e == nil || offered && e.Offset+e.Length >= f.box.CursorByte() {
		return nil
	}
	return faultOf(f.box.Text, e.Offset, e.Offset+e.Length, e.In(f.w.lang()))
}

// faultOf cuts a text at the place of a mistake, the bytes from from to to, with a little of what stands before it.
func faultOf(text string, from, to int, says string) *widget.Fault {
	const around = 40 // characters
	from = min(from, len(text))
	to = min(max(to, from), len(text))
	before, after := text[:from], text[to:]
	if n := utf8.RuneCountInString(before); n > around {
		before = "…" + string([]rune(before)[n-around:])
	}
	return &widget.Fault{Before: before, At: text[from:to], After: after, Says: says}
}

// key takes the keys that are for the panel.
func (f *finder) key(e *fyne.KeyEvent) bool {
	open := f.panel.Visible()
	switch e.Name {
	case fyne.KeyDown, fyne.KeyUp:
		if !open || f.panel.Len() == 0 {
			f.w.key(e)
			return true
		}
		f.panel.Step(map[fyne.KeyName]int{fyne.KeyDown: 1, fyne.KeyUp: -1}[e.Name])
		return true
	case fyne.KeyTab:
		f.tab()
		return true
	case fyne.KeyReturn, fyne.KeyEnter:
		if open && f.panel.Selected() >= 0 {
			f.pick(f.panel.Selected())
			return true
		}
	case fyne.KeyEscape:
		return f.escape(open)
	}
	return false
}

// completes reports that Tab takes a suggestion: one for the text that was typed, or one that was gone to.
func (f *finder) completes() bool {
	return f.panel.Visible() && f.panel.Len() > 0 && (!f.whole || f.panel.Selected() >= 0)
}

// tab takes a suggestion, or goes on to the next control from where the box has its place.
func (f *finder) tab() {
	back := false
	if d, ok := f.w.fyne.Driver().(desktop.Driver); ok {
		back = d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
	}
	switch {
	case f.completes() && !back:
		f.pick(max(f.panel.Selected(), 0))
	case back:
		f.raise(false)
		f.w.win.Canvas().FocusPrevious()
	default:
		f.raise(false)
		f.w.win.Canvas().FocusNext()
	}
}

// raise draws the box over the column beside it, or puts it back in its place.
func (f *finder) raise(up bool) {
	if f.raised != up {
		f.raised = up
		f.w.capture.layer()
		f.w.capture.placeFinder()
	}
}

// escape takes one thing away: the panel, the search that is running; then the box clears its text and leaves.
func (f *finder) escape(open bool) bool {
	if open && f.panel.Len() > 0 && !f.whole {
		f.dismissed = true
		f.update()
		return true
	}
	return f.w.app.StopSearch()
}

// leave gives the keyboard back to the page.
func (f *finder) leave() { f.w.win.Canvas().Unfocus() }

// pick takes a suggestion.
func (f *finder) pick(i int) {
	text := f.panel.Item(i)
	if text == "" {
		return
	}
	f.w.win.Canvas().Focus(f.box)
	if f.whole {
		f.setting, f.dismissed = true, true
		f.box.Replace(0, len(f.box.Text), text)
		f.setting = false
		return
	}
	if !strings.HasSuffix(text, ".") && (f.to == len(f.box.Text) || f.box.Text[f.to] != ' ') {
		text += " "
	}
	f.box.Replace(f.from, f.to, text)
}

// submit goes to the next match, or to the first connection that is listed if there is none.
func (f *finder) submit() {
	f.dismissed = true
	f.update()
	f.w.app.KeepSearch()
	if c := f.w.app.Capture; c != nil && !f.w.app.FoundBy(1) && len(c.Shown) > 0 {
		f.w.app.SelectConnection(c.Shown[0])
	}
}
