package all

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/datagram"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
)

// DatagramProtocol names what a datagram between two UDP ports speaks, "" if that is not known.
func DatagramProtocol(src, dst uint16, b []byte) string {
	if name := dns.Recognise(src, dst, b); name != "" {
		return name
	}
	return datagram.Recognise(src, dst, b)
}

// DatagramProtocols returns the names of the protocols that Datagram decodes, sorted.
func DatagramProtocols() []string {
	return []string{dns.Name, dns.LLMNR, dns.MDNS, dns.NBNS, datagram.SSDP}
}

// Datagram decodes a datagram of a protocol that DatagramProtocol named. False if it says no more than its name.
func Datagram(protocol string, b []byte) (proto.Message, bool) {
	m := proto.Message{Protocol: protocol, End: int64(len(b)), Complete: true}
	switch protocol {
	case dns.Name, dns.MDNS, dns.LLMNR, dns.NBNS:
		d, ok := dns.Parse(b, protocol)
		m.Detail = d
		return m, ok
	case datagram.SSDP:
		h := httpHead(b)
		m.Detail = h
		return m, h != nil
	}
	return m, false
}

// httpHead reads HTTP's message in a datagram (UPnP Device Architecture 2.0 §1.1.2).
func httpHead(b []byte) *http1.Head {
	var head *http1.Head
	d := http1.New([2]int64{}, func(m proto.Message) {
		if h, ok := m.Detail.(*http1.Head); ok && head == nil && h.Kind != http1.Unreadable {
			head = h
		}
	}, http1.Options{})
	d.Data(flow.ClientToServer, b)
	d.Close(flow.ClientToServer)
	return head
}
