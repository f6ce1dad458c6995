package http1

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// ev is one call to a decoder.
type ev struct {
	dir  flow.Direction
	data string
	gap  int64
	end  byte // 'f' a FIN, 'c' a cut
}

func req(s string) ev       { return ev{dir: flow.ClientToServer, data: s} }
func res(s string) ev       { return ev{dir: flow.ServerToClient, data: s} }
func hole(e ev, n int64) ev { return ev{dir: e.dir, gap: n} }
func fin(e ev) ev           { return ev{dir: e.dir, end: 'f'} }
func cut(e ev) ev           { return ev{dir: e.dir, end: 'c'} }
func render(m proto.Message) string {
	h := m.Detail.(*Head)
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) ", m.Dir.String()[0], m.Start, m.End)
	switch h.Kind {
	case Request:
		fmt.Fprintf(&b, "%s %s %s", h.Method, h.Target, h.Version)
	case Response:
		fmt.Fprintf(&b, "%s %d %s", h.Version, h.Status, h.Reason)
	case Unreadable:
		fmt.Fprintf(&b, "?%s", h.Line)
	}
	for _, f := range h.Fields {
		fmt.Fprintf(&b, " |%s: %s", f.Name, f.Value)
	}
	if body := &h.Body; body.Kind != NoBody || h.Kind == Unreadable {
		fmt.Fprintf(&b, " body%d[%d,%d)%d+%d=%q", body.Kind, body.Range.Start, body.Range.End, body.Length, body.Missing, body.Bytes)
	}
	for _, f := range h.Trailers {
		fmt.Fprintf(&b, " |%s: %s", f.Name, f.Value)
	}
	for _, r := range h.Remarks {
		fmt.Fprintf(&b, " !%s@%d", r.Code, r.Start)
	}
	if h.Request != nil {
		fmt.Fprintf(&b, " <-%s", h.Request.Line)
	}
	if h.ShownRequest != h.Request {
		b.WriteString(" shown<-")
		if h.ShownRequest != nil {
			b.WriteString(h.ShownRequest.Line)
		}
	}
	if h.Tunnel {
		b.WriteString(" tunnel")
	}
	if m.Next != "" {
		b.WriteString(" next " + m.Next)
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	return b.String()
}

// play feeds events, data in pieces of at most piece bytes (0: whole), and returns the messages and what was left over.
func play(events []ev, piece func() int) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) }, Options{KeepBody: 40})
	for _, e := range events {
		switch {
		case e.gap > 0:
			d.Gap(e.dir, e.gap)
		case e.end == 'f':
			d.Close(e.dir)
		case e.end == 'c':
			d.Cut(e.dir)
		}
		for data := []byte(e.data); len(data) > 0; {
			n := min(piece(), len(data))
			scratch := append([]byte(nil), data[:n]...)
			d.Data(e.dir, scratch)
			clear(scratch) // borrowed bytes must not be kept
			data = data[n:]
		}
	}
	if d.Done() {
		for dir := range flow.Direction(2) {
			at, b := d.Rest(dir)
			out = append(out, fmt.Sprintf("rest %v@%d %q", dir, at, b))
		}
	}
	return strings.Join(out, "\n")
}

func whole() int { return 1 << 30 }

const crlf = "\r\n"

