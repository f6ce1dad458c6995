package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

// offered are the texts of the panel below the search box.
func offered(r *reader) []string {
	if !r.capture.find.panel.Visible() {
		return nil
	}
	return lint.Texts(r.capture.find.panel)
}

func TestCompletionWhileTyping(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.focusSearch()
	if texts := offered(r); !slices.Contains(texts, examples[0].text) {
		t.Errorf("an empty box offers %q", texts)
	}
	r.write("tcp.flags.s")
	if texts := offered(r); !slices.Contains(texts, "tcp.flags.syn") {
		t.Fatalf("offered are %q", texts)
	}
	r.press("Tab")
	if r.capture.find.box.Text != "tcp.flags.syn " {
		t.Fatalf("Tab makes it %q", r.capture.find.box.Text)
	}
	r.press("Down", "Return", "Down", "Return")
	if text := r.capture.find.box.Text; text != "tcp.flags.syn == 1 " || c.Filter != text || c.Search.Count == 0 {
		t.Errorf("chosen with the arrows: %q, looked for %q, %d found", text, c.Filter, c.Search.Count)
	}
	r.write("&& ")
	if texts := offered(r); len(texts) == 0 || c.Search.Text != "tcp.flags.syn == 1 " {
		t.Errorf("offered are %q, looked for is %q", texts, c.Search.Text)
	}
	r.press("Escape")
	if offered(r) != nil || r.capture.find.box.Text == "" {
		t.Error("Esc does not close just the panel")
	}
	if r.press("Escape"); c.Filter != "" || c.Search.Active() {
		t.Error("Esc again does not clear the box")
	}
	r.write("some words an")
	if texts := offered(r); texts != nil {
		t.Errorf("words to search for are completed: %q", texts)
	}
}

func TestAMistakeIsPointedAt(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.focusSearch()
	r.write("tcp.port == 9003")
	shown := slices.Clone(c.Shown)
	r.write(" && tcp.prot == 1")
	texts := offered(r)
	if !slices.Contains(texts, "tcp.port == 9003 && ") || !slices.Contains(texts, "tcp.prot") || !slices.Contains(texts, " == 1") {
		t.Errorf("the mistake is shown as %q", texts)
	}
	if !slices.Equal(c.Shown, shown) {
		t.Errorf("the list has become %v", c.Shown)
	}
	r.win.Canvas().Unfocus()
	if texts := lint.Texts(r.capture.findBar.root); !strings.Contains(strings.Join(texts, " "), "tcp.prot") {
		t.Errorf("without the keyboard in the box the bar says %q", texts)
	}
}

func TestFromMatchToMatchByKey(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.focusSearch()
	r.write("tcp.flags.syn == 1 && tcp.flags.ack == 1")
	r.press("Return", "F3")
	if at, of := c.MatchPlace(); at != 2 || of < 2 {
		t.Fatalf("match %d of %d", at, of)
	}
	want := fill(narrate.English, findWords.place, "2", itoa(len(c.Search.Found[c.Stream].Packets)))
	if texts := strings.Join(lint.Texts(r.capture.findBar.root), " "); !strings.Contains(texts, want) {
		t.Errorf("the bar says %q", texts)
	}
	first := c.Stream
	for range c.Search.Found[first].Packets {
		if c.Stream == first {
			r.click(r.capture.findBar.next)
		}
	}
	if c.Stream == first {
		t.Error("the last match does not lead to the next connection")
	}
	r.click(r.capture.findBar.before)
	if at, of := c.MatchPlace(); c.Stream != first || at != of {
		t.Errorf("back in connection %d at %d of %d", c.Stream, at, of)
	}
	r.win.Canvas().Unfocus()
	if r.press("Escape"); c.Filter != "" || r.app.Page != app.CapturePage || r.capture.findBar.root.Visible() || r.capture.find.box.Text != "" {
		t.Error("Esc does not clear the search")
	}
	if r.press("Escape"); r.app.Page != app.Home {
		t.Error("Esc again does not lead home")
	}
}

func TestSearchesComeBack(t *testing.T) {
	r := open(t, Options{})
	r.openCase("trouble-third-packet-lost")
	r.focusSearch()
	r.write("tcp.port == 9003")
	r.press("Return", "Escape")
	if texts := offered(r); !slices.Contains(texts, "tcp.port == 9003") {
		t.Fatalf("looked for before: %q", texts)
	}
	r.press("Down", "Return")
	if r.app.Capture.Filter != "tcp.port == 9003" || offered(r) != nil {
		t.Errorf("%q, offered %q", r.app.Capture.Filter, offered(r))
	}
	r.press("Escape")
	r.win.Canvas().Unfocus()
	r.focusSearch()
	p := r.capture.find.panel
	p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(30, 20)})
	if r.app.Capture.Filter != "tcp.port == 9003" || r.win.Canvas().Focused() != r.capture.find.box {
		t.Errorf("a click: %q, focus on %T", r.app.Capture.Filter, r.win.Canvas().Focused())
	}
	r.press("Escape")
	p.OnLink(1)
	if len(r.app.Searches) != 0 || slices.Contains(offered(r), "tcp.port == 9003") {
		t.Errorf("forgotten: %q, offered %q", r.app.Searches, offered(r))
	}
}

