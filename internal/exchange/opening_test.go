package exchange

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/proto/all"
	"tcptalk/internal/session"
)

// renderOpening writes times in microseconds.
func renderOpening(o Opening) string {
	var parts []string
	for _, d := range []time.Duration{o.Connect, o.TLS, o.Data} {
		if d == Unknown {
			parts = append(parts, "-")
		} else {
			parts = append(parts, fmt.Sprint(d.Microseconds()))
		}
	}
	return strings.Join(parts, " ")
}

// The times are those that tshark prints for the packets: -T fields -e frame.time_relative -e tls.record.content_type.
func TestOpenings(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		stream     int
		want       string
	}{
		// ClientHello packet 4 (.040059), the client's Finished 8, the server's 9 (.058093), data 10 (.075320).
		{"TLS 1.2", "../capture/pcapfile/testdata/tls_secrets.pcapng", 0, "40 18034 17227"},
		// ClientHello packet 4 (.000302), the client's first encrypted record packet 8 (.001906).
		{"TLS 1.3", "testdata/resumption-tls13.pcapng", 0, "39 1604 -"},
		// ClientHello packet 25 (.727034), the client's first encrypted record packet 29 (.727650).
		{"TLS 1.3, resumed", "testdata/resumption-tls13.pcapng", 1, "40 616 -"},
		{"TLS 1.2 inside a tunnel", "testdata/connect-tls12.pcap", 0, "36 20045 154"},
		{"refused by an alert", "../cli/testdata/tls_alerts.pcap", 0, "25 - -"},
		{"no TLS", "testdata/abort.pcap", 0, "45 - -"},
	} {
		v := recorded(t, tt.file, tt.stream)
		o, err := OpeningTimes(context.Background(), v)
		if got := renderOpening(o); got != tt.want || err != nil {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
		}
		var messages []session.Message
		if err := v.Decode(context.Background(), all.Options{}, func(m session.Message, _ []uint32) bool { messages = append(messages, m); return true }); err != nil {
			t.Fatal(err)
		}
		if got := OpeningOf(v, messages); got != o {
			t.Errorf("%s, of decoded messages: %s", tt.name, renderOpening(got))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := OpeningTimes(ctx, recorded(t, "testdata/abort.pcap", 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// tlsRecord builds a record, tlsHello one with a hello.
func tlsRecord(kind byte, payload string) string {
	return string([]byte{kind, 3, 3, byte(len(payload) >> 8), byte(len(payload))}) + payload
}

func tlsHello(kind byte, extensions string) string {
	body := "\x03\x03" + strings.Repeat("r", 32) + "\x00"
	if kind == 1 {
		body += "\x00\x02\x13\x01\x01\x00"
	} else {
		body += "\x13\x01\x00"
	}
	body += string([]byte{0, byte(len(extensions))}) + extensions
	return tlsRecord(22, string([]byte{kind, 0, 0, byte(len(body))})+body)
}

func TestTunnelledTLS(t *testing.T) {
	const ask, agreed = "c CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "s HTTP/1.1 200 OK\r\n\r\n"
	hello, answer := "c "+tlsHello(1, ""), "s "+tlsHello(2, "\x00\x2b\x00\x02\x03\x04")
	old := "s " + tlsHello(2, "")
	const secret = "\x17\x03\x03\x00\x04data"
	finished := tlsRecord(20, "\x01") + tlsRecord(22, "encrypted")
	for _, tt := range []struct {
		name   string
		script []string
		want   time.Duration
	}{
		{"TLS 1.3", []string{hello, "+4", answer + secret, "c " + secret}, 6 * time.Millisecond},
		{"TLS 1.3 with early data", []string{hello, "c " + secret, answer + secret, "c " + secret}, 3 * time.Millisecond},
		{"TLS 1.2, resumed: the client ends it", []string{hello, old + finished, "c " + finished + secret, "s " + secret}, 2 * time.Millisecond},
		{"TLS 1.2, the server's Finished is missing", []string{hello, old, "c " + finished, "s " + secret}, Unknown},
		{"an alert", []string{hello, "s " + tlsRecord(21, "\x02\x28"), "c " + secret}, Unknown},
		{"cut off", []string{hello, answer}, Unknown},
		{"from the middle", []string{"c " + secret, "s " + secret, hello, answer, "c " + secret}, Unknown},
		{"no TLS", []string{get, none}, Unknown},
	} {
		script := append([]string{"shake", ask, agreed}, tt.script...)
		x := list(t, newTalk(t).script(script...).view(), Options{})[0]
		if x.Tunnel != connect || x.Timing.TLS != tt.want || x.Timing.Connect != 2*time.Millisecond {
			t.Errorf("%s: tunnel %q, %v, want %v; connected in %v", tt.name, x.Tunnel, x.Timing.TLS, tt.want, x.Timing.Connect)
		}
	}
	for file, want := range map[string]time.Duration{"testdata/connect-tls12.pcap": 20045 * time.Microsecond, "testdata/connect-tls13.pcap": 31735 * time.Microsecond} {
		xs := list(t, recorded(t, file, 0), Options{})
		if len(xs) != 1 || xs[0].Timing.TLS != want {
			t.Errorf("%s: %d exchanges, TLS %v, want %v", file, len(xs), xs[0].Timing.TLS, want)
		}
	}
}
