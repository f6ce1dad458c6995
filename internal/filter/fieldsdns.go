package filter

import (
	"net/netip"
	"strconv"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/dns"
)

// The record types whose data have a field of their own, RFC 1035 §3.2.2 and RFC 3596.
const (
	dnsA     = 1
	dnsNS    = 2
	dnsCNAME = 5
	dnsPTR   = 12
	dnsMX    = 15
	dnsTXT   = 16
	dnsAAAA  = 28
	dnsOPT   = 41
)

var recordTypes = []Named{
	{"A", dnsA},
	{"NS", dnsNS},
	{"CNAME", dnsCNAME},
	{"SOA", 6},
	{"PTR", dnsPTR},
	{"HINFO", 13},
	{"MX", dnsMX},
	{"TXT", dnsTXT},
	{"AAAA", dnsAAAA},
	{"SRV", 33},
	{"NAPTR", 35},
	{"OPT", dnsOPT},
	{"DS", 43},
	{"RRSIG", 46},
	{"NSEC", 47},
	{"DNSKEY", 48},
	{"NSEC3", 50},
	{"TLSA", 52},
	{"SVCB", 64},
	{"HTTPS", 65},
	{"IXFR", 251},
	{"AXFR", 252},
	{"ANY", 255},
	{"CAA", 257},
}

var dnsOpcodes = []Named{
	{"Standard query", 0},
	{"Inverse query", 1},
	{"Server status request", 2},
	{"Zone change notification", 4},
	{"Dynamic update", 5},
	{"DNS Stateful operations (DSO)", 6},
}

var replyCodes = []Named{
	{"No error", 0},
	{"Format error", 1},
	{"Server failure", 2},
	{"No such name", 3},
	{"Not implemented", 4},
	{"Refused", 5},
	{"Name exists", 6},
	{"RRset exists", 7},
	{"RRset does not exist", 8},
	{"Not authoritative", 9},
	{"Name out of zone", 10},
}

// dnsField makes a field of DNS messages. Only those over TCP are in connections.
func dnsField(name string, t Type, help narrate.Text, get func(m *dns.Message, dst []value) []value) Field {
	return detailField(name, t, help, func(m *dns.Message, dst []value) []value {
		if m.Unreadable {
			return dst
		}
		return get(m, dst)
	})
}

// dnsBit makes the field of one bit of the header; answers says that only responses show it.
func dnsBit(name string, answers bool, help narrate.Text, get func(m *dns.Message) bool) Field {
	f := dnsField("dns.flags."+name, Bool, help, func(m *dns.Message, dst []value) []value {
		if answers && !m.Response {
			return dst
		}
		return boolean(dst, get(m))
	})
	f.Common = []string{"1", "0"}
	return f
}

// dnsName writes a name as Wireshark does, which has a word for the root.
func dnsName(s string) string {
	if s == "." {
		return "<Root>"
	}
	return s
}

// dnsData makes the field of the data of records of one type; read turns what stands in a zone file into values.
func dnsData(name string, t Type, kind uint16, help narrate.Text, read func(data string, dst []value) []value) Field {
	return dnsField(name, t, help, func(m *dns.Message, dst []value) []value {
		for i := range m.Records {
			if r := &m.Records[i]; r.Type == kind {
				dst = read(r.Data, dst)
			}
		}
		return dst
	})
}

func dnsAddress(data string, dst []value) []value {
	if a, err := netip.ParseAddr(data); err == nil {
		return append(dst, value{addr: a})
	}
	return dst
}

func dnsHost(data string, dst []value) []value { return text(dst, dnsName(data)) }

// mailExchange takes the host behind the preference.
func mailExchange(data string, dst []value) []value {
	_, host, _ := strings.Cut(data, " ")
	if len(host) > 1 {
		host = strings.TrimSuffix(host, ".")
	}
	return text(dst, dnsName(host))
}

