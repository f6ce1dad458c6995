package widget

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

func TestPartsDrawWithoutFaults(t *testing.T) {
	for name, mode := range bothModes {
		for lang, zh := range map[string]bool{"en": false, "zh": true} {
			app := test.NewTempApp(t)
			app.Settings().SetTheme(theme.New(mode))
			for what, p := range parts(zh) {
				t.Run(fmt.Sprintf("%s %s %s", name, lang, what), func(t *testing.T) {
					win := app.NewWindow("")
					win.SetPadded(false)
					win.SetContent(p.o)
					win.Resize(fyne.NewSize(p.w, p.h))
					if o, ok := p.o.(*Overlay); ok {
						o.Hint(fyne.NewPos(20, 10), fyne.NewSize(40, 18), "SYN: 我想建立连接。 Let us talk.")
						o.Toast(timeline.OK, "Copied. 已复制。")
					}
					if m := p.o.MinSize(); m.Width > p.w || m.Height > p.h {
						t.Errorf("least size %v is more than a page gives, %v by %v", m, p.w, p.h)
					}
					noFaults(t, p.o, lint.Options{AllowCut: what == "hex small" || what == "case" || what == "grid" && zh, Whole: []string{"Live capture…", "实时抓包…"}})
				})
			}
		}
	}
}

func TestThemeSwitchRedraws(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.DarkMode))
	b := NewButton(Plain, "", "Open", nil)
	win := app.NewWindow("")
	win.SetContent(b)
	if b.pen.P != theme.Dark() {
		t.Fatal("not dark at first")
	}
	app.Settings().SetTheme(theme.New(theme.LightMode))
	b.Refresh()
	if b.pen.P != theme.Light() {
		t.Error("the button stays dark")
	}
}

