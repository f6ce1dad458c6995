package app

import (
	"path/filepath"
	"testing"
)

// A reader saves what a filter found and opens that: it is those packets and no others.
func TestFoundPacketsAreSaved(t *testing.T) {
	a, h, c := lostHandshakes(t)
	if c.HasFoundPackets() {
		t.Fatal("something is found before anybody looked")
	}
	a.SetFilter("tcp.flags.syn == 1 && tcp.flags.ack == 1")
	h.until("the search ends", func() bool { return !c.Search.Running })
	n := c.Search.Count
	path := filepath.Join(t.TempDir(), "found.pcapng")
	a.SaveFound(path)
	if c.Saving == nil {
		t.Fatal("nothing is saved")
	}
	h.until("it is saved", func() bool { return c.Saving == nil })
	openFile(a, h, path)
	c = a.Capture
	if n == 0 || c.Frames != n {
		t.Errorf("%d packets of %d", c.Frames, n)
	}
	a.SetFilter("tcp.flags.syn == 1 && tcp.flags.ack == 1")
	h.until("the search ends", func() bool { return !c.Search.Running })
	if c.Search.Count != n {
		t.Errorf("%d packets are what was looked for, not %d", c.Search.Count, n)
	}
	told := len(h.notices)
	if a.SaveFound(path); c.Saving != nil || len(h.notices) != told+1 || h.notices[told].Text != noticeSaveOver {
		t.Error("a capture is replaced by a part of itself")
	}
	a.SetFilter("tcp.port == 1")
	if a.SaveFound(path + "2"); c.Saving != nil {
		t.Error("nothing was found, and is saved")
	}
}
