package export

import (
	"slices"

	"tcptalk/internal/session"
)

// Choice says which messages of a capture are wanted: those of which a packet is in a set, the one that completes it or one that
// carries a part of it. A nil Choice wants all.
type Choice struct {
	Frames *Frames
	// Concerns, if set, is asked about each packet of the set whether it is there on account of this message. It spares the
	// others that share the packet.
	Concerns func(v *session.View, i int, m *session.Message) bool
}

// Wants reports that a message of the connection is wanted; packets carry it.
func (c *Choice) Wants(v *session.View, m *session.Message, packets []uint32) bool {
	if c == nil || c.has(v, m.Ended, m) {
		return true
	}
	return slices.ContainsFunc(packets, func(i uint32) bool { return c.has(v, int(i), m) })
}

func (c *Choice) has(v *session.View, i int, m *session.Message) bool {
	return c.Frames.Has(v.At(i).Frame) && (c.Concerns == nil || c.Concerns(v, i, m))
}

// narrowed makes the function that a sweep calls only for connections that have a packet in the set.
func (c *Choice) narrowed(each func(v *session.View) error) func(v *session.View) error {
	if c == nil {
		return each
	}
	return func(v *session.View) error {
		if !c.Frames.Touches(v) {
			return nil
		}
		return each(v)
	}
}
