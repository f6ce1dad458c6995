package timeline

import (
	"context"
	"testing"

	"tcptalk/internal/session"
)

// manyMessages are n messages of Redis, made up of the few of a recording.
func manyMessages(t testing.TB, n int) *Messages {
	t.Helper()
	s, err := session.Open("../cli/testdata/redis.pcap")
	if err != nil {
		t.Fatal(err)
	}
	v, talk := talkOf(t, read(t, s), 0)
	many := *talk
	many.Limited = true // the bytes are no others
	many.Messages = make([]session.Message, n)
	for i := range many.Messages {
		many.Messages[i] = talk.Messages[min(i*len(talk.Messages)/n, len(talk.Messages)-1)]
	}
	m, err := NewMessages(context.Background(), v, &many, messageOptions)
	if err != nil {
		t.Fatal(err)
	}
	if m.Items() != n {
		t.Fatalf("%d messages of %d", m.Items(), n)
	}
	return m
}

func BenchmarkMessages1M(b *testing.B) {
	m := manyMessages(b, 1_000_000)
	b.Run("row", func(b *testing.B) {
		b.ReportAllocs()
		var r MessageRow
		for i := range b.N {
			m.Row(i*7919%m.Len(), &r)
		}
	})
	b.Run("shape", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			m.Shape(i * 7919 % m.Len())
		}
	})
	b.Run("of packet", func(b *testing.B) {
		for b.Loop() {
			m.OfPacket(m.view.Len() - 1)
		}
	})
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			m.Toggled(0)
		}
	})
}
