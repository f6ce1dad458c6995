package app

import (
	"testing"

	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
)

func TestWhy(t *testing.T) {
	a, h := newApp(t, nil)
	a.OpenCase("trouble-third-packet-lost")
	c := loaded(a, h)
	asked, labels := 0, tcp.Labels(0)
	for i := range c.View.Len() {
		a.Why(i, func(reasons []timeline.Reason, evidence bool) {
			asked++
			if !evidence || len(reasons) == 0 {
				t.Errorf("packet %d: %v, %d reasons", i, evidence, len(reasons))
			}
			for _, r := range reasons {
				labels |= r.Chip.Label
				if r.Meaning == "" || r.Rule == "" || !r.Chip.Ours && (r.Help == "" || r.Filter == "" || len(r.Numbers)+len(r.Frames) == 0) {
					t.Errorf("packet %d: %+v", i, r)
				}
				for _, f := range r.Frames {
					if c.View.Find(f) < 0 {
						t.Errorf("packet %d: frame %d is not of this connection", i, f)
					}
				}
			}
		})
	}
	if !labels.Has(tcp.Retransmission) || asked < 4 {
		t.Errorf("asked %d times, labels %v", asked, labels.Names())
	}
	a.Why(c.View.Len(), func([]timeline.Reason, bool) { t.Error("there is no such packet") })
	a.Why(0, func([]timeline.Reason, bool) { t.Error("a packet without labels has reasons") })
}

// A packet far behind in a long connection is explained in two steps, and only the latest question is answered.
func TestWhyInALongConnection(t *testing.T) {
	a, h, c := long(t)
	a.read(c, nil)
	a.SelectConnection(0)
	h.until("a connection is shown", func() bool { return c.Chat != nil && c.Talk != nil })
	at := c.View.Len() - 1
	c.View.At(at).Labels = tcp.Retransmission
	var first, second []bool
	a.Why(at, func(_ []timeline.Reason, evidence bool) { first = append(first, evidence) })
	a.Why(at, func(_ []timeline.Reason, evidence bool) { second = append(second, evidence) })
	h.until("the answer is there", func() bool { return len(second) == 2 })
	if len(first) != 1 || first[0] || second[0] || !second[1] {
		t.Errorf("answers %v and %v", first, second)
	}
}
