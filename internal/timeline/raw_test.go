package timeline

import (
	"context"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/packet"
)

// TestRawNumbersOfANewBeginning: an end that answers a SYN twice, with different numbers, counts anew. The raw numbers of what it
// sent before stay those of the packets.
func TestRawNumbersOfANewBeginning(t *testing.T) {
	const client, server = 50_000, 80
	const syn, ack = packet.SYN, packet.ACK
	s := printedCapture(t, capture.LinkTypeRaw, nil, [][]byte{
		tcpSegment(client, server, 1000, 0, syn, 500, nil, nil),
		tcpSegment(server, client, 5000, 1001, syn|ack, 500, nil, nil),
		tcpSegment(server, client, 9000, 1001, syn|ack, 500, nil, nil),
		tcpSegment(client, server, 1001, 9001, ack, 500, nil, nil),
	}, []int64{1000, 2000, 3000, 4000})
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	talk, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	o := DefaultOptions()
	o.RawNumbers = true
	var got []string
	eachRow(t, NewChat(v, talk, o, nil), func(r *Row) {
		if r.Kind == Bubble {
			got = append(got, r.Meta)
		}
	})
	want := []string{
		"seq 1,000  len 0  win 500", "seq 5,000  ack 1,001  len 0  win 500", "seq 9,000  ack 1,001  len 0  win 500",
		"seq 1,001  ack 9,001  len 0  win 500",
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}
