package postgres

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const whole = 1 << 30

// msg builds a message as it is on the wire.
func msg(tag byte, payload string) string {
	return string(tag) + string(binary.BigEndian.AppendUint32(nil, uint32(len(payload)+4))) + payload
}

// opening builds a message without type.
func opening(code uint32, payload string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload)+8))
	return string(binary.BigEndian.AppendUint32(b, code)) + payload
}

func i16(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
func i32(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }

// val is a value with its length.
func val(s string) string { return i32(len(s)) + s }

// row builds a DataRow.
func row(values ...string) string {
	b := i16(len(values))
	for _, v := range values {
		if v == "NULL" {
			b += i32(-1)
		} else {
			b += val(v)
		}
	}
	return msg('D', b)
}

// columns builds a RowDescription of text columns.
func columns(names ...string) string {
	b := i16(len(names))
	for _, n := range names {
		b += n + "\x00" + i32(16385) + i16(1) + i32(25) + i16(-1) + i32(-1) + i16(0)
	}
	return msg('T', b)
}

var (
	hello   = opening(3<<16, "user\x00ann\x00database\x00shop\x00\x00")
	readyI  = msg('Z', "I")
	welcome = msg('R', i32(0)) + msg('S', "server_version\x0015.6\x00") + msg('K', i32(77)+"\x01\x02\x03\x04") + readyI
	askTLS  = opening(codeSSL, "")
)

func query(sql string) string { return msg('Q', sql+"\x00") }
func tag(s string) string     { return msg('C', s+"\x00") }

func renderValue(v *Value) string {
	switch {
	case v.Null:
		return "NULL"
	case int64(len(v.Text)) != v.Length:
		return fmt.Sprintf("%.10q/%d", v.Text, v.Length)
	}
	return strconv.Quote(v.Text)
}

// render writes a message's fields as far as they are set.
func render(m proto.Message) string {
	d := m.Detail.(*Message)
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) %v", m.Dir.String()[0], m.Start, m.End, d.Kind)
	if d.Kind == Unreadable || d.Missing > 0 {
		fmt.Fprintf(&b, " %d+%d", d.Length, d.Missing)
	}
	if d.Count > 0 {
		fmt.Fprintf(&b, " x%d", d.Count)
	}
	for _, s := range []string{d.Statement, d.Portal, strings.Join(d.Mechanisms, ",")} {
		if s != "" {
			fmt.Fprintf(&b, " %s", s)
		}
	}
	if d.Text != "" {
		fmt.Fprintf(&b, " %.40q", d.Text)
	}
	if d.Kind == Authentication || d.Kind == Password {
		fmt.Fprintf(&b, " auth%d", d.Auth)
	}
	if d.Status != 0 {
		fmt.Fprintf(&b, " '%c'", max(d.Status, ' '))
	}
	if d.Major+d.Minor > 0 {
		fmt.Fprintf(&b, " v%d.%d", d.Major, d.Minor)
	}
	if d.PID+d.Limit > 0 {
		fmt.Fprintf(&b, " pid%d limit%d", d.PID, d.Limit)
	}
	if d.Replication != 0 {
		fmt.Fprintf(&b, " replication %c", d.Replication)
	}
	for _, f := range d.Fields {
		fmt.Fprintf(&b, " %s=%s", f.Name, f.Value)
	}
	if d.ColumnCount > 0 {
		fmt.Fprintf(&b, " %d columns", d.ColumnCount)
	}
	for i := range d.Columns {
		fmt.Fprintf(&b, " %s:%d", d.Columns[i].Name, d.Columns[i].Type)
	}
	if d.ValueCount > 0 {
		fmt.Fprintf(&b, " %d values", d.ValueCount)
	}
	for i := range d.Values {
		b.WriteString(" " + renderValue(&d.Values[i]))
	}
	for _, r := range d.Rows {
		b.WriteString(" (")
		for i := range r {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(renderValue(&r[i]))
		}
		b.WriteByte(')')
	}
	if d.Described != nil && len(d.Described.Columns) > 0 {
		fmt.Fprintf(&b, " of %s", d.Described.Columns[0].Name)
	}
	if d.Request != nil {
		fmt.Fprintf(&b, " <- %v", d.Request.Kind)
	}
	if sql := d.SQL(); sql != "" && sql != d.Text {
		fmt.Fprintf(&b, " {%.20s}", sql)
	}
	if d.Guessed {
		b.WriteString(" guessed")
	}
	for _, p := range d.Problems {
		b.WriteString(" !" + string(p))
	}
	if m.Next != "" {
		b.WriteString(" NEXT " + m.Next)
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	return b.String()
}

// play runs a script: "c text" and "s text" are data, "c-5" a gap, "c." a FIN, "c!" a cut.
func play(opt Options, script []string, piece int) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) }, opt)
	for _, l := range script {
		dir := flow.ClientToServer
		if l[0] == 's' {
			dir = flow.ServerToClient
		}
		switch l[1] {
		case '.':
			d.Close(dir)
		case '!':
			d.Cut(dir)
		case '-':
			n, err := strconv.ParseInt(l[2:], 10, 64)
			if err != nil {
				panic(err)
			}
			d.Gap(dir, n)
		default:
			for data := []byte(l[2:]); len(data) > 0; {
				n := min(piece, len(data))
				scratch := bytes.Clone(data[:n])
				d.Data(dir, scratch)
				clear(scratch)
				data = data[n:]
			}
		}
	}
	if d.Done() {
		for dir := range flow.Direction(2) {
			start, rest := d.Rest(dir)
			out = append(out, fmt.Sprintf("%c rest at %d %q", dir.String()[0], start, rest))
		}
	}
	return strings.Join(out, "\n")
}

func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		for _, piece := range []int{whole, 1, 2, 7} {
			if got := play(Options{}, tt.script, piece); got != tt.want {
				t.Errorf("%s, in pieces of %d:\n got %s\nwant %s", tt.name, piece, got, tt.want)
				break
			}
		}
	}
}

// However data is cut, the same messages come out.
func TestSplitInvariance(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		for _, tt := range conversations {
			var script []string
			for _, l := range tt.script {
				for l[1] == ' ' && len(l) > 3 {
					n := 3 + r.IntN(min(len(l)-3, 1<<(2*seed)))
					script = append(script, l[:n])
					l = l[:2] + l[n:]
				}
				script = append(script, l)
			}
			if got := play(Options{}, script, whole); got != tt.want {
				t.Errorf("%s, cut %d:\n got %s\nwant %s", tt.name, seed, got, tt.want)
			}
		}
	}
}
