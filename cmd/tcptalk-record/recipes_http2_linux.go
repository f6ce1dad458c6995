package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
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
		what: "a Go client with eight requests at once and a Go server; the first 57 packets", net: between("10.77.14"), keep: 57, play: eightAtOnce,
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

// eightAtOnce asks for eight files, one after the other, before the server says a word, which then answers them in that order.
func eightAtOnce(s *stage) error {
	const requests, first, size = 8, 5, 20_000
	asked, begun, written := newTurns(requests), newTurns(requests), newTurns(requests)
	l, err := s.listen(9100)
	if err != nil {
		return err
	}
	client, err := s.dial(0, 9100, nil)
	if err != nil {
		return err
	}
	server, err := s.accept(l)
	if err != nil {
		return err
	}
	answer := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(size))
		i, err := strconv.Atoi(r.URL.Query().Get("i"))
		k := (i + requests - first) % requests
		err = errors.Join(err, begun.wait(s.ctx, k))
		err = errors.Join(err, http.NewResponseController(w).Flush())
		begun.over(k)
		err = errors.Join(err, begun.wait(s.ctx, requests), written.wait(s.ctx, k))
		written.over(k)
		_, wrote := w.Write(make([]byte, size))
		if err = errors.Join(err, wrote); err != nil {
			panic(http.ErrAbortHandler) // the client notices
		}
	}
	ask := func(c http.RoundTripper, k int) error {
		ctx := httptrace.WithClientTrace(s.ctx, &httptrace.ClientTrace{WroteHeaders: func() { asked.over(k) }})
		url := s.url(9100, fmt.Sprintf("/big?n=%d&i=%d", size, (k+first)%requests))
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err == nil {
			err = asked.wait(s.ctx, k)
		}
		if err != nil {
			return err
		}
		res, err := c.RoundTrip(r)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.Body)
		return errors.Join(err, res.Body.Close())
	}
	return s.together(func() error {
		if err := asked.wait(s.ctx, requests); err != nil {
			return err
		}
		// The settings; a larger window and the client's settings acknowledged; three answers begin alone, the others in front of
		// the first file.
		inPieces := &framed{Conn: server, pieces: []int{1, 2, 1, 1, 1, requests - 3 + 1}}
		(&http2.Server{}).ServeConn(inPieces, &http2.ServeConnOpts{Handler: http.HandlerFunc(answer)}) //nolint:staticcheck // net/http does not let the connection be chosen
		return nil
	}, func() error {
		// One connection for all of them.
		c, err := (&http2.Transport{}).NewClientConn(client) //nolint:staticcheck // as above
		if err != nil {
			return err
		}
		var all []func() error
		for k := range requests {
			all = append(all, func() error { return ask(c, k) })
		}
		return errors.Join(s.together(all...), s.sleep(time.Millisecond), c.Close())
	})
}

// framed writes frames of HTTP/2 together, however they come: as many as pieces says, then as they come.
type framed struct {
	net.Conn

	pieces []int
	held   []byte
}

func (f *framed) Write(p []byte) (int, error) {
	f.held = append(f.held, p...)
	for len(f.pieces) > 0 {
		n := f.piece()
		if n > len(f.held) {
			return len(p), nil
		}
		if _, err := f.Conn.Write(f.held[:n]); err != nil {
			return 0, err
		}
		f.held, f.pieces = f.held[n:], f.pieces[1:]
	}
	_, err := f.Conn.Write(f.held)
	f.held = nil
	return len(p), err
}

// piece is how long the next one is, or more than there is.
func (f *framed) piece() (n int) {
	const header, length = 9, 3 // RFC 9113 section 4.1
	for range f.pieces[0] {
		if len(f.held) < n+header {
			return n + header
		}
		n += header
		for i, b := range f.held[n-header:][:length] {
			n += int(b) << (8 * (length - 1 - i))
		}
	}
	return n
}

// turns lets goroutines come one after the other, numbered from 0 on.
type turns []chan struct{}

func newTurns(n int) turns {
	t := make(turns, n+1)
	for i := range t {
		t[i] = make(chan struct{})
	}
	close(t[0])
	return t
}

// wait waits for turn k; the one behind the last comes when all are over.
func (t turns) wait(ctx context.Context, k int) error {
	select {
	case <-t[k]:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// over ends turn k, which has come.
func (t turns) over(k int) { close(t[k+1]) }
