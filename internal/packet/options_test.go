package packet

import (
	"testing"

	"tcptalk/internal/capture"
)

// withOptions builds a raw IPv4 packet whose TCP header carries these options, padded with end marks.
func withOptions(options []byte) []byte {
	for len(options)%4 != 0 {
		options = append(options, optEnd)
	}
	h := join(tcpHello[:tcpMinLen], options)
	h[12] = byte(len(h)/4) << 4
	h[13] = byte(SYN)
	return ip4(protoTCP, h)
}

func TestOptions(t *testing.T) {
	tests := []struct {
		name, hex string
		want      Options
	}{
		{"none", "", Options{}},
		{"usual SYN", "020405b4 0402 080a 00000001 00000002 01 030307", Options{
			HasMSS: true, MSS: 1460, SACKPermitted: true, HasTimestamps: true, TSVal: 1, TSEcr: 2, HasWindowScale: true, WindowScale: 7,
		}},
		{"aligned timestamps", "0101 080a 00000001 00000002", Options{HasTimestamps: true, TSVal: 1, TSEcr: 2}},
		{"aligned timestamps, then SACK", "0101 080a 00000001 00000002 0101 050a 00000010 00000020", Options{
			HasTimestamps: true, TSVal: 1, TSEcr: 2, NumSACK: 1, SACK: [4]SACKBlock{{16, 32}},
		}},
		{"four SACK blocks", "0522 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008", Options{
			NumSACK: 4, SACK: [4]SACKBlock{{1, 2}, {3, 4}, {5, 6}, {7, 8}},
		}},
		{"scale above 14 stays as sent", "0303ff", Options{HasWindowScale: true, WindowScale: 255}},
		{"wrong lengths are passed over", "0203ff 030400ff 0403ff 0809ffffffffffffff", Options{}},
		{"end mark ends", "00 020405b4", Options{}},
		{"fast open request has no cookie", "2202", Options{}},
		{"fast open cookie", "220a 0102030405060708", Options{FastOpen: true}},
		{"experimental fast open", "fe08 f989 01020304", Options{FastOpen: true}},
		{"experimental request", "fe04 f989", Options{}},
		{"other experiment", "fd08 1234 01020304", Options{}},
		{"MPTCP", "1e0c 0081 0000000000000000 1e08 20010000000000", Options{MPTCP: 1<<0 | 1<<2}},
		{"runs past the header", "020405b4 0312 00", Options{HasMSS: true, MSS: 1460, Overrun: true}},
		{"length 1", "020405b4 0301 0000", Options{HasMSS: true, MSS: 1460, Overrun: true}},
		{"length 0", "0300 0000", Options{Overrun: true}},
		{"SACK without a range", "020405b4 0506 00000001 0402", Options{HasMSS: true, MSS: 1460, Malformed: true}},
		{"MPTCP without subtype", "1e02", Options{Malformed: true}},
		{"MPTCP capable, too short", "1e03 00", Options{Malformed: true}},
		{"MPTCP fast close, too short", "1e0b 70 0000000000000000", Options{Malformed: true}},
		{"MPTCP priority", "1e03 50", Options{MPTCP: 1 << 5}},
		{"MPTCP data sequence, shortest", "1e04 2000", Options{MPTCP: 1 << 2}},
		{"MPTCP data sequence with everything, too short", "1e19 200f 000000000000000000000000000000000000000000", Options{Malformed: true}},
		{"MPTCP data sequence with everything", "1e1a 200f 00000000000000000000000000000000000000000000", Options{MPTCP: 1 << 2}},
		{"kind without length", "010101 03", Options{Overrun: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mustDecode(t, pkt(capture.LinkTypeRaw, withOptions(unhex(tt.hex))))
			if s.Options != tt.want {
				t.Errorf("got  %+v\nwant %+v", s.Options, tt.want)
			}
		})
	}
}

func TestCutOptions(t *testing.T) {
	b := withOptions(unhex("020405b4 0402 080a 00000001 00000002 01 030307"))
	for n := ipv4Len + tcpNeeded; n <= len(b); n++ {
		p := pkt(capture.LinkTypeRaw, b[:n])
		p.OrigLen = uint32(len(b))
		s := mustDecode(t, p)
		if cut := n < len(b); s.HeaderCut != cut || s.Options.HasMSS == cut {
			t.Errorf("%d bytes: HeaderCut %v, HasMSS %v", n, s.HeaderCut, s.Options.HasMSS)
		}
		if !s.HasLen || s.Len != 0 || len(s.Payload) != 0 {
			t.Errorf("%d bytes: HasLen %v, Len %d, %d payload bytes", n, s.HasLen, s.Len, len(s.Payload))
		}
	}
}
