package app

import (
	"testing"
	"time"
)

// clock is a clock whose time passes when the test says so.
type clock struct {
	waits []time.Duration
	next  func()
}

func (c *clock) after(d time.Duration, f func()) func() {
	c.waits, c.next = append(c.waits, d), f
	return func() { c.next = nil }
}

// tick lets the time of the next packet come.
func (c *clock) tick(h *host) {
	if f := c.next; f != nil {
		c.next = nil
		f()
		h.run()
	}
}

func playing(t *testing.T, id string) (*App, *host, *Capture, *clock) {
	a, h := newApp(t, nil)
	ticks := &clock{}
	a.after = ticks.after
	openFile(a, h, write(t, "x.pcapng", caseCapture(t, id)))
	return a, h, a.Capture, ticks
}

func TestPlayGoesFromPacketToPacket(t *testing.T) {
	a, h, c, ticks := playing(t, "closing-keepalive-four")
	a.SelectPacket(c.View.Len() - 1)
	a.TogglePlay() // from the last one: begins again
	if !c.Playing.On || c.Packet != 0 {
		t.Fatalf("playing %v at %d", c.Playing.On, c.Packet)
	}
	for want := 1; c.Playing.On; want++ {
		if ticks.tick(h); c.Packet != want || c.Field == "" {
			t.Fatalf("packet %d with field %q, want packet %d", c.Packet, c.Field, want)
		}
	}
	if c.Packet != c.View.Len()-1 {
		t.Errorf("ends at %d of %d", c.Packet, c.View.Len())
	}
	for i, d := range ticks.waits {
		if d < PlaySpeeds[0].Least || d > longestPause {
			t.Errorf("packet %d comes after %v", i+1, d)
		}
	}
}

func TestPlayKeepsRealPauses(t *testing.T) {
	a, h, c, ticks := playing(t, "closing-keepalive-four")
	a.Set(func(s *Settings) { s.PlaySpeed, s.FullPauses = 2, true })
	a.SelectPacket(2)
	a.TogglePlay()
	gap := time.Duration(c.View.At(3).Time - c.View.At(2).Time)
	if gap < 15*time.Second || ticks.waits[0] != gap {
		t.Errorf("waits %v for a pause of %v", ticks.waits[0], gap)
	}
	a.Set(func(s *Settings) { s.PlaySpeed = 99 })
	if a.Settings.PlaySpeed != 0 {
		t.Errorf("speed %d", a.Settings.PlaySpeed)
	}
	a.SelectPacket(5)
	if ticks.tick(h); !c.Playing.On || c.Packet != 5 {
		t.Errorf("after a choice of the reader's: playing %v, packet %d", c.Playing.On, c.Packet)
	}
	if ticks.tick(h); c.Packet != 6 {
		t.Errorf("goes on with packet %d", c.Packet)
	}
	if a.TogglePlay(); c.Playing.On || ticks.next != nil {
		t.Error("does not stop")
	}
	a.TogglePlay()
	waiting := ticks.next
	a.GoHome()
	waiting() // too late
	h.run()
	if ticks.next != nil || a.Page != Home {
		t.Error("plays on after the capture was closed")
	}
}

func TestPlayStopsBeforeAQuestion(t *testing.T) {
	a, h := newApp(t, nil)
	ticks := &clock{}
	a.after = ticks.after
	a.OpenCase("trouble-third-packet-lost")
	c := loaded(a, h)
	a.TogglePlay()
	for range 10 {
		ticks.tick(h)
	}
	if c.Playing.On || c.View.At(c.Packet).Frame != 3 {
		t.Errorf("playing %v at packet %d, whose next one a question asks for", c.Playing.On, c.View.At(c.Packet).Frame)
	}
	if a.PlayBy(1); c.View.At(c.Packet).Frame != 3 {
		t.Error("a step shows what a question asks for")
	}
	if a.PlayBy(-1); c.View.At(c.Packet).Frame != 2 {
		t.Errorf("a step back leads to packet %d", c.View.At(c.Packet).Frame)
	}
}

func TestPlayEndsWithItsConnection(t *testing.T) {
	a, h, c, ticks := playing(t, "trouble-third-packet-lost")
	a.TogglePlay()
	a.SelectConnection(1)
	loaded(a, h)
	if ticks.tick(h); c.Playing.On || c.Packet != 0 {
		t.Errorf("playing %v at %d", c.Playing.On, c.Packet)
	}
}
