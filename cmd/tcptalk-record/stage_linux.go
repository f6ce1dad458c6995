package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tcptalk/internal/lab"
	"tcptalk/internal/lab/link"
	"tcptalk/internal/lab/space"
)

// end says at which end of a connection something is.
type end uint8

const (
	atServer end = iota
	atClient
)

// network is what a take is played in: two machines, joined by a cable or by a link with faults, or one with itself.
type network struct {
	// subnet is the first three numbers of the addresses; the client is .1, the server .2. Empty: one machine, on loopback.
	subnet string
	// up and down, if one is set, put a link with these faults in place of the cable: from the client, and to it.
	up, down *link.Way
	// at is the end where packets are recorded.
	at end
	// on names the server's interfaces that are recorded; eth0 if empty.
	on []string
	// ipv6 gives the ends fd77::1 and fd77::2 too.
	ipv6 bool
	// offloads lets the ends hand over large segments, as their cards would cut them.
	offloads bool
	// pace is how fast the server sends, in bits per second: one frame at a time, so that an acknowledgment finds its place
	// behind what it answers. 0 is as fast as it can.
	pace uint64
	// plug changes how the ends are joined; nil joins them directly.
	plug func(*stage) error
	// sysctls are set at both ends, name and value.
	sysctls [][2]string
}

// stage is a network with what has been opened in it.
type stage struct {
	ctx                context.Context
	cancel             func()
	net                network
	client, server     *space.Space
	middle             []*space.Space
	clientIP, serverIP netip.Addr
	link               *link.Link

	mu      sync.Mutex
	open    []io.Closer
	folders []string // for the time of the take
	closed  bool
	stop    func() bool
}

// build makes the network. The caller closes the stage.
func (n network) build(ctx context.Context) (s *stage, err error) {
	s = &stage{ctx: ctx, net: n}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
			s = nil
		}
	}()
	if s.client, err = space.New(); err != nil {
		return s, err
	}
	if n.subnet == "" {
		s.server = s.client
		s.clientIP = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		s.serverIP = s.clientIP
	} else {
		if s.server, err = space.New(); err != nil {
			return s, err
		}
		s.clientIP, s.serverIP = netip.MustParseAddr(n.subnet+".1"), netip.MustParseAddr(n.subnet+".2")
		if err = s.join(); err != nil {
			return s, err
		}
	}
	for _, set := range n.sysctls {
		for _, m := range []*space.Space{s.client, s.server} {
			if err = m.Sysctl(set[0], set[1]); err != nil {
				return s, err
			}
		}
	}
	s.stop = context.AfterFunc(ctx, s.closeOpen)
	return s, nil
}

// Hardware addresses of the ends; the second bit says that they are local.
var (
	clientMAC = net.HardwareAddr{0x02, 0, 0, 0, 0, 0x01}
	serverMAC = net.HardwareAddr{0x02, 0, 0, 0, 0, 0x02}
)

// join connects client and server.
func (s *stage) join() error {
	if s.net.plug != nil {
		return s.net.plug(s)
	}
	for _, m := range []*space.Space{s.client, s.server} {
		off := "1"
		if s.net.ipv6 {
			off = "0"
		}
		if err := m.Sysctl("net.ipv6.conf.default.disable_ipv6", off); err != nil {
			return err
		}
	}
	client := space.Plug{Name: "eth0", Address: netip.PrefixFrom(s.clientIP, 24), MAC: clientMAC, Offloads: s.net.offloads}
	server := space.Plug{Name: "eth0", Address: netip.PrefixFrom(s.serverIP, 24), MAC: serverMAC, Offloads: s.net.offloads}
	if err := s.cable(client, server); err != nil {
		return err
	}
	if s.net.ipv6 {
		err := errors.Join(s.client.AddAddress("eth0", netip.MustParsePrefix("fd77::1/64")), s.server.AddAddress("eth0", netip.MustParsePrefix("fd77::2/64")))
		if err != nil {
			return err
		}
	}
	if s.net.pace > 0 {
		if err := s.server.Pace("eth0", s.net.pace); err != nil {
			return err
		}
	}
	return errors.Join(s.client.Neighbour("eth0", s.serverIP, serverMAC), s.server.Neighbour("eth0", s.clientIP, clientMAC))
}

// cable joins the ends by a veth pair, or by a link if there are faults.
func (s *stage) cable(client, server space.Plug) error {
	if s.net.up == nil && s.net.down == nil {
		return space.Join(s.client, s.server, client, server)
	}
	a, err := s.client.Port(client)
	if err != nil {
		return err
	}
	b, err := s.server.Port(server)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	var up, down link.Way
	if s.net.up != nil {
		up = *s.net.up
	}
	if s.net.down != nil {
		down = *s.net.down
	}
	s.link = link.Carry(a, b, up, down)
	return nil
}

// record begins to record where the network says.
func (s *stage) record(helper string) (*space.Recording, error) {
	at, names := s.server, []string{"eth0"}
	switch {
	case s.net.subnet == "":
		names = []string{"lo"}
	case s.net.at == atClient:
		at = s.client
	case len(s.net.on) > 0:
		names = s.net.on
	}
	return at.Record(s.ctx, helper, names...)
}

