package mysql

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const (
	c = flow.ClientToServer
	s = flow.ServerToClient
)

// ev is one call to a decoder: data, a gap, or an end ('f' is a FIN, 'x' a cut).
type ev struct {
	dir  flow.Direction
	data string
	gap  int64
	end  byte
}

// pkt builds a packet as it is on the wire.
func pkt(seq uint8, payload string) string {
	n := len(payload)
	return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), seq}) + payload
}

// le writes an integer of n bytes.
func le(n int, v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)[:n]) }

// col builds a column definition.
func col(name string, t Type, flags uint16, set uint16) string {
	str := func(s string) string { return string([]byte{byte(len(s))}) + s }
	return str("def") + str("db") + str("t") + str("t") + str(name) + str(name) + "\x0c" + le(2, uint64(set)) + le(4, 11) +
		string([]byte{byte(t)}) + le(2, uint64(flags)) + "\x00\x00\x00"
}

const (
	utf8Set    = 45
	basic      = CapMySQL | CapProtocol41 | CapSecureConnection | CapPluginAuth | CapConnectWithDB
	autoCommit = "\x02\x00"
)

// eof is an EOF packet, okEnd the OK packet in its place (CLIENT_DEPRECATE_EOF).
func eof(status Flags) string   { return "\xfe" + le(2, 0) + le(2, uint64(status)) }
func okEnd(status Flags) string { return "\xfe\x00\x00" + le(2, uint64(status)) + le(2, 0) }

func ok(affected, id byte) string { return string([]byte{0, affected, id}) + autoCommit + "\x00\x00" }

// hello is a server's greeting, login a client's answer.
func hello(caps Capability) string {
	return pkt(0, "\x0a8.0.99\x00"+le(4, 7)+"saltsalt\x00"+le(2, uint64(caps))+"\x2d\x02\x00"+le(2, uint64(caps>>16))+"\x15"+
		strings.Repeat("\x00", 10)+"saltsaltsalt\x00caching_sha2_password\x00")
}

func login(caps Capability) string {
	return pkt(1, le(4, uint64(caps))+le(4, 1<<24)+"\x2d"+strings.Repeat("\x00", 23)+"ann\x00\x04HASHshop\x00mysql_native_password\x00")
}

// start is a connection up to the login's OK.
func start(caps Capability) []ev {
	return []ev{{dir: s, data: hello(caps)}, {dir: c, data: login(caps)}, {dir: s, data: pkt(2, ok(0, 0))}}
}

func query(sql string) ev          { return ev{dir: c, data: pkt(0, "\x03"+sql)} }
func answers(packets ...string) ev { return ev{dir: s, data: numbered(1, packets...)} }
func with(a []ev, more ...ev) []ev { return append(a[:len(a):len(a)], more...) }
func text(values ...string) (r string) {
	for _, v := range values {
		if v == "NULL" {
			r += "\xfb"
			continue
		}
		r += string([]byte{byte(len(v))}) + v
	}
	return r
}

// numbered gives packets the sequence ids from first on.
func numbered(first uint8, payloads ...string) (out string) {
	for i, p := range payloads {
		out += pkt(first+uint8(i), p)
	}
	return out
}

func value(v *Value) string {
	out := strings.Trim(strconv.QuoteToGraphic(string(v.Text)), `"`)
	switch {
	case v.Null:
		out = "NULL"
	case v.Sent:
		out = fmt.Sprintf("sent %d", v.Size)
	case uint64(len(v.Text)) < v.Size:
		out += fmt.Sprintf("…%d", v.Size)
	}
	if v.Name != "" {
		out = v.Name + "=" + out
	}
	return out
}

func values(list []Value) string {
	var out []string
	for i := range list {
		out = append(out, value(&list[i]))
	}
	return "(" + strings.Join(out, ",") + ")"
}

func defs(list []Column) string {
	var out []string
	for _, d := range list {
		word := fmt.Sprintf("%s.%s:%d", d.Table, d.Name, d.Type)
		if d.Unsigned {
			word += "u"
		}
		if d.Binary {
			word += "b"
		}
		out = append(out, word)
	}
	return "{" + strings.Join(out, " ") + "}"
}

var kindNames = [...]string{
	Unreadable: "?", Greeting: "greeting", Login: "login", TLSRequest: "tls?", AuthSwitch: "switch", AuthMore: "more", AuthData: "auth",
	Command: "com", OK: "ok", Error: "err", EOF: "eof", Rows: "rows", Prepared: "prepared", Fields: "fields", Text: "text",
	FileRequest: "file?", FileData: "file", BinlogEvent: "event", Progress: "progress",
}

