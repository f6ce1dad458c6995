package filter

import (
	"errors"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
)

// TestErrors shows the place of every mistake with carets below the filter.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, mark, want string }{
		{"tcp.flgs.syn == 1", "^^^^^^^^^^^^", "There is no field “tcp.flgs.syn”. Did you mean “tcp.flags.syn”? To search for these words, put them in quotation marks."},
		{"tcp.port == 80 && nonsense", "                  ^^^^^^^^", "There is no field “nonsense”. To search for these words, put them in quotation marks."},
		{"tcp.port == x80", "            ^^^", "“x80” is not a whole number, which tcp.port is compared with."},
		{"tcp.port == 80000", "            ^^^^^", "80000 is too big: tcp.port is at most 65535."},
		{`tcp.port == "80"`, "            ^^^^", "“\"80\"” is not a whole number, which tcp.port is compared with."},
		{"tcp.port ==", "           ", "A value must stand here."},
		{"tcp.port in 80", "            ^^", "A list must stand here, like {80, 8000..8080}."},
		{"tcp.port in {80, 443", "            ^", "The closing “}” is missing."},
		{"tcp.port in {80 443}", "                ^^^", "“443” cannot stand here."},
		{"tcp.port in {9..3}", "             ^^^^", "The range begins behind its end."},
		{"(tcp.port == 80", "^", "The closing “)” is missing."},
		{"tcp.port == 80)", "              ^", "Nothing was opened that “)” could close."},
		{"&& tcp", "^^", "A field must stand here."},
		{"80 == tcp.port", "^^", "A field must stand here. To search for these words, put them in quotation marks."},
		{`http.host contains "abc`, "                   ^^^^", "The closing quotation mark is missing."},
		{`http.host contains "a\q"`, "                     ^^", `There is no such character behind a backslash; write \\ for a backslash.`},
		{`http.host matches "a("`, "                  ^^^^", "This is no regular expression: missing closing ): (?i:a()."},
		{"http.host matches abc", "                  ^^^", "“abc” is not a regular expression in quotation marks, which http.host is compared with."},
		{"tcp.port contains 80", "         ^^^^^^^^", "“contains” does not work with tcp.port, which is a whole number."},
		{"http == 1", "     ^^", "“==” does not work with http, which is something that is there or not."},
		{"ip.addr == ::1", "           ^^^", "“::1” is not an IPv4 address, which ip.addr is compared with."},
		{"ip.addr == 10.0.0.0/33", "           ^^^^^^^^^^^", "“10.0.0.0/33” is not an IPv4 address, which ip.addr is compared with."},
		{"tcp.len = 5", "        ^", "“=” cannot stand here."},
		{"tcp.srcport == http.host", "               ^^^^^^^^^", "tcp.srcport and http.host cannot be compared: they are of different kinds."},
		{"tcp.payload[0:3] == 47", "           ^", "Parts of a field cannot be chosen here; “contains” or “matches” may do."},
		{"tcp.time_delta > soon", "                 ^^^^", "“soon” is not a time in seconds, which tcp.time_delta is compared with."},
		{"http.host == \"é\" && x", "                    ^", "There is no field “x”. To search for these words, put them in quotation marks."},
		{"all tcp.port", "            ", "A value must stand here."},
		{"", "", "There is nothing to look for."},
		{strings.Repeat("(", maxDepth+1) + "tcp", strings.Repeat(" ", maxDepth) + "^", "There are too many brackets inside one another."},
	} {
		_, err := Parse(c.text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if mark := strings.Repeat(" ", e.Column) + strings.Repeat("^", len([]rune(c.text[e.Offset:e.Offset+e.Length]))); mark != c.mark || e.Error() != c.want {
			t.Errorf("%s\n%s %s\n%s %s (wanted)", c.text, mark, e.Error(), c.mark, c.want)
		}
		if zh := e.In(narrate.Chinese); zh == e.Error() || strings.Contains(zh, "${") {
			t.Errorf("%s: in Chinese: %s", c.text, zh)
		}
	}
}

func TestBounds(t *testing.T) {
	if _, err := Parse("frame.number in {" + strings.Repeat("1,", maxText/2) + "1}"); err == nil {
		t.Error("a filter may be longer than the bound")
	}
	many := strings.TrimSuffix(strings.Repeat("http || ", maxConditions), " || ")
	mustParse(t, many)
	var e *Error
	if _, err := Parse(many + " || http"); !errors.As(err, &e) || e.Problem != narrate.FilterTooMany {
		t.Errorf("one condition more than the bound: %v", err)
	}
	mustParse(t, strings.Repeat("!(", maxDepth/2-1)+"tcp"+strings.Repeat(")", maxDepth/2-1))
	if _, err := ParseSearch(strings.Repeat("x", maxPattern+1), Text, false); err == nil {
		t.Error("a search may be longer than the bound")
	}
}

