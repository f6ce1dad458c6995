package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/flow"
)

// part sends an answer with a range.
func (c *played) part(stream uint32, lines, span, body string) {
	c.frame++
	if span != "" {
		lines += "Content-Range: bytes " + span + "\r\n"
	}
	c.conn(stream).Data(flow.ServerToClient, fmt.Appendf(nil, "HTTP/1.1 206 Partial Content\r\n%sContent-Length: %d\r\n\r\n%s", lines, len(body), body))
}

// joined ends the capture and lists its files with what is said about their ranges.
func (c *played) joined(dir string) string {
	if err := c.objs.Join(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	c.objs.Close()
	var lines []string
	for _, o := range c.objs.Objects() {
		b, err := os.ReadFile(filepath.Join(dir, o.Name))
		if err != nil {
			c.t.Error(err)
		}
		line := fmt.Sprintf("%s=%s", o.Name, b)
		if o.Complete {
			line += " whole"
		}
		for _, a := range o.Absent {
			line += fmt.Sprintf(" -%d:%d", a.Start, a.End)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s", line, o.Missing)))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, tempPrefix+"*")); len(left) > 0 {
		c.t.Errorf("left behind: %v", left)
	}
	return strings.Join(lines, "\n")
}

func TestJoinRanges(t *testing.T) {
	const tag = "Etag: \"1\"\r\n"
	type answer struct {
		stream            uint32
		target, lines     string
		span, body, other string // other is an answer that is no range
	}
	for _, tt := range []struct {
		name    string
		answers []answer
		want    string
	}{
		{
			"three connections, in any order, with an overlap",
			[]answer{{1, "/a.txt", tag, "6-9/10", "6789", ""}, {2, "/a.txt", tag, "0-3/10", "0123", ""}, {3, "/a.txt", tag, "2-6/10", "23456", ""}},
			"a.txt=0123456789 whole",
		},
		{
			"one inside another, one twice",
			[]answer{{1, "/a.txt", tag, "0-9/10", "0123456789", ""}, {2, "/a.txt", tag, "3-4/10", "34", ""}, {1, "/a.txt", tag, "0-9/10", "0123456789", ""}},
			"a.txt=0123456789 whole",
		},
		{
			"a hole and the end are missing",
			[]answer{{1, "/a.txt", tag, "0-1/10", "01", ""}, {1, "/a.txt", tag, "2-3/10", "23", ""}, {1, "/a.txt", tag, "6-7/10", "67", ""}},
			"a(bytes 0-3).txt=0123 -4:6 -8:10 ranges are missing\na(bytes 6-7).txt=67 -4:6 -8:10 ranges are missing",
		},
		{
			"a contradiction",
			[]answer{{1, "/a.txt", tag, "0-3/6", "0123", ""}, {2, "/a.txt", tag, "3-5/6", "x45", ""}},
			"a(bytes 0-3).txt=0123 ranges differ where they overlap\na(bytes 3-5).txt=x45 ranges differ where they overlap",
		},
		{
			"other versions of the same thing",
			[]answer{{1, "/a.txt", tag, "0-3/6", "0123", ""}, {1, "/a.txt", "Etag: \"2\"\r\n", "4-5/6", "45", ""}},
			"a(bytes 0-3).txt=0123 -4:6 ranges are missing\na(bytes 4-5).txt=45 -0:4 ranges are missing",
		},
		{
			"a length that nobody says",
			[]answer{{1, "/a.txt", tag, "0-3/*", "0123", ""}, {1, "/a.txt", tag, "4-5/*", "45", ""}},
			"a(bytes 0-5).txt=012345 length unknown",
		},
		{
			"no range in it, or none that can be",
			[]answer{{1, "/a.txt", "", "", "body", ""}, {1, "/b.txt", "", "5-2/9", "body", ""}, {1, "/c.txt", "", "0-3/2", "body", ""}, {1, "/d", "", "", "", "200"}},
			"a.txt=body whole\nb.txt=body whole\nc.txt=body whole\nd=200 whole",
		},
		{
			"another file of the name, before and between",
			[]answer{
				{1, "/a.txt", "", "", "", "first"},
				{1, "/a.txt", tag, "0-3/6", "0123", ""},
				{2, "/a.txt", "", "", "", "between"},
				{2, "/b.txt", tag, "0-1/3", "01", ""},
				{2, "/a.txt", tag, "4-5/6", "45", ""},
				{2, "/b.txt", "", "", "", "b"},
			},
			"a.txt=first whole\na(1).txt=012345 whole\na(2).txt=between whole\nb(bytes 0-1).txt=01 -2:3 ranges are missing\nb.txt=b whole",
		},
		{
			"several ranges in one answer",
			[]answer{
				{1, "/a.txt", tag, "4-5/6", "45", ""},
				{2, "/a.txt", tag + "Content-Type: multipart/byteranges; boundary=B\r\n", "", "--B\r\nContent-Range: bytes 0-1/6\r\n\r\n01\r\n--B\r\nContent-Range: bytes 2-3/6\r\n\r\n23\r\n--B--\r\n", ""},
			},
			"a.txt=012345 whole",
		},
	} {
		c, dir := newPlayed(t, HTTPOptions{JoinRanges: true})
		for _, a := range tt.answers {
			c.get(a.stream, a.target)
			if a.other != "" {
				c.answer(a.stream, "", a.other)
				continue
			}
			c.part(a.stream, a.lines, a.span, a.body)
		}
		if got := c.joined(dir); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// Codings are on the whole, so they come off when it is there, and stay on its parts.
func TestJoinCodedRanges(t *testing.T) {
	coded := zip("a text that is packed")
	lines, n, half := "Content-Encoding: gzip\r\n", len(coded), len(coded)/2
	for _, whole := range []bool{true, false} {
		c, dir := newPlayed(t, HTTPOptions{JoinRanges: true})
		c.get(1, "/a")
		c.part(1, lines, fmt.Sprintf("0-%d/%d", half-1, n), coded[:half])
		want := fmt.Sprintf("a(bytes 0-%d)=%s -%d:%d ranges are missing", half-1, coded[:half], half, n)
		if whole {
			c.get(1, "/a")
			c.part(1, lines, fmt.Sprintf("%d-%d/%d", half, n-1, n), coded[half:])
			want = "a=a text that is packed whole"
		}
		if got := c.joined(dir); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzRanges(f *testing.F) {
	f.Add([]byte{0, 4, 4, 4, 2, 3, 20, 9}, byte(0))
	f.Add([]byte{9, 1, 0, 255, 3, 3}, byte(7))
	f.Fuzz(func(t *testing.T, spans []byte, wrong byte) {
		truth := make([]byte, 600)
		for i := range truth {
			truth[i] = byte(i * 7)
		}
		c, dir := newPlayed(t, HTTPOptions{JoinRanges: true})
		have := make([]bool, len(truth))
		for i := 0; i+1 < len(spans) && i < 40; i += 2 {
			start, n := int(spans[i]), 1+int(spans[i+1])
			body := bytes.Clone(truth[start : start+n])
			if wrong > 0 && i/2 == int(wrong) {
				body[0] ^= 1
			}
			for k := range n {
				have[start+k] = true
			}
			c.get(1, "/x")
			c.part(1, "", fmt.Sprintf("%d-%d/%d", start, start+n-1, len(truth)), string(body))
		}
		if err := c.objs.Join(context.Background()); err != nil {
			t.Fatal(err)
		}
		c.objs.Close()
		for _, o := range c.objs.Objects() {
			b, err := os.ReadFile(filepath.Join(dir, o.Name))
			if err != nil || int64(len(b)) != o.Bytes.End-o.Bytes.Start {
				t.Fatalf("%+v: %d bytes, %v", o, len(b), err)
			}
			if !bytes.Equal(b, truth[o.Bytes.Start:o.Bytes.End]) && wrong == 0 {
				t.Errorf("%s holds other bytes", o.Name)
			}
			for i := o.Bytes.Start; i < o.Bytes.End; i++ {
				if !have[i] {
					t.Fatalf("byte %d of %s was never sent", i, o.Name)
				}
			}
			for _, a := range o.Absent {
				for i := a.Start; i < a.End; i++ {
					if have[i] {
						t.Fatalf("byte %d was sent and counts as missing", i)
					}
				}
			}
		}
	})
}

// post sends a request with a body.
func (c *played) post(lines, body string) {
	c.frame++
	c.conn(1).Data(flow.ClientToServer, fmt.Appendf(nil, "POST /up HTTP/1.1\r\nHost: h\r\n%sContent-Length: %d\r\n\r\n%s", lines, len(body), body))
}

func TestRequests(t *testing.T) {
	const form = "Content-Type: multipart/form-data; boundary=B\r\n"
	const body = "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA day\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\dir\\..\\图.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"con.txt\"\r\n\r\n\r\n--B\r\n\r\nnameless\r\n--B--\r\n"
	cut := strings.Index(body, "PNG\r\n") + len("PN")
	for _, tt := range []struct {
		name, lines, body string
		opt               HTTPOptions
		want              string
	}{
		{"a form", form, body, HTTPOptions{}, "title=A day [title]\n图.png=PNG [f] image/png\n_con.txt= [f]\nup=nameless []"},
		{"a form in gzip", form + "Content-Encoding: gzip\r\n", zip(body), HTTPOptions{}, "title=A day [title]\n图.png=PNG [f] image/png\n_con.txt= [f]\nup=nameless []"},
		{"a body", "Content-Type: text/plain\r\n", "plain", HTTPOptions{}, "up=plain [] text/plain"},
		{"a form that ends early", form, body[:cut], HTTPOptions{}, "title=A day [title]\n= [f] image/png truncatedincomplete"},
		{"what there is of it", form, body[:cut], HTTPOptions{Partial: true}, "title=A day [title]\n图.png=PN [f] image/png truncated"},
		{"a form that ends in a header", form, body[:cut-20], HTTPOptions{}, "title=A day [title]\n= [] multipart/form-data; boundary=B not a form"},
		{"no form", form, "nothing", HTTPOptions{}, "= [] multipart/form-data; boundary=B not a form"},
	} {
		tt.opt.Requests = true
		c, dir := newPlayed(t, tt.opt)
		c.post(tt.lines, tt.body)
		c.answer(1, "", "the answer is not wanted")
		c.objs.Close()
		var lines []string
		for _, o := range c.objs.Objects() {
			var b []byte
			if o.Name != "" {
				var err error
				if b, err = os.ReadFile(filepath.Join(dir, o.Name)); err != nil {
					t.Error(err)
				}
			}
			line := fmt.Sprintf("%s=%s [%s] %s %s%s", o.Name, b, o.Part, o.ContentType, o.Missing, o.Skipped)
			lines = append(lines, strings.Join(strings.Fields(strings.ReplaceAll(line, "=", "= ")), " "))
		}
		want := strings.Split(tt.want, "\n")
		for i := range want {
			want[i] = strings.Join(strings.Fields(strings.ReplaceAll(want[i], "=", "= ")), " ")
		}
		if got, want := strings.Join(lines, "\n"), strings.Join(want, "\n"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, want)
		}
	}
}

func TestRawCodingsStay(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{Raw: true, Hash: true})
	coded := zip("hello")
	c.get(1, "/a.txt")
	c.answer(1, "Content-Encoding: gzip\r\n", coded)
	c.get(1, "/b.txt")
	c.answer(1, "Content-Encoding: whatever\r\n", "as it is")
	if got, want := listing(t, dir), "a.txt="+coded+"\nb.txt=as it is"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, o := range c.objs.Objects() {
		if !o.Coded || len(o.Codings) != 1 || !o.Complete {
			t.Errorf("%+v", o)
		}
	}
	if got := c.objs.Objects()[0].SHA256; got != hashOf([]byte(coded)) {
		t.Errorf("hash %s", got)
	}
}

func TestMarkOfIncompleteFiles(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{Partial: true, Mark: true})
	c.get(1, "/a.png")
	c.frame++
	c.conn(1).Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"))
	c.conn(1).Cut(flow.ServerToClient)
	if got := listing(t, dir); got != "a(incomplete).png=half" {
		t.Errorf("%q", got)
	}
	if o := c.objs.Objects()[0]; o.Lacks != 6 || o.Complete {
		t.Errorf("%+v", o)
	}
}

func TestManifest(t *testing.T) {
	s := recording(t, "http-picture")
	w, _ := newWriter(t)
	objects, err := HTTP(context.Background(), s, w, HTTPOptions{Hash: true, Connections: []int{0}}, nil)
	if err != nil || len(objects) != 1 {
		t.Fatalf("%+v, %v", objects, err)
	}
	objects = append(objects, Object{
		Name: "b", Bytes: Span{0, 10}, Total: 20, Absent: []Span{{10, 20}}, Streams: []uint32{0, 0}, Request: true, URI: "http://proxied/", Missing: "x",
	})
	var out bytes.Buffer
	if err := WriteManifest(&out, s, objects); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got) != 2 {
		t.Fatalf("%v in %s", err, &out)
	}
	one, two := got[0], got[1]
	if one["name"] != "lighthouses.png" || one["url"] != "http://pictures.example/lighthouses.png" || one["from"] != "response" ||
		one["sha256"] != pictureHash || one["size"] != 57413.0 || one["complete"] != true || one["bytes"] != nil || len(one["packets"].([]any)) != 40 {
		t.Errorf("%v", one)
	}
	if fmt.Sprintln(two["bytes"], two["total"], two["missing_ranges"], two["url"], two["from"], two["packets"]) !=
		"map[first:0 last:9] 20 [map[first:10 last:19]] http://proxied/ request []\n" {
		t.Errorf("%v", two)
	}
	if o := (&Object{URI: "/x"}); o.URL(netip.MustParseAddrPort("[::1]:80")) != "http://[::1]:80/x" {
		t.Errorf("%s", o.URL(netip.MustParseAddrPort("[::1]:80")))
	}
}

func TestHTTPOfOneConnection(t *testing.T) {
	s := recording(t, "http-bad-header")
	w, _ := newWriter(t)
	objects, err := HTTP(context.Background(), s, w, HTTPOptions{Connections: []int{1}}, nil)
	if err != nil || len(objects) == 0 {
		t.Fatalf("%+v, %v", objects, err)
	}
	for _, o := range objects {
		if o.Stream != 1 {
			t.Errorf("%+v", o)
		}
	}
	if _, err := HTTP(context.Background(), s, w, HTTPOptions{Connections: []int{99}}, nil); err == nil {
		t.Error("a connection that is not there has files")
	}
}

// A file is given up in the midst of it, and nothing stays.
func TestAWriterThatIsCancelled(t *testing.T) {
	w, dir := newWriter(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, _, err := w.Write("large", func(out io.Writer) error {
		out = contextWriter{ctx, out}
		if _, err := out.Write(make([]byte, 1000)); err != nil {
			t.Error(err)
		}
		cancel()
		_, err := out.Write(make([]byte, 1000))
		return err
	})
	if !errors.Is(err, context.Canceled) || listing(t, dir) != "" {
		t.Errorf("%v; %q", err, listing(t, dir))
	}
}
