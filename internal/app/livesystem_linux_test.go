package app

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tcptalk/internal/capture/live"
)

// helperIn is the folder of the helper, "" while it was not built.
var helperIn string

func TestMain(m *testing.M) {
	code := m.Run()
	if helperIn != "" {
		_ = os.RemoveAll(helperIn) // else it lies in the folder for temporary files
	}
	os.Exit(code)
}

// builtHelper is the helper, built once for all tests that capture really.
var builtHelper = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tcptalk-app-helper-*")
	if err != nil {
		return "", err
	}
	helperIn = dir
	path := filepath.Join(dir, string(live.Own))
	cmd := exec.Command("go", "build", "-o", path, "tcptalk/cmd/tcptalk-capture")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// realTool is a helper that may capture on loopback. Captures are kept in a folder of the test's own.
func realTool(t testing.TB) live.Tool {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can capture on lo with a helper that was just built")
	}
	path, err := builtHelper()
	if err != nil {
		t.Skipf("tcptalk-capture cannot be built here (it needs cgo and libpcap): %v", err)
	}
	tool := live.Tool{Kind: live.Own, Path: path}
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
