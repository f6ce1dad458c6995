package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"

	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// messages writes the application records: connection by connection, each in order of its messages.
func (j *jsonLines) messages(ctx context.Context, s *session.Session) error {
	return inRuns(ctx, j.w, s.Streams(), func(ctx context.Context, from, to int, out *bytes.Buffer) error {
		return writeMessages(ctx, s, from, to, out)
	})
}

// writeMessages writes the records of the connections from from on, up to to.
func writeMessages(ctx context.Context, s *session.Session, from, to int, w io.Writer) error {
	const buffer = 4 << 10
	j := newJSONLines(w, buffer)
	for i := from; i < to; i++ {
		if c := s.Connection(i); c.Payload == [2]uint64{} {
			continue
		}
		v, err := s.View(i)
		if err != nil {
			return err
		}
		talk, err := s.Conversation(ctx, v)
		if err != nil {
			return err
		}
		frames := framesOfRequests(v, talk)
		for k := range talk.Messages {
			if err := j.message(v, &talk.Messages[k], frames); err != nil {
				return err
			}
		}
		for k := range talk.Conflicts {
			if err := j.conflict(v, &talk.Conflicts[k]); err != nil {
				return err
			}
		}
	}
	return j.w.Flush()
}

// conflict writes that a packet repeats bytes with other content; the contract has no record for it.
func (j *jsonLines) conflict(v *session.View, c *session.Conflict) error {
	j.placed("conflict", v, v.At(c.Again).Frame)
	j.num("first_frame", int64(v.At(c.First).Frame))
	j.num("seq", int64(c.Seq))
	j.num("bytes", int64(c.Bytes))
	return j.end()
}

// framesOfRequests maps requests, by their Detail, to the frames that completed them.
func framesOfRequests(v *session.View, talk *session.Conversation) map[any]uint32 {
	frames := map[any]uint32{}
	for k := range talk.Messages {
		m := &talk.Messages[k]
		switch d := m.Detail.(type) {
		case *http1.Head:
			if d.Kind == http1.Request {
				frames[d] = v.At(m.Ended).Frame
			}
		case *redis.Message:
			if d.Kind == redis.Command {
				frames[d] = v.At(m.Ended).Frame
			}
		case *postgres.Message:
			if d.Frontend {
				frames[d] = v.At(m.Ended).Frame
			}
		}
	}
	return frames
}

// hasRecord says whether a message is one that Wireshark shows as well. Of HTTP httpFrame says it.
func hasRecord(m *session.Message) bool {
	switch d := m.Detail.(type) {
	case *dns.Message:
		return m.Complete && dnsReadable(d)
	case *http2.Frame:
		return m.Complete && !d.Preface && !d.Unreadable
	case *mysql.Message:
		return d.Kind != mysql.Unreadable
	case *tls.Hello:
		return m.Complete
	case *websocket.Frame:
		return m.Complete && !d.Unreadable
	}
	return true
}

func (j *jsonLines) message(v *session.View, m *session.Message, requests map[any]uint32) error {
	if !hasRecord(m) {
		return nil
	}
	switch d := m.Detail.(type) {
	case *dns.Message:
		j.placed("dns", v, v.At(m.Ended).Frame)
		j.dns(d)
	case *http1.Head:
		frame, ok := httpFrame(v, m, d)
		if !ok {
			return nil
		}
		j.placed("http", v, frame)
		j.http(d, requests)
	case *http2.Frame:
		j.placed("http2", v, v.At(m.Ended).Frame)
		j.num("h2_stream", int64(d.Stream))
		j.num("h2_type", int64(d.Type))
		j.num("flags", int64(d.Flags))
		j.num("len", d.Length)
	case *mysql.Message:
		j.placed("mysql", v, v.At(m.Ended).Frame)
		j.mysql(d, m.Complete)
	case *tls.Hello:
		j.placed("tls", v, v.At(m.Ended).Frame)
		j.tlsHello(d)
	case *sse.Event:
		if !m.Complete {
			return nil
		}
		j.placed("sse", v, v.At(m.Ended).Frame)
		j.event(d)
	case *websocket.Frame:
		j.placed("websocket", v, v.At(m.Ended).Frame)
		j.num("opcode", int64(d.Opcode))
		j.bool("fin", d.Fin)
		j.bool("masked", d.Masked)
		j.num("len", d.Length)
		j.str("payload_sha256", hex.EncodeToString(d.SHA256[:]))
	case *redis.Message:
		j.placed("redis", v, v.At(m.Ended).Frame)
		j.redis(&m.Message, d, requests)
	case *postgres.Message:
		j.placed("postgres", v, v.At(m.Ended).Frame)
		j.postgres(&m.Message, d, requests)
	default:
		return nil // the contract has no record for it
	}
	return j.end()
}

// httpFrame returns the frame on which Wireshark shows an HTTP message: the one that completed it, or, of one that begins in a
// segment cut by the snapshot length, that segment's. Other incomplete messages are not shown.
func httpFrame(v *session.View, m *session.Message, h *http1.Head) (frame uint32, ok bool) {
	switch first := v.At(m.First); {
	case h.Kind == http1.Unreadable:
		return 0, false
	case first.CapLen < first.OrigLen:
		return first.Frame, true
	case !m.Complete:
		return 0, false
	}
	return v.At(m.Ended).Frame, true
}

// placed begins a record of a message with its connection and the frame on which it is shown.
func (j *jsonLines) placed(kind string, v *session.View, frame uint32) {
	j.begin(kind)
	j.num("stream", int64(v.Conn.Stream))
	j.num("frame", int64(frame))
}

func (j *jsonLines) http(h *http1.Head, requests map[any]uint32) {
	if h.Kind == http1.Request {
		j.str("kind", "request")
		j.str("method", h.Method)
		j.str("uri", h.Target)
	} else {
		j.str("kind", "response")
		j.num("status", int64(h.Status))
		if f, ok := requests[h.ShownRequest]; ok && h.ShownRequest != nil {
			j.num("frame_of_request", int64(f))
		}
	}
	if h.Version != "" {
		j.str("version", h.Version)
	}
	if host, ok := h.Get("Host"); ok {
		j.str("host", host)
	}
}
