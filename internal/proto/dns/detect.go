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

// Detect implements proto.Detector. On its own port a header that could be one is enough; elsewhere the client must ask, and
// the whole first question must be readable. There its first bytes must be a whole header, too: fewer could begin anything,
// and waiting for more would keep another protocol from being recognised.
func (Detector) Detect(client, server []byte, port uint16) proto.Verdict {
	if port != portDNS {
		return asks(client)
	}
	verdict := proto.No
	for _, b := range [][]byte{client, server} {
		if len(b) == 0 {
			continue
		}
		v := fits(b)
		if v == proto.No {
			return proto.No
		}
		verdict = max(verdict, v)
	}
	return verdict
}

// fits reports that b begins with a length and a header that fits into it.
func fits(b []byte) proto.Verdict {
	switch {
	case len(b) < lengthLen+headerLen:
		return proto.More
	case plausible(b[lengthLen:], int(binary.BigEndian.Uint16(b))):
		return proto.Yes
	}
	return proto.No
}

// asks reports that b begins with an ordinary query.
func asks(b []byte) proto.Verdict {
	const (
		shortest = headerLen + 5 // about the root
		longest  = 1 << 10       // a name has 255 bytes, EDNS options some more
	)
	if len(b) < lengthLen+headerLen {
		return proto.No
	}
	size := int(binary.BigEndian.Uint16(b))
	b = b[lengthLen:]
	if size < shortest || size > longest || !plausible(b, size) || !single(b) || readHeader(b).Response {
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

// single reports a header of an ordinary query, or of the answer to one: one question, and answers only in the latter.
func single(b []byte) bool {
	h := readHeader(b)
	return h.Opcode == dns.OpcodeQuery && h.Counts[0] == 1 && (h.Response || h.Counts[1] == 0)
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
	if whole(b) {
		return Name
	}
	return ""
}

// whole reports that b is DNS from its first byte to its last, with a question that real programs ask.
func whole(b []byte) bool {
	if !plausible(b, len(b)) || !single(b) {
		return false
	}
	r := reader{b: b, at: headerLen}
	if q, ok := r.question(); !ok || !usual(&q) {
		return false
	}
	h := readHeader(b)
	for range h.claimed() - 1 {
		if _, _, ok := r.record(); !ok {
			return false
		}
	}
	return r.at == len(b)
}
