package pcapfile

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"tcptalk/internal/capture"
)

func TestWriterRoundTrip(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	section := Section{Hardware: "hw", OS: "Linux", Application: "tcptalk", Comment: "a case\nof two lines"}
	w, err := NewWriter(&out, section)
	if err != nil {
		t.Fatal(err)
	}
	interfaces := []Interface{
		{LinkType: capture.LinkTypeEthernet, Name: "lo"},
		{
			LinkType: capture.LinkTypeLinuxSLL2, SnapLen: 65535, Name: "any", Description: "all", Filter: "tcp port 80",
			Hardware: "h", OS: "o", Comment: "c", OffsetSeconds: -1000,
		},
	}
	for i := range interfaces {
		n, err := w.AddInterface(interfaces[i])
		if err != nil || n != uint32(i) {
			t.Fatalf("interface %d: %d, %v", i, n, err)
		}
		interfaces[i].UnitsPerSecond = nanosPerSecond
	}
	packets := []capture.Packet{
		{Interface: 0, Time: 1_700_000_000_123_456_789, OrigLen: 61, Data: payload(61)},
		{Interface: 1, Time: -999_999_999_999, OrigLen: 1500, Data: payload(96), Comment: "one\ntwo"},
		{Interface: 0, OrigLen: 40, Data: payload(40), TimeIssue: capture.TimeMissing},
		{Interface: 1, Time: math.MaxInt64 - 1_000_000_000, Data: nil, Comment: strings.Repeat("é", 30_000)},
		{Interface: 0, Time: 0, OrigLen: 70, Data: payload(70)},
	}
	for i := range packets {
		if err := w.WritePacket(&packets[i]); err != nil {
			t.Fatal(err)
		}
		packets[i].Number, packets[i].LinkType = uint32(i+1), interfaces[packets[i].Interface].LinkType
	}
	if err := w.WriteStatistics(1, 5, 100, 7); err != nil {
		t.Fatal(err)
	}
	interfaces[1].Received, interfaces[1].Dropped, interfaces[1].HasStatistics = 100, 7, true
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}

	f := open(t, out.Bytes())
	all, err := drain(f)
	if err != io.EOF || len(all) != len(packets) {
		t.Fatalf("%d packets, %v", len(all), err)
	}
	for i := range packets {
		packets[i].Offset = all[i].Offset
		if !samePacket(all[i], packets[i]) {
			t.Errorf("packet %d:\n got %+v\nwant %+v", i+1, all[i], packets[i])
		}
	}
	info := f.Info()
	if info.Sections[0] != section {
		t.Errorf("section %+v", info.Sections[0])
	}
	for i := range interfaces {
		if info.Interfaces[i] != interfaces[i] {
			t.Errorf("interface\n got %+v\nwant %+v", info.Interfaces[i], interfaces[i])
		}
	}
}

// A comment that does not fit an option goes into several, cut between characters.
func TestWriterLongComment(t *testing.T) {
	t.Parallel()
	for _, comment := range []string{strings.Repeat("é", 100_000), strings.Repeat("\xbf", 150_000)} {
		var out bytes.Buffer
		w, err := NewWriter(&out, Section{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddInterface(Interface{LinkType: 1, Filter: strings.Repeat("x", 70_000)}); err != nil {
			t.Fatal(err)
		}
		if err := w.WritePacket(&capture.Packet{Comment: comment}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		all := packetsOf(t, out.Bytes())
		got := strings.ReplaceAll(all[0].Comment, "\n", "")
		if want := strings.ToValidUTF8(comment, "\uFFFD"); len(comment) == 200_000 && got != want || got == "" {
			t.Errorf("a comment of %d bytes came back with %d", len(comment), len(got))
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(io.Discard, Section{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddInterface(Interface{OffsetSeconds: math.MinInt64}); err == nil {
		t.Error("an offset beyond all times was taken")
	}
	if err := w.WritePacket(&capture.Packet{}); err == nil {
		t.Error("a packet without interface was taken")
	}
	if err := w.WriteStatistics(0, 0, 0, 0); err == nil {
		t.Error("statistics without interface were taken")
	}
	if _, err := w.AddInterface(Interface{LinkType: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.WritePacket(&capture.Packet{Time: -1}); err == nil {
		t.Error("a time before the interface's first was taken")
	}
	if err := w.WriteStatistics(0, -1, 0, 0); err == nil {
		t.Error("statistics of a time before the interface's first were taken")
	}
}

func TestPcapWriterRoundTrip(t *testing.T) {
	t.Parallel()
	packets := []capture.Packet{
		{LinkType: capture.LinkTypeRaw, Time: 1_700_000_000_123_456_789, OrigLen: 99, Data: payload(61)},
		{LinkType: capture.LinkTypeRaw, Time: 0},
		{LinkType: capture.LinkTypeRaw, Time: math.MaxUint32*nanosPerSecond + 999_999_999, OrigLen: 20, Data: payload(20)},
	}
	for format, unit := range map[Format]int64{Pcap: 1000, PcapNano: 1} {
		var out bytes.Buffer
		w, err := NewPcapWriter(&out, format, capture.LinkTypeRaw, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range packets {
			if err := w.WritePacket(&packets[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		f := open(t, out.Bytes())
		all, err := drain(f)
		if err != io.EOF || len(all) != len(packets) || f.Info().Format != format {
			t.Fatalf("%s: %d packets, %v", format, len(all), err)
		}
		for i, want := range packets {
			want.Number, want.Offset, want.Time = uint32(i+1), all[i].Offset, want.Time/unit*unit
			if !samePacket(all[i], want) {
				t.Errorf("%s packet %d:\n got %+v\nwant %+v", format, i+1, all[i], want)
			}
		}
	}
}

func TestPcapWriterRefuses(t *testing.T) {
	t.Parallel()
	if _, err := NewPcapWriter(io.Discard, PcapNG, 1, 0); err == nil {
		t.Error("pcapng was taken for a pcap")
	}
	w, err := NewPcapWriter(io.Discard, Pcap, capture.LinkTypeEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []capture.Packet{
		{LinkType: capture.LinkTypeRaw}, {LinkType: 1, Time: -1}, {LinkType: 1, Time: (math.MaxUint32 + 1) * nanosPerSecond},
	} {
		if err := w.WritePacket(&p); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
}

type brokenWriter struct{ err error }

func (b brokenWriter) Write([]byte) (int, error) { return 0, b.err }

func TestWritersReportFailure(t *testing.T) {
	t.Parallel()
	cause := errors.New("no more paper")
	ng, err := NewWriter(brokenWriter{cause}, Section{})
	if err != nil {
		t.Fatal(err)
	}
	if err := ng.Flush(); !errors.Is(err, cause) {
		t.Errorf("pcapng: %v", err)
	}
	if _, err := ng.AddInterface(Interface{}); !errors.Is(err, cause) {
		t.Errorf("pcapng: %v", err)
	}
	pcap, err := NewPcapWriter(brokenWriter{cause}, Pcap, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := pcap.Flush(); !errors.Is(err, cause) {
		t.Errorf("pcap: %v", err)
	}
	if err := pcap.WritePacket(&capture.Packet{LinkType: 1}); !errors.Is(err, cause) {
		t.Errorf("pcap: %v", err)
	}
}
