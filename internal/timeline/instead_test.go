package timeline

import (
	"context"
	"testing"

	"tcptalk/internal/diagnose"
)

// A chat whose messages are decoded anew tells from where on its rows are others, where that can be known; and there they are the same.
func TestAChatInPlaceOfAnother(t *testing.T) {
	const n, more = 3000, 200
	segments := lively(n + more)
	o := DefaultOptions()
	o.Growing = true
	s := made(t, segments)
	early, err := made(t, segments[:n]).View(0)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	talk, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	if !talk.Unknown() {
		t.Fatal("the connection has messages")
	}
	old := NewChat(early, nil, o, nil)
	decoded := NewChat(v, nil, o, nil).WithOpinions(&diagnose.OpinionSet{All: []diagnose.Opinion{{Code: diagnose.OffloadedSegment}}}).With(talk, o)
	if _, known := decoded.Since(old); known {
		t.Fatal("it is known before anybody has asked")
	}
	instead := decoded.InPlaceOf(old)
	d, known := instead.Since(old)
	if !known || d.At == 0 || d.At > old.Len() || d.At+d.Removed != old.Len() || d.At+d.Added != instead.Len() {
		t.Fatalf("%v, %+v: %d rows became %d", known, d, old.Len(), instead.Len())
	}
	if d.At < old.Len()/2 {
		t.Errorf("only %d of %d rows are the same", d.At, old.Len())
	}
	for i := range d.At {
		if a, b := old.Shape(i), instead.Shape(i); a != b {
			t.Fatalf("row %d of %d: %+v became %+v", i, d.At, a, b)
		}
	}
	for what, other := range map[string]*Chat{
		"an opinion":       decoded.WithOpinions(&diagnose.OpinionSet{All: []diagnose.Opinion{{Code: diagnose.OffloadedSegment + 1}}}),
		"another choice":   decoded.Toggled(firstFold(t, decoded)),
		"the whole at end": NewChat(v, talk, DefaultOptions(), nil),
	} {
		if _, known := other.InPlaceOf(old).Since(old); known {
			t.Errorf("%s: nothing says how the rows differ", what)
		}
	}
}

// firstFold is the row of the first fold.
func firstFold(t *testing.T, c *Chat) int {
	t.Helper()
	for i := range c.Len() {
		if c.rows.at(i).kind == Fold {
			return i
		}
	}
	t.Fatal("there is no fold")
	return 0
}