func TestMatchesAreMarked(t *testing.T) {
	r := open(t, Options{})
	r.openCase("http-picture")
	rows := r.capture.middle.chat.rows
	before := len(lint.Texts(rows))
	r.app.SetFilter("frame.number == 3")
	marked := 0
	for i := range r.app.Capture.View.Len() {
		if rows.Marked(i) {
			marked++
		}
	}
	if marked != 1 || !rows.Marked(2) || len(lint.Texts(rows)) != before {
		t.Errorf("%d packets are marked, %d texts instead of %d", marked, len(lint.Texts(rows)), before)
	}
	if texts := lint.Texts(r.capture.side.list); !slices.Contains(texts, findWords.one[narrate.English]) {
		t.Errorf("the list says %q", texts)
	}
}

func TestTheSearchFitsEveryLook(t *testing.T) {
	r := open(t, Options{})
	r.openCase("trouble-third-packet-lost")
	r.everyLook(func(look string) {
		r.focusSearch()
		for _, text := range []string{"", "tcp.analysis.", "tcp.port == 80 && tcp.prot == 1", "10.77"} {
			r.capture.find.box.SetText(text)
			for _, f := range lint.Check(r.capture.find.panel, lint.Options{}) {
				t.Errorf("%s, %q: %s", look, text, f)
			}
			for _, f := range lint.Check(r.capture.findBar.root, lint.Options{}) {
				t.Errorf("%s, %q: %s", look, text, f)
			}
		}
		r.win.Canvas().Unfocus()
		r.app.SetFilter("")
	})
}

func TestTheFormBuildsAFilter(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.showFilterForm()
	r.press("Tab")
	r.win.Canvas().FocusNext()
	r.write("9003")
	r.win.Canvas().FocusNext()
	r.press("Space")
	if texts := lint.Texts(r.dialog); !slices.Contains(texts, "tcp.port == 9003 && tcp.flags.syn == 1") {
		t.Fatalf("the form says %q", texts)
	}
	r.press("Space", "Space")
	r.win.Canvas().FocusPrevious()
	r.press("Return")
	if r.dialog != nil || c.Filter != "tcp.port == 9003" || r.capture.find.box.Text != c.Filter || len(c.Shown) != 4 {
		t.Errorf("dialog %v, filter %q, in the box %q, listed %v", r.dialog != nil, c.Filter, r.capture.find.box.Text, c.Shown)
	}
	r.showFilterForm()
	r.form = app.Form{Host: "10.77.6.1", Method: "GET", Status: "200"}
	r.showFilterForm()
	if texts := strings.Join(lint.Texts(r.dialog), " "); !strings.Contains(texts, "different packets") {
		t.Errorf("a request that is a response: %q", texts)
	}
	r.form = app.Form{Host: "10.77.6.1"}
	r.showFilterForm()
	for _, o := range objectsOf(r.dialog) {
		if b, ok := o.(interface{ Text() string }); ok && b.Text() == formWords.add[narrate.English] {
			r.click(o)
		}
	}
	if want := "(tcp.port == 9003) && ip.addr == 10.77.6.1"; c.Filter != want || !slices.Equal(c.Shown, []int{1}) {
		t.Errorf("added: %q, listed %v", c.Filter, c.Shown)
	}
	r.showFilterForm()
	r.form.Port = "nonsense"
	r.press("Return")
	if r.dialog == nil {
		t.Error("Enter takes a filter that is none")
	}
}

// objectsOf are the objects of a dialog.
func objectsOf(o fyne.CanvasObject) []fyne.CanvasObject {
	list := []fyne.CanvasObject{o}
	if c, ok := o.(*fyne.Container); ok {
		for _, x := range c.Objects {
			list = append(list, objectsOf(x)...)
		}
	}
	return list
}

func TestWordsOfASummaryAreExplained(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	r.app.SetFilter("RST")
	r.until("the search ends", func() bool { return !c.Search.Running })
	if texts := strings.Join(lint.Texts(r.capture.findBar.root), " "); c.Search.Count != 0 || len(c.Shown) != 3 || !strings.Contains(texts, "summary of 3 connections") {
		t.Errorf("%d found, listed %v: %q", c.Search.Count, c.Shown, texts)
	}
}

