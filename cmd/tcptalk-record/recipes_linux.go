package main

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/lab"
)

// recipes returns all of them, in the order of the list of cases.
func recipes() []recipe {
	return slices.Concat(basics(), closings(), troubles(), https(), overHTTP2(), []recipe{whatCanBeRead(), threeDatabases()}, others())
}

const ms = time.Millisecond

// between is a cable from .1 to .2 of a subnet, recorded at the server.
func between(subnet string) network { return network{subnet: subnet} }

// inTurn is the same with a server that sends a frame every 0.15 ms, time enough for an answer.
func inTurn(subnet string) network { return network{subnet: subnet, pace: 80_000_000} }

func basics() []recipe {
	return []recipe{
		{id: "basics-hello-7456", takes: []take{{
			what: "one machine, loopback: three questions, three answers on port 7456", play: hello,
		}}},
		{id: "basics-close-in-three", takes: []take{closeInThree()}},
		{id: "basics-line-chat", takes: []take{{
			what: "a line server and three clients", net: between("10.77.15"), play: lineChat,
		}}},
		{id: "basics-psh-urg-rst", takes: []take{
			resetAfterWriting(),
			{what: "send(MSG_OOB) between two ordinary writes; the server closes with SO_LINGER 0", net: between("10.78.6"), play: urgent},
		}},
	}
}

func closeInThree() take {
	return take{
		what: "the client closes after 0.3 s, the server when it reads the end", net: between("10.77.0"),
		play: func(s *stage) error { return s.scenario("close-in-three", 9001, lab.Values{"quiet": 300}) },
	}
}

// say is a step that writes.
func say(c io.Writer, text string) func() error {
	return func() error { _, err := io.WriteString(c, text); return err }
}

// hear is a step that reads a text of that length, which must be it.
func hear(c io.Reader, text string) func() error {
	return func() error {
		got := make([]byte, len(text))
		if _, err := io.ReadFull(c, got); err != nil {
			return err
		}
		if string(got) != text {
			return fmt.Errorf("read %q, not %q", got, text)
		}
		return nil
	}
}

// inPortions is a step that reads as most programs do, through a buffer of 4 kB.
func inPortions(c io.Reader, n int) func() error {
	return func() error {
		for buffer := make([]byte, 4<<10); n > 0; {
			got, err := c.Read(buffer)
			if err != nil {
				return err
			}
			n -= got
		}
		return nil
	}
}

// sayInPortions is a step that writes as a program does that copies a file: 32 kB at a time.
func sayInPortions(c io.Writer, text string) func() error {
	return func() error {
		for portion := range slices.Chunk([]byte(text), 32<<10) {
			if _, err := c.Write(portion); err != nil {
				return err
			}
		}
		return nil
	}
}

// untilEnd is a step that reads until the other end has closed.
func untilEnd(c io.Reader) func() error {
	return func() error { _, err := io.Copy(io.Discard, c); return err }
}

func hello(s *stage) error {
	client, server, err := s.pair(42210, 7456, nil)
	if err != nil {
		return err
	}
	talk := []struct{ question, answer string }{
		{"Hola server, are you bored?", "Not at all, I am listening."},
		{"How many clients do you have?", "Only you."},
		{"Adios", "Bye!"},
	}
	return s.together(func() error {
		wait := 21 * ms
		for _, t := range talk {
			if err := inOrder(s.pause(wait), say(client, t.question), hear(client, t.answer)); err != nil {
				return err
			}
			wait = 400 * ms
		}
		return inOrder(s.pause(wait), client.Close)
	}, func() error {
		for _, t := range talk {
			if err := inOrder(hear(server, t.question), say(server, t.answer)); err != nil {
				return err
			}
		}
		return inOrder(untilEnd(server), server.Close)
	})
}

// spoken is what a client of the line chat types, and to whom the server passes it on, in this order.
type spoken struct {
	wait time.Duration
	who  int
	line string
	to   []int
	pass string
}

