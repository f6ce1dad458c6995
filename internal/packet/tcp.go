package packet

import (
	"errors"
	"net/netip"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tcptalk/internal/seqnum"
)

const (
	tcpMinLen = 20
	// tcpNeeded is how much of a TCP header must be captured for it to count as a segment: up to the window.
	tcpNeeded = 16
)

var errTCPShort = errors.New("TCP header: fewer than 16 bytes captured")

// tcpLayer is a gopacket layer for TCP. gopacket's own rejects headers that Wireshark shows, such as those cut by the
// snapshot length, and keeps options as slices.
type tcpLayer struct {
	header    []byte // as much as was captured, at most what the data offset says
	payload   []byte
	headerLen int
	options   Options
}

var _ gopacket.DecodingLayer = (*tcpLayer)(nil)

// CanDecode, NextLayerType and LayerPayload make it a gopacket.DecodingLayer.
func (t *tcpLayer) CanDecode() gopacket.LayerClass { return layers.LayerTypeTCP }

// NextLayerType says that what follows is payload.
func (t *tcpLayer) NextLayerType() gopacket.LayerType { return gopacket.LayerTypePayload }

// LayerPayload returns the bytes behind the header; none if the header is cut or shorter than 20 bytes.
func (t *tcpLayer) LayerPayload() []byte { return t.payload }

// DecodeFromBytes takes a header of which at least 16 bytes are there. Options count only if all of them are.
func (t *tcpLayer) DecodeFromBytes(b []byte, df gopacket.DecodeFeedback) error {
	t.options, t.payload = Options{}, nil
	if len(b) < tcpNeeded {
		df.SetTruncated()
		return errTCPShort
	}
	n := int(b[12]>>4) * 4
	t.headerLen = n
	t.header = b[:min(max(n, tcpMinLen), len(b))]
	if n < tcpMinLen {
		return nil
	}
	if len(b) < n {
		df.SetTruncated()
		return nil
	}
	t.payload = b[n:]
	if n > tcpMinLen {
		t.options.parse(b[tcpMinLen:n])
	}
	return nil
}

// flags returns the low 12 bits of bytes 12 and 13.
func (t *tcpLayer) flags() Flags { return Flags(be16(t.header[12:]) & 0xfff) }

// cut says that header bytes are missing from the capture.
func (t *tcpLayer) cut() bool { return len(t.header) < max(t.headerLen, tcpMinLen) }

// tcpSegment turns a TCP header into a Segment.
func (d *Decoder) tcpSegment(v *view) kind {
	b := v.bytes()
	t := &d.tcp
	if len(b) < tcpNeeded || t.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		d.push(kindTCP, v, tcpMinLen)
		return kindNone
	}
	l := d.push(kindTCP, v, max(t.headerLen, tcpMinLen))
	l.item = len(d.segs)
	if !v.quoted {
		d.reached(OutcomeTCP)
	}
	if len(d.segs) < cap(d.segs) {
		d.segs = d.segs[:len(d.segs)+1]
	} else {
		d.segs = append(d.segs, Segment{})
	}
	s := &d.segs[len(d.segs)-1]
	s.Frame, s.Time, s.FrameLen = d.pkt.Number, d.pkt.Time, d.pkt.OrigLen
	s.Src = netip.AddrPortFrom(v.src, uint16(be16(b)))
	s.Dst = netip.AddrPortFrom(v.dst, uint16(be16(b[2:])))
	s.Seq, s.Ack = seqnum.Number(be32(b[4:])), seqnum.Number(be32(b[8:]))
	s.Flags, s.Window = t.flags(), uint16(be16(b[14:]))
	s.Checksum, s.Urgent = 0, 0
	if len(b) >= 18 {
		s.Checksum = uint16(be16(b[16:]))
	}
	if len(b) >= tcpMinLen {
		s.Urgent = uint16(be16(b[18:]))
	}
	s.HeaderLen, s.TTL, s.IPID = uint8(t.headerLen), v.ttl, v.id
	s.HasLen = !v.quoted && !v.sampled && !v.fragment && v.wire >= t.headerLen
	s.Len = 0
	if s.HasLen {
		s.Len = uint32(v.wire - t.headerLen)
	}
	s.Payload, s.PayloadOffset = t.payload, -1
	if at := v.position(); at >= 0 {
		s.PayloadOffset = at + int32(len(b)-len(t.payload))
	}
	s.HeaderCut, s.Quoted = t.cut(), v.quoted
	s.Options = t.options
	return kindNone
}
