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

// Every way in which a capture can be wrong, with the answer it gets.
func TestBadCaptures(t *testing.T) {
	t.Parallel()
	head, rec := le.ethernet(), le.record(1, 2, payload(60))
	ng, epb := le.ng(), le.enhanced(0, 1, payload(60))
	ngOne := cat(ng, epb)
	at := len(ngOne) // where the second block of packets begins
	patch := func(b []byte, offset int, with []byte) []byte {
		b = bytes.Clone(b)
		copy(b[offset:], with)
		return b
	}
	tests := []struct {
		name   string
		file   []byte
		kind   Kind
		reason Reason
		frame  uint32
		offset int
		text   string
	}{
		{"picture", cat([]byte("GIF89a"), payload(50)), Unreadable, ReasonNotCapture, 0, 0, `not a packet capture: starts with "GIF89a" (47 49 46 38 39 61 …)`},
		{"short text", []byte("hi"), Unreadable, ReasonNotCapture, 0, 0, `not a packet capture: starts with "hi" (68 69)`},
		{"binary", []byte{1, 2, 3, 4}, Unreadable, ReasonNotCapture, 0, 0, `not a packet capture: starts with the bytes 01 02 03 04`},
		{"archive", []byte("PK\x03\x04................"), Unreadable, ReasonNotCapture, 0, 0, `not a packet capture: starts with the bytes 50 4b 03 04 2e 2e …; this looks like a ZIP archive: unpack it first`},
		{"twice compressed", gzipOf(t, gzipOf(t, head)), Unreadable, ReasonNotCapture, 0, 0, "gzip data inside compressed data"},
		{"pcap of 1996", patch(head, 4, le.u16(1)), Unreadable, ReasonVersion, 0, 0, "pcap version 1.4 is not supported"},
		{"pcapng of the future", patch(ng, 12, le.u16(2)), Unreadable, ReasonVersion, 0, 0, "pcapng version 2.0 is not supported"},
		{"no byte-order mark", patch(ng, 8, le.u32(1)), Unreadable, ReasonNotCapture, 0, 0, "not a packet capture"},
		{"two bytes", head[:2], Truncated, ReasonHeaderCut, 0, 0, "file header cut off after 2 of 24 bytes, at byte offset 0 of 2"},
		{"half a header", head[:10], Truncated, ReasonHeaderCut, 0, 0, "file header cut off after 10 of 24 bytes, at byte offset 0 of 10"},
		{"half a section header", ng[:20], Truncated, ReasonHeaderCut, 0, 0, "file header cut off after 20 of 28 bytes"},
		{"six bytes of pcapng", ng[:6], Truncated, ReasonHeaderCut, 0, 0, "file header cut off after 6 of 28 bytes"},
		{"packet cut", cat(head, bytes.Repeat(rec, 17), rec[:36]), Truncated, ReasonPacketCut, 17, 24 + 17*76, "packet 18 cut off after 20 of 60 bytes, at byte offset 1316 of 1352"},
		{"packet header cut", cat(head, rec, rec[:9]), Truncated, ReasonPacketHeaderCut, 1, 100, "packet 2 cut off after 9 of 16 header bytes, at byte offset 100 of 109"},
		{"impossible length", cat(head, rec, le.u32(1, 2, 0xffffffff, 60), payload(60)), Damaged, ReasonCaptureLength, 1, 100, "packet 2 has an impossible captured length of 4294967295 bytes (at most 262144 are possible), at byte offset 100 of 176"},
		{"pcapng packet cut", cat(ngOne, epb[:48]), Truncated, ReasonPacketCut, 1, at, "packet 2 cut off after 20 of 60 bytes"},
		{"pcapng packet cut in its options", cat(ngOne, epb[:len(epb)-3]), Truncated, ReasonBlockCut, 1, at, "the enhanced packet block after packet 1 cut off after 89 of 92 bytes"},
		{"block header cut", cat(ngOne, epb[:5]), Truncated, ReasonBlockCut, 1, at, "the next block after packet 1 cut off after 5 of 12 bytes"},
		{"long unknown block cut", cat(ngOne, le.block(0x99, make([]byte, windowSize))[:windowSize]), Truncated, ReasonBlockCut, 1, at, "the 0x00000099 block after packet 1 cut off after 262144 of 262156 bytes"},
		{"block too short", cat(ngOne, patch(epb, 4, le.u32(8))), Damaged, ReasonBlockLengthSmall, 1, at, "the enhanced packet block after packet 1 has an impossible length of 8 bytes (at least 32 are needed)"},
		{"block of 4 GiB", cat(ngOne, patch(epb, 4, le.u32(0xffffffff))), Damaged, ReasonBlockLengthLarge, 1, at, "impossible length of 4294967295 bytes (at most 134348832 are possible)"},
		{"unknown block of 4 GiB", cat(ngOne, le.u32(0x99, 0xfffffffc)), Damaged, ReasonBlockLengthLarge, 1, at, "the 0x00000099 block after packet 1 has an impossible length"},
		{"lengths differ", cat(ngOne, patch(epb, len(epb)-4, le.u32(100)), epb), Damaged, ReasonBlockTrailer, 1, at, "has a length of 92 bytes at its start but 100 at its end"},
		{"lengths of a long block differ", cat(ngOne, patch(le.block(0x99, make([]byte, windowSize)), windowSize+8, le.u32(3)), epb), Damaged, ReasonBlockTrailer, 1, at, "has a length of 262156 bytes at its start but 3 at its end"},
		{"packet too long for its block", cat(ngOne, patch(epb, 20, le.u32(64))), Damaged, ReasonBlockRoom, 1, at, "packet 2 has an impossible captured length of 64 bytes (its block has room for 60)"},
		{"pcapng packet of 4 GiB", cat(ngOne, patch(epb, 20, le.u32(0xffffffff))), Damaged, ReasonCaptureLength, 1, at, "packet 2 has an impossible captured length of 4294967295 bytes"},
		{"simple packet too long for its block", cat(ngOne, le.block(blockSimple, le.u32(61), payload(60))), Damaged, ReasonBlockRoom, 1, at, "its block has room for 60"},
		{"no such interface", cat(ngOne, le.enhanced(3, 1, payload(4))), Damaged, ReasonInterface, 1, at, "packet 2 names interface 3, but the section describes 1"},
		{"no interface at all", cat(le.section(), epb), Damaged, ReasonInterface, 0, 28, "packet 1 names interface 0, but the section describes 0"},
		{"simple packet without interface", cat(le.section(), le.block(blockSimple, le.u32(4), payload(4))), Damaged, ReasonInterface, 0, 28, "packet 1 names interface 0"},
		{"interface of the section before", cat(ngOne, le.section(), epb), Damaged, ReasonInterface, 1, at + 28, "packet 2 names interface 0, but the section describes 0"},
		{"option runs over", cat(ngOne, le.enhanced(0, 1, payload(60), le.u16(optComment, 200), []byte("abcd"))), Damaged, ReasonOption, 1, at, "an option of the enhanced packet block after packet 1 has an impossible length of 200 bytes (4 are left)"},
		{"option of an interface runs over", cat(le.section(), le.iface(1, 0, le.u16(2, 200)), epb), Damaged, ReasonOption, 0, 28, "an option of the interface description block"},
		{"option of a section runs over", cat(le.section(le.u16(2, 200)), le.iface(1, 0)), Damaged, ReasonOption, 0, 0, "an option of the section header block"},
		{"second section without mark", cat(ngOne, patch(le.section(), 8, be.u32(0x11223344))), Damaged, ReasonByteOrder, 1, at, "a section after packet 1 has the impossible byte-order mark 0x11223344"},
		{"second section of the future", cat(ngOne, patch(le.section(), 12, le.u16(9))), Damaged, ReasonVersion, 1, at, "pcapng version 9.0 is not supported"},
		{"gzip cut", gzipOf(t, cat(head, rec))[:40], Truncated, ReasonCompressedCut, 0, 24, "the gzip data breaks off, at byte offset"},
		{"gzip followed by something", cat(gzipOf(t, cat(head, rec)), []byte("something else")), Damaged, ReasonCompressedBad, 1, 100, "the gzip data is damaged"},
		{"zstd cut", zstdOf(t, cat(head, rec))[:60], Truncated, ReasonCompressedCut, 0, 0, "the zstd data breaks off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := OpenBytes(tt.file, "name")
			packets := 0
			if err == nil {
				defer f.Close()
				var all []capture.Packet
				all, err = drain(f)
				packets = len(all)
			}
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Kind != tt.kind || e.Reason != tt.reason || e.Frame != tt.frame || packets != int(tt.frame) || e.Offset != int64(tt.offset) {
				t.Errorf("got %v %s, frame %d (%d packets), offset %d\nwant %v %s, %d, %d", e.Kind, e.Reason, e.Frame, packets, e.Offset, tt.kind, tt.reason, tt.frame, tt.offset)
			}
			if !strings.Contains(e.Message(), tt.text) {
				t.Errorf("message %q\nwants to say %q", e.Message(), tt.text)
			}
			if !strings.HasPrefix(err.Error(), "name: ") || strings.ContainsAny(e.Message(), "{}") {
				t.Errorf("text %q", err.Error())
			}
		})
	}
}

// Nothing to read is not an error.
func TestEmptyCaptures(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{
		"no bytes": nil, "pcap header": le.ethernet(), "section header": be.section(), "section and interface": le.ng(),
		"gzip of nothing": gzipOf(t, nil), "zstd of a header": zstdOf(t, le.ethernet()),
	} {
		if all := packetsOf(t, file); len(all) != 0 {
			t.Errorf("%s: %d packets", name, len(all))
		}
	}
}

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
