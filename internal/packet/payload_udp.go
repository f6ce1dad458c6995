package packet

import (
	"strconv"
	"time"
)

var ntpModes = map[uint64]string{1: "symmetric active", 2: "symmetric passive", 3: "client", 4: "server", 5: "broadcast", 6: "control", 7: "private"}

// ntpFields is the header of RFC 5905 §7.3.
var ntpFields = []spec{
	{id: "ntp.flags.li", name: "Leap second", off: 0, len: 1, bit: 0, bits: 2, show: dec},
	{id: "ntp.flags.vn", name: "Version", off: 0, len: 1, bit: 2, bits: 3, show: dec},
	{id: "ntp.flags.mode", name: "Mode", off: 0, len: 1, bit: 5, bits: 3, show: named(dec, nameIn(ntpModes))},
	{id: "ntp.stratum", name: "Stratum", off: 1, len: 1, show: dec},
	{id: "ntp.ppoll", name: "Poll interval", off: 2, len: 1, show: powerOfTwo},
	{id: "ntp.precision", name: "Precision", off: 3, len: 1, show: powerOfTwo},
	{id: "ntp.rootdelay", name: "Root delay", off: 4, len: 4, show: shortSeconds},
	{id: "ntp.rootdispersion", name: "Root dispersion", off: 8, len: 4, show: shortSeconds},
	{id: "ntp.refid", name: "Reference", off: 12, len: 4, show: reference},
	{id: "ntp.reftime", name: "Reference time", off: 16, len: 8, show: ntpTime},
	{id: "ntp.org", name: "Origin time", off: 24, len: 8, show: ntpTime},
	{id: "ntp.rec", name: "Receive time", off: 32, len: 8, show: ntpTime},
	{id: "ntp.xmt", name: "Transmit time", off: 40, len: 8, show: ntpTime},
}

func powerOfTwo(v uint64, _ []byte) string { return "2^" + strconv.Itoa(int(int8(v))) + " s" }

func shortSeconds(v uint64, _ []byte) string {
	return strconv.FormatFloat(float64(v)/(1<<16), 'f', 6, 64) + " s"
}

// reference is an address, or four letters for a clock.
func reference(_ uint64, b []byte) string {
	for _, c := range b {
		if c != 0 && (c < ' ' || c > '~') {
			return address(0, b)
		}
	}
	return text(0, b)
}

// ntpTime is in seconds since 1900 and parts of 2^-32 of one; zero says that it is not known.
func ntpTime(v uint64, _ []byte) string {
	const since1970 = 2208988800
	if v == 0 {
		return "0"
	}
	nanoseconds := v & (1<<32 - 1) * uint64(time.Second) >> 32
	return time.Unix(int64(v>>32)-since1970, int64(nanoseconds)).UTC().Format("2006-01-02 15:04:05.000000000 MST")
}

// startsNTP knows the version and the mode in the first byte; control messages have another shape.
func startsNTP(b []byte) bool {
	const headerLen, control = 48, 6
	version, mode := b[0]>>3&7, b[0]&7
	return len(b) >= headerLen && version >= 1 && version <= 4 && mode != 0 && mode < control
}

func (p *payload) ntp() []Field {
	const headerLen = 48
	parts := fieldsOf(ntpFields, p.data, p.from, p.to)
	return []Field{cover("ntp", "Network Time Protocol", parts[2].Value, p.from, p.to, p.rest(parts, p.from+headerLen))}
}

const (
	dhcpFixedLen = 236
	dhcpMessage  = 53
	dhcpEnd      = 255
)

var dhcpOperations = map[uint64]string{1: "request", 2: "reply"}

// dhcpFields is the fixed part of RFC 2131 §2.
var dhcpFields = []spec{
	{id: "dhcp.type", name: "Operation", off: 0, len: 1, show: named(dec, nameIn(dhcpOperations))},
	{id: "dhcp.hw.type", name: "Hardware type", off: 1, len: 1, show: dec},
	{id: "dhcp.hw.len", name: "Hardware address length", off: 2, len: 1, show: dec},
	{id: "dhcp.hops", name: "Hops", off: 3, len: 1, show: dec},
	{id: "dhcp.id", name: "Transaction ID", off: 4, len: 4, show: hex8},
	{id: "dhcp.secs", name: "Seconds elapsed", off: 8, len: 2, show: seconds},
	{id: "dhcp.flags", name: "Flags", off: 10, len: 2, show: hex4},
	{id: "dhcp.ip.client", name: "Client address", off: 12, len: 4, show: address},
	{id: "dhcp.ip.your", name: "Your address", off: 16, len: 4, show: address},
	{id: "dhcp.ip.server", name: "Next server address", off: 20, len: 4, show: address},
	{id: "dhcp.ip.relay", name: "Relay address", off: 24, len: 4, show: address},
	{id: "dhcp.hw.mac_addr", name: "Client hardware address", off: 28, len: 6, show: hardware},
	{id: "dhcp.server", name: "Server name", off: 44, len: 64, show: text},
	{id: "dhcp.file", name: "Boot file", off: 108, len: 128, show: text},
	{id: "dhcp.cookie", name: "Magic cookie", off: dhcpFixedLen, len: 4, show: octets},
}

