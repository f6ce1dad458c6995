package timeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// datagram makes an IPv4 packet with a UDP datagram from one of two hosts.
func datagram(from byte, src, dst uint16, payload string) []byte {
	p := make([]byte, 28, 28+len(payload))
	p[0], p[8], p[9] = 0x45, 64, 17
	binary.BigEndian.PutUint16(p[2:], uint16(28+len(payload)))
	copy(p[12:], []byte{10, 0, 0, from, 10, 0, 0, 3 - from})
	binary.BigEndian.PutUint16(p[20:], src)
	binary.BigEndian.PutUint16(p[22:], dst)
	binary.BigEndian.PutUint16(p[24:], uint16(8+len(payload)))
	return append(p, payload...)
}

// otherSession makes a session of raw IP packets, a millisecond apart.
func otherSession(t *testing.T, packets ...[]byte) *session.Session {
	t.Helper()
	var buf bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&buf, pcapfile.Pcap, capture.LinkTypeRaw, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		if err := w.WritePacket(&capture.Packet{Time: 1e18 + int64(i)*1e6, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(buf.Bytes(), "test.pcap")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	t.Cleanup(func() { _ = s.Close() }) // a test closes it itself
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func otherChat(t *testing.T, s *session.Session, i int, l narrate.Lang) *OtherChat {
	t.Helper()
	v, err := s.OtherView(i)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewOtherChat(context.Background(), v, l)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// transcript renders all rows.
func transcript(c *OtherChat) string {
	var b strings.Builder
	for i := range c.Len() {
		r := c.Row(i)
		fmt.Fprintf(&b, "#%d %v %v +%v %d B %d [%s] %s | %s\n", r.Frame, r.Dir, r.Time, r.Delta, r.Size, r.Asked, r.Answer, r.Text, strings.Join(r.Lines, " | "))
	}
	return b.String()
}

func TestOtherChat(t *testing.T) {
	const (
		ask  = "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"
		tell = "\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
	)
	s := otherSession(t,
		datagram(1, 50000, 53, ask), datagram(1, 50000, 9999, "hello\x1b[31m\nworld"), datagram(2, 53, 50000, tell),
		datagram(1, 50000, 53, ask[:5]), datagram(2, 9999, 50000, "\x00\x01"), datagram(1, 50000, 9999, "good\nbye"))
	for i, want := range [][narrate.NumLangs]string{
		{
			"#1 client 0s +0s 47 B -1 [] DNS asks: A a | \n" +
				"#3 server 2ms +2ms 63 B 0 [answers #1 after 2 ms] DNS answers: A a → 192.0.2.1 | answer: a A 192.0.2.1 · valid for 60 s\n" +
				"#4 client 3ms +1ms 33 B -1 [] DNS · 5 B | \n",
			"#1 client 0s +0s 47 B -1 [] DNS 查询：A a | \n" +
				"#3 server 2ms +2ms 63 B 0 [回答 #1，用时 2 ms] DNS 应答：A a → 192.0.2.1 | 应答：a A 192.0.2.1 · 有效期 60 s\n" +
				"#4 client 3ms +1ms 33 B -1 [] DNS · 5 B | \n",
		},
		{
			"#2 client 0s +0s 44 B -1 [] UDP · 16 B | \n#5 server 3ms +3ms 30 B -1 [] UDP · 2 B | \n#6 client 4ms +1ms 36 B -1 [] UDP · 8 B | good | bye\n",
			"#2 client 0s +0s 44 B -1 [] UDP · 16 B | \n#5 server 3ms +3ms 30 B -1 [] UDP · 2 B | \n#6 client 4ms +1ms 36 B -1 [] UDP · 8 B | good | bye\n",
		},
	} {
		for l := range narrate.Lang(narrate.NumLangs) {
			if got := transcript(otherChat(t, s, i, l)); got != want[l] {
				t.Errorf("conversation %d:\n got %s\nwant %s", i, got, want[l])
			}
		}
	}
}

// A packet holds no more lines than a bubble shows, and the text of names cannot steer a terminal.
func TestOtherChatIsBounded(t *testing.T) {
	ask := "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05a\x1b[2J\x00\x00\x01\x00\x01"
	s := otherSession(t, datagram(1, 50000, 9999, strings.Repeat("line\n", 100)), datagram(1, 50001, 53, ask))
	if r := otherChat(t, s, 0, narrate.English).Row(0); len(r.Lines) != maxOtherLines {
		t.Errorf("%d lines", len(r.Lines))
	}
	if r := otherChat(t, s, 1, narrate.English).Row(0); r.Text != "DNS asks: A a·[2J" {
		t.Errorf("%q", r.Text)
	}
}

func TestOtherChatCannotRead(t *testing.T) {
	s := otherSession(t, datagram(1, 50000, 53, "\x00\x01"))
	c := otherChat(t, s, 0, narrate.English)
	v, err := s.OtherView(0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v.Protocol = "dns"
	if _, err := NewOtherChat(ctx, v, narrate.English); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r := c.Row(0); r.Text == "" || r.Frame != 1 {
		t.Errorf("after closing: %+v", r)
	}
}
