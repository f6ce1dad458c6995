package widget

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

// rowList is a model of ready rows.
type rowList []timeline.Row

func (m rowList) Len() int { return len(m) }

func (m rowList) Shape(i int) timeline.Shape {
	r := m[i]
	return timeline.Shape{
		Kind: r.Kind, Chips: len(r.Chips) > 0, Title: r.Title != "", Lines: uint16(len(r.Lines)), More: r.More > 0,
		Frames: uint16(len(r.Frames)), Note: r.Note, Facts: uint8(len(r.Facts)), Text: uint8(len(r.Sentences)),
	}
}

func (m rowList) Row(i int, r *timeline.Row) { *r = m[i] }

func states(c, s tcp.State, changed string) [2]timeline.StateMark {
	return [2]timeline.StateMark{
		{State: c, Changed: strings.Contains(changed, "c"), Inferred: strings.Contains(changed, "C")},
		{State: s, Changed: strings.Contains(changed, "s"), Inferred: strings.Contains(changed, "S")},
	}
}

func bubble(n int, dir flow.Direction, f packet.Flags, meta, at, delta string, st [2]timeline.StateMark) timeline.Row {
	return timeline.Row{Kind: timeline.Bubble, Packet: n - 1, Frame: uint32(n), Dir: dir, Flags: f, Meta: meta, Time: at, Delta: delta, States: st}
}

const (
	c2s = flow.ClientToServer
	s2c = flow.ServerToClient
)

// lesson is one row of every kind, in the manner of a connection.
func lesson() rowList {
	retr := bubble(4, s2c, packet.SYN|packet.ACK, "seq 0  ack 1  len 0  win 65,160", "1.018115", "+1.018 s", states(tcp.Established, tcp.SynReceived, ""))
	retr.Chips = []timeline.Chip{{Text: "Retransmission · why?", Severity: timeline.Warn, Label: tcp.Retransmission}, {Text: "D-SACK", Severity: timeline.Info}}
	get := bubble(10, c2s, packet.PSH|packet.ACK, "seq 1  ack 1  len 214  win 64,512", "8.018157", "+0.856 s", states(tcp.Established, tcp.Established, ""))
	get.Title = "HTTP/1.1 request"
	get.Lines = []string{"GET /chat HTTP/1.1", "Host: feed.example.net", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}
	get.More = 5
	ws := bubble(12, s2c, packet.PSH|packet.ACK, "seq 130  ack 215  len 71", "8.058301", "+8.5 ms", states(tcp.Established, tcp.Established, ""))
	ws.Title = "WebSocket · 3 frames in this segment"
	ws.Frames = []timeline.FrameRow{
		{Fin: "1", Opcode: "text", Mask: "no", Length: "24", Payload: `{"type":"hello","v":3}`}, {Fin: "1", Opcode: "ping", Mask: "no", Length: "4", Payload: "beat"},
		{Fin: "0", Opcode: "binary", Mask: "no", Length: "37", Payload: "0a 07 73 65 71"},
	}
	ws.Note = "Window full: the program on this side is not reading, and so the server has to wait until there is room again for what it still wants to send."
	ws.NoteSeverity = timeline.Warn
	return rowList{
		{Kind: timeline.Divider, Packet: -1, Text: "Handshake"},
		bubble(1, c2s, packet.SYN, "seq 0  len 0  win 64,240", "0.000000", "start", states(tcp.SynSent, tcp.Listen, "cS")),
		bubble(2, s2c, packet.SYN|packet.ACK, "seq 0  ack 1  len 0  win 65,160", "0.000020", "+20 µs", states(tcp.SynSent, tcp.SynReceived, "s")),
		bubble(3, c2s, packet.ACK, "seq 1  ack 1  len 0  win 64,512", "0.000030", "+10 µs", states(tcp.Established, tcp.SynReceived, "cS")),
		{Kind: timeline.Silence, Packet: -1, Text: "1.0 s", Detail: "the server waits for the third handshake packet"},
		retr,
		{Kind: timeline.Fold, Packet: 4, Frame: 5, LastFrame: 9, Text: "#5–#9", Detail: "SYN-ACK again after 2.0 s, then 4.1 s; each answered"},
		get,
		bubble(11, s2c, packet.ACK, "seq 1  ack 215  len 0  win 65,536", "8.022079", "+3.9 ms", states(tcp.Established, tcp.Established, "")),
		ws,
		bubble(13, c2s, packet.FIN|packet.ACK, "seq 215  ack 201  len 0  win 64,512", "8.1", "+0.05 s", states(tcp.FinWait1, tcp.CloseWait, "cs")),
		bubble(14, s2c, packet.RST|packet.ACK, "seq 201  ack 216  len 0  win 0", "9.269064", "+1.247 s", states(tcp.Closed, tcp.Closed, "cs")),
		{
			Kind: timeline.Closing, Packet: -1, Text: "Ended by client FIN at 8.0 s; server answered RST", RowSeverity: timeline.Fail,
			Detail: "Its program never had this connection: #3 did not reach it, the FIN came too late.",
			Facts:  []timeline.Fact{{Name: "data", Value: "0 B each way"}, {Name: "unacknowledged", Value: "0 B"}, {Name: "client", Value: "CLOSED"}, {Name: "server", Value: "CLOSED"}},
		},
		{
			Kind: timeline.Failure, Packet: -1, Text: "The file is damaged here", RowSeverity: timeline.Fail,
			Sentences: []string{"Packet 1,204 claims 3 GB. The file has 41 kB left, and no packet is larger than 256 kB.", "What was read stays usable: 1,203 packets, search, diagnosis and export."},
			Facts:     []timeline.Fact{{Name: "at byte", Value: "416,272 (0x65A10)"}, {Name: "captured length", Value: "00 00 00 c0"}},
		},
	}
}