func key(w fyne.Focusable, names ...fyne.KeyName) {
	for _, n := range names {
		w.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func TestButtonKeysAndDisabling(t *testing.T) {
	n := 0
	b := NewButton(Primary, "", "Go", func() { n++ })
	show(t, b, theme.DarkMode, 100, 34)
	test.Tap(b)
	key(b, fyne.KeySpace, fyne.KeyReturn, fyne.KeyDown)
	if n != 3 {
		t.Errorf("pressed %d times, want 3", n)
	}
	b.Disable()
	test.Tap(b)
	key(b, fyne.KeySpace)
	if n != 3 {
		t.Error("a disabled button works")
	}
}

func TestFocusRingIsForTheKeyboard(t *testing.T) {
	b := NewButton(Plain, "", "Go", nil)
	show(t, b, theme.DarkMode, 100, 34)
	plain := b.pen.Count()
	b.FocusGained()
	if b.pen.Count() != plain+1 {
		t.Error("no ring with the keyboard's focus")
	}
	b.FocusLost()
	if b.pen.Count() != plain {
		t.Error("the ring stays")
	}
}

func TestSegmentedAndTabs(t *testing.T) {
	var got []int
	s := NewSegmented([]string{"Chat", "Messages", "Ladder"}, 0, func(i int) { got = append(got, i) })
	show(t, s, theme.DarkMode, 300, 32)
	test.TapAt(s, fyne.NewPos(150, 10))
	key(s, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft)
	s.SetSelected(0)
	if want := []int{1, 2, 1}; !slices.Equal(got, want) || s.Selected() != 0 {
		t.Errorf("got %v, want %v; selected %d", got, want, s.Selected())
	}
	got = nil
	tabs := NewTabs([]string{"Lesson", "Diagnosis"}, 0, func(i int) { got = append(got, i) })
	show(t, tabs, theme.DarkMode, 328, 40)
	test.TapAt(tabs, fyne.NewPos(100, 10))
	test.TapAt(tabs, fyne.NewPos(320, 10))
	if !slices.Equal(got, []int{1}) {
		t.Errorf("tabs: %v", got)
	}
	tabs.SetItems([]string{"课程"})
	if tabs.Selected() != 0 {
		t.Errorf("tab %d of one", tabs.Selected())
	}
}

func TestListKeyboardAndPointer(t *testing.T) {
	l := connectionList(false)
	show(t, l, theme.DarkMode, 264, 300)
	var got, opened []int
	l.OnSelect = func(i int) { got = append(got, i) }
	l.OnOpen = func(i int) { opened = append(opened, i) }
	key(l, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyHome, fyne.KeyUp)
	test.TapAt(l, fyne.NewPos(60, 100))
	test.TapAt(l, fyne.NewPos(60, 100))
	key(l, fyne.KeySpace)
	if want := []int{0, 1, 0, 39, 36, 0, 1}; !slices.Equal(got, want) || !slices.Equal(opened, []int{1, 1}) {
		t.Errorf("selected %v, want %v; opened %v", got, want, opened)
	}
	l.Select(20)
	if off := l.Offset(); off > 20*ConnectionHeight || off < 21*ConnectionHeight-300 {
		t.Errorf("row 20 is not in view at %v", off)
	}
	test.Scroll(fyne.CurrentApp().Driver().CanvasForObject(l), fyne.NewPos(50, 50), 0, 10000)
	if l.Offset() != 0 {
		t.Errorf("the wheel leads to %v", l.Offset())
	}
}

func TestListOfLinks(t *testing.T) {
	l := NewList(20)
	l.Count = func() int { return 3 }
	states := map[int]RowState{}
	l.Draw = func(_ *Pen, i int, _ float32, s RowState) { states[i] = s }
	var opened []int
	l.OnOpen = func(i int) { opened = append(opened, i) }
	l.Links = true
	win := show(t, l, theme.DarkMode, 200, 100)
	win.Canvas().Focus(l)
	if !states[0].Focused {
		t.Error("the keyboard is on no row")
	}
	key(l, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp)
	if len(opened) != 0 || !states[1].Focused || states[1].Selected {
		t.Errorf("the arrow keys opened %v and left %+v", opened, states)
	}
	key(l, fyne.KeyReturn)
	test.TapAt(l, fyne.NewPos(60, 50))
	test.TapAt(l, fyne.NewPos(60, 50))
	if !slices.Equal(opened, []int{1, 2, 2}) {
		t.Errorf("Enter and two clicks opened %v", opened)
	}
}

func TestListDrawsWhatIsInView(t *testing.T) {
	l := NewList(20)
	drawn := map[int]bool{}
	l.Count = func() int { return 1_000_000 }
	l.Draw = func(p *Pen, i int, w float32, _ RowState) { drawn[i] = true }
	show(t, l, theme.DarkMode, 200, 100)
	clear(drawn)
	l.Select(500_000)
	if len(drawn) > 7 || !drawn[500_000] {
		t.Errorf("%d rows drawn", len(drawn))
	}
}

func TestGridHexAndTreeSpeakOfFields(t *testing.T) {
	g := NewHeaderGrid()
	g.SetCells(synAckCells())
	show(t, g, theme.DarkMode, 560, 240)
	var fields, hovers []int
	g.OnField = func(f int) { fields = append(fields, f) }
	g.OnHover = func(f int) { hovers = append(hovers, f) }
	test.TapAt(g, fyne.NewPos(gridMargin+100, gridRuler+gridRow+5)) // sequence number
	key(g, fyne.KeyDown, fyne.KeyRight, fyne.KeyUp)
	if want := []int{3, 4, 5, 4}; !slices.Equal(fields, want) {
		t.Errorf("fields %v, want %v", fields, want)
	}
	g.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(gridMargin+5, gridRuler+5)}})
	g.MouseOut()
	if !slices.Equal(hovers, []int{1, NoField}) {
		t.Errorf("hovered %v", hovers)
	}

	h := NewHex()
	h.SetBytes(synAck)
	show(t, h, theme.DarkMode, 560, 100)
	var bytes []int
	h.OnByte = func(i int) { bytes = append(bytes, i) }
	hexX, asciiX, adv := h.columns()
	test.TapAt(h, fyne.NewPos(hexX+adv*3*6+2, 2*hexLineHeight+4)) // byte 0x26
	test.TapAt(h, fyne.NewPos(asciiX+adv*6+2, 2*hexLineHeight+4))
	key(h, fyne.KeyRight, fyne.KeyDown, fyne.KeyUp, fyne.KeyLeft)
	if want := []int{0x26, 0x26, 0x27, 0x37, 0x27, 0x26}; !slices.Equal(bytes, want) {
		t.Errorf("bytes %x, want %x", bytes, want)
	}

	tree := NewFieldTree()
	tree.SetFields(synAckTree())
	show(t, tree, theme.DarkMode, 460, 200)
	var chosen []int
	tree.OnField = func(f int) { chosen = append(chosen, f) }
	tree.SelectField(16) // below a closed field
	if tree.SelectedField() != 16 {
		t.Errorf("selected %d", tree.SelectedField())
	}
	key(tree, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyDown) // to Flags, close it, on to Checksum
	if want := []int{103, 21}; !slices.Equal(chosen, want) {
		t.Errorf("chosen %v, want %v", chosen, want)
	}
	if slices.Contains(lint.Texts(tree), "SYN") {
		t.Error("a closed field shows what is below it")
	}
	tree.SetFields(synAckTree())
	if tree.SelectedField() != 21 {
		t.Error("new fields lose the selection")
	}
}

func TestHexOfManyBytes(t *testing.T) {
	h := NewHex()
	data := make([]byte, 1<<20)
	h.SetBytes(data)
	show(t, h, theme.DarkMode, 600, 200)
	h.SetHighlight(len(data)-3, 99)
	texts := lint.Texts(h)
	if !slices.Contains(texts, "000ffff0") || lint.Count(h) > 60 {
		t.Errorf("%d objects, %q", lint.Count(h), texts)
	}
	h.Resize(fyne.NewSize(300, 200)) // half as many in a row: the marked ones stay in view
	if texts := lint.Texts(h); !slices.Contains(texts, "000ffff8") {
		t.Errorf("narrow: %q", texts)
	}
	h.SetHighlight(-5, -1)
	h.SetBytes(nil)
	key(h, fyne.KeyDown, fyne.KeyEnd)
}

