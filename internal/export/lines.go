package export

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// maxContent is how many bytes of one message's content are written, in one line that readers must hold in memory.
const maxContent = 16 << 20

// LinesOptions say which messages Lines writes.
type LinesOptions struct {
	// Protocol is a proto.Message's; "" takes all.
	Protocol string
	// Stream is the number of a connection, Message the number of a message in its connection, or of a packet in its conversation
	// of datagrams; -1 takes all.
	Stream, Message int
	// Choice says which messages of these.
	Choice *Choice
}

// Lines writes the messages of a capture as JSON, an object a line: connection by connection, in the order in which they
// ended, and behind them those of datagrams. It returns how many there were. progress is told how many of the packets were
// looked at; it may be nil.
func Lines(ctx context.Context, s *session.Session, w io.Writer, opt LinesOptions, progress func(done, total int)) (int, error) {
	l := &lines{w: w, opt: opt, progress: progress}
	if opt.Stream >= 0 {
		v, err := s.View(opt.Stream)
		if err == nil {
			l.total = v.Len()
			err = l.connection(ctx, v)
		}
		return l.n, err
	}
	packets := func(i int) int {
		c := s.Connection(i)
		return int(c.Packets[0]) + int(c.Packets[1])
	}
	for i := range s.Streams() {
		l.total += packets(i)
	}
	if opt.Choice == nil { // which has segments only
		for i := range s.Others() {
			l.total += datagramsOf(s.Other(i))
		}
	}
	err := s.Sweep(ctx, nil, func(done, _ int) { l.pass(packets(done - 1)) }, opt.Choice.narrowed(func(v *session.View) error { return l.connection(ctx, v) }))
	if err == nil && opt.Choice == nil {
		err = l.sweepDatagrams(ctx, s)
	}
	return l.n, err
}

// lines writes messages to w.
type lines struct {
	w   io.Writer
	opt LinesOptions
	n   int // written
	b   bytes.Buffer

	progress     func(done, total int)
	total, ended int // packets, and those of the connections that were passed
}

// pass says that another connection was passed, which has n packets.
func (l *lines) pass(n int) {
	l.ended += n
	l.tell(0)
}

// tell says that n packets of the connection that is read were passed.
func (l *lines) tell(n int) {
	if l.progress != nil {
		l.progress(l.ended+n, l.total)
	}
}

// connection writes the messages of one connection.
func (l *lines) connection(ctx context.Context, v *session.View) error {
	var err error
	k := 0
	opt := all.Options{HTTP1: http1.Options{KeepBody: maxContent}, Keep: maxContent}
	decodeErr := v.Decode(ctx, opt, func(m session.Message, packets []uint32) bool {
		fits := (l.opt.Protocol == "" || l.opt.Protocol == m.Protocol) && (l.opt.Message < 0 || l.opt.Message == k) &&
			l.opt.Choice.Wants(v, &m, packets)
		if fits {
			err = l.write(v, &m, k)
		}
		k++
		l.tell(m.Ended + 1)
		letGo(&m)
		return err == nil && (l.opt.Message < 0 || k <= l.opt.Message)
	})
	if err == nil {
		err = decodeErr
	}
	return err
}

// letGo drops a body that was looked at: a request stays known until it is answered.
func letGo(m *session.Message) {
	if h, ok := m.Detail.(*http1.Head); ok {
		h.Body.Bytes = nil
	}
}

// common is what every line begins with.
type common struct {
	// Stream is the number of the connection; of a datagram Other is that of its conversation.
	Stream *uint32 `json:"stream,omitempty"`
	Other  *int    `json:"other,omitempty"`
	// Message is the number of the message in its connection, from 0, as LinesOptions.Message means it.
	Message  int    `json:"message"`
	Protocol string `json:"protocol"`
	From     string `json:"from"`
	// Frames are the packets that carry the message: the first one, and the one that completed it; Time and EndTime are
	// theirs.
	Frames struct {
		First uint32 `json:"first"`
		Last  uint32 `json:"last"`
	} `json:"frames"`
	Time    string `json:"time"`
	EndTime string `json:"end_time"`
	// Start and End are the byte range in the sender's stream, from 0.
	Start    int64  `json:"start"`
	End      int64  `json:"end"`
	Complete bool   `json:"complete"`
	Broken   string `json:"broken,omitempty"`
}

// write writes message k of a connection.
func (l *lines) write(v *session.View, m *session.Message, k int) error {
	c := common{
		Stream: &v.Conn.Stream, Message: k, Protocol: m.Protocol, Start: m.Start, End: m.End, Complete: m.Complete, Broken: m.Broken,
	}
	first, last := v.At(m.First), v.At(m.Ended)
	c.Frames.First, c.Frames.Last = first.Frame, last.Frame
	c.Time, c.EndTime = rfc3339(first.Time), rfc3339(last.Time)
	return l.put(&c, m)
}

// put writes a line: what all messages have in common, and behind it the members of the protocol.
func (l *lines) put(c *common, m *session.Message) error {
	c.From = "client"
	if m.Dir == flow.ServerToClient {
		c.From = "server"
	}
	l.b.Reset()
	enc := json.NewEncoder(&l.b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return err
	}
	join := l.b.Len() - len("}\n")
	l.b.Truncate(join)
	if err := enc.Encode(members(m)); err != nil {
		return err
	}
	l.b.Bytes()[join] = ',' // in place of the opening brace: every protocol has members
	l.n++
	_, err := l.w.Write(l.b.Bytes())
	return err
}

// members returns what the line of a message says beyond common. Each protocol has a file of its own.
func members(m *session.Message) any {
	switch d := m.Detail.(type) {
	case *http1.Head:
		return httpLine(d)
	case *http2.Frame:
		return http2Line(d)
	case *sse.Event:
		return eventLine(d)
	case *websocket.Frame:
		return webSocketLine(d)
	case *redis.Message:
		return redisLine(d)
	case *postgres.Message:
		return postgresLine(d)
	case *mysql.Message:
		return mysqlLine(d)
	case *dns.Message:
		return dnsLine(d)
	}
	if t := tlsLine(m.Detail); t != nil {
		return t
	}
	title, text := narrate.Message(narrate.English, &m.Message)
	return wordsLine{title, text}
}

// wordsLine says in words what a message is, for protocols without members of their own.
type wordsLine struct {
	Title string   `json:"title"`
	Lines []string `json:"lines,omitempty"`
}

// content is what a message carries: text as it is, anything else in base64.
type content struct {
	Data     string `json:"data,omitempty"`
	Encoding string `json:"encoding,omitempty"` // "base64", or nothing for text
	// Truncated says that there is more than Data.
	Truncated bool `json:"truncated,omitempty"`
}

// contentOf prepares bytes of a message. If they are truncated, the cut may go through a character; what is left of that is
// dropped.
func contentOf(b []byte, truncated bool) content {
	if len(b) > maxContent {
		b, truncated = b[:maxContent], true
	}
	if truncated {
		b = wholeRunes(b)
	}
	if utf8.Valid(b) {
		return content{Data: string(b), Truncated: truncated}
	}
	return content{Data: base64.StdEncoding.EncodeToString(b), Encoding: "base64", Truncated: truncated}
}

// rfc3339 writes nanoseconds since 1970 as a time in UTC, with all its digits so that lines sort.
func rfc3339(ns int64) string {
	return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000000Z07:00")
}
