package packet

import (
	"encoding/binary"

	"tcptalk/internal/seqnum"
)

// Kinds of TCP options (https://www.iana.org/assignments/tcp-parameters).
const (
	optEnd           = 0
	optNOP           = 1
	optMSS           = 2
	optWindowScale   = 3
	optSACKPermitted = 4
	optSACK          = 5
	optTimestamps    = 8
	optMPTCP         = 30
	optFastOpen      = 34
	optExperiment1   = 253
	optExperiment2   = 254
	// fastOpenMagic tells TCP Fast Open from other experiments in the shared option kinds (RFC 6994).
	fastOpenMagic = 0xf989
)

// option is one TCP option: kind, length, contents.
type option []byte

// nextOption cuts the first option off b. It is nil at the end, and also, with malformed set, where a length is impossible:
// past the header, missing, or shorter than the two bytes of kind and length.
func nextOption(b []byte) (o option, rest []byte, malformed bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	if b[0] == optEnd || b[0] == optNOP {
		return option(b[:1]), b[1:], false
	}
	if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
		return nil, b, true
	}
	return option(b[:b[1]]), b[b[1]:], false
}

func (o option) kind() byte { return o[0] }

// fastOpen reports that the option carries a TCP Fast Open cookie.
func (o option) fastOpen() bool {
	switch o.kind() {
	case optFastOpen:
		return len(o) > 2
	case optExperiment1, optExperiment2:
		return len(o) > 4 && be16(o[2:]) == fastOpenMagic
	}
	return false
}

// parse reads the options between byte 20 and the end of the header. One whose length is not what its kind demands is
// passed over.
func (s *Options) parse(b []byte) {
	for {
		if len(b) >= 12 && binary.BigEndian.Uint32(b) == alignedTimestamps {
			s.HasTimestamps, s.TSVal, s.TSEcr = true, be32(b[4:]), be32(b[8:])
			b = b[12:]
			continue
		}
		o, rest, malformed := nextOption(b)
		if o == nil {
			s.Malformed = malformed
			return
		}
		if o.kind() == optEnd {
			return
		}
		s.add(o)
		b = rest
	}
}

// alignedTimestamps are the first four bytes of what nearly every segment carries: two no-operations, then timestamps.
const alignedTimestamps = optNOP<<24 | optNOP<<16 | optTimestamps<<8 | 10

func (s *Options) add(o option) {
	switch {
	case o.kind() == optMSS && len(o) == 4:
		s.HasMSS, s.MSS = true, uint16(be16(o[2:]))
	case o.kind() == optWindowScale && len(o) == 3:
		s.HasWindowScale, s.WindowScale = true, o[2]
	case o.kind() == optSACKPermitted && len(o) == 2:
		s.SACKPermitted = true
	case o.kind() == optSACK:
		s.addSACK(o[2:])
	case o.kind() == optTimestamps && len(o) == 10:
		s.HasTimestamps, s.TSVal, s.TSEcr = true, be32(o[2:]), be32(o[6:])
	case o.kind() == optMPTCP && len(o) > 2:
		s.MPTCP |= 1 << (o[2] >> 4)
	case o.fastOpen():
		s.FastOpen = true
	}
}

// addSACK reads pairs of edges (RFC 2018 §3).
func (s *Options) addSACK(b []byte) {
	for ; len(b) >= 8 && int(s.NumSACK) < len(s.SACK); b = b[8:] {
		s.SACK[s.NumSACK] = SACKBlock{Left: seqnum.Number(be32(b)), Right: seqnum.Number(be32(b[4:]))}
		s.NumSACK++
	}
}
