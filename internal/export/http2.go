package export

import (
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/session"
)

// h2Streams puts the messages of an HTTP/2 connection together and describes them as HTTP/1 heads, which say the same things
// about a body.
type h2Streams struct {
	v       *session.View
	objects *HTTPObjects
	found   *[]HTTPMessage
	tracker *http2.Tracker
	// first is the request that an upgrade made stream 1 of, settings those that came with it.
	first    *http1.Head
	settings []http2.Setting
	packets  map[halfKey][]uint32
	marks    *marked
}

// halfKey names what one side sends on a stream of a connection.
type halfKey struct {
	conn, id uint32
	dir      flow.Direction
}

// before looks at the HTTP/1 message in front: it may hand over.
func (s *h2Streams) before(m proto.Message, h *http1.Head) {
	if m.Next != "" && h.Request != nil {
		s.first = h.Request
		value, _ := h.Request.Get("HTTP2-Settings")
		s.settings = http2.ParseUpgradeSettings(value)
	}
}

// begin makes the tracker when the first frame comes.
func (s *h2Streams) begin() {
	if s.tracker == nil {
		s.packets = make(map[halfKey][]uint32)
		s.tracker = http2.NewTracker(http2.TrackerOptions{
			KeepBody: -1, Upgraded: s.first != nil, Settings: s.settings, Done: s.done,
		})
	}
}

// piece takes a part of a body.
func (s *h2Streams) piece(p http2.Piece) {
	s.begin()
	s.tracker.Piece(p)
	if len(p.Bytes) > 0 && s.tracker.Stream(p.Stream) != nil {
		s.objects.take(s.key(p.Dir, p.Stream), p.Bytes)
	}
}

func (s *h2Streams) key(dir flow.Direction, id uint32) halfKey {
	return halfKey{s.v.Conn.Stream, id, dir}
}

// frame takes a frame; packets carry it.
func (s *h2Streams) frame(m session.Message, f *http2.Frame, packets []uint32) {
	s.begin()
	if f.Type == http2.Data && !f.Preface && !f.Unreadable && s.tracker.Stream(f.Stream) != nil {
		key := s.key(m.Dir, f.Stream)
		list := s.packets[key]
		for _, n := range framesOf(s.v, packets) {
			if len(list) == 0 || list[len(list)-1] != n {
				list = append(list, n)
			}
		}
		s.packets[key] = list
	}
	s.tracker.Frame(&m.Message, int(s.v.At(m.First).Frame), int(s.v.At(m.Ended).Frame))
}

// finish ends the connection.
func (s *h2Streams) finish() {
	if s.tracker != nil {
		s.tracker.Finish(proto.BrokenCutOff, proto.BrokenCutOff)
	}
}

// done takes a stream that is closed.
func (s *h2Streams) done(st *http2.Stream) {
	request := headOf(&st.Request, http1.Request)
	if st.ID == 1 && s.first != nil {
		request = s.first
	}
	response := headOf(&st.Response, http1.Response)
	response.Request = request
	if s.marks.streams[st.ID] {
		s.marks.heads[request] = true
		delete(s.marks.streams, st.ID)
	}
	s.message(st, flow.ClientToServer, &st.Request, request)
	s.message(st, flow.ServerToClient, &st.Response, response)
}

// message hands on what one side sent, if it has a body.
func (s *h2Streams) message(st *http2.Stream, dir flow.Direction, half *http2.Half, h *http1.Head) {
	key := s.key(dir, st.ID)
	packets := s.packets[key]
	delete(s.packets, key)
	if _, tunnel := st.Tunnel(); tunnel || half.Body.Length == 0 {
		s.objects.forget(key)
		return
	}
	s.objects.rename(key, h)
	*s.found = append(*s.found, HTTPMessage{
		Stream: s.v.Conn.Stream, Frame: uint32(half.Last), Packets: packets,
		Message: proto.Message{Protocol: http2.Name, Dir: dir, Complete: half.Complete, Broken: half.Broken, Detail: h},
	})
}

// headOf describes what one side sent. Pseudo-header fields stand where HTTP/1 has them (RFC 9113 §8.3.1).
func headOf(half *http2.Half, kind http1.Kind) *http1.Head {
	h := &http1.Head{Kind: kind, Status: half.Headers.Status()}
	var codings []string
	for _, f := range half.Headers.Fields {
		switch {
		case f.Name == ":method":
			h.Method = f.Value
		case f.Name == ":path":
			h.Target = f.Value
		case f.Name == ":authority":
			h.Fields = append(h.Fields, http1.Field{Name: "Host", Value: f.Value})
		case f.Name == "content-encoding":
			codings = append(codings, f.Value)
			h.Fields = append(h.Fields, http1.Field{Name: f.Name, Value: f.Value})
		case !strings.HasPrefix(f.Name, ":"):
			h.Fields = append(h.Fields, http1.Field{Name: f.Name, Value: f.Value})
		}
	}
	h.Body = http1.Body{
		Kind: http1.UntilClose, Declared: -1, Length: half.Body.Length, Missing: half.Body.Missing, Codings: body.Codings(codings...),
	}
	return h
}
