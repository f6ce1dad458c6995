package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Place is where a scenario is played. The zero value is this machine's loopback interface.
type Place struct {
	// Client and Server are the addresses of the ends; invalid ones stand for 127.0.0.1.
	Client, Server netip.Addr
	// Port is the server's; 0 lets the system choose a free one.
	Port uint16
	// AtClient and AtServer call make where the sockets of that end are to be made, for instance on a thread in another
	// network namespace; nil calls it right away.
	AtClient, AtServer func(make func() error) error
}

// bench is what a scenario works with: its two ends, its values, and a voice.
type bench struct {
	place    Place
	values   Values
	listener *net.TCPListener
	port     uint16

	// Set by begin.
	ctx    context.Context
	cancel func()
	start  time.Time

	mu     sync.Mutex // guards what follows, and keeps steps apart
	tell   func(Step)
	open   map[io.Closer]bool
	closed bool
}

// newBench opens the server's port.
func newBench(ctx context.Context, p Place, v Values) (*bench, error) {
	local := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if !p.Client.IsValid() {
		p.Client = local
	}
	if !p.Server.IsValid() {
		p.Server = local
	}
	b := &bench{place: p, values: v, open: map[io.Closer]bool{}}
	// No probes but where a scenario asks for them: Go would send one after 15 s.
	config := net.ListenConfig{KeepAlive: -1}
	err := at(p.AtServer, func() error {
		l, err := config.Listen(ctx, "tcp", netip.AddrPortFrom(p.Server, p.Port).String())
		if err == nil {
			b.listener = l.(*net.TCPListener)
		}
		return err
	})
	if err != nil {
		return nil, &Failure{What: Text{"the server's port could not be opened", "无法打开服务器端口"}, Err: err}
	}
	b.port = b.listener.Addr().(*net.TCPAddr).AddrPort().Port()
	b.open[b.listener] = true
	return b, nil
}

func at(where func(func() error) error, f func() error) error {
	if where == nil {
		return f()
	}
	return where(f)
}

func (b *bench) begin(ctx context.Context, cancel func(), tell func(Step)) {
	b.ctx, b.cancel, b.start, b.tell = ctx, cancel, time.Now(), tell
}

// keep remembers what has to be closed at the end, or closes it if the end has come.
func (b *bench) keep(c io.Closer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errors.Join(net.ErrClosed, c.Close())
	}
	b.open[c] = true
	return nil
}

func (b *bench) closeAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for c := range b.open {
		_ = c.Close() // most are closed already
	}
	clear(b.open)
}

// say reports a step of an end; both texts take the same arguments.
func (b *bench) say(who End, format Text, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell(Step{
		At: time.Since(b.start), Who: who,
		Text: Text{fmt.Sprintf(format[0], args...), fmt.Sprintf(format[1], args...)},
	})
}

// address is what the client connects to.
func (b *bench) address() string { return netip.AddrPortFrom(b.place.Server, b.port).String() }

// host is the address with a name for a URL.
func (b *bench) url(path string) string { return "http://" + b.address() + path }

// dial connects the client. control may set options before the handshake.
func (b *bench) dial(control controlFunc) (*net.TCPConn, error) {
	d := net.Dialer{
		KeepAlive: -1, Control: control,
		LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(b.place.Client, 0)),
	}
	var conn net.Conn
	err := at(b.place.AtClient, func() (err error) {
		conn, err = d.DialContext(b.ctx, "tcp", b.address())
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := b.keep(conn); err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// connect dials and says so.
func (b *bench) connect(control controlFunc) (*net.TCPConn, error) {
	c, err := b.dial(control)
	if err == nil {
		_, port, _ := net.SplitHostPort(c.LocalAddr().String())
		b.say(Client, Text{"connects from port %s", "从端口 %s 发起连接"}, port)
	}
	return c, err
}

// accept takes the next connection at the server.
func (b *bench) accept() (*net.TCPConn, error) {
	c, err := b.listener.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return c, b.keep(c)
}

// wait pauses; it fails when the scenario has to end.
func (b *bench) wait(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
}

// pauseFor waits as long as a parameter says.
func (b *bench) pauseFor(name string) error { return b.wait(b.values.duration(name)) }

func (b *bench) number(name string) int { return int(b.values[name]) }

func (b *bench) on(name string) bool { return b.values[name] == 1 }

// together runs functions at the same time; the first that fails ends the scenario.
func (b *bench) together(fs ...func() error) error { return Together(b.cancel, fs...) }

// Together runs functions at the same time and waits for all. The first that fails has cancel called, which is to end the others,
// and its error counts.
func Together(cancel func(), fs ...func() error) error {
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	for _, f := range fs {
		wg.Go(func() {
			if err := f(); err != nil {
				once.Do(func() { first = err })
				cancel()
			}
		})
	}
	wg.Wait()
	return first
}

// send says what it writes. Steps come before what they tell, so that nobody reads of an answer first.
func (b *bench) send(who End, w io.Writer, text string) error {
	b.say(who, Text{"sends %s", "发送 %s"}, strconv.Quote(text))
	_, err := io.WriteString(w, text)
	return err
}

// readEnd reads until the other end has closed its side.
func readEnd(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
