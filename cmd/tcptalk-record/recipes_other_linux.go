package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func others() []recipe {
	return []recipe{{id: "other-dns-udp-tcp", needs: []string{"dnsmasq", "dig"}, takes: []take{{
		what: "dig and dnsmasq, the long answers asked for with +bufsize=512", net: network{subnet: "10.80.4", pace: 8_000_000}, play: longAnswers,
	}}}, {id: "other-who-else-talks", takes: []take{{
		what: "four machines on one switch, recorded at the client of a chat: ARP, DNS, ping, mDNS, SSDP and an ICMP error", drop: isIGMP,
		net: network{subnet: "192.168.77", at: atClient, plug: fourMachines}, play: whoElseTalks,
	}}}}
}

// longAnswers asks for names whose records do not fit into a datagram of 512 bytes.
func longAnswers(s *stage) error {
	texts := func(name string, lengths int, letters ...string) string {
		record := "--txt-record=" + name
		for _, l := range letters {
			record += "," + strings.Repeat(l, lengths)
		}
		return record
	}
	dir, err := s.folder()
	if err != nil {
		return err
	}
	// Without a file of its own dnsmasq would read that of the machine.
	config := filepath.Join(dir, "dnsmasq.conf")
	if err := os.WriteFile(config, nil, 0o644); err != nil {
		return err
	}
	if err := s.startServer(53, "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file="+config, "--user=root",
		"--pid-file=", "--address=/www.example.test/192.0.2.80", "--edns-packet-max=1232",
		texts("txt.example.test", 200, "x", "y", "z"), texts("txt2.example.test", 250, "q", "q", "q", "q", "q", "q")); err != nil {
		return err
	}
	dig := func(args ...string) func() error {
		return func() error { return s.runAtClient("dig", append([]string{"@" + s.serverIP.String()}, args...)...) }
	}
	return inOrder(dig("www.example.test", "A"), s.pause(240*ms), dig("+bufsize=512", "txt.example.test", "TXT"),
		dig("+bufsize=512", "txt2.example.test", "TXT"))
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
