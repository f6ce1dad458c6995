package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"

	"tcptalk/internal/lab/space"
)

// eventsHeld is about a stream of events that a compressor or a proxy may hold back. It is recorded at the proxy, on both
// sides of it.
func eventsHeld() recipe {
	return recipe{id: "streaming-sse-held", needs: []string{"curl", "nginx"}, takes: []take{{
		what: "a Go server of events, read directly (plain, gzip flushed, gzip held), then through nginx with gzip on, buffered and with proxy_buffering off",
		net:  network{subnet: "10.29.1", plug: throughProxy, on: []string{"front", "back"}}, drop: isARP, play: readEvents,
	}}}
}

// throughProxy makes the server a proxy between the client and an application's machine.
func throughProxy(s *stage) error {
	application, err := space.New()
	if err != nil {
		return err
	}
	s.middle = append(s.middle, application)
	for _, m := range []*space.Space{s.client, s.server, application} {
		if err := m.Sysctl("net.ipv6.conf.default.disable_ipv6", "1"); err != nil {
			return err
		}
	}
	return errors.Join(
		space.Join(s.client, s.server, space.Plug{Name: "eth0", Address: netip.PrefixFrom(s.clientIP, 24)}, space.Plug{Name: "front", Address: netip.PrefixFrom(s.serverIP, 24)}),
		space.Join(s.server, application, space.Plug{Name: "back", Address: netip.MustParsePrefix("10.29.2.1/24")}, space.Plug{Name: "eth0", Address: netip.MustParsePrefix("10.29.2.2/24")}))
}

// sentence is what the reader should see grow.
var sentence = []string{
	"The reader should see", "this sentence grow,", "a few words at a time,", "as a person would type it.", "A buffer on the way",
	"can spoil that:", "the words arrive late,", "all of them at once.", "Look at the times,", "not at the bytes,", "to find out", "who held them.",
}

// tell is the application. /gzip flushes compressor and response after each event, /gzip-held only the response.
func (s *stage) tell(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header()["Date"] = nil
	var out io.Writer = w
	var zip *gzip.Writer
	if r.URL.Path != "/plain" {
		w.Header().Set("Content-Encoding", "gzip")
		zip = gzip.NewWriter(w)
		out = zip
	}
	for i, words := range sentence {
		if i > 0 && s.sleep(300*ms) != nil {
			return
		}
		_, err := fmt.Fprintf(out, "id: %d\ndata: %s\n\n", i+1, words)
		if r.URL.Path == "/gzip" {
			err = errors.Join(err, zip.Flush())
		}
		if errors.Join(err, http.NewResponseController(w).Flush()) != nil {
			return // the reader has gone
		}
	}
	if zip != nil {
		_ = zip.Close() // the reader notices
	}
}

func readEvents(s *stage) error {
	front, err := s.listen(9100)
	if err != nil {
		return err
	}
	back, err := s.listenAt(s.middle[0], netip.MustParseAddrPort("10.29.2.2:9100"))
	if err != nil {
		return err
	}
	if err := s.nginx(`server_tokens off;
		gzip on; gzip_types text/event-stream;
		proxy_http_version 1.1;
		proxy_set_header Connection ""; proxy_set_header Accept-Encoding ""; proxy_set_header Host $host;
		location = /plain { proxy_pass http://10.29.2.2:9100/plain; }
		location = /unbuffered { proxy_pass http://10.29.2.2:9100/plain; proxy_buffering off; }`, time.Now(), nil); err != nil {
		return err
	}
	srv := &http.Server{Handler: http.HandlerFunc(s.tell), ReadHeaderTimeout: time.Minute}
	s.keep(srv)
	closed := func(err error) error {
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	}
	read := func(port uint16, path string, more ...string) func() error {
		args := append([]string{"-sS", "-N", "-A", "reader", "--output", "/dev/null"}, more...)
		return func() error { return s.runAtClient("curl", append(args, s.url(port, path))...) }
	}
	zipped := []string{"-H", "Accept-Encoding: gzip"}
	return s.together(func() error { return closed(srv.Serve(front)) }, func() error { return closed(srv.Serve(back)) }, func() error {
		err := inOrder(read(9100, "/plain"), s.pause(time.Second),
			read(9100, "/gzip", zipped...), s.pause(time.Second),
			read(9100, "/gzip-held", zipped...), s.pause(time.Second),
			read(80, "/plain", zipped...), s.pause(time.Second),
			read(80, "/unbuffered", zipped...), s.pause(100*ms))
		return errors.Join(err, srv.Shutdown(s.ctx))
	})
}
