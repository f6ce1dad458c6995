package app

import (
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"tcptalk/internal/capture/helper/helpertest"
	"tcptalk/internal/capture/live"
)

func TestMain(m *testing.M) {
	if args := os.Getenv(speaking); args != "" {
		if err := speak(args); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	helpertest.Main(m)
}

// realTool is a helper that may capture on loopback. Captures are kept in a folder of the test's own.
func realTool(t testing.TB) live.Tool {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can capture on lo with a helper that was just built")
	}
	tool := live.Tool{Kind: live.Own, Path: helpertest.Program(t)}
	if err := live.Probe(t.Context(), tool, "lo"); err != nil {
		t.Skipf("this account may not capture on lo (root may): %v", err)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	return tool
}

// capturingReally starts a capture on loopback.
func capturingReally(t *testing.T, spec live.Spec) (*App, *host) {
	t.Helper()
	a, h := newApp(t, nil)
	a.UseCapturer(SystemCapturer{})
	a.startLive(spec, nil)
	h.until("the capture runs", func() bool {
		return a.Capture.Session != nil && a.Capture.Live.State.Phase == live.Capturing
	})
	return a, h
}

// sink is a server that reads what it gets.
func sink(t testing.TB) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(io.Discard, c)
				c.Close()
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// talker sends small segments, rate of them a second, until it is stopped.
func talker(t testing.TB, port, rate int) (stop func()) {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		defer c.Close()
		began, sent, text := time.Now(), 0, make([]byte, 100)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			for due := int(time.Since(began).Seconds() * float64(rate)); sent < due; sent++ {
				if _, err := c.Write(text); err != nil {
					return
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit); <-done })
}
