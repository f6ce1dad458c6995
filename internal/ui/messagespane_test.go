package ui

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

// showMessages opens a case at its messages.
func showMessages(t *testing.T, id string) (*reader, *app.Capture, *messagesPane) {
	t.Helper()
	r := open(t, Options{})
	c := r.openCase(id)
	r.win.Canvas().Unfocus()
	r.write("m")
	r.until("the rows are made", func() bool { return c.Messages.Rows != nil })
	return r, c, r.capture.middle.panes[app.MessagesView].(*messagesPane)
}

func TestMessagesAreShownAndGoneThrough(t *testing.T) {
	r, c, m := showMessages(t, "streaming-websocket")
	texts := lint.Texts(m.root)
	for _, want := range []string{"GET", "/echo", "answer #6 · 186 µs", "Upgraded to WebSocket", "Hello, WebSocket!", "BINARY", "7 header lines"} {
		if !slices.Contains(texts, want) {
			t.Errorf("no %q in %q", want, texts)
		}
	}
	at := func() string {
		var row timeline.MessageRow
		c.Messages.Rows.Row(m.list.Row(), &row)
		return row.Tag + " " + row.Title
	}
	r.press(fyne.KeyHome, fyne.KeyDown, fyne.KeyDown)
	if got := at(); got != "TEXT Hello, WebSocket!" || c.View.At(c.Packet).Frame != 8 {
		t.Errorf("behind the handshake stands %q, packet %d", got, c.View.At(c.Packet).Frame)
	}
	r.copySelected()
	if got := r.fyne.Clipboard().Content(); !strings.HasPrefix(got, "#8 client  0.080764 (+80.3 ms)  TEXT  Hello, WebSocket!") {
		t.Errorf("copied is %q", got)
	}
	r.press(fyne.KeyHome)
	r.write("a")
	if got := at(); got != "101 Switching Protocols" {
		t.Errorf("the answer is %q", got)
	}
	r.write("a")
	if got := at(); got != "GET /echo" {
		t.Errorf("it answers %q", got)
	}
	r.press(fyne.KeyReturn) // the header fields
	if !slices.Contains(lint.Texts(m.root), "Upgrade: websocket") {
		t.Error("the header fields are not shown")
	}
	r.press(fyne.KeyEnd)
	if got := at(); !strings.HasPrefix(got, "CLOSE ") {
		t.Errorf("the last one is %q", got)
	}
	r.press(fyne.KeyUp, fyne.KeyPageUp, fyne.KeyPageDown)
	packet := c.Packet
	r.write("M")
	if c.Shows != app.ChatView || c.Packet != packet || r.capture.middle.chat.rows.Selected() != packet {
		t.Errorf("the chat is not at packet %d: %d", packet, c.Packet)
	}
	r.write("m")
	if c.Shows != app.MessagesView || m.list.Selected() != c.Messages.At {
		t.Error("it does not come back to the messages")
	}
	m.copyAll()
	r.until("all is copied", func() bool { return strings.Count(r.fyne.Clipboard().Content(), "\n") > c.Messages.Rows.Len() })
}

func TestBytesOfAMessageAreMarked(t *testing.T) {
	r, c, _ := showMessages(t, "streaming-websocket")
	r.app.SelectMessage(2)
	offset, n := r.capture.drawer.pointedBytes()
	p, err := c.View.Packet(c.Packet)
	if err != nil || n != 23 || offset+n != len(p.Data) {
		t.Errorf("marked are %d bytes from %d on: %v", n, offset, err)
	}
	r.write("m")
	if _, n := r.capture.drawer.pointedBytes(); n != 0 {
		t.Errorf("in the chat %d bytes are marked", n)
	}
}

func TestMenuOfAMessage(t *testing.T) {
	r, _, m := showMessages(t, "http-picture")
	items := func(row int) (out []string) {
		r.app.SelectMessage(row) // as the click does
		m.list.OnContext(row, fyne.NewPos(400, 200))
		defer r.win.Canvas().Overlays().Remove(r.win.Canvas().Overlays().Top())
		return lint.Texts(r.win.Canvas().Overlays().Top())
	}
	if got := items(0); !slices.Contains(got, "Copy as curl command") || slices.Contains(got, "Save content…") {
		t.Errorf("of the request: %q", got)
	}
	if got := items(1); slices.Contains(got, "Copy as curl command") || !slices.Contains(got, "Save content…") {
		t.Errorf("of the answer: %q", got)
	}
	r.until("the picture is decoded", func() bool { return slices.Contains(lint.Texts(m.root), "PNG 480 × 300") })
}

