package app

import (
	"slices"
	"testing"

	"tcptalk/internal/diagnose"
)

func lostHandshakes(t *testing.T) (*App, *host, *Capture) {
	t.Helper()
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "lost.pcapng", caseCapture(t, "trouble-third-packet-lost")))
	return a, h, loaded(a, h)
}

func TestHealthClasses(t *testing.T) {
	a, h, c := lostHandshakes(t)
	want := [diagnose.NumHealths]int{diagnose.Healthy: 1, diagnose.Troubled: 1, diagnose.Failed: 3}
	if c.Health != want {
		t.Errorf("%v", c.Health)
	}
	h.changes = 0
	for class, shown := range map[diagnose.Health][]int{
		diagnose.Healthy: {4}, diagnose.Troubled: {3}, diagnose.Failed: {0, 1, 2}, diagnose.Unfinished: {},
	} {
		a.ShowHealth(class)
		if c.Only != int(class) || !slices.Equal(c.Shown, shown) || c.Health != want {
			t.Errorf("class %d: %v", class, c.Shown)
		}
		a.ShowHealth(class)
		if c.Only != -1 || len(c.Shown) != 5 {
			t.Errorf("class %d chosen twice: %v", class, c.Shown)
		}
	}
	if h.changes != ConnectionsChanged {
		t.Errorf("changes %b", h.changes)
	}
}

func TestOrders(t *testing.T) {
	a, _, c := lostHandshakes(t)
	for _, o := range []struct {
		order Order
		shown []int
	}{
		{ByPackets, []int{3, 1, 0, 2, 4}}, {ByBytes, []int{3, 1, 0, 2, 4}}, {ByDuration, []int{1, 0, 2, 3, 4}}, {ByTime, []int{0, 1, 2, 3, 4}},
	} {
		a.NextOrder()
		if c.Order != o.order || !slices.Equal(c.Shown, o.shown) {
			t.Errorf("order %d: %v, want order %d: %v", c.Order, c.Shown, o.order, o.shown)
		}
	}
	a.NextOrder()
	a.SetFilter("rst") // the order holds for what is filtered
	if !slices.Equal(c.Shown, []int{1, 0, 2}) || c.Row(0) != 1 || c.Row(4) != -1 {
		t.Errorf("%v, connection 0 in row %d, 4 in %d", c.Shown, c.Row(0), c.Row(4))
	}
}

func TestFilter(t *testing.T) {
	a, h, c := lostHandshakes(t)
	for text, shown := range map[string][]int{
		"9003": {0, 1, 2, 3}, "10.77.6": {1}, "RST 9003": {0, 1, 2}, "closed": {3, 4}, "RETRANSMISSION": {0, 1, 2, 3},
		"tcp.port == 43842": {4}, "ip.addr==10.77.6.1 && rst": {1}, "tcp.port == 9003 && tcp.port == 1": {},
		"#2": {2}, "  43842  ": {4}, "nothing like it": {},
	} {
		a.SetFilter(text)
		if !slices.Equal(c.Shown, shown) {
			t.Errorf("%q: %v, want %v", text, c.Shown, shown)
		}
	}
	if c.Stream != 0 || c.Chat == nil {
		t.Error("filtering closed the connection shown")
	}
	a.ShowHealth(diagnose.Failed)
	a.SetFilter("6.2")
	if !slices.Equal(c.Shown, []int{1}) {
		t.Errorf("class and text: %v", c.Shown)
	}
	h.changes = 0
	a.SetFilter("6.2")
	if h.changes != 0 {
		t.Error("the same text again is no change")
	}
}