// chinese is lesson with the texts a Chinese reader sees.
func chinese() rowList {
	m := lesson()
	m[0].Text = "三次握手"
	m[4].Text, m[4].Detail = "1.0 秒", "服务器在等待第三个握手包"
	m[5].Chips[0].Text = "重传 · 为什么？"
	m[6].Detail = "2.0 秒后再次发送 SYN-ACK，然后 4.1 秒；每次都得到应答"
	m[7].Title = "HTTP/1.1 请求"
	m[7].Lines[1] = `{"消息":"你好，世界","id":7}`
	m[9].Note = "窗口已满：这一端的程序没有读取数据，所以服务器必须等待，直到有空间接收它还想发送的内容为止。这不是网络的问题，而是程序的问题。"
	m[12].Text, m[12].Detail = "客户端在 8.0 秒发送 FIN 结束；服务器以 RST 应答", "它的程序从未拥有这个连接：#3 没有到达，FIN 来得太晚。"
	m[12].Facts = []timeline.Fact{{Name: "数据", Value: "双向 0 B"}, {Name: "未确认", Value: "0 B"}, {Name: "客户端", Value: "CLOSED"}, {Name: "服务器", Value: "CLOSED"}}
	m[13].Text = "文件在这里损坏"
	m[13].Sentences = []string{"第 1,204 个包声称有 3 GB。文件只剩 41 kB，而没有包大于 256 kB。", "已读取的内容仍然可用：1,203 个包、搜索、诊断和导出。"}
	return m
}

// show puts an object in a window of a size under a theme and returns the window.
func show(t testing.TB, o fyne.CanvasObject, mode theme.Mode, w, h float32) fyne.Window {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(mode))
	win := app.NewWindow("")
	win.SetPadded(false)
	win.SetContent(o)
	win.Resize(fyne.NewSize(w, h))
	return win
}

var bothModes = map[string]theme.Mode{"dark": theme.DarkMode, "light": theme.LightMode}

func noFaults(t *testing.T, o fyne.CanvasObject, opt lint.Options) {
	t.Helper()
	for _, f := range lint.Check(o, opt) {
		t.Error(f)
	}
}

func TestTimelineDrawsWithoutFaults(t *testing.T) {
	for name, mode := range bothModes {
		for lang, model := range map[string]rowList{"en": lesson(), "zh": chinese()} {
			for _, width := range []float32{806, 670, 1100, 1500} {
				t.Run(fmt.Sprintf("%s %s %v", name, lang, width), func(t *testing.T) {
					tl := NewTimeline()
					show(t, tl, mode, width, 1400)
					tl.SetModel(model)
					tl.Select(3)
					noFaults(t, tl, lint.Options{AllowCut: width < 806})
					if n := lint.Count(tl); n > 500 {
						t.Errorf("%d objects", n)
					}
				})
			}
		}
	}
}

