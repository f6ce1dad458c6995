package pcapfile

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/capture"
)

// badCapture is a capture that is wrong and the answer it gets.
type badCapture struct {
	name   string
	file   []byte
	kind   Kind
	reason Reason
	frame  uint32 // of the last packet before
	offset int    // of what is wrong
	text   string // in the message
}

// patch returns b with some bytes replaced.
func patch(b []byte, offset int, with []byte) []byte {
	b = bytes.Clone(b)
	copy(b[offset:], with)
	return b
}

// notCaptures have no usable header.
func notCaptures(t testing.TB) []badCapture {
	t.Helper()
	head, ng := le.ethernet(), le.ng()
	return []badCapture{
		{
			"picture", cat([]byte("GIF89a"), payload(50)),
			Unreadable, ReasonNotCapture, 0, 0,
			`not a packet capture: starts with "GIF89a" (47 49 46 38 39 61 …)`,
		},
		{
			"short text", []byte("hi"),
			Unreadable, ReasonNotCapture, 0, 0,
			`not a packet capture: starts with "hi" (68 69)`,
		},
		{
			"binary",
			[]byte{1, 2, 3, 4},
			Unreadable, ReasonNotCapture, 0, 0,
			`not a packet capture: starts with the bytes 01 02 03 04`,
		},
		{
			"archive", []byte("PK\x03\x04................"),
			Unreadable, ReasonNotCapture, 0, 0,
			`not a packet capture: starts with the bytes 50 4b 03 04 2e 2e …; this looks like a ZIP archive: unpack it first`,
		},
		{
			"twice compressed", gzipOf(t, gzipOf(t, head)),
			Unreadable, ReasonNotCapture, 0, 0,
			"gzip data inside compressed data",
		},
		{
			"pcap of 1996", patch(head, 4, le.u16(1)),
			Unreadable, ReasonVersion, 0, 0,
			"pcap version 1.4 is not supported",
		},
		{
			"pcapng of the future", patch(ng, 12, le.u16(2)),
			Unreadable, ReasonVersion, 0, 0,
			"pcapng version 2.0 is not supported",
		},
		{
			"no byte-order mark", patch(ng, 8, le.u32(1)),
			Unreadable, ReasonNotCapture, 0, 0,
			"not a packet capture",
		},
		{
			"two bytes", head[:2],
			Truncated, ReasonHeaderCut, 0, 0,
			"file header cut off after 2 of 24 bytes, at byte offset 0 of 2",
		},
		{
			"half a header", head[:10],
			Truncated, ReasonHeaderCut, 0, 0,
			"file header cut off after 10 of 24 bytes, at byte offset 0 of 10",
		},
		{
			"half a section header", ng[:20],
			Truncated, ReasonHeaderCut, 0, 0,
			"file header cut off after 20 of 28 bytes",
		},
		{
			"six bytes of pcapng", ng[:6],
			Truncated, ReasonHeaderCut, 0, 0,
			"file header cut off after 6 of 28 bytes",
		},
	}
}

// badPcaps break off or are damaged after their header.
func badPcaps() []badCapture {
	head, rec := le.ethernet(), le.record(1, 2, payload(60))
	return []badCapture{
		{
			"packet cut", cat(head, bytes.Repeat(rec, 17), rec[:36]),
			Truncated, ReasonPacketCut, 17, 24 + 17*76,
			"packet 18 cut off after 20 of 60 bytes, at byte offset 1316 of 1352",
		},
		{
			"packet header cut", cat(head, rec, rec[:9]),
			Truncated, ReasonPacketHeaderCut, 1, 100,
			"packet 2 cut off after 9 of 16 header bytes, at byte offset 100 of 109",
		},
		{
			"impossible length", cat(head, rec, le.u32(1, 2, 0xffffffff, 60), payload(60)),
			Damaged, ReasonCaptureLength, 1, 100,
			"packet 2 has an impossible captured length of 4294967295 bytes (at most 262144 are possible), at byte offset 100 of 176",
		},
	}
}

// badBlocks are pcapngs with blocks that are cut or whose lengths are impossible.
func badBlocks() []badCapture {
	epb := le.enhanced(0, 1, payload(60))
	ngOne := cat(le.ng(), epb)
	at := len(ngOne) // where the second block of packets begins
	return []badCapture{
		{
			"pcapng packet cut", cat(ngOne, epb[:48]),
			Truncated, ReasonPacketCut, 1, at,
			"packet 2 cut off after 20 of 60 bytes",
		},
		{
			"pcapng packet cut in its options", cat(ngOne, epb[:len(epb)-3]),
			Truncated, ReasonBlockCut, 1, at,
			"the enhanced packet block after packet 1 cut off after 89 of 92 bytes",
		},
		{
			"block header cut", cat(ngOne, epb[:5]),
			Truncated, ReasonBlockCut, 1, at,
			"the next block after packet 1 cut off after 5 of 12 bytes",
		},
		{
			"long unknown block cut", cat(ngOne, le.block(0x99, make([]byte, windowSize))[:windowSize]),
			Truncated, ReasonBlockCut, 1, at,
			"the 0x00000099 block after packet 1 cut off after 262144 of 262156 bytes",
		},
		{
			"block too short", cat(ngOne, patch(epb, 4, le.u32(8))),
			Damaged, ReasonBlockLengthSmall, 1, at,
			"the enhanced packet block after packet 1 has an impossible length of 8 bytes (at least 32 are needed)",
		},
		{
			"block of 4 GiB", cat(ngOne, patch(epb, 4, le.u32(0xffffffff))),
			Damaged, ReasonBlockLengthLarge, 1, at,
			"impossible length of 4294967295 bytes (at most 134348832 are possible)",
		},
		{
			"unknown block of 4 GiB", cat(ngOne, le.u32(0x99, 0xfffffffc)),
			Damaged, ReasonBlockLengthLarge, 1, at,
			"the 0x00000099 block after packet 1 has an impossible length",
		},
		{
			"lengths differ", cat(ngOne, patch(epb, len(epb)-4, le.u32(100)), epb),
			Damaged, ReasonBlockTrailer, 1, at,
			"has a length of 92 bytes at its start but 100 at its end",
		},
		{
			"lengths of a long block differ", cat(ngOne, patch(le.block(0x99, make([]byte, windowSize)), windowSize+8, le.u32(3)), epb),
			Damaged, ReasonBlockTrailer, 1, at,
			"has a length of 262156 bytes at its start but 3 at its end",
		},
	}
}

