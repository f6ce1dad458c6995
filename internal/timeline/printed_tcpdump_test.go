package timeline

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// tcpdumpRows are the lines that tcpdump printed of two connections to a WebSocket server: time, ports, and the rest without
// the options. The first connection opens here, of the second one only the middle is printed.
const tcpdumpRows = `
17:50:00.523910 60653 7272 Flags [S], seq 3524290970, win 32768, length 0
17:50:00.523935 7272 60653 Flags [S.], seq 692696454, ack 3524290971, win 32768, length 0
17:50:00.523948 60653 7272 Flags [.], ack 1, win 256, length 0
17:50:00.524412 60653 7272 Flags [P.], seq 1:716, ack 1, win 256, length 715
17:50:00.524423 7272 60653 Flags [.], ack 716, win 256, length 0
17:50:00.535918 7272 60653 Flags [P.], seq 1:157, ack 716, win 256, length 156
17:50:00.535932 60653 7272 Flags [.], ack 157, win 256, length 0
17:50:30.652680 60653 7272 Flags [P.], seq 716:754, ack 157, win 256, length 38
17:50:30.653546 7272 60653 Flags [P.], seq 157:267, ack 754, win 256, length 110
17:50:30.653559 60653 7272 Flags [.], ack 267, win 256, length 0
17:50:30.653689 7272 60653 Flags [P.], seq 267:346, ack 754, win 256, length 79
17:50:30.653695 60653 7272 Flags [.], ack 346, win 256, length 0
17:50:30.653749 7272 60584 Flags [P.], seq 436:515, ack 816, win 256, length 79
17:50:30.653755 60584 7272 Flags [.], ack 515, win 256, length 0
17:51:02.775205 60653 7272 Flags [P.], seq 754:812, ack 346, win 256, length 58
17:51:02.776785 7272 60653 Flags [P.], seq 346:448, ack 812, win 256, length 102
17:51:02.776808 60653 7272 Flags [.], ack 448, win 256, length 0
17:51:02.776827 7272 60584 Flags [P.], seq 515:617, ack 816, win 256, length 102
17:51:02.776842 60584 7272 Flags [.], ack 617, win 256, length 0
`

const (
	tcpdumpScale  = 7     // "wscale 7"
	tcpdumpMSS    = 16396 // "mss 16396"
	tcpdumpClient = 60653
	otherClient   = 60584
	websocketPort = 7272
)

// tcpdumpStart are the numbers that the connections began with: printed for the first one.
var tcpdumpStart = map[[2]uint16]uint32{
	{tcpdumpClient, websocketPort}: 3_524_290_970, {websocketPort, tcpdumpClient}: 692_696_454,
	{otherClient, websocketPort}: 4_294_967_000, {websocketPort, otherClient}: 1,
}

