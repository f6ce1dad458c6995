package link

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// made builds a TCP segment with n bytes of data, and the ECN field tos.
func made(t testing.TB, v6 bool, tos uint8, n int, tcp layers.TCP) []byte {
	t.Helper()
	eth := &layers.Ethernet{SrcMAC: make(net.HardwareAddr, 6), DstMAC: make(net.HardwareAddr, 6), EthernetType: layers.EthernetTypeIPv4}
	var ip gopacket.SerializableLayer
	if v6 {
		eth.EthernetType = layers.EthernetTypeIPv6
		l := &layers.IPv6{Version: 6, TrafficClass: tos, NextHeader: layers.IPProtocolTCP, SrcIP: net.IPv6loopback, DstIP: net.IPv6loopback}
		ip = l
		_ = tcp.SetNetworkLayerForChecksum(l)
	} else {
		l := &layers.IPv4{Version: 4, TTL: 64, TOS: tos, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}}
		ip = l
		_ = tcp.SetNetworkLayerForChecksum(l)
	}
	tcp.SrcPort, tcp.DstPort = 40000, 80
	buffer := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(buffer, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		eth, ip, &tcp, gopacket.Payload(bytes.Repeat([]byte("x"), n)))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(buffer.Bytes())
}

// arrivals sends n data segments, one a millisecond, and returns their numbers in the order in which they leave.
func arrivals(t *testing.T, d *director, n int) []int {
	t.Helper()
	var all []departure
	for i := range n {
		f := made(t, false, 2, 100, layers.TCP{ACK: true, Seq: uint32(i + 1)})
		all = append(all, d.pass(time.Duration(i)*time.Millisecond, f)...)
	}
	slices.SortStableFunc(all, func(a, b departure) int { return int(a.at - b.at) })
	var numbers []int
	for _, x := range all {
		numbers = append(numbers, int(binary.BigEndian.Uint32(x.frame[etherHeader+20+4:])))
	}
	return numbers
}

func TestFaultsByNumber(t *testing.T) {
	for _, c := range []struct {
		way  Way
		want string
	}{
		{Way{}, "[1 2 3 4 5 6 7 8]"},
		{Way{LoseData: []int{3, 5}}, "[1 2 4 6 7 8]"},
		{Way{LoseAll: 6}, "[1 2 3 4 5]"},
		{Way{DoubleData: []int{4}}, "[1 2 3 4 4 5 6 7 8]"},
		{Way{LateData: []int{2}, Late: 2500 * time.Microsecond}, "[1 3 4 2 5 6 7 8]"},
		{Way{Delay: time.Second, LateData: []int{2}, Late: 2500 * time.Microsecond}, "[1 3 4 2 5 6 7 8]"},
		{Way{Jitter: 20 * time.Millisecond}, "[1 2 3 4 5 6 7 8]"},
	} {
		if got := fmt.Sprint(arrivals(t, newDirector(c.way), 8)); got != c.want {
			t.Errorf("%+v: %s, want %s", c.way, got, c.want)
		}
	}
}

// TestChanceIsRepeatable: the same seed is the same fate, another one another; shares are kept within reason.
func TestChanceIsRepeatable(t *testing.T) {
	for _, way := range []Way{{Loss: 0.1, Seed: 1}, {Double: 0.1, Seed: 1}, {Lag: 0.1, Late: 2500 * time.Microsecond, Seed: 1}} {
		d := newDirector(way)
		one := arrivals(t, d, 1000)
		if two := arrivals(t, newDirector(way), 1000); !slices.Equal(one, two) {
			t.Errorf("%+v: another fate with the same seed", way)
		}
		other := way
		other.Seed = 2
		if slices.Equal(one, arrivals(t, newDirector(other), 1000)) {
			t.Errorf("%+v: the same fate with another seed", way)
		}
		if n := d.counts.Lost + d.counts.Doubled + d.counts.Late; n < 60 || n > 140 {
			t.Errorf("%+v: %d of 1000", way, n)
		}
	}
}

func TestBurst(t *testing.T) {
	got := arrivals(t, newDirector(Way{Loss: 0.02, Burst: 3, Seed: 1}), 1000)
	run, runs := 1, 0
	for i := 1; i < len(got); i++ {
		if gap := got[i] - got[i-1] - 1; gap > 0 {
			runs++
			if gap < 3 {
				t.Errorf("only %d lost before %d", gap, got[i])
			}
		}
		run++
	}
	if runs < 5 {
		t.Errorf("%d bursts in %d", runs, run)
	}
}

func TestAcksOnly(t *testing.T) {
	d := newDirector(Way{LoseAcks: 1})
	for _, c := range []struct {
		tcp  layers.TCP
		n    int
		lost bool
	}{
		{layers.TCP{ACK: true}, 0, true},
		{layers.TCP{ACK: true}, 1, false},
		{layers.TCP{SYN: true}, 0, false},
		{layers.TCP{FIN: true, ACK: true}, 0, false},
		{layers.TCP{RST: true, ACK: true}, 0, false},
	} {
		for _, v6 := range []bool{false, true} {
			if got := d.pass(0, made(t, v6, 0, c.n, c.tcp)) == nil; got != c.lost {
				t.Errorf("%+v with %d bytes, IPv6 %v: lost %v", c.tcp, c.n, v6, got)
			}
		}
	}
}

