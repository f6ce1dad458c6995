package postgres

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const (
	c = flow.ClientToServer
	s = flow.ServerToClient
)

// heap returns how many bytes are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestBombs checks that an endless stream, or a length that never comes, does not become much in memory.
func TestBombs(t *testing.T) {
	for _, tt := range []struct {
		name, first, again string
		times              int
		want               string // of the last message, once the direction ends
	}{
		{"rows", welcome, strings.Repeat(row(strings.Repeat("x", 1000), "1"), 100), 300, "s[53,30480053) DataRow x30000 2 columns (\"xxxxxxxxxx"},
		{"pieces", welcome, strings.Repeat(msg('d', strings.Repeat("x", 5000)), 20), 300, "s[53,30030053) CopyData x6000 (\"xxxxxxxxxx"},
		{"a large row", welcome + "D\x3f\xff\xff\xff" + i16(1) + i32(1<<29), strings.Repeat("x", 100_000), 300, "s[53,30000064) DataRow BROKEN cut off"},
		{"a large notice", welcome + "N\x3f\xff\xff\xffM", strings.Repeat("x", 100_000), 300, "s[53,30000059) NoticeResponse M=xxxx"},
		{"unreadable bytes", "R\x00\x00\x00\x08\x00\x00\x00\x00?", strings.Repeat("Z\x00", 50_000), 300, "s[9,30000010) Unreadable 30000001+0 BROKEN not PostgreSQL"},
	} {
		var got string
		before := heap()
		d := New([2]int64{}, func(m proto.Message) { got = render(m) }, Options{})
		d.Data(s, []byte(tt.first))
		more := []byte(tt.again)
		for range tt.times {
			d.Data(s, more)
		}
		if grown := heap() - before; grown > 1<<20 {
			t.Errorf("%s: %d bytes kept", tt.name, grown)
		}
		d.Cut(s)
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %.200s", tt.name, got)
		}
		runtime.KeepAlive(d)
	}
}

// TestKept checks the bounds of what a message holds.
func TestKept(t *testing.T) {
	last := map[Kind]*Message{}
	emit := func(m proto.Message) { d := m.Detail.(*Message); last[d.Kind] = d }
	const large = 1 << 20
	for keep, want := range map[int]int{0: DefaultKeep, -1: minRead, 5000: 5000} {
		d := New([2]int64{}, emit, Options{Keep: keep})
		d.Data(c, []byte(hello+query(strings.Repeat("q", large))))
		if m := last[Query]; len(m.Text) != want || m.TextLength != large || len(m.Problems) > 0 {
			t.Errorf("keep %d: %d of %d bytes of a query, %v", keep, len(m.Text), m.TextLength, m.Problems)
		}
		values := strings.Repeat(val("value"), 2000) + val(strings.Repeat("v", large))
		d.Data(c, []byte(msg('B', "\x00\x00"+i16(0)+i16(2001)+values+i16(0))))
		if m := last[Bind]; m.ValueCount != 2001 || len(m.Values) > maxColumns || m.Kept() > want+maxColumns*100 || len(m.Problems) > 0 {
			t.Errorf("keep %d: %d of %d values, %d bytes, %v", keep, len(m.Values), m.ValueCount, m.Kept(), m.Problems)
		}
		names := make([]string, 400)
		d.Data(s, []byte(columns(names...)+row(names...)+row(strings.Repeat("v", large), "1")+strings.Repeat(row("1"), 30)+tag("SELECT")))
		if m := last[RowDescription]; m.ColumnCount != 400 || len(m.Columns) > maxColumns || len(m.Problems) > 0 {
			t.Errorf("keep %d: %d of %d columns, %v", keep, len(m.Columns), m.ColumnCount, m.Problems)
		}
		if m := last[DataRow]; m.Count != 32 || len(m.Rows) > maxRows || m.Kept() > max(keep, DefaultKeep)+maxColumns*maxRows*50 || len(m.Problems) > 0 {
			t.Errorf("keep %d: %d of %d rows, %d bytes, %v", keep, len(m.Rows), m.Count, m.Kept(), m.Problems)
		}
		params := strings.Repeat("a\x00b\x00", 400)
		d = New([2]int64{}, emit, Options{Keep: keep})
		d.Data(c, []byte(opening(3<<16, params+"\x00")))
		if n := len(last[Startup].Fields); n != maxColumns {
			t.Errorf("keep %d: %d parameters", keep, n)
		}
	}
	d := New([2]int64{}, emit, Options{})
	d.Data(c, []byte(hello))
	d.Data(s, []byte(strings.Repeat(row("1"), 30)+msg('E', strings.Repeat("Mx\x00", 300)+"\x00")+msg('R', i32(10)+strings.Repeat("a\x00", 300)+"\x00")))
	if len(last[DataRow].Rows) != maxRows || len(last[ErrorResponse].Fields) != maxColumns || len(last[Authentication].Mechanisms) != maxColumns {
		t.Error(len(last[DataRow].Rows), len(last[ErrorResponse].Fields), len(last[Authentication].Mechanisms))
	}
}

