package session

import (
	"context"
	"sync"

	"tcptalk/internal/capture"
	"tcptalk/internal/packet"
)

// OtherView is a conversation that is not TCP as it was when the view was made. It may be used from any goroutine, and stays
// valid until the session is closed.
type OtherView struct {
	// Other is a copy of the summary. It may count more packets than the view lists: see LeftOut.
	Other
	s      *Session
	blocks []*[otherBlock]OtherRecord
	links  []capture.LinkType
	ids    []uint32
}

// OtherView returns the packets of conversation i, counted as for Other.
func (s *Session) OtherView(i int) (*OtherView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := &s.others
	if i < 0 || i >= t.n {
		return nil, errNoOther(i, t.n)
	}
	v := &OtherView{Other: *t.at(i), s: s, blocks: t.blocks, links: s.linkTypes}
	v.ids = make([]uint32, 0, v.kept)
	for id := v.first; id != 0; id = t.record(id - 1).next.Load() {
		v.ids = append(v.ids, id-1)
	}
	return v, nil
}

// Len returns the number of packets listed.
func (v *OtherView) Len() int { return len(v.ids) }

// At returns the record of packet i, 0 ≤ i < Len.
func (v *OtherView) At(i int) *OtherRecord {
	id := v.ids[i]
	return &v.blocks[id/otherBlock][id%otherBlock]
}

// Packet reads the captured bytes of packet i again.
func (v *OtherView) Packet(i int) (capture.Packet, error) {
	r := v.At(i)
	p := v.header(r)
	p.Data = make([]byte, r.CapLen)
	return p, v.s.file.ReadPacketAt(p.Offset, p.Data)
}

// header is a packet without its bytes.
func (v *OtherView) header(r *OtherRecord) capture.Packet {
	return capture.Packet{
		Number: r.Frame, Interface: uint32(r.Interface), Time: r.Time, OrigLen: r.OrigLen, Offset: r.Offset,
		LinkType: v.links[r.Interface],
	}
}

// Payload reads the content of packet i again, the Payload of packet.Other; nil if there is none, or it was not kept.
func (v *OtherView) Payload(i int) ([]byte, error) {
	d := decoders.Get().(*otherDecoder)
	defer decoders.Put(d)
	o, err := d.at(v, i)
	return append([]byte(nil), o.Payload...), err
}

// Feed reads the content of the packets again, in capture order, and hands it over until f returns false. o is borrowed for
// the length of the call.
func (v *OtherView) Feed(ctx context.Context, f func(i int, o *packet.Other) bool) error {
	d := decoders.Get().(*otherDecoder)
	defer decoders.Put(d)
	for i := range v.Len() {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		o, err := d.at(v, i)
		if err != nil {
			return err
		}
		if !f(i, o) {
			return nil
		}
	}
	return nil
}

// otherDecoder decodes single packets again. Most conversations have very few, so these go round.
type otherDecoder struct {
	packet *packet.Decoder
	buf    []byte
	joined packet.Other
}

var decoders = sync.Pool{New: func() any { return &otherDecoder{packet: packet.NewDecoder()} }}

// at returns what packet i of v holds, valid until the next call.
func (d *otherDecoder) at(v *OtherView, i int) (*packet.Other, error) {
	r := v.At(i)
	if joined := r.bits&defragmented != 0; joined || v.Kind == packet.OtherFragment {
		// Decoding a fragment again would wait for the others.
		d.joined = packet.Other{Kind: v.Kind, Number: v.Number, Src: v.Ends[r.Dir()], Dst: v.Ends[r.Dir().Reverse()], Joined: joined}
		if joined {
			v.s.mu.RLock()
			d.joined.Payload = v.s.others.joined[v.ids[i]]
			v.s.mu.RUnlock()
		}
		d.joined.Len = uint32(len(d.joined.Payload))
		return &d.joined, nil
	}
	if cap(d.buf) < int(r.CapLen) {
		d.buf = make([]byte, r.CapLen)
	}
	d.buf = d.buf[:r.CapLen]
	p := v.header(r)
	p.Data = d.buf
	if err := v.s.file.ReadPacketAt(p.Offset, p.Data); err != nil {
		return &packet.Other{Kind: v.Kind}, err
	}
	d.packet.Decode(&p)
	return d.packet.Other(), nil
}
