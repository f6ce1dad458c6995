package filter

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// builder writes a capture of raw IP packets, one millisecond apart.
type builder struct {
	buf   bytes.Buffer
	w     *pcapfile.PcapWriter
	frame int64
	t     testing.TB
}

func newBuilder(t testing.TB) *builder {
	t.Helper()
	b := &builder{t: t}
	var err error
	if b.w, err = pcapfile.NewPcapWriter(&b.buf, pcapfile.Pcap, capture.LinkTypeRaw, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

// talk is a connection; ends and seq are those of client and server.
type talk struct {
	b    *builder
	ends [2]netip.AddrPort
	seq  [2]uint32
}

// talk makes a connection from port 1000+n to port 80, over IPv4.
func (b *builder) talk(n int) *talk {
	return b.between(netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(1000+n)), netip.MustParseAddrPort("10.0.0.2:80"))
}

func (b *builder) between(client, server netip.AddrPort) *talk {
	return &talk{b: b, ends: [2]netip.AddrPort{client, server}, seq: [2]uint32{7000, 0xffffff00}}
}

func (k *talk) handshake() *talk {
	k.send(0, packet.SYN, "")
	k.send(1, packet.SYN|packet.ACK, "")
	k.send(0, packet.ACK, "")
	return k
}

// data sends text from the client (0) or the server (1).
func (k *talk) data(from int, text string) { k.send(from, packet.PSH|packet.ACK, text) }

// bye closes the connection from both sides.
func (k *talk) bye() {
	k.send(0, packet.FIN|packet.ACK, "")
	k.send(1, packet.FIN|packet.ACK, "")
	k.send(0, packet.ACK, "")
}

// send writes one segment with the numbers that are due.
func (k *talk) send(from int, flags packet.Flags, text string) {
	k.sendAt(from, k.seq[from], flags, text)
	k.seq[from] += uint32(len(text))
	if flags.Any(packet.SYN | packet.FIN) {
		k.seq[from]++
	}
}

// sendAt writes one segment with the given sequence number.
func (k *talk) sendAt(from int, seq uint32, flags packet.Flags, text string) {
	h := make([]byte, 20, 20+len(text))
	binary.BigEndian.PutUint16(h, k.ends[from].Port())
	binary.BigEndian.PutUint16(h[2:], k.ends[1-from].Port())
	binary.BigEndian.PutUint32(h[4:], seq)
	if flags.Has(packet.ACK) {
		binary.BigEndian.PutUint32(h[8:], k.seq[1-from])
	}
	binary.BigEndian.PutUint16(h[12:], 5<<12|uint16(flags))
	binary.BigEndian.PutUint16(h[14:], 60000)
	k.b.packet(k.ends[from].Addr(), k.ends[1-from].Addr(), append(h, text...))
}

func (b *builder) packet(src, dst netip.Addr, payload []byte) {
	var p []byte
	if src.Is4() {
		p = make([]byte, 20, 20+len(payload))
		p[0], p[8], p[9] = 0x45, 64, 6
		binary.BigEndian.PutUint16(p[2:], uint16(20+len(payload)))
		copy(p[12:], src.AsSlice())
		copy(p[16:], dst.AsSlice())
	} else {
		p = make([]byte, 40, 40+len(payload))
		p[0], p[6], p[7] = 0x60, 6, 64
		binary.BigEndian.PutUint16(p[4:], uint16(len(payload)))
		copy(p[8:], src.AsSlice())
		copy(p[24:], dst.AsSlice())
	}
	p = append(p, payload...)
	b.frame++
	pkt := capture.Packet{Time: 1e18 + b.frame*1e6, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}
	if err := b.w.WritePacket(&pkt); err != nil {
		b.t.Fatal(err)
	}
}

// bulk writes downloads side by side.
func (b *builder) bulk(flows, segments, length int) {
	body := strings.Repeat("the quick brown fox jumps over the lazy dog 0123456789\n", length/55+1)[:length]
	talks := make([]*talk, flows)
	for i := range talks {
		talks[i] = b.talk(i).handshake()
		talks[i].data(0, "GET /index.html HTTP/1.1\r\nHost: example.com\r\n\r\n")
	}
	for range segments {
		for _, k := range talks {
			k.data(1, body)
		}
	}
	for _, k := range talks {
		k.bye()
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

// ran opens a capture and reads it.
func ran(t testing.TB, b []byte) *session.Session {
	t.Helper()
	f, err := pcapfile.OpenBytes(b, "test.pcap")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func mustParse(t testing.TB, text string) *Filter {
	t.Helper()
	f, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}
