package export

import (
	"context"
	"errors"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/session"
)

// datagrams writes the messages of one conversation that is not TCP: those of the protocols that say more than their names. Each
// is a packet, and numbered like it.
func (l *lines) datagrams(ctx context.Context, v *session.OtherView, other int) error {
	if v.Protocol == "" || l.opt.Protocol != "" && l.opt.Protocol != v.Protocol {
		return nil
	}
	var failed error
	err := v.Feed(ctx, func(i int, o *packet.Other) bool {
		if l.opt.Message >= 0 && l.opt.Message != i {
			return i < l.opt.Message
		}
		m, ok := all.Datagram(v.Protocol, o.Payload)
		if !ok {
			return true
		}
		r := v.At(i)
		m.Dir = r.Dir()
		c := common{
			Other: &other, Message: i, Protocol: m.Protocol, End: m.End, Time: rfc3339(r.Time), EndTime: rfc3339(r.Time),
			Complete: uint32(len(o.Payload)) == o.Len,
		}
		c.Frames.First, c.Frames.Last = r.Frame, r.Frame
		failed = l.put(&c, &session.Message{Message: m})
		return failed == nil
	})
	return errors.Join(failed, err)
}

// sweepDatagrams writes the messages of all conversations that are not TCP.
func (l *lines) sweepDatagrams(ctx context.Context, s *session.Session) error {
	for i := range s.Others() {
		if err := ctx.Err(); err != nil {
			return err
		}
		o := s.Other(i)
		if o.Protocol != "" {
			v, err := s.OtherView(i)
			if err == nil {
				err = l.datagrams(ctx, v, i)
			}
			if err != nil {
				return err
			}
		}
		l.pass(datagramsOf(o))
	}
	return nil
}

func datagramsOf(o session.Other) int { return int(o.Packets[0]) + int(o.Packets[1]) }
