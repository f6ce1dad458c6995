package mysql

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

type script struct {
	name   string
	script []ev
}

// scripts are conversations; testdata/transcripts.txt has what is read of each.
var scripts = []script{
	{
		name: "a query and its rows",
		script: with(start(basic), query("select id, name from t"), answers("\x02", col("id", TypeLong, 0x20, 63), col("name", TypeVarString, 0, utf8Set), eof(2),
			text("1", "apple"), text("2", "NULL"), eof(0x22))),
	},
	{
		name: "the same without EOF packets",
		script: with(start(basic|CapDeprecateEOF), query("select id from t"), answers("\x01", col("id", TypeLong, 0, 63), text("1"), okEnd(2)),
			query("select id from t where 0"), answers("\x01", col("id", TypeLong, 0, 63), okEnd(2))),
	},
	{
		name: "several results",
		script: with(start(basic), query("call p()"), answers("\x01", col("a", TypeLong, 0, 63), eof(10), text("1"), eof(10), ok(0, 0)[:3]+le(2, 10)+"\x00\x00",
			"\x01", col("b", TypeLong, 0, 63), eof(2), eof(2)), query("do 1"), answers(ok(0, 0))),
	},
	{
		name: "errors, before and inside a result",
		script: with(start(basic), query("select"), answers("\xff\x28\x04#42000You have an error"),
			query("select f()"), answers("\x01", col("f", TypeLong, 0, 63), eof(2), text("1"), "\xff\x25\x05#70100Query execution was interrupted")),
	},
	{
		name: "query attributes",
		script: with(start(basic|CapQueryAttributes), query("\x00\x01select 1"), answers(ok(0, 0)),
			query("\x02\x01\x02\x01\x08\x80\x01n\x06\x00\x01z"+le(8, 1<<63)+"select 2"), answers(ok(0, 0))),
	},
	{
		name:   "too many query attributes",
		script: with(start(basic|CapQueryAttributes), query("\xfc\x41\x00\x01select 1")),
	},
	{
		name: "a prepared statement",
		script: with(start(basic), ev{dir: c, data: pkt(0, "\x16select a from t where b=? and c=?")},
			answers("\x00"+le(4, 5)+le(2, 1)+le(2, 2)+"\x00\x01\x00", col("?", TypeNull, 0, 63), col("?", TypeNull, 0, 63), eof(2), col("a", TypeLong, 0, 63), eof(2)),
			ev{dir: c, data: pkt(0, "\x18"+le(4, 5)+"\x01\x00long ") + pkt(0, "\x18"+le(4, 5)+"\x01\x00data")},
			ev{dir: c, data: pkt(0, "\x17"+le(4, 5)+"\x00"+le(4, 1)+"\x00\x01\x03\x80\xfd\x00"+le(4, 1<<32-1))},
			answers("\x01", col("a", TypeLong, 0, 63), eof(2), "\x00\x00"+le(4, 1<<32-1), "\x00\x04", eof(2)),
			// The types of the last time.
			ev{dir: c, data: pkt(0, "\x17"+le(4, 5)+"\x00"+le(4, 1)+"\x01\x00\x01x")}, answers("\x01", col("a", TypeLong, 0, 63), eof(2), eof(2)),
			ev{dir: c, data: pkt(0, "\x1a"+le(4, 5))}, answers(ok(0, 0)),
			ev{dir: c, data: pkt(0, "\x19"+le(4, 5))},
			ev{dir: c, data: pkt(0, "\x17"+le(4, 5)+"\x00"+le(4, 1)+"\x01\x00\x01x")}),
	},
	{
		name: "prepared without EOF packets",
		script: with(start(basic|CapDeprecateEOF|CapQueryAttributes), ev{dir: c, data: pkt(0, "\x16select ?")},
			answers("\x00"+le(4, 1)+le(2, 1)+le(2, 1)+"\x00\x00\x00", col("?", TypeNull, 0, 63), col("?", TypeNull, 0, 63)),
			ev{dir: c, data: pkt(0, "\x17"+le(4, 1)+"\x08"+le(4, 1)+"\x02\x00\x01\x02\x00\x00\xfe\x00\x03key"+le(2, 0xfffe)+"\x03val")},
			answers("\x01", col("?", TypeShort, 0, 63), okEnd(2))),
	},
	{
		name: "a cursor",
		script: with(start(basic), ev{dir: c, data: pkt(0, "\x16select a")}, answers("\x00"+le(4, 1)+le(2, 1)+le(2, 0)+"\x00\x00\x00", col("a", TypeTiny, 0, 63), eof(2)),
			ev{dir: c, data: pkt(0, "\x17"+le(4, 1)+"\x01"+le(4, 1))}, answers("\x01", col("a", TypeTiny, 0, 63), eof(CursorExists)),
			ev{dir: c, data: pkt(0, "\x1c"+le(4, 1)+le(4, 2))}, answers("\x00\x00\x05", "\x00\x00\xff", eof(CursorExists)),
			ev{dir: c, data: pkt(0, "\x1c"+le(4, 1)+le(4, 2))}, answers(eof(LastRowSent))),
	},
	{
		name: "a file of the client",
		script: with(start(basic|CapLocalFiles), query("load data local infile 'a'"), answers("\xfba.csv"), ev{dir: c, data: pkt(2, "1,one\n") + pkt(3, "2,two\n") + pkt(4, "")},
			ev{dir: s, data: pkt(5, ok(2, 0))}, ev{dir: c, data: pkt(0, "\x0e")}, answers(ok(0, 0))),
	},
	{
		name: "small commands",
		script: with(start(basic), ev{dir: c, data: pkt(0, "\x02shop")}, answers(ok(0, 0)), ev{dir: c, data: pkt(0, "\x09")}, answers("Uptime: 5  Threads: 1"),
			ev{dir: c, data: pkt(0, "\x04t\x00")}, answers(col("id", TypeLong, 0, 63)+"\xfb", col("n", TypeVarString, 0, utf8Set)+"\x010", eof(2)),
			ev{dir: c, data: pkt(0, "\x0c"+le(4, 9))}, answers("\xff\x4a\x04#HY000Unknown thread id: 9"),
			ev{dir: c, data: pkt(0, "\x1b\x01\x00")}, answers(eof(2)), ev{dir: c, data: pkt(0, "\x07\x04")}, answers(ok(0, 0)), ev{dir: c, data: pkt(0, "\x1f")}, answers(ok(0, 0)),
			ev{dir: c, data: pkt(0, "\x63?")}, answers("\xff\x17\x04#08S01Unknown command"), ev{dir: c, data: pkt(0, "\x01")}),
	},
	{
		name: "the binary log",
		script: with(start(basic), ev{dir: c, data: pkt(0, "\x12"+le(4, 4)+le(2, 0)+le(4, 2)+"bin.000001")},
			answers("\x00"+le(4, 1700000000)+"\x04"+le(4, 1)+le(4, 30)+le(4, 156)+"\x00\x00bin.000001", "\x00short", "\xff\xd4\x04#HY000gone")),
	},
	{
		name: "another user",
		script: with(start(basic), ev{dir: c, data: pkt(0, "\x11bob\x00\x02XYnews\x00\x2d\x00mysql_native_password\x00")},
			answers("\xfecaching_sha2_password\x00saltsalt\x00"), ev{dir: c, data: pkt(2, strings.Repeat("H", 32))}, ev{dir: s, data: pkt(3, "\x01\x04")},
			ev{dir: c, data: pkt(4, "\x02")}, ev{dir: s, data: pkt(5, "\x01-----BEGIN PUBLIC KEY-----")}, ev{dir: c, data: pkt(6, strings.Repeat("E", 256))},
			ev{dir: s, data: pkt(7, "\xff\x15\x04#28000Access denied for user 'bob'")}),
	},
	{
		name: "the session changes",
		script: with(start(basic|CapSessionTrack), query("use news"), answers("\x00\x00\x00"+le(2, uint64(SessionChanged))+"\x00\x00\x00"+
			"\x15"+"\x01\x05\x04news"+"\x00\x08\x01a\x05value"+"\x05\x02\x011")),
	},
	{
		name: "metadata is left out",
		script: with(start(basic|CapOptionalMetadata), query("select 1"), answers("\x00\x02", eof(2), text("1", "2"), eof(2)),
			ev{dir: c, data: pkt(0, "\x16select a")}, answers("\x00"+le(4, 1)+le(2, 1)+le(2, 0)+"\x00\x00\x00\x00"), query("do 1"), answers(ok(0, 0))),
	},
	{
		name:   "progress",
		script: with(start(basic), query("alter table t"), answers("\xff\xff\xff\x01\x02\x10\x27\x00\x04copy", "\xff\xff\xff\x01\x02\x10\x27\x00\x04copy", ok(5, 0))),
	},
	{
		name:   "a row that does not fit, and a sequence id",
		script: with(start(basic), query("select 1"), ev{dir: s, data: numbered(1, "\x01", col("a", TypeLong, 0, 63), eof(2)) + numbered(7, "\x05abc", text("1")+"x", eof(2))}),
	},
	{
		name:   "no number of columns, then a new beginning",
		script: with(start(basic), query("select 1"), answers("\x01\x02\x03", "\x01more"), query("do 1"), answers(ok(0, 0)), query("select 2"), answers("\xfc\x01\x10")),
	},
	{
		name:   "an empty answer",
		script: with(start(basic), query("select 1"), answers("")),
	},
	{
		name:   "TLS",
		script: []ev{{dir: s, data: hello(basic | CapTLS)}, {dir: c, data: pkt(1, le(4, uint64(basic|CapTLS))+le(4, 1<<24)+"\x2d"+strings.Repeat("\x00", 23)) + "\x16\x03\x01"}, {dir: s, data: "\x16\x03\x03"}},
	},
	{
		name: "TLS of which the answer comes first",
		script: []ev{
			{dir: s, data: hello(basic | CapTLS)},
			{dir: s, data: "\x16\x03\x03"},
			{dir: c, data: pkt(1, le(4, uint64(basic|CapTLS))+le(4, 1<<24)+"\x2d"+strings.Repeat("\x00", 23)) + "\x16\x03\x01"},
		},
	},
	{
		name: "a login of long ago",
		script: []ev{
			{dir: s, data: pkt(0, "\x0a4.0.1\x00"+le(4, 7)+"saltsalt\x00\x2c\x00")},
			{dir: c, data: pkt(1, le(2, 8)+"\x00\x00\x01ann\x00HASHHASH\x00shop")},
			{dir: s, data: pkt(2, "\xfe")},
			{dir: c, data: pkt(3, "HASHHASH\x00")},
			{dir: s, data: pkt(4, "\x00\x00\x00\x02\x00")},
		},
	},
	{
		name:   "turned away",
		script: []ev{{dir: s, data: pkt(0, "\xff\x6a\x04Host '10.0.0.1' is not allowed")}, {dir: s, end: 'f'}},
	},
	{
		name:   "an error while the login is due",
		script: []ev{{dir: s, data: hello(basic) + pkt(1, "\xff\x15\x05#08S01Got timeout")}, {dir: s, end: 'f'}, {dir: c, end: 'x'}},
	},
	{
		name: "from the middle",
		script: []ev{
			{dir: s, data: "rest of a row" + pkt(9, eof(2))},
			query("select a from t"), answers("\x01", col("a", TypeLong, 0, 63), text("5"), okEnd(2)),
			{dir: c, data: pkt(0, "\x16select ?")},
			answers("\x00"+le(4, 1)+le(2, 0)+le(2, 1)+"\x00\x00\x00", col("?", TypeNull, 0, 63)),
			{dir: c, data: pkt(0, "\x03\x00\x01do 1")},
			answers(ok(0, 0)),
			{dir: c, end: 'f'},
			{dir: s, end: 'f'},
		},
	},
	{
		name:   "only the server's side",
		script: []ev{{dir: s, data: numbered(1, "\x01", col("a", TypeLong, 0, 63), eof(2), text("5"), eof(2))}, {dir: s, data: numbered(1, "\x01", col("a", TypeLong, 0, 63), eof(2), "\x00\x00"+le(4, 5), eof(2))}},
	},
	{
		name:   "the sides are the other way round",
		script: []ev{{dir: c, data: hello(basic)}, {dir: s, data: login(basic)}, {dir: c, data: pkt(2, ok(0, 0))}},
	},
	{
		name:   "the sides are the other way round, from a command on",
		script: []ev{{dir: s, data: pkt(0, "\x03do 1")}, {dir: c, data: pkt(1, ok(0, 0))}},
	},
	{
		name:   "a login without greeting",
		script: []ev{{dir: c, data: login(basic)}, {dir: s, data: pkt(2, ok(0, 0))}},
	},
	{
		name: "gaps",
		script: with(start(basic), query("select 1"), ev{dir: s, data: numbered(1, "\x01", col("a", TypeLong, 0, 63), eof(2)) + pkt(4, text("12345"))[:6]}, ev{dir: s, gap: 4},
			ev{dir: s, data: numbered(5, text("6"), eof(2))},
			// Whole packets are gone, and what follows is the middle of one.
			query("select 2"), ev{dir: s, data: numbered(1, "\x01", col("a", TypeLong, 0, 63)) + "\x05\x00"}, ev{dir: s, gap: 100}, ev{dir: s, data: "345" + pkt(9, eof(2))},
			query("select 3"), answers(ok(0, 0)),
			// The next command is found behind the gap.
			ev{dir: c, gap: 50}, query("select 4"), answers(ok(0, 0)),
			ev{dir: c, data: pkt(0, "\x03select 5, 6")[:12]}, ev{dir: c, gap: 10}, ev{dir: c, data: "x"}, ev{dir: s, gap: 1}, query("select 7"), answers(ok(0, 0))),
	},
	{
		name:   "cut off in a packet",
		script: with(start(basic), ev{dir: c, data: pkt(0, "\x03select 1")[:7]}, ev{dir: c, end: 'x'}, ev{dir: s, data: "\x01\x00"}, ev{dir: s, end: 'f'}),
	},
	{
		name:   "cut off in a result",
		script: with(start(basic), query("select 1"), ev{dir: s, data: numbered(1, "\x01", col("a", TypeLong, 0, 63), eof(2), text("1")) + pkt(5, text("2"))[:5]}, ev{dir: s, end: 'f'}, ev{dir: c, end: 'f'}),
	},
	{
		name:   "cut off in a file",
		script: with(start(basic), query("load data"), answers("\xfbf"), ev{dir: c, data: pkt(2, "abc") + pkt(3, "def")[:5]}, ev{dir: c, end: 'x'}, ev{dir: s, end: 'x'}),
	},
	{
		name:   "something else",
		script: []ev{{dir: c, data: "GET / HTTP/1.0\r\n\r\n"}, {dir: s, data: "HTTP/1.0 200 OK\r\n\r\n"}, {dir: c, end: 'f'}, {dir: s, end: 'f'}},
	},
}

