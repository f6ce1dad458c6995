package timeline

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto"
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

// said is what a message says in words.
type said struct {
	tag   string
	tone  MessageTone
	title string
	code  bool
	// lines are those of the content, at most maxExpanded; the first head of them are shown only when it is unfolded.
	lines   []string
	head    int
	facts   []string
	notes   []string
	hex     bool // the lines are bytes in hexadecimal
	cut     bool // the content has more than the lines say
	picture bool
	size    int64 // of the content as sent, -1 if there is none
}

// shown is how many lines are shown while the content is folded, of at most limit.
func (s *said) shown(limit int) int {
	if s.hex { // nobody reads far in them
		limit = (limit + 1) / 2
	}
	return min(len(s.lines)-s.head, limit)
}

func (s *said) note() string { return strings.Join(s.notes, "\n") }

func (s *said) fact(text string) {
	if text != "" {
		s.facts = append(s.facts, text)
	}
}

func (s *said) warn(text string) {
	if text != "" {
		s.notes = append(s.notes, text)
		s.tone = ToneBad
	}
}

// say words item i.
func (m *Messages) say(i int) said {
	it := &m.items[i]
	switch it.kind {
	case webItem:
		return m.sayWeb(it)
	case halfItem:
		return m.sayHalf(it)
	case rawItem:
		return m.sayRaw(it)
	case gapItem:
		l := m.Options.Lang
		return said{tag: narrate.WordGap(l), tone: ToneBad, title: narrate.GapBytes(l, it.end-it.start), size: -1}
	case talkItem:
	}
	msg := &m.talk.Messages[it.at]
	switch d := msg.Detail.(type) {
	case *http1.Head:
		return m.sayHead(it, msg, d)
	case *websocket.Frame:
		return m.sayControl(msg, d)
	case *http2.Frame:
		return m.sayFrame(msg, d)
	case *sse.Event:
		return m.sayEvent(it, msg, d)
	}
	return m.sayOther(it, msg)
}

// sayOther words a message of a protocol that has no form of its own.
func (m *Messages) sayOther(it *item, msg *session.Message) said {
	l := m.Options.Lang
	s := said{code: isCode(msg.Detail), size: it.end - it.start, tone: toneOf(msg.Detail)}
	s.decoded(l, &msg.Message)
	s.broken(l, msg.Broken)
	return s
}

// decoded takes over what narrate says of a message.
func (s *said) decoded(l narrate.Lang, msg *proto.Message) {
	tag, title, lines := narrate.Said(l, msg)
	s.tag, s.title = clean(tag), cut(clean(title))
	var more bool
	if len(lines) == 0 && columnsIn(s.title) > titleColumns || len(lines) > 0 && echoes(lines[0], s.title) {
		if len(lines) == 0 {
			lines = []string{s.title}
		}
		s.title = ""
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "⚠ ") {
			s.warn(strings.TrimPrefix(line, "⚠ "))
			continue
		}
		if s.lines = breakLine(s.lines, clean(line), maxExpanded+1); len(s.lines) > maxExpanded {
			s.lines, more = s.lines[:maxExpanded], true
		}
	}
	if more {
		s.cut = true
		s.fact(narrate.KeptOf(l, 0, -1))
	}
}

// titleColumns is how long a title is at most; what is longer stands below it.
const titleColumns = 56

