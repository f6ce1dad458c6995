package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/lab/link"
)

// fastEthernet is 100 Mbit/s, in bits.
const fastEthernet = 100_000_000

func troubles() []recipe {
	slow := link.Way{Delay: 10 * ms}
	loses := link.Way{Delay: 10 * ms, LoseData: []int{20}}
	losesFirst := link.Way{Delay: 10 * ms, LoseData: []int{1}}
	near := link.Way{Delay: 8 * ms}
	reorders := link.Way{Delay: 8 * ms, Rate: fastEthernet, Queue: 1000, LateData: []int{43, 54, 119}, Late: 6 * ms}
	return []recipe{
		{id: "trouble-third-packet-lost", needs: []string{"nft"}, takes: []take{
			{
				what: "the third packet is dropped behind the recording; the client closes after 8 s, the server's program ends after 9.3 s without accept()",
				net:  between("10.77.3"), play: func(s *stage) error { return s.neverAccepted(8*time.Second, 1270*ms) },
			},
			{
				what: "the same, the client closes after 65 s", net: between("10.77.6"),
				play: func(s *stage) error { return s.neverAccepted(65*time.Second, time.Second) },
			},
			{
				what: "the same with tcp_synack_retries=2, the client closes after 9 s",
				net:  network{subnet: "10.77.2", sysctls: [][2]string{{"net.ipv4.tcp_synack_retries", "2"}}},
				play: func(s *stage) error { return s.neverAccepted(9*time.Second, time.Second) },
			},
			{what: "the rule is removed after 4.5 s while the client repeats its request", net: between("10.77.7"), play: recovered},
			closeInThree(),
		}},
		acceptQueueFull(),
		{id: "trouble-refused-or-silent", needs: []string{"nft"}, takes: []take{
			{what: "nobody listens on port 9, over IPv4 and IPv6", net: network{subnet: "10.78.6", ipv6: true}, play: refusedTwice},
			{what: "nftables at the server: port 82 reject, 83 reject with tcp reset, 81 drop", net: between("10.78.6"), play: rejected},
		}},
		{id: "trouble-one-lost", takes: []take{{
			what: "10 ms each way, the 20th data segment to the client is lost; the first 130 packets", keep: 130,
			net: network{subnet: "10.78.4", up: &slow, down: &loses, at: atClient}, play: func(s *stage) error { return s.download(5001, 200_000, ackClocked) },
		}}},
		{id: "trouble-last-lost", needs: []string{"curl"}, takes: []take{{
			what: "10 ms each way, the client's first data segment is lost; curl and a Go server",
			net:  network{subnet: "10.78.4", up: &losesFirst, down: &slow, at: atClient}, play: requestLost,
		}}},
		{id: "trouble-reordered", takes: []take{{
			what: "8 ms each way; the 43rd, 54th and 119th data segment to the client come 6 ms late; the first 320 packets, 120 bytes of each", keep: 320, cut: 120,
			net: network{subnet: "10.78.2", up: &near, down: &reorders, at: atClient}, play: overtaken,
		}}},
		{id: "trouble-reader-stopped", takes: []take{{
			what: "the client sets SO_RCVBUF to 16,384 and sleeps 7 s before it reads; the first 65 packets", net: inTurn("10.78.5"), keep: 65,
			play: slowReader,
		}}},
		{id: "trouble-forty-milliseconds", takes: []take{{
			what: "twelve requests in two pieces each, with TCP_NODELAY off, then on", net: between("10.78.6"), play: twoPieces,
		}}},
		bigSegments(),
		pathMTU(),
	}
}

func bigSegments() recipe {
	off := resetAfterWriting()
	off.what, off.keep = "a download with all offload off; the first 25 packets", 25
	return recipe{id: "trouble-big-segments", takes: []take{{
		what: "a download with offload as a veth pair has it; the first 14 packets", keep: 14,
		net: network{subnet: "10.78.9", offloads: true}, play: func(s *stage) error { return s.download(5018, 300_000, nil) },
	}, off}}
}

// holdBack drops what is neither a SYN nor a FIN, behind the recording.
const holdBack = "tcp dport 9003 tcp flags & (syn|fin) == 0"

// neverAccepted lets a handshake lose its third packet. The server's program never calls accept().
func (s *stage) neverAccepted(closeAfter, endAfter time.Duration) error {
	l, err := s.listen(9003)
	if err != nil {
		return err
	}
	if err := s.nft(fmt.Sprintf(afterTheTap, holdBack)); err != nil {
		return err
	}
	client, err := s.dial(0, 9003, nil)
	if err != nil {
		return err
	}
	return inOrder(s.pause(closeAfter), client.Close, s.pause(endAfter), l.Close, s.pause(100*ms))
}

func recovered(s *stage) error {
	l, err := s.listen(9003)
	if err != nil {
		return err
	}
	if err := s.nft(fmt.Sprintf(afterTheTap, holdBack)); err != nil {
		return err
	}
	const request = "GET / HTTP/1.1\r\nHost: 10.77.7.2:9003\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"
	const body = "<!DOCTYPE HTML>\n<title>Here it is</title>\n<p>You asked for this page some seconds ago.</p>\n"
	return s.together(func() error {
		client, err := s.dial(0, 9003, nil)
		if err != nil {
			return err
		}
		return inOrder(say(client, request), untilEnd(client), client.Close)
	}, func() error {
		return inOrder(s.pause(4500*ms), func() error { return s.nft("delete table netdev t\n") })
	}, func() error {
		server, err := s.accept(l)
		if err != nil {
			return err
		}
		head := fmt.Sprintf("HTTP/1.0 200 OK\r\nContent-type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n", len(body))
		return inOrder(hear(server, request), say(server, head), say(server, body), server.Close)
	})
}

