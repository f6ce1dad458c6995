package pcapfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"tcptalk/internal/capture"
)

func TestPacketBlocks(t *testing.T) {
	t.Parallel()
	for order, b := range map[string]builder{"little": le, "big": be} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			data := payload(61) // padded by 3
			comments := cat(
				b.option(optComment, []byte("first")), b.option(2, b.u32(1)), b.option(optComment, []byte("zweité")), b.option(optEnd, nil),
			)
			all := packetsOf(t, cat(
				b.section(),
				b.iface(1, 40),
				b.iface(113, 0, b.option(optInterfaceResolution, []byte{9})),
				b.enhanced(1, 1_700_000_000_123_456_789, data, comments),
				b.block(blockPacket, b.u16(1, 0xffff), b.u32(0, 77, 61, 99), data),
				b.block(blockSimple, b.u32(90), data[:40]),
			))
			want := []capture.Packet{
				{
					Number: 1, Interface: 1, LinkType: capture.LinkTypeLinuxSLL, Time: 1_700_000_000_123_456_789,
					OrigLen: 61, Data: data, Comment: "first\nzweité",
				},
				{Number: 2, Interface: 1, LinkType: capture.LinkTypeLinuxSLL, Time: 77, OrigLen: 99, Data: data},
				{Number: 3, LinkType: capture.LinkTypeEthernet, OrigLen: 90, Data: data[:40], TimeIssue: capture.TimeMissing},
			}
			if len(all) != len(want) {
				t.Fatalf("%d packets, want %d", len(all), len(want))
			}
			for i := range want {
				want[i].Offset = all[i].Offset // checked wherever packets are read again
				if !samePacket(all[i], want[i]) {
					t.Errorf("packet %d:\n got %+v\nwant %+v", i+1, all[i], want[i])
				}
			}
		})
	}
}

func samePacket(a, b capture.Packet) bool {
	same := bytes.Equal(a.Data, b.Data)
	return same && a.Number == b.Number && a.Interface == b.Interface && a.LinkType == b.LinkType && a.Time == b.Time &&
		a.OrigLen == b.OrigLen && a.Offset == b.Offset && a.Comment == b.Comment && a.TimeIssue == b.TimeIssue
}

