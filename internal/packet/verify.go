package packet

// Verdict is what a TCP segment's checksum shows.
type Verdict uint8

// The verdicts.
const (
	// NotCheckable: bytes are missing in the capture, or the segment stands in a fragment or an ICMP error.
	NotCheckable Verdict = iota
	// Intact: the checksum is right.
	Intact
	// LeftToCard: the field holds 0 or the sum over the pseudo header alone. A kernel leaves it so when the network card is to
	// finish it, or nobody because the packet never leaves the machine; only the sending host sees that.
	LeftToCard
	// Mismatch: the checksum is wrong in another way.
	Mismatch
)

// Verify checks the checksum of segment i of the last Decode, RFC 9293 §3.1.
func (d *Decoder) Verify(i int) Verdict {
	l := d.layerOf(i)
	if l == nil || l.joined || !l.whole || l.fragment || l.quoted || !d.segs[i].Src.Addr().IsValid() {
		return NotCheckable
	}
	s := &d.segs[i]
	b := d.pkt.Data[l.off:l.end]
	pseudo := func(length int) uint32 { return pseudoHeader(s.Src.Addr(), s.Dst.Addr(), protoTCP, length) }
	if sum(pseudo(len(b)), b) == 0 {
		return Intact
	}
	// Segments that the card is to cut have their length left out, since every part has another one.
	if c := s.Checksum; c == 0 || c == ^sum(pseudo(len(b)), nil) || c == ^sum(pseudo(0), nil) {
		return LeftToCard
	}
	return Mismatch
}

// layerOf returns the TCP header that became segment i of the last Decode, nil if there is no such segment.
func (d *Decoder) layerOf(i int) *layer {
	if i < 0 || i >= len(d.segs) {
		return nil
	}
	for j := range d.layers {
		if l := &d.layers[j]; l.kind == kindTCP && l.item == i {
			return l
		}
	}
	return nil
}