// The height counted from the shape is the height that drawing needs.
func TestHeightsMatchDrawing(t *testing.T) {
	for _, width := range []float32{500, 670, 806, 1500} {
		tl := NewTimeline()
		show(t, tl, theme.DarkMode, width, 3000)
		for _, m := range []rowList{lesson(), chinese()} {
			tl.SetModel(m)
			if len(tl.live) != len(m) {
				t.Fatalf("%d of %d rows drawn", len(tl.live), len(m))
			}
			for _, v := range tl.live {
				h := float32(tl.heights.At(v.index))
				bottom := float32(0)
				for _, o := range v.pen.Box().Objects {
					bottom = max(bottom, o.Position().Y+o.Size().Height)
				}
				if bottom > h || v.row.Kind == timeline.Bubble && bottom < h-rowGap-.5 {
					t.Errorf("width %v, row %d: height %v, drawn to %v", width, v.index, h, bottom)
				}
			}
		}
	}
}

func TestTimelineKeyboard(t *testing.T) {
	tl := NewTimeline()
	w := show(t, tl, theme.DarkMode, 806, 300)
	var picked []int
	var toggled, more, copied []int
	tl.OnSelect = func(p int) { picked = append(picked, p) }
	tl.OnToggle = func(r int) { toggled = append(toggled, r) }
	tl.OnMore = func(r int) { more = append(more, r) }
	tl.OnCopy = func(r int) { copied = append(copied, r) }
	tl.SetModel(lesson())
	w.Canvas().Focus(tl)
	key := func(k fyne.KeyName, n int) {
		for range n {
			tl.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	key(fyne.KeyDown, 5) // packets 0..3, then the fold: divider and silence have none
	if want := []int{0, 1, 2, 3, 4}; !slices.Equal(picked, want) {
		t.Fatalf("selected %v, want %v", picked, want)
	}
	key(fyne.KeySpace, 1)
	key(fyne.KeyDown, 1)
	key(fyne.KeyReturn, 1)
	tl.TypedShortcut(&fyne.ShortcutCopy{})
	if !slices.Equal(toggled, []int{6}) || !slices.Equal(more, []int{7}) || !slices.Equal(copied, []int{7}) {
		t.Errorf("toggled %v, more %v, copied %v", toggled, more, copied)
	}
	top := float64(tl.heights.Top(7)) + timelineHead
	if top < tl.Offset() || top > tl.Offset()+300 {
		t.Errorf("the selected row at %v is not in view at %v", top, tl.Offset())
	}
	key(fyne.KeyUp, 20)
	if tl.Selected() != 0 {
		t.Errorf("at the top packet %d is selected", tl.Selected())
	}
	key(fyne.KeyEnd, 1)
	if !tl.AtEnd() {
		t.Error("End does not go to the end")
	}
	key(fyne.KeyHome, 1)
	if tl.Offset() != 0 {
		t.Errorf("Home goes to %v", tl.Offset())
	}
	key(fyne.KeyPageDown, 1)
	if tl.Offset() != 270 {
		t.Errorf("PgDn goes to %v", tl.Offset())
	}
}

// place returns the middle of a part of a row in the widget.
func place(t *testing.T, tl *Timeline, row int, kind PartKind) fyne.Position {
	t.Helper()
	for _, v := range tl.live {
		for _, r := range v.regions {
			if v.index == row && r.part.Kind == kind {
				return fyne.NewPos(r.x+r.w/2, v.pen.Box().Position().Y+r.y+r.h/2)
			}
		}
	}
	t.Fatalf("row %d shows no part %d", row, kind)
	return fyne.Position{}
}

func TestTimelinePointer(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 1400)
	tl.SetModel(lesson())
	var log []string
	tl.OnSelect = func(p int) { log = append(log, fmt.Sprint("select ", p)) }
	tl.OnToggle = func(r int) { log = append(log, fmt.Sprint("toggle ", r)) }
	tl.OnMore = func(r int) { log = append(log, fmt.Sprint("more ", r)) }
	tl.OnPart = func(r int, p Part) { log = append(log, fmt.Sprint("part ", r, " ", p.Kind == PartChip)) }
	tl.OnContext = func(r int, _ fyne.Position) { log = append(log, fmt.Sprint("context ", r)) }
	tap := func(row int, k PartKind) { tl.Tapped(&fyne.PointEvent{Position: place(t, tl, row, k)}) }
	tap(1, PartMeta)
	tap(6, PartToggle)
	tap(7, PartMore)
	tap(5, PartChip)
	tl.TappedSecondary(&fyne.PointEvent{Position: place(t, tl, 3, PartMeta)})
	want := []string{"select 0", "part 1 false", "toggle 6", "more 7", "select 3", "part 5 true", "select 2", "context 3"}
	if !slices.Equal(log, want) {
		t.Errorf("got  %q\nwant %q", log, want)
	}
}

func TestTimelineHint(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 700)
	tl.SetModel(lesson())
	asked := 0
	tl.Hint = func(r *timeline.Row, p Part) string {
		asked++
		if p.Kind == PartFlag && p.Flag == packet.SYN {
			return fmt.Sprintf("SYN of #%d opens the connection", r.Frame)
		}
		return ""
	}
	move := func(row int, k PartKind) {
		tl.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: place(t, tl, row, k)}})
	}
	shown := func() bool { return slices.Contains(lint.Texts(tl), "SYN of #2 opens the connection") }
	move(2, PartFlag)
	if !shown() {
		t.Errorf("no hint in %q", lint.Texts(tl))
	}
	move(2, PartFlag)
	if asked != 1 {
		t.Errorf("asked %d times for one place", asked)
	}
	move(2, PartMeta)
	if shown() {
		t.Error("the hint stays after the pointer left")
	}
	move(2, PartFlag)
	tl.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -40}})
	if shown() {
		t.Error("the hint stays while scrolling")
	}
}

