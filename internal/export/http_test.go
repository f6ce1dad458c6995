package export

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
)

// played plays HTTP connections into HTTPObjects; every call to say is one packet.
type played struct {
	t     *testing.T
	objs  *HTTPObjects
	conns map[uint32]*http1.Decoder
	frame uint32
}

func newPlayed(t *testing.T, opt HTTPOptions) (*played, string) {
	w, dir := newWriter(t)
	return &played{t: t, objs: NewHTTPObjects(w, opt), conns: make(map[uint32]*http1.Decoder)}, dir
}

func (c *played) conn(stream uint32) *http1.Decoder {
	d := c.conns[stream]
	if d == nil {
		d = http1.New([2]int64{}, func(m proto.Message) {
			err := c.objs.Message(context.Background(), HTTPMessage{Stream: stream, Frame: c.frame, Packets: []uint32{c.frame}, Message: m})
			if err != nil {
				c.t.Error(err)
			}
		}, http1.Options{KeepBody: -1, Body: c.objs.Body})
		c.conns[stream] = d
	}
	return d
}

func (c *played) get(stream uint32, target string) {
	c.frame++
	c.conn(stream).Data(flow.ClientToServer, []byte("GET "+target+" HTTP/1.1\r\nHost: h\r\n\r\n"))
}

// answer sends a response with extra header lines and a body of known length.
func (c *played) answer(stream uint32, lines, body string) {
	c.frame++
	c.conn(stream).Data(flow.ServerToClient, fmt.Appendf(nil, "HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", lines, len(body), body))
}

func (c *played) manifest() string {
	var lines []string
	for _, o := range c.objs.Objects() {
		lines = append(lines, fmt.Sprintf("%d/%d %v %q %q size %d complete %v %q%s", o.Stream, o.Frame, o.Dir, o.Name, o.ContentType, o.Size, o.Complete, o.Missing, o.Skipped))
	}
	return strings.Join(lines, "\n")
}

func zip(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func zst(s string) string {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return string(w.EncodeAll([]byte(s), nil))
}

func TestHTTPNames(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{})
	c.get(1, "/a/page.html?x=1")
	c.get(2, "/a/dir/")
	c.answer(2, "", "two")
	c.answer(1, "Content-Type: text/html\r\n", "one")
	c.get(2, "/")
	c.answer(2, "", "root")
	c.get(2, "/")
	c.answer(2, "", "again")
	c.get(2, "/nothing")
	c.answer(2, "", "")
	c.answer(3, "Content-Type: Text/HTML; charset=x\r\n", "no request")
	c.answer(4, "", "nor here")
	want := `%2f=root
%2f(1)=again
dir=two
object11.text%2fhtml=no request
object12=nor here
page.html%3fx=1=one`
	if got := listing(t, dir); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	first, _, _ := strings.Cut(c.manifest(), "\n")
	if want := `2/3 server "dir" "" size 3 complete true ""`; first != want {
		t.Errorf("manifest begins %s, want %s", first, want)
	}
}

func TestHTTPBodies(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{})
	c.get(1, "/gzip")
	c.answer(1, "Content-Encoding: gzip\r\n", zip("unpacked"))
	c.get(1, "/zstd")
	c.answer(1, "Content-Encoding: zstd\r\n", zst("unpacked"))
	c.get(1, "/broken")
	c.answer(1, "Content-Encoding: gzip\r\n", "this is no gzip")
	c.get(1, "/half")
	c.answer(1, "Content-Encoding: gzip\r\n", strings.TrimSuffix(zip(strings.Repeat("half of it ", 100)), "\x4c\x04\x00\x00"))
	c.get(1, "/empty-chunks")
	c.conn(1).Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
	c.get(1, "/twice-packed")
	c.conn(1).Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"))
	c.frame++
	c.conn(1).Data(flow.ClientToServer, []byte("POST /form HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na=b"))
	c.conn(1).Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"))
	c.conn(1).Close(flow.ServerToClient)
	c.objs.Close()
	want := `1/2 server "gzip" "" size 8 complete true ""
1/4 server "" "" size 0 complete false ""unknown to Wireshark
1/6 server "" "" size 0 complete false "damaged"unreadable coding
1/8 server "half" "" size 1100 complete false "truncated"
1/9 server "empty-chunks" "" size 0 complete true ""
1/10 server "" "" size 0 complete false ""compressed transfer
1/11 client "form" "" size 3 complete true ""
1/11 server "" "" size 0 complete false "connection closed"incomplete`
	if got := c.manifest(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := listing(t, dir); strings.Count(got, "\n") != 3 || strings.Contains(got, tempPrefix) {
		t.Errorf("the directory holds\n%s", got)
	}
}