var dhcpMessages = map[uint64]string{
	1: "DHCPDISCOVER", 2: "DHCPOFFER", 3: "DHCPREQUEST", 4: "DHCPDECLINE", 5: "DHCPACK", 6: "DHCPNAK", 7: "DHCPRELEASE", 8: "DHCPINFORM",
}

// dhcpOption is the name of an option and how its value is worded (RFC 2132).
type dhcpOption struct {
	name string
	show show
}

var dhcpOptions = map[byte]dhcpOption{
	1: {"subnet mask", address}, 3: {"router", address}, 6: {"DNS servers", addresses}, 12: {"host name", line}, 15: {"domain name", line},
	28: {"broadcast address", address}, 50: {"requested address", address}, 51: {"lease time", seconds},
	dhcpMessage: {"message type", named(dec, nameIn(dhcpMessages))}, 54: {"server identifier", address}, 55: {"parameter list", octets},
	56: {"message", line}, 57: {"largest message", size}, 58: {"renewal time", seconds}, 59: {"rebinding time", seconds},
	60: {"vendor class", line}, 61: {"client identifier", octets}, 66: {"TFTP server", line}, 67: {"boot file", line},
}

func addresses(_ uint64, b []byte) string {
	out := ""
	for ; len(b) >= 4; b = b[4:] {
		if out != "" {
			out += ", "
		}
		out += address(0, b[:4])
	}
	return out
}

// startsDHCP knows the magic cookie in front of the options (RFC 2131 §3).
func startsDHCP(b []byte) bool {
	const cookie = 0x63825363
	return len(b) >= dhcpFixedLen+4 && b[0] >= 1 && b[0] <= 2 && be32(b[dhcpFixedLen:]) == cookie
}

func (p *payload) dhcp() []Field {
	parts := fieldsOf(dhcpFields, p.data, p.from, p.to)
	at, summary := p.from+dhcpFixedLen+4, ""
	for range maxEntries {
		if at >= p.to {
			break
		}
		code := p.data[at]
		if code == 0 || code == dhcpEnd { // of one byte: padding, and the end
			if at++; code == dhcpEnd {
				parts = append(parts, Field{ID: "dhcp.option.end", Name: "End of the options", Offset: at - 1, Len: 1})
				break
			}
			continue
		}
		if at+2 > p.to || at+2+int(p.data[at+1]) > p.to {
			break
		}
		end := at + 2 + int(p.data[at+1])
		option := p.dhcpOption(at, end)
		if code == dhcpMessage {
			summary = option.Children[len(option.Children)-1].Value
		}
		parts = append(parts, option)
		at = end
	}
	return []Field{cover("dhcp", "Dynamic Host Configuration Protocol", summary, p.from, p.to, p.rest(parts, at))}
}

func (p *payload) dhcpOption(at, end int) Field {
	known := dhcpOptions[p.data[at]]
	worded, raw := octets, p.data[at+2:end]
	if known.show != nil {
		worded = known.show
	}
	parts := fieldsOf([]spec{
		{id: "dhcp.option.type", name: "Option", off: 0, len: 1, show: named(dec, func(uint64) string { return known.name })},
		{id: "dhcp.option.length", name: "Length", off: 1, len: 1, show: size},
	}, p.data, at, end)
	if len(raw) > 0 {
		f, _ := p.part("dhcp.option.value", "Value", at+2, len(raw), worded)
		parts = append(parts, f)
	}
	name := known.name
	if name == "" {
		name = dec(uint64(p.data[at]), nil)
	}
	return cover("dhcp.option", "Option", name+": "+parts[len(parts)-1].Value, at, end, parts)
}
