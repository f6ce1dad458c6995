package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"

	"tcptalk/internal/lab/space"
)

// Where machines of one network find each other without asking a server.
var (
	groupMDNS = netip.MustParseAddrPort("224.0.0.251:5353")
	groupSSDP = netip.MustParseAddrPort("239.255.255.250:1900")
)

// The machines of the network; client and server are those of the chat.
const (
	routerAt = iota + 1 // in stage.middle, behind the switch
	televisionAt
)

var (
	routerIP     = netip.MustParseAddr("192.168.77.1")
	televisionIP = netip.MustParseAddr("192.168.77.30")
)

// fourMachines joins client and server with a router and a television by a switch.
func fourMachines(s *stage) error {
	s.clientIP, s.serverIP = netip.MustParseAddr("192.168.77.10"), netip.MustParseAddr("192.168.77.20")
	for range 3 {
		m, err := space.New()
		if err != nil {
			return err
		}
		s.middle = append(s.middle, m)
	}
	var ports []string
	for _, m := range []struct {
		space *space.Space
		ip    netip.Addr
	}{{s.client, s.clientIP}, {s.server, s.serverIP}, {s.middle[routerAt], routerIP}, {s.middle[televisionAt], televisionIP}} {
		if err := m.space.Sysctl("net.ipv6.conf.default.disable_ipv6", "1"); err != nil {
			return err
		}
		last := m.ip.As4()[3]
		port := fmt.Sprintf("port%d", last)
		// The hardware address ends as the IP address does, in decimal digits.
		mac := net.HardwareAddr{0x02, 0, 0, 0, 0, last/10<<4 | last%10}
		if err := space.Join(m.space, s.middle[0], space.Plug{Name: "eth0", Address: netip.PrefixFrom(m.ip, 24), MAC: mac}, space.Plug{Name: port}); err != nil {
			return err
		}
		ports = append(ports, port)
		gateway := routerIP
		if m.ip == routerIP {
			gateway = s.clientIP
		}
		// Multicast needs a route like everything else.
		if err := m.space.Route(gateway); err != nil {
			return err
		}
	}
	return s.middle[0].Switch(ports...)
}

// isIGMP is how a machine says which groups it listens to.
func isIGMP(frame []byte) bool {
	return len(frame) > 23 && frame[12] == 0x08 && frame[13] == 0 && frame[23] == 2
}

// whoElseTalks is a chat over TCP, and around it what else machines say to each other: ARP, DNS, ping, mDNS, SSDP and an
// ICMP error. The kernels say ARP and ICMP by themselves.
func whoElseTalks(s *stage) error {
	names, err := s.udp(s.middle[routerAt], netip.AddrPortFrom(routerIP, 53))
	if err != nil {
		return err
	}
	mdns, err := s.group(groupMDNS)
	if err != nil {
		return err
	}
	ssdp, err := s.group(groupSSDP)
	if err != nil {
		return err
	}
	l, err := s.listen(1234)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := s.asks(names, "pal.home.arpa.")(); err != nil {
		return err
	}
	client, err := s.dial(49152, 1234, nil)
	if err != nil {
		return err
	}
	server, err := s.accept(l)
	if err != nil {
		return err
	}
	chat := func(line, answer string) func() error {
		return func() error {
			return inOrder(say(client, line), hear(server, line), s.pause(350*ms), say(server, answer), hear(client, answer))
		}
	}
	at := func(d time.Duration, step func() error) func() error {
		return func() error { return inOrder(s.until(begin, d), step) }
	}
	return s.together(func() error {
		return inOrder(chat("hi, are you there?\n", "yes, just a minute\n"),
			at(965*ms, s.ping(1)), at(1383*ms, s.ping(2)),
			at(1787*ms, chat("what is on tonight?\n", "the match, at eight\n")),
			func() error { return s.asksMDNS(mdns) }, at(3143*ms, func() error { return s.searchesSSDP(ssdp) }),
			at(3780*ms, s.knocks), at(4980*ms, chat("see you then\n", "bye\n")),
			s.pause(300*ms), client.CloseWrite, untilEnd(server), server.Close, untilEnd(client), client.Close)
	}, at(130*ms, func() error { return s.says(mdns, announcement()) }), at(1919*ms, send(ssdp, groupSSDP, []byte(notify))))
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

// group opens a port of a multicast group at the television.
func (s *stage) group(at netip.AddrPort) (*net.UDPConn, error) {
	var c *net.UDPConn
	err := s.middle[televisionAt].Do(func() error {
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

// asks is a step: a DNS question of the client's and the router's answer.
func (s *stage) asks(router *net.UDPConn, name string) func() error {
	return func() error {
		client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, 0))
		if err != nil {
			return err
		}
		question := new(dns.Msg)
		question.SetQuestion(name, dns.TypeA)
		data, err := question.Pack()
		if err == nil {
			err = send(client, netip.AddrPortFrom(routerIP, 53), data)()
		}
		if err != nil {
			return err
		}
		return errors.Join(inOrder(func() error { return s.answers(router) }, received(client)), client.Close())
	}
}

// answers takes one question for an address and answers with the server's.
func (s *stage) answers(router *net.UDPConn) error {
	buffer := make([]byte, 1500)
	n, from, err := router.ReadFromUDPAddrPort(buffer)
	if err != nil {
		return err
	}
	question, answer := new(dns.Msg), new(dns.Msg)
	if err := question.Unpack(buffer[:n]); err != nil {
		return err
	}
	answer.SetReply(question)
	answer.Authoritative, answer.RecursionAvailable, answer.Compress = true, true, true
	answer.Answer = []dns.RR{&dns.A{Hdr: header(question.Question[0].Name, dns.TypeA, 0), A: s.serverIP.AsSlice()}}
	data, err := answer.Pack()
	if err != nil {
		return err
	}
	return send(router, from, data)()
}

func header(name string, kind uint16, ttl uint32) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: ttl}
}

