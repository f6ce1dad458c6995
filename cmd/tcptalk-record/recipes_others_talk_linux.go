package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/miekg/dns"

	"tcptalk/internal/lab/space"
)

// Where machines of one network find each other without asking a server.
var (
	groupMDNS = netip.MustParseAddrPort("224.0.0.251:5353")
	groupSSDP = netip.MustParseAddrPort("239.255.255.250:1900")
)

// whoElseTalks is a chat over TCP, and around it what else machines say to each other: ARP, DNS, ping, IGMP, mDNS, SSDP and
// an ICMP error. The kernels say ARP, ICMP and IGMP by themselves.
func whoElseTalks(s *stage) error {
	for _, m := range []*space.Space{s.client, s.server} {
		// Multicast needs a route like everything else.
		other := s.serverIP
		if m == s.server {
			other = s.clientIP
		}
		if err := m.Route(other); err != nil {
			return err
		}
	}
	names, err := s.udp(s.server, netip.AddrPortFrom(s.serverIP, 53))
	if err != nil {
		return err
	}
	l, err := s.listen(1234)
	if err != nil {
		return err
	}
	if err := inOrder(s.asks(names, "chat.example.net", dns.TypeA), s.pause(10*ms)); err != nil {
		return err
	}
	client, err := s.dial(0, 1234, nil)
	if err != nil {
		return err
	}
	server, err := s.accept(l)
	if err != nil {
		return err
	}
	chat := func(line, answer string) func() error {
		return func() error {
			return inOrder(say(client, line), hear(server, line), say(server, answer), hear(client, answer))
		}
	}
	return inOrder(
		chat("hello\n", "hello, who are you?\n"), s.pause(200*ms),
		s.ping(1), s.pause(200*ms), s.ping(2), s.pause(150*ms),
		s.asksMDNS, s.pause(150*ms),
		chat("only a laptop\n", "welcome\n"), s.pause(150*ms),
		s.searchesSSDP, s.pause(150*ms),
		s.asks(names, "nosuch.example.net", dns.TypeA), s.pause(100*ms),
		s.knocks, s.pause(150*ms),
		chat("bye\n", "bye\n"), client.CloseWrite, untilEnd(server), server.Close, untilEnd(client), client.Close)
}

// udp opens a UDP port.
func (s *stage) udp(m *space.Space, at netip.AddrPort) (*net.UDPConn, error) {
	var c *net.UDPConn
	err := m.Do(func() (err error) {
		c, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
		return err
	})
	if err == nil {
		s.keep(c)
	}
	return c, err
}

// group opens a port of a multicast group at the server.
func (s *stage) group(at netip.AddrPort) (*net.UDPConn, error) {
	var c *net.UDPConn
	err := s.server.Do(func() error {
		eth0, err := net.InterfaceByName("eth0")
		if err == nil {
			c, err = net.ListenMulticastUDP("udp4", eth0, net.UDPAddrFromAddrPort(at))
		}
		return err
	})
	if err == nil {
		s.keep(c)
	}
	return c, err
}

// send is a step that sends a datagram.
func send(c *net.UDPConn, to netip.AddrPort, data []byte) func() error {
	return func() error { _, err := c.WriteToUDPAddrPort(data, to); return err }
}

// asks is a step: a DNS question of the client's and the server's answer. One name is known.
func (s *stage) asks(server *net.UDPConn, name string, kind uint16) func() error {
	return func() error {
		client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, 0))
		if err != nil {
			return err
		}
		question := new(dns.Msg)
		question.SetQuestion(dns.Fqdn(name), kind)
		data, err := question.Pack()
		if err == nil {
			err = send(client, netip.AddrPortFrom(s.serverIP, 53), data)()
		}
		if err != nil {
			return err
		}
		return errors.Join(inOrder(s.answers(server, "chat.example.net."), received(client)), client.Close())
	}
}

// answers is a step: it takes one question and answers it.
func (s *stage) answers(server *net.UDPConn, known string) func() error {
	return func() error {
		buffer := make([]byte, 1500)
		n, from, err := server.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return err
		}
		question, answer := new(dns.Msg), new(dns.Msg)
		if err := question.Unpack(buffer[:n]); err != nil {
			return err
		}
		answer.SetReply(question)
		answer.RecursionAvailable = true
		if question.Question[0].Name == known {
			answer.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: known, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 300}, A: s.serverIP.AsSlice(),
			}}
		} else {
			answer.Rcode = dns.RcodeNameError
		}
		data, err := answer.Pack()
		if err != nil {
			return err
		}
		return send(server, from, data)()
	}
}