// What the menu offers the palette and the keys offer too, where it makes sense.
func TestCommandsOfAMessage(t *testing.T) {
	r, _, _ := showMessages(t, "http-picture")
	possible := func(id string) bool {
		i := slices.IndexFunc(r.commands, func(c command) bool { return c.id == id })
		return r.commands[i].possible()
	}
	check := func(what string, want ...string) {
		t.Helper()
		for _, id := range []string{"message.pair", "message.curl", "message.save", "message.all"} {
			if possible(id) != slices.Contains(want, id) {
				t.Errorf("%s: %s is possible: %v", what, id, possible(id))
			}
		}
	}
	check("the request", "message.pair", "message.curl", "message.all")
	r.start("message.curl")
	if got := r.fyne.Clipboard().Content(); !strings.HasPrefix(got, "curl ") {
		t.Errorf("copied is %q", got)
	}
	r.start("message.pair")
	check("the answer", "message.pair", "message.save", "message.all")
	r.write("m")
	check("the chat")
}

func TestNoMessages(t *testing.T) {
	r, c, m := showMessages(t, "trouble-third-packet-lost")
	r.app.SelectConnection(4)
	r.loaded()
	r.until("the rows are made", func() bool { return c.Messages.Rows != nil })
	if got := strings.Join(lint.Texts(m.back), " "); c.Messages.Rows.Len() > 0 || !strings.Contains(got, "No message to read here Neither side sent a byte") {
		t.Errorf("%d rows, said is %q", c.Messages.Rows.Len(), got)
	}
}

func TestMessagesFitEveryWindow(t *testing.T) {
	for _, id := range []string{"streaming-websocket", "http-bad-header", "http-picture", "streaming-sse-held", "alive-keepalive"} {
		r, c, _ := showMessages(t, id)
		for _, size := range []fyne.Size{minSize, firstSize, fyne.NewSize(2560, 1440)} {
			for lang := range narrate.Lang(narrate.NumLangs) {
				for _, mode := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
					r.app.Set(func(set *app.Settings) { set.Lang, set.Theme = lang, mode })
					r.until("the rows are made", func() bool { return c.Messages.Rows != nil && c.Messages.Rows.Options.Lang == lang })
					m := r.capture.middle.panes[app.MessagesView].(*messagesPane) // made anew with the language
					r.win.Resize(size)
					for _, f := range lint.Check(m.root, lint.Options{AllowCut: true}) {
						t.Errorf("%s, %v, %v, %v: %s", id, size, lang, mode, f)
					}
					if n := lint.Count(r.win.Content()); size == firstSize && n > 500 {
						t.Errorf("%s: %d objects in the window", id, n)
					}
				}
			}
		}
	}
}

// What a message says stays as it is in every language; what is said about it does not.
func TestMessagesInChinese(t *testing.T) {
	english := regexp.MustCompile(`[a-z]{3,} [a-z]{2,}`)
	r := open(t, Options{})
	for _, l := range r.app.Cases {
		c := r.openCase(l.ID)
		r.app.ShowView(app.MessagesView)
		for _, stream := range c.Shown {
			r.app.SelectConnection(stream)
			r.loaded()
			var about [narrate.NumLangs][]string
			for lang := range narrate.Lang(narrate.NumLangs) {
				r.app.Set(func(s *app.Settings) { s.Lang = lang })
				r.until("the rows are made", func() bool { return c.Messages.Rows != nil && c.Messages.Rows.Options.Lang == lang })
				var row timeline.MessageRow
				for i := range c.Messages.Rows.Len() {
					c.Messages.Rows.Row(i, &row)
					about[lang] = append(about[lang], row.Facts, row.Note, row.Answer, row.Joined, row.Text, row.Detail, row.Delta)
				}
			}
			for i, text := range about[narrate.Chinese] {
				if english.MatchString(text) && text == about[narrate.English][i] {
					t.Errorf("%s: English among Chinese: %q", l.ID, text)
				}
			}
			if len(about[0]) != len(about[1]) {
				t.Errorf("%s: %d texts in English, %d in Chinese", l.ID, len(about[0]), len(about[1]))
			}
			r.app.Set(func(s *app.Settings) { s.Lang = narrate.English })
		}
	}
	v := reflect.ValueOf(messagesWords)
	for i := range v.NumField() {
		if texts := v.Field(i); texts.Index(0).String() == "" || texts.Index(1).String() == "" {
			t.Errorf("%s is missing in a language", v.Type().Field(i).Name)
		}
	}
}

