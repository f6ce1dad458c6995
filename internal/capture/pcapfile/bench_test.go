package pcapfile

import (
	"bytes"
	"testing"

	"tcptalk/internal/capture"
)

// benchPackets make a capture of about 90 MB, with the mix of full and empty segments that a download has.
const benchPackets = 100_000

func benchSize(i int) int {
	if i%3 == 2 {
		return 66
	}
	return 1300
}

func benchPcap(n int) []byte {
	file := le.ethernet()
	data := payload(1300)
	for i := range n {
		file = append(file, le.record(uint32(i), 0, data[:benchSize(i)])...)
	}
	return file
}

func benchPcapng(b testing.TB, n int) []byte {
	b.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, Section{})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.AddInterface(Interface{LinkType: 1}); err != nil {
		b.Fatal(err)
	}
	data := payload(1300)
	for i := range n {
		p := capture.Packet{Time: int64(i), Data: data[:benchSize(i)], OrigLen: uint32(benchSize(i))}
		if err := w.WritePacket(&p); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// benchNext walks a file that unpacks to size bytes.
func benchNext(b *testing.B, file []byte, size int) {
	b.Helper()
	name := writeFile(b, "bench", file)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(name)
		if err != nil {
			b.Fatal(err)
		}
		var p capture.Packet
		n := 0
		for f.Next(&p) == nil {
			n++
		}
		if n != benchPackets {
			b.Fatalf("%d packets", n)
		}
		f.Close()
	}
}

func BenchmarkNextPcap(b *testing.B) {
	file := benchPcap(benchPackets)
	benchNext(b, file, len(file))
}

func BenchmarkNextPcapng(b *testing.B) {
	file := benchPcapng(b, benchPackets)
	benchNext(b, file, len(file))
}

func BenchmarkNextGzip(b *testing.B) {
	file := benchPcap(benchPackets)
	benchNext(b, gzipOf(b, file), len(file))
}

func BenchmarkNextBatch(b *testing.B) {
	file := benchPcap(benchPackets)
	name := writeFile(b, "bench", file)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	var batch Batch
	for b.Loop() {
		f, err := Open(name)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for f.NextBatch(&batch) == nil {
			n += len(batch.Packets)
		}
		if n != benchPackets {
			b.Fatalf("%d packets", n)
		}
		f.Close()
	}
}

// Walking a capture costs no memory per packet.
func TestNextDoesNotAllocate(t *testing.T) {
	for name, file := range map[string][]byte{"pcap": benchPcap(20_000), "pcapng": benchPcapng(t, 20_000)} {
		f := open(t, file)
		var p capture.Packet
		if err := f.Next(&p); err != nil { // allocates the window
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(10_000, func() {
			if err := f.Next(&p); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations per packet", name, n)
		}
		var batch Batch
		for range 3 { // grows to its usual size
			if err := f.NextBatch(&batch); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(20, func() {
			if err := f.NextBatch(&batch); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations per batch", name, n)
		}
	}
}
