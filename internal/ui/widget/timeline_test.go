package widget

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

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
	tl.OnContext = func(r int, _ fyne.Position) { log = append(log, fmt.Sprint("context ", r)) }
	tap := func(row int, k PartKind) { tl.Tapped(&fyne.PointEvent{Position: place(t, tl, row, k)}) }
	tap(1, PartMeta)
	tap(6, PartToggle)
	tap(7, PartMore)
	tap(5, PartChip)
	tl.TappedSecondary(&fyne.PointEvent{Position: place(t, tl, 3, PartMeta)})
	want := []string{"select 0", "toggle 6", "more 7", "select 3", "select 2", "context 3"}
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
	move(2, PartFlag)
	if tl.SetModel(lesson()); !shown() {
		t.Error("the hint goes although the same packet is under the pointer")
	}
	others := lesson()
	for i := range others {
		others[i].Frame += 100
	}
	if tl.SetModel(others); shown() {
		t.Error("the hint stays when another connection is shown")
	}
	tl.SetModel(lesson())
	move(2, PartFlag)
	if tl.Cover(0); shown() {
		t.Error("the hint stays although its row is covered")
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
	work := make(chan func())
	tl.Post = func(f func()) { work <- f }
	small, large := synthetic(100), synthetic(20*syncRows)
	tl.SetModel(small)
	tl.SetModel(large)
	if tl.Model() != timeline.Model(small) || tl.heights.Len() != 100 {
		t.Error("the rows change before they are counted")
	}
	(<-work)()
	if tl.Model() != timeline.Model(large) || tl.heights.Len() != 20*syncRows {
		t.Errorf("%d rows counted", tl.heights.Len())
	}
	tl.SetModel(synthetic(30 * syncRows))
	late := <-work // counted, and then overtaken
	tl.SetModel(small)
	late()
	if tl.Model() != timeline.Model(small) {
		t.Error("an old count wins over a newer model")
	}
}

// Rows may be given and selected before the widget has a size, and the size may change while they are counted.
func TestTimelineIsSizedWhileCounting(t *testing.T) {
	tl := NewTimeline()
	work := make(chan func())
	tl.Post = func(f func()) { work <- f }
	tl.SetModel(synthetic(3 * syncRows))
	tl.Select(9000)
	early := <-work
	win := show(t, tl, theme.DarkMode, 806, 400) // another width: counted again
	(<-work)()
	early()
	if tl.lanes != lanesFor(806-theme.ScrollbarSlot, true) || tl.heights.Len() != 3*syncRows {
		t.Errorf("lanes %v, %d rows", tl.lanes, tl.heights.Len())
	}
	if !slices.ContainsFunc(tl.live, func(v *rowView) bool { return v.index == tl.selRow }) {
		t.Errorf("the selected row %d is not in view at %v", tl.selRow, tl.Offset())
	}
	tl.SetModel(synthetic(2 * syncRows))
	early = <-work
	win.Resize(fyne.NewSize(1000, 400))
	late := <-work
	early()
	late()
	if tl.heights.Len() != 2*syncRows || tl.lanes.width != 1000-theme.ScrollbarSlot {
		t.Errorf("%d rows, %v wide", tl.heights.Len(), tl.lanes.width)
	}
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
	tl.ScrollToRow(tl.rowOf(1500))
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

// The numbers of a packet stand together in a narrow view: a lesson about windows is not readable without the last of them.
func TestNumbersFitIntoANarrowView(t *testing.T) {
	for _, tt := range []struct {
		width      float32
		meta, want string
	}{
		{1000, "seq 1  ack 1  len 27  win 65,536", "seq 1  ack 1  len 27  win 65,536"},
		{675, "seq 1  ack 1  len 27  win 65,536", "seq 1 ack 1 len 27 win 65,536"},
		{675, "seq 1  ack 1  len 0  win 0", "seq 1  ack 1  len 0  win 0"},
		{675, "seq 60,001  ack 8  len 0  win 65,536", "seq 60,001 ack 8 win 65,536"},
	} {
		row := bubble(4, c2s, packet.PSH|packet.ACK, tt.meta, "0", "start", states(tcp.Established, tcp.Established, ""))
		row.Lines = []string{"Hola server, are you bored?"}
		tl := NewTimeline()
		show(t, tl, theme.DarkMode, tt.width, 300)
		tl.SetModel(rowList{row})
		if texts := lint.Texts(tl); !slices.Contains(texts, tt.want) {
			t.Errorf("%v pixels: %q, want %q", tt.width, texts, tt.want)
		}
	}
}

// Two packets are selected in a row, and the second is in view while the view still glides to the first: it stays there.
func TestWhatIsInViewStaysThere(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	tl.SetModel(synthetic(3000))
	tl.ScrollToRow(1000)
	at := tl.Offset()
	tl.motion = fyne.NewAnimation(time.Hour, func(float32) { tl.scrolled(tl.scroll.to(0)) })
	if tl.ScrollToRow(1000); tl.motion != nil || tl.Offset() != at {
		t.Errorf("at %v, was %v, and still on its way: %v", tl.Offset(), at, tl.motion != nil)
	}
}

// Packets that somebody speaks of are marked, and as many as fit are in view when the first of them is selected.
func TestOutlinedPacketsAreInView(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 600)
	tl.SetModel(synthetic(3000))
	row := 1500
	for tl.packetAt(row) < 0 || tl.packetAt(row+5) < 0 {
		row++
	}
	first := tl.packetAt(row)
	tl.Outline([]int{first, tl.packetAt(row + 5), tl.packetAt(2900)})
	tl.Select(first)
	for _, i := range []int{row, row + 5} {
		top := float64(tl.heights.Top(i)) + timelineHead - tl.Offset()
		if top < 0 || top+float64(tl.heights.At(i)) > 600 {
			t.Errorf("row %d stands at %v", i, top)
		}
	}
	n := lint.Count(tl)
	if tl.Outline(nil); n-lint.Count(tl) != 2 {
		t.Errorf("%d objects with two packets marked, %d without", n, lint.Count(tl))
	}
}
