package filter

import (
	"strings"

	"tcptalk/internal/proto/tls"
	"tcptalk/internal/session"
)

// Concerning returns a function that says whether a message can be the reason for which the filter finds packet i of a
// connection: it meets the conditions on messages by itself, where the packet may carry several. What a message does not tell
// (payload, records of TLS, and content unless whole says that it was kept) counts as met. The function is not for several
// goroutines at once.
func (f *Filter) Concerning(s *session.Session, whole bool) func(v *session.View, i int, m *session.Message) bool {
	var r row
	var scratch [2][]value
	st := stage{level: Packet, row: &r, scratch: &scratch, whole: whole}
	start := s.Counts().Origin
	return func(v *session.View, i int, m *session.Message) bool {
		if f.level < Message {
			return true
		}
		rec := v.At(i)
		r = row{conn: &v.Conn, dir: rec.Dir(), rec: rec, start: start, prev: v.At(max(i-1, 0)).Time}
		st.one = m
		return f.root.eval(&st) != no
	}
}

// byMessage reports that a single message decides the condition; whole says that it has its content.
func (t *test) byMessage(whole bool) bool {
	for _, f := range [...]*Field{t.field, t.other} {
		if f != nil && (f.Level == Payload || f.kept && !whole || strings.HasPrefix(f.Name, tls.Name)) {
			return false
		}
	}
	return true
}

// settleOne decides a condition on messages for one of them.
func (t *test) settleOne(s *stage) bool {
	hit, miss := t.of(s.one, s.row, s.scratch)
	return hit && !(t.all && miss)
}
