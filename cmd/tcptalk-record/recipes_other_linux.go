package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os/exec"
	"time"
)

func others() []recipe {
	return []recipe{{id: "http-body-stops", needs: []string{"curl"}, takes: []take{{
		what: "curl and a Go server that announces 100,000 bytes and stops after 5,000; then one that answers after 2 s, with curl -m 0.5",
		net:  between("10.77.13"), play: bodyStops,
	}}}, {id: "other-who-else-talks", takes: []take{{
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

// bodyStops lets curl meet a server that stops in the middle, and then one that it does not wait for.
func bodyStops(s *stage) error {
	return s.serve(9100, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if r.URL.Path != "/abort" {
			_ = s.sleep(2 * time.Second)            // whoever interrupts the take sees to the rest
			_, _ = w.Write([]byte("slow answer\n")) // curl has gone
			return
		}
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write([]byte(alphabet(5000))) // curl notices
		_ = http.NewResponseController(w).Flush()
		_ = s.sleep(50 * ms)
		panic(http.ErrAbortHandler) // the way to break off an answer
	}), func() error {
		const incomplete, timedOut = 18, 28
		return inOrder(
			s.exits(incomplete, "curl", "-sS", "--output", "/dev/null", s.url(9100, "/abort")), s.pause(50*ms),
			s.exits(timedOut, "curl", "-sS", "-m", "0.5", "--output", "/dev/null", s.url(9100, "/slow?d=2s")),
			s.pause(1600*ms))
	})
}

// exits is a step: a program at the client that must end with that status.
func (s *stage) exits(status int, name string, args ...string) func() error {
	return func() error {
		var exit *exec.ExitError
		err := s.runAtClient(name, args...)
		if errors.As(err, &exit) && exit.ExitCode() == status {
			return nil
		}
		return fmt.Errorf("%s ended with %v, not with status %d", name, err, status)
	}
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
