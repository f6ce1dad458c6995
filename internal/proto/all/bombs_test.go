package all

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/proto/websocket"
)

// A bomb is traffic that goes on without end, or claims to. It is read in bounded memory and in time that grows with its bytes,
// and what is left out of it is said where the reader looks.

// bomb is one kind: what begins it, what goes on, and what ends it.
type bomb struct {
	name  string
	begin []string // as in watch
	// more is what comes again, from the server or the client; number writes into it what differs from time to time.
	dir    flow.Direction
	more   string
	number func(b []byte, i uint32)
	end    string
	// scaled is how often it comes in every run of the tests, real how often it may come in life.
	scaled, real int
	// keep is Options.Keep, 16 KiB if it is 0; live how many bytes may be kept, maxLive if it is 0.
	keep int
	live int64
	// said reports that a message says that something was left out, or where it broke.
	said func(m *proto.Message) bool
}

const (
	client = flow.ClientToServer
	server = flow.ServerToClient
)

// repeat makes the traffic of a bomb a few kilobytes at a time.
func repeat(s string) string { return strings.Repeat(s, 1+4000/len(s)) }

// size is how often s is in repeat(s).
func size(s string) int { return 1 + 4000/len(s) }

// mysqlLogin is how a recording of MariaDB begins: greeting, login and OK.
func mysqlLogin(t testing.TB) (script []string) {
	t.Helper()
	b, err := os.ReadFile("../mysql/testdata/mariadb-text.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		data, err := hex.DecodeString(strings.TrimSpace(line[1:]))
		if err != nil {
			t.Fatal(err)
		}
		if script = append(script, line[:2]+string(data)); len(script) == 3 {
			break
		}
	}
	return script
}

// mysqlPacket builds a packet of MySQL.
func mysqlPacket(sequence byte, payload string) string {
	n := len(payload)
	return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), sequence}) + payload
}

// mysqlColumn is the definition of a column of text.
func mysqlColumn() string {
	return "\x03def\x00\x01t\x01t\x01a\x01a\x0c\x21\x00\xff\x00\x00\x00\xfd\x00\x00\x00\x00\x00"
}

// pgMessage builds a message of PostgreSQL.
func pgMessage(tag string, payload string) string {
	return tag + string(binary.BigEndian.AppendUint32(nil, uint32(len(payload)+4))) + payload
}

// streamNumber writes the number of the next stream into the frame that b begins with, and into others of the same length.
func streamNumber(length int) func(b []byte, i uint32) {
	return func(b []byte, i uint32) {
		for k := 0; k < len(b); k += length {
			binary.BigEndian.PutUint32(b[k+5:], (2*i+1)&(1<<31-1))
			i++
		}
	}
}

