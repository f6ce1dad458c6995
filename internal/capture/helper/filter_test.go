package helper

import (
	"slices"
	"strings"
	"testing"
)

// words is a language small enough to be obviously right: tcp, or port with a number, joined by and, in parentheses.
func words(filter string) bool {
	f := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(filter))
	var primitive func() bool
	expression := func() bool {
		for {
			if !primitive() {
				return false
			}
			if len(f) == 0 || f[0] != "and" {
				return true
			}
			f = f[1:]
		}
	}
	primitive = func() bool {
		if len(f) == 0 {
			return false
		}
		w := f[0]
		f = f[1:]
		switch w {
		case "tcp":
			return true
		case "port":
			ok := len(f) > 0 && number.MatchString(f[0])
			f = f[min(1, len(f)):]
			return ok
		case "(":
			ok := expression() && len(f) > 0 && f[0] == ")"
			f = f[min(1, len(f)):]
			return ok
		}
		return false
	}
	return expression() && len(f) == 0
}

func TestLocate(t *testing.T) {
	for _, c := range []struct{ good, bad, rest string }{
		{"tcp and ", "prt", " 80"},
		{"tcp ", "andd", " port 80"},
		{"port 80 and ", "and", " tcp"},
		{"tcp and port", "", ""},
		{"(tcp and port 1", "", ""},
		{"(tcp ", "port", " 1)"},
		{"tcp", ")", ""},
		{"", "udp", ""},
		{"port ", "x80", ""},
	} {
		filter := c.good + c.bad + c.rest
		from, to := Locate(filter, words)
		if from != len(c.good) || to != len(c.good)+len(c.bad) {
			t.Errorf("%q: wrong is %q [%d, %d), not %q", filter, filter[from:to], from, to, c.bad)
		}
	}
	long := strings.Repeat("tcp and ", maxLocated)
	if from, to := Locate(long, words); from != 0 || to != len(long) {
		t.Errorf("a filter of many words: [%d, %d)", from, to)
	}
}

func TestHostName(t *testing.T) {
	for _, c := range []struct{ filter, name string }{
		{"host example.com", "example.com"},
		{"tcp and prt 80", "prt"},
		{"port http or https", ""},
		{"port http and host www", "www"},
		{"src net localnet", "localnet"},
		{"ether host 00:11:22:33:44:55", ""},
		{"host 192.0.2.1 or net 10/8 or net 172.16.0.0 mask 255.240.0.0", ""},
		{"ip6 host 2001:db8::1 and not net fe80::/10", ""},
		{"tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", ""},
		{"ip proto \\tcp", ""},
		{"proto ospf", ""},
		{"wlan type mgt subtype beacon", ""},
		{"portrange 1-1024", ""},
		{"less 0x40 && ip[8] < 5", ""},
		{"héllo", "héllo"},
		{"my-host.example", "my-host.example"},
	} {
		from, to, found := HostName(c.filter)
		if got := c.filter[from:to]; got != c.name || found != (c.name != "") {
			t.Errorf("%q: looked up would be %q, not %q", c.filter, got, c.name)
		}
	}
}

// FuzzFilter asks that places lie inside the filter, and that the number of tries stays small.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"tcp and port 80", "((", "a:b-c", "\\", "&& ||", "tcp[0:2] >> 1 = 3", "\x80\xff é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		end := 0
		for _, w := range tokens(filter) {
			if w.from < end || w.to <= w.from || w.to > len(filter) || filter[w.from:w.to] != w.text {
				t.Fatalf("%q: token %+v after byte %d", filter, w, end)
			}
			end = w.to
		}
		if from, to, found := HostName(filter); from < 0 || to > len(filter) || from > to || found && from == to {
			t.Fatalf("%q: a name at [%d, %d)", filter, from, to)
		}
		tries := 0
		from, to := Locate(filter, func(part string) bool {
			tries++
			return slices.Contains([]string{"tcp", "tcp and tcp"}, part)
		})
		if from < 0 || to > len(filter) || from > to {
			t.Fatalf("%q: wrong at [%d, %d)", filter, from, to)
		}
		if most := 2 * len(endings) * min(maxLocated, len(tokens(filter))); tries > most {
			t.Fatalf("%q: %d tries, more than %d", filter, tries, most)
		}
	})
}