// TestRate: ten frames of 1000 bytes at 1 Mbit/s take 8 ms each, and a queue of three takes no more.
func TestRate(t *testing.T) {
	frame := func() []byte { return made(t, false, 0, 946, layers.TCP{ACK: true}) }
	if n := len(frame()); n != 1000 {
		t.Fatal(n)
	}
	d := newDirector(Way{Rate: 1_000_000, Queue: 3, Delay: time.Millisecond})
	var at []time.Duration
	for range 10 {
		for _, x := range d.pass(0, frame()) {
			at = append(at, x.at)
		}
	}
	const ms = time.Millisecond
	if want := []time.Duration{9 * ms, 17 * ms, 25 * ms, 33 * ms}; !slices.Equal(at, want) || d.counts.Overflowing != 6 {
		t.Errorf("%v, %+v", at, d.counts)
	}
	if got := d.pass(20*ms, frame()); len(got) != 1 || got[0].at != 41*ms {
		t.Errorf("later: %v", got)
	}
}

// TestMark compares the changed checksum with a computed one.
func TestMark(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		for tos := range uint8(4) {
			d := newDirector(Way{Mark: 1})
			got := d.pass(0, made(t, v6, tos|0x40, 10, layers.TCP{ACK: true}))[0].frame
			want := tos
			if tos == 1 || tos == 2 {
				want = 3
			}
			// Of the TCP checksum nothing changes: its pseudo header does not have the field.
			if !bytes.Equal(got, made(t, v6, want|0x40, 10, layers.TCP{ACK: true})) {
				t.Errorf("IPv6 %v: %d became another packet than one with %d", v6, tos, want)
			}
		}
	}
}

// TestStrangeFrames: what is no TCP passes, whatever it looks like.
func TestStrangeFrames(t *testing.T) {
	whole := made(t, false, 2, 30, layers.TCP{ACK: true})
	for _, v6 := range []bool{false, true} {
		whole = made(t, v6, 2, 30, layers.TCP{ACK: true})
		for n := range len(whole) {
			d := newDirector(Way{Loss: 1, LoseAcks: 1})
			if got := d.pass(0, slices.Clone(whole[:n])); len(got) != 1 {
				t.Errorf("%d of %d bytes: %d frames leave", n, len(whole), len(got))
			}
		}
	}
	whole[etherHeader] = 0xff
	newDirector(Way{LoseAll: 1}).pass(0, whole)
}

func FuzzPass(f *testing.F) {
	f.Add(made(f, false, 2, 30, layers.TCP{ACK: true}))
	f.Add(made(f, true, 1, 30, layers.TCP{ACK: true}))
	f.Fuzz(func(t *testing.T, frame []byte) {
		n := len(frame)
		for _, d := range newDirector(Way{Mark: 1, Double: 1, LoseAcks: 1, Delay: 1}).pass(5, frame) {
			if len(d.frame) != n || d.at != 6 {
				t.Errorf("%d bytes leave at %d", len(d.frame), d.at)
			}
		}
	})
}

// socket is one end of a pair that keeps frames apart.
type socket struct {
	in  <-chan []byte
	out chan<- []byte
	end chan struct{}
}

func (s *socket) Read(p []byte) (int, error) {
	select {
	case b := <-s.in:
		return copy(p, b), nil
	case <-s.end:
		return 0, io.EOF
	}
}

func (s *socket) Write(p []byte) (int, error) {
	s.out <- slices.Clone(p)
	return len(p), nil
}

func (s *socket) Close() error { close(s.end); return nil }

// TestCarry sends frames through a link and looks at what comes, when, and in which order.
func TestCarry(t *testing.T) {
	aIn, aOut, bIn, bOut := make(chan []byte), make(chan []byte, 100), make(chan []byte), make(chan []byte, 100)
	l := Carry(&socket{aIn, aOut, make(chan struct{})}, &socket{bIn, bOut, make(chan struct{})},
		Way{Delay: 20 * time.Millisecond, LoseData: []int{2}, LateData: []int{1}, Late: 100 * time.Millisecond}, Way{})
	begin := time.Now()
	for i := range 5 {
		aIn <- made(t, false, 0, 10+i, layers.TCP{ACK: true})
	}
	bIn <- []byte("the other way")
	if got := <-aOut; string(got) != "the other way" {
		t.Errorf("%q", got)
	}
	var lengths []int
	for range 4 {
		lengths = append(lengths, read(<-bOut).length)
	}
	if !slices.Equal(lengths, []int{12, 13, 14, 10}) {
		t.Errorf("%v", lengths)
	}
	if d := time.Since(begin); d < 120*time.Millisecond {
		t.Errorf("all was there after %v", d)
	}
	aToB, bToA := l.Counts()
	if aToB != (Counts{Frames: 5, Data: 5, Lost: 1, Late: 1}) || bToA != (Counts{Frames: 1}) {
		t.Errorf("%+v, %+v", aToB, bToA)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
