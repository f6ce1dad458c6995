package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// https are the two ways to use a connection for HTTP.
func https() []*Scenario {
	requests := count("requests", Text{"requests", "请求数"}, 1, 50, 4)
	length := size("size", Text{"bytes in each answer", "每个响应的字节数"}, 0, 1<<20, 600)
	gap := pause("pause", Text{"pause between requests", "请求之间的间隔"}, 0, 5*time.Second, 150*time.Millisecond)
	return []*Scenario{
		{
			ID:      "http-keep-alive",
			Title:   Text{"HTTP: several requests on one connection", "HTTP：一个连接，多个请求"},
			Summary: Text{"The client keeps the connection and asks again, until one end has had enough.", "客户端保持连接继续请求，直到有一端不再等待。"},
			Params: []Param{
				requests, length, gap,
				oneOf("first", Text{"who closes", "谁先关闭"}, ends()...),
				pause("idle", Text{"how long the server keeps a silent connection", "服务器保留空闲连接的时长"}, 200*time.Millisecond, 30*time.Second, time.Second),
			},
			Case: "http-keep-alive",
			takes: func(v Values) time.Duration {
				return v.times("requests", "pause") + time.Duration(v["first"])*v.duration("idle")
			},
			play: httpKeepAlive,
		},
		{
			ID:      "http-close",
			Title:   Text{"HTTP: a connection for each request", "HTTP：每个请求一个连接"},
			Summary: Text{"“Connection: close”: every request costs a handshake and a close.", "“Connection: close”：每个请求都要重新握手和挥手。"},
			Params: []Param{
				requests, length, gap,
				oneOf("first", Text{"who asks for the close", "谁要求关闭"}, ends()...),
			},
			Case:  "http-plain-request",
			takes: func(v Values) time.Duration { return v.times("requests", "pause") },
			play:  httpClose,
		},
	}
}

// serve answers requests while client runs. Closing idle connections is the client's part; those that are left after it
// are closed here.
func (b *bench) serve(srv *http.Server, client func() error) error {
	srv.ReadHeaderTimeout = patience
	srv.ErrorLog = log.New(io.Discard, "", 0) // a client that breaks off is a part of some scenarios
	if err := b.keep(srv); err != nil {
		return err
	}
	return b.together(func() error {
		if err := srv.Serve(b.listener); !errors.Is(err, http.ErrServerClosed) {
			return ignoreClosed(err)
		}
		return nil
	}, func() error {
		err := client()
		if err != nil {
			return errors.Join(err, srv.Close())
		}
		return srv.Shutdown(b.ctx)
	})
}

// browser is an HTTP client whose connections begin at the client's address.
func (b *bench) browser() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return b.connect(nil) },
		// What is asked for is what goes over the wire.
		DisableCompression:    true,
		ExpectContinueTimeout: 5 * time.Second,
	}}
}

// get asks for a path, reads the answer and says what came.
func (b *bench) get(c *http.Client, path string, prepare func(*http.Request)) error {
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, b.url(path), http.NoBody)
	if err != nil {
		return err
	}
	if prepare != nil {
		prepare(req)
	}
	b.say(Client, Text{"asks: GET %s", "请求：GET %s"}, path)
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil {
		return err
	}
	b.say(Client, Text{"is answered: %s, %d bytes", "得到响应：%s，%d 字节"}, res.Status, n)
	return nil
}

// answer is a handler that answers everything with n bytes of text.
func answer(n int, closing bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Length", fmt.Sprint(n))
		if closing {
			w.Header().Set("Connection", "close")
		}
		_, _ = w.Write(pattern(n)) // the client notices what is missing
	})
}

// requests asks as often as the parameters say.
func (b *bench) requests(c *http.Client, prepare func(*http.Request)) error {
	for i := range b.number("requests") {
		if i > 0 {
			if err := b.pauseFor("pause"); err != nil {
				return err
			}
		}
		if err := b.get(c, fmt.Sprintf("/page/%d", i+1), prepare); err != nil {
			return err
		}
	}
	return nil
}

func httpKeepAlive(b *bench) error {
	serverCloses := b.number("first") == int(Server)
	closed := make(chan struct{}, 1)
	srv := &http.Server{Handler: answer(b.number("size"), false), IdleTimeout: patience + b.values.times("requests", "pause")}
	if serverCloses {
		srv.IdleTimeout = b.values.duration("idle")
	}
	srv.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed && serverCloses {
			select {
			case closed <- struct{}{}:
			default: // one is enough
			}
		}
	}
	return b.serve(srv, func() error {
		c := b.browser()
		if err := b.requests(c, nil); err != nil {
			return err
		}
		if serverCloses {
			select {
			case <-closed:
				b.say(Server, Text{"was asked nothing for %v and closes: FIN", "%v 内没有新请求，关闭：发送 FIN"}, srv.IdleTimeout)
			case <-b.ctx.Done():
				return b.ctx.Err()
			}
		} else {
			b.say(Client, Text{"closes: FIN", "关闭：发送 FIN"})
		}
		c.CloseIdleConnections()
		return nil
	})
}

func httpClose(b *bench) error {
	byServer := b.number("first") == int(Server)
	srv := &http.Server{Handler: answer(b.number("size"), byServer)}
	return b.serve(srv, func() error {
		c := b.browser()
		defer c.CloseIdleConnections()
		return b.requests(c, func(r *http.Request) { r.Close = !byServer })
	})
}
