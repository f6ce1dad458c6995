package cli

import (
	"bytes"
	"context"
	"errors"
	"io"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/session"
)

// dnsName writes a name as the contract asks: the root as Wireshark writes it.
func dnsName(name string) string {
	if name == "." {
		return "<Root>"
	}
	return name
}

// dns writes what the contract asks of a DNS message.
func (j *jsonLines) dns(m *dns.Message) {
	j.num("id", int64(m.ID))
	qr := int64(0)
	if m.Response {
		qr = 1
	}
	j.num("qr", qr)
	if len(m.Questions) > 0 {
		j.str("qname", dnsName(m.Questions[0].Name))
		j.num("qtype", int64(m.Questions[0].Type))
	}
	if m.Response {
		j.num("rcode", int64(m.Rcode))
	}
	j.num("answers", int64(m.Counts[1]))
}

// dnsReadable reports a message that Wireshark shows: its header is there, and its first question if it has one.
func dnsReadable(m *dns.Message) bool {
	return !m.Unreadable && (m.Counts[0] == 0 || len(m.Questions) > 0)
}

// datagrams writes the application records of what is not TCP.
func (j *jsonLines) datagrams(ctx context.Context, s *session.Session) error {
	return inRuns(ctx, j.w, s.Others(), func(ctx context.Context, from, to int, out *bytes.Buffer) error {
		return writeDatagrams(ctx, s, from, to, out)
	})
}

// writeDatagrams writes the records of the conversations from from on, up to to.
func writeDatagrams(ctx context.Context, s *session.Session, from, to int, w io.Writer) error {
	const buffer = 4 << 10
	j := newJSONLines(w, buffer)
	for i := from; i < to; i++ {
		if o := s.Other(i); o.Protocol != dns.Name {
			continue
		}
		v, err := s.OtherView(i)
		if err != nil {
			return err
		}
		var failed error
		err = v.Feed(ctx, func(i int, o *packet.Other) bool {
			m, ok := dns.Parse(o.Payload, dns.Name)
			if !ok || !dnsReadable(m) {
				return true
			}
			j.begin("dns")
			j.num("frame", int64(v.At(i).Frame))
			j.dns(m)
			failed = j.end()
			return failed == nil
		})
		if err = errors.Join(failed, err); err != nil {
			return err
		}
	}
	return j.w.Flush()
}
