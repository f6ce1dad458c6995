package diagnose

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tcptalk/internal/session"
)

// synthetic is one TCP segment over IPv4 without payload bytes: only its length is told.
type synthetic struct {
	fromServer bool
	time       int64 // microseconds
	seq, ack   uint32
	flags      byte
	window, id uint16
	length     uint16
	ttl        byte
	options    []byte // a multiple of four bytes
}

// synthesize writes segments of one connection as a pcap file, their payload cut off, and opens it.
func synthesize(t testing.TB, n int, at func(i int) synthetic) *session.View {
	t.Helper()
	file := filepath.Join(t.TempDir(), "made.pcap")
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, 96)
	b = binary.LittleEndian.AppendUint32(b, 101) // raw IP
	for i := range n {
		b = at(i).appendTo(b)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := session.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (s synthetic) appendTo(b []byte) []byte {
	header := 20 + len(s.options)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.time/1e6))
	b = binary.LittleEndian.AppendUint32(b, uint32(s.time%1e6))
	b = binary.LittleEndian.AppendUint32(b, uint32(20+header))
	b = binary.LittleEndian.AppendUint32(b, uint32(20+header)+uint32(s.length))
	client, server := [4]byte{10, 0, 0, 1}, [4]byte{10, 0, 0, 2}
	ports := [2]uint16{40000, 80}
	if s.fromServer {
		client, server, ports = server, client, [2]uint16{80, 40000}
	}
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+header)+s.length)
	b = binary.BigEndian.AppendUint16(b, s.id)
	b = append(b, 0x40, 0, s.ttl, 6, 0, 0)
	b = append(append(b, client[:]...), server[:]...)
	b = binary.BigEndian.AppendUint16(b, ports[0])
	b = binary.BigEndian.AppendUint16(b, ports[1])
	b = binary.BigEndian.AppendUint32(b, s.seq)
	b = binary.BigEndian.AppendUint32(b, s.ack)
	b = append(b, byte(header/4)<<4, s.flags)
	b = binary.BigEndian.AppendUint16(b, s.window)
	b = append(b, 0, 0, 0, 0)
	return append(b, s.options...)
}

// TestOpinionsOnNonsense reads random segments: nothing may panic, every opinion must keep to the connection, and the bounds
// must hold.
func TestOpinionsOnNonsense(t *testing.T) {
	for seed := range uint64(8) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		spread := uint32(1) << (8 + 3*seed) // from a narrow window to half of the number space
		now := int64(0)
		v := synthesize(t, 6_000, func(int) synthetic {
			now += int64(rnd.Uint32N(100_000)) - 1000
			now = max(now, 0)
			s := synthetic{
				fromServer: rnd.IntN(2) == 0, time: now, seq: rnd.Uint32N(spread), ack: rnd.Uint32N(spread), flags: byte(rnd.Uint32N(64)),
				window: uint16(rnd.Uint32N(3)) * 1000, id: uint16(rnd.Uint32N(1 << (4 + seed))), length: uint16(rnd.Uint32N(3000)), ttl: byte(63 + rnd.Uint32N(2)),
			}
			if rnd.IntN(20) != 0 {
				s.flags &^= 6 // SYN and RST now and then only
			}
			if rnd.IntN(3) == 0 {
				s.length = 0
			}
			switch rnd.IntN(3) {
			case 0: // SACK, two blocks
				s.options = []byte{1, 1, 5, 18}
				for range 4 {
					s.options = binary.BigEndian.AppendUint32(s.options, rnd.Uint32N(spread))
				}
			case 1: // timestamps
				s.options = []byte{1, 1, 8, 10}
				s.options = binary.BigEndian.AppendUint32(s.options, rnd.Uint32N(1000))
				s.options = binary.BigEndian.AppendUint32(s.options, rnd.Uint32N(1000))
			}
			return s
		})
		set, err := Opinions(context.Background(), v)
		if err != nil {
			t.Fatal(err)
		}
		last := int32(0)
		count := map[OpinionCode]int{}
		for _, o := range set.All {
			if o.Packet < last || int(o.Packet) >= v.Len() || o.Code == NoOpinion || o.Code >= NumOpinions {
				t.Fatalf("seed %d: bad opinion %+v", seed, o)
			}
			last = o.Packet
			if count[o.Code]++; count[o.Code] > maxOfCode {
				t.Fatalf("seed %d: opinion %d is given more than %d times", seed, o.Code, maxOfCode)
			}
		}
		if c := ClosingOf(v); c.Class >= NumClosingClasses || c.Packet >= v.Len() {
			t.Fatalf("seed %d: bad closing %+v", seed, c)
		}
	}
}

// TestOpinionsAreBounded gives one opinion on every packet: the rest is left out and said to be.
func TestOpinionsAreBounded(t *testing.T) {
	v := synthesize(t, maxOfCode+100, func(i int) synthetic {
		return synthetic{time: int64(i) * 10, seq: uint32(i) * 20_000, ack: 1, flags: 0x10, window: 100, id: uint16(i), length: 20_000, ttl: 64}
	})
	set, err := Opinions(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	if len(set.All) != maxOfCode || !set.Limited {
		t.Errorf("%d opinions, limited %v; want %d, true", len(set.All), set.Limited, maxOfCode)
	}
	if got := set.At(maxOfCode); len(got) != 0 {
		t.Errorf("an opinion beyond the bound: %v", got)
	}
}

// BenchmarkOpinions follows a long download: every 100th segment is lost and sent again.
func BenchmarkOpinions(b *testing.B) {
	const n = 1_000_000
	v := synthesize(b, n, func(i int) synthetic {
		s := synthetic{fromServer: true, time: int64(i) * 10, seq: uint32(i) * 1448, ack: 1, flags: 0x10, window: 500, id: uint16(i), length: 1448, ttl: 64}
		switch {
		case i%3 == 2:
			s.fromServer, s.seq, s.ack, s.length = false, 1, uint32(i-i%100)*1448, 0
		case i%100 == 50:
			s.seq -= 30 * 1448
		}
		return s
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Opinions(context.Background(), v); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/packet")
}