func parseTcpdump(t *testing.T) (all []printedSegment) {
	t.Helper()
	letters := map[rune]packet.Flags{'S': packet.SYN, '.': packet.ACK, 'P': packet.PSH}
	for line := range strings.SplitSeq(strings.TrimSpace(tcpdumpRows), "\n") {
		var p printedSegment
		var clock string
		numbers, text, _ := strings.Cut(line, " Flags [")
		if _, err := fmt.Sscan(numbers, &clock, &p.src, &p.dst); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		p.text = "Flags [" + text
		at, err := time.Parse(time.DateTime, "2014-08-12 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		p.at = time.Duration(at.UnixNano())
		names, values, _ := strings.Cut(text, "], ")
		for _, r := range names {
			p.flags |= letters[r]
		}
		for field := range strings.SplitSeq(values, ", ") {
			name, value, _ := strings.Cut(field, " ")
			into := map[string]*uint32{"seq": &p.seq, "ack": &p.ack, "win": &p.window, "length": &p.length}[name]
			value, _, _ = strings.Cut(value, ":")
			if _, err := fmt.Sscan(value, into); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		}
		all = append(all, p)
	}
	return all
}

// payloads of the first connection's lengths: an HTTP upgrade, then WebSocket frames. The print shows the frames' lengths too.
func websocketPayload(length uint32, fromClient bool) []byte {
	var b []byte
	switch {
	case length == 715:
		b = []byte("GET / HTTP/1.1\r\nHost: 127.0.0.1:7272\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: zPDr6m4czzUdOFnsxIUEAw==\r\n" +
			"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nCookie: ")
	case length == 156:
		b = []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Accept: nSsCeIBUsFnDJCRb/BNlFzBUDpM=\r\nX: ")
	case fromClient:
		const masked = 0x80
		b = []byte{0x81, masked | byte(length-6), 0, 0, 0, 0}
		return append(b, bytes.Repeat([]byte("c"), int(length)-len(b))...)
	default:
		b = []byte{0x81, byte(length - 2)}
		return append(b, bytes.Repeat([]byte("s"), int(length)-len(b))...)
	}
	b = append(b, bytes.Repeat([]byte("h"), int(length)-len(b)-4)...)
	return append(b, "\r\n\r\n"...)
}

func TestRowsPrintedByTcpdump(t *testing.T) {
	printed := parseTcpdump(t)
	var bodies [][]byte
	var times []int64
	add := func(p *printedSegment, payload []byte) {
		seq, ack := p.seq, p.ack
		options := timestamps(28_679_666, 28_679_554)
		if p.flags.Has(packet.SYN) { // these are printed as they are
			options = append([]byte{2, 4, tcpdumpMSS >> 8, tcpdumpMSS & 0xff, 4, 2}, timestamps(28_679_666, 28_679_554)[2:]...)
			options = append(options, 1, 3, 3, tcpdumpScale)
		} else {
			seq += tcpdumpStart[[2]uint16{p.src, p.dst}]
			ack += tcpdumpStart[[2]uint16{p.dst, p.src}]
		}
		bodies = append(bodies, tcpSegment(p.src, p.dst, seq, ack, p.flags, uint16(p.window), options, payload))
		times = append(times, int64(p.at))
	}
	// Before the first line the second connection was opened and used.
	client, server := tcpdumpStart[[2]uint16{otherClient, websocketPort}], tcpdumpStart[[2]uint16{websocketPort, otherClient}]
	before := printed[0].at - time.Minute
	for _, p := range []printedSegment{
		{src: otherClient, dst: websocketPort, flags: packet.SYN, seq: client, window: 32768},
		{src: websocketPort, dst: otherClient, flags: packet.SYN | packet.ACK, seq: server, ack: client + 1, window: 32768},
		{src: otherClient, dst: websocketPort, flags: packet.ACK, seq: 1, ack: 1, window: 256},
		{src: otherClient, dst: websocketPort, flags: packet.ACK | packet.PSH, seq: 1, ack: 1, window: 256, length: 815},
		{src: websocketPort, dst: otherClient, flags: packet.ACK | packet.PSH, seq: 1, ack: 816, window: 256, length: 435},
		{src: otherClient, dst: websocketPort, flags: packet.ACK, seq: 816, ack: 436, window: 256},
	} {
		p.at = before
		add(&p, bytes.Repeat([]byte{0}, int(p.length)))
	}
	unprinted := len(bodies)
	// The line of a pure ACK has no seq: it is where its sender stands.
	next := map[[2]uint16]uint32{{otherClient, websocketPort}: 816}
	for i := range printed {
		p := &printed[i]
		p.frame = uint32(unprinted + i + 1)
		from := [2]uint16{p.src, p.dst}
		switch {
		case p.flags.Has(packet.SYN):
			next[from] = 1
		case p.length == 0:
			p.seq = next[from]
		default:
			next[from] = p.seq + p.length
		}
		var payload []byte
		if p.length > 0 {
			payload = websocketPayload(p.length, p.dst == websocketPort)
		}
		add(p, payload)
	}
	linuxCooked := []byte{0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}
	s := printedCapture(t, capture.LinkTypeLinuxSLL, linuxCooked, bodies, times)
	rows, views := printedBubbles(t, s)
	if len(rows) != len(bodies) || s.Streams() != 2 {
		t.Fatalf("%d rows of %d packets in %d connections", len(rows), len(bodies), s.Streams())
	}
	for i := range printed {
		checkTcpdumpRow(t, &printed[i], rows[printed[i].frame], views[printed[i].frame])
	}
}

func checkTcpdumpRow(t *testing.T, p *printedSegment, r *Row, v *session.View) {
	t.Helper()
	rec := v.At(r.Packet)
	raw, ok := v.Raw(r.Packet)
	if !ok || uint32(raw.Window) != p.window {
		t.Errorf("%d: window %d, printed: %d", p.frame, raw.Window, p.window)
	}
	w := narrate.Segment{Flags: rec.Flags, Seq: rec.Seq, Ack: rec.Ack, NextSeq: rec.Seq + rec.Len, Len: rec.Len, Window: p.window}
	scaled := rec.Window
	if rec.Flags.Has(packet.SYN) {
		w.Seq, w.Ack = raw.Seq, raw.Ack
		checkOptions(t, v, r.Packet, packet.Options{MSS: tcpdumpMSS, WindowScale: tcpdumpScale})
	} else {
		scaled >>= tcpdumpScale
	}
	if scaled != p.window {
		t.Errorf("%d: window %d, printed %d before scaling", p.frame, rec.Window, p.window)
	}
	if got := narrate.Tcpdump.Write(w); got != p.text {
		t.Errorf("%d: %s, printed: %s", p.frame, got, p.text)
	}
	if want := time.Unix(0, int64(p.at)).UTC().Format("15:04:05.000000"); r.Time != want {
		t.Errorf("%d: at %s, printed: %s", p.frame, r.Time, want)
	}
	if rec.Labels != 0 {
		t.Errorf("%d: labels %v, none are printed", p.frame, rec.Labels.Names())
	}
	checkTcpdumpFrames(t, p, r)
}

// checkTcpdumpFrames compares the WebSocket frames with the length bytes in the print: an l (108), an M (77), a d (100), and what
// the masked ones must have.
func checkTcpdumpFrames(t *testing.T, p *printedSegment, r *Row) {
	t.Helper()
	want := map[uint32]string{38: "32", 110: "108", 79: "77", 58: "52", 102: "100"}[p.length]
	if p.src == otherClient || p.dst == otherClient {
		want = "" // its upgrade is not printed
	}
	if want == "" && len(r.Frames) > 0 || want != "" && (len(r.Frames) != 1 || r.Frames[0].Length != want) {
		t.Errorf("%d: frames %+v, want one with %q bytes", p.frame, r.Frames, want)
	}
}
