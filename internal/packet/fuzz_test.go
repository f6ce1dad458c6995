package packet

import (
	"testing"

	"tcptalk/internal/capture"
)

func addSeeds(f *testing.F) {
	for _, s := range frames() {
		f.Add(uint16(s.link), uint32(0), s.data)
	}
	for _, b := range cut4(longSegment(), 256) {
		f.Add(uint16(capture.LinkTypeRaw), uint32(0), b)
	}
	f.Add(uint16(capture.LinkTypeEthernet), uint32(1500), usualSYN()[:60])
	for _, p := range contents() {
		f.Add(uint16(p.LinkType), uint32(0), p.Data)
	}
}

// FuzzDecode feeds the same bytes three times to one decoder, so that fragments meet each other.
func FuzzDecode(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, link uint16, orig uint32, data []byte) {
		d := NewDecoder()
		for i := range 3 {
			p := &capture.Packet{Number: uint32(i + 1), LinkType: capture.LinkType(link), OrigLen: orig, Data: data}
			for _, s := range d.Decode(p) {
				if !s.Src.Addr().IsValid() && !s.Quoted {
					checkHasNoIP(t, d)
				}
				if s.HasLen && uint32(len(s.Payload)) > s.Len {
					t.Fatalf("%d payload bytes, length %d", len(s.Payload), s.Len)
				}
				if at := int(s.PayloadOffset); at >= 0 && len(s.Payload) > 0 && &p.Data[at] != &s.Payload[0] {
					t.Fatal("the payload is not where PayloadOffset says")
				}
			}
			if o := d.Other(); len(o.Payload) > int(o.Len) {
				t.Fatalf("%s: more bytes than there are", o.text())
			} else {
				ParseARP(o.Payload)
				ParseICMP(o.Payload, o.Kind == OtherICMPv6)
			}
			if len(d.layers) > MaxLayers {
				t.Fatalf("%d layers", len(d.layers))
			}
		}
	})
}

// checkHasNoIP fails if an IP header was passed: then a segment must have addresses.
func checkHasNoIP(t *testing.T, d *Decoder) {
	for _, l := range d.layers {
		if l.kind == kindIPv4 || l.kind == kindIPv6 {
			t.Fatal("a segment without addresses")
		}
	}
}

func FuzzDissect(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, link uint16, orig uint32, data []byte) {
		checkNesting(t, &capture.Packet{Number: 1, LinkType: capture.LinkType(link), OrigLen: orig, Data: data})
	})
}
