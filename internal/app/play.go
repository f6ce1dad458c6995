package app

import (
	"time"

	"tcptalk/internal/timeline"
)

// PlaySpeed is how fast the packets of a connection are played, as a part of the time they took.
type PlaySpeed struct {
	Name   string
	Factor float64
	// Least is how long a packet stays at least: what follows within microseconds could not be seen otherwise.
	Least time.Duration
}

// PlaySpeeds can be chosen.
var PlaySpeeds = [...]PlaySpeed{
	{"×0.1", 0.1, 700 * time.Millisecond}, {"×0.5", 0.5, 350 * time.Millisecond}, {"×1", 1, 150 * time.Millisecond},
}

// longestPause is how long a pause is played where pauses are shortened.
const longestPause = 1500 * time.Millisecond

// Playing is a connection that plays by itself.
type Playing struct {
	On bool
	// stop ends the wait for the next packet.
	stop func()
}

// TogglePlay plays the connection shown from the selected packet on, from its first one if that is the last; or stops.
func (a *App) TogglePlay() {
	c := a.Capture
	switch {
	case c == nil || c.View == nil || c.View.Len() == 0:
	case c.Playing.On:
		a.stopPlaying(c)
	default:
		if c.Packet < 0 || c.Packet >= a.lastToPlay(c) {
			a.SelectPacket(0)
		}
		c.Playing.On = true
		a.playOn(c)
		a.changed(PlayChanged)
	}
}

// PlayBy goes n packets on.
func (a *App) PlayBy(n int) {
	c := a.Capture
	if c == nil || c.View == nil {
		return
	}
	if i := c.Packet + n; i >= 0 && i <= a.lastToPlay(c) {
		a.showPlayed(c, i)
	}
}

// lastToPlay is the last packet that may be played: none that an open question asks for.
func (a *App) lastToPlay(c *Capture) int {
	if last, covered := c.Cover(); covered {
		return last
	}
	return c.View.Len() - 1
}

// playOn waits for the time of the next packet, or stops where there is none.
func (a *App) playOn(c *Capture) {
	if c.Packet >= a.lastToPlay(c) {
		a.stopPlaying(c)
		return
	}
	v, next := c.View, c.Packet+1
	c.Playing.stop = a.after(a.pause(v.At(next).Time-v.At(c.Packet).Time), func() {
		a.host.Post(func() {
			switch {
			case a.Capture != c || !c.Playing.On:
			case c.View != v: // another connection
				a.stopPlaying(c)
			case c.Packet != next-1: // the reader chose another packet: on from there
				a.playOn(c)
			default:
				a.showPlayed(c, next)
				a.playOn(c)
			}
		})
	})
}

// pause is how long to wait where the packets were this far apart.
func (a *App) pause(nanoseconds int64) time.Duration {
	s := PlaySpeeds[a.Settings.PlaySpeed]
	d := max(time.Duration(float64(nanoseconds)/s.Factor), s.Least)
	if !a.Settings.FullPauses {
		d = min(d, longestPause)
	}
	return d
}

// showPlayed selects a packet and the field to look at.
func (a *App) showPlayed(c *Capture, i int) {
	a.SelectPacket(i)
	c.Field = timeline.FieldToSee(c.View, i)
	a.changed(SelectionChanged)
}

func (a *App) stopPlaying(c *Capture) {
	if c.Playing.stop != nil {
		c.Playing.stop()
	}
	c.Playing = Playing{}
	a.changed(PlayChanged)
}

// after runs f once, later, on a goroutine of its own; stop keeps it from running.
func after(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
