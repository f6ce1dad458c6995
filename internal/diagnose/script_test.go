package diagnose

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
)

// linkIPv4 is LINKTYPE_IPV4: packets begin with their IPv4 header.
const linkIPv4 = 228

// flagBits are the letters of a script.
var flagBits = map[rune]byte{'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16, 'U': 32}

// script makes a connection from lines "milliseconds direction flags seq ack len window", with > for the client. A trailing
// "cut" makes the header claim more than the packet holds, so that the segment's length is unknown.
func script(t testing.TB, lines ...string) *session.View {
	t.Helper()
	var times []int64
	var packets [][]byte
	for i, line := range lines {
		var ms int64
		var dir, flags, cut string
		var seq, ack uint32
		var size, window uint16
		if n, err := fmt.Sscan(line, &ms, &dir, &flags, &seq, &ack, &size, &window, &cut); n < 7 {
			t.Fatalf("line %d: %v", i+1, err)
		}
		times = append(times, ms*1e6)
		packets = append(packets, segment(dir == ">", flags, seq, ack, size, window, cut != ""))
	}
	return viewOf(t, capturing(t, times, packets))
}

// capturing writes a capture of packets that begin with their IPv4 header; times are in nanoseconds.
func capturing(t testing.TB, times []int64, packets [][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&b, pcapfile.Pcap, linkIPv4, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		if err := w.WritePacket(&capture.Packet{
			Number: uint32(i + 1), Time: times[i], Data: p, OrigLen: uint32(len(p)), LinkType: linkIPv4,
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// viewOf reads a capture and returns its first connection.
func viewOf(t testing.TB, b []byte) *session.View {
	t.Helper()
	f, err := pcapfile.OpenBytes(b, "script")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
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

// segment writes an IPv4 packet with a TCP header and zeroes as payload.
func segment(fromClient bool, flags string, seq, ack uint32, size, window uint16, cut bool) []byte {
	b := make([]byte, 40+int(size))
	b[0], b[8], b[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	client, server := []byte{10, 0, 0, 1}, []byte{10, 0, 0, 2}
	ports := [2]uint16{40000, 80}
	if !fromClient {
		client, server, ports = server, client, [2]uint16{80, 40000}
	}
	copy(b[12:], client)
	copy(b[16:], server)
	binary.BigEndian.PutUint16(b[20:], ports[0])
	binary.BigEndian.PutUint16(b[22:], ports[1])
	binary.BigEndian.PutUint32(b[24:], seq)
	binary.BigEndian.PutUint32(b[28:], ack)
	b[32] = 5 << 4
	if cut {
		b[32] = 15 << 4
	}
	for _, l := range flags {
		b[33] |= flagBits[l]
	}
	binary.BigEndian.PutUint16(b[34:], window)
	return b
}

// moments writes the moments of a connection in a line.
func moments(v *session.View) string {
	var names []string
	for _, m := range Moments(v) {
		names = append(names, momentNames[m])
	}
	return strings.Join(names, " ")
}
