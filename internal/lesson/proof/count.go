package proof

import (
	"context"
	"fmt"
	"strings"

	"tcptalk/internal/filter"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// counter counts packets of a session.
type counter struct{ s *session.Session }

// Count implements lesson.Facts.
func (c counter) Count(text string, from, to uint32) (int, error) {
	within := fmt.Sprintf("frame.number >= %d && frame.number <= %d", from, to)
	if _, err := filter.Parse(text); err != nil { // by itself, so that no bracket of it closes one of ours
		return 0, fmt.Errorf("%q: %w", text, err)
	}
	f, err := filter.Parse(within + " && (" + text + ")")
	if err != nil {
		return 0, fmt.Errorf("%q: %w", text, err)
	}
	n := 0
	err = f.Connections(context.Background(), c.s, nil, func(r filter.Result) bool { n += r.Count; return true })
	return n, err
}

// otherNames are the protocols besides TCP that have a name of their own.
var otherNames = map[packet.OtherKind]string{
	packet.OtherARP: "arp", packet.OtherICMP: "icmp", packet.OtherICMPv6: "icmpv6", packet.OtherUDP: "udp",
}

// Others implements lesson.Facts.
func (c counter) Others(protocol string, from, to uint32) int {
	n := 0
	for i := range c.s.Others() {
		v, err := c.s.OtherView(i)
		if err != nil || otherNames[v.Kind] != protocol && !strings.EqualFold(v.Protocol, protocol) {
			continue
		}
		for k := range v.Len() {
			if frame := v.At(k).Frame; frame >= from && frame <= to {
				n++
			}
		}
	}
	return n
}
