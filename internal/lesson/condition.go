package lesson

import (
	"fmt"
	"math"
	"strings"

	"tcptalk/internal/narrate"
)

// Condition is what makes an option of a question the right one: at least Least and at most Most packets, among those that the
// question names, are as Filter or Other says. The zero Condition says nothing.
type Condition struct {
	// Filter is a display filter over TCP segments.
	Filter string
	// Other is the name of a protocol that is not TCP, as Facts.Others counts them.
	Other       string
	Least, Most int
}

// some is the condition that a filter or protocol is seen at all.
func some(filter, other string) Condition {
	return Condition{Filter: filter, Other: other, Least: 1, Most: math.MaxInt32}
}

// count counts the packets that the condition speaks of.
func (c Condition) count(facts Facts, within [2]uint32) (int, error) {
	if c.Other != "" {
		return facts.Others(c.Other, within[0], within[1]), nil
	}
	return facts.Count(c.Filter, within[0], within[1])
}

// prove holds the right option of a question with conditions against the capture: its condition must hold, and no other.
func (q *Question) prove(facts Facts) error {
	var held []string
	right := false
	for i, o := range q.Options {
		n, err := o.Holds.count(facts, q.Within)
		if err != nil {
			return fmt.Errorf("option %d: %w", i+1, err)
		}
		if n >= o.Holds.Least && n <= o.Holds.Most {
			held = append(held, fmt.Sprintf("%d (%d packets)", i+1, n))
			right = right || i == q.Right
		}
	}
	if !right || len(held) != 1 {
		return fmt.Errorf("answer: choice %d, the capture proves [%s]", q.Right+1, strings.Join(held, ", "))
	}
	return nil
}

// validConditions reports conditions that cannot be checked. In a question with some, every option has one.
func (p *problems) validConditions(what string, q *Question) {
	with := 0
	for i, o := range q.Options {
		c := o.Holds
		if c == (Condition{}) {
			continue
		}
		with++
		if (c.Filter == "") == (c.Other == "") || c.Least < 0 || c.Most < c.Least || len(c.Filter)+len(c.Other) > maxFilter {
			p.add(fmt.Sprintf("%s: option %d", what, i+1), narrate.Text{"want when or other, and times in order", "when 和 other 二选一，times 由小到大"})
		}
	}
	switch {
	case with == 0 && q.Within != [2]uint32{}, with != 0 && with != len(q.Options):
		p.add(what, narrate.Text{"want packets, and when or other for each choice, or none of them", "packets 与每个选项的 when 或 other 要么都写，要么都不写"})
	case with != 0 && (q.Within[0] == 0 || q.Within[1] < q.Within[0]):
		p.add(what+": answer: packets", narrate.Text{"want the first and the last one to look at", "写出要看的第一个和最后一个"})
	}
}

// maxFilter bounds the text of a condition.
const maxFilter = 400
