package lab

import (
	"fmt"
	"io"
	"net"
	"time"
)

// pushes are the scenarios where one end sends and the way it is taken matters.
func pushes() []*Scenario {
	return []*Scenario{
		{
			ID:      "slow-reader",
			Title:   Text{"The reader stopped reading: zero window", "读方停下了：零窗口"},
			Summary: Text{"The client does not read, its window shrinks to 0, and the server has to wait and probe.", "客户端不读数据，窗口缩小到 0，服务器只能等待并探测。"},
			Params: []Param{
				size("size", Text{"bytes to send", "要发送的字节数"}, 64<<10, 16<<20, 256<<10),
				size("buffer", Text{"the client's receive buffer", "客户端接收缓冲区"}, 4<<10, 64<<10, 16<<10),
				pause("sleep", Text{"how long it does not read", "不读数据的时长"}, 500*time.Millisecond, 30*time.Second, 3*time.Second),
			},
			Case:  "trouble-reader-stopped",
			takes: func(v Values) time.Duration { return v.duration("sleep") },
			play:  slowReader,
		},
		{
			ID:      "nagle",
			Title:   Text{"40 milliseconds for nothing: Nagle or TCP_NODELAY", "白等 40 毫秒：Nagle 与 TCP_NODELAY"},
			Summary: Text{"Each request is written in two pieces; with Nagle's algorithm the second one waits for an acknowledgment that waits too.", "每个请求分两次写出；启用 Nagle 算法时，第二块要等对方的延迟确认。"},
			Params: []Param{
				oneOf("mode", Text{"with or without", "是否启用"},
					Choice{"both", Text{"first with Nagle, then without", "先启用，再关闭"}},
					Choice{"nagle", Text{"Nagle's algorithm", "启用 Nagle 算法"}},
					Choice{"nodelay", Text{"TCP_NODELAY", "TCP_NODELAY"}}),
				count("requests", Text{"requests on each connection", "每个连接的请求数"}, 1, 100, 12),
				size("head", Text{"bytes of the first piece", "第一块字节数"}, 1, 1000, 20),
				size("rest", Text{"bytes of the second piece", "第二块字节数"}, 1, 1000, 30),
			},
			Case:  "trouble-forty-milliseconds",
			takes: func(v Values) time.Duration { return time.Duration(v["requests"]) * 50 * time.Millisecond },
			play:  nagle,
		},
	}
}

func slowReader(b *bench) error {
	client, server, err := b.pair(receiveBuffer(b.number("buffer")))
	if err != nil {
		return err
	}
	data := pattern(b.number("size"))
	return b.together(func() error {
		b.say(Client, Text{"does not read for %v", "%v 内不读数据"}, b.values.duration("sleep"))
		if err := b.pauseFor("sleep"); err != nil {
			return err
		}
		b.say(Client, Text{"begins to read", "开始读数据"})
		n, err := io.Copy(io.Discard, client)
		if err != nil {
			return err
		}
		b.say(Client, Text{"has read %d bytes", "读完 %d 字节"}, n)
		return client.Close()
	}, func() error {
		begin := time.Now()
		if _, err := server.Write(data); err != nil {
			return err
		}
		b.say(Server, Text{"has handed %d bytes to its kernel, which took %v", "把 %d 字节交给内核，用时 %v"}, len(data), time.Since(begin).Round(time.Millisecond))
		return server.Close()
	})
}

func nagle(b *bench) error {
	for _, noDelay := range [][]bool{{false, true}, {false}, {true}}[b.number("mode")] {
		if err := b.inPieces(noDelay); err != nil {
			return err
		}
	}
	return nil
}

// inPieces sends requests in two writes each and waits for the answers.
func (b *bench) inPieces(noDelay bool) error {
	client, server, err := b.pair(nil)
	if err != nil {
		return err
	}
	if err := client.SetNoDelay(noDelay); err != nil {
		return err
	}
	head, rest := pattern(b.number("head")), pattern(b.number("rest"))
	return b.together(func() error {
		what := Text{"Nagle's algorithm is on", "已启用 Nagle 算法"}
		if noDelay {
			what = Text{"TCP_NODELAY is set", "已设置 TCP_NODELAY"}
		}
		b.say(Client, what)
		begin := time.Now()
		for i := range b.number("requests") {
			for _, piece := range [][]byte{head, rest} {
				if _, err := client.Write(piece); err != nil {
					return err
				}
			}
			if _, err := io.ReadFull(client, make([]byte, 2)); err != nil {
				return fmt.Errorf("answer %d: %w", i+1, err)
			}
		}
		each := time.Since(begin) / time.Duration(b.number("requests"))
		b.say(Client, Text{"sent %d requests, %v for each", "发送了 %d 个请求，平均每个 %v"}, b.number("requests"), each.Round(10*time.Microsecond))
		return client.Close()
	}, func() error { return answerPieces(server, len(head)+len(rest)) })
}

// answerPieces answers every n bytes with two, until the client closes.
func answerPieces(server net.Conn, n int) error {
	for request := make([]byte, n); ; {
		switch _, err := io.ReadFull(server, request); err {
		case nil:
		case io.EOF:
			return server.Close()
		default:
			return err
		}
		if _, err := io.WriteString(server, "ok"); err != nil {
			return err
		}
	}
}
