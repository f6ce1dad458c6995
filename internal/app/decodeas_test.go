package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"tcptalk/internal/narrate"
)

func TestDecodeAs(t *testing.T) {
	dir := t.TempDir()
	a, h := newApp(t, NewStore(dir, narrate.English))
	path := write(t, "odd.pcap", ipCapture(t, ipPacket(6, 0, 1001, "PING\r\n"), ipPacket(6, 1, 1002, "PING\r\n")))
	openFile(a, h, path)
	c := a.Capture
	reading := func() string {
		h.until("it is decoded", func() bool { return c.Talk != nil })
		return c.Talk.Protocol
	}
	usual := reading()
	if usual == "redis" {
		t.Fatal("a line is taken for Redis without a rule")
	}
	a.DecodeStreamAs(0, "redis")
	if own, port := a.DecodedAs(0); reading() != "redis" || own != "redis" || port != "" {
		t.Errorf("connection 0 is read as %q, rules %q and %q", c.Talk.Protocol, own, port)
	}
	a.SelectConnection(1)
	if reading() != usual {
		t.Errorf("connection 1 is read as %q", c.Talk.Protocol)
	}
	a.DecodePortAs(80, "redis")
	if reading() != "redis" || c.Session.Protocol(1) != "redis" {
		t.Errorf("by its port connection 1 is read as %q", c.Talk.Protocol)
	}
	a.DecodePortAs(80, "no such protocol")
	if len(a.DecodeAs) != 0 || reading() != usual {
		t.Errorf("a rule for what does not exist: %v", a.DecodeAs)
	}
	a.DecodePortAs(7000, "mysql")
	a.DecodePortAs(80, "redis")
	a.DecodePortAs(80, "http")
	a.DecodePortAs(80, "redis")
	a.Quit()
	b, g := newApp(t, NewStore(dir, narrate.English))
	if want := []PortRule{{80, "redis"}, {7000, "mysql"}}; !slices.Equal(b.DecodeAs, want) {
		t.Fatalf("kept %v", b.DecodeAs)
	}
	openFile(b, g, path)
	if c = b.Capture; c.Talk.Protocol != "redis" {
		t.Errorf("with the kept rules it is read as %q", c.Talk.Protocol)
	}
	b.DecodePortAs(80, "")
	if len(b.DecodeAs) != 1 {
		t.Errorf("a rule that was taken away: %v", b.DecodeAs)
	}
	b.DecodeStreamAs(7, "redis")
	b.DecodeStreamAs(0, "no such protocol")
	g.until("what was kept with the file is read", func() bool { own, _ := b.DecodedAs(0); return own == "redis" })
	if g.until("it is decoded", func() bool { return c.Talk != nil }); c.Talk.Protocol != "redis" {
		t.Errorf("connection 0 is read as %q", c.Talk.Protocol)
	}
	b.DecodeStreamAs(0, "")
	b.Quit()
	if _, err := os.Stat(path + sidecarSuffix); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing is left to keep, but: %v", err)
	}
	d, k := newApp(t, NewStore(dir, narrate.English))
	openFile(d, k, path)
	k.until("the notes are read", func() bool { return d.Capture.Notes.keeping.loaded })
	if own, _ := d.DecodedAs(0); own != "" {
		t.Errorf("connection 0 has %q again", own)
	}
}

// A choice made before the kept ones were read counts more, and what a later version chose is left out.
func TestKeptProtocolsAreChecked(t *testing.T) {
	a, h := newApp(t, nil)
	path := write(t, "odd.pcap", ipCapture(t, ipPacket(6, 0, 1001, "PING\r\n"), ipPacket(6, 1, 1002, "PING\r\n")))
	openFile(a, h, path)
	h.until("the notes are read", func() bool { return a.Capture.Notes.keeping.loaded })
	a.DecodeStreamAs(0, "redis")
	a.DecodeStreamAs(1, "redis")
	a.GoHome()
	b, err := os.ReadFile(path + sidecarSuffix)
	if err != nil {
		t.Fatal(err)
	}
	var side sidecar
	if err := json.Unmarshal(b, &side); err != nil || len(side.Decoded) != 2 {
		t.Fatalf("%v: %s", err, b)
	}
	side.Decoded[1].Protocol = "spoken in a hundred years"
	if b, err = json.Marshal(side); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+sidecarSuffix, b, 0o600); err != nil {
		t.Fatal(err)
	}
	a.OpenFile(path)
	c := a.Capture
	h.until("the capture is read", func() bool { return !c.Loading })
	a.DecodeStreamAs(0, "mysql")
	h.until("the notes are read", func() bool { return c.Notes.keeping.loaded })
	own, _ := a.DecodedAs(0)
	if other, _ := a.DecodedAs(1); own != "mysql" || other != "" {
		t.Errorf("connections are read as %q and %q", own, other)
	}
}

func TestRulesThatAreNone(t *testing.T) {
	got := validRules([]PortRule{{0, "redis"}, {90, "redis"}, {80, "x"}, {80, "mysql"}, {80, "redis"}})
	if want := []PortRule{{80, "mysql"}, {90, "redis"}}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
