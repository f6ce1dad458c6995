package ui

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// Flags of the packets of recordings.
const (
	syn  = 0x02
	ack  = 0x10
	push = 0x18
)

// recording writes a capture of conversations, packet by packet.
type recording struct {
	t      testing.TB
	out    bytes.Buffer
	w      *pcapfile.PcapWriter
	clock  int64
	number uint32
	// port is the client's in the packets to come, host the last number of the server's address.
	port uint16
	host byte
	seq  [2]uint32 // of the client and the server, what they send next
}

func newRecording(t testing.TB) *recording {
	t.Helper()
	r := &recording{t: t}
	w, err := pcapfile.NewPcapWriter(&r.out, pcapfile.PcapNano, capture.LinkTypeEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.w = w
	return r
}

// connect begins a connection.
func (r *recording) connect(port uint16, host byte) {
	r.port, r.host, r.seq = port, host, [2]uint32{99, 499}
	r.send(0, syn, "")
	r.send(1, syn|ack, "")
	r.send(0, ack, "")
}

// send writes a packet of the client, 0, or the server, 1.
func (r *recording) send(from int, flags byte, payload string) {
	r.t.Helper()
	f := make([]byte, 54, 54+len(payload))
	binary.BigEndian.PutUint16(f[12:], 0x0800)
	ip, tcp := f[14:], f[34:]
	ip[0], ip[8], ip[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(ip[2:], uint16(40+len(payload)))
	ends := [2]struct {
		host byte
		port uint16
	}{{1, r.port}, {r.host, 9000}}
	copy(ip[12:], []byte{10, 0, 0, ends[from].host, 10, 0, 0, ends[1-from].host})
	binary.BigEndian.PutUint16(tcp, ends[from].port)
	binary.BigEndian.PutUint16(tcp[2:], ends[1-from].port)
	binary.BigEndian.PutUint32(tcp[4:], r.seq[from])
	if flags&ack != 0 {
		binary.BigEndian.PutUint32(tcp[8:], r.seq[1-from])
	}
	tcp[12], tcp[13] = 5<<4, flags
	binary.BigEndian.PutUint16(tcp[14:], 64240)
	r.seq[from] += uint32(len(payload))
	if flags&syn != 0 {
		r.seq[from]++
	}
	r.number++
	r.clock += 25_000
	f = append(f, payload...)
	p := capture.Packet{Number: r.number, LinkType: capture.LinkTypeEthernet, Time: r.clock, OrigLen: uint32(len(f)), Data: f}
	if err := r.w.WritePacket(&p); err != nil {
		r.t.Fatal(err)
	}
}

// file closes the recording and returns where it is.
func (r *recording) file(name string) string {
	r.t.Helper()
	if err := r.w.Flush(); err != nil {
		r.t.Fatal(err)
	}
	path := filepath.Join(r.t.TempDir(), name)
	if err := os.WriteFile(path, r.out.Bytes(), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// download writes a capture of one connection: a request, then n packets of an answer in text, each with its ACK.
func download(t testing.TB, n int) string {
	t.Helper()
	r := newRecording(t)
	r.connect(40000, 2)
	r.send(0, push, "send me the list, please\n")
	for range n {
		r.send(1, push, "a line of the list, and one more of it\nthe next line\n")
		r.send(0, ack, "")
	}
	return r.file("download.pcap")
}

// busy writes a capture of so many connections that they fill a list in a large window, with short packets in turn.
func busy(t testing.TB) string {
	t.Helper()
	r := newRecording(t)
	for i := range 40 {
		r.connect(uint16(40000+i), byte(2+i%30))
		for k := range 40 {
			r.send(k%2, push, fmt.Sprintf("item %d\n", k))
			if k%3 == 0 {
				r.send(1-k%2, ack, "")
			}
		}
	}
	return r.file("busy.pcap")
}