func refusedTwice(s *stage) error {
	if err := s.refused(9); err != nil {
		return err
	}
	s.clientIP, s.serverIP = netip.MustParseAddr("fd77::1"), netip.MustParseAddr("fd77::2")
	return inOrder(s.pause(20*ms), func() error { return s.refused(9) })
}

func rejected(s *stage) error {
	if err := s.nft(`table inet t {
	chain i {
		type filter hook input priority 0;
		tcp dport 82 reject
		tcp dport 83 reject with tcp reset
		tcp dport 81 drop
	}
}
`); err != nil {
		return err
	}
	return inOrder(
		func() error { return s.refused(82) }, s.pause(38*ms),
		func() error { return s.refused(83) }, s.pause(30*ms),
		func() error { return s.silent(81, 12*time.Second) })
}

// silent tries for a while to connect to a port that never answers.
func (s *stage) silent(port uint16, patience time.Duration) error {
	before := s.ctx
	defer func() { s.ctx = before }()
	limited, cancel := contextWithin(before, patience)
	defer cancel()
	s.ctx = limited
	c, err := s.dial(0, port, nil)
	if err == nil {
		return errors.Join(fmt.Errorf("port %d answered", port), c.Close())
	}
	return before.Err()
}

// download sends bytes to a client that reads them, and closes. prepare, if there is one, is for the end that sends.
func (s *stage) download(port uint16, bytes int, prepare func(server *net.TCPConn) error) error {
	client, server, err := s.pair(0, port, nil)
	if err == nil && prepare != nil {
		err = prepare(server)
	}
	if err != nil {
		return err
	}
	return s.together(func() error {
		return inOrder(hear(client, alphabet(bytes)), untilEnd(client), client.Close)
	}, func() error {
		return inOrder(sayInPortions(server, alphabet(bytes)), server.CloseWrite, untilEnd(server), server.Close)
	})
}

// ackClocked makes an end send when an acknowledgment allows it, not at times that a rate gives: others measure another rate.
func ackClocked(c *net.TCPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) { set = unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, "reno") })
	return errors.Join(err, set)
}

// roomFor sets how much a socket takes in before it is read.
func roomFor(c syscall.RawConn, bytes int) error {
	var set error
	err := c.Control(func(fd uintptr) { set = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bytes) })
	return errors.Join(err, set)
}

// window lets the window of a connection become so large and no larger.
func window(c *net.TCPConn, bytes int) error {
	raw, err := c.SyscallConn()
	if err == nil {
		err = roomFor(raw, bytes)
	}
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) { set = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_WINDOW_CLAMP, bytes) })
	return errors.Join(err, set)
}

// overtaken sends to a client whose window stands still at first, so that duplicate acknowledgments are just that, and grows
// with every segment later on.
func overtaken(s *stage) error {
	const total, still, small, large = 400_000, 120_000, 60_000, 4_000_000
	client, server, err := s.pair(0, 5001, nil)
	if err == nil {
		// Not before: the scale of the window would be chosen for this size.
		err = errors.Join(window(client, small), ackClocked(server))
	}
	if err != nil {
		return err
	}
	text := alphabet(total)
	return s.together(func() error {
		return inOrder(hear(client, text[:still]), func() error { return window(client, large) }, hear(client, text[still:]), untilEnd(client), client.Close)
	}, func() error {
		return inOrder(sayInPortions(server, text), server.CloseWrite, untilEnd(server), server.Close)
	})
}

// slowReader reads nothing for seven seconds, then a little, and soon the rest.
func slowReader(s *stage) error {
	const total, little, buffer = 200_000, 12_000, 16_384
	client, server, err := s.pair(0, 5001, func(_, _ string, c syscall.RawConn) error { return roomFor(c, buffer) })
	if err != nil {
		return err
	}
	return s.together(func() error {
		text := alphabet(total)
		return inOrder(s.pause(7*time.Second), hear(client, text[:little]), s.pause(60*ms), inPortions(client, total-little), untilEnd(client), client.Close)
	}, func() error {
		return inOrder(sayInPortions(server, alphabet(total)), server.CloseWrite, untilEnd(server), server.Close)
	})
}

func twoPieces(s *stage) error {
	for _, noDelay := range []bool{false, true} {
		client, server, err := s.pair(0, 5006, nil)
		if err != nil {
			return err
		}
		if err := client.SetNoDelay(noDelay); err != nil {
			return err
		}
		if err := s.together(func() error { return askInPieces(s, client) }, func() error { return answerPieces(server) }); err != nil {
			return err
		}
	}
	return nil
}

const pieces = 12

func askInPieces(s *stage, client *net.TCPConn) error {
	if err := s.sleep(8 * ms); err != nil {
		return err
	}
	for i := range pieces {
		if err := inOrder(say(client, fmt.Sprintf("header %d;", i)), say(client, "body\n"), hear(client, "OK\n")); err != nil {
			return err
		}
	}
	return inOrder(client.CloseWrite, untilEnd(client), client.Close)
}

func answerPieces(server *net.TCPConn) error {
	for i := range pieces {
		if err := inOrder(hear(server, fmt.Sprintf("header %d;body\n", i)), say(server, "OK\n")); err != nil {
			return err
		}
	}
	return inOrder(untilEnd(server), server.Close)
}
