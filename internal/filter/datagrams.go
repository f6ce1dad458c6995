package filter

import (
	"context"
	"strings"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/session"
)

// OtherResult is what a search found in a conversation that is not TCP: the indexes of packets in its OtherView, in order.
type OtherResult struct {
	Conversation int
	Packets      []uint32
}

// FindOthers searches the conversations that are not TCP: what their packets hold, and what is decoded of it where the bytes
// do not show it. It reads the packets of one conversation after the other; ctx ends that early, with an error. Only conversations in
// which something is found are yielded.
func (s *Search) FindOthers(ctx context.Context, sess *session.Session, yield func(OtherResult) bool) error {
	for i := range sess.Others() {
		if err := ctx.Err(); err != nil {
			return err
		}
		v, err := sess.OtherView(i)
		if err != nil {
			return err
		}
		res := OtherResult{Conversation: i}
		err = v.Feed(ctx, func(at int, o *packet.Other) bool {
			if s.matches(o.Payload) || s.mode != Hex && s.matches([]byte(decoded(v.Protocol, o.Payload))) {
				res.Packets = append(res.Packets, uint32(at))
			}
			return true
		})
		if err != nil {
			return err
		}
		if len(res.Packets) > 0 && !yield(res) {
			return nil
		}
	}
	return nil
}

// matches reports that b has what is searched for.
func (s *Search) matches(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	any := false
	sc, f := s.scanner(), func(int64, int64, []byte, int, int) { any = true }
	sc.feed(b, f)
	sc.end(f)
	return any
}

// decoded is what a datagram says that its bytes do not show as it is read: the names of DNS are cut into labels, its addresses are
// numbers. HTTP's lines in SSDP stand there as they are.
func decoded(protocol string, b []byte) string {
	m, ok := all.Datagram(protocol, b)
	if !ok {
		return ""
	}
	d, ok := m.Detail.(*dns.Message)
	if !ok {
		return ""
	}
	var out strings.Builder
	for i := range d.Questions {
		q := &d.Questions[i]
		out.WriteString(q.Name + " " + dns.TypeName(q.Type) + "\n")
	}
	for i := range d.Records {
		r := &d.Records[i]
		out.WriteString(r.Name + " " + dns.TypeName(r.Type) + " " + r.Data + "\n")
	}
	if d.Response {
		out.WriteString(dns.RcodeName(d.ExtendedRcode))
	}
	return out.String()
}
