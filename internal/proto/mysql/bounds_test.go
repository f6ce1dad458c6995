package mysql

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// read plays a script behind a login and returns the messages that follow it.
func read(script []ev, caps Capability, opt Options) (out []*Message) {
	d := New([2]int64{}, func(m proto.Message) { out = append(out, m.Detail.(*Message)) }, opt)
	for _, e := range with(start(caps), script...) {
		d.Data(e.dir, []byte(e.data))
	}
	return out[3:]
}

func TestRowsAreBounded(t *testing.T) {
	var names, cells []string
	for i := range keptColumns + 10 {
		names = append(names, col(fmt.Sprint("c", i), TypeVarString, 0, utf8Set))
		cells = append(cells, "v")
	}
	var packets []string
	packets = append(packets, "\xfc"+le(2, uint64(len(names))))
	packets = append(append(packets, names...), eof(2))
	for range keptRows + 5 {
		packets = append(packets, text(cells...))
	}
	m := read([]ev{query("select 1"), answers(append(packets, eof(2))...)}, basic, Options{})[1]
	r := m.Result
	if r.ColumnCount != keptColumns+10 || len(r.Columns) != keptColumns || r.RowCount != keptRows+5 || len(r.Rows) != keptRows {
		t.Errorf("%d of %d columns, %d of %d rows", len(r.Columns), r.ColumnCount, len(r.Rows), r.RowCount)
	}
	if len(r.Rows[0]) != keptColumns || len(m.Problems) != 0 {
		t.Errorf("%d values, problems %v", len(r.Rows[0]), m.Problems)
	}
	if n := m.Kept(); n < keptRows*keptColumns || n > 2<<20 {
		t.Errorf("Kept says %d", n)
	}
	if m := read([]ev{query("select 1"), answers("\xfc" + le(2, maxColumns+1))}, basic, Options{})[1]; m.Kind != Unreadable {
		t.Errorf("too many columns: %+v", m)
	}
}

func TestValuesAreBounded(t *testing.T) {
	big := "\xfd" + le(3, 3000) + strings.Repeat("x", 3000)
	script := []ev{query("select '" + strings.Repeat("y", 5000) + "'"), answers("\x01", col("a", TypeVarString, 0, utf8Set), eof(2), big, big, big, eof(2))}
	ms := read(script, basic, Options{Keep: 2500})
	q, r := ms[0].Command, ms[1].Result
	if len(q.Text) != 2500 || q.TextLen != 5009 {
		t.Errorf("%d of %d bytes of the query", len(q.Text), q.TextLen)
	}
	for i, want := range []int{maxValue, maxValue, 2500 - 2*maxValue} {
		if v := r.Rows[i][0]; len(v.Text) != want || v.Size != 3000 {
			t.Errorf("row %d: %d of %d bytes", i, len(v.Text), v.Size)
		}
	}
	ms = read(script, basic, Options{Keep: -1})
	if len(ms[0].Command.Text) != 0 || ms[1].Result.RowCount != 3 || len(ms[1].Result.Rows) != 0 {
		t.Errorf("nothing is to be kept: %+v %+v", ms[0].Command, ms[1].Result)
	}
	// A query longer than what is looked at, in two packets.
	long := "\x03" + strings.Repeat("z", maxFrame+9)
	ms = read([]ev{{dir: c, data: pkt(0, long[:maxFrame]) + pkt(1, long[maxFrame:])}, {dir: s, data: pkt(2, ok(0, 0))}}, basic, Options{Keep: 1 << 20})
	if q := ms[0].Command; len(q.Text) != window-1 || q.TextLen != maxFrame+9 || ms[0].Packets != 2 || ms[1].Problems != nil {
		t.Errorf("long query: %d of %d bytes, %d packets, %v", len(q.Text), q.TextLen, ms[0].Packets, ms[1].Problems)
	}
}

func TestTablesAreBounded(t *testing.T) {
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	feed := func(e ev) { d.Data(e.dir, []byte(e.data)) }
	for _, e := range start(basic) {
		feed(e)
	}
	for i := range uint64(maxStatements + 10) {
		feed(ev{dir: c, data: pkt(0, "\x16do 1")})
		feed(answers("\x00" + le(4, i) + le(2, 0) + le(2, 0) + "\x00\x00\x00"))
	}
	if len(d.statements) != maxStatements {
		t.Errorf("%d statements", len(d.statements))
	}
	for i := range uint64(maxParams + 10) {
		feed(ev{dir: c, data: pkt(0, "\x18"+le(4, 1)+le(2, i)+"x")})
	}
	if n := len(d.statements[1].sent); n != maxParams {
		t.Errorf("%d parameters sent before", n)
	}
	for range maxPending + 10 {
		feed(query("do 1"))
	}
	if len(d.pending) != maxPending {
		t.Errorf("%d commands wait", len(d.pending))
	}
}

