package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// webSockets are the scenarios over WebSocket.
func webSockets() []*Scenario {
	compression := onOff("compress", Text{"compression (permessage-deflate)", "压缩（permessage-deflate）"}, false)
	return []*Scenario{
		{
			ID:      "websocket-echo",
			Title:   Text{"WebSocket from the first byte", "从第一个字节看 WebSocket"},
			Summary: Text{"Upgrade, text, binary, ping, a message in fragments, and a close with its code.", "升级、文本、二进制、ping、分片消息，以及带状态码的关闭。"},
			Params: []Param{
				size("text", Text{"bytes of text", "文本字节数"}, 1, 1<<20, 40),
				size("binary", Text{"bytes of binary data", "二进制字节数"}, 1, 1<<20, 100),
				size("long", Text{"bytes of a long text", "长文本字节数"}, 1, 1<<20, 300),
				size("frame", Text{"longest frame that the client writes", "客户端每帧最多字节数"}, 16, 64<<10, 125),
				onOff("ping", Text{"ping and pong", "ping 与 pong"}, true),
				compression,
				pause("pause", Text{"pause between messages", "消息之间的间隔"}, 0, 5*time.Second, 200*time.Millisecond),
			},
			Case:  "streaming-websocket",
			takes: func(v Values) time.Duration { return 3 * v.duration("pause") },
			play:  webSocketEcho,
		},
		{
			ID:      "websocket-chat",
			Title:   Text{"A chat over WebSocket", "WebSocket 聊天室"},
			Summary: Text{"What one client says the server sends to all: one line becomes a message on every connection.", "一个客户端说话，服务器转发给所有人：一句话变成每个连接上的一条消息。"},
			Params: []Param{
				count("clients", Text{"clients", "客户端数"}, 2, 20, 3),
				count("lines", Text{"lines each of them says", "每人说几句"}, 1, 50, 2),
				compression,
				pause("pause", Text{"pause between lines", "两句之间的间隔"}, 0, 5*time.Second, 200*time.Millisecond),
			},
			Case:  "streaming-browser-chat",
			takes: func(v Values) time.Duration { return time.Duration(v["clients"]) * v.times("lines", "pause") },
			play:  webSocketChat,
		},
	}
}

// upgrade opens a WebSocket. A write buffer of n bytes makes a message leave in fragments of n bytes.
func (b *bench) upgrade(writeBuffer int) (*websocket.Conn, error) {
	d := websocket.Dialer{
		NetDialContext:    func(context.Context, string, string) (net.Conn, error) { return b.connect(nil) },
		WriteBufferSize:   writeBuffer,
		EnableCompression: b.on("compress"),
	}
	c, res, err := d.DialContext(b.ctx, "ws://"+b.address()+"/chat", nil)
	if err != nil {
		return nil, err
	}
	b.say(Client, Text{"has upgraded: %s", "升级成功：%s"}, res.Status)
	return c, nil
}

// rooms is a server that takes upgrades and waits until its handlers are through.
type rooms struct {
	bench    *bench
	handler  func(*websocket.Conn) error
	handlers sync.WaitGroup
	once     sync.Once
	err      error
}

func (s *rooms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handlers.Add(1)
	defer s.handlers.Done()
	u := websocket.Upgrader{EnableCompression: s.bench.on("compress")}
	c, err := u.Upgrade(w, r, nil)
	if err == nil {
		// The HTTP server has let go of the connection.
		err = s.bench.keep(c.NetConn())
	}
	if err == nil {
		// The server closes first (RFC 6455 §7.1.1), so that TIME-WAIT is not the client's.
		err = errors.Join(s.handler(c), c.Close())
	}
	if err != nil {
		s.once.Do(func() { s.err = err })
	}
}

// webSocket serves upgrades while client runs.
func (b *bench) webSocket(handler func(*websocket.Conn) error, client func() error) error {
	s := &rooms{bench: b, handler: handler}
	err := b.serve(&http.Server{Handler: s}, client)
	if err != nil {
		b.closeAll() // the handlers wait for clients that have gone
	}
	s.handlers.Wait()
	if err == nil {
		err = s.err
	}
	return err
}

// untilClosed drops the error with which a WebSocket ends as it should.
func untilClosed(err error) error {
	if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		return nil
	}
	return err
}

// goodbye closes a WebSocket from the client and waits until the server has answered and closed the connection.
func (b *bench) goodbye(c *websocket.Conn) error {
	closing := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye")
	b.say(Client, Text{"sends a close frame, code %d", "发送关闭帧，状态码 %d"}, websocket.CloseNormalClosure)
	if err := c.WriteControl(websocket.CloseMessage, closing, time.Now().Add(patience)); err != nil {
		return err
	}
	_, _, err := c.ReadMessage()
	if err = untilClosed(err); err != nil {
		return err
	}
	if err := readEnd(c.NetConn()); err != nil {
		return err
	}
	b.say(Server, Text{"has answered and closes: FIN", "已回应关闭帧，关闭连接：发送 FIN"})
	return c.Close()
}

