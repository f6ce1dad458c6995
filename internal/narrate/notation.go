package narrate

import (
	"strconv"
	"strings"

	"tcptalk/internal/packet"
)

// Notation is a way to write a segment's flags and numbers.
type Notation uint8

// The notations.
const (
	Plain     Notation = iota // SYN ACK   seq 0  ack 1  len 0  win 65,160
	Wireshark                 // [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0
	Tcpdump                   // Flags [S.], seq 0, ack 1, win 65160, length 0
)

// Segment is what a notation writes. Numbers are written as given, relative or raw; NextSeq is Seq plus Len.
type Segment struct {
	Flags             packet.Flags
	Seq, Ack, NextSeq uint32
	Len, Window       uint32
}

// FlagNames lists the set control bits in the order of FlagTerms.
func FlagNames(f packet.Flags) []string {
	var names []string
	for i := range FlagTerms {
		if f.Has(FlagTerms[i].Flag) {
			names = append(names, FlagTerms[i].Name)
		}
	}
	return names
}

// tcpdumpFlags are the control bits as tcpdump prints them, from the lowest on.
const tcpdumpFlags = "FSRP.UEWe"

// Write writes a segment in n.
func (n Notation) Write(s Segment) string {
	switch n {
	case Wireshark:
		return s.wireshark()
	case Tcpdump:
		return s.tcpdump()
	default:
		return s.plain()
	}
}

// plain writes the numbers as the chat does.
func (s Segment) plain() string {
	b := strings.Join(FlagNames(s.Flags), " ")
	b += "  seq " + Count(uint64(s.Seq))
	if s.Flags.Has(packet.ACK) {
		b += "  ack " + Count(uint64(s.Ack))
	}
	return b + "  len " + Count(uint64(s.Len)) + "  win " + Count(uint64(s.Window))
}

func (s Segment) wireshark() string {
	var names []string
	if named := s.Flags & (packet.AE<<1 - 1); named != 0 {
		names = append(names, named.String())
	}
	if s.Flags >= packet.AE<<1 {
		names = append(names, "Reserved")
	}
	if names == nil {
		names = []string{"<None>"}
	}
	b := "[" + strings.Join(names, ", ") + "] Seq=" + dec(s.Seq)
	if s.Flags.Has(packet.ACK) {
		b += " Ack=" + dec(s.Ack)
	}
	return b + " Win=" + dec(s.Window) + " Len=" + dec(s.Len)
}

func (s Segment) tcpdump() string {
	flags := string(s.Flags.AppendLetters(nil, tcpdumpFlags))
	if flags == "" {
		flags = "none"
	}
	b := "Flags [" + flags + "]"
	switch {
	case s.Len > 0:
		b += ", seq " + dec(s.Seq) + ":" + dec(s.NextSeq)
	case s.Flags.Any(packet.SYN | packet.FIN | packet.RST):
		b += ", seq " + dec(s.Seq)
	}
	if s.Flags.Has(packet.ACK) {
		b += ", ack " + dec(s.Ack)
	}
	return b + ", win " + dec(s.Window) + ", length " + dec(s.Len)
}

func dec(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
