package tls

import (
	"bytes"
	"testing"

	"tcptalk/internal/proto"
)

func TestDetect(t *testing.T) {
	hello := recording(t, "tls13.txt")[0].data
	old := oldClient("\x03\x01", "\x00\x00\x04", "")
	data := append(record(23, "data"), record(21, "alert")...)
	var crumbs []byte // the hello in records of one byte each
	for _, b := range hello[5:20] {
		crumbs = append(crumbs, record(22, string([]byte{b}))...)
	}
	for _, tt := range []struct {
		name  string
		bytes []byte
		sure  int // after how many bytes
	}{{"hello", hello, 10}, {"crumbs", crumbs, 30}, {"old hello", old, 11}, {"two records", data, 14}} {
		for n := range len(tt.bytes) + 1 {
			want := proto.More
			if n >= tt.sure {
				want = proto.Yes
			}
			if c, s := (Detector{}).Detect(tt.bytes[:n], nil, 0), (Detector{}).Detect(nil, tt.bytes[:n], 0); c != want || s != want {
				t.Fatalf("%d bytes of %s: %v from the client, %v from the server, want %v", n, tt.name, c, s, want)
			}
		}
	}
	one := record(23, "data")
	for _, tt := range []struct {
		name           string
		client, server []byte
		want           proto.Verdict
	}{
		{"a header in each direction", one, one[:5], proto.Yes},
		{"one header, and something else", one, []byte("x"), proto.No},
		{"a hello behind a letter that allows it", hello, []byte("S"), proto.Yes},
		{"a record and what is none", append(one, "GET /"...), nil, proto.No},
		{"an empty record", record(23, ""), nil, proto.No},
		{"a crumb and another record", append(crumbs[:6:6], data...), nil, proto.Yes},
		{"nothing", nil, nil, proto.More},
	} {
		if got := (Detector{}).Detect(tt.client, tt.server, 443); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestDetectNotTLS changes single bytes of what would be TLS.
func TestDetectNotTLS(t *testing.T) {
	hello := append(offer(""), "no record"...)
	old := oldClient("\x03\x01", "\x00\x00\x04", "")
	for _, tt := range []struct {
		bytes []byte
		at    int
		to    byte
	}{
		{hello, 0, 25},
		{hello, 1, 2},
		{hello, 2, 9},
		{hello, 3, 0xff},
		{hello, 5, 77},
		{hello, 6, 0xff},
		{hello, 9, 2},
		{old, 0, 0x7f},
		{old, 1, 1},
		{old, 2, 4},
		{old, 3, 9},
		{old, 4, 9},
		{old, 6, 4},
		{old, 6, 0},
		{old, 8, 1},
		{old, 10, 15},
	} {
		b := bytes.Clone(tt.bytes)
		b[tt.at] = tt.to
		if got := (Detector{}).Detect(b, nil, 443); got != proto.No {
			t.Errorf("%.8x with byte %d = %d: %v, want No", tt.bytes, tt.at, tt.to, got)
		}
	}
}
