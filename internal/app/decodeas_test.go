package app

import (
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
	if own, _ := b.DecodedAs(0); own != "" {
		t.Errorf("connection 0 has %q", own)
	}
}

func TestRulesThatAreNone(t *testing.T) {
	got := validRules([]PortRule{{0, "redis"}, {90, "redis"}, {80, "x"}, {80, "mysql"}, {80, "redis"}})
	if want := []PortRule{{80, "mysql"}, {90, "redis"}}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