func TestGridLeavesOutImpossibleCells(t *testing.T) {
	g := NewHeaderGrid()
	g.SetCells([]Cell{{Bits: 33}, {Row: -1, Bits: 1}, {FirstBit: 31, Bits: 2}, {Bits: 0}, {Field: 7, Name: "ok", Bits: 32}})
	show(t, g, theme.DarkMode, 560, 60)
	if len(g.cells) != 1 || g.rows != 1 {
		t.Errorf("%d cells in %d rows", len(g.cells), g.rows)
	}
}

func TestSearchBoxKeys(t *testing.T) {
	s := NewSearchBox("Find", "Ctrl F")
	win := show(t, s, theme.DarkMode, 300, 36)
	s.Focus()
	test.Type(s, "tcp.port")
	escaped := 0
	s.OnEscape = func() { escaped++ }
	key(s, fyne.KeyEscape)
	if s.Text != "" || escaped != 0 {
		t.Errorf("text %q, escaped %d", s.Text, escaped)
	}
	key(s, fyne.KeyEscape)
	if escaped != 1 {
		t.Error("Escape in an empty box is not told")
	}
	test.Type(s, "x")
	test.TapCanvas(win.Canvas(), fyne.NewPos(285, 18))
	if s.Text != "" {
		t.Error("the cross does not clear")
	}
}

func TestDonut(t *testing.T) {
	d := NewDonut("connections")
	show(t, d, theme.DarkMode, 284, 108)
	picked := -1
	d.OnSlice = func(i int) { picked = i }
	d.SetSlices([]Slice{{100000, "healthy", timeline.OK}, {1, "failed", timeline.Fail}}, "connections")
	degrees := float32(0)
	for _, a := range d.pen.arcs[:d.pen.used.arcs] {
		if a.EndAngle-a.StartAngle < donutGap {
			t.Error("a slice is too thin to see")
		}
		degrees += a.EndAngle - a.StartAngle + donutGap
	}
	if degrees < 359.9 || degrees > 360.1 {
		t.Errorf("the slices sum to %v degrees", degrees)
	}
	if !slices.Contains(lint.Texts(d), "100,001") {
		t.Error("no total")
	}
	for _, n := range []int{7, 10_000, 1_234_567, 12_345_678} {
		if w := d.pen.Width(group(n), d.face(d.pen, group(n))); w > donutSize*donutCutout-8 {
			t.Errorf("%d is %v wide", n, w)
		}
	}
	test.TapAt(d, fyne.NewPos(legendLeft+20, legendRow+5))
	if picked != 1 {
		t.Errorf("picked %d", picked)
	}
}

func TestGroup(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", 1234567: "1,234,567"} {
		if got := group(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestBannerAction(t *testing.T) {
	did := 0
	b := NewBanner(timeline.Warn, "Damaged file.", "The rest is missing.")
	b.SetAction("Go there", func() { did++ })
	win := show(t, b, theme.DarkMode, 600, 40)
	test.TapCanvas(win.Canvas(), fyne.NewPos(580, 20))
	if did != 1 {
		t.Errorf("action %d", did)
	}
}

func TestOverlayToastExpires(t *testing.T) {
	o := NewOverlay()
	show(t, container.NewStack(NewButton(Plain, "", "below", nil), o), theme.DarkMode, 600, 200)
	o.Toast(timeline.OK, "one")
	o.Toast(timeline.OK, "two")
	o.expire(1)
	if !slices.Contains(lint.Texts(o), "two") {
		t.Error("the first toast's timer hides the second")
	}
	o.expire(2)
	if len(lint.Texts(o)) != 0 {
		t.Error("the toast stays")
	}
	o.Hint(fyne.NewPos(590, 190), fyne.NewSize(10, 10), "a hint at the corner of the window")
	noFaults(t, o, lint.Options{})
	o.HideHint()
	if len(lint.Texts(o)) != 0 {
		t.Error("the hint stays")
	}
}

func TestProgressClamps(t *testing.T) {
	p := NewProgress()
	show(t, p, theme.DarkMode, 100, 6)
	for in, want := range map[float64]float64{-1: 0, 2: 1, .5: .5} {
		p.SetValue(in)
		if p.Value() != want {
			t.Errorf("%v shows %v", in, p.Value())
		}
	}
}

func TestLadderMarksWhatHappened(t *testing.T) {
	svg := LadderSVG(240, 66, caseInfo(false).Arrows, theme.Dark())
	red := 0 // lines
	for _, path := range strings.Split(svg, "<path ") {
		if strings.Contains(path, svgColor(theme.Dark().Fail)) {
			red += strings.Count(path, "M")
		}
	}
	if red != 9 { // two lost and one reset: a line and the two of a cross each
		t.Errorf("%d red lines", red)
	}
	if !strings.Contains(svg, "stroke-dasharray") {
		t.Error("the silence does not break the lifelines")
	}
	many := make([]LadderArrow, 50)
	if n := strings.Count(LadderSVG(240, 66, many, theme.Dark()), " Z"); n != MaxLadderArrows+1 {
		t.Errorf("%d heads", n-1)
	}
	if LadderSVG(240, 66, nil, theme.Light()) == "" {
		t.Error("nothing for no arrows")
	}
}
