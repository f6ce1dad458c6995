package timeline

import (
	"strings"
	"time"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/websocket"
)

// asked is what a question and its answers have in common: the question's detail, or where a ping stands, or what tells a DNS
// query from others.
type asked struct {
	detail any
	dir    flow.Direction
	start  int64
	id     uint16
	name   string
}

// pair finds out which message answers which.
func (m *Messages) pair() {
	questions := make(map[asked]int32)
	for i := range m.items {
		it := &m.items[i]
		if it.kind == halfItem {
			m.pairHalf(int32(i), questions)
			continue
		}
		if it.kind != talkItem {
			continue
		}
		question, answers := pairing(it, m.talk.Messages[it.at].Detail)
		if answers != (asked{}) {
			m.link(int32(i), questions, answers)
		}
		if question != (asked{}) {
			questions[question] = int32(i)
		}
	}
}

// link notes that item i answers a question, if that was seen.
func (m *Messages) link(i int32, questions map[asked]int32, of asked) {
	q, ok := questions[of]
	if !ok {
		return
	}
	m.items[i].answers = q
	if was := m.items[q].answer; !m.passing(&m.items[i]) && (was < 0 || m.items[was].quiet && !m.items[i].quiet) {
		m.items[q].answer = i
	}
}

// passing reports an answer that says that the real one is still to come.
func (m *Messages) passing(it *item) bool {
	if it.kind == halfItem {
		return m.halves[it.half].Status/100 == 1 && m.halves[it.half].Status != switching
	}
	if it.kind != talkItem {
		return false
	}
	h, ok := m.talk.Messages[it.at].Detail.(*http1.Head)
	return ok && h.Interim()
}

// switching is the status of a response behind which another protocol begins.
const switching = 101

// pairHalf pairs an item of HTTP/2 by its exchange; the request may have come by HTTP/1.
func (m *Messages) pairHalf(i int32, questions map[asked]int32) {
	it := &m.items[i]
	x := m.exchanges[it.exchange]
	if m.halves[it.half] == x.Request {
		questions[asked{detail: x}] = i
		return
	}
	if x.Request != nil && x.Request.Version != overHTTP2 {
		for k := i - 1; k >= 0; k-- {
			if q := &m.items[k]; q.exchange == it.exchange && q.kind == talkItem && q.dir != it.dir {
				questions[asked{detail: x}] = k
				break
			}
		}
	}
	m.link(i, questions, asked{detail: x})
}

// pairing returns what an item asks and what it answers, empty for nothing.
func pairing(it *item, detail any) (question, answers asked) {
	switch d := detail.(type) {
	case *http1.Head:
		return questionOr(d, d.Kind == http1.Request, d.Request)
	case *redis.Message:
		return questionOr(d, d.Kind == redis.Command, d.Request)
	case *mysql.Message:
		question, _ = questionOr(d, true, nil)
		_, answers = questionOr(d, false, d.Request)
	case *postgres.Message:
		return questionOr(d, d.Frontend, d.Request)
	case *dns.Message:
		key := asked{dir: it.dir, id: d.ID, name: "."}
		if len(d.Questions) > 0 {
			key.name = strings.ToLower(d.Questions[0].Name)
		}
		if !d.Response {
			return key, answers
		}
		key.dir = it.dir.Reverse()
		return question, key
	case *websocket.Frame:
		if d.Opcode == websocket.Ping {
			question = asked{dir: it.dir, start: it.start, name: "ping"}
		} else if d.Answers != nil {
			answers = asked{dir: it.dir.Reverse(), start: d.Answers.Start, name: "ping"}
		}
	}
	return question, answers
}

// questionOr tells a message that asks from one that answers request, which is nil if that is not known.
func questionOr[T any](d *T, asks bool, request *T) (question, answers asked) {
	switch {
	case asks:
		question.detail = d
	case request != nil:
		answers.detail = request
	}
	return question, answers
}

// waited returns how long the question of item i waited for it, negative if that is not known.
func (m *Messages) waited(i int) time.Duration {
	it := &m.items[i]
	asked := &m.items[it.answers]
	from := asked.ended
	if it.exchange >= 0 && !m.passing(it) {
		switch x := m.exchanges[it.exchange]; {
		case x.Tunnel != "": // what asked for it has no end before that of the tunnel
			from = asked.first
		case x.Timing.Early: // it answers what was not all said yet
			return exchange.Unknown
		case x.Timing.Wait != exchange.Unknown:
			return x.Timing.Wait
		}
	}
	return time.Duration(m.view.At(int(it.first)).Time - m.view.At(int(from)).Time)
}
