package packet

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"tcptalk/internal/capture"
)

// cut4 cuts an IPv4 payload into fragments of n bytes; n is a multiple of 8.
func cut4(payload []byte, n int) [][]byte {
	var out [][]byte
	for at := 0; at < len(payload); at += n {
		end, more := min(at+n, len(payload)), uint16(0)
		if end < len(payload) {
			more = ipv4More
		}
		out = append(out, ip4Between(v4a, v4b, protoTCP, more|uint16(at/8), payload[at:end]))
	}
	return out
}

func cut6(payload []byte, n int) [][]byte {
	var out [][]byte
	for at := 0; at < len(payload); at += n {
		end, bits := min(at+n, len(payload)), uint16(at)
		if end < len(payload) {
			bits |= 1
		}
		header := []byte{protoTCP, 0, byte(bits >> 8), byte(bits), 0, 0, 0, 9}
		out = append(out, ip6(protoFragment, join(header, payload[at:end])))
	}
	return out
}

func longSegment() []byte {
	payload := make([]byte, 1000)
	for i := range payload {
		payload[i] = byte(i)
	}
	return append(bytes.Clone(tcpHello[:tcpMinLen]), payload...)
}

func TestFragmentsInAnyOrder(t *testing.T) {
	segment := longSegment()
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 50 {
		pieces := cut4(segment, 8*(1+round%20))
		if round%2 == 1 {
			pieces = cut6(segment, 8*(1+round%20))
		}
		rng.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		d := NewDecoder()
		for i, b := range pieces {
			segs := d.Decode(pkt(capture.LinkTypeRaw, b))
			if last := i == len(pieces)-1; (len(segs) == 1) != last {
				t.Fatalf("round %d, fragment %d of %d: %d segments", round, i+1, len(pieces), len(segs))
			} else if !last {
				continue
			}
			s := segs[0]
			if !s.HasLen || s.Len != 1000 || s.PayloadOffset != -1 || !bytes.Equal(s.Payload, segment[tcpMinLen:]) {
				t.Fatalf("round %d: wrong segment: HasLen %v, Len %d, offset %d", round, s.HasLen, s.Len, s.PayloadOffset)
			}
		}
		if len(d.frags.table) != 0 || d.frags.bytes != 0 || d.frags.oldest != nil {
			t.Fatalf("round %d: the completed datagram stays in the table", round)
		}
	}
}

func TestFragmentOverlapFirstWins(t *testing.T) {
	segment := longSegment()[:40]
	other := bytes.Repeat([]byte{0xee}, 16)
	d := NewDecoder()
	for i, b := range [][]byte{
		ip4Between(v4a, v4b, protoTCP, ipv4More, segment[:24]),
		ip4Between(v4a, v4b, protoTCP, ipv4More|2, other), // 16..32: the first half is there already
		ip4Between(v4a, v4b, protoTCP, 3, segment[24:]),   // 24..40: the first half is there already
	} {
		segs := d.Decode(pkt(capture.LinkTypeRaw, b))
		if i < 2 {
			continue
		}
		want := join(segment[20:24], other[8:], segment[32:])
		if len(segs) != 1 || !bytes.Equal(segs[0].Payload, want) {
			t.Fatalf("got %+v", segs)
		}
	}
}

func TestFragmentsOfDifferentDatagramsStayApart(t *testing.T) {
	segment := longSegment()
	d := NewDecoder()
	one, two := cut4(segment, 512), cut4(segment, 512)
	binary.BigEndian.PutUint16(two[1][4:], 0x4321)
	d.Decode(pkt(capture.LinkTypeRaw, one[0]))
	if segs := d.Decode(pkt(capture.LinkTypeRaw, two[1])); len(segs) != 0 {
		t.Error("fragments with different identifications were joined")
	}
}

// TestFragmentCutBySnapLen: such fragments are not joined; the first one shows its TCP header without a length.
func TestFragmentCutBySnapLen(t *testing.T) {
	pieces := cut4(longSegment(), 512)
	d := NewDecoder()
	for i, b := range pieces {
		p := pkt(capture.LinkTypeRaw, b[:60])
		p.OrigLen = uint32(len(b))
		segs := d.Decode(p)
		if i > 0 {
			if len(segs) != 0 {
				t.Fatalf("fragment %d gives a segment", i+1)
			}
			continue
		}
		if len(segs) != 1 || segs[0].HasLen || segs[0].Seq != 100 || segs[0].Quoted {
			t.Fatalf("first fragment: %+v", segs)
		}
	}
}