// dnsTexts takes the strings of a TXT record out of their quotation marks; \" and \\ stand for the mark and the backslash, a
// backslash and three digits for any other byte (RFC 1035 §5.1).
func dnsTexts(data string, dst []value) []value {
	var b []byte
	quoted := false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == '"':
			if quoted {
				dst = append(dst, value{bytes: b})
			}
			b, quoted = nil, !quoted
		case c == '\\' && i+3 < len(data) && digits(data[i+1:i+4]):
			n, _ := strconv.Atoi(data[i+1 : i+4])
			b = append(b, byte(n))
			i += 3
		case c == '\\' && i+1 < len(data):
			i++
			b = append(b, data[i])
		case quoted:
			b = append(b, c)
		}
	}
	return dst
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// eachRecord appends get of all records, and of EDNS's, which is kept apart.
func eachRecord(m *dns.Message, dst []value, get func(r *dns.Record) value) []value {
	for i := range m.Records {
		dst = append(dst, get(&m.Records[i]))
	}
	if m.EDNS != nil {
		dst = append(dst, get(&dns.Record{Name: ".", Type: dnsOPT}))
	}
	return dst
}

// dnsCount makes the field of one of the header's counts.
func dnsCount(name string, i int, help narrate.Text) Field {
	return dnsField("dns.count."+name, Number, help, func(m *dns.Message, dst []value) []value { return number(dst, m.Counts[i]) })
}

