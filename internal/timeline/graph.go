package timeline

import (
	"context"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Graph is what the graphs of one direction are drawn from: the data that Dir sent, and what the other side said about it. Times
// are nanoseconds since the connection's first packet, sequence numbers relative and unwrapped, so that they grow past 4 GiB.
// Every entry names its packet by the index in the View. The lists are in capture order.
type Graph struct {
	Dir flow.Direction
	// Start is the time of the first packet, nanoseconds since 1970, End that of the last one since then.
	Start, End int64
	// Segments are the segments with data, SYN or FIN.
	Segments []GraphSegment
	// Acks are the acknowledgments of the other side, each with the window it opened.
	Acks []GraphAck
	// SACKs are the ranges that the other side reported to have.
	SACKs []GraphRange
	// RTTs are round trips as Wireshark measures them, in nanoseconds, at the acknowledgment; Flight the bytes that were sent and not
	// acknowledged, after each segment.
	RTTs, Flight []GraphValue
}

// GraphRange is a range [Lo, Hi) of sequence numbers at a moment.
type GraphRange struct {
	At, Lo, Hi int64
	Packet     int32
}

// GraphSegment is a segment.
type GraphSegment struct {
	GraphRange
	// Labels are those of the packet, of which retransmissions look different.
	Labels tcp.Labels
}

// GraphAck is an acknowledgment of everything before Lo, with the receive window [Lo, Hi).
type GraphAck struct{ GraphRange }

// Window is the window in bytes.
func (a GraphAck) Window() int64 { return a.Hi - a.Lo }

// GraphValue is a value at a moment.
type GraphValue struct {
	At, Value int64
	Packet    int32
}

// Graphs reads a connection once and returns the graphs of both directions, indexed by the sender of the data. It follows the
// connection as Wireshark does. It ends early, with an error, if ctx ends.
func Graphs(ctx context.Context, v *session.View) (*[2]Graph, error) {
	g := &grapher{tracker: tcp.NewTracker()}
	for dir := range g.out {
		g.out[dir].Dir = flow.Direction(dir)
		if v.Len() > 0 {
			g.out[dir].Start = v.At(0).Time
			g.out[dir].End = v.At(v.Len()-1).Time - v.At(0).Time
		}
	}
	err := v.Feed(ctx, func(i int, dir flow.Direction, seg *packet.Segment) bool {
		g.segment(int32(i), dir, v.At(i), seg)
		return true
	})
	if err != nil {
		return nil, err
	}
	return &g.out, nil
}

type grapher struct {
	tracker  *tcp.Tracker
	analysis tcp.Analysis
	out      [2]Graph
	latest   [2]int64 // the highest sequence number of each direction so far, unwrapped
}

// unwrap turns a relative number of dir's data into one that is not taken modulo 2^32.
func (g *grapher) unwrap(dir flow.Direction, n uint32) int64 {
	near := g.latest[dir]
	at := near + int64(int32(n-uint32(near))) // below 0 in front of the first number
	g.latest[dir] = max(near, at)
	return at
}

func (g *grapher) segment(i int32, dir flow.Direction, r *session.Record, seg *packet.Segment) {
	a := &g.analysis
	g.tracker.Track(seg, a)
	if !r.HasNumbers() || r.Flags.Has(packet.RST) {
		return
	}
	own, peer := &g.out[dir], &g.out[dir.Reverse()]
	at := r.Time - own.Start
	lo := g.unwrap(dir, r.Seq)
	if n := int64(r.NextSeq() - r.Seq); n > 0 {
		own.Segments = append(own.Segments, GraphSegment{GraphRange{at, lo, lo + n, i}, r.Labels})
		g.latest[dir] = max(g.latest[dir], lo+n)
	}
	if a.BytesInFlight > 0 {
		own.Flight = append(own.Flight, GraphValue{at, int64(a.BytesInFlight), i})
	}
	if !r.Flags.Has(packet.ACK) {
		return
	}
	ack := g.unwrap(dir.Reverse(), r.Ack)
	peer.Acks = append(peer.Acks, GraphAck{GraphRange{at, ack, ack + int64(r.Window), i}})
	if a.RTT > 0 {
		peer.RTTs = append(peer.RTTs, GraphValue{at, int64(a.RTT), i})
	}
	for k := range seg.Options.NumSACK {
		b := seg.Options.SACK[k]
		left := ack + int64(int32(b.Left.Distance(seg.Ack)))
		if n := int64(b.Right.Distance(b.Left)); n > 0 && n < 1<<31 {
			peer.SACKs = append(peer.SACKs, GraphRange{at, left, left + n, i})
		}
	}
}

// Throughput returns the bytes of data that were sent in each of n equal spans of [from, to), as bytes per second, without what
// was sent again.
func (g *Graph) Throughput(from, to int64, n int) []float64 {
	out := make([]float64, n)
	if to <= from || n == 0 {
		return out
	}
	highest := int64(0)
	for _, s := range g.Segments {
		fresh := s.Hi - max(s.Lo, highest)
		highest = max(highest, s.Hi)
		if s.At < from || s.At >= to || fresh <= 0 {
			continue
		}
		out[int(float64(s.At-from)/float64(to-from)*float64(n))] += float64(fresh)
	}
	span := float64(to-from) / float64(n) / 1e9
	for i := range out {
		out[i] /= span
	}
	return out
}
