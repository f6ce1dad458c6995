package tcp

import "tcptalk/internal/seqnum"

// Bases returns the raw sequence numbers that relative numbers of a connection count from, indexed by sender; 0 for an end
// of which nothing is known.
func (t *Tracker) Bases(stream int) [2]seqnum.Number {
	c := t.table.at(stream)
	return [2]seqnum.Number{c.ends[0].base, c.ends[1].base}
}
