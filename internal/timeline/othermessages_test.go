package timeline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

func otherMessages(t *testing.T, s *session.Session, i int, l narrate.Lang) *OtherMessages {
	t.Helper()
	v, err := s.OtherView(i)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewOtherMessages(context.Background(), v, MessageOptions{Lang: l, Lines: 2})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bubbles renders all rows.
func bubbles(m *OtherMessages) string {
	var b strings.Builder
	for i := range m.Len() {
		var r MessageRow
		m.Row(i, &r)
		if r.MessageShape != m.Shape(i) {
			return fmt.Sprintf("row %d has the shape %+v, but %+v was told", i, r.MessageShape, m.Shape(i))
		}
		fmt.Fprintf(&b, "#%d %v %s|%s|%v|%s|%s left %d, %d, %s\n", r.Packets[0].Frame, r.Dir, r.Tag, r.Title, r.Tone, r.Size, strings.Join(r.Content, "/"), r.Left, r.Paired, r.Answer)
	}
	return b.String()
}

func TestDatagramsAreMessages(t *testing.T) {
	const (
		ask   = "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"
		tell  = "\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
		again = "\x00\x02\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01b\x00\x00\x01\x00\x01"
		no    = "\x00\x03\x81\x83\x00\x01\x00\x00\x00\x00\x00\x00\x01c\x00\x00\x01\x00\x01"
	)
	s := otherSession(t,
		datagram(1, 50000, 53, ask), datagram(2, 53, 50000, tell), datagram(1, 50000, 53, again), datagram(1, 50000, 53, again),
		datagram(2, 53, 50000, no),
		datagram(1, 50001, 9999, "one\ntwo\nthree\n"), datagram(2, 9999, 50001, "\x00\x01"),
		datagram(1, 50002, 1900, "M-SEARCH * HTTP/1.1\r\nST: lamp\r\nMAN: \"ssdp:discover\"\r\n\r\n"))
	for i, want := range []string{
		"#1 client ASKS|A a|0|19 B| left 0, 1, answer #2 · 1 ms\n" +
			"#2 server ANSWERS|A a → 192.0.2.1|2|35 B|answer: a A 192.0.2.1 · valid for 60 s left 0, 0, answers #1 · 1 ms\n" +
			"#3 client ASKS|A b|0|19 B| left 0, -1, asked again later\n" +
			"#4 client ASKS|A b|0|19 B| left 0, -1, no answer seen\n" +
			"#5 server ANSWERS|A c → there is no such name (NXDOMAIN)|4|19 B| left 0, -1, \n",
		"#6 client UDP||0|14 B|one/two left 1, -1, \n#7 server UDP|00 01|1|2 B| left 0, -1, \n",
		"#8 client M-SEARCH|looks for lamp|0|55 B|ST: lamp/MAN: \"ssdp:discover\" left 0, -1, \n",
	} {
		if got := bubbles(otherMessages(t, s, i, narrate.English)); got != want {
			t.Errorf("conversation %d:\n got %s\nwant %s", i, got, want)
		}
	}
	m := otherMessages(t, s, 1, narrate.Chinese)
	var r MessageRow
	n := m.Toggled(0)
	if n.Row(0, &r); len(r.Content) != 3 || r.Left != -1 || m.Toggled(1) != m {
		t.Errorf("unfolded: %q, %d left", r.Content, r.Left)
	}
	if same := otherMessages(t, s, 1, narrate.English).Like(n); same.Shape(0).Lines != 3 {
		t.Error("what was unfolded is folded after a change of the language")
	}
	if text, rows := m.AllText(context.Background(), 1<<20); rows != 2 || !strings.Contains(text, "three") || !strings.Contains(text, "#7 服务器") {
		t.Errorf("%d rows as text: %q", rows, text)
	}
}
