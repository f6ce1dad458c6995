package widget

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/flow"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

// spokenRows are rows of all kinds, as many as wanted.
type spokenRows struct {
	rows   []timeline.MessageRow
	repeat int
}

func (s spokenRows) Len() int                          { return len(s.rows) * s.repeat }
func (s spokenRows) Shape(i int) timeline.MessageShape { return s.rows[i%len(s.rows)].MessageShape }
func (s spokenRows) RowOf(item int) int                { return item } // every row has an item, or is silent

func (s spokenRows) Item(i int) int {
	if k := s.rows[i%len(s.rows)].Kind; k == timeline.MessageSilence || k == timeline.MessageDivider {
		return -1
	}
	return i
}

func (s spokenRows) Row(i int, r *timeline.MessageRow) {
	*r = s.rows[i%len(s.rows)]
	r.Item = s.Item(i)
}

// bubbleOf completes a bubble.
func bubbleOf(r timeline.MessageRow) timeline.MessageRow {
	r.Time, r.Delta = "0.080764", "+80.3 ms"
	r.Lines, r.More, r.Strip = uint16(len(r.Content)), r.Left != 0, len(r.Parts) > 0
	r.MessageShape.Facts = r.Facts != ""
	if r.Packets == nil {
		r.Packets = []timeline.PacketLink{{Packet: 3, Frame: 4}}
	}
	return r
}

func spokenOf(repeat int) spokenRows {
	lines := []string{"{", `  "type": "greeting",`, `  "text": "Grüße €"`, "}"}
	wide := strings.Repeat("0123456789", 7) + "01"
	return spokenRows{repeat: repeat, rows: []timeline.MessageRow{
		bubbleOf(timeline.MessageRow{Tag: "GET", Title: "/echo", Code: true, Facts: "10.77.12.2:8000", Left: 9, Paired: 1, Answer: "answer #6 · 277 µs"}),
		bubbleOf(timeline.MessageRow{Dir: flow.ServerToClient, Tag: "101", Title: "Switching Protocols", Left: 4, Paired: 0, Answer: "answers #4 · 277 µs"}),
		{MessageShape: timeline.MessageShape{Kind: timeline.MessageDivider}, Text: "Upgraded to WebSocket"},
		bubbleOf(timeline.MessageRow{Tag: "TEXT", Title: "hello websocket", Size: "15 B", Paired: -1}),
		bubbleOf(timeline.MessageRow{Dir: flow.ServerToClient, Tag: "文本", Size: "40 B", Content: lines, Left: 3, Paired: -1}),
		bubbleOf(timeline.MessageRow{
			Tag: "TEXT", Size: "960 B", Content: []string{wide, wide}, Left: -1, Parts: []int64{256, 256, 256, 192}, Joined: "4 fragments joined",
			Packets: []timeline.PacketLink{{Packet: 19, Frame: 20}, {Packet: 20, Frame: 21}, {Packet: 22, Frame: 23}, {Packet: 23, Frame: 24}},
		}),
		{
			MessageShape: timeline.MessageShape{Kind: timeline.MessageFold}, Text: "12 pings, all answered", Detail: "pong after 95 µs at most",
			Packets: []timeline.PacketLink{{Packet: 30, Frame: 31}, {Packet: 60, Frame: 61}}, Through: true,
		},
		{MessageShape: timeline.MessageShape{Kind: timeline.MessageSilence}, Text: "2.00 s", Detail: "the client waited for the answer"},
		bubbleOf(timeline.MessageRow{
			Dir: flow.ServerToClient, Tag: "200", Tone: timeline.ToneBad, Title: "OK", Size: "57 kB", Facts: "image/png", Paired: -1, Left: 10,
			MessageShape: timeline.MessageShape{Picture: true, Note: "5,000 of 100,000 announced bytes came\nthe server closed the connection before the end"},
		}),
		bubbleOf(timeline.MessageRow{Tag: "SET", Tone: timeline.ToneOdd, Title: strings.Repeat("a long title ", 20), Unanswered: true, Answer: "no answer seen", Paired: -1}),
	}}
}

func TestMessageListDrawsWithoutFaults(t *testing.T) {
	for name, mode := range bothModes {
		for _, width := range []float32{806, 670, 1500} {
			for _, picture := range []image.Image{nil, image.NewGray(image.Rect(0, 0, 480, 300)), image.NewGray(image.Rect(0, 0, 3000, 20)), image.NewGray(image.Rect(0, 0, 1, 9000))} {
				m := NewMessageList()
				m.Picture = func(int) (image.Image, string) { return picture, "PNG 480 × 300" }
				show(t, m, mode, width, 1400)
				m.SetModel(spokenOf(1))
				m.Select(3)
				noFaults(t, m, lint.Options{AllowCut: true})
				if n := lint.Count(m); n > 250 {
					t.Errorf("%s, %v: %d objects", name, width, n)
				}
			}
		}
	}
}