// TestPending checks that messages that wait are forgotten when they take too much memory, not paired wrongly.
func TestPending(t *testing.T) {
	paired := map[bool]int{}
	d := New([2]int64{}, func(m proto.Message) {
		if r := m.Detail.(*Message); r.Kind == CommandComplete {
			paired[r.Request != nil]++
		}
	}, Options{})
	d.Data(c, []byte(hello))
	d.Data(s, []byte(welcome))
	insert := []byte(query("INSERT " + strings.Repeat("x", 10_000)))
	for range maxPending/10_000 + 1 {
		d.Data(c, insert)
	}
	d.Data(s, []byte(tag("INSERT 0 1")+readyI))
	d.Data(c, insert)
	d.Data(s, []byte(tag("INSERT 0 1")+readyI))
	if paired[false] != 1 || paired[true] != 1 {
		t.Errorf("%v", paired)
	}
}

// TestStatements checks that prepared statements beyond the bound make the old ones forgotten.
func TestStatements(t *testing.T) {
	known := 0
	d := New([2]int64{}, func(m proto.Message) {
		if b := m.Detail.(*Message); b.Kind == Bind && b.SQL() != "" {
			known++
		}
	}, Options{})
	d.Data(c, []byte(hello))
	for i := range maxStatements + 1 {
		name := fmt.Sprintf("s%d\x00", i)
		d.Data(c, []byte(msg('P', name+"SELECT 1\x00"+i16(0))+msg('B', fmt.Sprintf("p%d\x00", i)+name+i16(0)+i16(0)+i16(0))))
	}
	d.Data(c, []byte(msg('B', "\x00s0\x00"+i16(0)+i16(0)+i16(0))+msg('C', "Ss5\x00")))
	if known != maxStatements+1 || len(d.pairs.statements) != 1 || len(d.pairs.portals) != 2 {
		t.Errorf("%d known, %d statements, %d portals", known, len(d.pairs.statements), len(d.pairs.portals))
	}
}

// TestHeld checks that a frontend that does not wait for its answer is read all the same.
func TestHeld(t *testing.T) {
	var got []string
	d := New([2]int64{}, func(m proto.Message) { got = append(got, render(m)) }, Options{})
	d.Data(c, []byte(askTLS+hello+query(strings.Repeat("x", maxHeld))+query("SELECT 1")))
	if len(got) != 4 || !strings.HasPrefix(got[3], "c[65582,65596) Query \"SELECT 1\"") {
		t.Errorf("%.500q", got)
	}
}

// TestRest hands over what came in one piece with the answer.
func TestRest(t *testing.T) {
	var next string
	d := New([2]int64{100, 200}, func(m proto.Message) { next = m.Next }, Options{})
	d.Data(c, []byte(askTLS))
	d.Data(s, []byte("S\x16\x03"))
	d.Gap(s, 5)
	d.Cut(s)
	if start, b := d.Rest(s); start != 201 || string(b) != "\x16\x03" || next != "tls" {
		t.Errorf("%d %q %s", start, b, next)
	}
}

