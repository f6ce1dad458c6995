package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"tcptalk/internal/flow"
)

// written plays data and gaps into a form: "c text", "s text", "c-5".
func written(format StreamFormat, sides [2]bool, script []string, piece func() int) string {
	var out bytes.Buffer
	s := newStreamSink(StreamOptions{Format: format, Sides: sides, Gap: func(n int64) string { return fmt.Sprintf("[%d missing]", n) }}, &out, nil)
	for _, l := range script {
		dir := flow.ClientToServer
		if l[0] == 's' {
			dir = flow.ServerToClient
		}
		var n int64
		if _, err := fmt.Sscanf(l[1:], "-%d", &n); err == nil {
			s.Gap(dir, n)
			continue
		}
		for b := []byte(l[2:]); len(b) > 0; {
			n := min(piece(), len(b))
			s.Data(dir, bytes.Clone(b[:n]))
			b = b[n:]
		}
	}
	if err := s.end(); err != nil {
		panic(err)
	}
	return out.String()
}

var bothSides = [2]bool{true, true}

func TestForms(t *testing.T) {
	talk := []string{"c GET / HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\n\r\nh\xc3\xa9 \xe5\x9b\xbe\tx\x00\xff\rb", "s-1460", "s end", "c bye"}
	for _, tt := range []struct {
		name   string
		format StreamFormat
		sides  [2]bool
		script []string
		want   string
	}{
		{"text", Text, bothSides, talk, "> GET / HTTP/1.0\n> \n< HTTP/1.0 200 OK\n< \n< hé 图\tx...b\n< [1460 missing]\n< end\n> bye\n"},
		{"one side", Text, [2]bool{false, true}, talk, "HTTP/1.0 200 OK\n\nhé 图\tx...b\n[1460 missing]\nend\n"},
		{"a character cut by the other side", Text, bothSides, []string{"c a\xe5\x9b", "s x", "c \xbe"}, "> a..\n< x\n> .\n"},
		{"a character cut by a gap", Text, bothSides, []string{"c a\xe5", "c-1", "c b\r", "c-2"}, "> a.\n> [1 missing]\n> b.\n> [2 missing]\n"},
		{"what would turn the text", Text, [2]bool{true, false}, []string{"c a\u202eb\x1b[31m\ufffd"}, "a.b.[31m\ufffd\n"},
		{"nothing", Text, bothSides, nil, ""},
		{
			"hex", Hex, bothSides,
			[]string{"c 0123456789abcdef!", "s \xff", "s-3", "s \x01", "c ?"},
			"> 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n" +
				"> 00000010  21                                                !\n" +
				"< 00000000  ff                                                .\n< [3 missing]\n" +
				"< 00000004  01                                                .\n" +
				"> 00000011  3f                                                ?\n",
		},
		{"raw", Raw, [2]bool{false, true}, talk, "HTTP/1.0 200 OK\r\n\r\nh\xc3\xa9 \xe5\x9b\xbe\tx\x00\xff\rbend"},
	} {
		for seed := range uint64(10) {
			r := rand.New(rand.NewPCG(seed, 1))
			piece := func() int { return 1 + r.IntN(1+int(seed)*3) }
			if got := written(tt.format, tt.sides, tt.script, piece); got != tt.want {
				t.Errorf("%s, pieces %d:\n got %q\nwant %q", tt.name, seed, got, tt.want)
				break
			}
		}
	}
}

func TestStream(t *testing.T) {
	s := recording(t, "http-picture")
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	sum, err := Stream(context.Background(), v, StreamOptions{Sides: [2]bool{false, true}}, &out, nil)
	if err != nil || sum[0] != (StreamSum{}) || sum[1].Bytes != int64(out.Len()) || sum[1].Missing != 0 {
		t.Fatalf("%+v, %d bytes, %v", sum, out.Len(), err)
	}
	_, picture, ok := bytes.Cut(out.Bytes(), []byte("\r\n\r\n"))
	if !ok || hashOf(picture) != pictureHash {
		t.Errorf("the body has the hash %s", hashOf(picture))
	}
	full := errors.New("disk full")
	for _, format := range []StreamFormat{Raw, Text, Hex} {
		opt := StreamOptions{Format: format, Sides: bothSides}
		if _, err := Stream(context.Background(), v, opt, failing{full}, nil); !errors.Is(err, full) {
			t.Errorf("format %d: a full disk: %v", format, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Stream(ctx, v, StreamOptions{Sides: bothSides}, io.Discard, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Without some of its packets a stream has gaps, which are told with their place.
func TestStreamGaps(t *testing.T) {
	whole := recording(t, "http-picture")
	frames := NewFrames(whole)
	v, err := whole.View(0)
	if err != nil {
		t.Fatal(err)
	}
	lost, n := 0, 0
	for i := range v.Len() {
		if v.At(i).Len > 0 && v.At(i).Dir() == flow.ServerToClient {
			n++
		}
		if n == 5 && lost == 0 {
			lost = int(v.At(i).Len)
			continue
		}
		frames.Add(v.At(i).Frame)
	}
	var out bytes.Buffer
	if _, err := Packets(context.Background(), whole, frames, PcapNG, &out, nil); err != nil {
		t.Fatal(err)
	}
	s := sessionOf(t, out.Bytes())
	if v, err = s.View(0); err != nil {
		t.Fatal(err)
	}
	var told string
	sum, err := Stream(context.Background(), v, StreamOptions{Sides: bothSides}, io.Discard, func(dir flow.Direction, offset, n int64) {
		told += fmt.Sprintf("%v %v %d ", dir, offset > 0, n)
	})
	if want := fmt.Sprintf("server true %d ", lost); err != nil || told != want || sum[1].Gaps != 1 || sum[1].Missing != int64(lost) {
		t.Errorf("told %q, want %q; %+v, %v", told, want, sum, err)
	}
}