func TestTimelineCoversRows(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 1400)
	tl.SetModel(lesson())
	tl.Cover(2)
	texts := strings.Join(lint.Texts(tl), "|")
	if !strings.Contains(texts, "#3") || strings.Contains(texts, "#4") || strings.Contains(texts, "Ended by") || strings.Contains(texts, "CLOSED") {
		t.Errorf("covered rows show: %s", texts)
	}
	selected := -1
	tl.OnSelect = func(p int) { selected = p }
	for range 9 {
		tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	if selected != 2 {
		t.Errorf("the keyboard reached packet %d", selected)
	}
	tl.Cover(-1)
	if !slices.Contains(lint.Texts(tl), "#4") {
		t.Error("uncovering shows nothing")
	}
}

func TestTimelineKeepsItsPlace(t *testing.T) {
	tl := NewTimeline()
	win := show(t, tl, theme.DarkMode, 806, 400)
	tl.SetModel(synthetic(3000))
	tl.scrolled(tl.scroll.to(40_000))
	first := func() (int, float32) { // the first packet in view and where it is
		for _, v := range tl.live {
			if v.row.Packet >= 0 {
				return v.row.Packet, v.pen.Box().Position().Y
			}
		}
		return -1, 0
	}
	p, y := first()
	longer := append(rowList{{Kind: timeline.Divider, Packet: -1, Text: "new"}}, expand(synthetic(3000))...)
	tl.SetModel(longer)
	if p2, y2 := first(); p2 != p || y2 != y {
		t.Errorf("another model: packet %d at %v, was %d at %v", p2, y2, p, y)
	}
	win.Resize(fyne.NewSize(1200, 400))
	if p2, _ := first(); p2 != p {
		t.Errorf("another width: packet %d, was %d", p2, p)
	}
}

func expand(m timeline.Model) rowList {
	out := make(rowList, m.Len())
	for i := range out {
		m.Row(i, &out[i])
		out[i].Lines = slices.Clone(out[i].Lines)
	}
	return out
}

func TestTimelineFollowsTheEnd(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	m := &growing{synthetic(100), 50}
	tl.SetModel(m)
	tl.ScrollToEnd()
	m.n = 60
	tl.Appended()
	if !tl.AtEnd() || tl.live[len(tl.live)-1].index != 59 {
		t.Error("new rows are not followed at the end")
	}
	tl.scrolled(tl.scroll.to(0))
	m.n = 70
	tl.Appended()
	if tl.Offset() != 0 || tl.heights.Len() != 70 {
		t.Errorf("a reader further up is moved to %v", tl.Offset())
	}
}

type growing struct {
	timeline.Model
	n int
}

func (g *growing) Len() int { return g.n }

