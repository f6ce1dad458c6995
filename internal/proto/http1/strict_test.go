package http1

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// framings are cases in which programs that are not careful disagree about where a message ends.
var framings = []struct {
	name   string
	events []ev
	want   string
}{
	{
		"hints before the answer",
		[]ev{req("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), res("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")},
		`c[0,27) GET / HTTP/1.1 |Host: h
s[0,40) HTTP/1.1 103 Early Hints |Link: </a> <-GET / HTTP/1.1
s[40,68) HTTP/1.1 103 Early Hints <-GET / HTTP/1.1 shown<-
s[68,107) HTTP/1.1 200 OK |Content-Length: 1 body1[106,107)1+0="x" <-GET / HTTP/1.1 shown<-`,
	},
	{
		"no body where none can be, whatever the fields say",
		[]ev{
			req("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /3 HTTP/1.1\r\nHost: h\r\n\r\n"),
			res("HTTP/1.1 204 -\r\nContent-Length: 5\r\n\r\nHTTP/1.1 304 -\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\n"),
		},
		`c[0,28) GET /1 HTTP/1.1 |Host: h
c[28,56) GET /2 HTTP/1.1 |Host: h
c[56,85) HEAD /3 HTTP/1.1 |Host: h
s[0,37) HTTP/1.1 204 - |Content-Length: 5 !needless-framing@0 <-GET /1 HTTP/1.1 shown<-HEAD /3 HTTP/1.1
s[37,83) HTTP/1.1 304 - |Transfer-Encoding: chunked <-GET /2 HTTP/1.1 shown<-
s[83,129) HTTP/1.1 200 - |Transfer-Encoding: chunked <-HEAD /3 HTTP/1.1 shown<-`,
	},
	{
		"CONNECT refused, and tried again",
		[]ev{
			req("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), res("HTTP/1.1 407 -\r\nContent-Length: 2\r\n\r\nno"),
			req("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), res("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), req("x"),
		},
		`c[0,35) CONNECT a:443 HTTP/1.1 |Host: a
s[0,39) HTTP/1.1 407 - |Content-Length: 2 body1[37,39)2+0="no" <-CONNECT a:443 HTTP/1.1
c[35,70) CONNECT a:443 HTTP/1.1 |Host: a
s[39,86) HTTP/1.1 200 OK |Transfer-Encoding: chunked !needless-framing@39 <-CONNECT a:443 HTTP/1.1 tunnel
rest client@70 "x"
rest server@86 ""`,
	},
	{
		"bodies of all kinds behind each other",
		[]ev{res("HTTP/1.1 200 A\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 B\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\nHTTP/1.1 200 C\r\n\r\nHTTP/1.1"), fin(res(""))},
		`s[0,39) HTTP/1.1 200 A |Content-Length: 2 body1[37,39)2+0="ab"
s[39,102) HTTP/1.1 200 B |Transfer-Encoding: chunked body2[85,102)1+0="c" |T: 1
s[102,128) HTTP/1.1 200 C body3[120,128)8+0="HTTP/1.1"`,
	},
	{
		"the same length twice, and lengths that are none",
		[]ev{req("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\naPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\nContent-Length: -1\r\nContent-Length: 0x1\r\nContent-Length: 99999999999999999999\r\n\r\n")},
		`c[0,67) POST / HTTP/1.1 |Host: h |Content-Length: 1 |Content-Length: 1 body1[66,67)1+0="a" !duplicate-length@45
c[67,194) POST / HTTP/1.1 |Host: h |Content-Length: +1 |Content-Length: -1 |Content-Length: 0x1 |Content-Length: 99999999999999999999 !bad-length@93 !bad-length@113 !bad-length@133 !bad-length@154`,
	},
	{
		"transfer codings in a wrong order, twice, unknown, or in HTTP/1.0",
		[]ev{
			req("POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" +
				"POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
				"POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\nContent-Length: 1\r\n\r\n" +
				"POST /4 HTTP/1.0\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
		},
		`c[0,68) POST /1 HTTP/1.1 |Host: h |Transfer-Encoding: chunked, gzip body2[63,68)0+0="" !bad-transfer@0
c[68,158) POST /2 HTTP/1.1 |Host: h |Transfer-Encoding: chunked |Transfer-Encoding: chunked body2[153,158)0+0="" !bad-transfer@68
c[158,235) POST /3 HTTP/1.1 |Host: h |Transfer-Encoding: xchunked |Content-Length: 1 !bad-transfer@158
c[235,288) POST /4 HTTP/1.0 |Transfer-Encoding: Chunked body2[283,288)0+0="" !old-transfer@235`,
	},
	{
		"a space in front of the first field",
		[]ev{req("GET / HTTP/1.1\r\n X: 1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n")},
		`c[0,68) GET / HTTP/1.1 |X: 1 |Host: h |Transfer-Encoding: chunked body2[63,68)0+0="" !obs-fold@16 !bad-name@16 !space-before-colon@32`,
	},
	{
		"sizes of chunks",
		[]ev{
			res("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00001\r\na\r\n0A;x=\"1\"\r\n0123456789\r\n000\r\n\r\n"),
			res("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"),
			res("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n"), fin(res("")),
		},
		`s[0,86) HTTP/1.1 200 OK |Transfer-Encoding: chunked body2[47,86)11+0="a0123456789"
s[86,133) HTTP/1.1 200 OK |Transfer-Encoding: chunked body2[133,133)0+0="" !bad-chunk@133 BROKEN bad syntax
s[133,151) ? body0[133,151)18+0="1000000000000000\r\n" BROKEN not HTTP
s[151,198) HTTP/1.1 200 OK |Transfer-Encoding: chunked body2[198,198)0+0="" !bad-chunk@198 BROKEN bad syntax
s[198,202) ? body0[198,202)4+0="-1\r\n" BROKEN not HTTP
s[202,249) HTTP/1.1 200 OK |Transfer-Encoding: chunked body2[249,249)0+0="" !bad-chunk@249 BROKEN bad syntax
s[249,254) ? body0[249,254)5+0="0x1\r\n" BROKEN not HTTP`,
	},
}

func TestFramings(t *testing.T) {
	for _, tt := range framings {
		if got := play(tt.events, whole); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		for seed := range uint64(10) {
			r := rand.New(rand.NewPCG(seed, 1))
			if got := play(tt.events, func() int { return 1 + r.IntN(1+int(seed)) }); got != tt.want {
				t.Errorf("%s, pieces %d:\n got %s\nwant %s", tt.name, seed, got, tt.want)
				break
			}
		}
	}
}

// endless is traffic of one kind that could go on for ever.
var endless = []struct {
	name        string
	begin, more string
	held        uint64 // bytes that may be made of any amount
}{
	{"header lines", "GET / HTTP/1.1\r\n", "A: b\r\n", 4 << 20},
	{"lines without colon", "GET / HTTP/1.1\r\n", "b\r\n", 4 << 20},
	{"folded lines", "GET / HTTP/1.1\r\nA: b\r\n", " c\r\n", 4 << 20},
	{"chunks of one byte", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", 1 << 20},
	{"chunks that are oddly written", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1 \na\n", 1 << 20},
	{"trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n", 4 << 20},
	{"empty lines", "", "\r\n", 1 << 20},
	{"a line without end", "GET /", "xxxxxxxx", 4 << 20},
	{"a body until close", "HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxx", 1 << 20},
}

// run feeds n times more behind begin, in packets of about 1400 bytes.
func run(begin, more string, n int) {
	const together = 200
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	d.Data(flow.ServerToClient, []byte(begin))
	piece := []byte(strings.Repeat(more, together))
	for range n / together {
		d.Data(flow.ServerToClient, piece)
	}
}

// A billion lines or chunks take no more memory than a hundred thousand, apart from what each line costs while it is looked at,
// and time in proportion: four times as many must not take sixteen times as long, as they would if each looked at all before it.
func TestEndlessTraffic(t *testing.T) {
	const n = 100_000
	for _, e := range endless {
		run(e.begin, e.more, n) // whatever is made once
		few, many := allocated(func() { run(e.begin, e.more, n) }), allocated(func() { run(e.begin, e.more, 4*n) })
		const line = 400 // a Head to look whether a message begins there, and its text
		if few > e.held+line*n || many > e.held+line*4*n {
			t.Errorf("%s: %d bytes were made of %d, %d of %d", e.name, few, n, many, 4*n)
		}
		// A busy machine disturbs some measurements; work that grows with the square of the input shows in all of them.
		var fast, slow time.Duration
		for range 8 {
			fast, slow = fastest(func() { run(e.begin, e.more, n) }), fastest(func() { run(e.begin, e.more, 4*n) })
			if slow <= 12*fast+10*time.Millisecond {
				slow = 0
				break
			}
		}
		if slow > 0 {
			t.Errorf("%s: %v for %d, %v for %d", e.name, fast, n, slow, 4*n)
		}
	}
}

// fastest returns the shortest of some runs: the one that was disturbed least.
func fastest(f func()) time.Duration {
	best := time.Hour
	for range 4 {
		began := time.Now()
		f()
		best = min(best, time.Since(began))
	}
	return best
}
