package session

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
)

// builder writes a capture of raw IPv4 packets, one millisecond apart.
type builder struct {
	buf   bytes.Buffer
	w     *pcapfile.PcapWriter
	frame int64
	ids   uint16
}

func newBuilder(t testing.TB) *builder {
	t.Helper()
	b := &builder{}
	var err error
	if b.w, err = pcapfile.NewPcapWriter(&b.buf, pcapfile.Pcap, capture.LinkTypeRaw, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

// talk is a connection that a builder writes: client port 1000 + n, server port 80 unless changed.
type talk struct {
	b        *builder
	t        testing.TB
	port     uint16
	server   uint16
	seq      [2]uint32 // of the client and of the server
	isn      [2]uint32
	fragment int // split the IP payload at this multiple of 8 if not 0
	cut      int // captured bytes of a packet if not 0
}

func (b *builder) talk(t testing.TB, n int) *talk {
	k := &talk{b: b, t: t, port: uint16(1000 + n), server: 80, isn: [2]uint32{uint32(7000 * (n + 1)), uint32(9000 * (n + 1))}}
	k.seq = k.isn
	return k
}

// handshake opens the connection.
func (k *talk) handshake() *talk {
	k.send(0, packet.SYN, "")
	k.send(1, packet.SYN|packet.ACK, "")
	k.send(0, packet.ACK, "")
	return k
}

// data sends text from the client (0) or the server (1).
func (k *talk) data(from int, text string) { k.send(from, packet.PSH|packet.ACK, text) }

// send writes one segment with the numbers that are due.
func (k *talk) send(from int, flags packet.Flags, text string) {
	h := make([]byte, 20, 20+len(text))
	ports := [2]uint16{k.port, k.server}
	binary.BigEndian.PutUint16(h, ports[from])
	binary.BigEndian.PutUint16(h[2:], ports[1-from])
	binary.BigEndian.PutUint32(h[4:], k.seq[from])
	if flags.Has(packet.ACK) {
		binary.BigEndian.PutUint32(h[8:], k.seq[1-from])
	}
	h[12], h[13] = 5<<4, byte(flags)
	binary.BigEndian.PutUint16(h[14:], 60000)
	k.seq[from] += uint32(len(text))
	if flags.Any(packet.SYN | packet.FIN) {
		k.seq[from]++
	}
	payload := append(h, text...)
	k.b.ids++
	if k.fragment == 0 {
		k.packet(from, payload, 0)
		return
	}
	for at := 0; at < len(payload); at += k.fragment {
		end := min(at+k.fragment, len(payload))
		field := uint16(at / 8)
		if end < len(payload) {
			field |= 0x2000 // more fragments
		}
		k.packet(from, payload[at:end], field)
	}
}

// packet writes one IPv4 packet.
func (k *talk) packet(from int, payload []byte, fragment uint16) {
	p := make([]byte, 20, 20+len(payload))
	p[0], p[8], p[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(p[2:], uint16(20+len(payload)))
	binary.BigEndian.PutUint16(p[4:], k.b.ids)
	binary.BigEndian.PutUint16(p[6:], fragment)
	copy(p[12:], []byte{10, 0, 0, byte(1 + from)})
	copy(p[16:], []byte{10, 0, 0, byte(2 - from)})
	p = append(p, payload...)
	k.b.frame++
	pkt := capture.Packet{Time: 1e18 + k.b.frame*1e6, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}
	if k.cut > 0 {
		pkt.Data = p[:min(k.cut, len(p))]
	}
	if err := k.b.w.WritePacket(&pkt); err != nil {
		k.t.Fatal(err)
	}
}

// capture returns the file.
func (b *builder) capture(t testing.TB) []byte {
	t.Helper()
	if err := b.w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.buf.Bytes()
}

// opened makes a session of a capture without running it.
func opened(t testing.TB, b []byte) *Session {
	t.Helper()
	f, err := pcapfile.OpenBytes(b, "test.pcap")
	if err != nil {
		t.Fatal(err)
	}
	s := New(f)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ran opens a capture and runs it.
func ran(t testing.TB, b []byte) *Session {
	t.Helper()
	s := opened(t, b)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func viewOf(t testing.TB, s *Session, stream int) *View {
	t.Helper()
	v, err := s.View(stream)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
