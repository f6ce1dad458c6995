package all

import (
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
)

// question reads a body that is a DNS message (RFC 8484 §6): a question that was posted, or the answer.
type question struct {
	dir          flow.Direction
	emit         proto.Emit
	b            []byte
	start, until int64
	broken       bool
}

// maxQuestion is the longest DNS message, in bytes.
const maxQuestion = 65535

// newQuestion returns a reader of a body, nil if it is no DNS message or a compressed one: nobody compresses those.
func newQuestion(contentType string, codings []string, dir flow.Direction, emit proto.Emit) inner {
	t, _, _ := strings.Cut(contentType, ";")
	if !strings.EqualFold(strings.TrimSpace(t), "application/dns-message") || len(codings) > 0 {
		return nil
	}
	return &question{dir: dir, emit: emit, start: -1}
}

func (q *question) write(b []byte, at int64, gap bool) {
	if q.start < 0 {
		q.start = at
	}
	q.until = at + int64(len(b))
	if q.broken = q.broken || gap || len(q.b)+len(b) > maxQuestion; q.broken {
		q.b = nil
		return
	}
	q.b = append(q.b, b...)
}

// end emits the message. One that is not whole is not: the HTTP message says what is missing.
func (q *question) end(why string) {
	if q.broken || why != "" {
		return
	}
	if d, ok := dns.Parse(q.b, dns.Name); ok {
		q.emit(proto.Message{Protocol: dns.Name, Dir: q.dir, Start: q.start, End: q.until, Complete: true, Detail: d})
	}
}

func (q *question) release() {}
