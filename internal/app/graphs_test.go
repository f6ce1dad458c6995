package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/flow"
)

func TestGraphsAreMadeAndSaved(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := a.Capture
	h.until("the case is read", func() bool { return !c.Loading && c.Talk != nil })
	if c.Graphs.Data != nil {
		t.Fatal("the graphs are made before anybody looks")
	}
	a.ShowView(GraphsView)
	h.until("the graphs are made", func() bool { return c.Graphs.Data != nil })
	if c.Graphs.Dir != flow.ServerToClient || len(c.Graphs.Data[1].Segments) < 40 {
		t.Errorf("%v is shown, %d segments", c.Graphs.Dir, len(c.Graphs.Data[1].Segments))
	}
	h.changes = 0
	a.SetGraph(GraphRTT, flow.ServerToClient)
	a.SetGraph(NumGraphKinds, flow.ServerToClient)
	if c.Graphs.Kind != GraphRTT || h.changes != GraphsChanged {
		t.Errorf("kind %d, changes %b", c.Graphs.Kind, h.changes)
	}
	path := filepath.Join(t.TempDir(), "graph.csv")
	a.SaveGraph(path)
	h.until("it is saved", func() bool { return len(h.notices) > 0 })
	b, err := os.ReadFile(path)
	if err != nil || h.notices[0].Bad {
		t.Fatalf("%v, %+v", err, h.notices)
	}
	text := string(b)
	if !strings.HasPrefix(text, "seconds,kind,packet,from,to,labels\n") || !strings.Contains(text, ",segment,6,") || !strings.Contains(text, ",rtt_seconds,") {
		t.Errorf("saved is %.300s", text)
	}
	a.SaveBytes(path, []byte("a picture"))
	h.until("it is saved", func() bool { return len(h.notices) > 1 })
	if b, err := os.ReadFile(path); err != nil || string(b) != "a picture" {
		t.Errorf("%q, %v", b, err)
	}
}
