package filter

import (
	"net/netip"
	"slices"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Type says what a field's values are.
type Type uint8

// The types.
const (
	None     Type = iota // no value: it is there or not
	Bool                 // 1 or 0
	Number               // unsigned
	Duration             // seconds
	Time                 // date and time
	Address4             // IPv4
	Address6             // IPv6
	String
	Bytes
	numTypes = iota
)

var typeNames = [numTypes]narrate.Text{
	None:     {"something that is there or not", "有或没有的标记"},
	Bool:     {"1 or 0", "1 或 0"},
	Number:   {"a whole number", "整数"},
	Duration: {"a time in seconds", "秒数"},
	Time:     {"a date and time in quotation marks", "加引号的日期和时间"},
	Address4: {"an IPv4 address", "IPv4 地址"},
	Address6: {"an IPv6 address", "IPv6 地址"},
	String:   {"a text", "文字"},
	Bytes:    {"bytes", "字节"},
}

// Name says in a few words what a value of the type is.
func (t Type) Name(l narrate.Lang) string { return typeNames[t].In(l) }

// Level says what a field's values come from; each takes more work than the one before.
type Level uint8

// The levels.
const (
	Connection Level = iota // the summary of a connection
	Packet                  // the record of a packet
	Payload                 // the packet's bytes
	Message                 // a decoded message
)

// Field is something that a filter can ask for.
type Field struct {
	Name  string
	Type  Type
	Level Level
	// Most is the largest value of a Number, 0 if it needs no bound.
	Most uint64
	Help narrate.Text
	// Names are names that stand for values: "DATA".
	Names []Named
	// Common are values worth offering.
	Common []string

	// values appends the field's values in a packet; message those in a message. One of them is set.
	values  func(r *row, dst []value) []value
	message func(m *session.Message, dst []value) []value
	// on says to which of its packets a message brings its values.
	on placed
	// kept says that a field of a message looks at text or bytes that a decoder keeps on request only.
	kept bool
	// absent, if set, says that no packet of a connection has the field.
	absent func(c *tcp.Connection) bool
	// named, if set, makes the field of what follows behind its name: http.header.NAME.
	named func(name string) *Field
	// bpf is what the field is called in a capture filter.
	bpf bpf
}

// placed says to which packets the values of a message belong.
type placed uint8

const (
	onEnd   placed = iota // the one that completed it, as in Wireshark
	onFirst               // the one in which it begins
	onAll                 // all that carry it, if it stands for many of its protocol (rows); else onEnd
)

// Named is a name for a value.
type Named struct {
	Name  string
	Value uint64
}

// row is the packet whose values are asked for, as far as its level goes.
type row struct {
	conn  *tcp.Connection
	dir   flow.Direction
	rec   *session.Record
	start int64 // time of the capture's first packet
	prev  int64 // time of the connection's packet before
	seg   *packet.Segment
	frame []byte
}

// value is one value of a field: num, addr or bytes, as its type says.
type value struct {
	num   int64
	addr  netip.Addr
	bytes []byte
}

// tables are the fields, by protocol.
var tables = [...][]Field{
	frameFields, ipFields, tcpFields, analysisFields, httpFields, sseFields, webSocketFields, http2Fields, tlsFields, dnsFields, respFields,
	mysqlFields, pgsqlFields,
}

// fields are those of all tables by name.
var fields = func() map[string]*Field {
	m := map[string]*Field{}
	for _, table := range tables {
		for i := range table {
			m[table[i].Name] = &table[i]
		}
	}
	return m
}()

// Fields returns all fields in the order of their protocols. A name that ends in a dot stands for as many fields as there are
// names to put behind it.
func Fields() []*Field {
	var list []*Field
	for _, table := range tables {
		for i := range table {
			list = append(list, &table[i])
		}
	}
	return list
}

// fieldNamed returns the field called name, nil if there is none.
func fieldNamed(name string) *Field {
	if f := fields[name]; f != nil && f.named == nil {
		return f
	}
	for i := len(name) - 1; i > 0; i-- {
		if f := fields[name[:i]]; name[i-1] == '.' && f != nil && f.named != nil {
			return f.named(name[i:])
		}
	}
	return nil
}

// nearest returns the name of the field that was probably meant, "" if none is near.
func nearest(name string) string {
	best, distance := "", 1+len(name)/4 // more changes than that make another word
	for _, f := range Fields() {
		if d := editDistance(strings.ToLower(name), f.Name, distance); d < distance || d == distance && best == "" {
			best, distance = f.Name, d
		}
	}
	return best
}

// editDistance is how many bytes must be inserted, removed, replaced or swapped with their neighbour to make b of a; limit+1
// if they are more than limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, now := rows[0], rows[1], rows[2]
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		if slices.Min(now) > limit {
			return limit + 1
		}
		rows[0], rows[1], rows[2] = last, now, before
	}
	return min(rows[1][len(b)], limit+1)
}

// Makers of fields and values, for the tables.

// detailField makes a field of messages whose Detail is a *D.
func detailField[D any](name string, t Type, help narrate.Text, get func(d *D, dst []value) []value) Field {
	return Field{
		Name: name, Type: t, Level: Message, Help: help, absent: noPayload, bpf: messageBPF,
		message: func(m *session.Message, dst []value) []value {
			if d, ok := m.Detail.(*D); ok {
				return get(d, dst)
			}
			return dst
		},
	}
}

// keeping marks a field that needs what messages carry.
func keeping(f Field) Field {
	f.kept = true
	return f
}

// placedOn says where the values of a field belong.
func placedOn(p placed, f Field) Field {
	f.on = p
	return f
}

// textThere appends a text unless it is empty.
func textThere(dst []value, s string) []value {
	if s == "" {
		return dst
	}
	return text(dst, s)
}

func number[T ~uint8 | ~uint16 | ~uint32 | ~int64](dst []value, n T) []value {
	return append(dst, value{num: int64(n)})
}

func boolean(dst []value, b bool) []value {
	if b {
		return append(dst, value{num: 1})
	}
	return append(dst, value{})
}

func text(dst []value, s string) []value { return append(dst, value{bytes: []byte(s)}) }

// mark appends one value of type None if the field is there.
func mark(dst []value, there bool) []value {
	if there {
		return append(dst, value{num: 1})
	}
	return dst
}