// What was searched for is marked in all views that show it.
func TestMatchesAreMarkedInEveryView(t *testing.T) {
	r, c, m := showMessages(t, "http-picture")
	before := lint.Count(m.root)
	r.app.SetFilter("http.request")
	r.until("the search ends", func() bool { return !c.Search.Running })
	if lint.Count(m.root) <= before {
		t.Error("no message is marked")
	}
	r.app.ShowView(app.GraphsView)
	r.until("the graphs are made", func() bool { return c.Graphs.Data != nil })
	g := r.capture.middle.panes[app.GraphsView].(*graphsPane)
	if !slices.Contains(lint.Texts(g.root), "found") {
		t.Errorf("the legend does not tell what was found: %q", lint.Texts(g.root))
	}
	r.app.ShowView(app.StreamView)
	r.until("the rows are made", func() bool { return c.Bytes.Rows != nil })
	s := r.capture.middle.panes[app.StreamView].(*streamPane)
	with := lint.Count(s.root)
	r.app.SetFilter("")
	if lint.Count(s.root) >= with {
		t.Error("no row of the stream was marked")
	}
}

// Messages that do not fit are offered behind the last one shown, and what is left out of a long one behind what is said of it.
func TestWhatIsLeftOutOfMessagesIsOffered(t *testing.T) {
	r, c, m := showMessages(t, "http-picture")
	var loaded []bool
	m.list.OnSelect, m.list.OnToggle, m.list.OnPacket, m.list.OnRest = nil, nil, nil, nil
	m.list.OnLoad = func(before bool) { loaded = append(loaded, before) }
	rows := &cutMessages{c.Messages.Rows}
	m.list.SetModel(rows)
	texts := lint.Texts(m.list)
	if !slices.Contains(texts, "Show the next ones") || !slices.Contains(texts, "Get the rest…") {
		t.Fatalf("shown is %q", texts)
	}
	for _, f := range lint.Check(m.root, lint.Options{AllowCut: true}) {
		t.Error(f)
	}
	for y := m.list.Size().Height; y > 0 && len(loaded) == 0; y -= 8 { // wherever it stands
		for x := float32(20); x < 400 && len(loaded) == 0; x += 20 {
			m.list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)})
		}
	}
	if !slices.Equal(loaded, []bool{false}) {
		t.Errorf("asked for: %v", loaded)
	}
	if commandOf(r, "message.next").possible() || commandOf(r, "message.before").possible() || !commandOf(r, "message.stream").possible() {
		t.Error("there are no more messages of this connection, and one is selected")
	}
	commandOf(r, "message.stream").do()
	if c.Shows != app.StreamView {
		t.Error("the byte stream is not shown")
	}
}

// cutMessages are messages of which something is left out.
type cutMessages struct{ *timeline.Messages }

func (m *cutMessages) Len() int { return m.Messages.Len() + 1 }

func (m *cutMessages) Shape(i int) timeline.MessageShape {
	if i == m.Messages.Len() {
		return timeline.MessageShape{Kind: timeline.MessageLimit}
	}
	s := m.Messages.Shape(i)
	s.Facts = true
	return s
}

func (m *cutMessages) Row(i int, row *timeline.MessageRow) {
	if i == m.Messages.Len() {
		*row = timeline.MessageRow{MessageShape: m.Shape(i), Item: -1, Text: "There are more", Detail: "Show the next ones"}
		return
	}
	m.Messages.Row(i, row)
	row.MessageShape, row.Cut = m.Shape(i), true
}

func (m *cutMessages) Item(i int) int {
	if i == m.Messages.Len() {
		return -1
	}
	return m.Messages.Item(i)
}
