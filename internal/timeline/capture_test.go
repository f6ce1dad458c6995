package timeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// linkIPv4 is LINKTYPE_IPV4: packets begin with their IPv4 header.
const linkIPv4 = 228

// seg is a segment of a made-up connection.
type seg struct {
	at       int64 // nanoseconds
	server   bool  // sent by the server
	flags    packet.Flags
	seq, ack uint32
	window   uint16
	size     int    // payload bytes
	text     string // the payload, zeroes if it is empty
	cut      int    // payload bytes not captured
	long     bool   // the header claims to be longer than the packet
}

// made writes segments as a capture and opens it.
func made(t testing.TB, segments []seg) *session.Session {
	t.Helper()
	times := make([]int64, len(segments))
	packets := make([][]byte, len(segments))
	lengths := make([]int, len(segments))
	for i := range segments {
		p := segments[i].bytes()
		times[i], lengths[i], packets[i] = segments[i].at, len(p), p[:len(p)-segments[i].cut]
	}
	return opened(t, times, packets, lengths...)
}

// opened writes IPv4 packets as a capture and opens it; lengths are their original ones where they were cut.
func opened(t testing.TB, times []int64, packets [][]byte, lengths ...int) *session.Session {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&b, pcapfile.PcapNano, linkIPv4, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		length := len(p)
		if i < len(lengths) {
			length = max(length, lengths[i])
		}
		c := capture.Packet{Number: uint32(i + 1), Time: times[i], Data: p, OrigLen: uint32(length), LinkType: linkIPv4}
		if err := w.WritePacket(&c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b.Bytes(), "made up")
	if err != nil {
		t.Fatal(err)
	}
	return read(t, session.New(f))
}

// read reads a session to its end.
func read(t testing.TB, s *session.Session) *session.Session {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// bytes writes an IPv4 packet.
func (s *seg) bytes() []byte {
	b := make([]byte, 40+max(s.size, len(s.text)))
	b[0], b[8], b[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	client, server := []byte{10, 0, 0, 1}, []byte{10, 0, 0, 2}
	ports := [2]uint16{40000, 7777}
	if s.server {
		client, server, ports = server, client, [2]uint16{7777, 40000}
	}
	copy(b[12:], client)
	copy(b[16:], server)
	binary.BigEndian.PutUint16(b[20:], ports[0])
	binary.BigEndian.PutUint16(b[22:], ports[1])
	binary.BigEndian.PutUint32(b[24:], s.seq)
	binary.BigEndian.PutUint32(b[28:], s.ack)
	b[32], b[33] = 5<<4, byte(s.flags)
	if s.long {
		b[32] = 15 << 4
	}
	binary.BigEndian.PutUint16(b[34:], s.window)
	copy(b[40:], s.text)
	return b
}

// view returns a connection of a session.
func view(t testing.TB, s *session.Session, stream int) *session.View {
	t.Helper()
	v, err := s.View(stream)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// recording opens a recording of testdata.
func recording(t testing.TB, name string) *session.Session {
	t.Helper()
	s, err := session.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, s)
}

// chatOf builds the chat of a connection with its messages.
func chatOf(t testing.TB, s *session.Session, stream int, o Options) *Chat {
	t.Helper()
	v := view(t, s, stream)
	talk, err := s.Conversation(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	return NewChat(v, talk, o, nil)
}

// bulk makes a download of n data segments of size bytes, each second one acknowledged, between a handshake and no end.
func bulk(n, size int) []seg {
	segments := []seg{
		{at: 0, flags: packet.SYN, seq: 99, window: 65000},
		{at: 1000, server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100, window: 65000},
		{at: 2000, flags: packet.ACK, seq: 100, ack: 500, window: 65000},
	}
	at, next := int64(3000), uint32(500)
	for i := range n {
		segments = append(segments, seg{at: at, server: true, flags: packet.ACK, seq: next, ack: 100, window: 65000, size: size})
		next += uint32(size)
		at += 1000
		if i%2 == 1 {
			segments = append(segments, seg{at: at, flags: packet.ACK, seq: 100, ack: next, window: 65000})
			at += 1000
		}
	}
	return segments
}
