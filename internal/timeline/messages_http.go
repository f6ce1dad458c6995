package timeline

import (
	"slices"
	"strconv"
	"strings"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// webBody is the body of an HTTP message of either version.
type webBody struct {
	bytes     []byte
	truncated bool
	length    int64 // captured bytes, as sent
	codings   []string
	mediaType string
	events    bool
}

// sayHead words a message of HTTP/1.
func (m *Messages) sayHead(it *item, msg *session.Message, h *http1.Head) said {
	l := m.Options.Lang
	s := said{size: sizeOf(h.Body.Length)}
	switch h.Kind {
	case http1.Request:
		s.tag, s.title, s.code = clean(h.Method), clean(h.Target), true
		host, _ := h.Get("Host")
		s.fact(clean(host))
	case http1.Response:
		s.status(h.Status, h.Reason)
	default:
		s.tag, s.title, s.tone, s.size = "?", narrate.HTTPTitle(l, h, false), ToneBad, msg.End-msg.Start
	}
	mediaType, _ := h.Get("Content-Type")
	s.fact(shortType(mediaType))
	s.lines = breakLine(s.lines, clean(h.Line), maxExpanded)
	for i := range h.Fields {
		s.lines = breakLine(s.lines, fieldLine(&h.Fields[i]), maxExpanded)
	}
	m.body(&s, webBody{
		bytes: h.Body.Bytes, truncated: h.Body.Truncated, length: h.Body.Length, mediaType: mediaType, events: isEvents(h),
		codings: slices.Concat(h.Body.Codings, h.Body.Transfer),
	})
	for i := range h.Trailers {
		s.lines = breakLine(s.lines, fieldLine(&h.Trailers[i]), maxExpanded)
	}
	for i := range h.Remarks {
		if text := narrate.HTTPRemark(l, h.Remarks[i].Code); text != "" {
			s.warn(text)
		}
	}
	if h.Body.Missing > 0 {
		s.warn(narrate.GapBytes(l, h.Body.Missing))
	}
	if h.Body.Kind == http1.ByLength && h.Body.Declared > h.Body.Length+h.Body.Missing {
		s.warn(narrate.BytesAnnounced(l, h.Body.Length, h.Body.Declared))
	}
	m.ended(&s, it, msg.Broken)
	return s
}

// sayHalf words what one side said on a stream of HTTP/2.
func (m *Messages) sayHalf(it *item) said {
	l := m.Options.Lang
	msg, x := m.halves[it.half], m.exchanges[it.exchange]
	s := said{size: sizeOf(msg.Body.Length)}
	if msg == x.Request {
		s.tag, s.title, s.code = clean(msg.Method), clean(msg.Target), true
		if x.PromisedOn != 0 {
			s.tag = narrate.WordPromise(l)
		}
		s.fact(clean(msg.Authority))
	} else {
		s.status(msg.Status, msg.Reason)
	}
	mediaType, _ := msg.Get("content-type")
	s.fact(shortType(mediaType))
	s.fact(narrate.HTTP2Stream(l, x.Stream))
	for i := range msg.Fields {
		s.lines = breakLine(s.lines, webField(&msg.Fields[i]), maxExpanded)
	}
	if x.Tunnel == websocket.Name && msg != x.Request {
		s.fact(narrate.MessagesFollow(l))
	}
	m.body(&s, webBody{
		bytes: msg.Body.Bytes, truncated: msg.Body.Truncated, length: msg.Body.Length, mediaType: mediaType,
		events: msg != x.Request && sse.IsMediaType(mediaType), codings: msg.Body.Codings,
	})
	for i := range msg.Trailers {
		s.lines = breakLine(s.lines, webField(&msg.Trailers[i]), maxExpanded)
	}
	if msg.Body.Missing > 0 {
		s.warn(narrate.GapBytes(l, msg.Body.Missing))
	}
	m.ended(&s, it, msg.Broken)
	return s
}

// sizeOf is the size of a body for said: one that is empty has none.
func sizeOf(n int64) int64 {
	if n == 0 {
		return -1
	}
	return n
}

func webField(f *exchange.Field) string {
	name := f.Name
	if f.Unknown && name == "" {
		name = "?"
	}
	return clean(name + ": " + f.Value)
}

// status makes the tag and the title of a response.
func (s *said) status(code int, reason string) {
	s.tag, s.title = strconv.Itoa(code), clean(reason)
	switch {
	case code >= 500:
		s.tone = ToneBad
	case code >= 400:
		s.tone = ToneOdd
	case code >= 200 && code < 300:
		s.tone = ToneGood
	}
}

// shortType is a media type without its parameters.
func shortType(t string) string {
	t, _, _ = strings.Cut(t, ";")
	return clean(strings.TrimSpace(t))
}

// body shows the body of a message below its header fields, which were put into lines.
func (m *Messages) body(s *said, b webBody) {
	l := m.Options.Lang
	s.head = len(s.lines)
	data, truncated, inside := b.bytes, b.truncated, int64(-1)
	if len(b.codings) > 0 && len(data) > 0 {
		r := body.Decode(b.codings, data, maxMessageText)
		data = r.Data
		switch {
		case b.truncated, r.Stop == body.TooLarge:
			truncated = true
		case r.Stop != body.Whole:
			s.warn(narrate.Broken(l, string(r.Stop)))
		default:
			inside = int64(len(data))
		}
	}
	if len(b.codings) > 0 && b.length > 0 {
		s.fact(narrate.Encoded(l, b.codings, b.length, inside))
	}
	if b.events {
		s.fact(narrate.EventsFollow(l))
		return
	}
	if len(data) == 0 {
		return
	}
	total := b.length
	if len(b.codings) > 0 {
		total = inside
	}
	inner := said{title: "-", tone: ToneGood} // the title is that of the message
	inner.content(m.Options.Lang, data, truncated, total)
	s.picture, s.hex, s.cut, s.facts = inner.picture, inner.hex, inner.cut, append(s.facts, inner.facts...)
	s.lines = append(s.lines, "")
	s.head = len(s.lines)
	s.lines = append(s.lines, inner.lines...)
	if len(s.lines) > maxExpanded {
		if s.lines = s.lines[:maxExpanded]; !s.cut {
			s.cut = true
			s.fact(narrate.KeptOf(l, 0, -1))
		}
	}
	s.head = min(s.head, len(s.lines))
}

// ended says why a message is not whole, or, below the last one of an exchange, how that ended. broken is what the decoder says.
func (m *Messages) ended(s *said, it *item, broken string) {
	l := m.Options.Lang
	if it.exchange < 0 {
		s.broken(l, broken)
		return
	}
	x := m.exchanges[it.exchange]
	answer := it.dir == flow.ServerToClient && !m.passing(it) && (it.kind != halfItem || m.halves[it.half] != x.Request)
	last := answer || x.Response == nil && !m.passing(it)
	switch x.Ending.Kind {
	case exchange.ResetStream, exchange.ResetConnection, exchange.ClosedEarly, exchange.Refused, exchange.NotFollowed:
		if last { // it says who did it
			s.warn(narrate.ExchangeEnding(l, x.Ending))
			return
		}
	case exchange.Complete, exchange.CutOff, exchange.Missing:
	}
	s.broken(l, broken)
}