// chosen notes what a list tells.
func chosen(m *MessageList) *[]string {
	var told []string
	note := func(what string) func(int) { return func(i int) { told = append(told, fmt.Sprint(what, " ", i)) } }
	m.OnSelect, m.OnToggle, m.OnPacket, m.OnCopy = note("select"), note("toggle"), note("packet"), note("copy")
	m.OnContext = func(row int, _ fyne.Position) { note("menu")(row) }
	return &told
}

func TestMessageListByKeyboard(t *testing.T) {
	m := NewMessageList()
	win := show(t, m, theme.DarkMode, 806, 500)
	m.SetModel(spokenOf(3))
	told := chosen(m)
	win.Canvas().Focus(m)
	for _, key := range []fyne.KeyName{
		fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnd, fyne.KeyUp, fyne.KeyHome, fyne.KeyUp, fyne.KeyPageDown, fyne.KeyPageUp,
	} {
		m.TypedKey(&fyne.KeyEvent{Name: key})
	}
	m.TypedShortcut(&fyne.ShortcutCopy{})
	want := []string{"select 0", "select 1", "select 3", "toggle 3", "select 29", "select 28", "select 0", "select 5", "select 0", "copy 0"}
	if !slices.Equal(*told, want) {
		t.Errorf("told was %q, want %q", *told, want)
	}
}

func TestMessageListByPointer(t *testing.T) {
	m := NewMessageList()
	show(t, m, theme.DarkMode, 806, 1300)
	m.SetModel(spokenOf(1))
	told := chosen(m)
	m.Hint = func(_ *timeline.MessageRow, part MessagePart) string { return fmt.Sprint("part ", part.Kind) }
	at := func(row int, kind MessagePartKind) fyne.Position {
		for _, v := range m.live {
			for _, r := range v.regions {
				if v.index == row && r.part.Kind == kind {
					return fyne.NewPos(r.x+r.w/2, v.pen.Box().Position().Y+r.y+r.h/2)
				}
			}
		}
		t.Fatalf("row %d has no part %d", row, kind)
		return fyne.Position{}
	}
	for _, p := range []fyne.Position{at(3, MessageWhole), at(0, MessageMore), at(0, MessagePair), at(6, MessageToggle), at(5, MessagePacket)} {
		m.Tapped(&fyne.PointEvent{Position: p})
	}
	m.TappedSecondary(&fyne.PointEvent{Position: at(4, MessageWhole)})
	want := []string{"select 3", "toggle 0", "select 1", "toggle 6", "select 5", "packet 19", "select 4", "menu 4"}
	if !slices.Equal(*told, want) {
		t.Errorf("told was %q, want %q", *told, want)
	}
	m.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at(5, MessagePacket)}})
	if m.tip.Count() == 0 || m.Cursor() != desktop.PointerCursor {
		t.Error("no hint, or no hand, over a packet")
	}
	m.MouseOut()
	if m.tip.Count() != 0 || m.Cursor() != desktop.DefaultCursor {
		t.Error("the hint stays")
	}
}

// What is in view stays where it is when rows change above it.
func TestMessageListKeepsItsPlace(t *testing.T) {
	m := NewMessageList()
	show(t, m, theme.DarkMode, 806, 500)
	m.SetModel(spokenOf(10))
	m.Select(55)
	before := m.scroll.off
	if before == 0 || m.Row() != 55 {
		t.Fatalf("row %d, scrolled to %v", m.Row(), before)
	}
	m.SetModel(spokenOf(20))
	if m.scroll.off != before || m.Selected() != 55 {
		t.Errorf("from %v to %v, item %d", before, m.scroll.off, m.Selected())
	}
	m.SetModel(nil)
	if m.Row() != -1 || m.scroll.off != 0 || len(m.live) != 0 {
		t.Errorf("without rows: row %d, %d views", m.Row(), len(m.live))
	}
}

func millionMessages(t testing.TB) *MessageList {
	m := NewMessageList()
	show(t, m, theme.DarkMode, 806, 800)
	rows := spokenOf(100_000)
	if rows.Len() != manyRows {
		t.Fatalf("%d rows", rows.Len())
	}
	m.swap(rows, BuildHeights(manyRows, func(i int) int32 { return messageHeight(rows.Shape(i)) }, nil))
	return m
}

func BenchmarkMessageScroll1M(b *testing.B) {
	m := millionMessages(b)
	y, d := 20_000_000.0, float64(scrollStep)
	m.scrolled(m.scroll.to(y))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if i%500 == 499 {
			d = -d
		}
		y += d
		m.scrolled(m.scroll.to(y))
	}
}

func BenchmarkMessageJump1M(b *testing.B) {
	m := millionMessages(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		m.scrolled(m.scroll.to(float64(i%900) * 40_000))
	}
}

func TestMessageScrollStepStaysWithinItsBudget(t *testing.T) {
	m := millionMessages(t)
	y := 20_000_000.0
	step := func() {
		y += scrollStep
		m.scrolled(m.scroll.to(y))
	}
	for range 200 { // fill the pools
		step()
	}
	if n := testing.AllocsPerRun(200, step); n > scrollAllocs {
		t.Errorf("%.1f allocations a step, budget %d", n, scrollAllocs)
	}
}