func TestMenusOfARow(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	var row timeline.Row
	for i := range c.Chat.Len() {
		if c.Chat.Row(i, &row); len(row.Chips) > 0 && row.Chips[0].Label != 0 {
			break
		}
	}
	do := func(items []menuItem, text string) {
		t.Helper()
		for _, item := range items {
			if strings.HasPrefix(item.text, text) {
				item.do()
				return
			}
		}
		t.Fatalf("no entry %q", text)
	}
	menu := r.rowMenu(&row, fyne.NewPos(100, 100))
	if do(menu, "Find all"); !strings.HasPrefix(c.Filter, "tcp.analysis.") || c.Search.Count == 0 {
		t.Errorf("all of a label: %q finds %d", c.Filter, c.Search.Count)
	}
	if do(menu, bridgeWords.only[narrate.English]); c.Filter != "tcp.stream == "+itoa(c.Stream) || len(c.Shown) != 1 {
		t.Errorf("only this one: %q, listed %v", c.Filter, c.Shown)
	}
	if do(menu, bridgeWords.copies[narrate.English]); !r.covered() {
		t.Error("no second menu opens")
	}
	r.press("Escape")
	for text, want := range map[string]string{
		bridgeWords.connection[narrate.English]: "tcp.stream == " + itoa(c.Stream), bridgeWords.anywhere[narrate.English]: "tcp.srcport",
		bridgeWords.dumpConnection[narrate.English]: "src host",
	} {
		if do(r.connectionMenu(c.Stream), text); !strings.Contains(r.fyne.Clipboard().Content(), want) {
			t.Errorf("%s copies %q", text, r.fyne.Clipboard().Content())
		}
	}
	r.app.SetFilter("tcp.port == 9003")
	do(r.filterMenu(), bridgeWords.tcpdump[narrate.English])
	if got := r.fyne.Clipboard().Content(); got != "tcp and port 9003" && got != "tcp and tcp port 9003" {
		t.Errorf("the search copies %q", got)
	}
	r.app.SetFilter("http")
	do(r.filterMenu(), bridgeWords.tcpdump[narrate.English])
	if texts := strings.Join(lint.Texts(r.overlay), " "); !strings.Contains(texts, "tcpdump does not decode") {
		t.Errorf("why there is none: %q", texts)
	}
}

// The Tab key comes to the search box early, and goes on from there to the list, whether something was typed or not.
func TestTheSearchBoxHasItsPlaceAmongTheFirst(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	box, canvas := r.capture.find.box, r.win.Canvas()
	canvas.Unfocus()
	steps := 0
	for canvas.Focused() != box && steps < 50 {
		canvas.FocusNext()
		steps++
	}
	if steps > 8 {
		t.Fatalf("it takes %d steps to the box", steps)
	}
	if box.AcceptsTab() || r.capture.find.raised {
		t.Fatal("an empty box keeps the Tab key")
	}
	canvas.FocusNext()
	after := canvas.Focused()
	if !has(r.capture.side.root, after.(fyne.CanvasObject)) {
		t.Errorf("behind the box comes %T", after)
	}
	canvas.Focus(box)
	r.write("zzzz")
	if !r.capture.find.raised || c.Filter != "zzzz" || !box.AcceptsTab() {
		t.Fatalf("raised %v, filter %q", r.capture.find.raised, c.Filter)
	}
	r.press(fyne.KeyTab)
	if canvas.Focused() != after || r.capture.find.raised {
		t.Errorf("behind the box with a text comes %T", canvas.Focused())
	}
}

// A filter shows what it is for tcpdump, where that can say it: in the bar if there is room, and at the button that copies it.
func TestAFilterShowsItsTcpdumpExpression(t *testing.T) {
	r := open(t, Options{})
	r.openCase("trouble-third-packet-lost")
	r.win.Resize(fyne.NewSize(1600, 900))
	bar := r.capture.findBar
	for _, q := range []struct {
		text string
		want bool
	}{{"tcp.flags.reset == 1", true}, {"tcp.analysis.retransmission", false}, {"tcp.port == 9003", true}} {
		r.app.SetFilter(q.text)
		e, _ := r.app.SearchExpressions()
		inBar := strings.Contains(strings.Join(lint.Texts(bar.root), "\n"), "tcpdump: ")
		if (e.Tcpdump != "") != q.want || inBar != q.want || strings.Contains(bar.more.Hint, "tcpdump: ") != q.want {
			t.Errorf("%s: %q, in the bar: %v, at the button %q", q.text, e.Tcpdump, inBar, bar.more.Hint)
		}
		for _, f := range lint.Check(bar.root, lint.Options{AllowCut: true}) {
			t.Error(f)
		}
	}
}
