package app

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	find "tcptalk/internal/filter"
	"tcptalk/internal/tcp"
)

func TestExpressionsFindTheSame(t *testing.T) {
	a, _, c := lostHandshakes(t)
	a.SelectConnection(3)
	conn, ok := a.ConnectionExpressions(3)
	packet, also := a.PacketExpressions(c.Packet)
	if !ok || !also || conn.Tcpdump == "" || packet.Tcpdump != "" || packet.NoTcpdump == "" {
		t.Fatalf("%+v, %+v", conn, packet)
	}
	for text, want := range map[string]int{conn.Display: c.View.Len(), conn.Anywhere: c.View.Len(), packet.Display: 1} {
		if a.SetFilter(text); c.Search.Err != nil || c.Search.Count != want || len(c.Search.Found) != 1 {
			t.Errorf("%s: %v, %d found, want %d", text, c.Search.Err, c.Search.Count, want)
		}
	}
	if _, ok := a.ConnectionExpressions(99); ok {
		t.Error("a connection that is not there has expressions")
	}
	if _, ok := a.PacketExpressions(-1); ok {
		t.Error("no packet has expressions")
	}
}

func TestExpressionsOfASearch(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenFile(write(t, "picture.pcapng", caseCapture(t, "http-picture")))
	c := loaded(a, h)
	if _, ok := a.SearchExpressions(); ok {
		t.Error("nothing looked for has expressions")
	}
	a.SetFilter("tcp.port == 80")
	if e, _ := a.SearchExpressions(); e.Display != "tcp.port == 80" || e.Tcpdump == "" || e.NoTcpdump != "" {
		t.Errorf("%+v", e)
	}
	a.SetFilter("http")
	if e, _ := a.SearchExpressions(); e.Tcpdump != "" || e.NoTcpdump == "" {
		t.Errorf("%+v", e)
	}
	a.SetFilter(`Accept: */*`)
	h.until("the search ends", func() bool { return !c.Search.Running })
	e, _ := a.SearchExpressions()
	packets := c.Search.Found[0].Packets
	a.SetFilter(e.Display)
	h.until("the search ends", func() bool { return !c.Search.Running })
	if len(packets) == 0 || c.Search.Err != nil || len(c.Search.Found[0].Packets) != len(packets) {
		t.Errorf("%s: %v, packets %v, want %v", e.Display, c.Search.Err, c.Search.Found[0].Packets, packets)
	}
	if _, err := find.Parse(textFilter(`say "it" \ (now)`)); err != nil {
		t.Error(err)
	}
}

func TestEveryLabelHasAFilter(t *testing.T) {
	for l := tcp.Labels(1); len(l.Names()) == 1; l <<= 1 {
		if _, err := find.Parse(LabelFilter(l)); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenInWireshark(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program of this test is a shell script")
	}
	a, h, c := lostHandshakes(t)
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if a.OpenInWireshark(2); len(h.notices) != 1 || !h.notices[0].Bad || h.notices[0].Text != noticeNoWireshark {
		t.Fatalf("without Wireshark: %v", h.notices)
	}
	said := filepath.Join(dir, "said")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >" + said + "\nexit 3\n"
	if err := os.WriteFile(filepath.Join(dir, "wireshark"), []byte(script), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	h.notices = nil
	a.OpenInWireshark(2)
	h.until("it has ended", func() bool { return len(h.notices) == 2 })
	if h.notices[0].Bad || !h.notices[1].Bad {
		t.Errorf("%v", h.notices)
	}
	got, err := os.ReadFile(said)
	if want := "-r\n" + c.Path + "\n-g\n3\n"; err != nil || string(got) != want {
		t.Errorf("%v: called with %q, want %q", err, got, want)
	}
}

func TestACaseIsNotForWireshark(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	loaded(a, h)
	if a.OpenInWireshark(0); len(h.notices) != 1 || !strings.Contains(h.notices[0].Text[0], "case") {
		t.Errorf("%v", h.notices)
	}
}