// Each section has its own byte order and interface numbers; ours go on across sections.
func TestSections(t *testing.T) {
	t.Parallel()
	f := open(t, cat(
		le.section(le.option(optSectionApplication, []byte("one"))), le.iface(1, 0), le.iface(101, 0),
		le.enhanced(1, 1_000_000, payload(20)),
		be.section(be.option(optSectionApplication, []byte("two"))), be.iface(113, 0),
		be.enhanced(0, 2_000_000, payload(20)),
		be.block(blockNames, be.u32(0)),
	))
	all, err := drain(f)
	if len(all) != 2 || all[0].Interface != 1 || all[1].Interface != 2 || all[1].LinkType != capture.LinkTypeLinuxSLL || all[1].Time != 2e9 {
		t.Errorf("packets %+v, %v", all, err)
	}
	info := f.Info()
	if len(info.Sections) != 2 || !info.Sections[1].BigEndian || info.Sections[1].Application != "two" || info.Sections[1].Offset == 0 {
		t.Errorf("sections %+v", info.Sections)
	}
	if len(info.Interfaces) != 3 || info.Interfaces[2].Section != 1 {
		t.Errorf("interfaces %+v", info.Interfaces)
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	count := func(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }
	f := open(t, cat(
		le.section(
			le.option(optComment, []byte("a\xffb")), le.option(optComment, []byte("c")),
			le.option(optSectionHardware, []byte("hw")), le.option(optSectionOS, []byte("os")),
		),
		le.iface(1, 96,
			le.option(optInterfaceName, []byte("eth0")), le.option(optInterfaceDescription, []byte("LAN")),
			le.option(optInterfaceFilter, []byte("\x00tcp")), le.option(optInterfaceResolution, []byte{0x8a}),
			le.option(optInterfaceOffset, count(100)), le.option(optInterfaceHardware, []byte("card")),
			le.option(optInterfaceOS, []byte("ios")), le.option(optComment, []byte("ic")),
		),
		le.enhanced(0, 1024, payload(1)),
		le.block(blockStatistics, le.u32(0, 0, 0), le.option(optStatisticsReceived, count(9)),
			le.option(optStatisticsDropped, count(2)), le.option(optStatisticsOSDrop, count(3))),
		le.block(blockStatistics, le.u32(7, 0, 0)), // of an interface that does not exist
		le.block(blockSecrets, le.u32(0x544c534b, 4), []byte("keys")),
		le.block(0x1234, payload(8)),
	))
	all, err := drain(f)
	if len(all) != 1 || all[0].Time != 101e9 {
		t.Fatalf("packets %+v, %v", all, err)
	}
	info := f.Info()
	if s := info.Sections[0]; s.Comment != "a\uFFFDb\nc" || s.Hardware != "hw" || s.OS != "os" {
		t.Errorf("section %+v", s)
	}
	want := Interface{
		LinkType: capture.LinkTypeEthernet, SnapLen: 96, Name: "eth0", Description: "LAN", Filter: "tcp", Hardware: "card",
		OS: "ios", Comment: "ic", UnitsPerSecond: 1024, OffsetSeconds: 100, Received: 9, Dropped: 5, HasStatistics: true,
	}
	if info.Interfaces[0] != want {
		t.Errorf("interface\n got %+v\nwant %+v", info.Interfaces[0], want)
	}
	if info.Secrets != 1 || info.SkippedBlocks != 1 || info.FactsOmitted {
		t.Errorf("info %+v", info)
	}
}

// Blocks that are not network packets: those that Wireshark gives a frame number count, others do not.
func TestOtherBlocks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind   uint32
		counts bool
	}{
		{blockCustom, true},
		{blockCustomCopy, true},
		{blockJournal, true},
		{blockSysdig1, true},
		{blockSysdig2, true},
		{blockSysdig2Big, true},
		{blockSecrets, false},
		{blockNames, false},
		{0x80000001, false},
		{0x77, false},
	}
	for _, tt := range tests {
		// Short, held in the window, passed over, longer than any packet.
		for _, n := range []int{8, windowSize / 3, windowSize * 3} {
			file := cat(le.ng(), le.enhanced(0, 1, payload(60)), le.block(tt.kind, make([]byte, n)), le.enhanced(0, 2, payload(61)))
			want := uint32(2)
			if tt.counts {
				want = 3
			}
			all := packetsOf(t, file)
			if n > windowSize {
				all = packetsOfFile(t, file) // which can skip instead of reading
			}
			if len(all) != 2 || all[1].Number != want || !bytes.Equal(all[1].Data, payload(61)) {
				t.Errorf("block %#x of %d bytes: %d packets, last number %d, want %d", tt.kind, n, len(all), all[len(all)-1].Number, want)
			}
		}
	}
}

