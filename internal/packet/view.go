package packet

import (
	"encoding/binary"
	"net/netip"
)

// view is the part of a packet that the next header may use: the captured bytes buf[off:end], and the length that the
// layers below promise, which is larger where the capture's snapshot length cut the packet.
type view struct {
	buf  []byte
	off  int
	end  int
	wire int // promised bytes from off on; at least end-off
	// lacks says that an IP header claimed more bytes than the layer below offers.
	lacks bool
	// joined says that buf is a reassembled or decompressed datagram, not the packet.
	joined bool
	// fragment says that this is the first fragment of a datagram that was not reassembled.
	fragment bool
	// quoted says that this lies inside an ICMP error.
	quoted bool
	// sampled says that a monitor took this from another packet, which makes its length a claim.
	sampled bool
	// src, dst, ttl and id come from the last IP header.
	src, dst netip.Addr
	ttl      uint8
	id       uint16
}

// bytes returns the captured bytes from the present position on.
func (v *view) bytes() []byte { return v.buf[v.off:v.end] }

// advance moves n bytes on; false if fewer were captured, and then nothing is moved.
func (v *view) advance(n int) bool {
	if n > v.end-v.off {
		return false
	}
	v.off += n
	v.wire -= n
	return true
}

// limit bounds the promised length, and with it the captured bytes, to n.
func (v *view) limit(n int) {
	if n < v.wire {
		v.wire = n
		v.end = min(v.end, v.off+n)
	}
}

// replace moves the view to bytes that are not the packet's.
func (v *view) replace(b []byte) { v.buf, v.off, v.end, v.wire, v.joined = b, 0, len(b), len(b), true }

// whole reports that nothing promised is missing.
func (v *view) whole() bool { return !v.lacks && v.end-v.off == v.wire }

// position is where the view stands in the packet's Data, -1 in a reassembled or decompressed datagram.
func (v *view) position() int32 {
	if v.joined {
		return -1
	}
	return int32(v.off)
}

// layer is one header found while walking through a packet. Dissect describes them one by one.
type layer struct {
	kind           kind
	off, len       int // captured header bytes
	end            int // where the captured bytes of header and payload end
	item           int // index of the segment or datagram it became, or noItem
	joined         bool
	quoted         bool
	fragment       bool
	whole          bool // everything promised was captured
	payloadIsStray bool // the payload is a later fragment, which starts in the middle of something
}

const noItem = -1

func be16(b []byte) int { return int(binary.BigEndian.Uint16(b)) }

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
