package packet

import (
	"net/netip"
	"slices"

	"tcptalk/internal/capture"
)

const (
	// MaxLayers bounds the headers looked at in one frame. Real traffic stacks about a dozen (VLAN tags, MPLS, tunnels,
	// extension headers); a crafted frame can hold thousands of four-byte ones.
	MaxLayers = 64
	// maxDepth bounds frames listed inside frames (sFlow samples, aggregated wireless frames), the only recursion here.
	maxDepth = 4
)

// Outcome says what one frame was for the decoder.
type Outcome uint8

// The outcomes.
const (
	// OutcomeUndecodable is a frame whose headers are cut short or contradict themselves.
	OutcomeUndecodable Outcome = iota
	// OutcomeUnknownLinkType is a frame of a link type that tcptalk does not understand.
	OutcomeUnknownLinkType
	// OutcomeOther is a frame that was understood but holds no transport protocol known here.
	OutcomeOther
	// OutcomeARP is an address resolution message.
	OutcomeARP
	// OutcomeFragment is an IP fragment that did not complete its datagram.
	OutcomeFragment
	// OutcomeICMP is an ICMP or ICMPv6 message, also one that quotes a TCP header.
	OutcomeICMP
	// OutcomeUDP is a UDP datagram that carries no TCP.
	OutcomeUDP
	// OutcomeTCP is a frame with at least one TCP header of its own.
	OutcomeTCP
	// NumOutcomes is their number, for counting by outcome in an array.
	NumOutcomes = iota
)

var outcomeNames = [NumOutcomes]string{
	"undecodable", "unknown link type", "other", "ARP", "IP fragment", "ICMP", "UDP", "TCP",
}

// String returns a short English name.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "?"
}

// Datagram is one UDP datagram as captured. The Decoder that returned it owns its bytes until its next call.
type Datagram struct {
	// Src and Dst are the addresses of the IP header directly below with the ports.
	Src, Dst netip.AddrPort
	// Len is the number of payload bytes by the UDP and IP lengths, independent of how much was captured.
	Len uint32
	// Payload is the captured part of the payload.
	Payload []byte
	// PayloadOffset is where Payload begins in the packet's Data; -1 if it was put together from IP fragments.
	PayloadOffset int32
	// Quoted says that the datagram was quoted inside an ICMP or ICMPv6 error.
	Quoted bool
}

// Decoder finds the TCP segments and UDP datagrams in packets. It keeps IP fragments between packets, so one capture
// needs one Decoder, fed in capture order. It is not safe for concurrent use. Nothing is allocated for a packet that is no
// fragment and not compressed.
type Decoder struct {
	steps     *[numKinds]step
	pkt       *capture.Packet
	segs      []Segment
	datagrams []Datagram
	layers    []layer
	outcome   Outcome
	// other is what the packet holds besides TCP, if anything was found; quoting says that an ICMP error's quotation has
	// begun, which is none of it. What does not count is written to ignored.
	other, ignored Other
	found, quoting bool
	// views holds the view of every depth, so that none escapes to the heap.
	views [maxDepth + 1]view
	depth int
	// single says that the packet stands alone: the first fragment of a datagram is shown as it is, nothing is joined.
	single   bool
	limits   Limits
	frags    reassembler
	inflater inflater
	eth      ethernetLayers
	tcp      tcpLayer
}

// NewDecoder returns a Decoder for one capture.
func NewDecoder() *Decoder {
	return &Decoder{steps: &steps, layers: make([]layer, 0, MaxLayers)}
}

// Decode returns the TCP segments of one packet, the outermost first; none if there are none. The slice, and the bytes of
// its segments, are valid until the next call.
func (d *Decoder) Decode(p *capture.Packet) []Segment {
	d.pkt = p
	d.segs, d.datagrams, d.layers = d.segs[:0], d.datagrams[:0], d.layers[:0]
	d.outcome, d.depth = OutcomeUndecodable, 0
	d.found, d.quoting = false, false
	d.frags.begin(p.Number)
	first := linkKind(p.LinkType)
	if first == kindNone {
		d.outcome = OutcomeUnknownLinkType
		return d.segs
	}
	v := &d.views[0]
	*v = view{buf: p.Data, end: len(p.Data), wire: max(int(p.OrigLen), len(p.Data))}
	d.run(first, v)
	return d.segs
}

// Append is Decode for a caller that keeps the segments of several packets: it appends them to segs. Their bytes stay valid as
// long as the packet's.
func (d *Decoder) Append(segs []Segment, p *capture.Packet) []Segment {
	own := d.segs
	segs = slices.Grow(segs, 1) // as a rule a packet holds one, which is then decoded in its place
	d.segs = segs[len(segs):]
	found := d.Decode(p)
	d.segs = own
	n := len(segs) + len(found)
	if len(found) == 0 || n <= cap(segs) && &segs[:n][len(segs)] == &found[0] {
		return segs[:n]
	}
	return append(segs, found...)
}

// Limits counts how often a Decoder reached one of its bounds. A healthy capture has none.
type Limits struct {
	// Layers counts packets with more than MaxLayers headers, of which the rest was not looked at, or with too many frames
	// inside one another.
	Layers uint64
	// Fragments counts IP datagrams given up before they were complete, because too many others were under way.
	Fragments uint64
}

// Limits returns what was reached so far.
func (d *Decoder) Limits() Limits {
	l := d.limits
	l.Fragments = d.frags.crowdedOut
	return l
}

// Fragments returns the numbers of the packets whose IP fragments the packet of the last Decode made whole, its own included,
// some perhaps more than once; nil if it completed no datagram. The caller owns them.
func (d *Decoder) Fragments() []uint32 { return d.frags.frames }

// Outcome says what the packet of the last Decode was.
func (d *Decoder) Outcome() Outcome { return d.outcome }

// Datagrams returns the UDP datagrams of the packet of the last Decode, the outermost first. They are valid until the next
// Decode.
func (d *Decoder) Datagrams() []Datagram { return d.datagrams }

// run walks from header to header until a payload, a contradiction or a bound ends it.
func (d *Decoder) run(k kind, v *view) {
	for k != kindNone {
		if len(d.layers) >= MaxLayers {
			d.limits.Layers++
			return
		}
		k = d.steps[k](d, v)
	}
}

// nested runs a frame that lies inside another one beside others; the outer view stays as it is.
func (d *Decoder) nested(k kind, v *view) {
	if d.depth >= maxDepth {
		d.limits.Layers++
		return
	}
	d.depth++
	inner := &d.views[d.depth]
	*inner = *v
	d.run(k, inner)
	d.depth--
}

// reached notes what the packet is, unless something more telling is known already.
func (d *Decoder) reached(o Outcome) {
	if o > d.outcome {
		d.outcome = o
	}
}

// push notes a header of n bytes at the view's position, cut to what was captured.
func (d *Decoder) push(k kind, v *view, n int) *layer {
	d.layers = append(d.layers, layer{
		kind: k, off: v.off, len: min(n, v.end-v.off), end: v.end, item: noItem,
		joined: v.joined, quoted: v.quoted, fragment: v.fragment, whole: v.whole(),
	})
	return &d.layers[len(d.layers)-1]
}

// header notes a header of n bytes and moves behind it; false if it was not captured completely.
func (d *Decoder) header(k kind, v *view, n int) bool {
	d.push(k, v, n)
	return v.advance(n)
}