// received is a step that waits for a datagram.
func received(c *net.UDPConn) func() error {
	return func() error { _, _, err := c.ReadFromUDPAddrPort(make([]byte, 1500)); return err }
}

// What the television is called, and what it offers.
const (
	service    = "_googlecast._tcp.local."
	instance   = "television." + service
	television = "television.local."
)

// records are what the television says of itself by mDNS.
func records() (pointer, text, place, address dns.RR) {
	const cacheFlush = 1 << 15 // RFC 6762 §10.2
	own := func(name string, kind uint16, ttl uint32) dns.RR_Header {
		h := header(name, kind, ttl)
		h.Class |= cacheFlush
		return h
	}
	return &dns.PTR{Hdr: header(service, dns.TypePTR, 4500), Ptr: instance},
		&dns.TXT{Hdr: own(instance, dns.TypeTXT, 4500), Txt: []string{"fn=Living room"}},
		&dns.SRV{Hdr: own(instance, dns.TypeSRV, 120), Port: 8009, Target: television},
		&dns.A{Hdr: own(television, dns.TypeA, 120), A: televisionIP.AsSlice()}
}

// announcement is what it says without being asked.
func announcement() []dns.RR {
	pointer, text, place, address := records()
	return []dns.RR{text, pointer, place, address, &dns.PTR{Hdr: header("_services._dns-sd._udp.local.", dns.TypePTR, 4500), Ptr: service}}
}

// says sends records to everybody.
func (s *stage) says(c *net.UDPConn, answer []dns.RR) error {
	m := &dns.Msg{Answer: answer, Compress: true}
	m.Response, m.Authoritative = true, true
	data, err := m.Pack()
	if err != nil {
		return err
	}
	return send(c, groupMDNS, data)()
}

// asksMDNS asks everybody who is a television, and the one that is says so.
func (s *stage) asksMDNS(mdns *net.UDPConn) error {
	client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, groupMDNS.Port()))
	if err != nil {
		return err
	}
	question := new(dns.Msg)
	question.SetQuestion(service, dns.TypePTR)
	question.Id, question.RecursionDesired = 0, false // RFC 6762 §18
	data, err := question.Pack()
	if err != nil {
		return err
	}
	pointer, text, place, address := records()
	return inOrder(send(client, groupMDNS, data), s.pause(105*ms), func() error { return s.says(mdns, []dns.RR{pointer, text, place, address}) })
}

// What the television says by SSDP: that it is there, and, if asked, where.
const (
	renderer = "urn:schemas-upnp-org:device:MediaRenderer:1"
	ofItself = "SERVER: Linux/6.18 UPnP/1.1 television/1.0\r\n"
	where    = "LOCATION: http://192.168.77.30:8008/description.xml\r\n"
	unique   = "USN: uuid:5f9c1a2e-7f30-4a1b-9a57-0b1c2d3e4f50::" + renderer + "\r\n\r\n"
	notify   = "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n" + where +
		"NT: " + renderer + "\r\nNTS: ssdp:alive\r\n" + ofItself + unique
	search = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: " + renderer + "\r\n\r\n"
	found  = "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\n" + where + ofItself + "ST: " + renderer + "\r\n" + unique
)

// searchesSSDP looks for devices that play films.
func (s *stage) searchesSSDP(ssdp *net.UDPConn) error {
	client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, 0))
	if err != nil {
		return err
	}
	return inOrder(send(client, groupSSDP, []byte(search)), s.pause(136*ms),
		send(ssdp, client.LocalAddr().(*net.UDPAddr).AddrPort(), []byte(found)), received(client))
}

// knocks sends a datagram to a port that nobody listens on; the kernel answers with ICMP.
func (s *stage) knocks() error {
	client, err := s.udp(s.client, netip.AddrPortFrom(s.clientIP, 0))
	if err != nil {
		return err
	}
	const coap = 5683
	return inOrder(send(client, netip.AddrPortFrom(s.serverIP, coap), []byte("@\x01\x00\x07")), s.pause(10*ms), client.Close)
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
		// Type 8, code 0, checksum, identifier, number (RFC 792), and 56 bytes of data: 0, 1, 2, ...
		request := []byte{8, 0, 0, 0, 0x1d, 0x20, 0, 0}
		binary.BigEndian.PutUint16(request[6:], number)
		for i := range byte(56) {
			request = append(request, i)
		}
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
