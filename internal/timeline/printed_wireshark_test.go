package timeline

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// wiresharkRows are the TCP rows of three connections to a chat server on a Mac's loopback interface: number, seconds, frame
// length, ports, label if any, and the rest as Wireshark shows it in front of the options.
const wiresharkRows = `
1 0.000000 68 51107 1234 [SYN] Seq=0 Win=65535 Len=0
2 0.000085 68 1234 51107 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0
3 0.000098 56 51107 1234 [ACK] Seq=1 Ack=1 Win=408256 Len=0
4 0.000113 56 1234 51107 window_update [ACK] Seq=1 Ack=1 Win=408256 Len=0
5 0.002854 60 51107 1234 [PSH, ACK] Seq=1 Ack=1 Win=408256 Len=4
6 0.002889 56 1234 51107 [ACK] Seq=1 Ack=5 Win=408256 Len=0
7 0.002943 57 51107 1234 [PSH, ACK] Seq=5 Ack=1 Win=408256 Len=1
8 0.002963 56 1234 51107 [ACK] Seq=1 Ack=6 Win=408256 Len=0
9 40.853050 59 51107 1234 [PSH, ACK] Seq=6 Ack=1 Win=408256 Len=3
10 40.853082 56 1234 51107 [ACK] Seq=1 Ack=9 Win=408256 Len=0
11 40.853348 57 51107 1234 [PSH, ACK] Seq=9 Ack=1 Win=408256 Len=1
12 40.853366 56 1234 51107 [ACK] Seq=1 Ack=10 Win=408256 Len=0
13 131.676135 68 51114 1234 [SYN] Seq=0 Win=65535 Len=0
14 131.676214 68 1234 51114 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0
15 131.676227 56 51114 1234 [ACK] Seq=1 Ack=1 Win=408256 Len=0
16 131.676241 56 1234 51114 window_update [ACK] Seq=1 Ack=1 Win=408256 Len=0
17 131.679059 59 51114 1234 [PSH, ACK] Seq=1 Ack=1 Win=408256 Len=3
18 131.679092 56 1234 51114 [ACK] Seq=1 Ack=4 Win=408256 Len=0
19 131.679128 57 51114 1234 [PSH, ACK] Seq=4 Ack=1 Win=408256 Len=1
20 131.679146 56 1234 51114 [ACK] Seq=1 Ack=5 Win=408256 Len=0
21 131.693671 77 1234 51107 [PSH, ACK] Seq=1 Ack=10 Win=408256 Len=21
22 131.693732 56 51107 1234 [ACK] Seq=10 Ack=22 Win=408256 Len=0
23 131.693789 57 1234 51107 [PSH, ACK] Seq=22 Ack=10 Win=408256 Len=1
24 131.693824 56 51107 1234 [ACK] Seq=10 Ack=23 Win=408256 Len=0
25 366.829802 59 51114 1234 [PSH, ACK] Seq=5 Ack=1 Win=408256 Len=3
26 366.829854 56 1234 51114 [ACK] Seq=1 Ack=8 Win=408256 Len=0
27 366.829956 57 51114 1234 [PSH, ACK] Seq=8 Ack=1 Win=408256 Len=1
28 366.829998 56 1234 51114 [ACK] Seq=1 Ack=9 Win=408256 Len=0
29 366.877126 65 1234 51107 [PSH, ACK] Seq=23 Ack=10 Win=408256 Len=9
30 366.877175 56 51107 1234 [ACK] Seq=10 Ack=32 Win=408256 Len=0
31 366.878064 57 1234 51107 [PSH, ACK] Seq=32 Ack=10 Win=408256 Len=1
32 366.878099 56 51107 1234 [ACK] Seq=10 Ack=33 Win=408256 Len=0
49 686.881495 68 51139 1234 [SYN] Seq=0 Win=65535 Len=0
50 686.881578 68 1234 51139 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0
51 686.881592 56 51139 1234 [ACK] Seq=1 Ack=1 Win=408256 Len=0
52 686.881605 56 1234 51139 window_update [ACK] Seq=1 Ack=1 Win=408256 Len=0
53 686.885086 61 51139 1234 [PSH, ACK] Seq=1 Ack=1 Win=408256 Len=5
54 686.885123 56 1234 51139 [ACK] Seq=1 Ack=6 Win=408256 Len=0
55 686.885177 57 51139 1234 [PSH, ACK] Seq=6 Ack=1 Win=408256 Len=1
56 686.885221 56 1234 51139 [ACK] Seq=1 Ack=7 Win=408256 Len=0
57 686.889213 79 1234 51107 [PSH, ACK] Seq=33 Ack=10 Win=408256 Len=23
58 686.889256 56 51107 1234 [ACK] Seq=10 Ack=56 Win=408192 Len=0
59 686.889318 57 1234 51107 [PSH, ACK] Seq=56 Ack=10 Win=408256 Len=1
60 686.889344 56 51107 1234 [ACK] Seq=10 Ack=57 Win=408192 Len=0
61 686.891945 79 1234 51114 [PSH, ACK] Seq=1 Ack=9 Win=408256 Len=23
62 686.891984 56 51114 1234 [ACK] Seq=9 Ack=24 Win=408256 Len=0
63 686.892028 57 1234 51114 [PSH, ACK] Seq=24 Ack=9 Win=408256 Len=1
64 686.892050 56 51114 1234 [ACK] Seq=9 Ack=25 Win=408256 Len=0
65 766.616612 59 51139 1234 [PSH, ACK] Seq=7 Ack=1 Win=408256 Len=3
66 766.616652 56 1234 51139 [ACK] Seq=1 Ack=10 Win=408256 Len=0
67 766.616680 57 51139 1234 [PSH, ACK] Seq=10 Ack=1 Win=408256 Len=1
68 766.616707 56 1234 51139 [ACK] Seq=1 Ack=11 Win=408256 Len=0
69 766.617675 67 1234 51107 [PSH, ACK] Seq=57 Ack=10 Win=408256 Len=11
70 766.617698 56 51107 1234 [ACK] Seq=10 Ack=68 Win=408192 Len=0
71 766.618130 57 1234 51107 [PSH, ACK] Seq=68 Ack=10 Win=408256 Len=1
72 766.618158 56 51107 1234 [ACK] Seq=10 Ack=69 Win=408192 Len=0
73 766.618304 67 1234 51114 [PSH, ACK] Seq=25 Ack=9 Win=408256 Len=11
74 766.618333 56 51114 1234 [ACK] Seq=9 Ack=36 Win=408256 Len=0
75 766.618356 57 1234 51114 [PSH, ACK] Seq=36 Ack=9 Win=408256 Len=1
76 766.618381 56 51114 1234 [ACK] Seq=9 Ack=37 Win=408256 Len=0
`