// lineChat plays a conversation of three. The server is played here too, so that it answers in the order of the script.
func lineChat(s *stage) error {
	l, err := s.listen(1234)
	if err != nil {
		return err
	}
	var clients, servers []*net.TCPConn
	join := func(port uint16) func() error {
		return func() error {
			c, err := s.dial(port, 1234, nil)
			if err != nil {
				return err
			}
			a, err := s.accept(l)
			clients, servers = append(clients, c), append(servers, a)
			return err
		}
	}
	prompt := func(i int) func() error {
		return func() error { return inOrder(say(servers[i], "name? "), hear(clients[i], "name? ")) }
	}
	if err := inOrder(join(54746), join(54750), prompt(1), prompt(0), join(54762), prompt(2)); err != nil {
		return err
	}
	for _, t := range []spoken{
		{80 * ms, 0, "anna\n", nil, ""},
		{300 * ms, 1, "bert\n", []int{0}, "* bert joined\r\n"},
		{300 * ms, 0, "hello everybody\n", []int{1}, "<anna> hello everybody\r\n"},
		{105 * ms, 2, "carl\n", []int{0, 1}, "* carl joined\r\n"},
		{196 * ms, 1, "hi anna\n", []int{0, 2}, "<bert> hi anna\r\n"},
		{300 * ms, 0, "who is there?\n", []int{2, 1}, "<anna> who is there?\r\n"},
		{105 * ms, 2, "hi all\n", []int{0, 1}, "<carl> hi all\r\n"},
		{196 * ms, 1, "bert here\n", []int{2, 0}, "<bert> bert here\r\n"},
		{300 * ms, 0, "\n", []int{1, 2}, "<anna> \r\n"},
		{105 * ms, 2, "I type slowly\n", []int{0, 1}, "<carl> I type slowly\r\n"},
		{200 * ms, 1, "see you\n", []int{0, 2}, "<bert> see you\r\n"},
		{352 * ms, 0, "/quit\n", []int{1, 2}, "* anna left\r\n"},
	} {
		if err := inOrder(s.pause(t.wait), t.play(clients, servers)); err != nil {
			return err
		}
	}
	leaves := func(i int) func() error {
		return func() error {
			return inOrder(say(servers[i], "bye\r\n"), servers[i].CloseWrite, hear(clients[i], "bye\r\n"), untilEnd(clients[i]))
		}
	}
	ends := func(i int) func() error {
		return func() error { return inOrder(clients[i].Close, untilEnd(servers[i]), servers[i].Close) }
	}
	return inOrder(leaves(0), s.pause(90*ms),
		spoken{0, 2, "bye\n", []int{1}, "<carl> bye\r\n"}.play(clients, servers), s.pause(218*ms),
		spoken{0, 1, "/quit\n", []int{2}, "* bert left\r\n"}.play(clients, servers), leaves(1), s.pause(1200*ms),
		ends(0), s.pause(330*ms),
		clients[2].CloseWrite, untilEnd(servers[2]), leaves(2), servers[2].Close, clients[2].Close, s.pause(9*ms),
		ends(1))
}

func (t spoken) play(clients, servers []*net.TCPConn) func() error {
	return func() error {
		if err := inOrder(say(clients[t.who], t.line), hear(servers[t.who], t.line)); err != nil {
			return err
		}
		for _, i := range t.to {
			if err := inOrder(say(servers[i], t.pass), hear(clients[i], t.pass)); err != nil {
				return err
			}
		}
		return nil
	}
}

// alphabet is what the larger transfers carry.
func alphabet(n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz012345"
	return strings.Repeat(letters, n/len(letters)+1)[:n]
}

func resetAfterWriting() take {
	return take{
		what: "the server writes 60,000 bytes and closes 50 ms later with SO_LINGER 0", net: inTurn("10.78.6"),
		play: func(s *stage) error {
			client, server, err := s.pair(0, 5002, nil)
			if err != nil {
				return err
			}
			return s.together(func() error {
				return inOrder(say(client, "GET it\n"), s.pause(11*ms), inPortions(client, 60000), func() error {
					if err := untilEnd(client)(); err == nil {
						return fmt.Errorf("the connection was closed, not reset")
					}
					return client.Close()
				})
			}, func() error {
				return inOrder(hear(server, "GET it\n"), say(server, alphabet(60000)), s.pause(50*ms), abort(server))
			})
		},
	}
}

// abort is a step that closes with a reset.
func abort(c *net.TCPConn) func() error {
	return func() error { return inOrder(func() error { return c.SetLinger(0) }, c.Close) }
}

func urgent(s *stage) error {
	client, server, err := s.pair(0, 5007, nil)
	if err != nil {
		return err
	}
	oob := func() error {
		raw, err := client.SyscallConn()
		if err != nil {
			return err
		}
		var sent error
		if err := raw.Write(func(fd uintptr) bool {
			sent = unix.Send(int(fd), []byte("!"), unix.MSG_OOB)
			return sent != unix.EAGAIN
		}); err != nil {
			return err
		}
		return sent
	}
	return inOrder(say(client, "abc"), oob, s.pause(200*ms), say(client, "def"), hear(server, "abcdef"), s.pause(300*ms), abort(server), client.Close)
}