func TestNamesAreBounded(t *testing.T) {
	long := strings.Repeat("n", 2*maxName)
	m := read([]ev{query("do 1"), answers("\xff\x28\x04#42000" + long)}, basic, Options{})[1]
	if len(m.Failure.Message) != maxName {
		t.Errorf("%d bytes of an error", len(m.Failure.Message))
	}
	attrs := strings.Repeat("\x01k\x01v", maxAttributes+9)
	d := login(basic | CapConnectAttrs)[headerLen:] + "\xfc" + le(2, uint64(len(attrs))) + attrs
	a, _, short := readAccount([]byte(d))
	if len(a.Attributes) != maxAttributes || short {
		t.Errorf("%d attributes, short %v", len(a.Attributes), short)
	}
}

// What the server sends before the client has answered is held, but not without end.
func TestHeldIsBounded(t *testing.T) {
	n := 0
	d := New([2]int64{}, func(proto.Message) { n++ }, Options{})
	d.Data(s, []byte(hello(basic)))
	for range 3 {
		d.Data(s, []byte(pkt(1, "\xff\x15\x04#28000"+strings.Repeat("x", maxHeld/2))))
	}
	if n != 1+3 || len(d.side[s].held) != 0 {
		t.Errorf("%d messages, %d bytes held", n, len(d.side[s].held))
	}
}

// A header says 16 MiB; nothing is set aside for that.
func TestHeadersCostNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		d := New([2]int64{}, func(proto.Message) {}, Options{})
		d.Data(c, []byte("\xff\xff\x0f\x00\x03select"))
		d.Data(s, []byte("\x05\x00\x00\x01\xfe"))
	}
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 8<<20 {
		t.Errorf("%d bytes", after.TotalAlloc-before.TotalAlloc)
	}
}

