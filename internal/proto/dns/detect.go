package dns

import (
	"encoding/binary"

	"github.com/miekg/dns"

	"tcptalk/internal/proto"
)

// Detector recognises DNS over TCP (RFC 1035 §4.2.2): a length, and a message that fits into it.
type Detector struct{}

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (Detector) New(start [2]int64, emit proto.Emit) proto.Decoder { return New(start, emit) }

// Detect implements proto.Detector. On its own port a header that could be one is enough; elsewhere the whole first question
// must be readable.
func (Detector) Detect(client, server []byte, port uint16) proto.Verdict {
	verdict := proto.No
	for _, b := range [][]byte{client, server} {
		if len(b) == 0 {
			continue
		}
		switch detect(b, port == portDNS) {
		case proto.No:
			return proto.No
		case proto.Yes:
			verdict = proto.Yes
		case proto.More:
			verdict = max(verdict, proto.More)
		}
	}
	return verdict
}

// shortest is the length of a message with one question, about the root.
const shortest = headerLen + 5

// detect looks at the first bytes of one direction. own says that this is DNS's port.
func detect(b []byte, own bool) proto.Verdict {
	if len(b) < lengthLen {
		return proto.More
	}
	size := int(binary.BigEndian.Uint16(b))
	b = b[lengthLen:]
	switch {
	case size < headerLen || !own && size < shortest || !couldBegin(b, own):
		return proto.No
	case len(b) < headerLen:
		return proto.More
	case !plausible(b, size):
		return proto.No
	case own:
		return proto.Yes
	}
	h := readHeader(b)
	if h.Counts[0] != 1 || !h.Response && h.Counts[1] != 0 {
		return proto.No
	}
	r := reader{b: b[:min(len(b), size)], at: headerLen}
	q, ok := r.question()
	switch {
	case ok && usual(&q):
		return proto.Yes
	case ok || len(b) >= size:
		return proto.No
	}
	return proto.More
}

// couldBegin reports that a message could begin with b, as far as it goes up to the header's bits. Away from DNS's port only
// a query is expected, and in it no bit but "recursion desired" in the first byte.
func couldBegin(b []byte, own bool) bool {
	const flagsAt, onlyRD, opcode = 2, 0x01, 0x78
	if len(b) <= flagsAt || own {
		return true
	}
	bits := b[flagsAt]
	if bits&0x80 != 0 {
		return bits&opcode == 0
	}
	return bits&^onlyRD == 0
}

// plausible reports a header whose bits make sense and whose counts fit into size bytes.
func plausible(b []byte, size int) bool {
	const (
		reserved         = 0x0040
		question, record = 5, 11 // the least that they take
	)
	if len(b) < headerLen || size < headerLen {
		return false
	}
	h := readHeader(b)
	records := int(h.Counts[1]) + int(h.Counts[2]) + int(h.Counts[3])
	return OpcodeName(h.Opcode) != "" && binary.BigEndian.Uint16(b[2:])&reserved == 0 && (h.Response || h.Rcode == 0) &&
		h.claimed() > 0 && headerLen+question*int(h.Counts[0])+record*records <= size
}

// usual reports a question that real programs ask: of a class that is in use, about a type that is known.
func usual(q *Question) bool {
	return (q.Class == dns.ClassINET || q.Class == dns.ClassCHAOS || q.Class == dns.ClassANY) && dns.TypeToString[q.Type] != "" &&
		q.Name != UnknownLabel
}

// Recognise says which of the protocols with this wire format a datagram between two ports speaks, "" if none. Away from
// their ports nothing but a message that is DNS from its first byte to its last is taken for one.
func Recognise(src, dst uint16, b []byte) string {
	either := func(port uint16) bool { return src == port || dst == port }
	if len(b) < headerLen {
		return ""
	}
	switch {
	case either(portDNS):
		return Name
	case either(portMDNS) && plausible(b, len(b)):
		return MDNS
	case either(portLLMNR) && plausible(b, len(b)):
		return LLMNR
	case either(portNBNS):
		return NBNS
	}
	h := readHeader(b)
	if h.Counts[0] != 1 || !h.Response && h.Counts[1] != 0 || !couldBegin(b, false) || !plausible(b, len(b)) {
		return ""
	}
	r := reader{b: b, at: headerLen}
	if q, ok := r.question(); !ok || !usual(&q) {
		return ""
	}
	for range h.claimed() - 1 {
		if _, _, ok := r.record(); !ok {
			return ""
		}
	}
	if r.at != len(b) {
		return ""
	}
	return Name
}
