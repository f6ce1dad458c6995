package filter

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

// NoTcpdump says why a filter has no equivalent for tcpdump.
type NoTcpdump struct {
	Why   narrate.NoBPF
	Field string
}

// Error is the sentence in English.
func (e *NoTcpdump) Error() string { return e.In(narrate.English) }

// In words the reason.
func (e *NoTcpdump) In(l narrate.Lang) string { return narrate.WhyNoBPF(l, e.Why, e.Field) }

// Tcpdump returns the capture filter (pcap-filter) that finds the same TCP packets, on links where libpcap finds the IP header:
// those without tunnels or IPv6 extension headers in front of TCP. An error is a *NoTcpdump.
func (f *Filter) Tcpdump() (string, error) {
	s, err := f.root.tcpdump()
	if err != nil {
		return "", err
	}
	if s == "tcp" {
		return s, nil
	}
	return "tcp and " + bracket(s), nil
}

// bracket puts brackets around what consists of several parts.
func bracket(s string) string {
	if strings.Contains(s, " and ") || strings.Contains(s, " or ") {
		return "(" + s + ")"
	}
	return s
}

func (n *node) tcpdump() (string, *NoTcpdump) {
	if n.op == opTest {
		return n.test.tcpdump()
	}
	var parts []string
	for _, k := range n.kids {
		s, err := k.tcpdump()
		if err != nil {
			return "", err
		}
		parts = append(parts, bracket(s))
	}
	switch n.op {
	case opNot:
		return "not " + parts[0], nil
	case opAnd:
		return strings.Join(parts, " and "), nil
	case opXor:
		s := parts[0]
		for _, p := range parts[1:] {
			s = "(" + s + " and not " + p + ") or (not " + s + " and " + p + ")"
			s = "(" + s + ")"
		}
		return s, nil
	default:
		return strings.Join(parts, " or "), nil
	}
}

// tcpdump translates one condition.
func (t *test) tcpdump() (string, *NoTcpdump) {
	b := &t.field.bpf
	none := &NoTcpdump{narrate.BPFOperator, t.field.Name}
	if b.why != narrate.BPFHasOne {
		none.Why = b.why
		return "", none
	}
	if t.op == exists && b.exists != "" {
		return b.exists, nil
	}
	if t.op == contains || t.op == matches || t.op == exists || t.other != nil {
		if t.field.Type == Bytes {
			none.Why = narrate.BPFPayload
		}
		return "", none
	}
	one := b.tester(t)
	if one == nil {
		return "", none
	}
	s, ok := t.translate(one)
	if !ok {
		return "", none
	}
	return s, nil
}

// tester returns the function that translates a comparison of one value, nil if there is none.
func (b *bpf) tester(t *test) func(op, *literal) (string, bool) {
	switch {
	case b.port != "" && !t.masks:
		return b.portTest
	case t.field.Type == Address4 || t.field.Type == Address6:
		return b.hostTest
	case b.flags != 0:
		return b.flagTest
	case b.number != "" || b.size > 0:
		return func(o op, l *literal) (string, bool) { return b.compare(t, o, l) }
	}
	return nil
}

// translate puts a condition together from comparisons of one value. Where a field has two values, one that fits is enough,
// unless all must: then none may be what is excluded.
func (t *test) translate(one func(op, *literal) (string, bool)) (string, bool) {
	switch {
	case t.op == within:
		var parts []string
		for i := 0; i+1 < len(t.literals); i += 2 {
			low, high := &t.literals[i], &t.literals[i+1]
			s, ok := one(equal, low)
			if t.field.Type.compare(&low.value, &high.value) != 0 {
				s, ok = t.span(one, low, high)
			}
			if !ok {
				return "", false
			}
			parts = append(parts, bracket(s))
		}
		return strings.Join(parts, " or "), true
	case t.op == masked:
		return one(differ, &literal{})
	case t.op == differ && t.all:
		s, ok := one(equal, &t.literals[0])
		return "not " + bracket(s), ok
	case t.all:
		return "", false
	}
	return one(t.op, &t.literals[0])
}

// span translates a range.
func (t *test) span(one func(op, *literal) (string, bool), low, high *literal) (string, bool) {
	if t.field.bpf.port != "" {
		return strings.Replace(t.field.bpf.port, "port", "portrange", 1) + fmt.Sprintf(" %d-%d", low.num, high.num), true
	}
	a, ok := one(greaterOrEqual, low)
	b, also := one(lessOrEqual, high)
	return a + " and " + b, ok && also
}