// Secrets are not kept anywhere.
func TestSecrets(t *testing.T) {
	script := []ev{
		{dir: c, data: pkt(0, "\x11bob\x00\x06SECRETnews\x00\x2d\x00mysql_clear_password\x00")},
		{dir: s, data: pkt(1, "\xfemysql_clear_password\x00")},
		{dir: c, data: pkt(2, "SECRET\x00")},
		{dir: s, data: pkt(3, ok(0, 0))},
	}
	for _, m := range read(script, basic, Options{}) {
		if text := fmt.Sprintf("%+v %+v %+v %+v", m, m.Account, m.Auth, m.Command); strings.Contains(text, "SECRET") || strings.Contains(text, "HASH") {
			t.Errorf("a secret is in %s", text)
		}
	}
}

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		name           string
		client, server string
		port           uint16
		want           proto.Verdict
	}{
		{"nothing yet", "", "", 3306, proto.More},
		{"a greeting", "", hello(basic), 5432, proto.Yes},
		{"half a greeting", "", hello(basic)[:20], 5432, proto.More},
		{"the header of one", "", hello(basic)[:4], 5432, proto.More},
		{"the greeting of the client, as it seems", hello(basic), "", 5432, proto.Yes},
		{"a client that is not wanted", "", pkt(0, "\xff\x10\x04Too many connections"), 3307, proto.Yes},
		{"a login", login(basic), "", 5432, proto.Yes},
		{"a query", pkt(0, "\x03select 1"), "", 5432, proto.Yes},
		{"a query with attributes", pkt(0, "\x03\x00\x01/* x */ SELECT 1"), "", 5432, proto.No},
		{"the same on the port", pkt(0, "\x03\x00\x01/* x */ SELECT 1"), "", 3306, proto.Yes},
		{"a prepared statement", pkt(0, "\x16update t set a=?"), "", 5432, proto.Yes},
		{"the beginning of a query", pkt(0, "\x03select a, b, c, d, e")[:22], "", 5432, proto.More},
		{"a few bytes of it", pkt(0, "\x03select 1")[:7], "", 5432, proto.No},
		{"a few bytes of it, on the port", pkt(0, "\x03select 1")[:7], "", 3306, proto.More},
		{"SOCKS", "\x05\x02\x00\x01", "", 1080, proto.No},
		{"a ping", pkt(0, "\x0e"), "", 3306, proto.Yes},
		{"a ping on another port", pkt(0, "\x0e"), "", 5432, proto.No},
		{"a ping that is too long", pkt(0, "\x0eping"), "", 3306, proto.No},
		{"HTTP", "GET / HTTP/1.0\r\n", "", 3306, proto.No},
		{"an SSH server", "", "SSH-2.0-OpenSSH\r\n", 22, proto.No},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "", 3306, proto.No},
		{"PostgreSQL", "\x00\x00\x00\x08\x04\xd2\x16\x2f", "", 5432, proto.No},
		{"zeros", strings.Repeat("\x00", 99), "", 3306, proto.No},
		{"the middle of an answer", "", pkt(1, "\x01") + pkt(2, "x"), 3306, proto.No},
	} {
		if got := (Detector{}).Detect([]byte(tt.client), []byte(tt.server), tt.port); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	for i, tt := range scripts {
		var in [2]string
		for _, e := range tt.script {
			in[e.dir] += e.data
		}
		f.Add(in[c], in[s], uint64(i), uint16(0), uint16(0))
		f.Add(in[c], in[s], uint64(i), uint16(90), uint16(7))
	}
	for _, name := range []string{"mariadb-text.txt", "mariadb.txt", "mariadb-compressed.txt"} {
		var in [2]string
		for _, e := range recording(f, name) {
			in[e.dir] += e.data
		}
		f.Add(in[c], in[s], uint64(9), uint16(300), uint16(40))
	}
	f.Fuzz(func(t *testing.T, client, server string, seed uint64, gapAt, gap uint16) {
		// The same order of the same bytes, in pieces of two sizes.
		plan := rand.New(rand.NewPCG(seed, 1))
		var script []ev
		left := [2]string{c: client, s: server}
		for turn := 0; len(left[c])+len(left[s]) > 0 && turn < 1000; turn++ {
			dir := flow.Direction(plan.IntN(2))
			n := min(1+plan.IntN(200), len(left[dir]))
			script = append(script, ev{dir: dir, data: left[dir][:n]})
			if left[dir] = left[dir][n:]; gap > 0 && turn == int(gapAt%50) {
				script = append(script, ev{dir: dir, gap: int64(gap)})
			}
		}
		script = append(script, ev{dir: c, end: 'f'}, ev{dir: s, end: 'x'})
		whole := play(script, atOnce, Options{Keep: 100})
		if bytewise := play(script, func() int { return 1 }, Options{Keep: 100}); bytewise != whole {
			t.Errorf("at once\n%s\nbyte by byte\n%s", whole, bytewise)
		}
		var pos [2]int64
		d := New([2]int64{}, func(m proto.Message) {
			if m.Start < 0 || m.End < m.Start || m.End > pos[m.Dir] {
				t.Errorf("message [%d,%d) of %d bytes", m.Start, m.End, pos[m.Dir])
			}
			if n := m.Detail.(*Message).Kept(); n > 4<<20 {
				t.Errorf("%d bytes are kept", n)
			}
		}, Options{})
		for _, e := range script {
			pos[e.dir] += e.gap + int64(len(e.data))
			switch {
			case e.gap > 0:
				d.Gap(e.dir, e.gap)
			case e.end != 0:
				d.Cut(e.dir)
			default:
				d.Data(e.dir, []byte(e.data))
			}
		}
	})
}

func BenchmarkRows(b *testing.B) {
	row := text(strings.Repeat("a", 100), "17", strings.Repeat("b", 100))
	data := numbered(1, "\x03", col("a", TypeVarString, 0, utf8Set), col("b", TypeLong, 0, 63), col("c", TypeVarString, 0, utf8Set), eof(2))
	for i := range 5000 {
		data += pkt(uint8(5+i), row)
	}
	data += pkt(uint8(5+5000%256), eof(2))
	b.SetBytes(int64(len(data)))
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	for _, e := range start(basic) {
		d.Data(e.dir, []byte(e.data))
	}
	in, ask := []byte(data), []byte(query("select * from t").data)
	for b.Loop() {
		d.Data(c, ask)
		for rest := in; len(rest) > 0; {
			n := min(1448, len(rest))
			d.Data(s, rest[:n])
			rest = rest[n:]
		}
	}
}
