package packet

import (
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/capture"
)

// draw renders cells as "row.bit+bits id" with the options' numbers.
func draw(h *TCPHeader) string {
	var b strings.Builder
	for _, c := range h.Cells {
		fmt.Fprintf(&b, "%d.%d+%d %s=%s", c.Row, c.Bit, c.Bits, strings.TrimPrefix(c.FieldID, "tcp."), c.Value)
		if c.Option > 0 {
			fmt.Fprintf(&b, " (%d %s)", c.Option, c.OptionName)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestHeaderLayout(t *testing.T) {
	h := Header(pkt(capture.LinkTypeEthernet, usualSYN()))
	if h.Offset != 34 || h.Len != 40 || h.Rows != 10 || h.Quoted {
		t.Errorf("offset %d, length %d, rows %d", h.Offset, h.Len, h.Rows)
	}
	got := draw(h)
	checksum := Dissect(pkt(capture.LinkTypeEthernet, usualSYN())).Find("tcp.checksum").Value
	want := `0.0+16 srcport=49152
0.16+16 dstport=80
1.0+32 seq=100
2.0+32 ack=1000
3.0+4 hdr_len=10 (40 bytes)
3.4+3 flags.res=0
3.7+1 flags.ae=not set
3.8+1 flags.cwr=not set
3.9+1 flags.ece=not set
3.10+1 flags.urg=not set
3.11+1 flags.ack=not set
3.12+1 flags.push=not set
3.13+1 flags.reset=not set
3.14+1 flags.syn=set
3.15+1 flags.fin=not set
3.16+16 window_size_value=8192
4.0+16 checksum=` + checksum + `
4.16+16 urgent_pointer=0
5.0+8 option_kind=2 (1 Maximum segment size)
5.8+8 option_len=4 (1 Maximum segment size)
5.16+16 options.mss_val=1460 (1 Maximum segment size)
6.0+8 option_kind=4 (2 SACK permitted)
6.8+8 option_len=2 (2 SACK permitted)
6.16+8 option_kind=8 (3 Timestamps)
6.24+8 option_len=10 (3 Timestamps)
7.0+32 options.timestamp.tsval=1 (3 Timestamps)
8.0+32 options.timestamp.tsecr=2 (3 Timestamps)
9.0+8 option_kind=1 (4 No operation)
9.8+8 option_kind=3 (5 Window scale)
9.16+8 option_len=3 (5 Window scale)
9.24+8 options.wscale.shift=7 (5 Window scale)
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, c := range h.Cells {
		if c.Set != (c.FieldID == "tcp.flags.syn") {
			t.Errorf("%s: Set %v", c.FieldID, c.Set)
		}
	}
}

// TestHeaderOptionKinds looks at how the other options are laid out, also across rows.
func TestHeaderOptionKinds(t *testing.T) {
	tests := []struct{ name, hex, want string }{
		{"SACK behind one no-operation crosses rows", "01 050a 00000010 00000020", `5.0+8 option_kind=1 (1 No operation)
5.8+8 option_kind=5 (2 Selective acknowledgment)
5.16+8 option_len=10 (2 Selective acknowledgment)
5.24+8 options.sack_le=16 (2 Selective acknowledgment)
6.0+24 options.sack_le=16 (2 Selective acknowledgment)
6.24+8 options.sack_re=32 (2 Selective acknowledgment)
7.0+24 options.sack_re=32 (2 Selective acknowledgment)
7.24+8 option_kind=0 (3 End of options)
`},
		{"MPTCP", "1e04 0181", `5.0+8 option_kind=30 (1 Multipath TCP)
5.8+8 option_len=4 (1 Multipath TCP)
5.16+4 options.mptcp.subtype=0 (1 Multipath TCP)
5.20+4 options.mptcp.flags=0x01 (1 Multipath TCP)
5.24+8 options.mptcp.data=81 (1 Multipath TCP)
`},
		{"fast open", "2206 01020304 00", `5.0+8 option_kind=34 (1 Fast Open)
5.8+8 option_len=6 (1 Fast Open)
5.16+16 options.tfo.cookie=01020304 (1 Fast Open)
6.0+16 options.tfo.cookie=01020304 (1 Fast Open)
6.16+8 option_kind=0 (2 End of options)
6.24+8 options.padding=00 (3 Padding)
`},
		{"unknown", "fc04 abcd", `5.0+8 option_kind=252 (1 Option 252)
5.8+8 option_len=4 (1 Option 252)
5.16+16 options.unknown.payload=abcd (1 Option 252)
`},
		{"malformed", "0209 0000", "5.0+32 options.malformed=02090000 (1 Malformed or cut option)\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Header(pkt(capture.LinkTypeRaw, withOptions(unhex(tt.hex))))
			got := draw(h)
			if _, got, _ = strings.Cut(got, "urgent_pointer=0\n"); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestHeaderAbsentAndNested(t *testing.T) {
	if h := Header(pkt(capture.LinkTypeRaw, ip4(protoUDP, udpTo(53, nil)))); h != nil {
		t.Errorf("a UDP datagram has a TCP header: %+v", h)
	}
	quote := ip4(protoICMP, join(make([]byte, 0), unhex("0304 0000 0000 0578"), ip4(protoTCP, tcpHello)))
	all := Headers(pkt(capture.LinkTypeRaw, quote))
	if len(all) != 1 || !all[0].Quoted || all[0].Offset != 48 {
		t.Errorf("got %+v", all)
	}
}

// checkCells holds for every header: cells lie inside their rows, in order, and never overlap.
func checkCells(t *testing.T, h *TCPHeader) {
	t.Helper()
	next := 0
	for _, c := range h.Cells {
		at := c.Row*HeaderRowBits + c.Bit
		if at < next || c.Bits < 1 || c.Bit+c.Bits > HeaderRowBits || c.Row >= h.Rows {
			t.Fatalf("cell %+v does not fit behind bit %d of %d rows", c, next, h.Rows)
		}
		next = at + c.Bits
	}
	if next > h.Len*8 {
		t.Fatalf("cells up to bit %d, but %d bytes were captured", next, h.Len)
	}
}

// TestFlagLetters checks the letters of the control bits; reserved bits have none.
func TestFlagLetters(t *testing.T) {
	for _, c := range []struct {
		flags Flags
		want  string
	}{
		{0, ""},
		{SYN | ACK, "SA"},
		{FIN | PSH | ACK, "FPA"},
		{SYN | ECE | CWR | AE, "SECN"},
		{RST | URG | 1<<11, "RU"},
	} {
		if got := string(c.flags.AppendLetters(nil, FlagLetters)); got != c.want {
			t.Errorf("%b: %q, want %q", c.flags, got, c.want)
		}
	}
}
