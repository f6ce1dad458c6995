package timeline

import (
	"sort"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// silence says who waited for whom in front of segment i: what the segments show, and what the messages add to that.
func (c *Chat) silence(i int) (diagnose.Waiting, flow.Direction) {
	w, by := diagnose.Silence(c.view, c.moments, i)
	after := c.view.At(i)
	if c.talk == nil {
		return w, by
	}
	if (w == diagnose.Idle || w == diagnose.AsksLife) && c.unanswered(i) { // whatever ends the wait: a probe, or the client's patience
		return diagnose.ForReply, flow.ClientToServer
	}
	if after.Len > 0 && (w == diagnose.Idle || w == diagnose.ForReply || w == diagnose.Unsure) {
		return c.untilData(i, after.Dir(), w, by)
	}
	return w, by
}

// untilData says what the messages add where d's data end a silence before segment i in which, by the segments, by waited as w says.
func (c *Chat) untilData(i int, d flow.Direction, w diagnose.Waiting, by flow.Direction) (diagnose.Waiting, flow.Direction) {
	all := c.talk.Messages
	at := sort.Search(len(all), func(k int) bool { return all[k].First >= i })
	for k := at - 1; k >= max(0, at-maxMessages); k-- {
		if m := &all[k]; m.Dir == d && m.Last >= i {
			return diagnose.Pausing, d
		}
	}
	if d == flow.ClientToServer && at < len(all) && all[at].First == i && all[at].Dir == d && asks(all[at].Protocol) {
		return diagnose.NoRequest, d
	}
	if at > 0 && (w == diagnose.ForReply || w == diagnose.Unsure) && tells(&all[at-1]) {
		return diagnose.Idle, d
	}
	return w, by
}

// tells reports a message that nobody has to answer: on a WebSocket each side speaks when it has something to say.
func tells(m *session.Message) bool {
	f, ok := m.Detail.(*websocket.Frame)
	return ok && f.Opcode != websocket.Ping && f.Opcode != websocket.Close
}

// unanswered reports that the last thing said before segment i is a whole request.
func (c *Chat) unanswered(i int) bool {
	all := c.talk.Messages
	at := sort.Search(len(all), func(k int) bool { return all[k].First >= i })
	if at == 0 {
		return false
	}
	m := &all[at-1]
	return m.Dir == flow.ClientToServer && asks(m.Protocol) && m.Last < i
}

// maxMessages bounds the search for a message that is not finished: few are open at a time.
const maxMessages = 64

// asks reports a protocol in which the client asks and the server answers.
func asks(protocol string) bool {
	switch protocol {
	case http1.Name, redis.Name, mysql.Name, postgres.Name, dns.Name:
		return true
	}
	return false
}
