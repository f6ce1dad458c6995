package lab

import (
	"errors"
	"io"
	"net"
	"time"
)

// closings are the handshake and the ways to say goodbye.
func closings() []*Scenario {
	first := oneOf("first", Text{"who closes first", "谁先关闭"}, ends()...)
	quiet := pause("quiet", Text{"silence before the close", "关闭前的静默时间"}, 0, 10*time.Second, 300*time.Millisecond)
	return []*Scenario{
		{
			ID:      "close-in-three",
			Title:   Text{"Handshake, and a close in three segments", "三次握手，三个报文段的关闭"},
			Summary: Text{"One end closes and the other does so at once, so its FIN carries the acknowledgment too.", "一端关闭后另一端立即关闭，第二个 FIN 顺带捎上确认，挥手只用三个报文段。"},
			Params:  []Param{first, quiet},
			Case:    "basics-close-in-three",
			takes:   func(v Values) time.Duration { return v.duration("quiet") },
			play:    func(b *bench) error { return closeBoth(b, 0) },
		},
		{
			ID:      "close-in-four",
			Title:   Text{"Handshake, and a close in four segments", "三次握手，四次挥手"},
			Summary: Text{"The other end takes its time before it closes too, so the acknowledgment travels alone.", "另一端过一会儿才关闭，确认只好单独发送，这就是四次挥手。"},
			Params: []Param{
				first, quiet,
				// An acknowledgment waits for data for at most 40 ms on Linux; after that it leaves by itself.
				pause("wait", Text{"pause before the second close", "第二端关闭前的等待"}, 100*time.Millisecond, 10*time.Second, 500*time.Millisecond),
			},
			Case:  "closing-keepalive-four",
			takes: func(v Values) time.Duration { return v.duration("quiet") + v.duration("wait") },
			play:  func(b *bench) error { return closeBoth(b, b.values.duration("wait")) },
		},
		{
			ID:      "half-close",
			Title:   Text{"Half-close: done talking, still listening", "半关闭：我说完了，但还在听"},
			Summary: Text{"The client closes its direction only, and the server goes on sending until it is done.", "客户端只关闭自己的发送方向，服务器继续把数据发完。"},
			Params: []Param{
				count("pieces", Text{"pieces sent after the half-close", "半关闭之后发送的块数"}, 1, 100, 5),
				size("size", Text{"bytes in each", "每块字节数"}, 1, 64<<10, 1000),
				pause("pause", Text{"pause before each", "每块之前的间隔"}, 0, 5*time.Second, 200*time.Millisecond),
			},
			Case:  "closing-five-resets",
			takes: func(v Values) time.Duration { return v.times("pieces", "pause") },
			play:  halfClose,
		},
	}
}

// pair connects the client and returns both ends of the connection.
func (b *bench) pair(control controlFunc) (client, server *net.TCPConn, err error) {
	client, err = b.connect(control)
	if err == nil {
		server, err = b.accept()
	}
	return client, server, err
}

// closeBoth opens a connection and closes it, the second end wait after it has read the end.
func closeBoth(b *bench, wait time.Duration) error {
	client, server, err := b.pair(nil)
	if err != nil {
		return err
	}
	one, two, who, other := client, server, Client, Server
	if b.number("first") == int(Server) {
		one, two, who, other = server, client, Server, Client
	}
	return b.together(func() error {
		if err := b.pauseFor("quiet"); err != nil {
			return err
		}
		// Closing one direction sends the same FIN as closing both, and lets the program see the other end's.
		b.say(who, Text{"closes: FIN", "关闭：发送 FIN"})
		if err := one.CloseWrite(); err != nil {
			return err
		}
		if err := readEnd(one); err != nil {
			return err
		}
		b.say(who, Text{"has seen the other end close", "看到对方也关闭了"})
		return one.Close()
	}, func() error {
		if err := readEnd(two); err != nil {
			return err
		}
		if wait > 0 {
			if err := b.wait(wait); err != nil {
				return err
			}
		}
		b.say(other, Text{"closes too: FIN", "也关闭：发送 FIN"})
		return two.Close()
	})
}

func halfClose(b *bench) error {
	client, server, err := b.pair(nil)
	if err != nil {
		return err
	}
	return b.together(func() error {
		if err := b.send(Client, client, "Tell me all you know.\n"); err != nil {
			return err
		}
		b.say(Client, Text{"closes its direction: FIN", "关闭自己的发送方向：发送 FIN"})
		if err := client.CloseWrite(); err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, client)
		if err != nil {
			return err
		}
		b.say(Client, Text{"has read %d bytes after its own FIN", "在自己的 FIN 之后又读到 %d 字节"}, n)
		return client.Close()
	}, func() error {
		if err := readEnd(server); err != nil {
			return err
		}
		piece := pattern(b.number("size"))
		for range b.number("pieces") {
			if err := b.pauseFor("pause"); err != nil {
				return err
			}
			b.say(Server, Text{"sends %d bytes more", "又发送 %d 字节"}, len(piece))
			if _, err := server.Write(piece); err != nil {
				return err
			}
		}
		b.say(Server, Text{"closes too: FIN", "也关闭：发送 FIN"})
		return server.Close()
	})
}

// keepAlives are the connections that say nothing.
func keepAlives() []*Scenario {
	return []*Scenario{{
		ID:      "keep-alive",
		Title:   Text{"What a keep-alive looks like", "保活探测长什么样"},
		Summary: Text{"Nobody says anything, and the kernel asks every second whether the other end is still there.", "双方都不说话，内核每隔一秒问一次对方是否还在。"},
		Params: []Param{
			pause("interval", Text{"time between probes, whole seconds", "探测间隔（整秒）"}, time.Second, 15*time.Second, time.Second),
			pause("quiet", Text{"silence before the close", "关闭前的静默时间"}, 2*time.Second, 2*time.Minute, 4500*time.Millisecond),
			oneOf("who", Text{"who probes", "谁发探测"}, ends()...),
		},
		Case:  "alive-keepalive",
		takes: func(v Values) time.Duration { return v.duration("quiet") },
		play:  keepAlive,
	}}
}

func keepAlive(b *bench) error {
	client, server, err := b.pair(nil)
	if err != nil {
		return err
	}
	prober, who := client, Client
	if b.number("who") == int(Server) {
		prober, who = server, Server
	}
	// The kernel counts in whole seconds.
	interval := b.values.duration("interval").Round(time.Second)
	config := net.KeepAliveConfig{Enable: true, Idle: interval, Interval: interval, Count: 9}
	if err := prober.SetKeepAliveConfig(config); err != nil {
		return err
	}
	b.say(who, Text{"asks its kernel to probe every %v", "让内核每隔 %v 探测一次"}, interval)
	return b.together(func() error {
		if err := b.send(Client, client, "Are you there?\n"); err != nil {
			return err
		}
		b.say(Client, Text{"is silent for %v", "静默 %v"}, b.values.duration("quiet"))
		if err := b.pauseFor("quiet"); err != nil {
			return err
		}
		b.say(Client, Text{"closes: FIN", "关闭：发送 FIN"})
		return client.Close()
	}, func() error {
		err := readEnd(server)
		return errors.Join(err, server.Close())
	})
}