func TestFragmentTableIsBounded(t *testing.T) {
	piece := ip4Between(v4a, v4b, protoTCP, ipv4More, make([]byte, 1400))
	big := ip4Between(v4a, v4b, protoTCP, ipv4More|0x1f00, make([]byte, 1400))
	for _, b := range [][]byte{piece, big} {
		d := NewDecoder()
		for i := range 3 * MaxFragmentedDatagrams {
			src := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
			copy(b[12:], src.AsSlice())
			d.Decode(pkt(capture.LinkTypeRaw, b))
		}
		if n := len(d.frags.table); n == 0 || n > MaxFragmentedDatagrams {
			t.Errorf("%d datagrams are kept, bound %d", n, MaxFragmentedDatagrams)
		}
		if d.frags.bytes <= 0 || d.frags.bytes > maxFragmentBytes {
			t.Errorf("%d bytes are kept, bound %d", d.frags.bytes, maxFragmentBytes)
		}
		if given, kept := d.Limits().Fragments, len(d.frags.table); given != uint64(3*MaxFragmentedDatagrams-kept) {
			t.Errorf("%d datagrams are said to be given up, %d are kept", given, kept)
		}
	}
}

func TestOldFragmentsAreForgotten(t *testing.T) {
	pieces := cut4(longSegment(), 512)
	for _, tt := range []struct {
		gap  uint32
		want int
	}{{maxFragmentAge, 1}, {maxFragmentAge + 1, 0}} {
		d := NewDecoder()
		p := pkt(capture.LinkTypeRaw, pieces[0])
		d.Decode(p)
		p = pkt(capture.LinkTypeRaw, pieces[1])
		p.Number += tt.gap
		if segs := d.Decode(p); len(segs) != tt.want {
			t.Errorf("after %d packets: %d segments, want %d", tt.gap, len(segs), tt.want)
		}
	}
}

func TestFragmentsBeyondTheLargestDatagram(t *testing.T) {
	d := NewDecoder()
	d.Decode(pkt(capture.LinkTypeRaw, ip4Between(v4a, v4b, protoTCP, 0x1fff, make([]byte, 1400))))
	if len(d.frags.table) != 0 {
		t.Error("a fragment that ends beyond 65535 bytes was kept")
	}
}

// Whoever takes a segment out of a capture takes all packets that carried it: here two fragments of the segment, the second of
// which came in two fragments of a tunnel's packet.
func TestFragmentsNameTheirPackets(t *testing.T) {
	inner := cut4(longSegment(), 512)
	tunnelled := ip4Between(v4b, v4a, 4, 0, inner[1]) // IP in IP
	outer := tunnelled[20:]
	d := NewDecoder()
	for i, b := range [][]byte{
		inner[0],
		ip4Between(v4b, v4a, 4, ipv4More, outer[:256]),
		ip4Between(v4a, v4b, protoUDP, 0, make([]byte, 20)),
		ip4Between(v4b, v4a, 4, 256/8, outer[256:]),
	} {
		p := pkt(capture.LinkTypeRaw, b)
		p.Number = uint32(10 + i)
		d.Decode(p)
		want := [][]uint32{nil, nil, nil, {10, 11, 13, 13}}[i]
		if got := d.Fragments(); !slices.Equal(got, want) {
			t.Errorf("packet %d completes %v, want %v", p.Number, got, want)
		}
	}
}

// Repetitions of a fragment do not grow the list for ever.
func TestFragmentPacketsAreBounded(t *testing.T) {
	piece := ip4Between(v4a, v4b, protoTCP, ipv4More, make([]byte, 8))
	d := NewDecoder()
	for i := range 3 * maxFragmentFrames {
		p := pkt(capture.LinkTypeRaw, piece)
		p.Number = uint32(i)
		d.Decode(p)
	}
	if n := len(d.frags.newest.frames); n != maxFragmentFrames {
		t.Errorf("%d packets are remembered", n)
	}
	if size := d.frags.newest.size(); d.frags.bytes != size {
		t.Errorf("%d bytes are counted, there are %d", d.frags.bytes, size)
	}
}
