// Package packet turns one captured record into the TCP segments it holds.
//
// Decoder walks link, network and tunnel headers, the common ones with gopacket's layers, which it reuses: nothing is
// allocated per packet. Which frames count, and how long a segment is, follows Wireshark; where gopacket's layers are
// stricter (cut or odd headers), this package has its own. Dissect builds the full field tree of one packet for display,
// Header the layout of its TCP header, both from the decoder's own walk. gopacket's types do not leave this package.
// Start with Decoder.Decode and Segment.
package packet

import (
	"net/netip"
	"strings"

	"tcptalk/internal/seqnum"
)

// Segment is one TCP segment as captured. The Decoder that returned it owns it and its bytes until its next call.
type Segment struct {
	// Frame is the capture.Packet's Number; of a reassembled datagram, the frame that completed it.
	Frame uint32
	// Time is nanoseconds since 1970-01-01 UTC.
	Time int64
	// FrameLen is the frame's original length in bytes.
	FrameLen uint32
	// Src and Dst are the addresses of the IP header directly below this TCP header (source routes resolved) with the ports.
	Src, Dst netip.AddrPort
	// Seq and Ack are the raw numbers on the wire; Ack is present even without the ACK flag.
	Seq, Ack seqnum.Number
	Flags    Flags
	// Window is the raw window field, unscaled.
	Window   uint16
	Checksum uint16
	Urgent   uint16
	// HeaderLen is the header length in bytes that the header itself claims (0..60).
	HeaderLen uint8
	// TTL is the IPv4 TTL or IPv6 hop limit, IPID the IPv4 identification (0 for IPv6).
	TTL  uint8
	IPID uint16
	// HasLen says that Len is known. It is not for a segment quoted in an ICMP error or sampled by sFlow, for a fragment of
	// an unreassembled datagram, and where HeaderLen exceeds the IP payload; such a segment takes no part in the analysis.
	HasLen bool
	// Len is the number of payload bytes by the IP length, independent of how much was captured.
	Len uint32
	// Payload is the captured part of the payload, at most Len bytes.
	Payload []byte
	// PayloadOffset is where Payload begins in the packet's Data; -1 if it was put together from IP fragments.
	PayloadOffset int32
	// HeaderCut says that the capture's snapshot length cut the TCP header or its options.
	HeaderCut bool
	// Quoted says that the header was quoted inside an ICMP or ICMPv6 error.
	Quoted  bool
	Options Options
}

// Flags are the low 12 bits of bytes 12 and 13 of the TCP header: the 9 named control bits and 3 reserved ones.
type Flags uint16

// The control bits (RFC 9293 §3.1, RFC 3168, RFC 9768 for AE).
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE
)

// Has reports that all flags of f are set.
func (s Flags) Has(f Flags) bool { return s&f == f }

// Any reports that at least one flag of f is set.
func (s Flags) Any(f Flags) bool { return s&f != 0 }

// Names of the control bits, from the lowest on.
var flagNames = [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"}

// FlagLetters are the control bits in one letter each, from the lowest on. Reserved bits have none.
const FlagLetters = "FSRPAUECN"

// String names the set control bits, lowest first: "SYN, ACK".
func (s Flags) String() string {
	var names []string
	for i, n := range flagNames {
		if s&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// AppendLetters appends the letter of each set control bit, lowest first; letters has one per bit, as FlagLetters.
func (s Flags) AppendLetters(b []byte, letters string) []byte {
	for i := range len(letters) {
		if s&(1<<i) != 0 {
			b = append(b, letters[i])
		}
	}
	return b
}

// Options are the TCP options of one segment, decoded. The zero value means: none.
type Options struct {
	// Malformed says that a SACK or MPTCP option is too short for what it must hold; the options before it are valid.
	// Wireshark stops there and shows no analysis of the segment.
	Malformed bool
	// Overrun says that an option's length runs past the header or is below 2; the options before it are valid. Wireshark
	// remarks on it and goes on.
	Overrun bool
	// HasMSS, HasWindowScale, SACKPermitted, HasTimestamps: the option was there.
	HasMSS, HasWindowScale, SACKPermitted, HasTimestamps bool
	MSS                                                  uint16
	// WindowScale is the shift as sent, not limited to 14.
	WindowScale uint8
	// TSVal and TSEcr are the timestamps option's two values (RFC 7323).
	TSVal, TSEcr uint32
	// SACK holds the first NumSACK ranges (RFC 2018), in the order sent.
	SACK    [4]SACKBlock
	NumSACK uint8
	// FastOpen says that a TCP Fast Open cookie was carried (option 34 longer than 2, or 253/254 with magic 0xF989 longer
	// than 4; RFC 7413).
	FastOpen bool
	// MPTCP is a bit set of the MPTCP subtypes seen (1<<subtype; RFC 8684).
	MPTCP uint16
}

// SACKBlock is one selectively acknowledged range [Left, Right) in raw sequence numbers.
type SACKBlock struct{ Left, Right seqnum.Number }
