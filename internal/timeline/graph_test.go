package timeline

import (
	"context"
	"fmt"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

func graphsOf(t testing.TB, s *session.Session, stream int) *[2]Graph {
	t.Helper()
	g, err := Graphs(context.Background(), view(t, s, stream))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGraphs(t *testing.T) {
	const data = packet.PSH | packet.ACK
	g := graphsOf(t, made(t, []seg{
		{at: 1000, flags: packet.SYN, seq: 99, window: 100},
		{at: 2000, server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100, window: 200},
		{at: 3000, flags: packet.ACK, seq: 100, ack: 500, window: 300},
		{at: 4000, flags: data, seq: 100, ack: 500, window: 300, size: 50},
		{at: 5000, flags: data, seq: 150, ack: 500, window: 300, size: 50},
		{at: 9000, server: true, flags: packet.ACK, seq: 500, ack: 200, window: 150},
		{at: 9500, flags: data, seq: 100, ack: 500, window: 300, size: 50},
		{at: 9900, server: true, flags: packet.RST, seq: 500},
	}), 0)
	c, s := &g[flow.ClientToServer], &g[flow.ServerToClient]
	if c.Start != 1000 || c.End != 8900 || s.Dir != flow.ServerToClient {
		t.Errorf("from %d for %d, %v", c.Start, c.End, s.Dir)
	}
	for _, tt := range []struct{ name, got, want string }{
		{"segments", fmt.Sprint(ranges(c.Segments)), "[{0 0 1 0} {3000 1 51 3} {4000 51 101 4} {8500 1 51 6}]"},
		{"acks", fmt.Sprint(c.Acks), "[{{1000 1 201 1}} {{8000 101 251 5}}]"},
		{"in flight", fmt.Sprint(c.Flight), "[{3000 50 3} {4000 100 4} {8500 50 6}]"},
		{"round trips", fmt.Sprint(c.RTTs), "[{1000 1000 1} {8000 4000 5}]"},
		{"the server's segments", fmt.Sprint(ranges(s.Segments)), "[{1000 0 1 1}]"},
		{"the server's acks", fmt.Sprint(len(s.Acks), s.Acks[0].Window()), "4 300"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
		}
	}
	if l := c.Segments[3].Labels; !l.Has(tcp.Retransmission) {
		t.Errorf("labels of the last segment: %v", l.Names())
	}
	if got := fmt.Sprint(c.Throughput(0, 10_000, 5)); got != "[500000 2.5e+07 2.5e+07 0 0]" {
		t.Errorf("throughput %s", got)
	}
	if got := fmt.Sprint(c.Throughput(5, 5, 2)); got != "[0 0]" {
		t.Errorf("throughput of no time %s", got)
	}
}

func ranges(s []GraphSegment) []GraphRange {
	var out []GraphRange
	for i := range s {
		out = append(out, s[i].GraphRange)
	}
	return out
}

// A transfer of more than 4 GiB goes on where the numbers begin anew.
func TestGraphsUnwrap(t *testing.T) {
	g := grapher{}
	at := uint32(0)
	for want := int64(0); want < 10<<32; want += 1 << 29 {
		if got := g.unwrap(0, at); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
		if back := g.unwrap(0, at-1000); back != want-1000 {
			t.Fatalf("an old one is %d, want %d", back, want-1000)
		}
		at += 1 << 29
	}
}

// What a SACK reports lies above what is acknowledged.
func TestGraphsSACK(t *testing.T) {
	s := recording(t, "drop_fast.pcap")
	found := 0
	for stream := range s.Streams() {
		for _, g := range graphsOf(t, s, stream) {
			acked := map[int32]int64{}
			for _, a := range g.Acks {
				acked[a.Packet] = a.Lo
			}
			last := g.Segments[len(g.Segments)-1].Hi
			for _, r := range g.SACKs {
				found++
				if r.Lo <= acked[r.Packet] || r.Hi > last+1 {
					t.Errorf("packet %d acknowledges %d and reports %d to %d", r.Packet, acked[r.Packet], r.Lo, r.Hi)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no SACK in the recording")
	}
}

func TestGraphsEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Graphs(ctx, view(t, recording(t, "drop_fast.pcap"), 0)); err == nil {
		t.Error("cancelled, and no error")
	}
}

func BenchmarkGraphs(b *testing.B) {
	s := made(b, bulk(100_000, 1400))
	b.ReportAllocs()
	for b.Loop() {
		graphsOf(b, s, 0)
	}
}