// Of the raw numbers the print shows only two, as bytes: client 51107 began at 0xe5fbd040, client 51114 at 0xa775547f.
var wiresharkStart = map[uint16]uint32{51107: 0xe5fbd040, 51114: 0xa775547f, 51139: 77_000, 1234: 4_294_967_290}

const (
	wiresharkScale = 6     // "WS=64"
	wiresharkMSS   = 16344 // of the loopback interface
	chatPort       = 1234
)

func parseWireshark(t *testing.T) (all []printedSegment) {
	t.Helper()
	flags := map[string]packet.Flags{"SYN": packet.SYN, "ACK": packet.ACK, "PSH": packet.PSH}
	for line := range strings.SplitSeq(strings.TrimSpace(wiresharkRows), "\n") {
		var p printedSegment
		var at float64
		numbers, text, _ := strings.Cut(line, " [")
		p.text = "[" + text
		var label string
		if n, err := fmt.Sscan(numbers, &p.frame, &at, &p.frameLen, &p.src, &p.dst, &label); n < 5 {
			t.Fatalf("%q: %v", line, err)
		}
		if label != "" {
			p.label, _ = tcp.LabelNamed(label)
		}
		p.at = time.Duration(at*1e6+0.5) * time.Microsecond
		names, values, _ := strings.Cut(text, "] ")
		for name := range strings.SplitSeq(names, ", ") {
			p.flags |= flags[name]
		}
		into := map[string]*uint32{"Seq": &p.seq, "Ack": &p.ack, "Win": &p.window, "Len": &p.length}
		for field := range strings.FieldsSeq(values) {
			name, value, _ := strings.Cut(field, "=")
			if _, err := fmt.Sscan(value, into[name]); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		}
		all = append(all, p)
	}
	return all
}

