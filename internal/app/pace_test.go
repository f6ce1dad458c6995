package app

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	var p pace
	now := time.Unix(1000, 0)
	after := func(d time.Duration) time.Time { return now.Add(d) }
	if !p.due(now) {
		t.Error("not at first")
	}
	p.begin(now)
	if p.due(after(time.Hour)) {
		t.Error("twice at once")
	}
	p.end(after(10 * time.Millisecond))
	if p.due(after(999*time.Millisecond)) || !p.due(after(time.Second)) {
		t.Error("not once a second")
	}
	p.begin(after(time.Second))
	p.end(after(3 * time.Second))
	p.end(after(time.Hour)) // which did not begin
	if p.due(after(20*time.Second)) || !p.due(after(21*time.Second)) {
		t.Error("not a tenth of the time")
	}
}
