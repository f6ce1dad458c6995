package pcapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"tcptalk/internal/capture"
)

// checkRead reads a capture in every way and checks what must hold for any input. It returns the number of packets.
func checkRead(t testing.TB, file []byte) int {
	t.Helper()
	lim := defaultLimits
	lim.spoolSize = 64 << 20
	f, err := openBytes(file, "test", lim)
	if err != nil {
		checkError(t, err, 0)
		return 0
	}
	defer f.Close()
	all, err := drain(f)
	last := uint32(0)
	for i := range all {
		p := &all[i]
		if p.Number <= last {
			t.Fatalf("packet %d follows %d", p.Number, last)
		}
		last = p.Number
		again := make([]byte, len(p.Data))
		if err := f.ReadPacketAt(p.Offset, again); err != nil || !bytes.Equal(again, p.Data) {
			t.Fatalf("packet %d at %d cannot be read again: %v", p.Number, p.Offset, err)
		}
	}
	if err != io.EOF {
		checkError(t, err, last)
	}
	var p capture.Packet
	if more := f.Next(&p); more != err {
		t.Fatalf("first %v, then %v", err, more)
	}
	f.Info()
	checkBatches(t, file, lim, all, err)
	return len(all)
}

func checkError(t testing.TB, err error, last uint32) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %T %v is not ours", err, err)
	}
	if e.Kind == 0 || e.Reason == "" || e.Name != "test" || e.Frame < last || e.Offset < 0 {
		t.Fatalf("incomplete error %+v", e)
	}
	if strings.Contains(e.Message(), "{") && e.Err == nil && e.Head == nil {
		t.Fatalf("unfinished message %q", e.Message())
	}
}

// checkBatches compares NextBatch with what Next gave.
func checkBatches(t testing.TB, file []byte, lim limits, want []capture.Packet, wantErr error) {
	t.Helper()
	f, err := openBytes(file, "test", lim)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// Two batches in turn: the older must stay intact while the newer is filled.
	batches := [2]Batch{}
	n := 0
	for turn := 0; ; turn++ {
		b, other := &batches[turn%2], &batches[(turn+1)%2]
		err = f.NextBatch(b)
		for i, p := range other.Packets {
			if at := n - len(other.Packets) + i; !samePacket(p, want[at]) {
				t.Fatalf("packet %d changed while the next batch was read", p.Number)
			}
		}
		for _, p := range b.Packets {
			if n >= len(want) || !samePacket(p, want[n]) {
				t.Fatalf("batch has packet %d, Next did not", p.Number)
			}
			n++
		}
		if err != nil {
			break
		}
		if len(b.Packets) == 0 {
			t.Fatal("a batch without packets")
		}
	}
	if n != len(want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("batches: %d packets, %v; Next: %d packets, %v", n, err, len(want), wantErr)
	}
}

// fixtures are small captures of every format.
func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range []string{"handshake.pcap", "keepalive.pcapng", "tls_secrets.pcapng"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = b
	}
	rec := cat(be.record(1, 2, payload(60)), be.record(3, 4, payload(5)))
	all["big-endian nanoseconds"] = cat(be.pcap(0xa1b23c4d, 65535, 276), rec)
	all["Kuznetsov"] = cat(le.pcap(0xa1b2cd34, 65535, 1), le.u32(1, 2, 20, 20, 0, 0), payload(20))
	all["sections"] = cat(
		le.section(le.option(optComment, []byte("hello"))), le.iface(1, 96, le.option(optInterfaceResolution, []byte{9})),
		le.enhanced(0, 5, payload(33), le.option(optComment, []byte("a packet"))),
		be.section(), be.iface(113, 0), be.block(blockSimple, be.u32(30), payload(30)), be.enhanced(0, 6, payload(8)),
		be.block(blockPacket, be.u16(0, 0), be.u32(0, 77, 10, 10), payload(10)),
		be.block(blockStatistics, be.u32(0, 0, 0)), be.block(blockCustom, be.u32(1, 2)),
	)
	all["gzip"] = gzipOf(t, all["sections"])
	all["zstd"] = zstdOf(t, all["handshake.pcap"])
	return all
}

// A capture cut anywhere yields the packets before the cut and an error, unless the cut lies between records.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	for name, file := range fixtures(t) {
		whole, clean := checkRead(t, file), 0
		step := 1 + len(file)/700
		for cut := 0; cut < len(file); cut += step {
			n := checkRead(t, file[:cut])
			if n > whole {
				t.Errorf("%s cut at %d: %d packets, the whole has %d", name, cut, n, whole)
			}
			if f, err := OpenBytes(file[:cut], "test"); err == nil {
				if _, err := drain(f); err == io.EOF {
					clean++
				}
			}
		}
		// Records and blocks are longer than this on average.
		if bound := 2 + len(file)/8; clean > bound {
			t.Errorf("%s: %d of %d cuts went unnoticed", name, clean, len(file))
		}
	}
}

// Damaged copies, the same ones each time: no panic, no hang, errors are ours.
func TestDamagedCopies(t *testing.T) {
	t.Parallel()
	const copies, flips = 200, 8
	for name, file := range fixtures(t) {
		random := rand.New(rand.NewPCG(1, uint64(len(file))))
		for range copies {
			bad := bytes.Clone(file)
			for range 1 + random.IntN(flips) {
				bad[random.IntN(len(bad))] = byte(random.Uint32())
			}
			// Headers are where damage hurts.
			if len(bad) > 64 && random.IntN(2) == 0 {
				bad[random.IntN(64)] ^= 1 << random.IntN(8)
			}
			func() {
				defer func() {
					if r := recover(); r != nil {
						t.Errorf("%s: panic %v with %x", name, r, bad)
					}
				}()
				checkRead(t, bad)
			}()
		}
	}
}
