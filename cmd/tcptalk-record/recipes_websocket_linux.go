package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// webSocket is about frames: their kinds, the three ways to write a length, fragments, and the end.
func webSocket() recipe {
	return recipe{id: "streaming-websocket", takes: []take{{
		what: "gorilla/websocket on both sides; the client's write buffer has 100 bytes, so that its long text leaves in fragments",
		net:  between("10.30.0"), play: echoes,
	}}}
}

// bigPlease is what makes the server send bigAnswer bytes instead of an echo.
const (
	bigPlease = "big, please"
	bigAnswer = 70_000
)

func echo(w http.ResponseWriter, r *http.Request) {
	c, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return // the client knows
	}
	for {
		kind, message, err := c.ReadMessage()
		if err != nil {
			_ = c.Close() // the end, or a client that has gone
			return
		}
		if string(message) == bigPlease {
			kind, message = websocket.BinaryMessage, make([]byte, bigAnswer)
		}
		if err := c.WriteMessage(kind, message); err != nil {
			return // the client notices
		}
	}
}

func echoes(s *stage) error {
	return s.serve(8000, http.HandlerFunc(echo), func() error {
		d := websocket.Dialer{WriteBufferSize: 100, NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			c, err := s.dial(0, 8000, nil)
			return c, err
		}}
		c, _, err := d.DialContext(s.ctx, strings.Replace(s.url(8000, "/echo"), "http", "ws", 1), http.Header{"User-Agent": {"tcptalk-example"}})
		if err != nil {
			return err
		}
		// send is a step: a message, and the answer to it.
		send := func(kind int, message string, length int) func() error {
			return func() error {
				// What is prepared leaves in one frame, past the write buffer.
				prepared, err := websocket.NewPreparedMessage(kind, []byte(message))
				if err == nil {
					err = s.sleep(80 * ms)
				}
				switch {
				case err != nil:
				case kind == websocket.BinaryMessage:
					err = c.WritePreparedMessage(prepared)
				default:
					err = c.WriteMessage(kind, []byte(message))
				}
				if err != nil {
					return err
				}
				_, answer, err := c.ReadMessage()
				if err == nil && len(answer) != length {
					err = fmt.Errorf("%d bytes are the answer to %q", len(answer), message)
				}
				return err
			}
		}
		control := func(kind int, message string) func() error {
			return func() error { return c.WriteControl(kind, []byte(message), time.Now().Add(time.Second)) }
		}
		binary := make([]byte, 200)
		for i := range binary {
			binary[i] = byte(i)
		}
		const long = "A long message can leave in several frames. Only the first one says what it is: text. The following ones are called " +
			"continuation, and only the last one carries the FIN bit, so the reader knows that it is complete."
		return inOrder(
			send(websocket.TextMessage, "Hello, WebSocket!", 17), send(websocket.TextMessage, "你好，世界", 15),
			send(websocket.BinaryMessage, string(binary), 200),
			s.pause(80*ms), control(websocket.PingMessage, "are you there?"),
			send(websocket.TextMessage, long, len(long)), send(websocket.TextMessage, bigPlease, bigAnswer),
			send(websocket.TextMessage, "", 0), s.pause(80*ms),
			control(websocket.CloseMessage, string(websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye"))),
			func() error {
				if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
					return fmt.Errorf("closed with %w", err)
				}
				return nil
			}, untilEnd(c.NetConn()), s.pause(3*ms), c.Close)
	})
}
