package widget

import (
	"testing"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// unfolded is rows that differ from those before by the rows of a fold.
type unfolded struct {
	synthetic
	before timeline.Model
	d      timeline.Difference
}

func (u *unfolded) Since(before timeline.Model) (timeline.Difference, bool) {
	return u.d, before == u.before
}

// A fold of very many rows is open at once: what is in view is measured, the rest when it is counted, and nothing moves then.
func TestALargeFoldOpensAtOnce(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	work := make(chan func())
	tl.Post = func(f func()) { work <- f }
	closed := synthetic(100)
	tl.SetModel(closed)
	const held = 20 * syncRows
	open := &unfolded{100 + held, closed, timeline.Difference{At: 3, Added: held}}
	tl.SetModel(open)
	if tl.Model() != timeline.Model(open) || tl.Rows() != open.Len() {
		t.Fatalf("%d rows are shown", tl.Rows())
	}
	if want := BuildHeights(3+measuredRows, func(i int) int32 { return tl.lanes.height(open.Shape(i)) }, nil); tl.heights.Top(3+measuredRows) != want.Total() {
		t.Error("the rows of the fold that come first are not measured")
	}
	top := tl.Offset()
	(<-work)()
	want := BuildHeights(open.Len(), func(i int) int32 {
		if i >= 3+held { // a row that was there before
			return tl.lanes.height(closed.Shape(i - held))
		}
		return tl.lanes.height(open.Shape(i))
	}, nil)
	if tl.heights.Total() != want.Total() || tl.Offset() != top {
		t.Errorf("counted they are %d high, want %d; moved from %v to %v", tl.heights.Total(), want.Total(), top, tl.Offset())
	}
}

// BenchmarkLargeFold opens a fold of a hundred thousand rows in a million until it is shown.
func BenchmarkLargeFold(b *testing.B) {
	tl := NewTimeline()
	show(b, tl, theme.DarkMode, 1400, 900)
	work := make(chan func(), 16)
	tl.Post = func(f func()) { work <- f }
	const rows, held = 1_000_000, 100_000
	closed := synthetic(rows)
	open := &unfolded{rows + held, closed, timeline.Difference{At: rows / 2, Added: held}}
	for b.Loop() {
		b.StopTimer()
		tl.SetModel(closed)
		(<-work)()
		b.StartTimer()
		tl.SetModel(open)
		b.StopTimer()
		(<-work)()
		b.StartTimer()
	}
}
