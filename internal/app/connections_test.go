package app

import (
	"context"
	"slices"
	"testing"
	"time"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/session"
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
	a, h, c := lostHandshakes(t)
	for _, o := range []struct {
		order Order
		shown []int
	}{
		{ByPackets, []int{3, 1, 0, 2, 4}},
		{ByBytes, []int{3, 1, 0, 2, 4}},
		{ByDuration, []int{1, 0, 2, 3, 4}},
		{ByTime, []int{0, 1, 2, 3, 4}},
		{ByHost, []int{4, 2, 0, 1, 3}},
		{ByTrouble, []int{1, 0, 2, 3, 4}},
	} {
		a.SortBy(o.order)
		h.until("they are sorted", func() bool { return c.listing == nil })
		if c.Order != o.order || !slices.Equal(c.Shown, o.shown) {
			t.Errorf("order %d: %v, want order %d: %v", c.Order, c.Shown, o.order, o.shown)
		}
	}
	a.SortBy(ByPackets)
	a.SetFilter("rst") // the order holds for what is filtered
	if !slices.Equal(c.Shown, []int{1, 0, 2}) || c.Row(0) != 1 || c.Row(4) != -1 {
		t.Errorf("%v, connection 0 in row %d, 4 in %d", c.Shown, c.Row(0), c.Row(4))
	}
}

func TestFilter(t *testing.T) {
	a, h, c := lostHandshakes(t)
	for text, shown := range map[string][]int{
		"9003": {0, 1, 2, 3}, "10.77.6": {1}, "RST 9003": {0, 1, 2}, "closed": {3, 4}, "RETRANSMISSION": {0, 1, 2, 3},
		"tcp.port == 43842": {4}, "ip.addr==10.77.6.1 && tcp.flags.reset == 1": {1}, "tcp.port == 9003 && tcp.port == 1": {},
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

func TestConditionsThatNothingMeets(t *testing.T) {
	a, _, c := lostHandshakes(t)
	for _, text := range []string{"tcp.port == 9", "ip.addr == 10.77.9.9", "tcp.analysis.zero_window", "frame.number == 0"} {
		if a.SetFilter(text); len(c.Shown) != 0 || c.Search.Err != nil {
			t.Errorf("%q: %v, %v", text, c.Shown, c.Search.Err)
		}
	}
}

// many opens a capture of so many connections that they are listed in the background.
func many(t *testing.T) (*App, *host, *Capture) {
	t.Helper()
	const n = listedAtOnce + 1
	f, err := pcapfile.OpenBytes(generatedBy(t, n, 1), "many")
	if err != nil {
		t.Fatal(err)
	}
	a, h := newApp(t, nil)
	c := a.show(session.New(f), nil)
	if err := c.Session.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return a, h, c
}

func TestManyConnectionsAreListedInTheBackground(t *testing.T) {
	a, h, c := many(t)
	a.read(c, nil)
	if len(c.Shown) != 0 {
		t.Fatalf("%d connections are listed at once", len(c.Shown))
	}
	h.until("they are listed", func() bool { return len(c.Shown) == listedAtOnce+1 && c.Talk != nil })
	if c.Stream != 0 || c.Health[diagnose.Unfinished] != listedAtOnce+1 {
		t.Errorf("connection %d is shown, classes %v", c.Stream, c.Health)
	}
	a.SetFilter("nothing like it")
	a.SortBy(ByPackets)
	a.ShowHealth(diagnose.Failed)
	a.ShowHealth(diagnose.Failed)
	h.changes = 0
	a.SetFilter("tcp.stream == 77 && tcp.port == 1101") // only the latest wish counts
	h.until("the filter works", func() bool { return h.changes&ConnectionsChanged != 0 && !c.Search.Running && c.listing == nil })
	if h.run(); !slices.Equal(c.Shown, []int{77}) {
		t.Errorf("%d connections", len(c.Shown))
	}
}

func TestListsDoNotHoldTheReadingUp(t *testing.T) {
	a, h, c := many(t)
	a.progress(c)
	h.until("they are listed", func() bool { return len(c.Shown) > 0 })
	before := c.listedAt
	c.listTook = time.Hour / listPause / 2
	c.listedAt = before.Add(-time.Hour / 3)
	if a.progress(c); c.listing != nil {
		t.Error("the next list is begun too soon")
	}
	c.listedAt = before.Add(-time.Hour)
	if a.progress(c); c.listing == nil {
		t.Fatal("the next list is not begun")
	}
	h.until("they are listed again", func() bool { return c.listing == nil })
	if !c.listedAt.After(before) || c.listTook >= time.Minute {
		t.Errorf("%v, took %v", c.listedAt, c.listTook)
	}
}

func BenchmarkList1M(b *testing.B) {
	f, err := pcapfile.OpenBytes(generatedBy(b, 1_000_000, 1), "many")
	if err != nil {
		b.Fatal(err)
	}
	s := session.New(f)
	defer s.Close()
	if err := s.Run(context.Background()); err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]query{
		"all":      {filter: parseFilter(""), only: -1, sorting: sorting{order: ByTime}},
		"found":    {filter: &filter{found: &streamSet{make([]uint64, 20_000)}}, only: -1, sorting: sorting{order: ByTime}},
		"words":    {filter: parseFilter("open 10.0.3"), only: -1, sorting: sorting{order: ByTime}},
		"by bytes": {filter: parseFilter(""), only: -1, sorting: sorting{order: ByBytes}},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				q.run(context.Background(), s)
			}
		})
	}
}