// received is a step that waits for a datagram.
func received(c *net.UDPConn) func() error {
	return func() error { _, _, err := c.ReadFromUDPAddrPort(make([]byte, 1500)); return err }
}

// asksMDNS asks everybody who is a web server, and the server says that it is one.
func (s *stage) asksMDNS() error {
	const service, instance, host = "_http._tcp.local.", "Living room._http._tcp.local.", "livingroom.local."
	server, err := s.group(groupMDNS)
	if err != nil {
		return err
	}
	client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, groupMDNS.Port()))
	if err != nil {
		return err
	}
	question := new(dns.Msg)
	question.SetQuestion(service, dns.TypePTR)
	question.Id, question.RecursionDesired = 0, false // RFC 6762 §18
	header := func(name string, kind uint16, ttl uint32) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: ttl}
	}
	answer := new(dns.Msg)
	answer.Response, answer.Authoritative = true, true
	answer.Answer = []dns.RR{&dns.PTR{Hdr: header(service, dns.TypePTR, 4500), Ptr: instance}}
	answer.Extra = []dns.RR{
		&dns.SRV{Hdr: header(instance, dns.TypeSRV, 120), Port: 80, Target: host},
		&dns.A{Hdr: header(host, dns.TypeA, 120), A: s.serverIP.AsSlice()},
	}
	asked, err := question.Pack()
	if err != nil {
		return err
	}
	said, err := answer.Pack()
	if err != nil {
		return err
	}
	return inOrder(s.pause(50*ms), send(client, groupMDNS, asked), received(server), s.pause(40*ms), send(server, groupMDNS, said))
}

// searchesSSDP looks for devices of UPnP, of which the server has one.
func (s *stage) searchesSSDP() error {
	server, err := s.group(groupSSDP)
	if err != nil {
		return err
	}
	client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, 0))
	if err != nil {
		return err
	}
	const search = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n"
	found := fmt.Sprintf("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://%s/device.xml\r\n"+
		"SERVER: Linux UPnP/1.1 livingroom/1.0\r\nST: upnp:rootdevice\r\nUSN: uuid:00000000-0000-0000-0000-000000007456::upnp:rootdevice\r\n\r\n", s.serverIP)
	return inOrder(s.pause(50*ms), send(client, groupSSDP, []byte(search)), received(server), s.pause(40*ms),
		send(server, client.LocalAddr().(*net.UDPAddr).AddrPort(), []byte(found)), received(client))
}

// knocks sends a datagram to a port that nobody listens on; the kernel answers with ICMP.
func (s *stage) knocks() error {
	client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, 0))
	if err != nil {
		return err
	}
	return inOrder(send(client, netip.AddrPortFrom(s.serverIP, 9), []byte("anybody there?\n")), s.pause(10*ms), client.Close)
}

// ping is a step: an ICMP echo request and its reply.
func (s *stage) ping(number uint16) func() error {
	return func() error {
		var c net.PacketConn
		err := s.client.Do(func() (err error) {
			c, err = net.ListenPacket("ip4:icmp", s.clientIP.String())
			return err
		})
		if err != nil {
			return err
		}
		s.keep(c)
		// Type 8, code 0, checksum, identifier, number (RFC 792), and data that tells itself.
		request := []byte{8, 0, 0, 0, 0x1d, 0x20, 0, 0}
		binary.BigEndian.PutUint16(request[6:], number)
		request = append(request, "are you there, and how far away?"...)
		binary.BigEndian.PutUint16(request[2:], onesComplement(request))
		if _, err := c.WriteTo(request, &net.IPAddr{IP: s.serverIP.AsSlice()}); err != nil {
			return err
		}
		_, _, err = c.ReadFrom(make([]byte, 1500))
		return errors.Join(err, c.Close())
	}
}

// onesComplement is the Internet checksum (RFC 1071) of an even number of bytes.
func onesComplement(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}