func bombs(t testing.TB) []bomb {
	const headers, continuation, data = 1, 9, 0
	const upgrade = "c GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"
	const switched, deflate = "s HTTP/1.1 101 -\r\nUpgrade: websocket\r\n", "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	begin := []string{"c " + http2.Preface + noSettings, "s " + noSettings}
	get := http2Frame(headers, 5, 1, "\x82\x84\x86\x41\x01h")
	reset := get + http2Frame(3, 0, 1, "\x00\x00\x00\x08")
	fill := strings.Repeat("\xbe", 16_000)
	entry := "\x40\x01a\x7f\xa1\x1e" + strings.Repeat("x", 4000) // 4000 bytes behind one index
	pgBegin := []string{
		"c " + string(binary.BigEndian.AppendUint32(nil, 17)) + "\x00\x03\x00\x00user\x00a\x00\x00", "s " + pgMessage("R", "\x00\x00\x00\x00") + pgMessage("Z", "I"),
		"c " + pgMessage("Q", "SELECT 1\x00"), "s " + pgMessage("T", "\x00\x01a\x00"+strings.Repeat("\x00", 6)+"\x00\x00\x00\x19\xff\xff\xff\xff\xff\xff\x00\x00"),
	}
	myBegin := append(mysqlLogin(t), "c "+mysqlPacket(0, "\x03select a from t"), "s "+mysqlPacket(1, "\x01")+mysqlPacket(2, mysqlColumn())+mysqlPacket(3, "\xfe\x00\x00\x02\x00"))
	const loop = "\x00\x18\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0e\x01a\xc0\x0c\x00\x01\x00\x01\x00\x00"
	const flight = "\x16\x03\x03\x40\x00"
	answer := "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("r", 32) + "\x00\xc0\x2f\x00"
	hello := "c \x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x13\x01\x01\x00"
	return []bomb{
		{
			name: "HTTP 1: header lines", begin: []string{"c GET / HTTP/1.1\r\nHost: h\r\n"}, more: "A: b\r\n", scaled: 500_000, real: 1 << 31,
			said: head(func(h *http1.Head) bool { return remarked(h, http1.TooLarge) }),
		},
		{
			name: "HTTP 1: chunks of one byte", begin: []string{"c GET / HTTP/1.0\r\n\r\n", "s HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}, dir: server, more: "1\r\nx\r\n",
			scaled: 1_000_000, real: 1_000_000_000, said: head(func(h *http1.Head) bool { return h.Body.Length > 900_000 }),
		},
		{
			name: "HTTP 1: requests without answers", more: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", scaled: 100_000, real: 1_000_000_000,
			said: func(m *proto.Message) bool { return m.Complete },
		},
		{
			name: "WebSocket: fragments of one byte", begin: []string{upgrade, switched + "\r\n", "s \x01\x01x"}, dir: server, more: "\x00\x01x", end: "\x80\x01x",
			scaled: 300_000, real: 1_000_000_000,
			said: whole(func(w *websocket.Whole) bool { return w.Truncated && w.Frames > 100_000 }),
		},
		{
			name: "WebSocket: compressed fragments of one byte", begin: []string{upgrade, switched + deflate + "\r\n", "s \x41\x01x"}, dir: server, more: "\x00\x01x", end: "\x80\x01x",
			scaled: 5_000_000, real: 1_000_000_000, said: whole(func(w *websocket.Whole) bool { return w.Stop == websocket.StopLarge }),
		},
		{
			name: "HTTP 2: streams", begin: begin, more: get, number: streamNumber(len(get)), scaled: 100_000, real: 1 << 31,
			said: func(m *proto.Message) bool { return m.Broken == http2.BrokenTooMany },
		},
		{
			name: "HTTP 2: streams that are reset at once", begin: begin, more: reset, number: func(b []byte, i uint32) {
				for k := 0; k < len(b); k += len(reset) {
					binary.BigEndian.PutUint32(b[k+5:], (2*i+1)&(1<<31-1))
					binary.BigEndian.PutUint32(b[k+len(get)+5:], (2*i+1)&(1<<31-1))
					i++
				}
			}, scaled: 100_000, real: 1 << 31, said: func(m *proto.Message) bool { return m.Broken == http2.BrokenReset },
		},
		{
			name: "HTTP 2: CONTINUATION", begin: append(begin, "c "+http2Frame(headers, 0, 1, "\x82")), more: http2Frame(continuation, 0, 1, strings.Repeat("\x82", 16_000)),
			end: http2Frame(continuation, 4, 1, "\x82"), scaled: 2_000, real: 1 << 31 / 16_000,
			said: frame(func(f *http2.Frame) bool { return len(f.Problems) > 0 && f.Problems[0] == http2.BlockTooLarge }),
		},
		{
			name: "HTTP 2: empty CONTINUATION", begin: append(begin, "c "+http2Frame(headers, 0, 1, "\x82")), more: http2Frame(continuation, 0, 1, ""),
			end: http2Frame(continuation, 4, 1, "\x82"), scaled: 300_000, real: 1_000_000_000,
			said: frame(func(f *http2.Frame) bool { return f.Request != nil }),
		},
		{
			name: "HTTP 2: HPACK, 4 KB out of each byte", begin: append(begin, "c "+http2Frame(headers, 5, 1, entry)), more: http2Frame(headers, 5, 3, fill),
			scaled: 100, real: 100_000, said: frame(func(f *http2.Frame) bool { return f.FieldCount > len(f.Fields) }),
		},
		{
			name: "HTTP 2: WebSockets with open messages", begin: append(begin, "c "+manyTunnels(), "s "+manyAnswers()),
			dir: server, more: http2Frame(data, 0, 1, "\x00\x7e\x3f\x00"+strings.Repeat("x", 0x3f00)), number: func(b []byte, i uint32) {
				binary.BigEndian.PutUint32(b[5:], 2*(i%maxTunnels)+1)
			}, end: http2Frame(data, 0, 1, "\x80\x00"), scaled: 10_000, real: 1_000_000, keep: 16 << 20, live: 128 << 20,
			said: whole(func(w *websocket.Whole) bool { return w.Truncated }),
		},
		{
			name: "Redis: 2,147,483,647 values", begin: []string{"c *1\r\n$4\r\nKEYS\r\n", "s *2147483647\r\n"}, dir: server, more: "$1\r\nx\r\n", scaled: 500_000, real: 1<<31 - 1,
			said: value(func(m *redis.Message) bool { return int64(len(m.Value.Elements)) < m.Value.Count }),
		},
		{
			name: "Redis: arrays in arrays", begin: []string{"c *1\r\n$4\r\nKEYS\r\n"}, dir: server, more: "*1\r\n", scaled: 500_000, real: 1_000_000_000,
			said: func(m *proto.Message) bool { return m.Broken == redis.BrokenDepth },
		},
		{
			name: "MySQL: rows", begin: myBegin, dir: server, more: mysqlPacket(4, "\x01x"), number: func(b []byte, i uint32) {
				for k := 0; k < len(b); k += 6 {
					b[k+3] = byte(4 + i)
					i++
				}
			}, scaled: 500_000, real: 1_000_000_000,
			said: func(m *proto.Message) bool {
				d, ok := m.Detail.(*mysql.Message)
				return ok && d.Result != nil && d.Result.RowCount > int64(len(d.Result.Rows)) && d.Result.RowCount > 100_000
			},
		},
		{
			name: "PostgreSQL: rows", begin: pgBegin, dir: server, more: pgMessage("D", "\x00\x01\x00\x00\x00\x01x"), scaled: 500_000, real: 1_000_000_000,
			said: func(m *proto.Message) bool {
				d, ok := m.Detail.(*postgres.Message)
				return ok && d.Kind == postgres.DataRow && d.Count > int64(len(d.Rows)) && d.Count > 100_000
			},
		},
		{
			name: "TLS: handshake messages of 16 MB", begin: []string{hello, "s " + answer}, dir: server, more: flight + "\x0b\xff\xbf\xfc" + strings.Repeat("\x00", 0x3ffc) + strings.Repeat(flight+strings.Repeat("\x00", 0x4000), 1022),
			scaled: 3, real: 1_000, said: func(m *proto.Message) bool {
				_, ok := m.Detail.(*tls.Handshake)
				return ok && m.Broken == tls.BrokenSyntax
			},
		},
		{
			name: "DNS: names that never end", dir: client, more: loop, scaled: 200_000, real: 100_000_000,
			said: func(m *proto.Message) bool { d, ok := m.Detail.(*dns.Message); return ok && d.Malformed },
		},
		{
			name: "SSE: an event without an end", begin: []string{askEvents, eventHead("")}, dir: server, more: "data: x\n", scaled: 1_000_000, real: 1_000_000_000,
			said: func(m *proto.Message) bool { d, ok := m.Detail.(*sse.Event); return ok && d.Truncated() },
		},
	}
}

// manyTunnels opens as many WebSockets as are read, manyAnswers accepts them.
func manyTunnels() string { return many(connect) }
func manyAnswers() string { return many(accepted("")) }

func many(block string) string {
	var b strings.Builder
	for i := range uint32(maxTunnels) {
		b.WriteString(http2Frame(1, 4, 2*i+1, block))
	}
	return b.String()
}

func head(said func(*http1.Head) bool) func(*proto.Message) bool {
	return func(m *proto.Message) bool { h, ok := m.Detail.(*http1.Head); return ok && said(h) }
}

func whole(said func(*websocket.Whole) bool) func(*proto.Message) bool {
	return func(m *proto.Message) bool {
		f, ok := m.Detail.(*websocket.Frame)
		return ok && f.Whole != nil && said(f.Whole)
	}
}

func frame(said func(*http2.Frame) bool) func(*proto.Message) bool {
	return func(m *proto.Message) bool { f, ok := m.Detail.(*http2.Frame); return ok && said(f) }
}

func value(said func(*redis.Message) bool) func(*proto.Message) bool {
	return func(m *proto.Message) bool { d, ok := m.Detail.(*redis.Message); return ok && said(d) }
}

func remarked(h *http1.Head, code http1.Code) bool {
	for _, r := range h.Remarks {
		if r.Code == code {
			return true
		}
	}
	return false
}

// explosion is what became of a bomb.
type explosion struct {
	times, messages int
	said            bool
	peak            int64 // bytes that are live, above what there was before
	took            time.Duration
}

// explode plays a bomb up to n times, or as long as it may take, and samples its memory.
func explode(b bomb, n int, most time.Duration) explosion {
	var x explosion
	tracker := http2.NewTracker(http2.TrackerOptions{KeepBody: 16 << 10, Done: func(s *http2.Stream) {
		x.said = x.said || b.said(&proto.Message{Broken: s.Response.Broken})
	}})
	piece, each := []byte(repeat(b.more)), size(b.more)
	before := live()
	c := New(80, func(m proto.Message) {
		x.messages++
		x.said = x.said || b.said(&m)
		tracker.Frame(&m, 0, 0)
	}, Options{As: asOf(b.name), HTTP2Body: tracker.Piece, HTTP1: http1.Options{KeepBody: 16 << 10}, Keep: cmp.Or(b.keep, 16<<10)})
	defer c.Release()
	began := time.Now()
	for _, s := range b.begin {
		dir := client
		if s[0] == 's' {
			dir = server
		}
		c.Data(dir, []byte(s[2:]))
	}
	const samples = 16
	next, at := 0, began
	for ; x.times < n && time.Since(began) < most; x.times += each {
		if b.number != nil {
			b.number(piece, uint32(x.times))
		}
		c.Data(b.dir, piece)
		if x.times >= next || time.Since(at) > most/samples {
			x.peak = max(x.peak, live()-before)
			next, at = x.times+n/samples, time.Now()
		}
	}
	c.Data(b.dir, []byte(b.end))
	x.peak = max(x.peak, live()-before)
	c.Cut(client)
	c.Cut(server)
	tracker.Finish(proto.BrokenCutOff, proto.BrokenCutOff)
	x.took = time.Since(began)
	runtime.KeepAlive(c)
	return x
}

// asOf is the protocol that a bomb is read as where its first bytes alone do not tell.
func asOf(name string) string {
	if strings.HasPrefix(name, "DNS") {
		return dns.Name
	}
	return ""
}

// live returns how many bytes are in use.
func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// maxLive is what most bombs may keep; the WebSockets of one HTTP/2 connection may take 64 MiB, and its bodies 48.
const maxLive = 8 << 20

// longBombs names the variable of the environment that lets bombs come as often as in life, and says how long each may take,
// such as "10m".
const longBombs = "TCPTALK_BOMBS"

func TestBombs(t *testing.T) {
	most, long := time.Minute, false
	if s := os.Getenv(longBombs); s != "" {
		var err error
		if most, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
		long = true
	}
	for _, b := range bombs(t) {
		t.Run(b.name, func(t *testing.T) {
			n := b.scaled
			if long {
				n = b.real
			}
			x := explode(b, n, most)
			if !x.said || x.peak > cmp.Or(b.live, maxLive) {
				t.Errorf("said: %v, %d bytes live", x.said, x.peak)
			}
			if !long && x.times < n {
				t.Errorf("only %d of %d in %v", x.times, n, x.took)
			}
			t.Logf("%s: %d times, %d messages, %.1f MB live at most, %v", b.name, x.times, x.messages, float64(x.peak)/1e6, x.took.Round(time.Millisecond))
		})
	}
}
