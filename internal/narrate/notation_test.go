package narrate

import (
	"testing"

	"tcptalk/internal/packet"
)

// TestFlagNotations writes control bits that recordings hardly have; package timeline compares whole recordings with what
// tcpdump and tshark print.
func TestFlagNotations(t *testing.T) {
	for _, c := range []struct {
		flags            packet.Flags
		tshark, tcpdump  string
		data             uint32
		tsharkE, tcpdmpE string
	}{
		{0, "[<None>]", "Flags [none]", 0, " Seq=7 Win=9 Len=0", ", win 9, length 0"},
		{packet.SYN | packet.ECE | packet.CWR, "[SYN, ECE, CWR]", "Flags [SEW]", 0, " Seq=7 Win=9 Len=0", ", seq 7, win 9, length 0"},
		{packet.ACK | packet.URG | packet.PSH, "[PSH, ACK, URG]", "Flags [P.U]", 5, " Seq=7 Ack=8 Win=9 Len=5", ", seq 7:12, ack 8, win 9, length 5"},
		{packet.RST, "[RST]", "Flags [R]", 0, " Seq=7 Win=9 Len=0", ", seq 7, win 9, length 0"},
		{packet.ACK | 1<<10, "[ACK, Reserved]", "Flags [.]", 0, " Seq=7 Ack=8 Win=9 Len=0", ", ack 8, win 9, length 0"},
	} {
		s := Segment{Flags: c.flags, Seq: 7, Ack: 8, NextSeq: 7 + c.data, Len: c.data, Window: 9}
		if got := Wireshark.Write(s); got != c.tshark+c.tsharkE {
			t.Errorf("%q, want %q", got, c.tshark+c.tsharkE)
		}
		if got := Tcpdump.Write(s); got != c.tcpdump+c.tcpdmpE {
			t.Errorf("%q, want %q", got, c.tcpdump+c.tcpdmpE)
		}
	}
}
