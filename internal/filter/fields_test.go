package filter

import (
	"context"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/session"
)

// TestProtocolFields asks for what only the decoders know, in recordings of real programs.
func TestProtocolFields(t *testing.T) {
	for _, c := range []struct {
		file, text string
		want       int // packets
	}{
		{"tls_alerts.pcap", "tls.alert_message.desc == \"Unknown CA\"", 1},
		{"tls_alerts.pcap", "tls.handshake.type == 1", 3},
		{"tls_alerts.pcap", "tls.record.content_type == 22", 4},
		{"tls_alerts.pcap", `tls.handshake.extensions_server_name contains "example"`, 1},
		{"tls_alerts.pcap", "tls.handshake.ciphersuite == \"TLS_AES_128_GCM_SHA256\"", 2},
		{"tls_alerts.pcap", "tls", 6},
		{"dns.pcapng", "dns", 8},
		{"dns.pcapng", "dns.flags.response == 1 && dns.a", 2},
		{"dns.pcapng", `dns.qry.name contains "example"`, 8},
		{"dns.pcapng", "dns.flags.rcode == 0", 4},
		{"redis.pcap", "resp", 33},
		{"redis.pcap", `redis.command == "GET"`, 2},
		{"redis.pcap", "resp.error", 1},
		{"redis.pcap", "resp.integer > 1", 3},
		{"mysql.pcap", "mysql", 23},
		{"mysql.pcap", `mysql.query matches "^select"`, 3},
		{"mysql.pcap", "mysql.error_code > 1000", 2},
		{"mysql.pcap", "mysql.num_fields > 0 && mysql.field.name", 3},
		{"postgres.pcap", "pgsql", 26},
		{"postgres.pcap", `pgsql.query contains "select"`, 3},
		{"postgres.pcap", `pgsql.type == "Error" && pgsql.code`, 2},
		{"postgres.pcap", `pgsql.type == "Data row"`, 1},
		{"sse_gzip_flush.pcap", "sse", 12},
		{"sse_gzip_flush.pcap", `sse.event == "tick" && sse.id`, 12},
		{"sse_gzip_flush.pcap", `sse.data contains "number 1"`, 4},
	} {
		if got := framesOf(t, openFile(t, "../cli/testdata/"+c.file), c.text); len(got) != c.want {
			t.Errorf("%s: %s: %v", c.file, c.text, got)
		}
	}
}

// TestFieldTable checks what is true of every field: a name of its own below its protocol, words in both languages, one way to
// get its values, and values worth offering that it can be compared with.
func TestFieldTable(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Fields() {
		if seen[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] = true
		if f.Help[0] == "" || f.Help[1] == "" || !strings.HasSuffix(f.Help[0], ".") {
			t.Errorf("%s: %q", f.Name, f.Help)
		}
		if f.named == nil && (f.values == nil) == (f.message == nil) {
			t.Errorf("%s has no values, or two ways to get them", f.Name)
		}
		if f.Level == Message && f.message == nil && f.named == nil {
			t.Errorf("%s is of messages and has none", f.Name)
		}
		for _, v := range f.Common {
			if _, err := Parse(f.Name + " == " + v); err != nil {
				t.Errorf("%s == %s: %v", f.Name, v, err)
			}
		}
		for _, n := range f.Names {
			if _, err := Parse(f.Name + ` == "` + n.Name + `"`); err != nil {
				t.Errorf("%s: %v", n.Name, err)
			}
		}
	}
	for _, name := range []string{"tls", "dns", "resp", "redis", "mysql", "pgsql", "postgres", "sse", "http", "http2", "websocket"} {
		if !seen[name] {
			t.Errorf("no field %s: a protocol's name alone finds its packets", name)
		}
	}
}

// TestCompletesProtocols checks that new protocols are offered with their fields and values.
func TestCompletesProtocols(t *testing.T) {
	for text, want := range map[string]string{
		"tls.hand": "tls.handshake.type", "tls.handshake.type == ": "1", "mysql.q": "mysql.query", "dns.qry": "dns.qry.name", "pgsql.type == ": `"Simple query"`,
		"resp.e": "resp.error", "sse": "sse.event", "server_name": "tls.handshake.extensions_server_name",
	} {
		c := Complete(text, len(text))
		if !slices.ContainsFunc(c.Items, func(i Item) bool { return i.Text == want }) {
			t.Errorf("%q: %v", text, c.Items)
		}
	}
}

// openFile opens a capture and reads it.
func openFile(t testing.TB, name string) *session.Session {
	t.Helper()
	s, err := session.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSearchNames finds names of DNS, which the payload has with their labels apart.
func TestSearchNames(t *testing.T) {
	got := hits(t, openFile(t, "../cli/testdata/dns.pcapng"), "www.example.test", Text, false)
	if len(got) != 3 || !strings.Contains(got[0], "message 40") || !strings.Contains(got[2], "message 42") { // question, question and answer
		t.Error(got)
	}
}