var conversations = []struct {
	name   string
	events []ev
	want   string
}{
	{
		"GET and a response with length",
		[]ev{req("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"), res("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")},
		`c[0,28) GET /a HTTP/1.1 |Host: h
s[0,41) HTTP/1.1 200 OK |Content-Length: 3 body1[38,41)3+0="abc" <-GET /a HTTP/1.1`,
	},
	{
		"the preface of HTTP/2",
		[]ev{req("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPRI * HTTP/2.0\r\n\r\n"), cut(req(""))},
		`c[0,28) GET /1 HTTP/1.1 |Host: h
rest client@28 "PRI * HTTP/2.0\r\n\r\n"
rest server@0 ""`,
	},
	{
		"pipelining: Wireshark pairs differently",
		[]ev{req("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"), res("HTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n")},
		`c[0,28) GET /1 HTTP/1.1 |Host: h
c[28,56) GET /2 HTTP/1.1 |Host: h
s[0,19) HTTP/1.1 204 No <-GET /1 HTTP/1.1 shown<-GET /2 HTTP/1.1
s[19,57) HTTP/1.1 304 No |Content-Length: 9 <-GET /2 HTTP/1.1 shown<-`,
	},
	{
		"100 Continue before the body",
		[]ev{req("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"), res("HTTP/1.1 100 Continue\r\n\r\n"), req("hi"), res("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")},
		`s[0,25) HTTP/1.1 100 Continue <-PUT /a HTTP/1.1 shown<-
c[0,71) PUT /a HTTP/1.1 |Host: h |Content-Length: 2 |Expect: 100-continue body1[69,71)2+0="hi"
s[25,68) HTTP/1.1 201 Created |Content-Length: 0 body1[68,68)0+0="" <-PUT /a HTTP/1.1`,
	},
	{
		"HEAD",
		[]ev{req("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"), res("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"), req("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), res("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")},
		`c[0,28) HEAD / HTTP/1.1 |Host: h
s[0,40) HTTP/1.1 200 OK |Content-Length: 500 <-HEAD / HTTP/1.1
c[28,55) GET / HTTP/1.1 |Host: h
s[40,79) HTTP/1.1 200 OK |Content-Length: 1 body1[78,79)1+0="x" <-GET / HTTP/1.1`,
	},
	{
		"chunked with extension and trailer",
		[]ev{res("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;q=1\r\nhello\r\n6\r\n world\r\n0\r\nSum: 9\r\n\r\nHTTP/1.1 204 -\r\n\r\n")},
		`s[0,91) HTTP/1.1 200 OK |Transfer-Encoding: gzip, chunked body2[53,91)11+0="hello world" |Sum: 9
s[91,109) HTTP/1.1 204 -`,
	},
	{
		"until close, by FIN and by RST",
		[]ev{res("HTTP/1.0 200 OK\r\n\r\nall of it"), fin(res(""))},
		`s[0,28) HTTP/1.0 200 OK body3[19,28)9+0="all of it"`,
	},
	{
		"until close, cut off",
		[]ev{res("HTTP/1.0 200 OK\r\n\r\nall of it"), cut(res(""))},
		`s[0,28) HTTP/1.0 200 OK body3[19,28)9+0="all of it" BROKEN cut off`,
	},
	{
		"body shorter than promised",
		[]ev{req("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\nabc"), fin(req(""))},
		`c[0,51) POST / HTTP/1.1 |Host: h |Content-Length: 40 body1[48,51)3+0="abc" BROKEN connection closed`,
	},
	{
		"body longer than promised",
		[]ev{req("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabcd\nef\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"), res("HTTP/1.1 204 A\r\n\r\nHTTP/1.1 400 B\r\nContent-Length: 0\r\n\r\n")},
		`c[0,49) POST / HTTP/1.1 |Host: h |Content-Length: 2 body1[47,49)2+0="ab"
c[49,55) ?cd body0[49,55)6+0="cd\nef\n" BROKEN not HTTP
c[55,83) GET /2 HTTP/1.1 |Host: h
s[0,18) HTTP/1.1 204 A <-POST / HTTP/1.1 shown<-GET /2 HTTP/1.1
s[18,55) HTTP/1.1 400 B |Content-Length: 0 body1[55,55)0+0="" <-cd shown<-`,
	},
	{
		"a line feed inside a header value",
		[]ev{req("GET / HTTP/1.1\r\nHost: h\r\nX-Note: one\ntwo\r\nA: b\r\n\r\n"), res("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), fin(res(""))},
		`c[0,50) GET / HTTP/1.1 |Host: h |X-Note: one |: two |A: b !bare-lf@25 !no-colon@37
s[0,47) HTTP/1.1 400 Bad Request |Connection: close body3[47,47)0+0="" <-GET / HTTP/1.1`,
	},
	{
		"two line feeds inside a header value end the headers",
		[]ev{req("POST / HTTP/1.1\r\nHost: h\r\nX: one\n\ntwo\r\nContent-Length: 2\r\n\r\nhi"), res("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"), fin(req(""))},
		`c[0,34) POST / HTTP/1.1 |Host: h |X: one !bare-lf@26 !bare-lf@33
s[0,38) HTTP/1.1 200 OK |Content-Length: 0 body1[38,38)0+0="" <-POST / HTTP/1.1
s[38,77) HTTP/1.1 400 Bad |Content-Length: 0 body1[77,77)0+0="" <-two shown<-
c[34,62) ?two body0[34,62)28+0="two\r\nContent-Length: 2\r\n\r\nhi" BROKEN not HTTP`,
	},
	{
		"all that servers put up with",
		[]ev{req("\r\nGET  / HTTP/1.1\r\nA : 1\r\n: 2\r\nB\x01: 3\r\nC D: 4\r\nE: 5\r\n 6\r\n\t7\r\nF: 8\x00\r\nG: \r9\r\nHost: a\r\nHost: b\r\n\r\n")},
		`c[2,94) GET / HTTP/1.1 |A: 1 |: 2 |B` + "\x01" + `: 3 |C D: 4 |E: 5 6 7 |F: 8` + "\x00" + ` |G: ` + "\r" + `9 |Host: a |Host: b !extra-space@2 !space-before-colon@19 !empty-name@26 !control-in-name@31 !bad-name@38 !obs-fold@52 !obs-fold@56 !control-in-value@60 !stray-cr@67 !duplicate-host@2`,
	},
	{
		"lengths in conflict",
		[]ev{req("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2, 2\r\nContent-Length: 3\r\nContent-Length: x\r\n\r\nabc")},
		`c[0,91) POST / HTTP/1.1 |Host: h |Content-Length: 2, 2 |Content-Length: 3 |Content-Length: x body1[88,91)3+0="abc" !duplicate-length@26 !conflicting-length@48 !bad-length@67`,
	},
	{
		"length and chunked, bare line feeds, no host",
		[]ev{req("POST / HTTP/1.1\nContent-Length: 2\nTransfer-Encoding: chunked\n\n3 \nabc\n0\n\n")},
		`c[0,72) POST / HTTP/1.1 |Content-Length: 2 |Transfer-Encoding: chunked body2[62,72)3+0="abc" !bare-lf@0 !bare-lf@16 !bare-lf@34 !bare-lf@61 !no-host@0 !length-and-chunked@0 !bare-lf@62 !bad-chunk@62 !bare-lf@68 !bare-lf@69 !bare-lf@71`,
	},
	{
		"folded lines, in trailers and up to a FIN too",
		[]ev{res("HTTP/1.1 200 OK\r\nA: 1\r\n \r\n 2\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\nB:\r\n\t3\r\n\r\nHTTP/1.1 200 OK\r\nC: 4\r\n 5\r\n"), fin(res(""))},
		`s[0,75) HTTP/1.1 200 OK |A: 1 2 |Transfer-Encoding: chunked body2[62,75)0+0="" |B: 3 !obs-fold@23 !obs-fold@26 !obs-fold@50 !obs-fold@69
s[75,102) HTTP/1.1 200 OK |C: 4 5 !obs-fold@98 BROKEN connection closed`,
	},
	{
		"a bad chunk",
		[]ev{res("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\nHTTP/1.1 204 -\r\n\r\n")},
		`s[0,53) HTTP/1.1 200 OK |Transfer-Encoding: chunked body2[47,53)3+0="abc" !bad-chunk@53 BROKEN bad syntax
s[53,61) ? body0[53,61)8+0="d\r\n0\r\n\r\n" BROKEN not HTTP
s[61,79) HTTP/1.1 204 -`,
	},
	{
		"transfer coding without chunked",
		[]ev{res("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc"), fin(res(""))},
		`s[0,47) HTTP/1.1 200 OK |Transfer-Encoding: gzip body3[44,47)3+0="abc" !bad-transfer@0`,
	},
	{
		"gap inside a body",
		[]ev{res("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), hole(res(""), 5), res("hiHTTP/1.1 204 -\r\n\r\n")},
		`s[0,47) HTTP/1.1 200 OK |Content-Length: 9 body1[38,47)4+5="ab" BROKEN gap
s[47,65) HTTP/1.1 204 -`,
	},
	{
		"gap that swallows the end of a body",
		[]ev{res("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), hole(res(""), 50), res("junk\nHTTP/1.1 204 -\r\n\r\n")},
		`s[0,47) HTTP/1.1 200 OK |Content-Length: 9 body1[38,47)2+7="ab" BROKEN gap
s[47,95) ? body0[47,95)5+43="" BROKEN gap
s[95,113) HTTP/1.1 204 -`,
	},
	{
		"gap inside a header section",
		[]ev{req("GET / HTTP/1.1\r\nHost: h\r\nA: b"), hole(req(""), 5), req("c\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n")},
		`c[0,29) GET / HTTP/1.1 |Host: h BROKEN gap
c[29,39) ? body0[29,39)5+5="" BROKEN gap
c[39,67) GET /2 HTTP/1.1 |Host: h`,
	},
	{
		"gap inside a chunk and across chunks",
		[]ev{res("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na"), hole(res(""), 3), res("e\r\n"), hole(res(""), 2), res("xx\r\n"), fin(res(""))},
		`s[0,57) HTTP/1.1 200 OK |Transfer-Encoding: chunked body2[47,57)2+3="a" BROKEN gap
s[57,63) ? body0[57,63)4+2="" BROKEN gap`,
	},
	{
		"gap in a body until close",
		[]ev{res("HTTP/1.1 200 OK\r\n\r\nab"), hole(res(""), 3), res("c"), fin(res(""))},
		`s[0,25) HTTP/1.1 200 OK body3[19,25)3+3="ab" BROKEN gap`,
	},
	{
		"lost answers: the newest request is meant",
		[]ev{req("GET /1 HTTP/1.0\r\n\r\n"), hole(res(""), 90), req("GET /2 HTTP/1.0\r\n\r\n"), res("HTTP/1.1 204 -\r\n\r\n")},
		`c[0,19) GET /1 HTTP/1.0
c[19,38) GET /2 HTTP/1.0
s[0,90) ? body0[0,90)0+90="" BROKEN gap
s[90,108) HTTP/1.1 204 - <-GET /2 HTTP/1.0`,
	},
	{
		"upgrade to websocket, with a frame on the heels",
		[]ev{req("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nC1"), res("HTTP/1.1 101 Switching\r\nUpgrade: WebSocket\r\n\r\n\x81\x00"), req("C2"), res("S2")},
		`c[0,68) GET / HTTP/1.1 |Host: h |Connection: Upgrade |Upgrade: websocket
s[0,46) HTTP/1.1 101 Switching |Upgrade: WebSocket <-GET / HTTP/1.1 next websocket
rest client@68 "C1C2"
rest server@46 "\x81\x00S2"`,
	},
	{
		"upgrade declined",
		[]ev{req("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\nGET /2 HTTP/1.0\r\n\r\n"), res("HTTP/1.1 204 -\r\nUpgrade: h2c\r\n\r\n"), res("HTTP/1.1 204 -\r\n\r\n")},
		`c[0,41) GET / HTTP/1.1 |Host: h |Upgrade: h2c
s[0,32) HTTP/1.1 204 - |Upgrade: h2c <-GET / HTTP/1.1
c[41,60) GET /2 HTTP/1.0
s[32,50) HTTP/1.1 204 - <-GET /2 HTTP/1.0`,
	},
	{
		"many offers to upgrade in a row, and a FIN",
		[]ev{req("GET /1 HTTP/1.0\r\nUpgrade: h2c\r\n\r\nGET /2 HTTP/1.0\r\nUpgrade: h2c\r\n\r\nGET /3 HTTP/1.0\r\nUpgrade: h2c\r\n\r\n"), fin(req("")), res("HTTP/1.1 204 -\r\n\r\n")},
		`c[0,33) GET /1 HTTP/1.0 |Upgrade: h2c
c[33,66) GET /2 HTTP/1.0 |Upgrade: h2c
c[66,99) GET /3 HTTP/1.0 |Upgrade: h2c
s[0,18) HTTP/1.1 204 - <-GET /1 HTTP/1.0 shown<-GET /3 HTTP/1.0`,
	},
	{
		"many offers to upgrade in a row, and a gap",
		[]ev{req("GET /1 HTTP/1.0\r\nUpgrade: h2c\r\n\r\nGET /2 HTTP/1.0\r\nUpgrade: h2c\r\n\r\nGET /3 HTTP/1.0\r\nUpgrade: h2c\r\n\r\n"), hole(req(""), 5), fin(req(""))},
		`c[0,33) GET /1 HTTP/1.0 |Upgrade: h2c
c[33,66) GET /2 HTTP/1.0 |Upgrade: h2c
c[66,99) GET /3 HTTP/1.0 |Upgrade: h2c
c[99,104) ? body0[99,104)0+5="" BROKEN gap`,
	},
	{
		"upgrade declined before the body has come",
		[]ev{req("POST / HTTP/1.0\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nh"), res("HTTP/1.1 413 -\r\nContent-Length: 0\r\n\r\n"), req("iGET /2 HTTP/1.0\r\n\r\n"), res("HTTP/1.1 204 -\r\n\r\n")},
		`s[0,37) HTTP/1.1 413 - |Content-Length: 0 body1[37,37)0+0="" <-POST / HTTP/1.0 shown<-
c[0,54) POST / HTTP/1.0 |Upgrade: h2c |Content-Length: 2 body1[52,54)2+0="hi"
c[54,73) GET /2 HTTP/1.0
s[37,55) HTTP/1.1 204 - <-GET /2 HTTP/1.0`,
	},
	{
		"CONNECT granted",
		[]ev{req("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), res("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"), req("\x16\x03")},
		`c[0,35) CONNECT a:443 HTTP/1.1 |Host: a
s[0,38) HTTP/1.1 200 OK |Content-Length: 7 !needless-framing@0 <-CONNECT a:443 HTTP/1.1 tunnel
rest client@35 "\x16\x03"
rest server@38 ""`,
	},
	{
		"client and server mixed up",
		[]ev{res("GET / HTTP/1.0\r\n\r\n"), req("HTTP/1.0 204 -\r\n\r\n")},
		`s[0,18) GET / HTTP/1.0
c[0,18) HTTP/1.0 204 - <-GET / HTTP/1.0`,
	},
	{
		"HTTP/0.9, odd versions, other lines",
		[]ev{req("GET /\r\n\r\nGET /a b HTTP/1.1\r\n\r\nfoo bar\r\n"), fin(req("")), res("ICY 200 OK\r\n\r\n"), cut(res(""))},
		`c[0,9) GET /  !no-version@0
c[9,30) GET /a b HTTP/1.1 !bad-version@9
c[30,39) ?foo bar body0[30,39)9+0="foo bar\r\n" BROKEN not HTTP
s[0,14) ICY 200 OK body3[14,14)0+0="" <-GET / shown<- BROKEN cut off`,
	},
	{
		"ends inside the start line and inside the header section",
		[]ev{req("GET / HT"), cut(req("")), res("HTTP/1.1 200 OK\r\nA: b"), fin(res(""))},
		`c[0,8) ?GET / HT body0[0,8)8+0="GET / HT" BROKEN cut off
s[0,21) HTTP/1.1 200 OK BROKEN connection closed`,
	},
	{
		"more body than is kept",
		[]ev{res("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n" + strings.Repeat("0123456789", 5))},
		`s[0,89) HTTP/1.1 200 OK |Content-Length: 50 body1[39,89)50+0="0123456789012345678901234567890123456789"`,
	},
}

func TestConversations(t *testing.T) {
	for _, tt := range slices.Concat(conversations, cutConversations) {
		if got := play(tt.events, whole); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestSplitInvariance(t *testing.T) {
	for _, tt := range slices.Concat(conversations, cutConversations) {
		for seed := range uint64(40) {
			r := rand.New(rand.NewPCG(seed, 1))
			piece := func() int { return 1 + r.IntN(1+int(seed)) }
			if got := play(tt.events, piece); got != tt.want {
				t.Errorf("%s, pieces %d:\n got %s\nwant %s", tt.name, seed, got, tt.want)
				break
			}
		}
	}
}

func TestBodyOption(t *testing.T) {
	var got strings.Builder
	d := New([2]int64{}, func(proto.Message) {}, Options{KeepBody: -1, Body: func(_ flow.Direction, h *Head, _ int64, b []byte) {
		fmt.Fprintf(&got, "%s %s;", h.Target, b)
		if len(h.Body.Bytes) != 0 {
			t.Error("bytes are kept")
		}
	}})
	d.Data(flow.ClientToServer, []byte("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"))
	if got.String() != "/x ab;/x cde;" {
		t.Errorf("got %q", got.String())
	}
}

func TestStrayOption(t *testing.T) {
	var got strings.Builder
	d := New([2]int64{}, func(proto.Message) {}, Options{Stray: func(dir flow.Direction, b []byte) {
		fmt.Fprintf(&got, "%c:%q ", dir.String()[0], b)
	}})
	d.Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
	d.Gap(flow.ServerToClient, 100)
	d.Data(flow.ServerToClient, []byte("one\ntwo"))
	d.Data(flow.ServerToClient, []byte(" more\nthree"))
	d.Data(flow.ServerToClient, []byte("\nHTTP/1.1 204 -\r\n\r\nno message\nat all"))
	d.Data(flow.ServerToClient, []byte(" until here"))
	d.Close(flow.ServerToClient)
	d.Data(flow.ClientToServer, []byte("unfinished"))
	d.Cut(flow.ClientToServer)
	want := `s:"one\ntwo" s:" more\nthree" s:"\nno message\nat all" s:" until here" c:"unfinished" `
	if got.String() != want {
		t.Errorf("got  %s\nwant %s", got.String(), want)
	}
}

// An answer that lets held bytes of the client be read must not hand the server's bytes in front of it over as the client's.
func TestStrayBytesInFrontOfAnAnswer(t *testing.T) {
	var got strings.Builder
	d := New([2]int64{}, func(proto.Message) {}, Options{Stray: func(dir flow.Direction, b []byte) {
		fmt.Fprintf(&got, "%c:%q ", dir.String()[0], b)
	}})
	d.Data(flow.ClientToServer, []byte("GET / HTTP/1.0\r\nUpgrade: h2c\r\n\r\njunk\n"))
	d.Data(flow.ServerToClient, []byte("odd\nHTTP/1.1 204 -\r\n\r\n"))
	if want := `c:"junk\n" s:"odd\n" `; got.String() != want {
		t.Errorf("got  %s\nwant %s", got.String(), want)
	}
}

func TestFieldPlaces(t *testing.T) {
	text := "GET / HTTP/1.1\r\nHost: h\r\nLong: a\r\n b\r\nLast: c\r\n\r\n"
	var h *Head
	d := New([2]int64{1000, 0}, func(m proto.Message) { h = m.Detail.(*Head) }, Options{})
	d.Data(flow.ClientToServer, []byte(text))
	for i, want := range []string{"Host: h\r\n", "Long: a\r\n b\r\n", "Last: c\r\n"} {
		if r := h.Fields[i].Line; text[r.Start-1000:r.End-1000] != want {
			t.Errorf("field %d is at %v", i, r)
		}
	}
	if h.LineRange != (Range{1000, 1016}) || h.End != 1000+int64(len(text)) {
		t.Errorf("start line at %v, head ends at %d", h.LineRange, h.End)
	}
}

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		client, server string
		want           proto.Verdict
	}{
		{"", "", proto.More},
		{"G", "", proto.More},
		{"GET / HTTP/1.1\r\n", "", proto.Yes},
		{"BREW /pot HTTP/1.1\n", "", proto.Yes},
		{"GET /\r\n", "", proto.Yes},
		{"GET /a b HTTP/1.1\r\n", "", proto.Yes},
		{"PRI * HTTP/2.0\r\n", "", proto.No},
		{"OPTIONS * RTSP/1.0\r\n", "", proto.No},
		{"\x16\x03\x01", "", proto.No},
		{"hello\n", "", proto.No},
		{"", "HTTP/1.1 200 OK\r\n", proto.Yes},
		{"", "HTT", proto.More},
		{"", "220 mail ready\r\n", proto.No},
		{"\r\nGET / HTTP/1.0\r\n", "", proto.Yes},
		{"junk\r\n", "HTTP/1.1 200 OK\r\n", proto.Yes},
		{"GET /" + strings.Repeat("x", maxDetectLine), "", proto.No},
		{strings.Repeat("x", 40), "", proto.No},
	} {
		if got := (Detector{}).Detect([]byte(tt.client), []byte(tt.server), 80); got != tt.want {
			t.Errorf("Detect(%.30q, %.30q) = %v, want %v", tt.client, tt.server, got, tt.want)
		}
	}
}

func FuzzHTTP1(f *testing.F) {
	for _, tt := range slices.Concat(conversations, cutConversations) {
		var in []byte
		for _, e := range tt.events {
			in = append(in, byte(len(e.data))<<1|byte(e.dir), byte(e.gap)|e.end)
			in = append(in, e.data...)
		}
		f.Add(in, uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece uint8) {
		var events []ev
		for len(in) > 2 {
			n := min(int(in[0]>>1), len(in)-2)
			e := ev{dir: flow.Direction(in[0] & 1), data: string(in[2 : 2+n])}
			switch in[1] {
			case 'f', 'c':
				e.end = in[1]
			default:
				e.gap = int64(in[1] & 0x1f)
			}
			in = in[2+n:]
			events = append(events, e)
		}
		events = append(events, fin(req("")), cut(res("")))
		if a, b := play(events, whole), play(events, func() int { return 1 + int(piece) }); a != b {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
	})
}

func BenchmarkHeads(b *testing.B) {
	rq := []byte("GET /index.html HTTP/1.1\r\nHost: example.com\r\nUser-Agent: curl/8\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n")
	rs := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n0123456789")
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	b.SetBytes(int64(len(rq) + len(rs)))
	b.ReportAllocs()
	for range b.N {
		d.Data(flow.ClientToServer, rq)
		d.Data(flow.ServerToClient, rs)
	}
}

func BenchmarkChunkedBody(b *testing.B) {
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	d.Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
	chunk := []byte("1000\r\n" + strings.Repeat("x", 4096) + "\r\n")
	b.SetBytes(int64(len(chunk)))
	for range b.N {
		d.Data(flow.ServerToClient, chunk)
	}
}