func TestRowsPrintedByWireshark(t *testing.T) {
	printed := parseWireshark(t)
	const start = 1_616_000_000 * int64(time.Second)
	var bodies [][]byte
	var times []int64
	frame := uint32(0)
	add := func(body []byte, at time.Duration) {
		frame++
		bodies, times = append(bodies, body), append(times, start+int64(at))
	}
	for _, p := range printed {
		for frame+1 < p.frame { // what is not printed is mDNS
			add(ipv4(17, append([]byte{0x14, 0xe9, 0x14, 0xe9, 0, 8 + 4, 0, 0}, "mdns"...)), p.at-time.Second)
		}
		window, options := p.window>>wiresharkScale, timestamps(289_541_546+frame, 289_541_546)
		if p.flags.Has(packet.SYN) {
			window = p.window
			options = append([]byte{2, 4, wiresharkMSS >> 8, wiresharkMSS & 0xff, 1, 3, 3, wiresharkScale}, options...)
			options = append(options, 4, 2, 0, 0)
		}
		var ack uint32
		if p.flags.Has(packet.ACK) {
			ack = wiresharkStart[p.dst] + p.ack
		}
		add(tcpSegment(p.src, p.dst, wiresharkStart[p.src]+p.seq, ack, p.flags, uint16(window), options, bytes.Repeat([]byte("x"), int(p.length))), p.at)
	}
	s := printedCapture(t, capture.LinkTypeNull, []byte{2, 0, 0, 0}, bodies, times)
	if c := s.Counts(); c.Frames != 76 || c.Segments != len(printed) || c.Streams != 3 {
		t.Fatalf("%d packets, %d segments, %d connections", c.Frames, c.Segments, c.Streams)
	}
	rows, views := printedBubbles(t, s)
	if len(rows) != len(printed) {
		t.Errorf("%d rows, %d are printed", len(rows), len(printed))
	}
	for _, p := range printed {
		r, v := rows[p.frame], views[p.frame]
		if r == nil {
			t.Errorf("no row for packet %d", p.frame)
			continue
		}
		rec := v.At(r.Packet)
		if got := segmentText(narrate.Wireshark, rec); got != p.text {
			t.Errorf("%d: %s, printed: %s", p.frame, got, p.text)
		}
		if int(rec.OrigLen) != p.frameLen {
			t.Errorf("%d: %d bytes, printed: %d", p.frame, rec.OrigLen, p.frameLen)
		}
		if want := time.Unix(0, start+int64(p.at)).UTC().Format("15:04:05.000000"); r.Time != want {
			t.Errorf("%d: at %s, printed: %s", p.frame, r.Time, want)
		}
		if got := meta(&p); r.Meta != got {
			t.Errorf("%d: %s, printed: %s", p.frame, r.Meta, got)
		}
		var labels tcp.Labels
		for _, c := range r.Chips {
			labels |= c.Label
		}
		if labels != p.label || rec.Labels != p.label {
			t.Errorf("%d: labels %v on the row, %v in the record, printed: %v", p.frame, labels.Names(), rec.Labels.Names(), p.label.Names())
		}
		if (v.Conn.Client.Port() == p.src) != (r.Dir == 0) || v.Conn.Server != netip.AddrPortFrom(localhost, chatPort) {
			t.Errorf("%d: sent by the %v of %v and %v", p.frame, r.Dir, v.Conn.Client, v.Conn.Server)
		}
		if p.flags.Has(packet.SYN) {
			checkOptions(t, v, r.Packet, packet.Options{MSS: wiresharkMSS, WindowScale: wiresharkScale})
		}
	}
}

// segmentText writes a record as the terminal does.
func segmentText(n narrate.Notation, r *session.Record) string {
	return n.Write(narrate.Segment{Flags: r.Flags, Seq: r.Seq, Ack: r.Ack, NextSeq: r.Seq + r.Len, Len: r.Len, Window: r.Window})
}

// meta writes the numbers as a bubble does.
func meta(p *printedSegment) string {
	s := "seq " + narrate.Count(uint64(p.seq))
	if p.flags.Has(packet.ACK) {
		s += "  ack " + narrate.Count(uint64(p.ack))
	}
	return s + "  len " + narrate.Count(uint64(p.length)) + "  win " + narrate.Count(uint64(p.window))
}