// note says what the link did, for the file.
func (s *stage) note() string {
	if s.link == nil {
		return ""
	}
	up, down := s.link.Counts()
	return fmt.Sprintf("[link: from the client %+v, to the client %+v]", up, down)
}

// keep closes something when the take is over or interrupted.
func (s *stage) keep(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = c.Close() // the take is over
		return
	}
	s.open = append(s.open, c)
}

func (s *stage) closeOpen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, c := range s.open {
		_ = c.Close() // most are closed already
	}
	s.open = nil
}

// close ends everything; the namespaces end their programs.
func (s *stage) close() error {
	if s.stop != nil {
		s.stop()
	}
	s.closeOpen()
	var err error
	if s.link != nil {
		err = s.link.Close()
	}
	for _, m := range append([]*space.Space{s.client, s.server}, s.middle...) {
		if m != nil {
			m.Close()
		}
	}
	return errors.Join(err, s.removeFolders())
}

// listen opens a port of the server.
func (s *stage) listen(port uint16) (*net.TCPListener, error) {
	return s.listenAt(s.server, netip.AddrPortFrom(s.serverIP, port))
}

// listenAt opens a port of a machine.
func (s *stage) listenAt(m *space.Space, at netip.AddrPort) (*net.TCPListener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	var l net.Listener
	err := m.Do(func() (err error) {
		l, err = config.Listen(s.ctx, "tcp", at.String())
		return err
	})
	if err != nil {
		return nil, err
	}
	s.keep(l)
	return l.(*net.TCPListener), nil
}

// control sets options of a socket before it connects.
type control = func(network, address string, c syscall.RawConn) error

// dial connects the client. from is the client's port, 0 for any.
func (s *stage) dial(from, to uint16, before control) (*net.TCPConn, error) {
	d := net.Dialer{KeepAlive: -1, Control: before}
	d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(s.clientIP, from))
	var c net.Conn
	err := s.client.Do(func() (err error) {
		c, err = d.DialContext(s.ctx, "tcp", netip.AddrPortFrom(s.serverIP, to).String())
		return err
	})
	if err != nil {
		return nil, err
	}
	s.keep(c)
	return c.(*net.TCPConn), nil
}

// accept takes a connection at the server.
func (s *stage) accept(l *net.TCPListener) (*net.TCPConn, error) {
	c, err := l.AcceptTCP()
	if err == nil {
		s.keep(c)
	}
	return c, err
}

// pair opens a port, connects and returns both ends. The port is closed again: what follows belongs to this connection.
func (s *stage) pair(from, to uint16, before control) (client, server *net.TCPConn, err error) {
	l, err := s.listen(to)
	if err != nil {
		return nil, nil, err
	}
	if client, err = s.dial(from, to, before); err != nil {
		return nil, nil, err
	}
	server, err = s.accept(l)
	return client, server, errors.Join(err, l.Close())
}

// sleep waits, or fails when the take is interrupted.
func (s *stage) sleep(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// untilStates waits until the server's ends of the client's connections with a port are in states as they are to be.
func (s *stage) untilStates(port uint16, as func(states []uint8) bool) error {
	for {
		var states []uint8
		err := s.server.Do(func() error {
			all, err := netlink.SocketDiagTCP(unix.AF_INET)
			for _, c := range all {
				if c.ID.SourcePort == port && c.ID.Destination.Equal(s.clientIP.AsSlice()) {
					states = append(states, c.State)
				}
			}
			return err
		})
		if err != nil || as(states) {
			return err
		}
		if err := s.sleep(ms); err != nil {
			return err
		}
	}
}

// together runs functions at the same time; the first that fails ends the take.
func (s *stage) together(fs ...func() error) error { return lab.Together(s.cancel, fs...) }

// inOrder runs steps until one fails.
func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// pause is a step that waits.
func (s *stage) pause(d time.Duration) func() error {
	return func() error { return s.sleep(d) }
}

// nft loads rules at the server.
func (s *stage) nft(rules string) error { return s.nftAt(s.server, rules) }

func (s *stage) nftAt(m *space.Space, rules string) error {
	var out strings.Builder
	cmd := exec.CommandContext(s.ctx, "nft", "-f", "-")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(rules), &out, &out
	err := m.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("nft: %w: %s", err, out.String())
	}
	return nil
}

// scenario plays one of the laboratory on a port.
func (s *stage) scenario(id string, port uint16, values lab.Values) error {
	sc, ok := lab.Find(id)
	if !ok {
		return fmt.Errorf("the laboratory has no scenario %s", id)
	}
	run, err := sc.Prepare(s.ctx, lab.Place{
		Client: s.clientIP, Server: s.serverIP, Port: port, AtClient: s.client.Do, AtServer: s.server.Do,
	}, values)
	if err != nil {
		return err
	}
	return run.Play(s.ctx, func(lab.Step) {})
}
