package http2

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"tcptalk/internal/proto"
)

// Frames as they stand inside a connection.
var (
	middleRequest = frame(Headers, FlagEndStream|FlagEndHeaders, 9, "\x82\x84\xbf\xbe\xc0")
	middleAnswer  = frame(Headers, FlagEndHeaders, 9, "\x88\xc1\xbf")
	middleBody    = frame(Data, FlagEndStream, 9, "body")
	middlePing    = frame(Ping, 0, 0, "12345678")
)

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		name, client, server string
		want                 proto.Verdict
	}{
		{"the preface", Preface, "", proto.Yes},
		{"half of the preface", Preface[:9], "", proto.More},
		{"a server that greets", "", greeting, proto.More},
		{"a request, its answer and a body", middleRequest, middleAnswer + middleBody, proto.Yes},
		{"one side only", "", middleAnswer + middleBody + middlePing, proto.Yes},
		{"two frames are no proof", middleRequest, middleAnswer, proto.More},
		{"frames of nothing but DATA are no proof", "", strings.Repeat(middleBody, 20), proto.More},
		{"cut inside a header", middleRequest + middleRequest[:5], middleAnswer[:3], proto.More},
		{"a client on a server's stream", frame(Headers, FlagEndHeaders, 8, "\x82") + middlePing + middlePing, "", proto.No},
		{"a client that promises", frame(PushPromise, FlagEndHeaders, 1, "\x00\x00\x00\x02\x82") + middlePing + middlePing, "", proto.No},
		{"a flag that the type does not have", frame(Ping, FlagPadded, 0, "12345678") + middlePing + middlePing, "", proto.No},
		{"a reserved bit", "\x00\x00\x08\x06\x00\x80\x00\x00\x00" + "12345678" + middlePing + middlePing, "", proto.No},
		{"a header block that is none", frame(Headers, FlagEndHeaders, 9, "\x40\x7f"), middleAnswer + middleBody, proto.No},
		{"a header block that is interrupted", frame(Headers, 0, 9, "\x82") + middlePing, middleAnswer, proto.No},
		{"a header block over two frames", frame(Headers, 0, 9, "\x82") + frame(Continuation, FlagEndHeaders, 9, "\x84"), middleAnswer, proto.Yes},
		{"a continuation of nothing", frame(Continuation, FlagEndHeaders, 9, "\x84") + middlePing + middlePing, "", proto.No},
		{"a window update of nothing", frame(WindowUpdate, 0, 0, "\x00\x00\x00\x00") + middlePing + middlePing, "", proto.No},
		{"a length above what is usual", "\x00\x40\x01\x00\x00\x00\x00\x00\x01", "", proto.No},
		{"text", "220 mail.example ESMTP\r\n", "", proto.No},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "", proto.No},
		{"PostgreSQL", "\x00\x00\x00\x08\x04\xd2\x16\x2f", "", proto.No},
		{"MySQL", "", "\x4a\x00\x00\x00\x0a8.0.36\x00", proto.No},
		{"DNS", "\x00\x1c\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", "", proto.No},
		{"SMB", "\x00\x00\x00\x85\xffSMB\x72\x00\x00\x00\x00", "", proto.No},
		{"zeros", strings.Repeat("\x00", 100), "", proto.No},
	} {
		if got := (Detector{}).Detect([]byte(tt.client), []byte(tt.server), 80); got != tt.want {
			t.Errorf("%s: verdict %d, want %d", tt.name, got, tt.want)
		}
	}
}

// A verdict that was given does not change with what comes after it, apart from More.
func TestVerdictsStand(t *testing.T) {
	client, server := recording(t)
	for _, b := range []string{client[24:], server, middleAnswer + middleBody + middlePing, middleRequest + "\x01"} {
		sure := proto.More
		for n := 1; n <= len(b); n++ {
			got := Detector{}.Detect(nil, []byte(b[:n]), 80)
			if sure == proto.Yes && got == proto.More || sure == proto.No && got != proto.No {
				t.Fatalf("%q: %d after %d bytes, was %d", b[:min(n, 40)], got, n, sure)
			}
			if got != proto.More {
				sure = got
			}
		}
	}
}

// The recording without its beginning is recognised wherever a frame begins, in time for what detectors get to see.
func TestDetectRecordingFromTheMiddle(t *testing.T) {
	client, server := recording(t)
	var cuts [2][]int64
	d := New([2]int64{}, func(m proto.Message) { cuts[m.Dir] = append(cuts[m.Dir], m.Start) }, Options{})
	d.Data(c, []byte(client))
	d.Data(s, []byte(server))
	for _, from := range cuts[c][2:] {
		if len(client)-int(from) > 100 {
			if got := (Detector{}).Detect([]byte(client[from:]), []byte(server[cuts[s][3]:]), 80); got != proto.Yes {
				t.Errorf("from byte %d of the client: %d", from, got)
			}
		}
	}
}

// Random bytes, also with many zeros, are no HTTP/2.
func TestDetectNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		b := make([]byte, 64)
		for i := range b {
			if rng.IntN(3) == 0 {
				b[i] = byte(rng.IntN(12))
			}
		}
		if (Detector{}).Detect(b, bytes.Clone(b[32:]), 80) == proto.Yes {
			t.Errorf("taken for HTTP/2: % x", b)
		}
	}
}
