package packet

import "net/netip"

// What can be said about a checksum. A wrong one on a sent packet often means that the network card fills it in after the
// capture (offload).
const (
	ChecksumCorrect = "correct"
	ChecksumWrong   = "wrong (maybe offload)"
	ChecksumUnknown = "not checkable"
	// ChecksumUnused is UDP's zero: the sender left it out (RFC 768).
	ChecksumUnused = "not used"
)

func checksumStatus(correct bool) string {
	if correct {
		return ChecksumCorrect
	}
	return ChecksumWrong
}

// addStatus puts the verdict below the checksum field, with its bytes, as "<id>.status".
func addStatus(layer *Field, id, status string) {
	f := find(layer.Children, id)
	if f == nil {
		return
	}
	f.Children = append(f.Children, Field{ID: id + ".status", Name: "Checksum status", Value: status})
}

// sum is the Internet checksum (RFC 1071) of b with start added: 0 if b contains a right one.
func sum(start uint32, b []byte) uint16 {
	acc := uint64(start)
	for ; len(b) >= 2; b = b[2:] {
		acc += uint64(b[0])<<8 | uint64(b[1])
	}
	if len(b) == 1 {
		acc += uint64(b[0]) << 8
	}
	for acc > 0xffff {
		acc = acc>>16 + acc&0xffff
	}
	return ^uint16(acc)
}

// pseudoHeader is the sum over the addresses, the protocol and the length, which TCP and UDP checksums cover too (RFC 9293
// §3.1, RFC 8200 §8.1).
func pseudoHeader(src, dst netip.Addr, protocol byte, length int) uint32 {
	acc := uint32(protocol) + uint32(length>>16) + uint32(length&0xffff)
	for _, a := range [...]netip.Addr{src, dst} {
		b := a.AsSlice()
		for ; len(b) >= 2; b = b[2:] {
			acc += uint32(b[0])<<8 | uint32(b[1])
		}
	}
	return acc
}

// transportStatus checks the checksum of a TCP segment or UDP datagram that was captured completely.
func (d *Decoder) transportStatus(l *layer, protocol byte, src, dst netip.Addr) string {
	if !l.whole || l.fragment || l.quoted || !src.IsValid() {
		return ChecksumUnknown
	}
	b := d.pkt.Data[l.off:l.end]
	return checksumStatus(sum(pseudoHeader(src, dst, protocol, len(b)), b) == 0)
}

// describeUDP adds the verdict on the checksum and the ports.
func describeUDP(d *Decoder, l *layer, f *Field) {
	if l.item == noItem {
		return
	}
	u := &d.datagrams[l.item]
	f.Value = dec(uint64(u.Src.Port()), nil) + " → " + dec(uint64(u.Dst.Port()), nil)
	status := ChecksumUnused
	if be16(d.pkt.Data[l.off+6:]) != 0 {
		status = d.transportStatus(l, protoUDP, u.Src.Addr(), u.Dst.Addr())
	}
	addStatus(f, "udp.checksum", status)
}