func (b *bpf) portTest(o op, l *literal) (string, bool) {
	ranged := strings.Replace(b.port, "port", "portrange", 1)
	switch {
	case o == equal:
		return b.port + " " + strconv.FormatInt(l.num, 10), true
	case o == less && l.num > 0:
		return fmt.Sprintf("%s 0-%d", ranged, l.num-1), true
	case o == lessOrEqual:
		return fmt.Sprintf("%s 0-%d", ranged, l.num), true
	case o == greater && l.num < 65535:
		return fmt.Sprintf("%s %d-65535", ranged, l.num+1), true
	case o == greaterOrEqual:
		return fmt.Sprintf("%s %d-65535", ranged, l.num), true
	}
	return "", false
}

func (b *bpf) hostTest(o op, l *literal) (string, bool) {
	if o != equal {
		return "", false
	}
	if l.bits < l.addr.BitLen() {
		p, err := l.addr.Prefix(l.bits)
		return b.addr + "net " + p.String(), err == nil
	}
	return b.addr + "host " + l.addr.String(), true
}

// headerBits tests bits of a byte of the TCP header. libpcap finds that by itself only over IPv4.
func headerBits(offset int, mask int64, comparison string) string {
	return fmt.Sprintf("tcp[%d] & 0x%02x %s or ip6[6] == 6 and ip6[%d] & 0x%02x %s", offset, mask, comparison, 40+offset, mask, comparison)
}

func (b *bpf) flagTest(o op, l *literal) (string, bool) {
	set, clear := o.fits(cmpInt(1, l.num)), o.fits(cmpInt(0, l.num))
	offset, bits := 13, int64(b.flags)
	if b.flags > 0xff {
		offset, bits = 12, int64(b.flags>>8)
	}
	switch {
	case set && clear:
		return "tcp", true
	case set:
		return headerBits(offset, bits, "!= 0"), true
	case clear:
		return headerBits(offset, bits, "== 0"), true
	}
	return "not tcp", true
}

func cmpInt(a, b int64) int {
	return Number.compare(&value{num: a}, &value{num: b})
}

var bpfOperators = map[op]string{equal: "==", differ: "!=", less: "<", lessOrEqual: "<=", greater: ">", greaterOrEqual: ">="}

// compare compares a number.
func (b *bpf) compare(t *test, o op, l *literal) (string, bool) {
	mask := b.mask
	if t.masks {
		mask = t.mask
		if b.mask != 0 {
			mask &= b.mask
		}
	}
	end := " " + bpfOperators[o] + " " + strconv.FormatInt(l.num, 10)
	if mask != 0 || t.masks {
		end = fmt.Sprintf(" & 0x%x", mask) + end
	}
	if b.number != "" {
		if b.v4 {
			return "ip and " + b.number + end, true
		}
		return b.number + end, true
	}
	return fmt.Sprintf("tcp[%d:%d]%s or ip6[6] == 6 and ip6[%d:%d]%s", b.tcp, b.size, end, 40+b.tcp, b.size, end), true
}

// ForConnection returns the filters that find a connection: in this capture by its number, anywhere by its ends, and for
// tcpdump.
func ForConnection(c *tcp.Connection) (here, anywhere, tcpdump string) {
	family := "ip"
	if c.Client.Addr().Is6() {
		family = "ipv6"
	}
	one := func(a, b netip.AddrPort) string {
		return fmt.Sprintf("%s.src == %v && tcp.srcport == %d && %s.dst == %v && tcp.dstport == %d", family, a.Addr(), a.Port(), family, b.Addr(), b.Port())
	}
	dump := func(a, b netip.AddrPort) string {
		return fmt.Sprintf("src host %v and src port %d and dst host %v and dst port %d", a.Addr(), a.Port(), b.Addr(), b.Port())
	}
	here = "tcp.stream == " + strconv.FormatUint(uint64(c.Stream), 10)
	anywhere = "(" + one(c.Client, c.Server) + ") || (" + one(c.Server, c.Client) + ")"
	tcpdump = "tcp and ((" + dump(c.Client, c.Server) + ") or (" + dump(c.Server, c.Client) + "))"
	return here, anywhere, tcpdump
}

// ForFrames returns the filter that finds packets by their numbers, which must ascend; of none it finds none. tcpdump knows no such numbers.
func ForFrames(frames []uint32) string {
	if len(frames) == 0 {
		return "frame.number == 0"
	}
	var parts []string
	for i := 0; i < len(frames); {
		j := i
		for j+1 < len(frames) && frames[j+1] == frames[j]+1 {
			j++
		}
		part := strconv.FormatUint(uint64(frames[i]), 10)
		if j > i {
			part += ".." + strconv.FormatUint(uint64(frames[j]), 10)
		}
		parts = append(parts, part)
		i = j + 1
	}
	if len(frames) == 1 {
		return "frame.number == " + parts[0]
	}
	return "frame.number in {" + strings.Join(parts, ", ") + "}"
}

// ForTime returns a display filter for the packets of a moment, in nanoseconds since 1970, 0 or later.
func ForTime(at int64) string {
	const second = 1_000_000_000
	return fmt.Sprintf("frame.time_epoch == %d.%09d", at/second, at%second)
}
