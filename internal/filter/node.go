package filter

import "tcptalk/internal/session"

// truth is what is known of a condition. A connection's summary alone leaves much open.
type truth uint8

const (
	no truth = iota
	open
	yes
)

// nodeOp says what a node does with its kids.
type nodeOp uint8

const (
	opTest nodeOp = iota
	opNot
	opAnd
	opXor
	opOr
)

// node is a part of a compiled filter.
type node struct {
	op   nodeOp
	kids []*node
	test *test
}

// stage is how much is known when a filter is evaluated.
type stage struct {
	level Level // fields up to it have their values
	row   *row
	// scratch is for values.
	scratch *[2][]value
	// hit and miss are the bits of the conditions on payload and messages: some value of the packet meets the condition, some
	// value does not. They count once settled says that all of them are known.
	settled   bool
	hit, miss uint64
	// one is the only message that conditions on messages are asked about, if it is set; whole says that it has its content.
	one   *session.Message
	whole bool
}

// eval evaluates a node with three truths (Kleene): what is open stays open only as long as it matters.
func (n *node) eval(s *stage) truth {
	switch n.op {
	case opTest:
		return n.test.eval(s)
	case opNot:
		return yes - n.kids[0].eval(s)
	case opAnd:
		all := yes
		for _, k := range n.kids {
			if all = min(all, k.eval(s)); all == no {
				break
			}
		}
		return all
	case opOr:
		some := no
		for _, k := range n.kids {
			if some = max(some, k.eval(s)); some == yes {
				break
			}
		}
		return some
	case opXor:
		odd := no
		for _, k := range n.kids {
			v := k.eval(s)
			if v == open {
				return open
			}
			if v == yes {
				odd = yes - odd
			}
		}
		return odd
	}
	return no
}

// eval evaluates a condition as far as it can be.
func (t *test) eval(s *stage) truth {
	switch {
	case t.level <= s.level && t.level < Payload:
		return known(t.holds(s.row, s.scratch))
	case s.settled:
		return known(t.settle(s.hit, s.miss))
	case t.never(s.row):
		return no
	case s.one != nil && t.byMessage(s.whole):
		return known(t.settleOne(s))
	}
	return open
}

func known(b bool) truth {
	if b {
		return yes
	}
	return no
}

// never reports that no packet of the connection can meet the condition, because none has the field.
func (t *test) never(r *row) bool {
	return t.field.absent != nil && t.field.absent(r.conn) || t.other != nil && t.other.absent != nil && t.other.absent(r.conn)
}

// settle decides from the bits of a packet.
func (t *test) settle(hit, miss uint64) bool {
	return hit&t.bit != 0 && !(t.all && miss&t.bit != 0)
}