func TestTimelineCountsManyRowsElsewhere(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	m := &watched{Model: synthetic(20 * syncRows), row: 20*syncRows - 1, seen: make(chan struct{})}
	tl.SetModel(m)
	<-m.seen
	done := func() bool {
		m.mu.Lock() // the test driver runs fyne.Do on the counting goroutine
		defer m.mu.Unlock()
		return m.rows > 0
	}
	for !done() {
		m.wait()
	}
}

// watched tells when a row's shape was asked for and when rows are drawn.
type watched struct {
	timeline.Model
	row  int
	once sync.Once
	seen chan struct{}
	mu   sync.Mutex
	rows int
	cond *sync.Cond
}

func (w *watched) Shape(i int) timeline.Shape {
	if i == w.row {
		w.once.Do(func() { w.cond = sync.NewCond(&w.mu); close(w.seen) })
	}
	return w.Model.Shape(i)
}

func (w *watched) Row(i int, r *timeline.Row) {
	w.Model.Row(i, r)
	w.mu.Lock()
	w.rows++
	w.cond.Broadcast()
	w.mu.Unlock()
}

func (w *watched) wait() {
	w.mu.Lock()
	for w.rows == 0 {
		w.cond.Wait()
	}
	w.mu.Unlock()
}

func TestScrollbarReachesEverything(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	tl.SetModel(synthetic(4000))
	y, h, _ := tl.scroll.thumb()
	at := func(y float32) fyne.PointEvent { return fyne.PointEvent{Position: fyne.NewPos(800, y)} }
	tl.MouseDown(&desktop.MouseEvent{PointEvent: at(y + h/2), Button: desktop.MouseButtonPrimary})
	tl.Dragged(&fyne.DragEvent{PointEvent: at(1000)})
	if !tl.AtEnd() || math.Abs(tl.Offset()-tl.scroll.max()) > 0 {
		t.Errorf("dragged to the bottom: %v of %v", tl.Offset(), tl.scroll.max())
	}
	tl.Dragged(&fyne.DragEvent{PointEvent: at(-50)})
	tl.DragEnd()
	if tl.Offset() != 0 {
		t.Errorf("dragged to the top: %v", tl.Offset())
	}
	tl.Dragged(&fyne.DragEvent{PointEvent: at(200)})
	if tl.Offset() != 0 {
		t.Error("it moves after the bar was let go")
	}
}

// A payload shown in full may have thousands of lines; only those in view are drawn.
func TestTallRowDrawsWhatIsInView(t *testing.T) {
	row := bubble(1, c2s, packet.PSH|packet.ACK, "seq 1", "0", "start", states(tcp.Established, tcp.Established, ""))
	for i := range 20_000 {
		row.Lines = append(row.Lines, fmt.Sprint("line ", i))
	}
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 700)
	tl.SetModel(rowList{row})
	tl.scrolled(tl.scroll.to(100_000))
	tl.scrolled(tl.scroll.to(180_000))
	texts := lint.Texts(tl)
	if n := lint.Count(tl); n > 100 || !slices.Contains(texts, "line 10000") || slices.Contains(texts, "line 5550") {
		t.Errorf("%d objects, %q", n, texts)
	}
}

func TestHostileText(t *testing.T) {
	row := bubble(1, c2s, packet.ACK, "a\x00b\tc\r\nd", strings.Repeat("9", 1<<20), "\x1b[31m", states(tcp.Established, tcp.Established, ""))
	row.Lines = []string{strings.Repeat("长", 1<<20), "\xff\xfe", ""}
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 300)
	tl.SetModel(rowList{row})
	texts := lint.Texts(tl)
	if !slices.Contains(texts, "a·b·c··d") {
		t.Errorf("%.200q", texts)
	}
}

// What is on screen keeps its place although the model has changed before the timeline is told.
func TestFoldingAboveKeepsThePlace(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	m := &foldable{rows: expand(synthetic(2000))}
	tl.SetModel(m)
	tl.ScrollToPacket(1500)
	was := tl.anchor()
	m.rows = m.rows[300:]
	tl.SetModel(m)
	if now := tl.anchor(); now.packet != was.packet || now.delta != was.delta {
		t.Errorf("packet %d at %v, was %d at %v", now.packet, now.delta, was.packet, was.delta)
	}
}

type foldable struct{ rows rowList }

func (f *foldable) Len() int                   { return f.rows.Len() }
func (f *foldable) Shape(i int) timeline.Shape { return f.rows.Shape(i) }
func (f *foldable) Row(i int, r *timeline.Row) { f.rows.Row(i, r) }
