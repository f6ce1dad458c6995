package diagnose

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
	"tcptalk/internal/session"
)

// ipPacket is an IPv4 packet between the hosts 10.0.0.1 and 10.0.0.2; to 0 goes to the group 224.0.0.251.
func ipPacket(protocol, from, to byte, payload string) []byte {
	p := make([]byte, 20, 20+len(payload))
	p[0], p[8], p[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(p[2:], uint16(20+len(payload)))
	copy(p[12:], []byte{10, 0, 0, from, 10, 0, 0, to})
	if to == 0 {
		copy(p[16:], []byte{224, 0, 0, 251})
	}
	return append(p, payload...)
}

func udp(src, dst uint16, payload string) string {
	h := make([]byte, 8)
	binary.BigEndian.PutUint16(h, src)
	binary.BigEndian.PutUint16(h[2:], dst)
	binary.BigEndian.PutUint16(h[4:], uint16(8+len(payload)))
	return string(h) + payload
}

// dnsText is a message about the name x; flags are those of RFC 1035 §4.1.1.
func dnsText(id byte, flags uint16) string {
	return string([]byte{0, id, byte(flags >> 8), byte(flags), 0, 1, 0, 0, 0, 0, 0, 0, 1, 'x', 0, 0, 1, 0, 1})
}

// otherOf judges conversation i of packets that came step apart.
func otherOf(t *testing.T, i int, step func(k int) time.Duration, packets ...[]byte) string {
	t.Helper()
	var buf bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&buf, pcapfile.Pcap, capture.LinkTypeRaw, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := int64(1e18)
	for k, p := range packets {
		at += int64(step(k))
		if err := w.WritePacket(&capture.Packet{Time: at, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}); err != nil {
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
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	v, err := s.OtherView(i)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Other(context.Background(), s, v)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprintf("%d/%d %d of %d %v", f.Code, f.Severity, f.Count, f.Of, f.Frames))
		if f.Code == AnswerTimes || f.Code == SlowAnswers {
			out[len(out)-1] += fmt.Sprintf(" %v %v %v", f.Least, f.Median, f.Most)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Other(ctx, s, v); v.Protocol != "" && err == nil {
		t.Error("a cancelled judgment ends in one")
	}
	return strings.Join(out, "\n")
}

func TestOtherFindings(t *testing.T) {
	const query, answer, failed, truncated = 0x0100, 0x8180, 0x8183, 0x8380
	ms := func(int) time.Duration { return time.Millisecond }
	ask := func(id byte) []byte { return ipPacket(17, 1, 2, udp(5000, 53, dnsText(id, query))) }
	tell := func(id byte, flags uint16) []byte { return ipPacket(17, 2, 1, udp(53, 5000, dnsText(id, flags))) }
	// unreachable is an ICMP error that quotes a query.
	unreachable := ipPacket(1, 2, 1, "\x03\x03\x00\x00\x00\x00\x00\x00"+string(ask(1)))
	for _, c := range []struct {
		name, want string
		step       func(k int) time.Duration
		packets    [][]byte
	}{
		{"answered", fmt.Sprintf("%d/%d 2 of 0 [4] 1ms 1ms 1ms", AnswerTimes, Info), ms, [][]byte{ask(1), tell(1, answer), ask(2), tell(2, answer)}},
		{
			"lost and repeated",
			fmt.Sprintf("%d/%d 1 of 3 [2]\n%d/%d 1 of 0 [1]\n%d/%d 1 of 0 [4] 1ms 1ms 1ms", Unanswered, Warn, AskedAgain, Warn, AnswerTimes, Info),
			ms,
			[][]byte{ask(1), ask(2), ask(1), tell(1, answer)},
		},
		{"nobody answers", fmt.Sprintf("%d/%d 2 of 2 [1 2]", Unanswered, Fail), ms, [][]byte{ask(1), ask(2)}},
		{
			"unreachable", fmt.Sprintf("%d/%d 1 of 0 [2]\n%d/%d 1 of 1 [1]", Undelivered, Fail, Unanswered, Fail), ms, [][]byte{ask(1), unreachable},
		},
		{
			"no", fmt.Sprintf("%d/%d 1 of 2 [2]\n%d/%d 1 of 0 [4]\n%d/%d 2 of 0 [4] 1ms 1ms 1ms", AnsweredNo, Warn, AnswersCut, Warn, AnswerTimes, Info), ms,
			[][]byte{ask(1), tell(1, failed), ask(2), tell(2, truncated)},
		},
		{
			"slow", fmt.Sprintf("%d/%d 3 of 0 [6] 1ms 1ms 2s", SlowAnswers, Warn),
			func(k int) time.Duration {
				if k == 5 {
					return 2 * time.Second
				}
				return time.Millisecond
			},
			[][]byte{ask(1), tell(1, answer), ask(2), tell(2, answer), ask(3), tell(3, answer)},
		},
		{"one speaks", fmt.Sprintf("%d/%d 2 of 0 []", OneSpeaks, Info), ms, [][]byte{ipPacket(17, 1, 2, udp(5000, 9999, "a")), ipPacket(17, 1, 2, udp(5000, 9999, "b"))}},
		{"group", fmt.Sprintf("%d/%d 1 of 0 []", ToGroup, Info), ms, [][]byte{ipPacket(17, 1, 0, udp(5353, 5353, dnsText(0, 0)))}},
		{"both", fmt.Sprintf("%d/%d 2 of 0 []", NothingOdd, OK), ms, [][]byte{ipPacket(17, 1, 2, udp(5000, 9999, "a")), ipPacket(17, 2, 1, udp(9999, 5000, "b"))}},
	} {
		if got := otherOf(t, 0, c.step, c.packets...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	if got, want := otherOf(t, 1, ms, ask(1), unreachable), fmt.Sprintf("%d/%d 1 of 1 [2]\n%d/%d 1 of 0 []", Complaints, Warn, OneSpeaks, Info); got != want {
		t.Errorf("the errors themselves:\n got %s\nwant %s", got, want)
	}
}
