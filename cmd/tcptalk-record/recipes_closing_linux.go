package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"tcptalk/internal/lab/link"
)

func closings() []recipe {
	slow := link.Way{Delay: 40 * ms}
	return []recipe{
		{id: "closing-keepalive-four", takes: []take{{
			what: "the server probes every 15 s and closes after 35 s, the client 150 ms later", net: between("10.3.0"), play: keepAliveFour,
		}}},
		{id: "alive-keepalive", takes: []take{{
			what: "the client probes every 15 s; messages at 0 and 37 s, the client closes at 70 s", net: between("10.4.0"), play: alive,
		}}},
		{id: "closing-five-resets", needs: []string{"nft"}, takes: []take{
			{what: "nobody listens on port 9", net: between("10.78.6"), play: func(s *stage) error { return s.refused(9) }},
			{what: "the server closes after 0.3 s without reading", net: between("10.78.6"), play: unread},
			{what: "the server closes after one line, the client writes on", net: between("10.78.6"), play: writesOn},
			resetAfterWriting(),
			{what: "keep-alive every second; after the first of five probes nothing reaches the server any more; the first 14 packets", net: between("10.78.9"), play: deadPeer, keep: 14},
			{what: "shutdown(SHUT_WR), and the server goes on for 0.6 s", net: between("10.78.6"), play: halfClose},
		}},
		{id: "closing-both-at-once", takes: []take{{
			what: "40 ms each way; both programs close at the same moment",
			net:  network{subnet: "10.78.7", up: &slow, down: &slow, at: atClient}, play: bothAtOnce,
		}}},
		{id: "closing-time-wait", needs: []string{"nft"}, takes: []take{{
			what: "once the server is to close, nothing of the client reaches it any more", net: between("10.78.9"), play: timeWait,
		}}},
	}
}

// probing makes an end send keep-alives.
func probing(c *net.TCPConn, every time.Duration, count int) error {
	return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: every, Interval: every, Count: count})
}

func keepAliveFour(s *stage) error {
	client, server, err := s.pair(0, 9002, nil)
	if err != nil {
		return err
	}
	if err := probing(server, 15*time.Second, 9); err != nil {
		return err
	}
	return s.together(func() error {
		return inOrder(untilEnd(client), s.pause(150*ms), client.Close)
	}, func() error {
		return inOrder(s.pause(35*time.Second), server.CloseWrite, untilEnd(server), server.Close)
	})
}

func alive(s *stage) error {
	client, server, err := s.pair(0, 9004, nil)
	if err != nil {
		return err
	}
	if err := probing(client, 15*time.Second, 9); err != nil {
		return err
	}
	return s.together(func() error {
		return inOrder(s.pause(21*ms), say(client, "subscribe news\n"), hear(client, "ok: subscribe news\n"),
			s.pause(37*time.Second), say(client, "still here\n"), hear(client, "ok: still here\n"),
			s.pause(33*time.Second), client.CloseWrite, untilEnd(client), client.Close)
	}, func() error {
		return inOrder(hear(server, "subscribe news\n"), say(server, "ok: subscribe news\n"),
			hear(server, "still here\n"), say(server, "ok: still here\n"), untilEnd(server), server.Close)
	})
}

// refused connects to a port that refuses.
func (s *stage) refused(port uint16) error {
	c, err := s.dial(0, port, nil)
	if err == nil {
		return errors.Join(fmt.Errorf("port %d accepted a connection", port), c.Close())
	}
	return s.ctx.Err()
}

func unread(s *stage) error {
	client, server, err := s.pair(0, 5005, nil)
	if err != nil {
		return err
	}
	return inOrder(s.pause(5*ms), say(client, strings.Repeat("never read\n", 20)), s.pause(300*ms), server.Close, s.pause(50*ms), client.Close)
}

func writesOn(s *stage) error {
	client, server, err := s.pair(0, 5004, nil)
	if err != nil {
		return err
	}
	return inOrder(say(client, "one\n"), hear(server, "one\n"), server.Close, s.pause(300*ms), say(client, "more data 0\n"), s.pause(50*ms), client.Close)
}

// afterTheTap drops what comes to the server behind the point where it is recorded.
const afterTheTap = `table netdev t {
	chain i {
		type filter hook ingress device "eth0" priority 0;
		%s drop
	}
}
`

func deadPeer(s *stage) error {
	client, server, err := s.pair(0, 5016, nil)
	if err != nil {
		return err
	}
	if err := probing(client, time.Second, 4); err != nil {
		return err
	}
	return inOrder(s.pause(1500*ms), func() error { return s.nft(fmt.Sprintf(afterTheTap, "tcp dport 5016")) },
		s.pause(6500*ms), server.Close, s.pause(300*ms))
}

func halfClose(s *stage) error {
	client, server, err := s.pair(0, 5003, nil)
	if err != nil {
		return err
	}
	return s.together(func() error {
		return inOrder(s.pause(6*ms), say(client, "hello\nworld\n"), client.CloseWrite, untilEnd(client), client.Close)
	}, func() error {
		if err := inOrder(untilEnd(server), say(server, "got 12 bytes\n")); err != nil {
			return err
		}
		for i := range 10 {
			late := fmt.Sprintf("late line %d from the server, the client has already shut down its side\n", i)
			if err := inOrder(s.pause(60*ms), say(server, late)); err != nil {
				return err
			}
		}
		return server.Close()
	})
}

func bothAtOnce(s *stage) error {
	client, server, err := s.pair(0, 5010, nil)
	if err != nil {
		return err
	}
	end := time.Now().Add(2800 * ms)
	side := func(c *net.TCPConn, mine, other string) func() error {
		return func() error {
			return inOrder(say(c, mine), hear(c, other), func() error { return s.sleep(time.Until(end)) }, c.CloseWrite, untilEnd(c), c.Close)
		}
	}
	const fromClient, fromServer = "hello from the client\n", "hello from the server\n"
	return s.together(side(client, fromClient, fromServer), side(server, fromServer, fromClient))
}

func timeWait(s *stage) error {
	client, server, err := s.pair(0, 5013, nil)
	if err != nil {
		return err
	}
	return inOrder(say(client, "x"), hear(server, "x"), s.pause(200*ms), client.CloseWrite, untilEnd(server), s.pause(100*ms),
		func() error { return s.nft(fmt.Sprintf(afterTheTap, "tcp dport 5013")) },
		s.pause(200*ms), server.Close, untilEnd(client), client.Close, s.pause(1700*ms))
}
