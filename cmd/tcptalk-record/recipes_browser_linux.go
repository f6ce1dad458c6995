package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
	"github.com/vishvananda/netlink"
)

// browserPage is about how a browser loads a page with all that it names.
func browserPage() recipe {
	return recipe{id: "http-browser-page", needs: []string{"chromium", "nginx"}, takes: []take{{
		what: "headless Chromium and nginx with keepalive_timeout 4", net: inTurn("10.77.11"), play: loadPage,
	}}}
}

func loadPage(s *stage) error {
	const from = "http-browser-page"
	files := map[string][]byte{}
	for _, uri := range []string{"/", "/style.css", "/app.js", "/logo.png", "/photo2.png", "/small.jpg", "/api/data.json", "/icon.png"} {
		content, err := fileOf(s.ctx, from, uri)
		if err != nil {
			return err
		}
		if uri == "/" {
			uri = "/index.html"
		}
		files[uri] = content
	}
	settings := "keepalive_timeout 4; gzip on; gzip_types text/css application/javascript application/json;"
	if err := s.nginx(settings, time.Now(), files); err != nil {
		return err
	}
	// nginx closes what is idle after four seconds. The browser answers when it looks for such connections the next time.
	const idle, port = 4 * time.Second, 80
	open := func(states []uint8) bool {
		return slices.ContainsFunc(states, func(state uint8) bool { return state != netlink.TCP_TIME_WAIT })
	}
	over := make(chan struct{})
	return s.together(func() error {
		defer close(over)
		return inOrder(
			func() error { return s.untilStates(port, open) }, s.pause(idle),
			func() error { return s.untilStates(port, func(states []uint8) bool { return !open(states) }) })
	}, func() error { return s.browse(now(), "http://"+s.serverIP.String()+"/", over) })
}

// browse starts a browser of its own, has it show a page when it is time, and ends it when that is over, which must not take longer
// than a page does.
func (s *stage) browse(when <-chan struct{}, url string, over <-chan struct{}) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(s.ctx, patience, fmt.Errorf("the browser was not through after %v", patience))
	defer cancel()
	// Without what a browser asks for by itself; it could reach nobody anyway. It runs as root, so without its sandbox.
	browser := exec.CommandContext(ctx, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync", "--disable-extensions",
		"--remote-debugging-port=0", "--user-data-dir="+dir, "about:blank")
	browser.Env = append(os.Environ(), "HOME="+dir)
	// A group of its own, so that its helpers end with it.
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	browser.Cancel = func() error { return syscall.Kill(-browser.Process.Pid, syscall.SIGKILL) }
	if err := s.client.Start(browser); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- browser.Wait()
		cancel()
	}()
	// It answers the last segments before it goes.
	err = inOrder(func() error { return s.show(ctx, dir, when, url) }, func() error { return reached(ctx, over) }, s.pause(100*ms))
	cancel()
	err = errors.Join(err, context.Cause(s.ctx))
	if killed := <-ended; killed == nil {
		return errors.Join(err, errors.New("the browser had ended"))
	}
	for syscall.Kill(-browser.Process.Pid, 0) == nil && err == nil {
		err = s.sleep(10 * ms)
	}
	return err
}

// patience is how long a browser may be there.
const patience = 40 * time.Second

// reached waits until a channel is closed.
func reached(ctx context.Context, c <-chan struct{}) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// show has a browser that is ready open a page: while it starts it opens connections and closes them again. dir is the folder where
// it says how it can be told.
func (s *stage) show(ctx context.Context, dir string, when <-chan struct{}, url string) error {
	var port, path string
	for port == "" {
		if b, err := os.ReadFile(filepath.Join(dir, "DevToolsActivePort")); err == nil {
			port, path, _ = strings.Cut(strings.TrimSpace(string(b)), "\n")
		}
		if err := errors.Join(s.sleep(10*ms), context.Cause(ctx)); err != nil {
			return err
		}
	}
	d := websocket.Dialer{NetDialContext: func(ctx context.Context, network, address string) (c net.Conn, err error) {
		return c, s.client.Do(func() (err error) {
			c, err = (&net.Dialer{}).DialContext(ctx, network, address)
			return err
		})
	}}
	c, _, err := d.DialContext(ctx, "ws://127.0.0.1:"+port+path, nil)
	if err != nil {
		return err
	}
	s.keep(c)
	if err := reached(ctx, when); err != nil {
		return err
	}
	return c.WriteJSON(map[string]any{"id": 1, "method": "Target.createTarget", "params": map[string]string{"url": url}})
}