// TestQuery tells filters, filters with a mistake and texts apart.
func TestQuery(t *testing.T) {
	for text, want := range map[string]string{
		"http": "filter", "tcp.port == 80": "filter", "!(http || websocket)": "filter", "http.header.x-id": "filter",
		`"http"`: "search http", `"a \"b\""`: `search a "b"`, "10.0.0.1": "search 10.0.0.1", "GET /index.html": "search GET /index.html",
		"Content-Length: 5": "search Content-Length: 5", "  hello  ": "search hello", "中文": "search 中文", "foo > bar": "search foo > bar",
		"what is http?": "search what is http?", "tcp.example.com/path": "search tcp.example.com/path", "a(b": "search a(b", "say \"hi": `search say "hi`,
		"tcp.flgs == 1": "mistake", "a == b": "mistake", "tcp.port == ": "mistake", "tcp.flags.sin": "mistake", "http.host contains": "mistake",
		"tcp.port = 80": "mistake", "(tcp.port == 80": "mistake", "http and": "mistake", "  ": "mistake",
	} {
		q, err := ParseQuery(text)
		got := "mistake"
		switch {
		case q.Filter != nil:
			got = "filter"
		case q.Search != nil:
			got = "search " + q.Search.String()
		}
		if got != want || (err != nil) != (want == "mistake") {
			t.Errorf("%q: %s, want %s (%v)", text, got, want, err)
		}
	}
}

// TestFields asks of every field what a table may get wrong.
func TestFields(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Fields() {
		if seen[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] = true
		if (f.Level == Message) != (f.message != nil || f.named != nil) || (f.Level != Message) != (f.values != nil) {
			t.Errorf("%s: its values do not come from its level", f.Name)
		}
		for l := range narrate.Lang(narrate.NumLangs) {
			if s := f.Help[l]; s == "" || !strings.HasSuffix(s, map[narrate.Lang]string{narrate.English: ".", narrate.Chinese: "。"}[l]) && l == narrate.English {
				t.Errorf("%s: %v help %q", f.Name, l, s)
			}
		}
		for _, v := range f.Common {
			if _, err := Parse(f.Name + " == " + v); err != nil {
				t.Errorf("%s offers %s: %v", f.Name, v, err)
			}
		}
		if f.named == nil {
			mustParse(t, f.Name)
		}
	}
}

func TestComplete(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"tcp.flags.s|", "tcp.flags.syn"},
		{"ipv6.s|", "ipv6.src"},
		{"http.request |", "== != < <= > >= in and or xor"},
		{"tcp |", "== != < <= > >= contains matches in and or xor"},
		{"http |", "and or xor"},
		{"tcp.flags.syn == |", "1 0"},
		{"tcp.port == 80 |", "and or xor"},
		{"tcp.port == 80 && http.resp|", "http.response http.response.code http.response.phrase http.response.version http.response.line"},
		{"http.request.method == \"G|", ""},
		{"http2.type in {0, |", "0 1 3 4 6 7 8"},
		{"tcp.fl|gs == 1", "tcp.flags tcp.flags.syn tcp.flags.ack tcp.flags.fin tcp.flags.reset tcp.flags.push tcp.flags.urg tcp.flags.ece tcp.flags.cwr tcp.flags.ae"},
		{"tcp.port == 80 o|", "or"},
		{"zero_window_probe|", "tcp.analysis.zero_window_probe tcp.analysis.zero_window_probe_ack"},
	} {
		cursor := strings.Index(c.text, "|")
		text := strings.Replace(c.text, "|", "", 1)
		got := Complete(text, cursor)
		var items []string
		for _, i := range got.Items {
			items = append(items, i.Text)
			if i.Help[narrate.Chinese] == "" {
				t.Errorf("%s: no help in Chinese for %s", c.text, i.Text)
			}
		}
		if s := strings.Join(items, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.text, s, c.want)
		}
	}
	if c := Complete("tcp.fl|gs", 6); c.From != 0 || c.To != 6 {
		t.Errorf("the word to replace is [%d,%d)", c.From, c.To)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"tcp.port == 80", "!(http.host contains \"a\\x41\") || ip.addr in {1.2.3.4/8, ::1}", `r"\d"`, "frame.time > \"2020-01-02\"", "tcp.flags & 0x12 == 2 xor all tcp.port in {1..5}", "http.header.", "\xff\xfe", "tcp.time_delta < -1.5ms"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := Parse(s)
		var e *Error
		switch {
		case err == nil:
			_, _ = parsed.Tcpdump()
		case !errors.As(err, &e) || e.Offset < 0 || e.Length < 0 || e.Offset+e.Length > len(s) || e.In(narrate.Chinese) == "":
			t.Errorf("%q: %+v", s, err)
		}
		_, _ = ParseQuery(s)
		if c := Complete(s, len(s)/2); c.From < 0 || c.To < c.From || c.To > len(s) {
			t.Errorf("%q: completion replaces [%d,%d)", s, c.From, c.To)
		}
	})
}