func webSocketEcho(b *bench) error {
	return b.webSocket(func(c *websocket.Conn) error {
		for {
			kind, message, err := c.ReadMessage()
			if err != nil {
				return untilClosed(err)
			}
			if err := c.WriteMessage(kind, message); err != nil {
				return err
			}
		}
	}, func() error {
		c, err := b.upgrade(b.number("frame"))
		if err != nil {
			return err
		}
		for _, m := range []struct {
			kind int
			data []byte
			what Text
		}{
			{websocket.TextMessage, pattern(b.number("text")), Text{"text", "文本"}},
			{websocket.BinaryMessage, counting(b.number("binary")), Text{"binary data", "二进制数据"}},
			{websocket.TextMessage, pattern(b.number("long")), Text{"a long text", "长文本"}},
		} {
			if err := b.echo(c, m.kind, m.data, m.what); err != nil {
				return err
			}
			if err := b.pauseFor("pause"); err != nil {
				return err
			}
		}
		return b.goodbye(c)
	})
}

// echo sends a message and compares what comes back. A binary one has a ping in front, whose pong is read on the way.
func (b *bench) echo(c *websocket.Conn, kind int, message []byte, what Text) error {
	if kind == websocket.BinaryMessage && b.on("ping") {
		c.SetPongHandler(func(data string) error {
			b.say(Client, Text{"receives the pong %q", "收到 pong %q"}, data)
			return nil
		})
		b.say(Client, Text{"sends a ping", "发送 ping"})
		if err := c.WriteControl(websocket.PingMessage, []byte("still there?"), time.Now().Add(patience)); err != nil {
			return err
		}
	}
	if err := c.WriteMessage(kind, message); err != nil {
		return err
	}
	_, answer, err := c.ReadMessage()
	if err != nil {
		return err
	}
	if !bytes.Equal(answer, message) {
		return fmt.Errorf("%d bytes came back otherwise than they were sent", len(message))
	}
	b.say(Client, Text{"has sent " + what[0] + " and got it back: %d bytes", "发送" + what[1] + "并收到回声：%d 字节"}, len(message))
	return nil
}

// counting is binary data: 0, 1, 2, ... 255, 0, ...
func counting(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i)
	}
	return data
}

func webSocketChat(b *bench) error {
	var mu sync.Mutex
	present := map[*websocket.Conn]bool{}
	return b.webSocket(func(c *websocket.Conn) error {
		mu.Lock()
		present[c] = true
		mu.Unlock()
		defer func() {
			mu.Lock()
			delete(present, c)
			mu.Unlock()
		}()
		for {
			kind, message, err := c.ReadMessage()
			if err != nil {
				return untilClosed(err)
			}
			mu.Lock()
			b.say(Server, Text{"passes %q on to %d", "把 %q 转发给 %d 人"}, message, len(present))
			for other := range present {
				if err == nil {
					err = other.WriteMessage(kind, message)
				}
			}
			mu.Unlock()
			if err != nil {
				return err
			}
		}
	}, func() error { return b.chat() })
}

// chat lets the clients come, talk in turns and go.
func (b *bench) chat() error {
	clients := make([]*websocket.Conn, b.number("clients"))
	for i := range clients {
		c, err := b.upgrade(0)
		if err != nil {
			return err
		}
		clients[i] = c
		// Everybody hears it: the one who said hello is known to be in the room before the next one comes.
		if err := b.line(clients[:i+1], i, "hello"); err != nil {
			return err
		}
	}
	for n := range b.number("lines") {
		for i := range clients {
			if err := b.pauseFor("pause"); err != nil {
				return err
			}
			if err := b.line(clients, i, fmt.Sprintf("line %d", n+1)); err != nil {
				return err
			}
		}
	}
	for _, c := range clients {
		if err := b.goodbye(c); err != nil {
			return err
		}
	}
	return nil
}

// line lets one client say something and all who are present read it.
func (b *bench) line(present []*websocket.Conn, speaker int, text string) error {
	text = fmt.Sprintf("client %d: %s", speaker+1, text)
	b.say(Client, Text{"says %q", "说 %q"}, text)
	if err := present[speaker].WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		return err
	}
	for _, c := range present {
		if _, _, err := c.ReadMessage(); err != nil {
			return err
		}
	}
	return nil
}
