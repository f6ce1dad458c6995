package widget

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

// rungs is a made-up diagram of that many rows, all kinds among them.
type rungs int

func (s rungs) Len() int { return int(s) }

func (s rungs) Height(i int) int32 {
	if i%50 == 7 {
		return 34
	}
	return 42
}

func (s rungs) TimeColumns() int { return 8 }

func (s rungs) RowOf(p int) int {
	if p >= int(s) {
		return -1
	}
	return p
}

func (s rungs) PacketOf(i int) int {
	if i%50 == 7 && i%100 != 7 {
		return -1
	}
	return i
}

func (s rungs) Row(i int, r *timeline.LadderRow) {
	*r = timeline.LadderRow{Row: timeline.Row{
		Packet: i, Frame: uint32(i + 1), Dir: flow.Direction(i & 1), Flags: packet.ACK, Time: "0.000020", Chips: r.Chips[:0],
		States: [2]timeline.StateMark{{State: tcp.Established}, {State: tcp.Established, Changed: i%9 == 0}},
	}, Numbers: true, Acks: true, Seq: uint32(i) * 1448, Ack: 1, Len: uint32(i&1) * 1448, Window: 64240}
	switch i % 50 {
	case 3:
		r.Fate, r.By = narrate.Lost, uint32(i+9)
	case 5:
		r.Kind, r.Fate, r.By = timeline.LadderMissing, narrate.Lost, uint32(i+9)
	case 7:
		r.Kind, r.Row.Kind, r.Text, r.Detail = timeline.LadderOther, timeline.Silence, "1.0 s", "the server waits"
		if i%100 == 7 {
			r.Row.Kind = timeline.Fold
		}
	case 9:
		r.Fate, r.Rise, r.By = narrate.Late, 84, uint32(i-1)
	case 11, 13:
		r.Chips = append(r.Chips, timeline.Chip{Text: "Duplicate ACK", Label: tcp.DuplicateAck})
		r.SACK = &timeline.LadderSACK{N: 1, Ack: 1000, Blocks: [4][2]uint32{{2000, 3000}}, Lo: 1000, Hi: 4000}
	case 15:
		r.Kind, r.Count, r.Text, r.Detail = timeline.LadderBundle, [2]int{3, 9}, "#16–#27", "12 packets"
	}
}

func sequenceOf(t testing.TB, n int, w, h float32) *Sequence {
	s := NewSequence()
	s.Words = SequenceWords{
		Client: "Client", Server: "Server", ClientAddr: "10.78.4.1:43934", ServerAddr: "10.78.4.2:5001", Holds: "bytes the receiver holds",
		InOrder: "in order", Hole: "missing", SACK: "SACK", Unfold: "Unfold", Fold: "Fold",
		Fate: func(r *timeline.LadderRow) string { return narrate.LadderFate(narrate.English, r.Fate, r.By) },
		End: func(r *timeline.LadderRow) string {
			return narrate.LadderEnd(narrate.English, r.Fate, r.Kind == timeline.LadderMissing)
		},
	}
	show(t, s, theme.DarkMode, w, h)
	m := rungs(n)
	s.swap(m, s.heightsOf(m, n, nil))
	return s
}

func TestSequenceFitsEveryWidth(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(420, 300), fyne.NewSize(656, 240), fyne.NewSize(720, 400), fyne.NewSize(780, 700), fyne.NewSize(1600, 1200)} {
		s := sequenceOf(t, 60, size.Width, size.Height)
		for range 3 {
			for _, f := range lint.Check(s, lint.Options{}) {
				t.Errorf("%v: %s", size, f)
			}
			s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
		}
	}
}

