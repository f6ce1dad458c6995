package cli

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// explained is a packet with what can be said about it: why it carries its labels, and our own reading.
type explained struct {
	record   *session.Record
	labels   []tcp.Evidence
	opinions []diagnose.Opinion
}

// explain follows every connection again and hands over its end, and then its packets of which there is something to say,
// in their order. Whatever is handed over is valid until the next one.
func explain(ctx context.Context, s *session.Session, ends func(*session.View, *diagnose.Closing) error, packets func(*explained) error) error {
	for i := range s.Streams() {
		v, err := s.View(i)
		if err != nil {
			return err
		}
		if v.Len() == 0 {
			continue
		}
		if err := explainOne(ctx, v, ends, packets); err != nil {
			return err
		}
	}
	return nil
}

func explainOne(ctx context.Context, v *session.View, ends func(*session.View, *diagnose.Closing) error, packets func(*explained) error) error {
	c := diagnose.ClosingOf(v)
	if err := ends(v, &c); err != nil {
		return err
	}
	set, err := diagnose.Opinions(ctx, v)
	if err != nil {
		return err
	}
	x := tcp.NewExplainer()
	var failed error
	err = v.Feed(ctx, func(i int, _ flow.Direction, seg *packet.Segment) bool {
		e := explained{record: v.At(i), opinions: set.At(i)}
		e.labels = x.Explain(seg, e.record.Labels)
		if len(e.labels) > 0 || len(e.opinions) > 0 {
			failed = packets(&e)
		}
		return failed == nil
	})
	return errors.Join(failed, err)
}

// evidence writes a closing record for every connection, and an evidence record for every packet with a label or an opinion.
func (j *jsonLines) evidence(ctx context.Context, s *session.Session) error {
	return explain(ctx, s, j.closing, func(e *explained) error {
		j.begin("evidence")
		j.num("stream", int64(e.record.Stream))
		j.num("frame", int64(e.record.Frame))
		j.key("evidence")
		j.list(len(e.labels), func(i int) { j.labelEvidence(&e.labels[i]) })
		j.key("opinions")
		j.list(len(e.opinions), func(i int) { j.opinion(&e.opinions[i]) })
		return j.end()
	})
}

func (j *jsonLines) closing(v *session.View, c *diagnose.Closing) error {
	j.begin("closing")
	j.num("stream", int64(v.Conn.Stream))
	j.str("class", c.Class.String())
	j.str("confidence", c.Confidence.String())
	if c.Packet >= 0 {
		j.str("by", c.By.String())
		j.num("frame", int64(v.At(c.Packet).Frame))
	}
	j.time("time", c.Time)
	j.str("client_state", c.States[flow.ClientToServer].State().String())
	j.str("server_state", c.States[flow.ServerToClient].State().String())
	j.num("client_unacked", int64(c.Unacked[flow.ClientToServer]))
	j.num("server_unacked", int64(c.Unacked[flow.ServerToClient]))
	j.frames(c.Frames[:])
	return j.end()
}

// list writes an array of n values.
func (j *jsonLines) list(n int, object func(i int)) {
	j.b = append(j.b, '[')
	for i := range n {
		if i > 0 {
			j.b = append(j.b, ',')
		}
		object(i)
	}
	j.b = append(j.b, ']')
}

func (j *jsonLines) labelEvidence(e *tcp.Evidence) {
	j.first("label", strings.Join(e.Label.Names(), ","))
	j.str("rule", e.Reason.String())
	j.quantities(e.Quantities[:])
	j.numIf("original_frame", e.Original)
	j.numIf("ack_frame", e.Acknowledged)
	j.b = append(j.b, '}')
}

func (j *jsonLines) opinion(o *diagnose.Opinion) {
	j.first("opinion", o.Code.String())
	j.str("confidence", o.Confidence.String())
	j.str("rule", o.Evidence.Rule.String())
	j.quantities(o.Evidence.Quantities[:])
	j.frames(o.Evidence.Frames[:])
	j.b = append(j.b, '}')
}