func TestHTTPMoreThanWireshark(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{Partial: true, AllCodings: true})
	c.get(1, "/zstd")
	c.answer(1, "Content-Encoding: gzip, zstd\r\n", zst(zip("unpacked")))
	c.get(1, "/part")
	c.conn(1).Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"))
	c.conn(1).Gap(flow.ServerToClient, 6)
	if got, want := listing(t, dir), "part=cut\nzstd=unpacked"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if want := `"part" "" size 3 complete false "gap"`; !strings.Contains(c.manifest(), want) {
		t.Errorf("got\n%s", c.manifest())
	}
}

// Wireshark takes a line without colon for the end of the header section, and what follows it for body.
func TestHTTPStrayLine(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{})
	c.conn(1).Data(flow.ClientToServer, []byte("POST /x HTTP/1.1\r\nHost: h\r\nA: b\nrest\r\nContent-Length: 2\r\n\r\nhi"))
	if got, want := listing(t, dir), "x=rest\r\nContent-Length: 2\r\n\r\nhi"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHTTPStrayBytes(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{})
	c.get(1, "/film.mp4")
	for i, b := range []string{"text\nmore", "\x00binary\n", "no line end", "A: b\r\nC:\nrest\n", "A: b\n\nbehind", "A: b\n"} {
		if err := c.objs.Stray(uint32(1+i%2), uint32(10+i), flow.ServerToClient, []byte(b)); err != nil {
			t.Error(err)
		}
	}
	if got, want := listing(t, dir), "film(1).mp4=behind\nfilm.mp4=text\nmore\nobject13=rest\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := c.manifest(), `1/10 server "film.mp4" "" size 9 complete false "not HTTP"`; !strings.HasPrefix(got, want) {
		t.Errorf("manifest %s", got)
	}
}

func TestHTTPLargeBodies(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{})
	big := strings.Repeat("0123456789abcdef", 3*maxSpool/16)
	c.get(1, "/a")
	c.get(2, "/b")
	for _, stream := range []uint32{1, 2} {
		c.conn(stream).Data(flow.ServerToClient, fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(big)))
	}
	for i := 0; i < len(big); i += 64 << 10 {
		for _, stream := range []uint32{1, 2} {
			c.conn(stream).Data(flow.ServerToClient, []byte(big[i:i+64<<10]))
			if c.objs.inMem > 3*maxSpool {
				t.Fatalf("%d bytes in memory", c.objs.inMem)
			}
		}
	}
	if got := listing(t, dir); got != "a="+big+"\nb="+big {
		t.Errorf("the files differ from the bodies; %d bytes", len(got))
	}
	if c.objs.inMem != 0 || len(c.objs.spools) != 0 {
		t.Errorf("%d bytes and %d spools are kept", c.objs.inMem, len(c.objs.spools))
	}
}

func TestHTTPUnfinishedBodiesAreDropped(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{})
	c.conn(1).Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 2*maxSpool)))
	c.objs.Close()
	if got := listing(t, dir); got != "" {
		t.Errorf("left behind %.60q", got)
	}
}

func TestOtherMessagesAreIgnored(t *testing.T) {
	c, _ := newPlayed(t, HTTPOptions{})
	if err := c.objs.Message(context.Background(), HTTPMessage{Message: proto.Message{Protocol: "websocket"}}); err != nil || len(c.objs.Objects()) != 0 {
		t.Errorf("%v, %v", err, c.objs.Objects())
	}
}

// What a body has behind the end of its compressed data is left out, and said; the file is whole.
func TestExcessOfBodies(t *testing.T) {
	c, dir := newPlayed(t, HTTPOptions{})
	c.get(1, "/a.txt")
	c.answer(1, "Content-Encoding: gzip\r\n", zip("all of it")+"\r\n")
	o := c.objs.Objects()[0]
	if b, err := os.ReadFile(filepath.Join(dir, o.Name)); err != nil || string(b) != "all of it" || !o.Complete || o.Excess != 2 || o.Missing != "" {
		t.Errorf("%q, %+v, %v", b, o, err)
	}
	got := membersOf(t, "c GET / HTTP/1.0\r\n\r\n", "s HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n"+zip("it")+"\r\n")
	if want := `"data":"it","stop":"trailing data","excess":2}`; !strings.HasSuffix(got, want) {
		t.Errorf("%s", got)
	}
	x := exchangeWith("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"+zip("it")+"!")
	if c := newHAREntry(x).Response.Content; c.Text != "it" || c.Truncated || c.Comment != "1 byte follows behind the end of the compressed data" {
		t.Errorf("%+v", c)
	}
}
