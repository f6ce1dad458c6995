package filter

import (
	"errors"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

func TestTcpdump(t *testing.T) {
	for text, want := range map[string]string{
		"tcp":                                  "tcp",
		"tcp.port == 80":                       "tcp and port 80",
		"tcp.port != 80":                       "tcp and not port 80",
		"tcp.srcport in {80, 8000..8080}":      "tcp and (src port 80 or src portrange 8000-8080)",
		"tcp.dstport < 1024":                   "tcp and dst portrange 0-1023",
		"ip.addr == 10.0.0.1":                  "tcp and host 10.0.0.1",
		"ip.src == 10.1.2.3/8 && ipv6":         "tcp and (src net 10.0.0.0/8 and ip6)",
		"ipv6.dst == ::1":                      "tcp and dst host ::1",
		"frame.len > 100 || !ip":               "tcp and (len > 100 or not ip)",
		"tcp.flags.syn == 1":                   "tcp and (tcp[13] & 0x02 != 0 or ip6[6] == 6 and ip6[53] & 0x02 != 0)",
		"tcp.flags.ae == 0":                    "tcp and (tcp[12] & 0x01 == 0 or ip6[6] == 6 and ip6[52] & 0x01 == 0)",
		"tcp.flags & 0x12 == 2":                "tcp and (tcp[12:2] & 0x12 == 2 or ip6[6] == 6 and ip6[52:2] & 0x12 == 2)",
		"tcp.window_size_value == 0":           "tcp and (tcp[14:2] == 0 or ip6[6] == 6 and ip6[54:2] == 0)",
		"ip.addr == 1.2.3.4 xor tcp.port == 1": "tcp and (((host 1.2.3.4 and not port 1) or (not host 1.2.3.4 and port 1)))",
		"tcp.seq == 1":                         "! tcp.seq is counted from the start of the connection; tcpdump sees only the numbers on the wire.",
		"http.host == x || tcp.port == 80":     "! tcpdump does not decode messages, so it does not know http.host.",
		"tcp.analysis.retransmission":          "! tcpdump sees one packet at a time and does not know tcp.analysis.retransmission, which takes the packets before it.",
		`tcp.payload contains "x"`:             "! tcpdump cannot look for bytes at any place of the payload, as tcp.payload does.",
		"tcp.stream == 4":                      "! tcp.stream is a number in this capture; tcpdump does not know it. The filter of the connection has an equivalent.",
		"frame.number == 4":                    "! frame.number numbers packets of this file; tcpdump does not know them.",
		"frame.time_relative < 4":              "! tcpdump does not choose by time, as frame.time_relative does.",
		"all tcp.port > 4":                     "! tcpdump has no equivalent of this condition on tcp.port.",
	} {
		got, err := mustParse(t, text).Tcpdump()
		var none *NoTcpdump
		if errors.As(err, &none) {
			got = "! " + none.In(narrate.English)
		}
		if got != want {
			t.Errorf("%s:\n %s\n %s (wanted)", text, got, want)
		}
	}
}

// TestBridge goes from a connection to its filters and back.
func TestBridge(t *testing.T) {
	b := newBuilder(t)
	for n := range 3 {
		b.talk(n).handshake()
	}
	s := ran(t, b.capture(t))
	c := s.Connection(1)
	here, anywhere, dump := ForConnection(&c)
	if got, want := framesOf(t, s, here), framesOf(t, s, anywhere); len(got) != 3 || len(want) != 3 || got[0] != want[0] {
		t.Errorf("%s finds %v, %s %v", here, got, anywhere, want)
	}
	if want := "tcp and ((src host 10.0.0.1 and src port 1001 and dst host 10.0.0.2 and dst port 80) or (src host 10.0.0.2 and src port 80 and dst host 10.0.0.1 and dst port 1001))"; dump != want {
		t.Errorf("for tcpdump: %s", dump)
	}
	v6 := tcp.Connection{Stream: 2}
	if here, _, _ := ForConnection(&v6); here != "tcp.stream == 2" {
		t.Error(here)
	}
	if got := ForFrames([]uint32{1, 2, 3, 7}); got != "frame.number in {1..3, 7}" {
		t.Error(got)
	}
	if got := ForFrames([]uint32{7}) + " " + ForFrames(nil); got != "frame.number == 7 frame.number == 0" || strings.Contains(got, "{}") {
		t.Error(got)
	}
}