// first begins an object inside an array with its first member.
func (j *jsonLines) first(k, v string) {
	j.b = append(append(append(j.b, '{', '"'), k...), '"', ':')
	j.b = appendJSONString(j.b, v)
}

// quantities writes the numbers of an evidence, times as in all records.
func (j *jsonLines) quantities(qs []tcp.Quantity) {
	for _, q := range qs {
		switch {
		case q.Kind == tcp.NoQuantity:
		case q.Kind.IsTime():
			j.time(q.Kind.String(), q.Value)
		default:
			j.num(q.Kind.String(), q.Value)
		}
	}
}

func (j *jsonLines) frames(frames []uint32) {
	j.key("frames")
	j.b = append(j.b, '[')
	for _, f := range frames {
		if f == 0 {
			continue
		}
		if j.b[len(j.b)-1] != '[' {
			j.b = append(j.b, ',')
		}
		j.b = strconv.AppendUint(j.b, uint64(f), 10)
	}
	j.b = append(j.b, ']')
}

// printEvidence prints how every connection ended, and a line for every packet with a label or an opinion.
func printEvidence(ctx context.Context, e *env, s *session.Session) error {
	p := printer{w: newBufferedWriter(e.stdout)}
	err := explain(ctx, s, func(v *session.View, c *diagnose.Closing) error {
		p.line("")
		p.line("%s", closingLine(v, c))
		return p.err
	}, func(x *explained) error {
		p.line("%s", explainedLine(x))
		return p.err
	})
	return errors.Join(err, p.flush())
}

// closingLine says in one line how a connection ended.
func closingLine(v *session.View, c *diagnose.Closing) string {
	const l = narrate.English
	term := narrate.Closing(c.Class)
	b := "connection " + narrate.Count(uint64(v.Conn.Stream)) + ": " + term.Name.In(l)
	if c.Confidence != diagnose.Proven {
		b += " (" + narrate.Confidence(l, c.Confidence) + ")"
	}
	if c.Packet >= 0 {
		b += ", by the " + narrate.Side(l, c.By) + " in " + narrate.Frame(v.At(c.Packet).Frame)
		b += " after " + narrate.Duration(time.Duration(c.Time-v.Conn.FirstTime))
	}
	b += ", client " + c.States[flow.ClientToServer].State().String() + ", server " + c.States[flow.ServerToClient].State().String()
	for _, d := range [2]flow.Direction{flow.ClientToServer, flow.ServerToClient} {
		if n := c.Unacked[d]; n > 0 {
			b += ", " + narrate.Bytes(uint64(n)) + " of the " + narrate.Side(l, d) + " unacknowledged"
		}
	}
	return b
}

// explainedLine is one packet: its labels with their evidence, then our reading behind a bar.
func explainedLine(x *explained) string {
	const l = narrate.English
	var parts []string
	for i := range x.labels {
		e := &x.labels[i]
		parts = append(parts, narrate.Label(e.Label).Name.In(l)+": "+details(narrate.Reason(l, e.Reason), e.Quantities[:], e.Original, e.Acknowledged))
	}
	for i := range x.opinions {
		o := &x.opinions[i]
		parts = append(parts, "| "+narrate.Opinion(o.Code).Name.In(l)+" ("+narrate.Confidence(l, o.Confidence)+"): "+
			details(narrate.OpinionRule(l, o.Evidence.Rule), o.Evidence.Quantities[:], o.Evidence.Frames[:]...))
	}
	return narrate.Frame(x.record.Frame) + " " + narrate.Side(l, x.record.Dir()) + "  " + strings.Join(parts, "  ")
}

// details writes a rule with its numbers and packets.
func details(rule string, qs []tcp.Quantity, frames ...uint32) string {
	parts := []string{rule}
	for _, q := range qs {
		if q.Kind != tcp.NoQuantity {
			parts = append(parts, narrate.Quantity(q))
		}
	}
	for _, f := range frames {
		if f != 0 {
			parts = append(parts, narrate.Frame(f))
		}
	}
	return strings.Join(parts, ", ")
}
