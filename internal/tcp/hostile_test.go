package tcp

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// TestHostileSegments feeds segments with arbitrary fields between a few endpoints and checks what must hold whatever comes.
func TestHostileSegments(t *testing.T) {
	edges := []uint32{0, 1, 2, 99, 100, 1 << 30, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 2, 1<<32 - 1}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		number := func() uint32 {
			if r.UintN(3) == 0 {
				return r.Uint32()
			}
			return edges[r.UintN(uint(len(edges)))] + r.Uint32N(3)
		}
		tracker := NewTracker()
		packets, records := 0, uint32(0)
		for frame := range uint32(20000) {
			seg := packet.Segment{
				Frame: frame + 1, Time: int64(r.Uint64()), FrameLen: number(), Window: uint16(number()),
				Src: hostileEnd(r), Dst: hostileEnd(r), Seq: seqnum.Number(number()), Ack: seqnum.Number(number()),
				Flags: packet.Flags(r.UintN(1 << 12)), HeaderLen: uint8(r.UintN(16) * 4), HasLen: r.UintN(8) != 0, Len: number(),
				HeaderCut: r.UintN(16) == 0, Quoted: r.UintN(16) == 0,
			}
			seg.Options = packet.Options{
				HasWindowScale: r.UintN(4) == 0, WindowScale: uint8(number()), FastOpen: r.UintN(8) == 0, MPTCP: uint16(number()),
				NumSACK: uint8(r.UintN(5)),
			}
			for i := range seg.Options.SACK {
				seg.Options.SACK[i] = packet.SACKBlock{Left: seqnum.Number(number()), Right: seqnum.Number(number())}
			}
			var out Analysis
			if tracker.Track(&seg, &out) {
				packets++
			}
			if int(out.Stream) >= tracker.Len() || out.Labels >= 1<<numLabels {
				t.Fatalf("seed %d frame %d: impossible result %+v", seed, seg.Frame, out)
			}
			for _, s := range out.States {
				if s.State() >= NumStates {
					t.Fatalf("seed %d frame %d: impossible state %d", seed, seg.Frame, s)
				}
			}
			if out.AcksFrame >= seg.Frame || out.RTOFrame >= seg.Frame || out.DupAckFrame >= seg.Frame {
				t.Fatalf("seed %d frame %d refers to itself or later: %+v", seed, seg.Frame, out)
			}
		}
		for i := range tracker.Len() {
			c := tracker.Connection(i)
			records += c.Packets[0] + c.Packets[1]
			if c.Stream != uint32(i) || c.Ending >= NumEndings {
				t.Fatalf("seed %d: connection %d is %+v", seed, i, c)
			}
		}
		if int(records) != packets {
			t.Fatalf("seed %d: connections count %d packets, Track said %d", seed, records, packets)
		}
	}
}

func hostileEnd(r *rand.Rand) netip.AddrPort {
	ip := netip.AddrFrom4([4]byte{10, 0, 0, byte(r.UintN(2))})
	if r.UintN(3) == 0 {
		ip = netip.AddrFrom16(ip.As16()) // the same address, IPv4-mapped: another endpoint
	}
	return netip.AddrPortFrom(ip, uint16(80+r.UintN(2)))
}

// TestTableKeepsConnectionsApart makes the index grow several times and finds every connection again, from both sides.
func TestTableKeepsConnectionsApart(t *testing.T) {
	tr := newTraffic()
	const n = 3000
	for i := range n {
		tr.short(i)
	}
	first := tr.tracker.Connection(0)
	for i := range n {
		c := *tr.tracker.Connection(i)
		tr.send(c.Server, c.Client, packet.ACK, 1301, 301, 0)
		if int(tr.out.Stream) != i {
			t.Fatalf("connection %d was found as %d", i, tr.out.Stream)
		}
	}
	if tr.tracker.Len() != n || tr.tracker.Connection(0) != first || first.Packets[1] != 5 {
		t.Errorf("%d connections, the first with %d packets from the server; want %d and 5, at the same place",
			tr.tracker.Len(), first.Packets[1], n)
	}
}
