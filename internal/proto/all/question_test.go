package all

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http2"
)

// dnsQuestion is a question for the addresses of a.b, dnsHead the first two lines of what carries it over HTTP/1.1.
const (
	dnsQuestion = "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x01b\x00\x00\x01\x00\x01"
	dnsHead     = "Content-Type: application/dns-message\r\nContent-Length: 21\r\n\r\n"
)

// asked reads bytes of both sides in pieces and returns where the DNS messages among them stand, and for what they ask.
func asked(script []string, piece func() int) string {
	var out []string
	c := New(80, func(m proto.Message) {
		if d, ok := m.Detail.(*dns.Message); ok {
			out = append(out, fmt.Sprintf("%c[%d,%d) %s", m.Dir.String()[0], m.Start, m.End, d.Questions[0].Name))
		}
	}, Options{})
	defer c.Release()
	act(c, script, piece, func(int) {})
	c.Close(flow.ClientToServer)
	c.Close(flow.ServerToClient)
	return strings.Join(out, ", ")
}

// TestDNSInHTTP reads DNS messages in bodies of requests and responses (RFC 8484).
func TestDNSInHTTP(t *testing.T) {
	const data, headers, end, whole = 0, 1, 1, 4
	post := "c POST / HTTP/1.1\r\nHost: x\r\n" + dnsHead
	answer := "s HTTP/1.1 200 OK\r\n" + dnsHead
	// :status 200, and content-type as a literal with an indexed name.
	fields := "\x88\x0f\x10\x17application/dns-message"
	over2 := []string{"c " + http2.Preface + noSettings, "s " + noSettings + http2Frame(headers, whole, 1, fields)}
	for _, c := range []struct {
		name   string
		script []string
		want   string
	}{
		{"posted and answered", []string{post + dnsQuestion, answer + dnsQuestion}, "c[87,108) a.b, s[78,99) a.b"},
		{"another type", []string{strings.Replace(post, "dns-message", "dns-massage", 1) + dnsQuestion}, ""},
		{"cut off", []string{post + dnsQuestion[:15]}, ""},
		{"a hole", []string{post + dnsQuestion[:9], "c-", "c " + dnsQuestion[19:]}, ""},
		{"too short", []string{strings.Replace(post, "21", "11", 1) + dnsQuestion[:11]}, ""},
		{"over HTTP/2", append(over2[:2:2], "s "+http2Frame(data, end, 1, dnsQuestion)), "s[54,75) a.b"},
		{"over HTTP/2, ended by a frame of its own", append(over2[:2:2], "s "+http2Frame(data, 0, 1, dnsQuestion), "s "+http2Frame(data, end, 1, "")), "s[54,84) a.b"},
		{"over HTTP/2, in two frames", append(over2[:2:2], "s "+http2Frame(data, 0, 1, dnsQuestion[:5])+http2Frame(data, end, 1, dnsQuestion[5:])), "s[54,84) a.b"},
	} {
		for seed := range uint64(6) {
			r := rand.New(rand.NewPCG(seed, 2))
			if got := asked(c.script, func() int { return 1 + r.IntN(1+30*int(seed)) }); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
				break
			}
		}
	}
}

// A body longer than any DNS message is not kept.
func TestDNSInHTTPIsBounded(t *testing.T) {
	q := newQuestion("application/dns-message", nil, flow.ClientToServer, func(proto.Message) { t.Error("a message of a mebibyte") }).(*question)
	for range 1024 {
		q.write(make([]byte, 1024), 0, false)
		if cap(q.b) > 2*maxQuestion {
			t.Fatalf("%d bytes are kept", cap(q.b))
		}
	}
	q.end("")
}
