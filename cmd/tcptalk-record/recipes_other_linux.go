package main

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"os/exec"
	"time"
)

func others() []recipe {
	return []recipe{{id: "other-who-else-talks", takes: []take{{
		what: "a line chat, and around it ARP, DNS, ping, IGMP, mDNS, SSDP and an ICMP error",
		net:  network{subnet: "10.78.20", asking: true}, play: whoElseTalks,
	}}}}
}

// contextWithin is a context that ends after a while, too.
func contextWithin(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

// requestLost lets curl ask a Go server.
func requestLost(s *stage) error {
	return s.serve(9100, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("hello from Go, you asked GET " + r.URL.Path + " over " + r.Proto + "\n")) // curl notices
	}), func() error {
		return s.runAtClient("curl", "-sS", "--output", "/dev/null", s.url(9100, "/x"))
	})
}

// url is the address of something at the server.
func (s *stage) url(port uint16, path string) string {
	return "http://" + netip.AddrPortFrom(s.serverIP, port).String() + path
}

// serve answers HTTP while client runs.
func (s *stage) serve(port uint16, h http.Handler, client func() error) error {
	l, err := s.listen(port)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	s.keep(srv)
	return s.together(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, func() error {
		// Whoever was asked to close first has done so by then.
		return errors.Join(inOrder(client, s.pause(100*ms)), srv.Shutdown(s.ctx))
	})
}

// runAtClient runs a program to its end.
func (s *stage) runAtClient(name string, args ...string) error {
	cmd := exec.CommandContext(s.ctx, name, args...)
	if err := s.client.Start(cmd); err != nil {
		return err
	}
	return cmd.Wait()
}
