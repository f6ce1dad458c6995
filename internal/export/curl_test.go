package export

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/exchange"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
)

// asked makes an exchange of HTTP/1 of a request as it is on the wire.
func asked(raw string) *exchange.Exchange {
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	parts := strings.SplitN(lines[0], " ", 3)
	q := &exchange.Message{Method: parts[0], Target: parts[1], Version: parts[2]}
	for _, l := range lines[1:] {
		name, value, _ := strings.Cut(l, ":")
		value = strings.TrimSpace(value)
		q.Fields = append(q.Fields, exchange.Field{Name: name, Value: value})
		if name == "Host" {
			q.Authority = value
		}
	}
	q.Body = exchange.Body{Bytes: []byte(body), Length: int64(len(body))}
	return &exchange.Exchange{Protocol: http1.Name, Server: netip.MustParseAddrPort("10.0.0.2:80"), Request: q}
}

// shell runs a command in a POSIX shell where curl is a function, and returns what it prints.
func shell(t *testing.T, sh, curl, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, sh, "-c", "curl() { "+curl+"; }\n"+command)
	cmd.Dir = t.TempDir()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Errorf("%v, %s\n%.2000s", err, stderr.String(), command)
	}
	return string(out)
}

// fake prints the arguments one a line, and what comes in where a body is read from there.
const fake = `printf '<%s>\n' "$@"; case "$*" in *@-*) cat;; esac`

const agent = "User-Agent: a\r\nAccept: */*\r\n"

func TestCurl(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, tt := range []struct{ name, request, want string }{
		{"plain", "GET /a?b=c&d HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n", "<--http1.1><http://h/a?b=c&d><-H><User-Agent: a><-H><Accept: */*>"},
		{"nothing that curl adds", "GET / HTTP/1.0\r\n\r\n", "<--http1.0><http://10.0.0.2:80/><-H><User-Agent:><-H><Accept:><-H><Host:>"},
		{"quotes", "GET /'x' HTTP/1.1\r\nHost: h\r\n" + agent + "X-Y: it's `date` $(id) \"$HOME\" \\ !\r\n\r\n", "<--http1.1><http://h/'x'><-H><User-Agent: a><-H><Accept: */*><-H><X-Y: it's `date` $(id) \"$HOME\" \\ !>"},
		{"an empty value", "GET / HTTP/1.1\r\nHost: h\r\n" + agent + "X-Y:\r\n\r\n", "<--http1.1><http://h/><-H><User-Agent: a><-H><Accept: */*><-H><X-Y;>"},
		{"HEAD", "HEAD / HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n", "<--http1.1><--head><http://h/><-H><User-Agent: a><-H><Accept: */*>"},
		{"another method", "DELETE /x HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n", "<--http1.1><-X><DELETE><http://h/x><-H><User-Agent: a><-H><Accept: */*>"},
		{"compression that curl knows", "GET / HTTP/1.1\r\nHost: h\r\n" + agent + "Accept-Encoding: gzip, br;q=0.5\r\n\r\n", "<--http1.1><http://h/><--compressed><-H><User-Agent: a><-H><Accept: */*><-H><Accept-Encoding: gzip, br;q=0.5>"},
		{"compression that nobody knows", "GET / HTTP/1.1\r\nHost: h\r\n" + agent + "Accept-Encoding: sdch\r\n\r\n", "<--http1.1><http://h/><-H><User-Agent: a><-H><Accept: */*><-H><Accept-Encoding: sdch>"},
		{"a form", "POST /f HTTP/1.1\r\nHost: h\r\n" + agent + "Content-Type: t/t\r\nContent-Length: 7\r\n\r\na=b'&\nc", "<--http1.1><http://h/f><-H><User-Agent: a><-H><Accept: */*><-H><Content-Type: t/t><-H><Expect:><--data-binary><a=b'&\nc>"},
		{"a body that begins like a file's name", "POST / HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n@/etc/x", "<--http1.1><http://h/><-H><User-Agent: a><-H><Accept: */*><-H><Content-Type:><-H><Expect:><--data-binary><@->@/etc/x"},
		{"any bytes", "PUT / HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n" + string(every), "<--http1.1><-X><PUT><http://h/><-H><User-Agent: a><-H><Accept: */*><-H><Content-Type:><-H><Expect:><--data-binary><@->" + string(every)},
		{"a target that curl would change", "OPTIONS * HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n", "<--http1.1><-X><OPTIONS><--request-target><*><http://h><-H><User-Agent: a><-H><Accept: */*>"},
		{"dots and brackets", "GET /../[a]?{b} HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n", "<--http1.1><--globoff><--path-as-is><--request-target></../[a]?{b}><http://h><-H><User-Agent: a><-H><Accept: */*>"},
		{"through a proxy", "GET http://h/a HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n", "<--http1.1><--proxy><http://10.0.0.2:80><http://h/a><-H><User-Agent: a><-H><Accept: */*>"},
		{"a name that is a file for curl", "GET / HTTP/1.1\r\nHost: h\r\n" + agent + "@f: x\r\n\r\n", "<--http1.1><http://h/><-H><User-Agent: a><-H><Accept: */*>"},
		{"NUL", "GET / HTTP/1.1\r\nHost: h\r\n" + agent + "X: a\x00b\r\n\r\n", "<--http1.1><http://h/><-H><User-Agent: a><-H><Accept: */*><-H><X: ab>"},
	} {
		for _, sh := range []string{"sh", "bash"} {
			if _, err := exec.LookPath(sh); err != nil {
				continue
			}
			got := strings.ReplaceAll(shell(t, sh, fake, Curl(asked(tt.request))), ">\n", ">")
			if got != tt.want {
				t.Errorf("%s, in %s:\n got %q\nwant %q", tt.name, sh, got, tt.want)
			}
		}
	}
	x := asked("POST / HTTP/1.1\r\nHost: h\r\n\r\n" + strings.Repeat("x", maxCurlBody+1))
	if got := Curl(x); !CurlBodyInFile(x) || !strings.HasSuffix(got, "--data-binary @body.bin") {
		t.Errorf("a long body: %.300s", got)
	}
	x = asked("GET /a HTTP/2\r\nHost: h\r\n" + agent + "\r\n")
	x.Protocol = http2.Name
	if got := Curl(x); !strings.HasPrefix(got, "curl --http2-prior-knowledge http://h/a -H") {
		t.Error(got)
	}
	x = asked("GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA\r\n" + agent + "\r\n")
	x.Protocol = http2.Name
	if got := Curl(x); got != "curl --http2 http://h/a -H 'User-Agent: a' -H 'Accept: */*'" {
		t.Error(got)
	}
	if got := Curl(&exchange.Exchange{}); got != "" {
		t.Error(got)
	}
}

