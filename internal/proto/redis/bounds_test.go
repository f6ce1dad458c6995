package redis

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

// TestBombs checks that little on the wire, or an endless message, cannot become much in memory.
func TestBombs(t *testing.T) {
	for _, tt := range []struct {
		name, first, again string
		times              int
		want               string // of the last message, once the direction ends
	}{
		{"a large string", "$2000000000\r\n", strings.Repeat("x", 100_000), 1000, "s[0,100000013) reply $\"xxxxxxxxxxxxxxxxxxxx\"/2000000000 !too-long BROKEN cut off"},
		{"many values", "*1000000\r\n", strings.Repeat("$4\r\nabcd\r\n", 10_000), 100, "s[0,10000010) command abcd abcd"},
		{"endless values", "*?\r\n", strings.Repeat(":1\r\n", 10_000), 100, "s[0,4000004) reply *0(:1 :1"},
		{"arrays in arrays, in breadth", "*1000000\r\n", strings.Repeat("*1\r\n_\r\n", 10_000), 100, "s[0,7000010) reply *1000000(*1(_nil) *1(_nil)"},
		{"an endless line", "+", strings.Repeat("x", 100_000), 100, "s[0,10000001) reply +\"xxxxxxxxxxxxxxxxxxxx\"/10000000 BROKEN cut off"},
		{"endless attributes", "|1\r\n+a\r\n:1\r\n", strings.Repeat("|1\r\n+a\r\n:1\r\n", 10_000), 20, "s[0,2400012) reply "},
		{"nesting", "", strings.Repeat("*1\r\n", 10_000), 100, "s[0,4000000) ? 4000000 BROKEN nested too deeply"},
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
	var last *Message
	emit := func(m proto.Message) { last = m.Detail.(*Message) }
	many := "*1000\r\n" + strings.Repeat("$100\r\n"+strings.Repeat("x", 100)+"\r\n", 1000)
	New([2]int64{}, emit, Options{}).Data(c, []byte(many))
	if len(last.Value.Elements) != maxValues || last.Value.Count != 1000 || last.Counts != (Counts{Arrays: 1, Bulks: 1000}) {
		t.Errorf("%d of %d values, %+v", len(last.Value.Elements), last.Value.Count, last.Counts)
	}
	if n := last.Kept(); n < DefaultKeep || n > DefaultKeep+300*valueSize {
		t.Errorf("%d bytes kept", n)
	}
	New([2]int64{}, emit, Options{Keep: -1}).Data(c, []byte(many))
	if v := last.Value.Elements[0]; v.Text != "" || v.Length != 100 {
		t.Errorf("%+v", v)
	}
	line := "SET " + strings.Repeat("a ", maxValues+10) + strings.Repeat("x", maxLine) + "\r\n"
	New([2]int64{}, emit, Options{}).Data(c, []byte(line))
	if len(last.Value.Elements) != maxValues || last.Value.Count != maxValues+12 || len(last.Problems) != 1 || last.Problems[0] != LongLine {
		t.Errorf("%d of %d words, %v", len(last.Value.Elements), last.Value.Count, last.Problems)
	}
	if last.Arg(-1)+last.Arg(maxValues) != "" {
		t.Error("there is an argument that is not there")
	}
	New([2]int64{}, emit, Options{}).Data(s, []byte("+"+strings.Repeat("x", maxLine+1)+"\r\n"))
	if len(last.Problems) != 1 || last.Problems[0] != LongLine || last.Value.Length != maxLine+1 || len(last.Value.Text) != DefaultKeep {
		t.Errorf("%v, %d of %d", last.Problems, len(last.Value.Text), last.Value.Length)
	}
	New([2]int64{}, emit, Options{}).Data(s, []byte("*1048577\r\n*-1\r\n"+strings.Repeat(":1\r\n", 1048576)))
	if len(last.Problems) != 1 || last.Problems[0] != TooLong || last.Counts.Values() != 1048578 {
		t.Errorf("%v, %+v", last.Problems, last.Counts)
	}
}

// TestDepth reads what is nested as deeply as is followed.
func TestDepth(t *testing.T) {
	for depth, want := range map[int]string{maxDepth: "reply", maxDepth + 1: "? "} {
		got := play(Options{}, []string{"s " + strings.Repeat("*1\r\n", depth) + ":1\r\n", "s!"}, whole)
		if !strings.Contains(got, want) {
			t.Errorf("%d levels: %.100s", depth, got)
		}
	}
}

// TestPending checks that commands that wait are forgotten when they take too much memory, not paired wrongly.
func TestPending(t *testing.T) {
	replies := map[string]int{}
	d := New([2]int64{}, func(m proto.Message) {
		if r := m.Detail.(*Message); r.Kind == Reply {
			replies[fmt.Sprint(r.Request != nil)]++
		}
	}, Options{})
	set := []byte(command("SET", "k", strings.Repeat("x", 1000)))
	for range maxPending/1000 + 1 {
		d.Data(c, set)
	}
	d.Data(s, []byte("+OK\r\n+OK\r\n"))
	d.Data(c, set)
	d.Data(s, []byte("+OK\r\n"))
	if replies["false"] != 2 || replies["true"] != 1 {
		t.Errorf("%v", replies)
	}
}

// TestTruncated cuts conversations everywhere: what is complete stays the same, and no byte is in two messages.
func TestTruncated(t *testing.T) {
	for _, tt := range conversations {
		all := "\n" + play(Options{}, tt.script, whole) + "\n"
		for n, l := range tt.script {
			if len(l) < 3 || l[1] != ' ' {
				continue
			}
			for cut := range l[2:] {
				script := append(append([]string{}, tt.script[:n]...), l[:2+cut], l[:1]+"!")
				if cut == 0 {
					script = script[:n]
				}
				for _, m := range strings.Split(play(Options{}, script, whole), "\n") {
					if m != "" && !strings.Contains(m, "BROKEN") && !strings.Contains(all, "\n"+m+"\n") {
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
		port           uint16
		want           proto.Verdict
	}{
		{"*1\r\n$4\r\nPING\r\n", "", 7000, proto.Yes},
		{"*1", "", 7000, proto.More},
		{"*1\r", "", 7000, proto.More},
		{"*1\r\n", "", 7000, proto.More},
		{"*1\r\n$4\r", "", 7000, proto.More},
		{"*1\rx", "", 7000, proto.No},
		{"* OK IMAP\r\n", "", 7000, proto.No},
		{"*123456789\r\n", "", 7000, proto.No},
		{"", "*3\r\n$7\r\nmessage\r\n", 7000, proto.Yes},
		{"", "*3\r\n:1\r\n", 7000, proto.Yes},
		{"", ">2\r\n$3\r\n", 7000, proto.Yes},
		{"", "+OK\r\n", 7000, proto.More},
		{"", "+OK\r\n", wellKnownPort, proto.Yes},
		{"", "+O", wellKnownPort, proto.More},
		{"", "+OK POP3 server ready\r\n", 110, proto.No},
		{"", "220 mail\r\n", 25, proto.No},
		{"*1\r\n$4\r\nPING\r\n", "+OK\r\n", 7000, proto.Yes},
		{"PING\r\n", "", 7000, proto.More},
		{"PING\r\n", "+PONG\r\n", 7000, proto.Yes},
		{"PING\r\n", "+PO", 7000, proto.More},
		{"PING\r\n", "PONG\r\n", 7000, proto.No},
		{"FAKE\r\n", "+PONG\r\n", 7000, proto.No},
		{"FAKE\r\n", "*3\r\n_\r\n", wellKnownPort, proto.Yes},
		{"GET a\r\n", "$-1\r\n", 7000, proto.Yes},
		{"GET a\r\n", "-ERR no\r\n", 7000, proto.Yes},
		{"GET a\r\n", "-err no\r\n", 7000, proto.No},
		{"GET a\r\n", "$?\r\n", 7000, proto.No},
		{"GET a\r\n", "*x\r\n", 7000, proto.No},
		{"GET a\r\n", "#x\r\n", 7000, proto.No},
		{"GET a\r\n", "+\x00\r\n", 7000, proto.No},
		{"AUTH\r\n", "-ERR 1 argument required\r\n", 110, proto.No},
		{"AUTH a\r\n", "-ERR wrong\r\n", wellKnownPort, proto.Yes},
		{"GET", "", 7000, proto.More},
		{"\r\n", "", 7000, proto.No},
		{"\x16\x03\x01", "", wellKnownPort, proto.No},
		{strings.Repeat("x", maxLine), "", wellKnownPort, proto.No},
		{"", "+" + strings.Repeat("x", maxLine), wellKnownPort, proto.No},
	} {
		if got := (Detector{}).Detect([]byte(tt.client), []byte(tt.server), tt.port); got != tt.want {
			t.Errorf("%.20q %.20q at port %d: %v, want %v", tt.client, tt.server, tt.port, got, tt.want)
		}
	}
	if (Detector{}).Name() != Name {
		t.Error("another name")
	}
	n := 0
	(Detector{Options{Keep: 5}}).New([2]int64{10, 20}, func(m proto.Message) { n += int(m.Start) + len(m.Detail.(*Message).Arg(0)) }).
		Data(c, []byte(command("LONGNAME")))
	if n != 15 {
		t.Errorf("%d", n)
	}
}

func FuzzRedis(f *testing.F) {
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
		f.Add(in[c], in[s], uint8(1), uint16(30), uint16(1))
	}
	f.Fuzz(func(t *testing.T, client, server []byte, piece uint8, hole, size uint16) {
		at := min(int(hole), len(server))
		script := []string{"s " + string(server[:at]), "c " + string(client), fmt.Sprintf("s-%d", size), "s " + string(server[at:]), "c!", "s."}
		a, b := play(Options{Keep: 50}, script, whole), play(Options{Keep: 50}, script, 1+int(piece))
		if a != b {
			t.Fatalf("in pieces of %d:\n got %s\nwant %s", 1+int(piece), b, a)
		}
		(Detector{}).Detect(client, server, wellKnownPort)
		last := [2]int64{}
		d := New([2]int64{}, func(m proto.Message) {
			if m.Start < last[m.Dir] || m.End < m.Start {
				t.Fatalf("[%d,%d) behind %d", m.Start, m.End, last[m.Dir])
			}
			last[m.Dir] = m.End
		}, Options{})
		d.Data(s, server)
		d.Data(c, client)
	})
}

func BenchmarkPipeline(b *testing.B) {
	commands := []byte(strings.Repeat(command("SET", "key:123456", "some value here"), 500))
	replies := []byte(strings.Repeat("+OK\r\n", 500))
	b.SetBytes(int64(len(commands) + len(replies)))
	b.ReportAllocs()
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	for range b.N {
		d.Data(c, commands)
		d.Data(s, replies)
	}
}

func BenchmarkReply(b *testing.B) {
	for name, reply := range map[string]string{
		"values": "*5000\r\n" + strings.Repeat("$12\r\nsome value..\r\n", 5000),
		"string": "$1000000\r\n" + strings.Repeat("x", 1_000_000) + "\r\n",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(reply)))
			b.ReportAllocs()
			d, data := New([2]int64{}, func(proto.Message) {}, Options{}), []byte(reply)
			for range b.N {
				d.Data(s, data)
			}
		})
	}
}
