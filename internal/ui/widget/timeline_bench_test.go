package widget

import (
	"fmt"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

// synthetic is a connection of that many rows of all the common shapes. Its words are made beforehand, so that what is
// measured is the widget.
type synthetic int

var syntheticLines = func() (out [64]string) {
	for i := range out {
		out[i] = fmt.Sprintf("%08x  line %d value=%x", i*16, i, i*7919)
	}
	return out
}()

var syntheticMeta = func() (out [64]string) {
	for i := range out {
		out[i] = fmt.Sprintf("seq %d  ack %d  len %d  win 64,240", i*1460, i, i*7)
	}
	return out
}()

func (s synthetic) Len() int { return int(s) }

func (s synthetic) mix(i int) uint32 {
	x := uint32(i)*2654435761 + 0x9e3779b9
	x ^= x >> 15
	x *= 0x85ebca6b
	return x ^ x>>13
}

const syntheticNote = "This is the same segment as before; the sender had no answer for 200 ms and its timer ran out."

func (s synthetic) Shape(i int) timeline.Shape {
	x := s.mix(i)
	sh := timeline.Shape{Kind: timeline.Bubble}
	switch k := x % 100; {
	case k < 2:
		sh.Kind = timeline.Silence
	case k < 55:
	default:
		sh.Title, sh.Lines = true, uint16(1+x>>8%6)
		if k > 90 {
			sh.Note = syntheticNote
		}
	}
	return sh
}

func (s synthetic) Row(i int, r *timeline.Row) {
	x, sh := s.mix(i), s.Shape(i)
	*r = timeline.Row{
		Kind: sh.Kind, Packet: i, Frame: uint32(i + 1), Dir: flow.Direction(x >> 4 & 1), Flags: packet.ACK,
		Meta: syntheticMeta[x>>5%64], Time: "0.000020", Delta: "+20 µs", Lines: r.Lines[:0], Note: sh.Note,
		States: [2]timeline.StateMark{{State: tcp.Established, Changed: x%7 == 0}, {State: tcp.Established}},
	}
	if sh.Kind == timeline.Silence {
		r.Packet, r.Text, r.Detail = -1, "1.0 s", "the server waits"
		return
	}
	if sh.Title {
		r.Flags |= packet.PSH
		r.Title = "Application data"
		for j := range int(sh.Lines) {
			r.Lines = append(r.Lines, syntheticLines[(i+j)%64])
		}
	}
}

const (
	manyRows   = 1_000_000
	scrollStep = 40
	// scrollAllocs is the budget of allocations for one scroll step.
	scrollAllocs = 20
)

func millionRows(t testing.TB) *Timeline {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 800)
	m := synthetic(manyRows)
	l := tl.lanesNow()
	tl.swap(m, BuildHeights(manyRows, func(i int) int32 { return l.height(m.Shape(i)) }, nil), l, anchor{packet: -1})
	return tl
}

func BenchmarkTimelineScroll1M(b *testing.B) {
	tl := millionRows(b)
	b.ReportAllocs()
	y, d := 20_000_000.0, float64(scrollStep)
	tl.scrolled(tl.scroll.to(y))
	b.ResetTimer()
	for i := range b.N {
		if i%500 == 499 {
			d = -d
		}
		y += d
		tl.scrolled(tl.scroll.to(y))
	}
}

func BenchmarkTimelineJump1M(b *testing.B) {
	tl := millionRows(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		tl.scrolled(tl.scroll.to(float64(i%900) * 40_000))
	}
}

func BenchmarkTimelineHeights1M(b *testing.B) {
	m, l := synthetic(manyRows), lanesFor(792, true)
	for b.Loop() {
		BuildHeights(manyRows, func(i int) int32 { return l.height(m.Shape(i)) }, nil)
	}
}

func TestScrollStepStaysWithinItsBudget(t *testing.T) {
	tl := millionRows(t)
	y := 20_000_000.0
	step := func() {
		y += scrollStep
		tl.scrolled(tl.scroll.to(y))
	}
	for range 200 { // fill the pools
		step()
	}
	if n := testing.AllocsPerRun(200, step); n > scrollAllocs {
		t.Errorf("%.1f allocations a step, budget %d", n, scrollAllocs)
	}
	if n := lint.Count(tl); n > 500 {
		t.Errorf("%d objects in view", n)
	}
}
