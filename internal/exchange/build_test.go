package exchange

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// talk writes one connection as a capture of raw IPv4 packets, each a millisecond after the one before.
type talk struct {
	t   testing.TB
	buf bytes.Buffer
	w   *pcapfile.PcapWriter
	seq [2]uint32
	n   int64
}

func newTalk(t testing.TB) *talk {
	t.Helper()
	k := &talk{t: t, seq: [2]uint32{7000, 9000}}
	var err error
	if k.w, err = pcapfile.NewPcapWriter(&k.buf, pcapfile.Pcap, capture.LinkTypeRaw, 0); err != nil {
		t.Fatal(err)
	}
	return k
}

// script writes lines: "shake" is the handshake, "c text" and "s text" are data, "c-5" bytes that are not captured, "c." a
// FIN, "c!" a RST, "+9" nine milliseconds in which nothing comes.
func (k *talk) script(lines ...string) *talk {
	for _, l := range lines {
		from := 0
		if l[0] == 's' {
			from = 1
		}
		switch {
		case l == "shake":
			k.send(0, packet.SYN, "")
			k.send(1, packet.SYN|packet.ACK, "")
			k.send(0, packet.ACK, "")
		case l[0] == '+':
			k.n += int64(number(l[1:]))
		case l[1] == '.':
			k.send(from, packet.FIN|packet.ACK, "")
		case l[1] == '!':
			k.send(from, packet.RST|packet.ACK, "")
		case l[1] == '-':
			k.seq[from] += uint32(number(l[2:]))
			k.send(1-from, packet.ACK, "") // what was not captured did arrive
		default:
			k.send(from, packet.PSH|packet.ACK, l[2:])
		}
	}
	return k
}

func number(s string) (n int) {
	if _, err := fmt.Sscan(s, &n); err != nil {
		panic(err)
	}
	return n
}

func (k *talk) send(from int, flags packet.Flags, text string) {
	p := make([]byte, 40, 40+len(text))
	p[0], p[8], p[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(p[2:], uint16(40+len(text)))
	copy(p[12:], []byte{10, 0, 0, byte(1 + from), 10, 0, 0, byte(2 - from)})
	h := p[20:]
	ports := [2]uint16{1000, 80}
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
	p = append(p, text...)
	pkt := capture.Packet{Time: 1e18 + k.n*1e6, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}
	k.n++
	if err := k.w.WritePacket(&pkt); err != nil {
		k.t.Fatal(err)
	}
}

// view reads the capture.
func (k *talk) view() *session.View {
	k.t.Helper()
	if err := k.w.Flush(); err != nil {
		k.t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(k.buf.Bytes(), "built")
	if err != nil {
		k.t.Fatal(err)
	}
	return viewOf(k.t, session.New(f), 0)
}

func viewOf(t testing.TB, s *session.Session, stream int) *session.View {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	v, err := s.View(stream)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// recorded reads a connection of a capture file.
func recorded(t testing.TB, name string, stream int) *session.View {
	t.Helper()
	s, err := session.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return viewOf(t, s, stream)
}

func list(t testing.TB, v *session.View, opt Options) []*Exchange {
	t.Helper()
	l, err := Of(context.Background(), v, opt)
	if err != nil {
		t.Fatal(err)
	}
	if l.Limited {
		t.Error("the list is limited")
	}
	return l.Exchanges
}

// render writes an exchange on one line: what was said, the timing in microseconds (connect send wait receive), the ending.
func render(x *Exchange) string {
	var b strings.Builder
	if x.Stream != 0 {
		fmt.Fprintf(&b, "#%d ", x.Stream)
	}
	if q := x.Request; q != nil {
		fmt.Fprintf(&b, "%s %s %q", q.Method, q.Target, q.Body.Bytes)
	} else {
		b.WriteString("?")
	}
	for _, m := range x.Interim {
		fmt.Fprintf(&b, " ~%d", m.Status)
	}
	if r := x.Response; r != nil {
		fmt.Fprintf(&b, " -> %d %.20q", r.Status, r.Body.Bytes)
	} else {
		b.WriteString(" -> ?")
	}
	if x.Tunnel != "" {
		b.WriteString(" tunnel " + x.Tunnel)
	}
	for _, d := range []time.Duration{x.Timing.Connect, x.Timing.Send, x.Timing.Wait, x.Timing.Receive} {
		if d == Unknown {
			b.WriteString(" -")
		} else {
			fmt.Fprintf(&b, " %d", d.Microseconds())
		}
	}
	if x.Timing.Early {
		b.WriteString(" early")
	}
	kinds := [NumEndKinds]string{"complete", "stream reset", "connection reset", "closed", "refused", "cut off", "missing", "not followed"}
	b.WriteString(" " + kinds[x.Ending.Kind])
	switch x.Ending.Kind {
	case ResetStream, ResetConnection, ClosedEarly:
		b.WriteString(" by " + x.Ending.By.String())
	case Complete, Refused, CutOff, Missing, NotFollowed:
	}
	if x.Aborted() {
		b.WriteString(", aborted")
	}
	return b.String()
}

func renderAll(xs []*Exchange) string {
	var lines []string
	for _, x := range xs {
		lines = append(lines, render(x))
	}
	return strings.Join(lines, "\n")
}
