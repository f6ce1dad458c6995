package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

// overHTTP2 are the cases about HTTP/2 without TLS.
func overHTTP2() []recipe {
	return []recipe{{id: "tls-http2-in-the-clear", needs: []string{"curl"}, takes: []take{{
		what: "curl --http2 and a Go server that takes the upgrade; the second answer comes in pieces, with a trailer",
		net:  between("10.77.14"), play: upgrades,
	}}}, {id: "tls-many-streams", needs: []string{"nghttp", "nghttpd", "taskset", "chrt"}, takes: []take{{
		what: "nghttp -a and nghttpd: a page with all that it names", net: between("10.77.14"), play: wholePage,
	}, {
		what: "a Go client with eight requests at once and a Go server; the first 59 packets", net: between("10.77.14"), keep: 59, play: eightAtOnce,
	}}}}
}

func upgrades(s *stage) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "hello from Go, you asked %s %s over %s\n", r.Method, r.URL.Path, r.Proto) // curl notices
	})
	mux.HandleFunc("/chunked", func(w http.ResponseWriter, _ *http.Request) { s.inChunks(w) })
	return s.serve(9100, h2c.NewHandler(mux, &http2.Server{}), func() error {
		get := func(path string) func() error {
			return s.curl("-sS", "--http2", "--output", "/dev/null", s.url(9100, path))
		}
		return inOrder(get("/hello"), s.pause(10*ms), get("/chunked"))
	})
}

func wholePage(s *stage) error {
	const from = "tls-many-streams"
	dir, err := s.folder()
	if err != nil {
		return err
	}
	for _, uri := range []string{"/", "/style.css", "/app.js", "/logo.png", "/photo2.png", "/small.jpg"} {
		content, err := fileOf(s.ctx, from, uri)
		if err == nil {
			err = inFolder(dir, uri, content)
		}
		if err != nil {
			return err
		}
	}
	const port = 8081
	if err := s.startServer(port, "taskset", "-c", "0", "nghttpd", "--no-tls", "--htdocs", dir, strconv.Itoa(port)); err != nil {
		return err
	}
	// On one processor, and before the server in turn: the client says that it goes, and is the first to go.
	return s.runAtClient("taskset", "-c", "0", "chrt", "-f", "1", "nghttp", "-a", "-n", s.url(port, "/"))
}

func eightAtOnce(s *stage) error {
	const requests, size = 8, 20_000
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(size))
		_ = s.sleep(15 * ms)                 // the others are to be asked for meanwhile
		_, _ = w.Write(make([]byte, size)) // the client notices
	})
	return s.serve(9100, h2c.NewHandler(answer, &http2.Server{}), func() error {
		transport := &http2.Transport{AllowHTTP: true, DialTLSContext: func(context.Context, string, string, *tls.Config) (net.Conn, error) {
			return s.dial(0, 9100, nil)
		}}
		// One connection for all of them.
		tcp, err := s.dial(0, 9100, nil)
		if err != nil {
			return err
		}
		c, err := transport.NewClientConn(tcp)
		if err != nil {
			return err
		}
		var all []func() error
		for k := range requests {
			i := (k + 5) % requests
			all = append(all, func() error {
				// In this order, and long before the first answer has come.
				if err := s.sleep(time.Duration(k) * ms); err != nil {
					return err
				}
				r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.url(9100, fmt.Sprintf("/big?n=%d&i=%d", size, i)), nil)
				if err != nil {
					return err
				}
				res, err := c.RoundTrip(r)
				if err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, res.Body)
				return errors.Join(err, res.Body.Close())
			})
		}
		return errors.Join(s.together(all...), s.sleep(time.Millisecond), c.Close())
	})
}
