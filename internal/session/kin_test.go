package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
)

// relatives is a capture of a connection whose request comes in three fragments, of which two are frames 4 and 5 and the last
// is frame 6, and of an ICMP error in frame 7 that quotes the server's last segment.
func relatives(t *testing.T) []byte {
	t.Helper()
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.fragment = 24
	k.data(0, "GET / HTTP/1.0\r\nHost: example\r\n\r\n")
	k.fragment = 0
	quoted := []byte{
		0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1, // 10.0.0.2 to 10.0.0.1
		0, 80, 1000 >> 8, 1000 & 0xff, 0, 0, 0, 1, 0, 0, 0, 1, 5 << 4, byte(packet.ACK), 0, 1, 0, 0, 0, 0,
	}
	icmp := append([]byte{3, 1, 0, 0, 0, 0, 0, 0}, quoted...)
	p := append([]byte{0x45, 0, 0, byte(20 + len(icmp)), 0, 9, 0, 0, 64, 1, 0, 0, 10, 0, 0, 9, 10, 0, 0, 2}, icmp...)
	if err := b.w.WritePacket(&capture.Packet{Time: 2e18, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}); err != nil {
		t.Fatal(err)
	}
	return b.capture(t)
}

func quotes(s *Session) (out string) {
	s.EachQuote(func(stream, frame uint32) { out += fmt.Sprintf("%d in #%d ", stream, frame) })
	return out
}

func TestKin(t *testing.T) {
	s := ran(t, relatives(t))
	if got := s.Fragments(6); !slices.Equal(got, []uint32{4, 5, 6}) {
		t.Errorf("the request came in frames %v", got)
	}
	if got := s.Fragments(1); got != nil {
		t.Errorf("the SYN came in frames %v", got)
	}
	if got := quotes(s); got != "0 in #7 " {
		t.Errorf("quotes: %q", got)
	}
}

func TestKinIsBounded(t *testing.T) {
	for room, want := range map[int]string{0: "[] ", 1: "[] 0 in #7 ", 3: "[4 5 6] ", 4: "[4 5 6] 0 in #7 "} {
		s := opened(t, relatives(t))
		s.kin.room = room
		if err := s.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(s.Fragments(6)) + " " + quotes(s); got != want {
			t.Errorf("room for %d: %q, want %q", room, got, want)
		}
	}
}

func TestPacketsAgain(t *testing.T) {
	b := relatives(t)
	s := ran(t, b)
	for range 2 { // as often as one likes
		var numbers []uint32
		err := s.Packets(func(p *capture.Packet) (bool, error) {
			numbers = append(numbers, p.Number)
			return true, nil
		})
		if err != nil || !slices.Equal(numbers, []uint32{1, 2, 3, 4, 5, 6, 7}) {
			t.Errorf("%v, %v", numbers, err)
		}
	}
	enough, seen := errors.New("enough"), 0
	if err := s.Packets(func(*capture.Packet) (bool, error) { seen++; return true, enough }); !errors.Is(err, enough) || seen != 1 {
		t.Errorf("after %d packets: %v", seen, err)
	}
	if err := s.Packets(func(p *capture.Packet) (bool, error) { seen = int(p.Number); return p.Number < 4, nil }); err != nil || seen != 4 {
		t.Errorf("after %d packets: %v", seen, err)
	}

	cut := opened(t, b[:len(b)-1])
	var broken *pcapfile.Error
	if err := cut.Run(context.Background()); !errors.As(err, &broken) {
		t.Fatal(err)
	}
	if err := cut.Packets(func(p *capture.Packet) (bool, error) { seen = int(p.Number); return true, nil }); !errors.As(err, &broken) || seen != 6 {
		t.Errorf("of a cut capture %d packets, %v", seen, err)
	}
	if got := cut.Counts().Last; got != 6 {
		t.Errorf("the last frame is %d", got)
	}
}