// badContents are pcapngs with blocks that are whole but say impossible things.
func badContents() []badCapture {
	epb := le.enhanced(0, 1, payload(60))
	ngOne := cat(le.ng(), epb)
	at := len(ngOne) // where the second block of packets begins
	return []badCapture{
		{
			"packet too long for its block", cat(ngOne, patch(epb, 20, le.u32(64))),
			Damaged, ReasonBlockRoom, 1, at,
			"packet 2 has an impossible captured length of 64 bytes (its block has room for 60)",
		},
		{
			"pcapng packet of 4 GiB", cat(ngOne, patch(epb, 20, le.u32(0xffffffff))),
			Damaged, ReasonCaptureLength, 1, at,
			"packet 2 has an impossible captured length of 4294967295 bytes",
		},
		{
			"simple packet too long for its block", cat(ngOne, le.block(blockSimple, le.u32(61), payload(60))),
			Damaged, ReasonBlockRoom, 1, at,
			"its block has room for 60",
		},
		{
			"no such interface", cat(ngOne, le.enhanced(3, 1, payload(4))),
			Damaged, ReasonInterface, 1, at,
			"packet 2 names interface 3, but the section describes 1",
		},
		{
			"no interface at all", cat(le.section(), epb),
			Damaged, ReasonInterface, 0, 28,
			"packet 1 names interface 0, but the section describes 0",
		},
		{
			"simple packet without interface", cat(le.section(), le.block(blockSimple, le.u32(4), payload(4))),
			Damaged, ReasonInterface, 0, 28,
			"packet 1 names interface 0",
		},
		{
			"interface of the section before", cat(ngOne, le.section(), epb),
			Damaged, ReasonInterface, 1, at + 28,
			"packet 2 names interface 0, but the section describes 0",
		},
		{
			"option runs over", cat(ngOne, le.enhanced(0, 1, payload(60), le.u16(optComment, 200), []byte("abcd"))),
			Damaged, ReasonOption, 1, at,
			"an option of the enhanced packet block after packet 1 has an impossible length of 200 bytes (4 are left)",
		},
		{
			"option of an interface runs over", cat(le.section(), le.iface(1, 0, le.u16(2, 200)), epb),
			Damaged, ReasonOption, 0, 28,
			"an option of the interface description block",
		},
		{
			"option of a section runs over", cat(le.section(le.u16(2, 200)), le.iface(1, 0)),
			Damaged, ReasonOption, 0, 0,
			"an option of the section header block",
		},
		{
			"second section without mark", cat(ngOne, patch(le.section(), 8, be.u32(0x11223344))),
			Damaged, ReasonByteOrder, 1, at,
			"a section after packet 1 has the impossible byte-order mark 0x11223344",
		},
		{
			"second section of the future", cat(ngOne, patch(le.section(), 12, le.u16(9))),
			Damaged, ReasonVersion, 1, at,
			"pcapng version 9.0 is not supported",
		},
	}
}

// badCompressed are captures whose compression is damaged.
func badCompressed(t testing.TB) []badCapture {
	t.Helper()
	file := cat(le.ethernet(), le.record(1, 2, payload(60)))
	return []badCapture{
		{
			"gzip cut", gzipOf(t, file)[:40],
			Truncated, ReasonCompressedCut, 0, 24,
			"the gzip data breaks off, at byte offset",
		},
		{
			"gzip followed by something", cat(gzipOf(t, file), []byte("something else")),
			Damaged, ReasonCompressedBad, 1, 100,
			"the gzip data is damaged",
		},
		{
			"zstd cut", zstdOf(t, file)[:60],
			Truncated, ReasonCompressedCut, 0, 0,
			"the zstd data breaks off",
		},
	}
}

// Every way in which a capture can be wrong, with the answer it gets.
func TestBadCaptures(t *testing.T) {
	t.Parallel()
	for _, tt := range slices.Concat(notCaptures(t), badPcaps(), badBlocks(), badContents(), badCompressed(t)) {
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
			same := e.Kind == tt.kind && e.Reason == tt.reason && e.Offset == int64(tt.offset)
			if !same || e.Frame != tt.frame || packets != int(tt.frame) {
				t.Errorf("got %v %s, frame %d (%d packets), offset %d\nwant %v %s, %d, %d",
					e.Kind, e.Reason, e.Frame, packets, e.Offset, tt.kind, tt.reason, tt.frame, tt.offset)
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