// TestTruncated cuts conversations everywhere: what is complete stays the same, but for runs of rows, which are shorter.
func TestTruncated(t *testing.T) {
	for _, tt := range conversations {
		all := "\n" + play(Options{}, tt.script, whole) + "\n"
		for n, l := range tt.script {
			if len(l) < 3 || l[1] != ' ' {
				continue
			}
			for cut := 1; cut < len(l)-2; cut++ {
				script := append(append([]string{}, tt.script[:n]...), l[:2+cut], l[:1]+"!")
				for _, m := range strings.Split(play(Options{}, script, whole), "\n") {
					run := strings.Contains(m, " x") || strings.Contains(m, "rest at")
					if m != "" && !run && !strings.Contains(m, "BROKEN") && !strings.Contains(all, "\n"+m+"\n") {
						t.Fatalf("%s, cut in line %d at %d: %s", tt.name, n, cut, m)
					}
				}
			}
		}
	}
}

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		client, server string
		want           proto.Verdict
	}{
		{hello, "", proto.Yes},
		{askTLS, "S", proto.Yes},
		{"", hello, proto.Yes},
		{opening(codeCancel, i32(1)+i32(2)), "", proto.Yes},
		{opening(2<<16, strings.Repeat("\x00", 288)), "", proto.Yes},
		{hello[:3], "", proto.More},
		{"\x00\x00\x00\x05\x00\x03\x00\x00", "", proto.No},
		{"\x00\x00\x00\x10\x12\x34\x01\x00", "", proto.No},
		{query("SELECT 1"), "", proto.Yes},
		{query("SELECT 1")[:8], "", proto.More},
		{"Q\x00\x00\x20\x00" + strings.Repeat("x", 5000), "", proto.Yes},
		{msg('P', "\x00SELECT 1\x00"+i16(0)) + msg('S', ""), "", proto.More},
		{msg('P', "\x00SELECT 1\x00"+i16(0)) + msg('S', ""), msg('1', "") + readyI, proto.Yes},
		{"", columns("a")[:20], proto.More},
		{"", row("1") + tag("SELECT 1"), proto.Yes},
		{"", msg('N', "SNOTICE\x00\x00"), proto.Yes},
		{"", msg('E', "SERROR\x00\x00"), proto.Yes},
		{"", msg('G', "\x00"+i16(0)) + readyI, proto.Yes},
		{"", msg('A', i32(5)+"a\x00\x00") + readyI, proto.Yes},
		{"", msg('S', "a\x00b\x00") + msg('d', "x") + msg('K', i32(5)+i32(5)), proto.Yes},
		{msg('E', "\x00"+i32(0)) + msg('X', ""), "", proto.Yes},
		{msg('D', "Sa\x00") + msg('C', "Pa\x00"), "", proto.Yes},
		{msg('d', "x") + msg('c', ""), "", proto.More},
		{"GET / HTTP/1.1\r\n", "", proto.No},
		{"\x16\x03\x01\x02\x00", "", proto.No},
		{"SSH-2.0-x\r\n", "SSH-2.0-y\r\n", proto.No},
		{"", "J\x00\x00\x00\x0a8.0.33\x00", proto.No},
		{"Q\x00\x00\x00\x03select 1", "", proto.No},
		{"R\x00\x00\x00\x0a5.7.1\x00", "", proto.No},
		{query("a\x01b"), "", proto.No},
		{"", "", proto.No},
		{"GET /", "\x00", proto.No},
		{"", "\x00", proto.No},
	} {
		if got := (Detector{}).Detect([]byte(tt.client), []byte(tt.server), 0); got != tt.want {
			t.Errorf("%.20q %.20q: %v, want %v", tt.client, tt.server, got, tt.want)
		}
	}
	n := int64(0)
	(Detector{Options{Keep: 5}}).New([2]int64{10, 20}, func(m proto.Message) { n += m.Start }).Data(c, []byte(hello))
	if n != 10 || (Detector{}).Name() != Name {
		t.Errorf("begins at %d", n)
	}
}

func TestKindNames(t *testing.T) {
	for k := range numKinds {
		if k.String() == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
	if numKinds.String() != "Unknown" {
		t.Error("a kind beyond the last one has a name of its own")
	}
}

func FuzzPostgres(f *testing.F) {
	for _, tt := range conversations {
		var in [2][]byte
		for _, l := range tt.script {
			if l[1] == ' ' {
				dir := c
				if l[0] == 's' {
					dir = s
				}
				in[dir] = append(in[dir], l[2:]...)
			}
		}
		f.Add(in[c], in[s], uint8(1), uint16(60), uint16(1), uint16(32))
	}
	f.Fuzz(func(t *testing.T, client, server []byte, piece uint8, hole, size, first uint16) {
		at, hello := min(int(hole), len(server)), min(int(first), len(client))
		script := []string{
			"c " + string(client[:hello]), "s " + string(server[:at]), "c " + string(client[hello:]), fmt.Sprintf("s-%d", size), "s " + string(server[at:]), "c!", "s.",
		}
		a, b := play(Options{Keep: 50}, script, whole), play(Options{Keep: 50}, script, 1+int(piece))
		if a, _, _ := strings.Cut(a, "c rest"); !strings.HasPrefix(b, a) {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
		(Detector{}).Detect(client, server, 0)
		last := [2]int64{}
		d := New([2]int64{}, func(m proto.Message) {
			if m.Start < last[m.Dir] || m.End < m.Start {
				t.Fatalf("[%d,%d) behind %d", m.Start, m.End, last[m.Dir])
			}
			last[m.Dir] = m.End
		}, Options{})
		d.Data(c, client)
		d.Data(s, server)
	})
}

func BenchmarkRows(b *testing.B) {
	rows := []byte(columns("id", "name", "price") + strings.Repeat(row("123456", "a name of something", "12.50"), 5000) + tag("SELECT 5000") + readyI)
	q := []byte(query("SELECT * FROM t"))
	b.SetBytes(int64(len(rows)))
	b.ReportAllocs()
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	d.Data(c, []byte(hello))
	d.Data(s, []byte(welcome))
	for range b.N {
		d.Data(c, q)
		d.Data(s, rows)
	}
}

func BenchmarkExtended(b *testing.B) {
	ask := []byte(strings.Repeat(msg('P', "\x00SELECT name FROM t WHERE id=$1\x00"+i16(0))+msg('B', "\x00\x00"+i16(0)+i16(1)+val("7")+i16(0))+msg('D', "P\x00")+
		msg('E', "\x00"+i32(0))+msg('S', ""), 100))
	answer := []byte(strings.Repeat(msg('1', "")+msg('2', "")+columns("name")+row("Ann")+tag("SELECT 1")+readyI, 100))
	b.SetBytes(int64(len(ask) + len(answer)))
	b.ReportAllocs()
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	d.Data(c, []byte(hello))
	d.Data(s, []byte(welcome))
	for range b.N {
		d.Data(c, ask)
		d.Data(s, answer)
	}
}
