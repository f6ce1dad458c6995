package narrate

import (
	"strings"
	"testing"
	"time"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/tcp"
)

func TestSaidWithATag(t *testing.T) {
	ask := &redis.Message{Kind: redis.Command, Value: redis.Value{Count: 2, Elements: []redis.Value{{Text: "get", Length: 3}, {Text: "k", Length: 1}}}}
	for _, c := range []struct {
		m    proto.Message
		want [NumLangs]string
	}{
		{proto.Message{Protocol: redis.Name, Detail: ask}, Text{"GET|k|", "GET|k|"}},
		{
			proto.Message{Protocol: redis.Name, Detail: &redis.Message{Kind: redis.Reply, Request: ask, Value: redis.Value{Type: redis.SimpleString, Text: "OK", Length: 2}}},
			Text{"reply|OK|", "回复|OK|"},
		},
		{proto.Message{Protocol: redis.Name, Detail: &redis.Message{Kind: redis.Unreadable, Length: 7}}, Text{"?|not readable as Redis · 7 B|", "?|无法按 Redis 解读 · 7 B|"}},
		{proto.Message{Protocol: dns.Name, Detail: &dns.Message{Questions: []dns.Question{{Name: "a.test", Type: 1}}}}, Text{"asks|A a.test|", "查询|A a.test|"}},
		{proto.Message{Protocol: dns.Name, Detail: &dns.Message{Unreadable: true, Size: 3}}, Text{"?|not readable as DNS · 3 B|", "?|无法按 DNS 解读 · 3 B|"}},
		{proto.Message{Protocol: sse.Name, Detail: &sse.Event{HasData: true, Data: "x", DataLen: 1}}, Text{"event||x", "事件||x"}},
		{proto.Message{Protocol: sse.Name, Detail: &sse.Event{Comments: []string{"hold on"}}}, Text{"comment||: hold on", "注释||: hold on"}},
	} {
		for l := range Lang(NumLangs) {
			tag, title, lines := Said(l, &c.m)
			if got := tag + "|" + title + "|" + strings.Join(lines, "/"); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
}

func TestPingsInWords(t *testing.T) {
	for _, c := range []struct {
		pings, answered, unasked int
		longest                  time.Duration
		want                     string
	}{
		{1, 1, 0, time.Millisecond, "1 ping, answered|pong after 1 ms"},
		{1, 0, 0, -1, "1 ping, no answer seen|"},
		{12, 12, 0, time.Second, "12 pings, all answered|pong after 1 s at most · in 2 min 0 s"},
		{12, 0, 0, -1, "12 pings, no answer seen|in 2 min 0 s"},
		{12, 3, 0, time.Second, "12 pings, 3 answered|pong after 1 s at most · in 2 min 0 s"},
		{0, 0, 1, -1, "1 heartbeat|a pong that no ping asked for"},
		{0, 0, 1200, -1, "1,200 heartbeats|pongs that no ping asked for · in 2 min 0 s"},
	} {
		title, detail := Pings(English, c.pings, c.answered, c.unasked, c.longest, 2*time.Minute)
		if got := title + "|" + detail; got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if zh, _ := Pings(Chinese, c.pings, c.answered, c.unasked, c.longest, 2*time.Minute); zh == title {
			t.Errorf("%q is the same in Chinese", zh)
		}
	}
}

func TestWhyThereIsNoMessage(t *testing.T) {
	seen := map[string]bool{}
	for l := range Lang(NumLangs) {
		for _, e := range []tcp.Ending{tcp.Refused, tcp.NoAnswer, tcp.Orderly} {
			seen[NoMessages(l, e, false)] = true
		}
		seen[NoMessages(l, tcp.Orderly, true)] = true
	}
	if len(seen) != 4*NumLangs {
		t.Errorf("%d different reasons", len(seen))
	}
}
