package narrate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/proto/dns"
)

// maxAnswers is how many answers stand in one line; the others are counted.
const maxAnswers = 4

var rcodes = map[uint16]Text{
	1:  {"the server cannot read the query", "服务器看不懂这个查询"},
	2:  {"the server failed", "服务器出错"},
	3:  {"there is no such name", "没有这个名字"},
	4:  {"the server does not support this", "服务器不支持"},
	5:  {"the server refuses", "服务器拒绝"},
	6:  {"the name exists, though it should not", "名字不应存在却存在"},
	7:  {"the records exist, though they should not", "记录不应存在却存在"},
	8:  {"the records should exist and do not", "记录应存在却不存在"},
	9:  {"not allowed, or not responsible for this zone", "没有权限，或不负责这个区"},
	10: {"the name is not in the zone", "名字不在这个区里"},
	16: {"the version of EDNS is not supported", "不支持这个 EDNS 版本"},
	23: {"the cookie is wrong", "cookie 不对"},
}

// DNSRcode says what a response code means.
func DNSRcode(l Lang, code uint16) string {
	name := dns.RcodeName(code)
	words, known := rcodes[code]
	switch {
	case known && name != "":
		return words.In(l) + Text{" (", "（"}.In(l) + name + Text{")", "）"}.In(l)
	case name != "":
		return name
	}
	return Text{"response code ", "应答码 "}.In(l) + strconv.Itoa(int(code))
}

// DNSLine says in one line what a message asks or answers.
func DNSLine(l Lang, m *dns.Message) string {
	if m.Unreadable {
		return Text{"not readable as DNS", "无法按 DNS 解读"}.In(l) + " · " + Count(uint64(m.Size)) + " B"
	}
	var b strings.Builder
	switch {
	case m.Response:
		b.WriteString(Text{"answers: ", "应答："}.In(l))
	case m.Opcode != 0:
		b.WriteString(opcode(l, m.Opcode) + Text{": ", "："}.In(l))
	case len(m.Questions) == 0 && len(m.Records) > 0:
		b.WriteString(Text{"announces: ", "通告："}.In(l))
	default:
		b.WriteString(Text{"asks: ", "查询："}.In(l))
	}
	questions := make([]string, 0, maxAnswers)
	for i := range m.Questions[:min(len(m.Questions), maxAnswers)] {
		q := &m.Questions[i]
		questions = append(questions, dns.TypeName(q.Type)+" "+q.Name)
	}
	b.WriteString(listed(l, questions, len(m.Questions)))
	answer := dnsAnswer(l, m)
	if answer != "" && len(questions) > 0 {
		b.WriteString(" → ")
	}
	b.WriteString(answer)
	return strings.TrimSpace(b.String())
}

// listed joins what is shown of n things.
func listed(l Lang, shown []string, n int) string {
	s := strings.Join(shown, Text{", ", "，"}.In(l))
	if n > len(shown) {
		s += fmt.Sprintf(Text{" and %d more", " 等，另有 %d 个"}.In(l), n-len(shown))
	}
	return s
}

func opcode(l Lang, code uint8) string {
	if s := dns.OpcodeName(code); s != "" {
		return s
	}
	return Text{"operation ", "操作 "}.In(l) + strconv.Itoa(int(code))
}

// dnsAnswer lists the answers of a response, or says why there are none. It is empty for a query.
func dnsAnswer(l Lang, m *dns.Message) string {
	var shown []string
	n := 0
	for i := range m.Records {
		r := &m.Records[i]
		if r.Section != dns.Answer {
			continue
		}
		if n++; n > maxAnswers {
			continue
		}
		s := r.Data
		if len(m.Questions) == 0 {
			s = dns.TypeName(r.Type) + " " + r.Name + " " + s
		} else if r.Type != m.Questions[0].Type {
			s = dns.TypeName(r.Type) + " " + s
		}
		shown = append(shown, s)
	}
	switch {
	case n > 0:
		return listed(l, shown, n)
	case !m.Response:
		return ""
	case m.ExtendedRcode != 0:
		return DNSRcode(l, m.ExtendedRcode)
	case m.Truncated:
		return Text{"too long for a datagram: ask again over TCP", "数据报装不下：请改用 TCP 再问"}.In(l)
	case m.Opcode != 0:
		return Text{"done", "完成"}.In(l)
	case m.Malformed:
		return ""
	}
	return Text{"no record of this type", "没有这种类型的记录"}.In(l)
}

// DNSDetails are the lines below the first one: every record, EDNS, and what is odd.
func DNSDetails(l Lang, m *dns.Message) []string {
	var lines []string
	for i := range m.Records {
		lines = append(lines, dnsRecord(l, &m.Records[i]))
	}
	if e := m.EDNS; e != nil {
		s := fmt.Sprintf(Text{"EDNS: datagrams up to %s B", "EDNS：数据报最大 %s B"}.In(l), Count(uint64(e.UDPSize)))
		if e.DNSSECOK {
			s += " · DNSSEC OK"
		}
		for _, o := range e.Options {
			s += fmt.Sprintf(Text{" · option %d: %s", " · 选项 %d：%s"}.In(l), o.Code, o.Text)
		}
		lines = append(lines, s)
	}
	if m.Left > 0 {
		lines = append(lines, fmt.Sprintf(Text{"announced, but not shown: %s", "已声明但未显示：%s 条"}.In(l), Count(uint64(m.Left))))
	}
	if m.Truncated {
		lines = append(lines, Text{"⚠ truncated: it did not fit into the datagram", "⚠ 已截断：数据报装不下"}.In(l))
	}
	if m.Malformed {
		lines = append(lines, Text{"⚠ the rest of the message cannot be read", "⚠ 消息的其余部分无法解读"}.In(l))
	}
	return lines
}

var dnsSections = [...]Text{dns.Answer: {"answer", "应答"}, dns.Authority: {"authority", "授权"}, dns.Additional: {"additional", "附加"}}

func dnsRecord(l Lang, r *dns.Record) string {
	s := dnsSections[r.Section].In(l) + Text{": ", "："}.In(l) + r.Name + " " + dns.TypeName(r.Type)
	if r.Data != "" {
		s += " " + r.Data
	}
	if r.TTL == 0 {
		return s + Text{" · not to be kept", " · 不要缓存"}.In(l)
	}
	return s + Text{" · valid for ", " · 有效期 "}.In(l) + Duration(time.Duration(r.TTL)*time.Second)
}
