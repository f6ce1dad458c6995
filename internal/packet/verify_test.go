package packet

import (
	"encoding/binary"
	"testing"

	"tcptalk/internal/capture"
)

func TestVerify(t *testing.T) {
	pseudo := func(length int) uint16 { return ^sum(pseudoHeader(v4a, v4b, protoTCP, length), nil) }
	with := func(checksum uint16) []byte {
		b := append([]byte(nil), tcpHello...)
		binary.BigEndian.PutUint16(b[16:], checksum)
		return ip4(protoTCP, b)
	}
	right := sum(pseudoHeader(v4a, v4b, protoTCP, len(tcpHello)), tcpHello)
	for _, c := range []struct {
		name string
		data []byte
		want Verdict
	}{
		{"right", with(right), Intact},
		{"one off", with(right + 1), Mismatch},
		{"pseudo header", with(pseudo(len(tcpHello))), LeftToCard},
		{"pseudo header without length", with(pseudo(0)), LeftToCard},
		{"zero", with(0), LeftToCard},
	} {
		d := NewDecoder()
		if got := len(d.Decode(pkt(capture.LinkTypeRaw, c.data))); got != 1 {
			t.Fatalf("%s: %d segments", c.name, got)
		}
		if got := d.Verify(0); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		if got := d.Verify(1); got != NotCheckable {
			t.Errorf("%s: a segment that is not there: %d", c.name, got)
		}
		cut := pkt(capture.LinkTypeRaw, c.data[:len(c.data)-1])
		cut.OrigLen = uint32(len(c.data))
		if d.Decode(cut); d.Verify(0) != NotCheckable {
			t.Errorf("%s, cut: %d", c.name, d.Verify(0))
		}
	}
}