// packetsOfFile is packetsOf by way of a file.
func packetsOfFile(t testing.TB, b []byte) []capture.Packet {
	t.Helper()
	f, err := Open(writeFile(t, "x", b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := drain(f)
	if err != io.EOF {
		t.Fatalf("ended with %v, want io.EOF", err)
	}
	return all
}

// A long block that is skipped in a file, not read, is still noticed to be cut or to end badly.
func TestSkippedBlockDamaged(t *testing.T) {
	t.Parallel()
	sound := le.block(0x99, make([]byte, 4*windowSize))
	bad := bytes.Clone(sound)
	copy(bad[len(bad)-4:], le.u32(12))
	for _, tt := range []struct {
		block  []byte
		reason Reason
		have   int
	}{
		{sound[:len(sound)-1], ReasonBlockCut, len(sound) - 1},
		{sound[:len(sound)-4], ReasonBlockCut, len(sound) - 4},
		{sound[:2*windowSize], ReasonBlockCut, 2 * windowSize},
		{bad, ReasonBlockTrailer, len(sound)},
	} {
		for _, source := range []string{"file", "memory"} {
			file := cat(le.ng(), le.enhanced(0, 1, payload(4)), tt.block)
			f := open(t, file)
			if source == "file" {
				var err error
				if f, err = Open(writeFile(t, "x", file)); err != nil {
					t.Fatal(err)
				}
				defer f.Close()
			}
			all, err := drain(f)
			e, ok := err.(*Error)
			if len(all) != 1 || !ok || e.Reason != tt.reason || e.Have != uint64(tt.have) || e.Offset != int64(len(file)-len(tt.block)) {
				t.Errorf("%s: %d packets, %v", source, len(all), err)
			}
		}
	}
}

// Packets beyond the usual length enlarge the window only for themselves.
func TestWindowShrinks(t *testing.T) {
	t.Parallel()
	file := cat(le.pcap(0xa1b2c3d4, 4<<20, 1), le.record(0, 0, payload(3<<20)), manyPackets(2000)[24:])
	f := open(t, file)
	if all, err := drain(f); len(all) != 2001 || err != io.EOF {
		t.Fatalf("%d packets, %v", len(all), err)
	}
	if len(f.win.buf) > windowSize {
		t.Errorf("the window has %d bytes in the end", len(f.win.buf))
	}
}

func TestPacketLimit(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{"pcap": manyPackets(2), "pcapng": cat(le.ng(), le.enhanced(0, 1, nil), le.enhanced(0, 1, nil))} {
		f := open(t, file)
		f.frame = maxPackets - 1
		all, err := drain(f)
		if e, ok := err.(*Error); len(all) != 1 || !ok || e.Reason != ReasonPacketLimit || e.Kind != Failed {
			t.Errorf("%s: %d packets, %v", name, len(all), err)
		}
	}
}

// Some programs do not count padding in a block's length; Wireshark and we read them all the same.
func TestUnpaddedBlockLength(t *testing.T) {
	t.Parallel()
	odd := le.enhanced(0, 1, payload(61))
	length := uint32(len(odd)) - 3
	copy(odd[4:], le.u32(length))
	for _, trailer := range []uint32{length, uint32(len(odd))} {
		copy(odd[len(odd)-4:], le.u32(trailer))
		all := packetsOf(t, cat(le.ng(), odd, le.enhanced(0, 2, payload(4))))
		if len(all) != 2 || len(all[0].Data) != 61 {
			t.Errorf("trailer %d: %d packets", trailer, len(all))
		}
	}
}

// Texts and interfaces are bounded, however many a capture describes.
func TestFactBounds(t *testing.T) {
	t.Parallel()
	small := defaultLimits
	small.facts, small.interfaces = 10, 3
	file := cat(le.section(), le.iface(1, 0, le.option(optInterfaceName, []byte("12345678"))),
		le.iface(1, 0, le.option(optInterfaceName, []byte("12345678"))), le.enhanced(1, 1, payload(5)))
	f, err := openBytes(file, "test", small)
	if err != nil {
		t.Fatal(err)
	}
	if all, _ := drain(f); len(all) != 1 {
		t.Errorf("%d packets, want 1", len(all))
	}
	info := f.Info()
	if !info.FactsOmitted || info.Interfaces[0].Name == "" || info.Interfaces[1].Name != "" {
		t.Errorf("info %+v", info)
	}

	f, err = openBytes(cat(file, le.iface(1, 0), le.enhanced(2, 1, payload(5)), le.iface(1, 0)), "test", small)
	if err != nil {
		t.Fatal(err)
	}
	all, err := drain(f)
	if e, ok := err.(*Error); len(all) != 2 || !ok || e.Reason != ReasonInterfaces || e.Kind != Failed {
		t.Errorf("%d packets, %v", len(all), err)
	}
}

func TestRecordings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		packets     int
		first, last int64
		interfaces  int
		secrets     int
	}{
		{"testdata/handshake.pcap", 6, 1795170361977647000, 1795170362278409000, 1, 0},
		{"testdata/keepalive.pcapng", 19, 1795170362008214000, 1795170412212025000, 1, 0},
		{"testdata/tls_secrets.pcapng", 24, 1795171316070467000, 1795171316150659000, 1, 1},
		{"testdata/two_interfaces.pcapng", 90, 1795171734600032322, 1795171734845355773, 2, 0},
	}
	for _, tt := range tests {
		f, err := Open(tt.name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		all, err := drain(f)
		if len(all) != tt.packets || all[0].Time != tt.first || all[len(all)-1].Time != tt.last {
			t.Errorf("%s: %d packets, %v", tt.name, len(all), err)
		}
		info := f.Info()
		if len(info.Interfaces) != tt.interfaces || info.Secrets != tt.secrets {
			t.Errorf("%s: %+v", tt.name, info)
		}
		if read, total := f.Progress(); read != total || total <= 0 {
			t.Errorf("%s: progress %d of %d", tt.name, read, total)
		}
	}
}
