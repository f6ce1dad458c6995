package timeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// The tests here build captures from what other programs have printed about them, and compare our rows with the print.

// printedSegment is what a line of print says about a segment.
type printedSegment struct {
	frame          uint32
	at             time.Duration // since 1970, or since the first packet
	frameLen       int
	src, dst       uint16
	flags          packet.Flags
	seq, ack       uint32 // relative
	window, length uint32
	label          tcp.Labels
	text           string // as printed
}

var localhost = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// tcpSegment is one TCP segment between two ports of this host, in IPv4.
func tcpSegment(src, dst uint16, seq, ack uint32, flags packet.Flags, window uint16, options, payload []byte) []byte {
	be := binary.BigEndian
	h := make([]byte, 20, 60)
	be.PutUint16(h, src)
	be.PutUint16(h[2:], dst)
	be.PutUint32(h[4:], seq)
	be.PutUint32(h[8:], ack)
	be.PutUint16(h[12:], uint16(5+len(options)/4)<<12|uint16(flags))
	be.PutUint16(h[14:], window)
	return ipv4(6, append(append(h, options...), payload...))
}

// ipv4 puts a header in front of b, from and to this host.
func ipv4(protocol byte, b []byte) []byte {
	h := []byte{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, protocol, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1}
	binary.BigEndian.PutUint16(h[2:], uint16(len(h)+len(b)))
	return append(h, b...)
}

// timestamps is the option, with two NOPs in front.
func timestamps(val, ecr uint32) []byte {
	b := binary.BigEndian.AppendUint32([]byte{1, 1, 8, 10}, val)
	return binary.BigEndian.AppendUint32(b, ecr)
}

// printedCapture reads a capture of these packets: bytes behind the link header, and times.
func printedCapture(t *testing.T, link capture.LinkType, head []byte, bodies [][]byte, times []int64) *session.Session {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&b, pcapfile.Pcap, link, 0)
	for i := range bodies {
		data := append(bytes.Clone(head), bodies[i]...)
		if err == nil {
			err = w.WritePacket(&capture.Packet{LinkType: link, Time: times[i], OrigLen: uint32(len(data)), Data: data})
		}
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenReader(&b, "printed")
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

// printedBubbles returns the bubbles of all connections by frame, with the view that each belongs to.
func printedBubbles(t *testing.T, s *session.Session) (rows map[uint32]*Row, views map[uint32]*session.View) {
	t.Helper()
	rows, views = map[uint32]*Row{}, map[uint32]*session.View{}
	for stream := range s.Streams() {
		v, err := s.View(stream)
		if err != nil {
			t.Fatal(err)
		}
		talk, err := s.Conversation(context.Background(), v)
		if err != nil {
			t.Fatal(err)
		}
		o := DefaultOptions()
		o.FoldRuns, o.Time = false, ClockUTC
		chat := NewChat(v, talk, o, nil)
		for i := range chat.Len() {
			r := &Row{}
			if chat.Row(i, r); r.Kind == Bubble {
				rows[r.Frame], views[r.Frame] = r, v
			}
		}
	}
	return rows, views
}

func checkOptions(t *testing.T, v *session.View, i int, want packet.Options) {
	t.Helper()
	p, err := v.Packet(i)
	if err != nil {
		t.Fatal(err)
	}
	segments := packet.NewDecoder().Decode(&p)
	if len(segments) != 1 {
		t.Fatalf("%d segments in packet %d", len(segments), p.Number)
	}
	o := &segments[0].Options
	if !o.HasMSS || o.MSS != want.MSS || !o.HasWindowScale || o.WindowScale != want.WindowScale || !o.SACKPermitted || !o.HasTimestamps {
		t.Errorf("packet %d: options %+v", p.Number, o)
	}
}
