package websocket

import "tcptalk/internal/flow"

// maxPings is how many pings of one side are remembered while they wait for their pongs: real ones are answered before the
// next is sent.
const maxPings = 64

// Asked is the place [Start, End) of a ping in its sender's stream.
type Asked struct{ Start, End int64 }

// waiting is a ping that was not answered yet.
type waiting struct {
	Asked
	payload string
}

// pair remembers a whole ping from dir, or finds the one that a whole pong from dir answers: the oldest with the same payload
// (RFC 6455 §5.5.3). Those before it were passed over, as they may be where a later one is answered.
func (d *Decoder) pair(dir flow.Direction, f *Frame, at Asked) {
	whole := f.Fin && !f.Truncated && f.Missing == 0
	switch f.Opcode {
	case Ping:
		s := &d.side[dir]
		if !whole || len(s.pings) == maxPings {
			s.unsure = true
			return
		}
		s.pings = append(s.pings, waiting{at, string(f.Payload)})
	case Pong:
		other := &d.side[dir.Reverse()]
		for i := range other.pings {
			if p := &other.pings[i]; whole && p.payload == string(f.Payload) {
				answered := p.Asked
				f.Answers = &answered
				other.pings = append(other.pings[:0], other.pings[i+1:]...)
				return
			}
		}
		f.Unasked = whole && !other.unsure
	default: // no control frame that is answered by another
	}
}
