package lab

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// resets are the ways to meet an RST.
func resets() []*Scenario {
	return []*Scenario{
		{
			ID:      "refused",
			Title:   Text{"Refused: nobody listens on this port", "连接被拒绝：端口上没有程序监听"},
			Summary: Text{"The client knocks on a closed port and is answered with RST at once.", "客户端连接一个没有监听的端口，马上收到 RST。"},
			Params: []Param{
				count("tries", Text{"attempts", "尝试次数"}, 1, 20, 3),
				pause("pause", Text{"pause between attempts", "两次尝试的间隔"}, 0, 5*time.Second, 300*time.Millisecond),
			},
			Case:  "trouble-refused-or-silent",
			takes: func(v Values) time.Duration { return v.times("tries", "pause") },
			play:  refused,
		},
		{
			ID:      "reset",
			Title:   Text{"Hung up: close with SO_LINGER 0", "强行挂断：SO_LINGER 设为 0 再关闭"},
			Summary: Text{"One end throws the connection away in the middle, and the other reads “connection reset”.", "一端中途直接丢弃连接，另一端读到“连接被重置”。"},
			Params: []Param{
				oneOf("who", Text{"who resets", "谁发 RST"}, ends()...),
				size("size", Text{"bytes sent before", "之前发送的字节数"}, 1, 1<<20, 4<<10),
				pause("pause", Text{"pause before the reset", "重置之前的等待"}, 0, 10*time.Second, 300*time.Millisecond),
			},
			Case:  "closing-five-resets",
			takes: func(v Values) time.Duration { return v.duration("pause") },
			play:  reset,
		},
	}
}

func refused(b *bench) error {
	// The port was held so far only that nobody else takes it.
	if err := b.listener.Close(); err != nil {
		return err
	}
	for i := range b.number("tries") {
		if i > 0 {
			if err := b.pauseFor("pause"); err != nil {
				return err
			}
		}
		b.say(Client, Text{"tries to connect", "尝试连接"})
		_, err := b.dial(nil)
		switch {
		case err == nil:
			return &Failure{What: Text{"somebody else has opened this port meanwhile", "端口刚刚被别的程序占用了"}}
		case !isRefused(err):
			return err
		}
		b.say(Client, Text{"is told: %s", "得到结果：%s"}, reason(err))
	}
	return nil
}

// reason is what the system says, without the names of functions and addresses around it.
func reason(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// On Windows the same errors have numbers of their own.
const (
	wsaConnReset   = syscall.Errno(10054)
	wsaConnRefused = syscall.Errno(10061)
)

func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, wsaConnRefused)
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, wsaConnReset)
}

func reset(b *bench) error {
	client, server, err := b.pair(nil)
	if err != nil {
		return err
	}
	one, two, who, other := client, server, Client, Server
	if b.number("who") == int(Server) {
		one, two, who, other = server, client, Server, Client
	}
	data := pattern(b.number("size"))
	// What has not been read when the connection goes is thrown away; waiting for it keeps that out of this story.
	read := make(chan struct{})
	return b.together(func() error {
		b.say(who, Text{"sends %d bytes", "发送 %d 字节"}, len(data))
		if _, err := one.Write(data); err != nil {
			return err
		}
		select {
		case <-read:
		case <-b.ctx.Done():
			return b.ctx.Err()
		}
		if err := b.pauseFor("pause"); err != nil {
			return err
		}
		if err := one.SetLinger(0); err != nil {
			return err
		}
		b.say(who, Text{"closes with SO_LINGER 0: RST instead of FIN", "以 SO_LINGER 0 关闭：发 RST 而不是 FIN"})
		return one.Close()
	}, func() error {
		if _, err := io.ReadFull(two, make([]byte, len(data))); err != nil {
			return err
		}
		close(read)
		err := readEnd(two)
		if !isReset(err) {
			return fmt.Errorf("the end came as %v, not as a reset", err)
		}
		b.say(other, Text{"reads: %s", "读到：%s"}, reason(err))
		return two.Close()
	})
}

// pattern is text of a length, in lines that can be recognised in a dump.
func pattern(n int) []byte {
	const line = "The quick brown fox jumps over the lazy dog. 0123456789 abcdef\n"
	return []byte(strings.Repeat(line, n/len(line)+1)[:n])
}

// ignoreClosed drops the error of a connection that is closed on purpose.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
