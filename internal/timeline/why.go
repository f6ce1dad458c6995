package timeline

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

// Reason says why a chip stands on a bubble: what it means, by which rule it came there, and what the rule looked at.
type Reason struct {
	// Chip is the label or the opinion.
	Chip Chip
	// Meaning is a sentence, Rule what was compared, Help what it usually comes from; "" where there is none.
	Meaning, Rule, Help string
	// Filter is the display filter that finds packets with the label, "" for an opinion.
	Filter string
	// Numbers are what the rule looked at.
	Numbers []Fact
	// Frames are the packets that it was compared with.
	Frames []uint32
}

// Labelled reports that packet i carries a label, or that we have an opinion about it.
func (c *Chat) Labelled(i int) bool { return c.view.At(i).Labels != 0 || len(c.opinionsAt(i)) > 0 }

// Reasons words why packet i carries its chips, in their order: first the labels, then our own reading. evidence is that of the
// labels, nil while it is not known.
func (c *Chat) Reasons(i int, evidence []tcp.Evidence) []Reason {
	l := c.options.Lang
	var out []Reason
	for _, label := range chipsOf(c.view.At(i).Labels) {
		term := narrate.Label(label)
		r := Reason{
			Chip: Chip{Text: term.Name.In(l), Severity: labelSeverity(label), Label: label}, Meaning: term.Meaning.In(l),
			Help: narrate.LabelHelp(l, label), Filter: "tcp.analysis." + label.Names()[0],
		}
		for k := range evidence {
			if e := &evidence[k]; e.Label == label {
				r.Rule = narrate.Reason(l, e.Reason)
				r.numbers(l, e.Quantities[:])
				r.packets(e.Original, e.Acknowledged)
			}
		}
		out = append(out, r)
	}
	for _, o := range c.opinionsAt(i) {
		r := Reason{Chip: c.opinion(o), Meaning: narrate.Opinion(o.Code).Meaning.In(l), Rule: narrate.OpinionRule(l, o.Evidence.Rule)}
		r.numbers(l, o.Evidence.Quantities[:])
		r.packets(o.Evidence.Frames[:]...)
		out = append(out, r)
	}
	return out
}

func (r *Reason) numbers(l narrate.Lang, qs []tcp.Quantity) {
	for _, q := range qs {
		if q.Kind != tcp.NoQuantity {
			r.Numbers = append(r.Numbers, Fact{narrate.QuantityName(l, q.Kind), narrate.QuantityValue(q)})
		}
	}
}

func (r *Reason) packets(frames ...uint32) {
	for _, f := range frames {
		if f != 0 {
			r.Frames = append(r.Frames, f)
		}
	}
}