func TestSequenceOperation(t *testing.T) {
	s := sequenceOf(t, 1000, 780, 600)
	var selected, toggled []int
	var zoomed []int
	s.OnSelect = func(p int) { selected = append(selected, p) }
	s.OnToggle = func(row int) { toggled = append(toggled, row) }
	s.OnZoom = func(n int) { zoomed = append(zoomed, n) }
	s.Hint = func(r *timeline.LadderRow, part Part) string { return narrate.Frame(r.Frame) }
	at := func(row int) fyne.Position {
		return fyne.NewPos(300, float32(float64(s.heights.Top(row))-s.scroll.off)+seqTop+seqHead+20)
	}
	s.Tapped(&fyne.PointEvent{Position: at(4)})
	s.Tapped(&fyne.PointEvent{Position: at(7)})
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn, fyne.KeyPlus, fyne.KeyMinus, fyne.Key0} {
		s.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if want := []int{4, 5, 6, 5}; !equal(selected, want) {
		t.Errorf("selected %v, want %v", selected, want)
	}
	if want := []int{7, 5}; !equal(toggled, want) {
		t.Errorf("toggled %v, want %v", toggled, want)
	}
	if want := []int{1, -1, 0}; !equal(zoomed, want) {
		t.Errorf("zoomed %v, want %v", zoomed, want)
	}
	s.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at(4)}})
	if text := strings.Join(lint.Texts(s.tip.Box()), ""); text != "#5" {
		t.Errorf("the hint says %q", text)
	}
	var chips [2]int
	s.OnChip = func(packet, chip int) { chips = [2]int{packet, chip} }
	chip := at(11)
	chip.X, chip.Y = s.lanes.note+10, chip.Y-8
	s.Tapped(&fyne.PointEvent{Position: chip})
	if chips != [2]int{11, 0} || s.Selected() != 11 {
		t.Errorf("chip %v was clicked, packet %d selected", chips, s.Selected())
	}
	count := lint.Count(s)
	s.Marked = func(packet int) bool { return packet == 12 }
	if s.Refresh(); lint.Count(s) != count+1 {
		t.Error("what was found is not marked")
	}
	s.Select(900)
	if from, to := s.InView(); from > 900 || to <= 900 {
		t.Errorf("rows %d to %d are in view", from, to)
	}
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if _, to := s.InView(); to != 1000 {
		t.Errorf("End shows rows up to %d", to)
	}
	off := s.scroll.off
	s.SetModel(rungs(1001)) // the same packets are there
	if s.scroll.off != off || s.Selected() != 900 {
		t.Errorf("scrolled from %v to %v", off, s.scroll.off)
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestSequencePictures(t *testing.T) {
	s := sequenceOf(t, 60, 780, 600)
	p := s.Picture(2, 40, 1000, "10.78.4.1 – 10.78.4.2 <&>", theme.Light())
	var b bytes.Buffer
	if err := p.SVG()(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"10.78.4.2 &lt;&amp;&gt;", ">never arrived here<", ">#3<", ">#40<", `font-style="italic"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the SVG", want)
		}
	}
	if strings.Contains(text, ">#41<") || strings.Contains(text, "Unfold") || strings.Contains(text, ">#2<") {
		t.Error("the SVG holds other rows")
	}
	d := xml.NewDecoder(&b)
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	b.Reset()
	if err := p.PNG()(&b); err != nil {
		t.Fatal(err)
	}
	im, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if got := im.Bounds(); got.Dx() != int(p.size.Width) || got.Dy() != int(p.size.Height) {
		t.Errorf("the picture is %v, want %v", got, p.size)
	}
	// The first arrow's head has the client's colour.
	lanes := s.lanesFor(1000)
	_, y := arrowAt(42)
	r, g, bl, _ := im.At(int(lanes.right)-7, 36+seqHead+int(y)).RGBA()
	wr, wg, wb, _ := theme.Light().Client.RGBA()
	if r != wr || g != wg || bl != wb {
		t.Errorf("at the first arrow's head is %x %x %x, want %x %x %x", r, g, bl, wr, wg, wb)
	}
}

func BenchmarkSequenceScroll1M(b *testing.B) {
	s := sequenceOf(b, manyRows, 806, 800)
	b.ReportAllocs()
	y, d := 20_000_000.0, float64(scrollStep)
	s.scrolled(s.scroll.to(y))
	b.ResetTimer()
	for i := range b.N {
		if i%500 == 499 {
			d = -d
		}
		y += d
		s.scrolled(s.scroll.to(y))
	}
}

func TestSequenceStaysWithinItsBudget(t *testing.T) {
	s := sequenceOf(t, manyRows, 806, 1100)
	y := 20_000_000.0
	step := func() {
		y += scrollStep
		s.scrolled(s.scroll.to(y))
	}
	for range 300 { // fill the pools
		step()
	}
	if n := testing.AllocsPerRun(200, step); n > scrollAllocs {
		t.Errorf("%.1f allocations a step, budget %d", n, scrollAllocs)
	}
	if n := lint.Count(s); n > 400 {
		t.Errorf("%d objects in view", n)
	}
}