// render writes a message as a line.
func render(m proto.Message) string {
	d := m.Detail.(*Message)
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) %s", m.Dir.String()[0], m.Start, m.End, kindNames[d.Kind])
	if d.Packets > 1 {
		fmt.Fprintf(&b, " x%d", d.Packets)
	}
	if d.Missing > 0 {
		fmt.Fprintf(&b, " -%d", d.Missing)
	}
	if h := d.Hello; h != nil {
		fmt.Fprintf(&b, " %s #%d %s", h.Version, h.Thread, h.Plugin)
	}
	if a := d.Account; a != nil && d.Kind != TLSRequest {
		fmt.Fprintf(&b, " %s@%s %s auth%d %s", a.User, a.Database, a.Plugin, a.AuthLen, values(a.Attributes))
	}
	if a := d.Auth; a != nil {
		fmt.Fprintf(&b, " %s %d step%d", a.Plugin, a.Len, a.Step)
	}
	if q := d.Command; q != nil {
		fmt.Fprintf(&b, " %d %q", q.Code, q.Text)
		if q.TextLen != int64(len(q.Text)) {
			fmt.Fprintf(&b, "…%d", q.TextLen)
		}
		fmt.Fprintf(&b, " #%d n%d", q.Statement, q.Number)
		if len(q.Attributes) > 0 {
			b.WriteString(" attrs" + values(q.Attributes))
		}
		if q.ParamCount > 0 {
			fmt.Fprintf(&b, " %d params%s", q.ParamCount, values(q.Params))
		}
	}
	renderAnswer(&b, d)
	for _, p := range d.Problems {
		fmt.Fprintf(&b, " !%s", p)
	}
	if d.Guessed {
		b.WriteString(" guessed")
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	if m.Next != "" {
		b.WriteString(" → " + m.Next)
	}
	return b.String()
}

func renderAnswer(b *strings.Builder, d *Message) {
	if p := d.Prepared; p != nil && d.Kind == Prepared {
		fmt.Fprintf(b, " #%d %q %d%s %d%s", p.ID, p.Text, p.ParamCount, defs(p.Params), p.ColumnCount, defs(p.Columns))
	}
	if r := d.Result; r != nil {
		fmt.Fprintf(b, " %d%s %d rows", r.ColumnCount, defs(r.Columns), r.RowCount)
		for _, row := range r.Rows {
			b.WriteString(values(row))
		}
	}
	if d.Kind == Text || d.Kind == FileRequest || d.Kind == FileData {
		fmt.Fprintf(b, " %q %d", d.Text, d.Length)
	}
	if e := d.Event; e != nil {
		fmt.Fprintf(b, " t%d @%d →%d", e.Type, e.Timestamp, e.Position)
	}
	if st := d.Status; st != nil {
		fmt.Fprintf(b, " ok %d id%d f%x w%d", st.Affected, st.InsertID, uint16(st.Flags), st.Warnings)
		if st.Info != "" || st.Database != "" || st.Variables != nil {
			fmt.Fprintf(b, " %q %q %s", st.Info, st.Database, values(st.Variables))
		}
	}
	if f := d.Failure; f != nil {
		fmt.Fprintf(b, " %d/%s/%s", f.Code, f.State, f.Message)
	}
	if r := d.Request; r != nil {
		what := "login"
		if r.Command != nil {
			what = fmt.Sprintf("%d %.12q", r.Command.Code, r.Command.Text)
		}
		b.WriteString(" ← " + what)
	}
}

// play feeds a script in pieces of the given sizes and returns the messages, a line each.
func play(script []ev, piece func() int, opt Options) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) }, opt)
	for _, e := range script {
		switch {
		case e.gap > 0:
			d.Gap(e.dir, e.gap)
		case e.end == 'f':
			d.Close(e.dir)
		case e.end == 'x':
			d.Cut(e.dir)
		}
		for data := []byte(e.data); len(data) > 0; {
			n := min(piece(), len(data))
			scratch := append([]byte(nil), data[:n]...)
			d.Data(e.dir, scratch)
			clear(scratch)
			data = data[n:]
		}
	}
	return strings.Join(out, "\n")
}

func atOnce() int { return 1 << 30 }

func check(t *testing.T, name string, script []ev, opt Options, want string) {
	t.Helper()
	got := play(script, atOnce, opt)
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		if cut := play(script, func() int { return 1 + r.IntN(1+int(seed*seed)) }, opt); cut != got {
			t.Errorf("%s in pieces %d:\n got %s\nwant %s", name, seed, cut, got)
			return
		}
	}
}

// recording reads a file of lines "c hex" and "s hex".
func recording(t testing.TB, name string) (script []ev) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		data, err := hex.DecodeString(strings.TrimSpace(line[1:]))
		if err != nil {
			t.Fatal(err)
		}
		dir := c
		if line[0] == 's' {
			dir = s
		}
		script = append(script, ev{dir: dir, data: string(data)})
	}
	return script
}
