package tcp

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"testing"
	"unsafe"

	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// traffic makes segments without allocating: one exchange after the other.
type traffic struct {
	seg     packet.Segment
	tracker *Tracker
	out     Analysis
}

func newTraffic() *traffic {
	t := &traffic{tracker: NewTracker()}
	t.seg = packet.Segment{HasLen: true, HeaderLen: 20, FrameLen: 60}
	return t
}

var (
	benchClient = netip.MustParseAddrPort("10.0.0.1:40000")
	benchServer = netip.MustParseAddrPort("10.0.0.2:80")
)

func (t *traffic) send(from, to netip.AddrPort, flags packet.Flags, seq, ack seqnum.Number, length uint32) {
	s := &t.seg
	s.Frame++
	s.Time += 50_000
	s.Src, s.Dst, s.Flags, s.Seq, s.Ack, s.Len = from, to, flags, seq, ack, length
	s.Window = 60000
	t.tracker.Track(s, &t.out)
}

// bulk sends two data segments and the ACK that keeps the given number of segments in flight.
func (t *traffic) bulk(seq *seqnum.Number, inFlight uint32) {
	for range 2 {
		t.send(benchClient, benchServer, packet.ACK, *seq, 1, 1460)
		*seq += 1460
	}
	t.send(benchServer, benchClient, packet.ACK, 1, *seq-seqnum.Number(1460*inFlight), 0)
}

// short plays connection number n: handshake, request, response, close; 9 segments.
func (t *traffic) short(n int) {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], 0x0b000000+uint32(n)/40000)
	c, s := netip.AddrPortFrom(netip.AddrFrom4(ip), uint16(20000+n%40000)), benchServer
	t.send(c, s, packet.SYN, 99, 0, 0)
	t.send(s, c, packet.SYN|packet.ACK, 299, 100, 0)
	t.send(c, s, packet.ACK, 100, 300, 0)
	t.send(c, s, packet.ACK|packet.PSH, 100, 300, 200)
	t.send(s, c, packet.ACK|packet.PSH, 300, 300, 1000)
	t.send(s, c, packet.ACK|packet.FIN, 1300, 300, 0)
	t.send(c, s, packet.ACK, 300, 1301, 0)
	t.send(c, s, packet.ACK|packet.FIN, 300, 1301, 0)
	t.send(s, c, packet.ACK, 1301, 301, 0)
}

func BenchmarkBulk(b *testing.B) {
	for _, flight := range []uint32{2, 40, 9000} {
		b.Run(map[uint32]string{2: "2InFlight", 40: "40InFlight", 9000: "9000InFlight"}[flight], func(b *testing.B) {
			t, seq := newTraffic(), seqnum.Number(1)
			for range flight {
				t.send(benchClient, benchServer, packet.ACK, seq, 1, 1460)
				seq += 1460
			}
			b.ReportAllocs()
			b.SetBytes(2 * 1460 / 3)
			b.ResetTimer()
			for i := 0; i < b.N; i += 3 {
				t.bulk(&seq, flight)
			}
		})
	}
}

// BenchmarkAdversarial has a full list of unacknowledged segments and acknowledgements made to be expensive.
func BenchmarkAdversarial(b *testing.B) {
	for _, c := range []struct {
		name string
		seq  func(i uint32) (seq seqnum.Number, length uint32)
		ack  func(i uint32) seqnum.Number
	}{
		{
			"NothingMatches", func(i uint32) (seqnum.Number, uint32) { return seqnum.Number(5000 + 10*i), 5 },
			func(i uint32) seqnum.Number { return seqnum.Number(i % 1000) },
		},
		{
			"AllShortened", func(uint32) (seqnum.Number, uint32) { return 1, 1 << 29 },
			func(i uint32) seqnum.Number { return seqnum.Number(i) },
		},
		{
			"BackAndForth", func(i uint32) (seqnum.Number, uint32) { return seqnum.Number(1 << 30), 1 << 29 },
			func(i uint32) seqnum.Number { return seqnum.Number(i%2) << 30 },
		},
	} {
		b.Run(c.name, func(b *testing.B) {
			t := newTraffic()
			for i := range uint32(MaxUnacked) {
				seq, n := c.seq(i)
				t.send(benchClient, benchServer, packet.ACK, seq, 1, n)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += 2 {
				t.send(benchServer, benchClient, packet.ACK, 1, c.ack(uint32(i)), 0)
				seq, n := c.seq(uint32(i))
				t.send(benchClient, benchServer, packet.ACK, seq, 1, n)
			}
		})
	}
}

func BenchmarkShortConnections(b *testing.B) {
	t := newTraffic()
	b.ReportAllocs()
	b.SetBytes(1200 / 9)
	for i := 0; i < b.N; i += 9 {
		t.short(i / 9)
	}
}

// BenchmarkInterleaved takes segments of 100 000 connections in turn: the cache never helps.
func BenchmarkInterleaved(b *testing.B) {
	t := newTraffic()
	const n = 100_000
	for i := range n {
		t.short(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		c := netip.AddrPortFrom(t.tracker.Connection(i*7919%n).Client.Addr(), t.tracker.Connection(i*7919%n).Client.Port())
		t.send(c, benchServer, packet.ACK, 301, 1301, 0)
	}
}

func TestTrackAllocatesNothing(t *testing.T) {
	tr, seq := newTraffic(), seqnum.Number(1)
	for range 30 {
		tr.bulk(&seq, 20)
	}
	if n := testing.AllocsPerRun(2000, func() { tr.bulk(&seq, 20) }); n != 0 {
		t.Errorf("a transfer with 20 segments in flight allocates %v times", n)
	}
	for range 3 * MaxUnacked {
		tr.bulk(&seq, 9000)
	}
	if n := testing.AllocsPerRun(2000, func() { tr.bulk(&seq, 9000) }); n != 0 {
		t.Errorf("a transfer with 9000 segments in flight allocates %v times", n)
	}
	if n := testing.AllocsPerRun(2000, func() {
		tr.send(benchServer, benchClient, packet.ACK|packet.SYN, 1, seq, 0)
	}); n != 0 {
		t.Errorf("a SYN+ACK allocates %v times", n)
	}
}

// TestConnectionMemory guards what a capture of many short connections costs, and one of SYNs that nobody answers.
func TestConnectionMemory(t *testing.T) {
	const n, limit = 200_000, 512
	for name, play := range map[string]func(tr *traffic, i int){
		"short": (*traffic).short,
		"unanswered": func(tr *traffic, i int) {
			c := netip.AddrPortFrom(netip.AddrFrom4([4]byte{11, 0, 0, byte(i / 40000)}), uint16(20000+i%40000))
			tr.send(c, benchServer, packet.SYN, seqnum.Number(i), 0, 0)
		},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		tr := newTraffic()
		for i := range n {
			play(tr, i)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if tr.tracker.Len() != n {
			t.Fatalf("%s: %d connections, want %d", name, tr.tracker.Len(), n)
		}
		each := (after.HeapAlloc - before.HeapAlloc) / n
		t.Logf("%s: %d bytes for each connection, %d of them the record itself", name, each, unsafe.Sizeof(conn{}))
		if each > limit {
			t.Errorf("%s: %d bytes for each connection, want at most %d", name, each, limit)
		}
		runtime.KeepAlive(tr)
	}
}
