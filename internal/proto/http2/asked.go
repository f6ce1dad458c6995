package http2

import "tcptalk/internal/flow"

// Bounds of the requests that are remembered for their answers. The oldest is forgotten: its answer is then one to a request
// that is not known.
const (
	maxAsked     = 2 * maxOpen
	maxAskedText = 1 << 20 // bytes of all of them
)

// Asked is what a stream asks for.
type Asked struct {
	Method string
	// Target is :path, or :authority where there is no path, as in a CONNECT; "" if neither was captured. Protocol is :protocol,
	// which an extended CONNECT names (RFC 8441 §4).
	Target, Protocol string
}

// asked remembers what the streams of a connection ask for.
type asked struct {
	streams map[uint32]*Asked
	order   []uint32 // oldest first
	text    int
}

func newAsked() asked { return asked{streams: make(map[uint32]*Asked)} }

func (q *Asked) size() int { return len(q.Method) + len(q.Target) + len(q.Protocol) }

// add remembers a request; the first one of a stream counts, since its number is never used again (§5.1.1).
func (a *asked) add(stream uint32, q *Asked) {
	if a.streams[stream] != nil {
		return
	}
	a.streams[stream] = q
	a.order = append(a.order, stream)
	a.text += q.size()
	for len(a.order) > maxAsked || a.text > maxAskedText {
		a.text -= a.streams[a.order[0]].size()
		delete(a.streams, a.order[0])
		a.order = a.order[1:]
	}
}

// pair notes on a frame that ends a header block what its stream asks for: a request says it, a response answers it.
func (d *Decoder) pair(dir flow.Direction, s *side, f *Frame) {
	if len(f.Fields) == 0 {
		return
	}
	method := f.Value(":method")
	switch client := dir == d.opt.Client; {
	case method != "" && (client || s.promised != 0):
		q := &Asked{Method: method, Target: f.Value(":path"), Protocol: f.Value(":protocol")}
		if q.Target == "" {
			q.Target = f.Value(":authority")
		}
		f.Request = q
		if client {
			d.asked.add(f.Stream, q)
		} else {
			d.asked.add(s.promised, q)
		}
	case !client && f.Value(":status") != "":
		f.Request = d.asked.streams[f.Stream]
	}
}
