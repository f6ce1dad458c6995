package main

import (
	"errors"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"

	"tcptalk/internal/lab/space"
)

// pathMTU is about a router that has to send through a smaller link than the one it receives from.
func pathMTU() recipe {
	return recipe{id: "trouble-path-mtu", takes: []take{
		{
			what: "a router and a link of MTU 1300 on the way; the first 40 packets", keep: 40, drop: isARP,
			net:  network{subnet: "10.79.1", plug: throughRouter},
			play: func(s *stage) error { return s.download(5001, 80_000, nil) },
		},
		{
			what: "the same, the router drops ICMP, and the server has tcp_mtu_probing=1; the first 37 packets", keep: 37, drop: isARP,
			net:  network{subnet: "10.79.1", plug: throughSilentRouter, sysctls: [][2]string{{"net.ipv4.tcp_mtu_probing", "1"}}},
			play: func(s *stage) error { return s.downloadLater(5002, 80_000, 15_928) },
		},
	}}
}

// downloadLater is a download whose client begins to read when so many bytes are there, all that was on the way when the smaller
// size was found out. Its window does not change with every segment that fills the hole.
func (s *stage) downloadLater(port uint16, total, unread int) error {
	client, server, err := s.pair(0, port, nil)
	if err != nil {
		return err
	}
	return s.together(func() error {
		return inOrder(func() error { return s.untilThere(client, unread) }, hear(client, alphabet(total)), untilEnd(client), client.Close)
	}, func() error {
		return inOrder(sayInPortions(server, alphabet(total)), server.CloseWrite, untilEnd(server), server.Close)
	})
}

// untilThere waits until so many bytes can be read from a connection.
func (s *stage) untilThere(c *net.TCPConn, bytes int) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	for {
		var there int
		var asking error
		err := raw.Control(func(fd uintptr) { there, asking = unix.IoctlGetInt(int(fd), unix.SIOCINQ) })
		if err = errors.Join(err, asking); err != nil || there >= bytes {
			return err
		}
		if err := s.sleep(ms); err != nil {
			return err
		}
	}
}

func isARP(frame []byte) bool { return len(frame) > 14 && frame[12] == 0x08 && frame[13] == 0x06 }

// throughRouter puts a router between the ends. Its link to the client takes 1300 bytes, which the client does not know.
func throughRouter(s *stage) error {
	router, err := space.New()
	if err != nil {
		return err
	}
	s.middle = append(s.middle, router)
	for _, m := range []*space.Space{s.client, router, s.server} {
		if err := m.Sysctl("net.ipv6.conf.default.disable_ipv6", "1"); err != nil {
			return err
		}
	}
	if err := router.Sysctl("net.ipv4.ip_forward", "1"); err != nil {
		return err
	}
	s.serverIP = netip.MustParseAddr("10.79.3.2")
	near, far := netip.MustParsePrefix("10.79.1.2/24"), netip.MustParsePrefix("10.79.3.1/24")
	routerMAC := net.HardwareAddr{0x02, 0, 0, 0, 0, 0x03}
	return errors.Join(
		space.Join(s.client, router, space.Plug{Name: "eth0", Address: netip.PrefixFrom(s.clientIP, 24), MAC: clientMAC}, space.Plug{Name: "eth0", Address: near}),
		space.Join(router, s.server, space.Plug{Name: "eth1", Address: far, MAC: routerMAC}, space.Plug{Name: "eth0", Address: netip.PrefixFrom(s.serverIP, 24), MAC: serverMAC}),
		router.SetMTU("eth0", 1300), s.client.Route(near.Addr()), s.server.Route(far.Addr()))
}

func throughSilentRouter(s *stage) error {
	if err := throughRouter(s); err != nil {
		return err
	}
	// The server has to ask for the router's address before it answers the SYN, for the router has not asked for the server's: the
	// handshake takes longer than the segments behind each other do that fill the hole, which Wireshark compares.
	if err := s.middle[0].Neighbour("eth1", s.serverIP, serverMAC); err != nil {
		return err
	}
	return s.nftAt(s.middle[0], "table inet t {\n\tchain o {\n\t\ttype filter hook output priority 0;\n\t\tmeta l4proto icmp drop\n\t}\n}\n")
}
