package timeline

import (
	"context"
	"testing"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/packet"
)

// million makes the long connections of the benchmarks.
func million(b *testing.B) *Chat {
	b.Helper()
	s := made(b, bulk(1_000_000*2/3, 100))
	return NewChat(view(b, s, 0), nil, DefaultOptions(), nil)
}

// BenchmarkBuild builds the rows of a connection of a million segments, folded, as With does.
func BenchmarkBuild(b *testing.B) {
	c := million(b)
	for b.Loop() {
		c.clone().build()
	}
}

// BenchmarkMoments finds the moments of a million segments.
func BenchmarkMoments(b *testing.B) {
	c := million(b)
	for b.Loop() {
		diagnose.Moments(c.view)
	}
}

// BenchmarkFindings finds out what happened in a million segments.
func BenchmarkFindings(b *testing.B) {
	c := million(b)
	for b.Loop() {
		diagnose.Connection(c.view, c.moments)
	}
}

// BenchmarkShapes asks for the shape of a million rows: nothing is folded, no protocol is known.
func BenchmarkShapes(b *testing.B) {
	c := million(b)
	o := c.options
	o.FoldRuns = false
	c = c.With(nil, o)
	for b.Loop() {
		for i := range c.Len() {
			c.Shape(i)
		}
	}
}

// BenchmarkShapesOfLoss asks for the shape of a million rows of which each fourth is a duplicate ACK and some are
// retransmissions: all of those have notes.
func BenchmarkShapesOfLoss(b *testing.B) {
	segments := bulk(0, 0)
	at, next := int64(1e6), uint32(500)
	for range 1_000_000 / 16 {
		lost := next
		for range 8 {
			next += 100
			at += 1000
			segments = append(segments, seg{at: at, server: true, flags: packet.ACK, seq: next, ack: 100, window: 65000, size: 100})
		}
		for range 6 {
			at += 1000
			segments = append(segments, seg{at: at, flags: packet.ACK, seq: 100, ack: lost, window: 65000})
		}
		next += 100
		at += 1000
		segments = append(segments,
			seg{at: at, server: true, flags: packet.ACK, seq: lost, ack: 100, window: 65000, size: 100},
			seg{at: at + 10, flags: packet.ACK, seq: 100, ack: next, window: 65000},
		)
	}
	o := DefaultOptions()
	o.FoldRuns = false
	c := NewChat(view(b, made(b, segments), 0), nil, o, nil)
	for b.Loop() {
		for i := range c.Len() {
			c.Shape(i)
		}
	}
}

// BenchmarkConversation is what decoding adds before the rows of a small recording are there.
func BenchmarkConversation(b *testing.B) {
	s := recording(b, "png.pcap")
	v := view(b, s, 0)
	for b.Loop() {
		talk, err := s.Conversation(context.Background(), v)
		if err != nil {
			b.Fatal(err)
		}
		NewChat(v, talk, DefaultOptions(), nil)
	}
}
