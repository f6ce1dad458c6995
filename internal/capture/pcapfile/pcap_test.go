package pcapfile

import (
	"bytes"
	"testing"

	"tcptalk/internal/capture"
)

func TestPcapVariants(t *testing.T) {
	t.Parallel()
	const seconds, below = 1_700_000_000, 123_456
	const micros, nanos = int64(seconds)*1e9 + below*1000, int64(seconds)*1e9 + below
	tests := []struct {
		name   string
		magic  uint32
		extra  int // bytes behind the file header
		more   int // bytes behind each packet header
		format Format
		time   int64
	}{
		{"microseconds", 0xa1b2c3d4, 0, 0, Pcap, micros},
		{"nanoseconds", 0xa1b23c4d, 0, 0, PcapNano, nanos},
		{"Kuznetsov", 0xa1b2cd34, 0, 8, PcapModified, micros},
		{"Ixia software", 0x1c0001ab, 4, 0, PcapIxia, micros},
		{"Ixia hardware", 0x1c0001ac, 4, 0, PcapIxiaHard, nanos},
	}
	for _, tt := range tests {
		for order, b := range map[string]builder{"little": le, "big": be} {
			t.Run(tt.name+" "+order, func(t *testing.T) {
				t.Parallel()
				data := payload(60)
				file := cat(b.pcap(tt.magic, 1000, 113), make([]byte, tt.extra))
				for range 2 {
					file = cat(file, b.u32(seconds, below, 60, 90), make([]byte, tt.more), data)
				}
				f := open(t, file)
				all, _ := drain(f)
				if len(all) != 2 {
					t.Fatalf("%d packets, want 2", len(all))
				}
				offset := int64(24 + tt.extra + 2*(16+tt.more) + 60)
				p := all[1]
				if p.Number != 2 || p.Time != tt.time || p.OrigLen != 90 || p.LinkType != capture.LinkTypeLinuxSLL ||
					p.Offset != offset || !bytes.Equal(p.Data, data) {
					t.Errorf("got %+v, want time %d, offset %d", p, tt.time, offset)
				}
				info := f.Info()
				if info.Format != tt.format || info.Sections[0].BigEndian != (order == "big") || info.Interfaces[0].SnapLen != 1000 {
					t.Errorf("info %+v", info)
				}
			})
		}
	}
}

// The lengths of a packet header changed places in version 2.3.
func TestPcapLengthOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		major, minor  uint16
		first, second uint32
		capLen, orig  uint32
	}{
		{2, 4, 20, 60, 20, 60},
		{2, 2, 60, 20, 20, 60},
		{2, 3, 60, 20, 20, 60},
		{2, 3, 20, 60, 20, 60},
		{543, 0, 60, 20, 20, 60},
	}
	for _, tt := range tests {
		head := le.ethernet()
		copy(head[4:], le.u16(tt.major, tt.minor))
		all := packetsOf(t, cat(head, le.u32(1, 2, tt.first, tt.second), payload(20)))
		if len(all) != 1 || len(all[0].Data) != int(tt.capLen) || all[0].OrigLen != tt.orig {
			t.Errorf("version %d.%d: %+v", tt.major, tt.minor, all)
		}
	}
}

func TestPcapLinkType(t *testing.T) {
	t.Parallel()
	tests := []struct {
		field uint32
		want  capture.LinkType
	}{
		{1, capture.LinkTypeEthernet},
		{0x24000001, capture.LinkTypeEthernet}, // frame check sequence of 4 bytes
		{0x00010114, capture.LinkTypeLinuxSLL2},
		{12, capture.LinkTypeRaw},
		{14, capture.LinkTypeRaw},
		{9999, 9999},
	}
	for _, tt := range tests {
		f := open(t, le.pcap(0xa1b2c3d4, 0, tt.field))
		if got := f.Info().Interfaces[0].LinkType; got != tt.want {
			t.Errorf("field %#x: %v, want %v", tt.field, got, tt.want)
		}
	}
}

// Fractions of a second that are none are added as they are and marked; Wireshark does not normalise them either.
func TestPcapOddTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		magic, below uint32
		time         int64
		issue        capture.TimeIssue
	}{
		{0xa1b2c3d4, 999_999, 1_999_999_000, capture.TimeSound},
		{0xa1b2c3d4, 1_000_000, 2_000_000_000, capture.TimeOdd},
		{0xa1b2c3d4, 0xffffffff, 1e9 + 0xffffffff*1000, capture.TimeOdd},
		{0xa1b23c4d, 999_999_999, 1_999_999_999, capture.TimeSound},
		{0xa1b23c4d, 1_000_000_000, 2_000_000_000, capture.TimeOdd},
	}
	for _, tt := range tests {
		all := packetsOf(t, cat(le.pcap(tt.magic, 0, 1), le.record(1, tt.below, payload(4))))
		if all[0].Time != tt.time || all[0].TimeIssue != tt.issue {
			t.Errorf("below %d: time %d issue %d, want %d, %d", tt.below, all[0].Time, all[0].TimeIssue, tt.time, tt.issue)
		}
	}
	last := packetsOf(t, cat(le.ethernet(), le.record(0xffffffff, 0, nil)))
	if want := int64(0xffffffff) * 1e9; last[0].Time != want {
		t.Errorf("seconds are unsigned: %d, want %d", last[0].Time, want)
	}
}

// The bound on captured lengths follows the link type and a larger snapshot length.
func TestPcapLongPackets(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		snapLen, link uint32
		length        int
		fine          bool
	}{
		{"largest usual packet", 65535, 1, 262144, true},
		{"one more", 65535, 1, 262145, false},
		{"snapshot length allows it", 300_000, 1, 300_000, true},
		{"beyond the snapshot length", 300_000, 1, 300_001, false},
		{"absurd snapshot length", 0xffffffff, 1, 262145, false},
		{"USB", 65535, uint32(capture.LinkTypeUSBPcap), 1 << 20, true},
	}
	for _, tt := range tests {
		data := payload(tt.length)
		file := cat(le.pcap(0xa1b2c3d4, tt.snapLen, tt.link), le.record(1, 2, data), le.record(1, 3, payload(9)))
		all, err := drain(open(t, file))
		if tt.fine != (len(all) == 2) {
			t.Errorf("%s: %d packets, %v", tt.name, len(all), err)
		} else if tt.fine && !bytes.Equal(all[0].Data, data) {
			t.Errorf("%s: wrong bytes", tt.name)
		}
	}
}
