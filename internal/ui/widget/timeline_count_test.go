package widget

import (
	"testing"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// grown is a model made of another one, with more rows behind it.
type grown struct {
	synthetic
	of timeline.Model
}

func (g grown) Since(before timeline.Model) (timeline.Difference, bool) {
	return timeline.Difference{At: before.Len(), Added: g.Len() - before.Len()}, before == g.of
}

// Rows that come faster than many of them are counted do not begin the count anew: they are there when it is over.
func TestTimelineGrowsWhileCounting(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	work := make(chan func(), 16)
	tl.Post = func(f func()) { work <- f }
	tl.SetModel(synthetic(100))
	var m timeline.Model = synthetic(10 * syncRows)
	tl.SetModel(m)
	counted := <-work
	for range 3 {
		m = grown{synthetic(m.Len() + 10), m}
		tl.SetModel(m)
	}
	more := grown{synthetic(m.Len() + grownRows + 1), m} // more than is measured at once
	tl.SetModel(more)
	tl.SetModel(more)
	if tl.Rows() != 100 {
		t.Fatalf("%d rows are shown before they are counted", tl.Rows())
	}
	counted()
	if tl.Model() != timeline.Model(more) || tl.Rows() != more.Len() {
		t.Fatalf("%d rows of %d are shown", tl.Rows(), more.Len())
	}
	(<-work)() // what was guessed is counted
	if len(work) > 0 {
		t.Errorf("%d counts too many", len(work))
	}
	want := BuildHeights(more.Len(), func(i int) int32 { return tl.lanes.height(more.Shape(i)) }, nil)
	if tl.heights.Total() != want.Total() {
		t.Errorf("%d high, not %d", tl.heights.Total(), want.Total())
	}
	other := synthetic(20 * syncRows) // of which nothing is known
	tl.SetModel(grown{synthetic(30 * syncRows), nil})
	tl.SetModel(other)
	for tl.Model() != timeline.Model(other) { // the count before may have given up, or not
		(<-work)()
	}
	if tl.Rows() != other.Len() {
		t.Errorf("%d rows of another one are shown", tl.Rows())
	}
}

// leftOver is what is left of a longer connection.
type leftOver struct {
	synthetic
	gone int
}

func (l leftOver) Gone(timeline.Model) int { return l.gone }

// What is in view stays where it is when the first packets of the connection go.
func TestTimelineStaysWhenItsBeginningGoes(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	const rows, gone = 3000, 1000
	tl.SetModel(synthetic(rows))
	tl.scrolled(tl.scroll.to(float64(tl.heights.Top(2000)) + 5))
	before := tl.anchor()
	tl.SetModel(leftOver{rows - gone, gone})
	if a := tl.anchor(); a.packet != before.packet-gone || a.delta != before.delta {
		t.Errorf("packet %d was at %v, and packet %d of the same is at %v", before.packet, before.delta, a.packet+gone, a.delta)
	}
	tl.SetModel(leftOver{100, rows - gone - 100}) // and then what is in view itself
	if tl.Offset() != 0 {
		t.Errorf("what was in view is gone, and the view is at %v", tl.Offset())
	}
}

// Rows that were guessed are counted also when other rows come from what is shown before that, and not from what waits.
func TestGuessedRowsAreCountedInTheEnd(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	work := make(chan func(), 16)
	tl.Post = func(f func()) { work <- f }
	first := synthetic(100)
	tl.SetModel(first)
	many := &grown{synthetic(100 + 2*grownRows), first}
	tl.SetModel(many)                                    // shown at once, the most of it guessed
	tl.SetModel(&grown{synthetic(many.Len() + 1), many}) // waits
	last := &grown{synthetic(many.Len() + 2), many}
	tl.SetModel(last)
	if tl.Model() != timeline.Model(last) {
		t.Fatalf("%d rows are shown", tl.Rows())
	}
	want := BuildHeights(last.Len(), func(i int) int32 { return tl.lanes.height(last.Shape(i)) }, nil).Total()
	for tl.guessed != (rowSpan{}) {
		(<-work)()
	}
	if tl.heights.Total() != want {
		t.Errorf("%d high, not %d", tl.heights.Total(), want)
	}
}
