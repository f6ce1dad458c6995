package exchange

import (
	"context"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/session"
)

// Opening says how long it took until a connection could be used, by the times of its packets where the capture was taken. A
// part that is not known, or that there is not, is Unknown.
type Opening struct {
	// Connect is the handshake of TCP, as Timing has it.
	Connect time.Duration
	// TLS is the handshake of TLS, that of a connection captured from its beginning or of one inside a CONNECT tunnel: from the
	// ClientHello's first packet to the last Finished, whose first packet counts. Up to TLS 1.2 records say that they are one; of
	// TLS 1.3 the client's begins the first that it sends encrypted behind the ServerHello, or, with a certificate of its own,
	// that comes some records later.
	TLS time.Duration
	// From and To are the times between which TLS lies, in nanoseconds since 1970; where the handshake was not seen to its end To is
	// its latest message, if the server had a part in it. Both are -1 if there was no handshake.
	From, To int64
	// Data is from the last Finished to the packet with the first application data. TLS 1.3 does not say which records hold such.
	Data time.Duration
}

// OpeningOf returns how a connection began, from its decoded messages.
func OpeningOf(v *session.View, messages []session.Message) Opening {
	s := newSecuring(v)
	for i := range messages {
		if s.message(&messages[i]); s.over {
			break
		}
	}
	return s.opening()
}

// OpeningTimes decodes the beginning of a connection and returns how it began.
func OpeningTimes(ctx context.Context, v *session.View) (Opening, error) {
	s := newSecuring(v)
	err := v.Decode(ctx, all.Options{Keep: -1}, func(m session.Message, _ []uint32) bool {
		s.message(&m)
		return !s.over
	})
	return s.opening(), err
}

// securing watches a TLS handshake. Times are nanoseconds since 1970, -1 while they are not known.
type securing struct {
	v        *session.View
	client   flow.Direction // of TLS
	hello    int64
	answered bool // the ServerHello was seen
	modern   bool // it is one of TLS 1.3
	finished [2]int64
	end      int64
	latest   int64 // the latest message of the handshake, -1 while the server has said nothing
	data     int64
	over     bool // nothing more is to be learned
}

func newSecuring(v *session.View) *securing {
	return &securing{v: v, hello: -1, finished: [2]int64{-1, -1}, end: -1, data: -1, latest: -1}
}

func (s *securing) opening() Opening {
	o := Opening{Connect: Handshake(s.v), TLS: s.took(), From: -1, To: -1, Data: Unknown}
	if to := max(s.end, s.latest); s.hello >= 0 && to >= s.hello {
		if o.From, o.To = s.hello, to; s.end >= 0 {
			o.To = s.end
		}
	}
	if s.end >= 0 && s.data >= 0 {
		o.Data = between(s.end, s.data)
	}
	return o
}

// took returns how long the handshake took.
func (s *securing) took() time.Duration {
	if s.hello < 0 || s.end < 0 {
		return Unknown
	}
	return between(s.hello, s.end)
}

// done reports that the handshake has ended, or that its end will not be known.
func (s *securing) done() bool { return s.over || s.end >= 0 }

// message takes the next message of the connection.
func (s *securing) message(m *session.Message) {
	defer s.follow(m)
	switch d := m.Detail.(type) {
	case *tls.Hello:
		s.greet(m, d)
	case *tls.Encrypted:
		s.encrypted(m, d)
	case *tls.Alert:
		s.over = s.over || s.end < 0 && d.Level == tls.Fatal
	case *tls.Handshake, *tls.ChangeCipherSpec:
	default: // in clear, which may be the request for a tunnel, or give way to TLS
		s.over = s.over || s.hello >= 0
	}
}

// follow notes how far the handshake came.
func (s *securing) follow(m *session.Message) {
	switch m.Detail.(type) {
	case *tls.Hello, *tls.Handshake, *tls.ChangeCipherSpec, *tls.Alert, *tls.Encrypted:
	default:
		return
	}
	if s.hello >= 0 && s.end < 0 && (s.latest >= 0 || m.Dir != s.client) {
		s.latest = max(s.latest, s.v.At(m.Last).Time)
	}
}

func (s *securing) greet(m *session.Message, h *tls.Hello) {
	switch {
	case h.Type == tls.ClientHello && s.hello < 0:
		s.client, s.hello = m.Dir, s.v.At(m.First).Time
	case h.Type == tls.ServerHello && !h.Retry && s.hello >= 0 && !s.answered:
		s.answered, s.modern = true, h.Version().Modern()
	}
}

// encrypted looks at records that cannot be read: the first of them end the handshake.
func (s *securing) encrypted(m *session.Message, e *tls.Encrypted) {
	at := s.v.At(m.First).Time
	switch {
	case s.hello < 0: // captured from its middle
		s.over = true
	case !s.answered: // data in front of the answer
	case s.modern:
		if m.Dir == s.client && s.end < 0 {
			s.end, s.over = at, true
		}
	default:
		if e.Handshakes > 0 && s.finished[m.Dir] < 0 {
			s.finished[m.Dir] = at
			if s.finished[m.Dir.Reverse()] >= 0 {
				s.end = at
			}
		}
		if s.end >= 0 && e.Records > e.Handshakes+e.Alerts {
			s.data, s.over = at, true
		}
	}
}
