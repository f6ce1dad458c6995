package packet

import (
	"testing"

	"tcptalk/internal/capture"
)

func benchmarkDecode(b *testing.B, link capture.LinkType, data []byte) {
	d, p := NewDecoder(), pkt(link, data)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if len(d.Decode(p)) != 1 {
			b.Fatal("no segment")
		}
	}
}

// timestamped is a data segment with the options that nearly all have.
func timestamped() []byte {
	h := join(tcpHello[:tcpMinLen], unhex("0101 080a 00000001 00000002"), make([]byte, 1000))
	h[12] = 8 << 4
	return h
}

func BenchmarkDecodeEthernetIPv4TCP(b *testing.B) {
	benchmarkDecode(b, capture.LinkTypeEthernet, ether(0x0800, ip4(protoTCP, timestamped())))
}

func BenchmarkDecodeEthernetIPv6TCP(b *testing.B) {
	benchmarkDecode(b, capture.LinkTypeEthernet, ether(0x86dd, ip6(protoTCP, timestamped())))
}

func BenchmarkDecodeVLANIPv4TCP(b *testing.B) {
	benchmarkDecode(b, capture.LinkTypeEthernet, ether(0x8100, join(unhex("0064 0800"), ip4(protoTCP, timestamped()))))
}

func BenchmarkDecodeSYN(b *testing.B) { benchmarkDecode(b, capture.LinkTypeEthernet, usualSYN()) }

func BenchmarkDecodeVXLAN(b *testing.B) {
	inner := ether(0x0800, ip4(protoTCP, timestamped()))
	benchmarkDecode(b, capture.LinkTypeEthernet, ether(0x0800, ip4(protoUDP, udpTo(portVXLAN, join(make([]byte, 8), inner)))))
}

func BenchmarkDissect(b *testing.B) {
	p := pkt(capture.LinkTypeEthernet, usualSYN())
	b.ReportAllocs()
	for b.Loop() {
		Dissect(p)
	}
}
