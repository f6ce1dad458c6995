package packet

import (
	"fmt"
	"strconv"
	"time"

	"tcptalk/internal/capture"
)

const frameID = "frame"

// Dissect describes every header of one packet with the byte range of every field. The packet is looked at alone: an IP
// fragment is shown as it is. Values are those on the wire; relative sequence numbers are for callers to add.
func Dissect(p *capture.Packet) *Tree { return DissectAs(p, "") }

// DissectAs is Dissect for a packet of a connection that is known to speak a protocol, by the names of package proto/all. Some
// protocols cannot be told from a single segment.
func DissectAs(p *capture.Packet, speaks string) *Tree {
	d := NewDecoder()
	d.single = true
	d.Decode(p)
	t := &Tree{Layers: []Field{frameField(p)}}
	if d.outcome == OutcomeUnknownLinkType {
		t.Layers = append(t.Layers, dataField("data", "Data of a link type that is not understood", p.Data, 0, len(p.Data)))
		return t
	}
	for i := range d.layers {
		t.Layers = append(t.Layers, d.describe(&d.layers[i]))
		if i+1 == len(d.layers) || d.layers[i+1].off >= d.layers[i].end {
			d.addPayload(t, &d.layers[i], speaks)
		}
	}
	if len(d.layers) == 0 && len(p.Data) > 0 {
		t.Layers = append(t.Layers, dataField("data", "Data", p.Data, 0, len(p.Data)))
	}
	d.addPadding(t)
	return t
}

func frameField(p *capture.Packet) Field {
	f := Field{ID: frameID, Name: "Frame " + strconv.FormatUint(uint64(p.Number), 10), Len: len(p.Data)}
	f.Value = size(uint64(p.OrigLen), nil) + " on wire, " + strconv.Itoa(len(p.Data)) + " captured"
	add := func(id, name, value string) { f.Children = append(f.Children, Field{ID: id, Name: name, Value: value}) }
	add("frame.time", "Arrival time", time.Unix(0, p.Time).UTC().Format("2006-01-02 15:04:05.000000000 MST"))
	add("frame.interface_id", "Interface", strconv.FormatUint(uint64(p.Interface), 10))
	add("frame.encap_type", "Link type", p.LinkType.String())
	add("frame.len", "Frame length", size(uint64(p.OrigLen), nil))
	add("frame.cap_len", "Captured length", size(uint64(len(p.Data)), nil))
	if p.Comment != "" {
		add("frame.comment", "Comment", p.Comment)
	}
	return f
}

// describe turns one header into its field tree.
func (d *Decoder) describe(l *layer) Field {
	s := &shapes[l.kind]
	data := d.pkt.Data
	f := Field{ID: s.id, Name: s.name, Offset: l.off, Len: l.len, Quoted: l.quoted}
	end := l.off + l.len
	f.Children = fieldsOf(s.fields, data, l.off, end)
	if s.more != nil {
		s.more(d, l, &f)
	}
	if s.summary != nil && f.Value == "" {
		f.Value = s.summary(data[l.off:end])
	}
	return f
}

// addPayload adds the bytes behind the last header of a chain as a layer of their own, with what they say below.
func (d *Decoder) addPayload(t *Tree, l *layer, speaks string) {
	from, to := l.off+l.len, l.end
	if from >= to {
		return
	}
	id, name := "data", "Data"
	switch {
	case l.payloadIsStray:
		name = "Fragment data"
	case l.kind == kindTCP:
		id, name = "tcp.payload", "TCP payload"
	case l.kind == kindUDP:
		id, name = "udp.payload", "UDP payload"
	}
	f := dataField(id, name, d.pkt.Data, from, to)
	f.Quoted = l.quoted
	f.Children = d.contentOf(l, speaks)
	t.Layers = append(t.Layers, f)
}

// addPadding adds what lies behind the first packet inside an Ethernet frame, which the frame's minimum length asks for.
func (d *Decoder) addPadding(t *Tree) {
	if len(d.layers) == 0 || d.layers[0].kind != kindEthernet {
		return
	}
	outer := d.layers[0].end
	for i := range d.layers {
		end := d.layers[i].end
		if end >= outer {
			continue
		}
		id, name := "eth.padding", "Padding"
		for _, c := range d.pkt.Data[end:outer] {
			if c != 0 {
				id, name = "eth.trailer", "Trailer"
				break
			}
		}
		eth := &t.Layers[1]
		eth.Children = append(eth.Children, dataField(id, name, d.pkt.Data, end, outer))
		return
	}
}

func dataField(id, name string, data []byte, from, to int) Field {
	return Field{
		ID: id, Name: name, Offset: from, Len: to - from,
		Value: fmt.Sprintf("%s: %s", size(uint64(to-from), nil), octets(0, data[from:to])),
	}
}

// shape says how a kind of header is described: its fixed fields, and what a table cannot say.
type shape struct {
	id, name string
	fields   []spec
	summary  func(header []byte) string
	more     func(d *Decoder, l *layer, f *Field)
}
