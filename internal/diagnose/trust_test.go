package diagnose

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// opened reads a capture to its end.
func openTrusted(t *testing.T, f *pcapfile.File, err error) *session.Session {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	t.Cleanup(func() { s.Close() })
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func recording(t *testing.T, name string) *session.Session {
	t.Helper()
	f, err := pcapfile.Open("testdata/trust/" + name)
	return openTrusted(t, f, err)
}

// packets returns the packets of a recording.
func packets(t *testing.T, name string) []capture.Packet {
	t.Helper()
	f, err := pcapfile.Open("testdata/trust/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []capture.Packet
	for {
		var p capture.Packet
		switch err := f.Next(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		p.Data = bytes.Clone(p.Data)
		all = append(all, p)
	}
}

// changed makes a capture of given packets, with two interfaces, and with statistics if packets were dropped.
func changed(t *testing.T, ps []capture.Packet, dropped uint64) *session.Session {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapfile.NewWriter(&b, pcapfile.Section{})
	for range 2 {
		if err == nil {
			_, err = w.AddInterface(pcapfile.Interface{LinkType: ps[0].LinkType})
		}
	}
	for i := range ps {
		if err == nil {
			err = w.WritePacket(&ps[i])
		}
	}
	if dropped > 0 && err == nil {
		err = w.WriteStatistics(1, ps[len(ps)-1].Time, uint64(len(ps))+dropped, dropped)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenReader(&b, "generated")
	return openTrusted(t, f, err)
}

func trustOf(t *testing.T, s *session.Session, stream int) []TrustFinding {
	t.Helper()
	v, err := s.View(stream)
	if err != nil {
		t.Fatal(err)
	}
	return Trust(v)
}

func codes(fs []TrustFinding) (c []TrustCode) {
	for _, f := range fs {
		c = append(c, f.Code)
	}
	return c
}

// only returns the finding with that code, which must be there.
func only(t *testing.T, fs []TrustFinding, code TrustCode) TrustFinding {
	t.Helper()
	for _, f := range fs {
		if f.Code == code {
			return f
		}
	}
	t.Fatalf("no finding %d among %v", code, codes(fs))
	return TrustFinding{}
}

func TestTrustOfRecordings(t *testing.T) {
	for _, c := range []struct {
		name       string
		connection []TrustCode
		capture    []TrustCode
	}{
		{"s01_handshake_close3.pcap", []TrustCode{NearBoth}, []TrustCode{NearBoth}},
		{"s01b_handshake_close3_v6_lo.pcap", []TrustCode{ChecksumsLeft, OnLoopback}, []TrustCode{OnLoopback}},
		{"s10x2_v6_loopback_first10.pcap", []TrustCode{ChecksumsLeft, OnLoopback}, []TrustCode{OnLoopback}},
		{"s10a_loss3_bulk_sender_side_first60.pcap", []TrustCode{NearServer}, []TrustCode{NearServer}},
		{"s10a_loss3_bulk_receiver_side_first60.pcap", []TrustCode{NearClient}, []TrustCode{NearClient}},
		{"s10v_gso_superpackets_first10.pcap", []TrustCode{Oversized, ChecksumsLeft, NearBoth}, []TrustCode{Oversized, NearBoth}},
		{"s12b_snaplen96.pcap", []TrustCode{PacketsCut, NearBoth}, []TrustCode{PacketsCut, NearBoth}},
		// Two interfaces, but of two connections: nothing is here twice. Their packets were written a little out of order.
		{"s12c_two_interfaces.pcapng", []TrustCode{NearBoth}, []TrustCode{ClockBack, NearBoth}},
		{"s12d_starts_mid_stream.pcap", []TrustCode{HandshakeMissing}, []TrustCode{HandshakeMissing}},
		{"s12e_one_direction.pcap", []TrustCode{OneWay}, []TrustCode{OneWay}},
	} {
		s := recording(t, c.name)
		if got := codes(trustOf(t, s, 0)); !slices.Equal(got, c.connection) {
			t.Errorf("%s, connection 0: %v, want %v", c.name, got, c.connection)
		}
		if got := codes(TrustCapture(s)); !slices.Equal(got, c.capture) {
			t.Errorf("%s: %v, want %v", c.name, got, c.capture)
		}
	}
}

func TestTrustNumbers(t *testing.T) {
	point := only(t, trustOf(t, recording(t, "s01_handshake_close3.pcap"), 0), NearBoth)
	if want := [2]time.Duration{17 * time.Microsecond, 9 * time.Microsecond}; point.Gaps != want {
		t.Errorf("gaps %v, want %v", point.Gaps, want)
	}
	if !slices.Equal(point.Frames, []uint32{1, 2, 3}) {
		t.Errorf("frames %v of the handshake", point.Frames)
	}
	left := only(t, trustOf(t, recording(t, "s01b_handshake_close3_v6_lo.pcap"), 0), ChecksumsLeft)
	if left.Count != 6 || left.Of != 6 || !left.Both {
		t.Errorf("checksums left: %+v", left)
	}
	cut := only(t, TrustCapture(recording(t, "s12b_snaplen96.pcap")), PacketsCut)
	if cut.Count != 47 || cut.Of != 80 || cut.Size != 96 || cut.Frames[0] != 4 {
		t.Errorf("cut: %+v", cut)
	}
	large := only(t, TrustCapture(recording(t, "s10v_gso_superpackets_first10.pcap")), Oversized)
	if large.Count != 4 || large.By != flow.ServerToClient || large.Both || large.Size != 14480 || large.Limit != 1460 ||
		!slices.Equal(large.Frames, []uint32{4, 6, 8, 10}) || large.Connections != 1 || large.Among != 1 {
		t.Errorf("oversized: %+v", large)
	}
	one := only(t, TrustCapture(recording(t, "s12e_one_direction.pcap")), OneWay)
	if one.By != flow.ServerToClient || one.Both || one.Count != 49 || one.Connections != 1 || one.Among != 1 {
		t.Errorf("one way: %+v", one)
	}
	missing := only(t, TrustCapture(recording(t, "s12d_starts_mid_stream.pcap")), HandshakeMissing)
	if missing.Connections != 1 || missing.Among != 1 || missing.Severity != Warn {
		t.Errorf("no handshake: %+v", missing)
	}
}

// Some connections are heard both ways, some only from here or only from there.
func TestTrustOfMixedDirections(t *testing.T) {
	const name = "s12c_two_interfaces.pcapng" // of two connections
	s := recording(t, name)
	only := func(want [2]flow.Direction, streams int) TrustFinding {
		deaf := map[uint32]bool{}
		for stream := range streams {
			v, err := s.View(stream)
			if err != nil {
				t.Fatal(err)
			}
			for i := range v.Len() {
				deaf[v.At(i).Frame] = v.At(i).Dir() != want[stream]
			}
		}
		ps := slices.DeleteFunc(packets(t, name), func(p capture.Packet) bool { return deaf[p.Number] })
		return only(t, TrustCapture(changed(t, ps, 0)), OneWay)
	}
	const client, server = flow.ClientToServer, flow.ServerToClient
	if f := only([2]flow.Direction{server}, 1); f.By != server || f.Both || f.Connections != 1 || f.Among != 2 {
		t.Errorf("the server alone in one of two: %+v", f)
	}
	if f := only([2]flow.Direction{server, server}, 2); f.By != server || f.Both || f.Connections != 2 || f.Among != 2 {
		t.Errorf("the server alone in both: %+v", f)
	}
	if f := only([2]flow.Direction{client, server}, 2); !f.Both || f.Connections != 2 || f.Among != 2 {
		t.Errorf("now this side, now that one: %+v", f)
	}
}

func TestTrustSeesCopies(t *testing.T) {
	ps := packets(t, "s01_handshake_close3.pcap")
	var doubled []capture.Packet
	for _, p := range ps {
		again := p
		again.Interface, again.Time = 1, p.Time+3000
		doubled = append(doubled, p, again)
	}
	f := only(t, trustOf(t, changed(t, doubled, 0), 0), SeenTwice)
	if f.Count != 6 || f.Of != 12 || f.Severity != Warn || f.Frames[0] != 2 {
		t.Errorf("everything twice: %+v", f)
	}
	if f := only(t, TrustCapture(changed(t, doubled, 0)), SeenTwice); f.Connections != 1 {
		t.Errorf("everything twice, capture: %+v", f)
	}

	ps = packets(t, "s12c_two_interfaces.pcapng")
	some := append(slices.Clone(ps[:10]), ps[8:]...)
	if f := only(t, trustOf(t, changed(t, some, 0), 0), SomeTwice); f.Count != 2 || f.Severity != Info || f.Frames[0] != 11 {
		t.Errorf("two packets twice: %+v", f)
	}

	// The same bytes an hour later are a retransmission by a strange clock, not a copy.
	late := ps[9]
	late.Time += int64(time.Hour)
	if fs := trustOf(t, changed(t, append(slices.Clone(ps[:20]), late), 0), 0); slices.Contains(codes(fs), SomeTwice) {
		t.Errorf("a late repetition counts as a copy: %v", fs)
	}
}

// The first connection of a capture must not use up what is looked at of all of them.
func TestTrustLooksAtAllConnections(t *testing.T) {
	ps := packets(t, "s12c_two_interfaces.pcapng")
	first, second := ps[3], ps[68] // of two connections
	var many []capture.Packet
	for len(many) < 8*maxSamplePackets {
		p := first
		if len(many) >= 4*maxSamplePackets {
			p = second
		}
		p.Time += int64(len(many)) * int64(time.Second)
		many = append(many, p, p)
	}
	if f := only(t, TrustCapture(changed(t, many, 0)), SeenTwice); f.Connections != 2 || f.Among != 2 {
		t.Errorf("everything twice in two connections: %+v", f)
	}
}

func TestTrustMissesPackets(t *testing.T) {
	ps := packets(t, "s12c_two_interfaces.pcapng")
	whole := trustOf(t, changed(t, ps, 0), 0)
	if slices.Contains(codes(whole), PacketsMissing) {
		t.Fatalf("nothing is missing, but: %v", whole)
	}
	// Packets 8 and 14 are left out, with 1200 and 1448 bytes; the client acknowledges both.
	const left = 1200 + 1448
	holes := slices.Concat(ps[:7], ps[8:13], ps[14:])
	f := only(t, trustOf(t, changed(t, holes, 0), 0), PacketsMissing)
	if f.Count != 2 || f.Size != left || f.By != flow.ServerToClient || f.Both || !slices.Equal(f.Frames, []uint32{11, 13}) {
		t.Errorf("two packets left out: %+v", f)
	}
	if f := only(t, TrustCapture(changed(t, holes, 0)), PacketsMissing); f.Size != left || f.Connections != 1 || f.Among != 2 {
		t.Errorf("two packets left out, capture: %+v", f)
	}
	// A real loss is repaired before it is acknowledged: at the receiver's side packet 10 stands behind a hole.
	if fs := trustOf(t, recording(t, "s10a_loss3_bulk_receiver_side_first60.pcap"), 0); slices.Contains(codes(fs), PacketsMissing) {
		t.Errorf("the network's loss is taken for the capture's: %v", fs)
	}
}

// A capture that has the SYN did not begin after the connection, whatever else of the handshake it lacks.
func TestTrustOfPartialHandshakes(t *testing.T) {
	ps := packets(t, "s01_handshake_close3.pcap")
	for left, want := range map[string][]TrustCode{"SYN": {HandshakeMissing}, "SYN-ACK": {PacketsMissing}, "ACK": nil} {
		i := slices.Index([]string{"SYN", "SYN-ACK", "ACK"}, left)
		s := changed(t, slices.Delete(slices.Clone(ps), i, i+1), 0)
		if got := codes(trustOf(t, s, 0)); !slices.Equal(got, want) {
			t.Errorf("without the %s: %v, want %v", left, got, want)
		}
		if got := codes(TrustCapture(s)); !slices.Equal(got, want) {
			t.Errorf("without the %s, capture: %v, want %v", left, got, want)
		}
	}
}

func TestTrustReadsDropsAndClock(t *testing.T) {
	ps := packets(t, "s01_handshake_close3.pcap")
	f := only(t, TrustCapture(changed(t, ps, 40)), PacketsDropped)
	if f.Count != 40 || f.Of != 46 || f.Severity != Warn {
		t.Errorf("drops: %+v", f)
	}

	back := slices.Clone(ps)
	back[3].Time -= int64(time.Minute)
	s := changed(t, back, 0)
	step := time.Duration(ps[2].Time - back[3].Time)
	f = only(t, trustOf(t, s, 0), ClockBack)
	if f.Count != 1 || f.Time != step || f.Severity != Warn || !slices.Equal(f.Frames, []uint32{4}) {
		t.Errorf("clock of the connection: %+v", f)
	}
	f = only(t, TrustCapture(s), ClockBack)
	if f.Count != 1 || f.Time != step || f.Severity != Warn || !slices.Equal(f.Frames, []uint32{4}) {
		t.Errorf("clock of the capture: %+v", f)
	}

	// A handshake whose times go back tells nothing about the place.
	back = slices.Clone(ps)
	back[1].Time = back[0].Time - 1
	if fs := trustOf(t, changed(t, back, 0), 0); slices.Contains(codes(fs), NearBoth) {
		t.Errorf("a place from a clock that went back: %v", fs)
	}
}

func TestTrustFindsWrongChecksums(t *testing.T) {
	ps := packets(t, "s01_handshake_close3.pcap")
	const checksum = 14 + 20 + 16 // in Ethernet, IPv4, TCP
	b := ps[4].Data[checksum:]
	binary.BigEndian.PutUint16(b, binary.BigEndian.Uint16(b)^0x0101)
	f := only(t, trustOf(t, changed(t, ps, 0), 0), ChecksumsWrong)
	if f.Count != 1 || f.Of != 6 || f.By != flow.ServerToClient || f.Both || !slices.Equal(f.Frames, []uint32{5}) {
		t.Errorf("wrong checksum: %+v", f)
	}
}

func TestTrustSaysWhatItLeftOut(t *testing.T) {
	ps := packets(t, "s01_handshake_close3.pcap")
	var many []capture.Packet
	for len(many) < maxTrustPackets+100 { // the same ACK again and again, cut so that something is to be said
		p := ps[2]
		p.Time += int64(len(many)) * int64(time.Second)
		many = append(many, p)
	}
	const checksum = 14 + 20 + 16
	many[5].Data = bytes.Clone(many[5].Data)
	many[5].Data[checksum] ^= 1
	f := only(t, trustOf(t, changed(t, many, 0), 0), ChecksumsWrong)
	if f.First != maxTrustPackets || f.Of != maxTrustPackets {
		t.Errorf("looked at %d, says %d", f.Of, f.First)
	}
}

func TestPointOf(t *testing.T) {
	const us, ms = time.Microsecond, time.Millisecond
	for _, c := range []struct {
		ask, confirm time.Duration
		want         TrustCode
	}{
		{17 * us, 9 * us, NearBoth},
		{0, 0, NearBoth},
		{490 * us, 490 * us, NearBoth},
		{28 * ms, 29 * us, NearClient},
		{28 * us, 21 * ms, NearServer},
		{200 * ms, 3 * ms, NearClient}, // a slow client, far from the server
		{20 * ms, 15 * ms, OnPath},
		{4 * ms, 20 * ms, OnPath},
		{time.Millisecond, 400 * us, NearClient},
	} {
		if got := pointOf([2]time.Duration{c.ask, c.confirm}); got != c.want {
			t.Errorf("%v, %v: %d, want %d", c.ask, c.confirm, got, c.want)
		}
	}
}

// TestCoverage compares the holes with a plain map of bytes.
func TestCoverage(t *testing.T) {
	type step struct{ from, to int64 }
	for name, steps := range map[string][]step{
		"in order":        {{0, 10}, {10, 20}},
		"one hole":        {{0, 10}, {15, 20}},
		"filled":          {{0, 10}, {15, 20}, {10, 15}},
		"filled in parts": {{0, 10}, {20, 30}, {12, 14}, {10, 12}, {18, 20}},
		"overlapping":     {{0, 10}, {30, 40}, {5, 20}, {25, 35}, {50, 60}, {0, 60}},
		"two holes":       {{0, 1}, {2, 3}, {4, 5}},
	} {
		c := coverage{started: true}
		have := map[int64]bool{}
		for _, s := range steps {
			if s.from > c.next {
				c.add(hole{c.next, s.from, 1})
			} else {
				c.fill(s.from, s.to)
			}
			c.next = max(c.next, s.to)
			for b := s.from; b < s.to; b++ {
				have[b] = true
			}
		}
		c.acked = c.next + 5 // five bytes more than were seen
		var want uint64
		for b := range c.acked {
			if !have[b] {
				want++
			}
		}
		if _, got, _ := c.missing(); got != want {
			t.Errorf("%s: %d bytes missing, want %d", name, got, want)
		}
	}
}

// TestTrustSaysWhatWasTooMuch reaches the bounds of what is remembered.
func TestTrustSaysWhatWasTooMuch(t *testing.T) {
	const ipAt, tcpAt, more = 14, 34, 7
	ps := packets(t, "s01_handshake_close3.pcap")
	for i := range tcp.MaxUnacked + more {
		p := ps[2]
		p.Number = uint32(len(ps) + 1)
		p.Data = slices.Clone(p.Data)
		p.Data[tcpAt+13] |= byte(packet.FIN)
		binary.BigEndian.PutUint32(p.Data[tcpAt+4:], uint32(i))
		ps = append(ps, p)
	}
	for i := range packet.MaxFragmentedDatagrams + more {
		p := ps[2]
		p.Number = uint32(len(ps) + 1)
		p.Data = slices.Clone(p.Data)
		p.Data[ipAt+6] = 0x20 // more fragments follow
		binary.BigEndian.PutUint16(p.Data[ipAt+4:], uint16(i))
		ps = append(ps, p)
	}
	s := changed(t, ps, 0)
	if f := only(t, TrustCapture(s), ManyUnacked); f.Count < more || f.Limit != tcp.MaxUnacked || f.Severity != Warn {
		t.Errorf("unacknowledged segments: %+v", f)
	}
	if f := only(t, TrustCapture(s), ManyFragments); f.Count != more || f.Limit != packet.MaxFragmentedDatagrams {
		t.Errorf("fragments: %+v", f)
	}
	for _, f := range TrustCapture(changed(t, packets(t, "s01_handshake_close3.pcap"), 0)) {
		if f.Code == ManyUnacked || f.Code == ManyFragments || f.Code == ManyLayers {
			t.Errorf("of a small capture: %+v", f)
		}
	}
}