var dnsFields = []Field{
	dnsField("dns", None, narrate.Text{"Any DNS message over TCP.", "任何经 TCP 传送的 DNS 消息。"}, func(_ *dns.Message, dst []value) []value { return mark(dst, true) }),
	dnsField("dns.length", Number, narrate.Text{"The length of the message without the length in front of it.", "消息的长度，不含前面的长度字段。"},
		func(m *dns.Message, dst []value) []value { return number(dst, int64(m.Size)) }),
	dnsField("dns.id", Number, narrate.Text{"The number by which a response finds its query.", "响应与查询对应的编号。"},
		func(m *dns.Message, dst []value) []value { return number(dst, m.ID) }),
	dnsBit("response", false, narrate.Text{"A response, not a query.", "响应，而非查询。"}, func(m *dns.Message) bool { return m.Response }),
	withNames(dnsField("dns.flags.opcode", Number, narrate.Text{"What kind of query it is: 0 a usual one, 5 an update.", "查询的种类：0 普通查询，5 更新。"},
		func(m *dns.Message, dst []value) []value { return number(dst, m.Opcode) }), dnsOpcodes, "0", "4", "5"),
	dnsBit("authoritative", true, narrate.Text{"The server is responsible for the name.", "服务器对该名字有权威。"}, func(m *dns.Message) bool { return m.Authoritative }),
	dnsBit("truncated", false, narrate.Text{"The message was cut to fit.", "消息因太长而被截短。"}, func(m *dns.Message) bool { return m.Truncated }),
	dnsBit("recdesired", false, narrate.Text{"The client wants the server to ask others.", "客户端希望服务器代为查询。"}, func(m *dns.Message) bool { return m.RecursionDesired }),
	dnsBit("recavail", true, narrate.Text{"The server asks others.", "服务器会代为查询。"}, func(m *dns.Message) bool { return m.RecursionAvailable }),
	dnsBit("authenticated", false, narrate.Text{"The server has checked the signatures, or the client asks whether it has.", "服务器已验证签名，或客户端询问是否已验证。"}, func(m *dns.Message) bool { return m.AuthenticData }),
	dnsBit("checkdisable", false, narrate.Text{"The client takes data whose signatures were not checked.", "客户端接受未验证签名的数据。"}, func(m *dns.Message) bool { return m.CheckingDisabled }),
	withNames(dnsField("dns.flags.rcode", Number, narrate.Text{"The result of a response: 0 no error, 2 server failure, 3 no such name.", "响应的结果：0 无错误，2 服务器失败，3 名字不存在。"},
		func(m *dns.Message, dst []value) []value {
			if !m.Response {
				return dst
			}
			return number(dst, m.Rcode)
		}), replyCodes, "0", "1", "2", "3", "5"),
	dnsCount("queries", 0, narrate.Text{"How many questions the message has.", "消息里有多少个问题。"}),
	dnsCount("answers", 1, narrate.Text{"How many answers the message has.", "消息里有多少个回答。"}),
	dnsCount("auth_rr", 2, narrate.Text{"How many authority records the message has.", "消息里有多少条权威记录。"}),
	dnsCount("add_rr", 3, narrate.Text{"How many additional records the message has.", "消息里有多少条附加记录。"}),
	dnsField("dns.qry.name", String, narrate.Text{"The name that is asked for, without the last dot.", "查询的名字，不带末尾的点。"},
		func(m *dns.Message, dst []value) []value {
			for i := range m.Questions {
				dst = text(dst, dnsName(m.Questions[i].Name))
			}
			return dst
		}),
	withNames(dnsField("dns.qry.type", Number, narrate.Text{"The type that is asked for: 1 A, 28 AAAA, 15 MX.", "查询的类型：1 A，28 AAAA，15 MX。"},
		func(m *dns.Message, dst []value) []value {
			for i := range m.Questions {
				dst = number(dst, m.Questions[i].Type)
			}
			return dst
		}), recordTypes, "1", "28", "5", "15", "16", "2", "6", "12", "33", "65", "252", "255"),
	dnsField("dns.qry.class", Number, narrate.Text{"The class that is asked for: 1 for the Internet.", "查询的类别：1 是互联网。"},
		func(m *dns.Message, dst []value) []value {
			for i := range m.Questions {
				dst = number(dst, m.Questions[i].Class)
			}
			return dst
		}),
	dnsField("dns.resp.name", String, narrate.Text{"The name of a record.", "记录的名字。"},
		func(m *dns.Message, dst []value) []value {
			return eachRecord(m, dst, func(r *dns.Record) value { return value{bytes: []byte(dnsName(r.Name))} })
		}),
	withNames(dnsField("dns.resp.type", Number, narrate.Text{"The type of a record: 1 A, 28 AAAA, 5 CNAME.", "记录的类型：1 A，28 AAAA，5 CNAME。"},
		func(m *dns.Message, dst []value) []value {
			return eachRecord(m, dst, func(r *dns.Record) value { return value{num: int64(r.Type)} })
		}), recordTypes, "1", "28", "5", "15", "16", "2", "6", "12", "33", "65"),
	dnsField("dns.resp.ttl", Number, narrate.Text{"For how many seconds a record may be kept.", "记录可以缓存多少秒。"},
		func(m *dns.Message, dst []value) []value {
			for i := range m.Records {
				dst = number(dst, m.Records[i].TTL)
			}
			return dst
		}),
	dnsData("dns.a", Address4, dnsA, narrate.Text{"The address in an A record.", "A 记录里的地址。"}, dnsAddress),
	dnsData("dns.aaaa", Address6, dnsAAAA, narrate.Text{"The address in an AAAA record.", "AAAA 记录里的地址。"}, dnsAddress),
	dnsData("dns.cname", String, dnsCNAME, narrate.Text{"The name that a CNAME record points to.", "CNAME 记录指向的名字。"}, dnsHost),
	dnsData("dns.ns", String, dnsNS, narrate.Text{"The server in an NS record.", "NS 记录里的服务器。"}, dnsHost),
	dnsData("dns.ptr.domain_name", String, dnsPTR, narrate.Text{"The name in a PTR record.", "PTR 记录里的名字。"}, dnsHost),
	dnsData("dns.mx.mail_exchange", String, dnsMX, narrate.Text{"The host in an MX record.", "MX 记录里的主机。"}, mailExchange),
	dnsData("dns.txt", String, dnsTXT, narrate.Text{"A text in a TXT record.", "TXT 记录里的文字。"}, dnsTexts),
}