func columnsIn(s string) (n int) {
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

// echoes reports that a line of the content says what the title says the beginning of.
func echoes(line, title string) bool {
	const enough = 24 // bytes
	title = strings.TrimSuffix(title, "…")
	return len(title) >= enough && strings.HasPrefix(strings.Join(strings.Fields(line), " "), title[:enough])
}

// isCode reports a message whose title is what the wire says rather than what we say of it.
func isCode(detail any) bool {
	switch d := detail.(type) {
	case *redis.Message:
		return d.Kind != redis.Unreadable
	case *mysql.Message:
		return d.Kind == mysql.Command
	case *postgres.Message:
		return d.SQL() != "" && d.Frontend
	}
	return false
}

// broken says why a message is not whole.
func (s *said) broken(l narrate.Lang, why string) {
	if why != "" {
		s.warn(narrate.Broken(l, why))
	}
}

// toneOf tells failures from the rest.
func toneOf(detail any) MessageTone {
	switch d := detail.(type) {
	case *redis.Message:
		if d.Value.Type == redis.SimpleError || d.Value.Type == redis.BulkError {
			return ToneBad
		}
	case *mysql.Message:
		if d.Failure != nil {
			return ToneBad
		}
		if d.Kind == mysql.OK {
			return ToneGood
		}
	case *postgres.Message:
		switch d.Kind {
		case postgres.ErrorResponse:
			return ToneBad
		case postgres.NoticeResponse:
			return ToneOdd
		case postgres.CommandComplete:
			return ToneGood
		default:
			return ToneSay
		}
	case *tls.Alert:
		return ToneOdd
	case *tls.Encrypted:
		return ToneBinary
	}
	return ToneSay
}

// sayWeb words a WebSocket message.
func (m *Messages) sayWeb(it *item) said {
	l := m.Options.Lang
	parts := m.partsOf(it)
	end := m.talk.Messages[parts[len(parts)-1]].Detail.(*websocket.Frame)
	s := m.sayParts(parts)
	w := end.Whole
	if w == nil {
		begin := m.talk.Messages[parts[0]].Detail.(*websocket.Frame)
		if begin.Opcode != websocket.Continuation && !end.Fin {
			s.warn(narrate.FragmentsSeen(l, len(parts)))
		}
		w = &websocket.Whole{Opcode: begin.Opcode, Length: s.size}
		if begin.RSV == 0 {
			w.Data = begin.Payload
		}
	}
	s.tag = narrate.Opcode(l, w.Opcode)
	if end.Stream != 0 {
		s.fact(narrate.HTTP2Stream(l, end.Stream))
	}
	if w.Opcode == websocket.Binary && s.tone == ToneSay {
		s.tone = ToneBinary
	}
	if w.Stop != "" && len(s.notes) == 0 { // else it is said
		s.warn(narrate.WebSocketStop(l, w.Stop))
	}
	if w.Compressed {
		inside := w.Inflated
		if w.Stop != "" {
			inside = -1
		}
		s.fact(narrate.Encoded(l, []string{"permessage-deflate"}, w.Length, inside))
	}
	total := w.Length
	if w.Compressed {
		total = w.Inflated
	}
	s.content(m.Options.Lang, w.Data, w.Truncated, total)
	return s
}

// sayParts begins the words of a WebSocket message with its size and what is wrong with its frames.
func (m *Messages) sayParts(parts []int32) said {
	l := m.Options.Lang
	s := said{}
	for _, k := range parts {
		msg := &m.talk.Messages[k]
		f := msg.Detail.(*websocket.Frame)
		s.size += f.Length
		for _, p := range f.Problems {
			s.warn(narrate.WebSocketProblem(l, p))
		}
		if f.Missing > 0 {
			s.warn(narrate.GapBytes(l, f.Missing))
		}
		s.broken(l, msg.Broken)
	}
	return s
}

// partsOf returns the messages of the conversation that an item consists of.
func (m *Messages) partsOf(it *item) []int32 { return m.parts[it.at : it.at+it.n] }

// sayControl words a control frame of a WebSocket.
func (m *Messages) sayControl(msg *session.Message, f *websocket.Frame) said {
	l := m.Options.Lang
	s := said{tag: narrate.Opcode(l, f.Opcode), size: f.Length}
	switch {
	case f.Unreadable:
		s.tag, s.tone = narrate.WordBytes(l), ToneBad
		s.content(m.Options.Lang, f.Payload, f.Truncated, f.Length)
	case f.Opcode == websocket.Close:
		s.title, s.tone = clean(narrate.CloseReason(l, f.CloseCode, f.CloseReason)), ToneOdd
	default:
		s.content(m.Options.Lang, f.Payload, f.Truncated, f.Length)
		if f.Unasked {
			s.fact(narrate.PongUnasked(l))
		}
	}
	for _, p := range f.Problems {
		s.warn(narrate.WebSocketProblem(l, p))
	}
	s.broken(l, msg.Broken)
	return s
}

// sayFrame words a frame of HTTP/2 that stands for itself.
func (m *Messages) sayFrame(msg *session.Message, f *http2.Frame) said {
	l := m.Options.Lang
	tag, title, _ := strings.Cut(narrate.HTTP2Frame(l, f), " · ")
	s := said{tag: tag, title: title, size: f.Length}
	if f.Type == http2.RSTStream || f.Type == http2.GoAway {
		s.tone = ToneOdd
	}
	for _, set := range f.Settings {
		s.lines = append(s.lines, narrate.HTTP2Setting(l, set))
	}
	for i := range f.Fields {
		s.lines = breakLine(s.lines, clean(narrate.HTTP2Field(l, &f.Fields[i])), maxExpanded)
	}
	s.lines = s.lines[:min(len(s.lines), maxExpanded)]
	if f.Unreadable {
		s.tone = ToneBad
	}
	if f.Type == http2.GoAway && printable(f.Data) {
		s.lines, _ = brokenText(f.Data, maxExpanded)
	}
	for _, p := range f.Problems {
		s.warn(narrate.HTTP2Problem(l, p))
	}
	s.broken(l, msg.Broken)
	return s
}

// sayEvent words a server-sent event, with the time since the one before it.
func (m *Messages) sayEvent(it *item, msg *session.Message, e *sse.Event) said {
	l := m.Options.Lang
	tag, _, lines := narrate.Said(l, &msg.Message)
	s := said{tag: clean(tag), size: e.DataLen}
	if e.HasID {
		s.fact("id " + clean(e.ID))
	}
	if before := m.eventBefore(it.at); before != nil {
		gap := time.Duration(m.view.At(msg.Ended).Time - m.view.At(before.Ended).Time)
		s.fact(narrate.EventGap(l, gap, before.Ended == msg.Ended))
	}
	if e.HasData && len(e.Comments) == 0 && !e.HasRetry && len(e.Ignored) == 0 && e.Left == 0 && !e.Truncated() {
		s.content(m.Options.Lang, []byte(e.Data), false, e.DataLen)
	} else {
		s.content(m.Options.Lang, []byte(strings.Join(lines, "\n")), false, e.DataLen)
	}
	s.broken(l, msg.Broken)
	return s
}

// eventBefore returns the server-sent event before message k of the conversation, nil if it is the first.
func (m *Messages) eventBefore(k int32) *session.Message {
	for k--; k >= 0; k-- {
		if o := &m.talk.Messages[k]; o.Protocol == sse.Name {
			return o
		}
	}
	return nil
}

// sayRaw words bytes of no known protocol.
func (m *Messages) sayRaw(it *item) said {
	l := m.Options.Lang
	s := said{tag: narrate.WordBytes(l), size: it.end - it.start}
	data, err := m.bytes(it, maxRawShown)
	if err != nil {
		s.warn(narrate.Failure(l, err).Sentences[0])
		return s
	}
	if printable(data) {
		s.tag = narrate.WordText(l)
	} else {
		s.tone = ToneBinary
	}
	s.content(m.Options.Lang, data, int64(len(data)) < s.size, s.size)
	return s
}

// bytes reads the bytes of an item again, at most limit of them.
func (m *Messages) bytes(it *item, limit int64) (data []byte, err error) {
	end := min(it.end, it.start+limit)
	err = m.talk.Streams().Within(context.Background(), it.dir, it.start, end, func(_ session.Piece, b []byte) bool {
		data = append(data, b...)
		return true
	})
	return data, err
}

// content shows what was sent as the content of a message: a picture, JSON laid out, text, or bytes in hexadecimal. truncated says that data is
// only the beginning of it, total how long it is.
func (s *said) content(l narrate.Lang, data []byte, truncated bool, total int64) {
	shown := data[:min(len(data), maxMessageText)]
	truncated = truncated || len(shown) < len(data)
	if len(data) == 0 {
		if s.title == "" && total == 0 {
			s.title = narrate.WordEmpty(l)
		}
		return
	}
	if pictureFormat(data) != "" {
		s.picture, s.tone = true, ToneBinary
		return
	}
	more := s.lay(shown, truncated)
	s.code = s.code || s.title == ""
	if s.title == "" && !truncated {
		s.shorten(l, shown)
	}
	s.cut = more || truncated
	switch {
	case more:
		s.fact(narrate.KeptOf(l, 0, -1))
	case truncated:
		s.fact(narrate.KeptOf(l, int64(len(shown)), total))
	}
}

// lay makes the lines of a content; more says that there are others.
func (s *said) lay(data []byte, truncated bool) (more bool) {
	switch {
	case !truncated && isJSON(data):
		s.lines, more = layJSON(data, maxExpanded)
	case printable(data):
		s.lines, more = brokenText(data, maxExpanded)
	default:
		if s.tone == ToneSay {
			s.tone = ToneBinary
		}
		s.lines, s.hex = hexDump(data, maxExpanded), true
		more = len(data) > 16*maxExpanded
	}
	return more
}

// shorten makes a content of one short line the title.
func (s *said) shorten(l narrate.Lang, data []byte) {
	const short = 48 // columns
	switch text := bytes.TrimRight(data, "\r\n"); {
	case len(text) == 0:
		s.title, s.code, s.lines = narrate.WordEmptyLine(l), false, nil
	case len(text) > 2*short:
	case !printable(text):
		if line := fmt.Sprintf("% x", text); len(data) == len(text) && len(line) <= short {
			s.title, s.lines = line, nil
		}
	case bytes.IndexByte(text, '\n') < 0:
		if line := clean(string(text)); columnsIn(line) <= short {
			s.title, s.code, s.lines = line, isJSON(text), nil
		}
	}
}

// hexDump dumps bytes, 16 a line, at most limit lines.
func hexDump(b []byte, limit int) []string {
	lines := make([]string, 0, min(len(b)/16+1, limit))
	for off := 0; off < len(b) && len(lines) < limit; off += 16 {
		part := b[off:min(off+16, len(b))]
		lines = append(lines, fmt.Sprintf("%04x %-48s%s", off, fmt.Sprintf("% x", part), ascii(part)))
	}
	return lines
}

// pictures are the beginnings of the formats that are shown as pictures.
var pictures = []struct {
	format, magic string
	at            int
}{
	{"PNG", "\x89PNG\r\n\x1a\n", 0}, {"JPEG", "\xff\xd8\xff", 0}, {"GIF", "GIF87a", 0}, {"GIF", "GIF89a", 0}, {"WebP", "WEBP", 8},
}

// pictureFormat names the picture format that bytes begin like, "" if they do not.
func pictureFormat(b []byte) string {
	for _, p := range pictures {
		if len(b) > p.at && bytes.HasPrefix(b[p.at:], []byte(p.magic)) {
			return p.format
		}
	}
	return ""
}