// now is a time that has come.
func now() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// deflated is about compressed WebSocket messages.
func deflated() recipe {
	return recipe{id: "streaming-websocket-deflate", needs: []string{"chromium"}, takes: []take{
		{what: "gorilla/websocket on both sides, permessage-deflate without context takeover", net: between("10.77.12"), play: deflatedTalk},
		{what: "headless Chromium against the same server", net: between("10.77.12"), play: deflatedBrowser},
	}}
}

// deflatingEcho answers what it is told, compressed, and calls ended when a client has closed.
func deflatingEcho(ended func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A page from a file has no origin to compare.
		anyone := func(*http.Request) bool { return true }
		c, err := (&websocket.Upgrader{EnableCompression: true, CheckOrigin: anyone}).Upgrade(w, r, nil)
		if err != nil {
			return // the client knows
		}
		defer ended()
		for {
			kind, message, err := c.ReadMessage()
			if err == nil {
				err = c.WriteMessage(kind, message)
			}
			if err != nil {
				_ = c.Close() // the end, or a client that has gone
				return
			}
		}
	})
}

func deflatedTalk(s *stage) error {
	return s.serve(8001, deflatingEcho(func() {}), func() error {
		d := websocket.Dialer{EnableCompression: true, NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			c, err := s.dial(0, 8001, nil)
			return c, err
		}}
		c, _, err := d.DialContext(s.ctx, strings.Replace(s.url(8001, "/echo"), "http", "ws", 1), http.Header{"User-Agent": {"tcptalk-example"}})
		if err != nil {
			return err
		}
		send := func(kind int, message string) func() error {
			return func() error {
				if err := c.WriteMessage(kind, []byte(message)); err != nil {
					return err
				}
				_, _, err := c.ReadMessage()
				return errors.Join(err, s.sleep(40*ms))
			}
		}
		control := func(kind int, message string) func() error {
			return func() error { return c.WriteControl(kind, []byte(message), time.Now().Add(time.Second)) }
		}
		const repeats = 40
		var parts strings.Builder
		for i := range 3 {
			parts.WriteString(strings.Repeat(fmt.Sprintf("part%d ", i), repeats))
		}
		return inOrder(
			send(websocket.TextMessage, "hello websocket"),
			send(websocket.BinaryMessage, strings.Repeat("\x00\x01\x02\x03\xfe", repeats)),
			send(websocket.TextMessage, `{"type":"greeting","text":"Grüße €"}`),
			control(websocket.PingMessage, "are you there"), s.pause(40*ms),
			send(websocket.TextMessage, parts.String()),
			send(websocket.TextMessage, strings.Repeat(pangram, 120)),
			send(websocket.BinaryMessage, string(make([]byte, 70_000))),
			send(websocket.TextMessage, ""),
			control(websocket.CloseMessage, string(websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye"))),
			func() error {
				if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
					return fmt.Errorf("closed with %w", err)
				}
				return nil
			}, untilEnd(c.NetConn()), s.pause(40*ms), c.Close)
	})
}

// talkingPage talks as soon as it is shown, and closes. It has a place for the address.
const talkingPage = `<!DOCTYPE html><meta charset="utf-8"><title>echo</title><script>
const ws = new WebSocket("ws://%s/echo");
ws.onopen = () => {
  ws.send("hello from the browser");
  ws.send(new Uint8Array([0, 1, 2, 3, 254, 255]));
  ws.send("\u00fc\u20ac\u{1f600} unicode");
  let n = 0;
  const timer = setInterval(() => {
    if (n < 5) ws.send("tick " + n++);
    else { clearInterval(timer); ws.close(1000, "done"); }
  }, 200);
};
</script>
`

func deflatedBrowser(s *stage) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	page := filepath.Join(dir, "echo.html")
	const port = 8001
	if err := os.WriteFile(page, fmt.Appendf(nil, talkingPage, netip.AddrPortFrom(s.serverIP, port)), 0o644); err != nil {
		return err
	}
	ended := make(chan struct{})
	var once sync.Once
	return s.serve(port, deflatingEcho(func() { once.Do(func() { close(ended) }) }), func() error {
		return s.browse(now(), "file://"+page, ended)
	})
}
