package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c" //nolint:staticcheck // net/http takes no upgrade from HTTP/1.1
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

// inTheClear serves HTTP/2 without TLS, after an upgrade or at once.
func inTheClear(h http.Handler) http.Handler {
	return h2c.NewHandler(h, &http2.Server{}) //nolint:staticcheck // as above
}

func upgrades(s *stage) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "hello from Go, you asked %s %s over %s\n", r.Method, r.URL.Path, r.Proto) // curl notices
	})
	mux.HandleFunc("/chunked", func(w http.ResponseWriter, _ *http.Request) { s.inChunks(w) })
	return s.serve(9100, inTheClear(mux), func() error {
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
	asked, begun := newMeeting(requests), newMeeting(requests)
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(size))
		// All are asked for before the first is answered, and all answers begin before the first goes on.
		_ = asked.wait(s.ctx) // whoever interrupts the take sees to the rest
		_ = http.NewResponseController(w).Flush()
		_ = begun.wait(s.ctx)
		_, _ = w.Write(make([]byte, size)) // the client notices
	})
	return s.serve(9100, inTheClear(answer), func() error {
		// One connection for all of them.
		tcp, err := s.dial(0, 9100, nil)
		if err != nil {
			return err
		}
		c, err := (&http2.Transport{}).NewClientConn(tcp) //nolint:staticcheck // exactly one connection, which net/http does not promise
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

// meeting lets a number of goroutines wait until all of them have come.
type meeting struct {
	missing atomic.Int32
	all     chan struct{}
}

func newMeeting(n int32) *meeting {
	m := &meeting{all: make(chan struct{})}
	m.missing.Store(n)
	return m
}

func (m *meeting) wait(ctx context.Context) error {
	if m.missing.Add(-1) == 0 {
		close(m.all)
	}
	select {
	case <-m.all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
