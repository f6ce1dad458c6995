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
	// minSACKLen is the length of a SACK option with one range.
	minSACKLen = 10
)

// option is one TCP option: kind, length, contents.
type option []byte

// nextOption cuts the first option off b. It is nil at the end, and also, with overrun set, where a length is impossible:
// past the header, missing, or shorter than the two bytes of kind and length.
func nextOption(b []byte) (o option, rest []byte, overrun bool) {
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

// tooShort reports that the option ends before what its kind must hold. As in Wireshark, which passes over the other
// kinds if their length is wrong, this concerns SACK and MPTCP.
func (o option) tooShort() bool {
	switch o.kind() {
	case optSACK:
		return len(o) < minSACKLen
	case optMPTCP:
		return len(o) < 3 || len(o) < o.minMPTCPLen()
	}
	return false
}

// minMPTCPLen returns the least length of the option's MPTCP subtype (RFC 8684 §3).
func (o option) minMPTCPLen() int {
	const (
		capable, dss, addAddr, fail, fastClose, reset = 0, 2, 3, 6, 7, 8
		hasAck, ack8, hasMap, seq8                    = 0x01, 0x02, 0x04, 0x08 // flags of DSS
	)
	switch o[2] >> 4 {
	case capable, addAddr, reset:
		return 4
	case fail, fastClose:
		return 12
	case dss:
		if len(o) < 4 {
			return 4
		}
		n := 4
		if flags := o[3]; flags&hasAck != 0 {
			n += 4
			if flags&ack8 != 0 {
				n += 4
			}
		}
		if flags := o[3]; flags&hasMap != 0 {
			n += 10 // data and subflow sequence numbers, length
			if flags&seq8 != 0 {
				n += 4
			}
		}
		return n
	}
	return 3
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
		o, rest, overrun := nextOption(b)
		if o == nil {
			s.Overrun = overrun
			return
		}
		if o.kind() == optEnd {
			return
		}
		if o.tooShort() {
			s.Malformed = true
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