var update = flag.Bool("update", false, "write testdata/transcripts.txt anew; look at the difference")

const transcripts = "testdata/transcripts.txt"

// TestTranscripts reads the scripts, and recordings of a MariaDB server with two of its clients, whole and in pieces.
func TestTranscripts(t *testing.T) {
	all := slices.Concat(scripts, compressedScripts(t))
	for _, name := range []string{"mariadb-text.txt", "mariadb.txt", "mariadb-compressed.txt"} {
		all = append(all, script{name, recording(t, name)})
	}
	opt := Options{Keep: 300}
	if *update {
		var out txtar.Archive
		for _, tt := range all {
			out.Files = append(out.Files, txtar.File{Name: tt.name, Data: []byte(play(tt.script, atOnce, opt) + "\n")})
		}
		if err := os.WriteFile(transcripts, txtar.Format(&out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := txtar.ParseFile(transcripts)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Files) != len(all) {
		t.Fatalf("%d transcripts of %d scripts", len(want.Files), len(all))
	}
	for i, tt := range all {
		if want.Files[i].Name != tt.name {
			t.Errorf("%s: the transcript is that of %s", tt.name, want.Files[i].Name)
		}
		check(t, tt.name, tt.script, opt, string(bytes.TrimSuffix(want.Files[i].Data, []byte("\n"))))
	}
}