// The real curl sends what was asked: the command of a request makes the same request, byte for byte up to the order of the
// header fields.
func TestCurlSendsTheSame(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl here")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, request := range []string{
		"GET /a?b=c HTTP/1.1\r\nHost: h\r\nUser-Agent: a\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nX-Empty:\r\n\r\n",
		"GET /a/../b'c HTTP/1.1\r\nHost: h\r\n\r\n",
		"DELETE /[x]?q={y} HTTP/1.1\r\nHost: h:81\r\nX: $(id)\r\n\r\n",
		"POST /up HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhello\nworld\n",
		"PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n\x00\x01%d\xff",
		"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET /%7Bx%7D#y HTTP/1.1\r\nHost: h\r\n\r\n",
	} {
		got := make(chan string, 1)
		go func() { got <- serveOnce(l, len(request)) }()
		real := fmt.Sprintf(`command curl -sS --max-time 20 --noproxy '*' --connect-to ::%s "$@"`, l.Addr())
		shell(t, "sh", real, Curl(asked(request)))
		if a, b := sorted(<-got), sorted(request); a != b {
			t.Errorf("curl sends %q\nfor %q", a, b)
		}
	}
}

// serveOnce answers one request of n bytes, or one that goes quiet, and returns it.
func serveOnce(l net.Listener, n int) string {
	c, err := l.Accept()
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	var b bytes.Buffer
	_, _ = io.CopyN(&b, bufio.NewReader(c), int64(n)) // what is missing shows in the comparison
	_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
	return b.String()
}

// sorted writes a request with its header fields in order of their names, and the space behind their colons taken off.
func sorted(request string) string {
	head, body, _ := strings.Cut(request, "\r\n\r\n")
	lines := strings.Split(strings.ReplaceAll(head, ": ", ":"), "\r\n")
	fields := lines[1:]
	for i := range fields {
		for k := i; k > 0 && fields[k] < fields[k-1]; k-- {
			fields[k], fields[k-1] = fields[k-1], fields[k]
		}
	}
	return lines[0] + "\n" + strings.Join(fields, "\n") + "\n\n" + body
}

// A long body is read from the file that the command names.
func TestCurlBodyFromFile(t *testing.T) {
	x := asked("POST / HTTP/1.1\r\nHost: h\r\n" + agent + "\r\n" + strings.Repeat("x", maxCurlBody+1))
	cmd := exec.Command("sh", "-c", `curl() { for a; do case $a in @*) cat "${a#@}";; esac; done; }; `+Curl(x))
	cmd.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, CurlBody), []byte("the body"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.Output(); err != nil || string(out) != "the body" {
		t.Errorf("%q, %v", out, err)
	}
}
