package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
)

func https() []recipe {
	curlAndNginx := []string{"curl", "nginx"}
	return []recipe{
		{id: "basics-count-by-hand", needs: curlAndNginx, takes: []take{{
			what: "curl with Connection: close, nginx", net: inTurn("10.77.13"), play: func(s *stage) error { return styles(s, 1) },
		}}},
		{id: "http-plain-request", needs: curlAndNginx, takes: []take{{
			what: "curl with Connection: close, nginx; twice the same file", net: inTurn("10.77.13"), play: func(s *stage) error { return styles(s, 2) },
		}}},
		{id: "http-keep-alive", needs: []string{"nginx"}, takes: []take{{
			what: "four requests 150 ms apart, nginx with keepalive_timeout 4", net: inTurn("10.77.13"), play: keepAliveRequests,
		}}},
		{id: "http-bad-header", needs: []string{"nginx"}, takes: []take{{
			what: "hand-written bytes to Go net/http on 8080 and nginx on 80", net: between("10.24.0"), play: badHeaders,
		}}},
		{id: "http-picture", needs: curlAndNginx, takes: []take{{
			what: "curl and nginx", net: between("10.25.0"), play: picture,
		}}},
		{id: "http-body-stops", needs: []string{"curl"}, takes: []take{{
			what: "curl and a Go server that announces 100,000 bytes and stops after 5,000; then one that answers after 2 s, with curl -m 0.5",
			net:  between("10.77.13"), play: bodyStops,
		}}},
		browserPage(),
		rangesAndEncodings(),
		uploads(),
		eventsHeld(),
		webSocket(),
		deflated(),
		browserChat(),
	}
}

// styles fetches the same file, as often as told. nginx closes when it has written, which is before the client has read. After the
// first answer it has something else to do before that, until it is the client who has closed.
func styles(s *stage, times int) error {
	const uri, port = "/style.css", 80
	css, err := fileOf(s.ctx, "http-plain-request", uri)
	if err != nil {
		return err
	}
	l, err := s.listenAt(s.server, netip.MustParseAddrPort("127.0.0.1:81"))
	if err != nil {
		return err
	}
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		// Whoever interrupts the take sees to the rest.
		_ = s.untilStates(port, func(states []uint8) bool { return slices.Contains(states, netlink.TCP_CLOSE_WAIT) })
	})}
	s.keep(srv)
	go func() { _ = srv.Serve(l) }() // it ends when the take closes it
	// The file is there during the first request.
	dir, err := s.folder()
	if err != nil {
		return err
	}
	during := filepath.Join(dir, "first")
	if err := os.WriteFile(during, nil, 0o644); err != nil {
		return err
	}
	settings := "sendfile on;\n\t\tlocation / { if (-f " + during + ") { post_action /then; } }\n" +
		"\t\tlocation = /then { internal; proxy_ignore_client_abort on; proxy_pass http://127.0.0.1:81/; }"
	if err := s.nginx(settings, time.Now(), map[string][]byte{"style.css": css}); err != nil {
		return err
	}
	for range times {
		err := s.runAtClient("curl", "-sS", "--output", "/dev/null", "-H", "Connection: close", "http://"+s.serverIP.String()+uri)
		if err == nil {
			err = os.RemoveAll(during)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func picture(s *stage) error {
	const uri = "/lighthouses.png"
	png, err := fileOf(s.ctx, "http-picture", uri)
	if err != nil {
		return err
	}
	if err := s.nginx("server_tokens off; sendfile on; tcp_nopush on;", time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), map[string][]byte{"lighthouses.png": png}); err != nil {
		return err
	}
	return s.runAtClient("curl", "-sS", "--output", "/dev/null", "--resolve", "pictures.example:80:"+s.serverIP.String(), "http://pictures.example"+uri)
}

func keepAliveRequests(s *stage) error {
	files := map[string][]byte{}
	uris := []string{"/", "/style.css", "/app.js", "/api/data.json"}
	for _, uri := range uris {
		content, err := fileOf(s.ctx, "http-keep-alive", uri)
		if err != nil {
			return err
		}
		name := uri
		if uri == "/" {
			name = "/index.html"
		}
		files[name] = content
	}
	if err := s.nginx("sendfile on; keepalive_timeout 4;", time.Now(), files); err != nil {
		return err
	}
	client, err := s.dial(0, 80, nil)
	if err != nil {
		return err
	}
	answers := bufio.NewReader(client)
	for i, uri := range uris {
		if i > 0 {
			if err := s.sleep(150 * ms); err != nil {
				return err
			}
		}
		request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: identity\r\nUser-Agent: Mozilla/5.0\r\n\r\n", uri, s.serverIP)
		if err := inOrder(say(client, request), answered(answers, http.StatusOK)); err != nil {
			return err
		}
	}
	return inOrder(untilEnd(client), s.pause(1600*ms), client.Close, s.pause(50*ms))
}

// answered is a step that reads one response of HTTP, which must have that status.
func answered(r *bufio.Reader, status int) func() error {
	return func() error {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.Body)
		if err = errors.Join(err, res.Body.Close()); err == nil && res.StatusCode != status {
			err = fmt.Errorf("answered %s", res.Status)
		}
		return err
	}
}

// wrong is a request written by hand, and what is answered.
type wrong struct {
	port    uint16
	request string
	answers []int
	// waits is how long the client waits before it closes.
	waits time.Duration
}

func badHeaders(s *stage) error {
	if err := s.nginx("server_tokens off;\n\t\tdefault_type text/plain;\n\t\tlocation / { return 200 \"nginx took the request\\n\"; }", time.Now(), nil); err != nil {
		return err
	}
	const (
		note     = "POST /note HTTP/1.1\r\nHost: notes.example\r\n"
		json     = "Content-Type: application/json\r\n"
		body     = `{"a":1,"note":"short"}`
		inValue  = note + "Authorization: Bearer eyJhbGciOi\nJIUzI1NiJ9\r\n" + json + "Content-Length: 22\r\n\r\n" + body
		afterIt  = note + "Content-Length: 22\r\nAuthorization: Bearer eyJhbGciOiJIUzI1NiJ9\n\r\n" + json + "Accept: */*\r\n\r\n" + body
		smuggled = "GET /public HTTP/1.1\r\nHost: notes.example\r\nX-Name: Ann\n\r\nGET /admin HTTP/1.1\r\nX-Rest: of the value\r\nHost: notes.example\r\nAccept: */*\r\n\r\n"
	)
	goServer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body) // what is missing is not there for the program
		_, _ = fmt.Fprintf(w, "%s %s, body of %d bytes: %q\n", r.Method, r.URL.Path, len(content), content)
	})
	return s.serve(8080, goServer, func() error {
		for _, t := range []wrong{
			{8080, inValue, []int{400}, 5 * ms},
			{80, inValue, []int{200}, 700 * ms},
			{8080, afterIt, []int{200, 400}, 5 * ms},
			{8080, smuggled, []int{200, 200}, 700 * ms},
		} {
			if err := inOrder(t.play(s), s.pause(500*ms)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t wrong) play(s *stage) func() error {
	return func() error {
		client, err := s.dial(0, t.port, nil)
		if err != nil {
			return err
		}
		if err := inOrder(s.pause(5*ms), say(client, t.request)); err != nil {
			return err
		}
		answers := bufio.NewReader(client)
		for _, status := range t.answers {
			if err := answered(answers, status)(); err != nil {
				return fmt.Errorf("%s: %w", strings.SplitN(t.request, "\r", 2)[0], err)
			}
		}
		return inOrder(s.pause(t.waits), client.CloseWrite, untilEnd(client), client.Close)
	}
}
