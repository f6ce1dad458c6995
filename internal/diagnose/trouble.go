package diagnose

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// troubles finds what went wrong between the beginning and the end, worst first, and what the round trip was.
func troubles(v *session.View, ms []Moment) []Finding {
	c := &v.Conn
	var fs []Finding
	if f, ok := silent(v, ms); ok {
		fs = append(fs, f)
	}
	if by, n := most(c.ZeroWindows); n > 0 {
		fs = append(fs, Finding{Code: WindowClosed, Severity: Warn, By: by, Count: int(c.ZeroWindows[by]), Frames: labelled(v, by, tcp.ZeroWindow)})
	}
	if f, ok := windowFilled(v); ok {
		fs = append(fs, f)
	}
	fs = append(fs, sentAgain(v, ms))
	if f, ok := roundTrip(c); ok {
		fs = append(fs, f)
	}
	if f, ok := stillThere(v, ms); ok {
		fs = append(fs, f)
	}
	return fs
}

// tally counts segments by side and keeps the first ones as evidence.
type tally struct {
	n      [2]uint32
	frames []uint32
}

func (t *tally) add(r *session.Record) {
	t.n[r.Dir()]++
	if len(t.frames) < maxEvidence {
		t.frames = append(t.frames, r.Frame)
	}
}

// finding makes a finding of what was counted.
func (t *tally) finding(c Code, s Severity) Finding {
	by, n := most(t.n)
	return Finding{Code: c, Severity: s, By: by, Count: n, All: t.n[by.Reverse()] == 0, Frames: t.frames}
}

func sentAgain(v *session.View, ms []Moment) Finding {
	var t tally
	for i, m := range ms {
		if r := v.At(i); isRepeat(r, m) {
			t.add(r)
		}
	}
	if t.n == [2]uint32{} {
		return Finding{Code: NothingSentAgain, Severity: OK}
	}
	return t.finding(SentAgain, Warn)
}

// windowFilled finds the side whose window was filled by the other one, unless it closed, which has a finding of its own.
func windowFilled(v *session.View) (Finding, bool) {
	if !v.Conn.Labels.Has(tcp.WindowFull) {
		return Finding{}, false
	}
	var t tally
	for i := range v.Len() {
		if r := v.At(i); r.Labels.Has(tcp.WindowFull) {
			t.add(r)
		}
	}
	f := t.finding(WindowFilled, Warn)
	f.By = f.By.Reverse()
	return f, f.Count > 0 && v.Conn.ZeroWindows[f.By] == 0
}

func stillThere(v *session.View, ms []Moment) (Finding, bool) {
	var t tally
	for i, m := range ms {
		if m == AskAlive || m == AskAliveAgain {
			t.add(v.At(i))
		}
	}
	return t.finding(StillThere, Info), t.n != [2]uint32{}
}

// Bounds of what counts as silence of one side: several segments that call for an answer, over a time that no network needs.
const (
	silentSegments = 3
	silentTime     = time.Second
)

// silent finds the longest time in which one side answered none of several segments that call for an answer. The handshake
// has findings of its own.
func silent(v *session.View, ms []Moment) (Finding, bool) {
	if v.Conn.Packets[0] == 0 || v.Conn.Packets[1] == 0 {
		return Finding{}, false
	}
	var run, worst unanswered
	for i, m := range ms {
		if run.next(v.At(i), m); run.n >= silentSegments && run.time > worst.time {
			worst = run
		}
	}
	f := Finding{Code: Silent, Severity: Warn, By: worst.by.Reverse(), Count: worst.n, Time: worst.time}
	f.Frames = append(f.Frames, worst.frames[:min(worst.n, maxEvidence)]...)
	return f, worst.time >= silentTime
}

// unanswered is a run of segments by one side that call for an answer, without any segment of the other side among them.
type unanswered struct {
	by     flow.Direction
	n      int
	since  int64
	time   time.Duration
	frames [maxEvidence]uint32 // the first ones
}

func (u *unanswered) next(r *session.Record, m Moment) {
	if r.Dir() != u.by || m == AskAgain || m == AskUnheard || m == AgreeAgain || m == AgreeUnheard {
		*u = unanswered{by: r.Dir()}
	}
	again := isProbe(r) || isRepeat(r, m)
	if r.Flags.Any(packet.SYN|packet.RST) || !again && (u.n > 0 || r.Len == 0 && !r.Flags.Has(packet.FIN)) {
		return
	}
	if u.n == 0 {
		u.since = r.Time
	}
	if u.n < maxEvidence {
		u.frames[u.n] = r.Frame
	}
	u.n++
	u.time = time.Duration(r.Time - u.since)
}

// most returns the side with the larger count, and the sum of both.
func most(n [2]uint32) (flow.Direction, int) {
	by := flow.ClientToServer
	if n[flow.ServerToClient] > n[flow.ClientToServer] {
		by = flow.ServerToClient
	}
	return by, int(n[0]) + int(n[1])
}

// labelled returns the first segments of a side with a label.
func labelled(v *session.View, by flow.Direction, l tcp.Labels) []uint32 {
	var frames []uint32
	for i := 0; i < v.Len() && len(frames) < maxEvidence; i++ {
		if r := v.At(i); r.Dir() == by && r.Labels.Has(l) {
			frames = append(frames, r.Frame)
		}
	}
	return frames
}

// roundTrip summarises the RTT of the direction in which it could be measured best: the longer one, since the capture point
// sees only its far side. Where segments were sent again the mean would measure the waiting for that.
func roundTrip(c *tcp.Connection) (Finding, bool) {
	d := flow.ClientToServer
	if c.RTTCount[d] == 0 || c.RTTCount[d.Reverse()] > 0 && c.RTTMin[d.Reverse()] > c.RTTMin[d] {
		d = d.Reverse()
	}
	if c.RTTCount[d] == 0 {
		return Finding{}, false
	}
	f := Finding{Code: RoundTrip, By: d, Count: int(c.RTTCount[d]), Time: c.RTTMin[d]}
	if c.Retransmissions[d] == 0 && f.Count > 1 {
		f.Mean = c.RTTSum[d] / time.Duration(c.RTTCount[d])
	}
	return f, true
}
