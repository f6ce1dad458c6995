package narrate

import (
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
)

func TestDNSLine(t *testing.T) {
	ask := []dns.Question{{Name: "www.example.test", Type: 1, Class: 1}}
	many := make([]dns.Record, 6)
	for i := range many {
		many[i] = dns.Record{Name: "www.example.test", Type: 1, Data: fmt.Sprintf("192.0.2.%d", i)}
	}
	for _, c := range []struct {
		m    dns.Message
		want Text
	}{
		{dns.Message{Questions: ask}, Text{"asks: A www.example.test", "查询：A www.example.test"}},
		{dns.Message{Response: true, Questions: ask}, Text{"answers: A www.example.test → no record of this type", "应答：A www.example.test → 没有这种类型的记录"}},
		{
			dns.Message{Response: true, Questions: ask, ExtendedRcode: 3},
			Text{"answers: A www.example.test → there is no such name (NXDOMAIN)", "应答：A www.example.test → 没有这个名字（NXDOMAIN）"},
		},
		{dns.Message{Response: true, Questions: ask, ExtendedRcode: 17}, Text{"answers: A www.example.test → BADKEY", "应答：A www.example.test → BADKEY"}},
		{dns.Message{Response: true, Questions: ask, ExtendedRcode: 3000}, Text{"answers: A www.example.test → response code 3000", "应答：A www.example.test → 应答码 3000"}},
		{
			dns.Message{Response: true, Questions: ask, Records: many},
			Text{
				"answers: A www.example.test → 192.0.2.0, 192.0.2.1, 192.0.2.2, 192.0.2.3 and 2 more",
				"应答：A www.example.test → 192.0.2.0，192.0.2.1，192.0.2.2，192.0.2.3 等，另有 2 个",
			},
		},
		{
			dns.Message{Response: true, Questions: ask, Records: []dns.Record{{Name: "www.example.test", Type: 5, Data: "a.test"}, {Section: dns.Authority, Data: "not here"}}},
			Text{"answers: A www.example.test → CNAME a.test", "应答：A www.example.test → CNAME a.test"},
		},
		{dns.Message{Response: true, Questions: ask, Truncated: true}, Text{"answers: A www.example.test → too long for a datagram: ask again over TCP", "应答：A www.example.test → 数据报装不下：请改用 TCP 再问"}},
		{dns.Message{Response: true, Questions: ask, Malformed: true}, Text{"answers: A www.example.test", "应答：A www.example.test"}},
		{dns.Message{Response: true, Records: many[:1]}, Text{"answers: A www.example.test 192.0.2.0", "应答：A www.example.test 192.0.2.0"}},
		{dns.Message{Records: many[:1]}, Text{"announces: A www.example.test 192.0.2.0", "通告：A www.example.test 192.0.2.0"}},
		{dns.Message{Opcode: 5, Questions: ask}, Text{"UPDATE: A www.example.test", "UPDATE：A www.example.test"}},
		{dns.Message{Opcode: 5, Response: true, Questions: ask}, Text{"answers: A www.example.test → done", "应答：A www.example.test → 完成"}},
		{dns.Message{Opcode: 9, Questions: ask}, Text{"operation 9: A www.example.test", "操作 9：A www.example.test"}},
		{dns.Message{Unreadable: true, Size: 1000}, Text{"not readable as DNS · 1,000 B", "无法按 DNS 解读 · 1,000 B"}},
	} {
		for l := range Lang(NumLangs) {
			if got := DNSLine(l, &c.m); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
}

func TestDNSDetails(t *testing.T) {
	m := dns.Message{
		Truncated: true, Malformed: true, Left: 1200,
		Records: []dns.Record{{Name: "a", Type: 1, TTL: 300, Data: "192.0.2.1"}, {Section: dns.Authority, Name: "b", Type: 6}, {Section: dns.Additional, Name: "c", Type: 16, TTL: 1}},
		EDNS:    &dns.EDNS{UDPSize: 1232, DNSSECOK: true, Options: []dns.Option{{Code: 10, Text: "0102"}}},
	}
	want := [NumLangs]string{
		`answer: a A 192.0.2.1 · valid for 5 min 0 s|authority: b SOA · not to be kept|additional: c TXT · valid for 1 s` +
			`|EDNS: datagrams up to 1,232 B · DNSSEC OK · option 10: 0102|announced, but not shown: 1,200` +
			`|⚠ truncated: it did not fit into the datagram|⚠ the rest of the message cannot be read`,
		`应答：a A 192.0.2.1 · 有效期 5 min 0 s|授权：b SOA · 不要缓存|附加：c TXT · 有效期 1 s` +
			`|EDNS：数据报最大 1,232 B · DNSSEC OK · 选项 10：0102|已声明但未显示：1,200 条` +
			`|⚠ 已截断：数据报装不下|⚠ 消息的其余部分无法解读`,
	}
	for l := range Lang(NumLangs) {
		if got := strings.Join(DNSDetails(l, &m), "|"); got != want[l] {
			t.Errorf("got  %s\nwant %s", got, want[l])
		}
		title, lines := Message(l, &proto.Message{Protocol: dns.Name, Detail: &m})
		if title != "DNS" || len(lines) != 8 || lines[0] != DNSLine(l, &m) {
			t.Errorf("in a connection it is %q %q", title, lines)
		}
	}
	for code, x := range rcodes {
		text(t, fmt.Sprint("response code ", code), x, false)
		if dns.RcodeName(code) == "" {
			t.Errorf("response code %d has no name", code)
		}
	}
	text(t, "not DNS", brokenTexts[dns.BrokenNotDNS], false)
}
