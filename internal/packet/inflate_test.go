package packet

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"testing"

	"tcptalk/internal/capture"
)

// compressed returns an IPComp header and b behind it, compressed.
func compressed(t *testing.T, next byte, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	out.Write([]byte{next, 0, 0x12, 0x34})
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestIPComp(t *testing.T) {
	link := capture.LinkTypeRaw
	d := NewDecoder()
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"transport mode", ip4(protoIPComp, compressed(t, protoTCP, tcpHello))},
		{"tunnel mode, behind an AH", ip4(protoAH, join(unhex("6c 04 0000 00000001 00000001 000000000000000000000000"),
			compressed(t, protoIPIP, ip4(protoTCP, tcpHello))))},
	} {
		segs := d.Decode(pkt(link, f.data))
		if len(segs) != 1 || segs[0].Src.Addr() != v4a || segs[0].Len != 5 || string(segs[0].Payload) != "hello" {
			t.Fatalf("%s: %+v", f.name, segs)
		}
		if segs[0].PayloadOffset != -1 {
			t.Errorf("%s: payload at %d, but it does not lie in the packet", f.name, segs[0].PayloadOffset)
		}
		tree := Dissect(pkt(link, f.data))
		if tree.Find("ipcomp") == nil || tree.Find("tcp") != nil {
			t.Errorf("%s: a packet looked at alone ends at the compression:\n%s", f.name, tree)
		}
	}
}

func TestIPCompDamaged(t *testing.T) {
	whole := compressed(t, protoTCP, tcpHello)
	bomb := ip4(protoTCP, make([]byte, maxInflated))
	cut := pkt(capture.LinkTypeRaw, ip4(protoIPComp, whole))
	cut.Data = cut.Data[:len(cut.Data)-1]
	for name, p := range map[string]*capture.Packet{
		"not deflate":             pkt(capture.LinkTypeRaw, ip4(protoIPComp, unhex("06 00 1234 ffffffff"))),
		"ends early":              pkt(capture.LinkTypeRaw, ip4(protoIPComp, whole[:len(whole)-2])),
		"no header":               pkt(capture.LinkTypeRaw, ip4(protoIPComp, whole[:3])),
		"longer than a datagram":  pkt(capture.LinkTypeRaw, ip4(protoIPComp, compressed(t, protoIPIP, bomb))),
		"cut by the snapshot":     cut,
		"holds no known protocol": pkt(capture.LinkTypeRaw, ip4(protoIPComp, compressed(t, 200, tcpHello))),
	} {
		if segs := NewDecoder().Decode(p); len(segs) != 0 {
			t.Errorf("%s: %d segments", name, len(segs))
		}
	}
	// A bomb inside a bomb is undone once per layer, each within the bound.
	inner := ip4(protoIPComp, compressed(t, protoTCP, tcpHello))
	for range 2 * MaxLayers {
		inner = ip4(protoIPComp, compressed(t, protoIPIP, inner))
		if int(binary.BigEndian.Uint16(inner[2:])) != len(inner) {
			t.Fatal("the packet outgrew its length field")
		}
	}
	if segs := NewDecoder().Decode(pkt(capture.LinkTypeRaw, inner)); len(segs) != 0 {
		t.Errorf("%d segments behind more headers than are looked at", len(segs))
	}
}
