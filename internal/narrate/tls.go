package narrate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/proto/tls"
)

// The names of TLS's messages are the same in every language.
const tlsName = "TLS"

// tlsMessage describes a message of TLS.
func tlsMessage(l Lang, m *proto.Message) (title string, lines []string) {
	switch d := m.Detail.(type) {
	case *tls.Hello:
		if d.Type == tls.ClientHello {
			return clientHello(l, d)
		}
		return serverHello(l, d)
	case *tls.Handshake:
		return tlsHandshake(l, d)
	case *tls.Alert:
		return tlsAlert(l, m, d)
	case *tls.ChangeCipherSpec:
		return tlsName + " ChangeCipherSpec", []string{changeCipherSpec(l, m, d)}
	case *tls.Encrypted:
		return tlsEncrypted(l, d), nil
	case *tls.Unreadable:
		parts := []string{tlsName, Text{"not readable", "无法解读"}.In(l), Count(uint64(d.Bytes)) + " B"}
		return strings.Join(appendMissing(parts, l, d.Missing), " · "), nil
	}
	return tlsName, nil
}

// appendMissing adds how many bytes were not captured, if there are any.
func appendMissing(parts []string, l Lang, n int64) []string {
	if n > 0 {
		parts = append(parts, Count(uint64(n))+" B "+Text{"not captured", "未捕获"}.In(l))
	}
	return parts
}

// enumerate joins the items of a list as the language does.
func enumerate(l Lang, items []string) string { return strings.Join(items, Text{", ", "、"}.In(l)) }

func clientHello(l Lang, h *tls.Hello) (title string, lines []string) {
	parts := []string{tlsName + " ClientHello"}
	if h.ServerName != "" {
		parts = append(parts, h.ServerName)
	}
	if len(h.ALPN) > 0 {
		parts = append(parts, Text{"offers ", "提供 "}.In(l)+enumerate(l, h.ALPN))
	}
	parts = append(parts, tlsVersions(l, h))
	if h.Old {
		lines = append(lines, Text{"in the form of SSL 2.0, for old servers", "采用 SSL 2.0 的格式，兼容旧服务器"}.In(l))
	}
	if s := offersToResume[h.Resumption].In(l); s != "" {
		lines = append(lines, s)
	}
	if h.EarlyData {
		lines = append(lines, Text{"sends data before the server has answered (0-RTT)", "不等服务器应答就发送数据（0-RTT）"}.In(l))
	}
	if keys := tlsGroups(h.KeyShares); len(keys) > 0 {
		lines = append(lines, Text{"keys for ", "密钥交换 "}.In(l)+enumerate(l, keys))
	}
	lines = append(lines, tlsMalformed(l, h)...)
	var suites []string
	for _, c := range h.Ciphers {
		if !tls.Grease(c) {
			suites = append(suites, "  "+tls.CipherName(c))
		}
	}
	lines = append(lines, Text{"cipher suites: ", "密码套件："}.In(l)+strconv.Itoa(len(suites)))
	return strings.Join(parts, " · "), append(lines, suites...)
}

var offersToResume = map[tls.Resumption]Text{
	tls.BySessionID: {"offers to resume an earlier session, by its number", "希望按会话编号恢复之前的会话"},
	tls.ByTicket:    {"offers to resume an earlier session, by a ticket", "希望凭票据恢复之前的会话"},
	tls.ByPSK:       {"offers to resume an earlier session, by a shared key (PSK)", "希望凭共享密钥（PSK）恢复之前的会话"},
}

var resumes = map[tls.Resumption]Text{
	tls.BySessionID: {"resumes the earlier session, by its number", "按会话编号恢复之前的会话"},
	tls.ByPSK:       {"resumes the earlier session, by the shared key (PSK)", "凭共享密钥（PSK）恢复之前的会话"},
}

func serverHello(l Lang, h *tls.Hello) (title string, lines []string) {
	name := " ServerHello"
	if h.Retry {
		name = " HelloRetryRequest"
	}
	parts := []string{tlsName + name, h.Version().String()}
	if len(h.ALPN) > 0 {
		parts = append(parts, Text{"chose ", "选定 "}.In(l)+enumerate(l, h.ALPN))
	}
	keys := tlsGroups(h.KeyShares)
	if h.Retry {
		lines = append(lines, askAgain(l, keys))
		keys = nil
	}
	for _, c := range h.Ciphers {
		lines = append(lines, Text{"cipher suite ", "密码套件 "}.In(l)+tls.CipherName(c))
	}
	if len(keys) > 0 {
		lines = append(lines, Text{"key exchange ", "密钥交换 "}.In(l)+enumerate(l, keys))
	}
	if s := resumes[h.Resumption].In(l); s != "" {
		lines = append(lines, s)
	}
	return strings.Join(parts, " · "), append(lines, tlsMalformed(l, h)...)
}

// askAgain says what a HelloRetryRequest wants.
func askAgain(l Lang, groups []string) string {
	if len(groups) == 0 {
		return Text{"asks the client for another hello", "要求客户端重新发送 hello"}.In(l)
	}
	return fmt.Sprintf(Text{"asks the client for another hello, with a key for %s", "要求客户端重新发送 hello，附上 %s 的密钥"}.In(l), enumerate(l, groups))
}

func tlsMalformed(l Lang, h *tls.Hello) []string {
	if !h.Malformed {
		return nil
	}
	return []string{"⚠ " + Text{"lengths inside do not fit", "内部的长度不一致"}.In(l)}
}

// tlsVersions lists the versions that a client offers: "TLS 1.3, 1.2".
func tlsVersions(l Lang, h *tls.Hello) string {
	var names []string
	for _, v := range h.Versions {
		if tls.Grease(uint16(v)) {
			continue
		}
		name := v.String()
		if len(names) > 0 {
			name = strings.TrimPrefix(name, tlsName+" ")
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return Text{"up to ", "最高 "}.In(l) + h.Legacy.String()
	}
	return enumerate(l, names)
}

// tlsGroups names the groups of key shares.
func tlsGroups(ids []uint16) []string {
	var names []string
	for _, id := range ids {
		switch name := tls.GroupName(id); {
		case name != "":
			names = append(names, name)
		case !tls.Grease(id):
			names = append(names, fmt.Sprintf("0x%04X", id))
		}
	}
	return names
}

func tlsHandshake(l Lang, h *tls.Handshake) (title string, lines []string) {
	name := h.Type.String()
	if name == "" {
		name = Text{"handshake message ", "握手消息 "}.In(l) + strconv.Itoa(int(h.Type))
	}
	title = tlsName + " " + name + " · "
	switch {
	case h.Type != tls.Certificates:
		return title + Count(uint64(h.Length)) + " B", nil
	case h.Sent == 0:
		return title + Text{"none", "无"}.In(l), nil
	}
	for i := range h.Chain {
		lines = append(lines, tlsCertificate(l, &h.Chain[i])...)
	}
	if n := h.Sent - len(h.Chain); n > 0 {
		lines = append(lines, fmt.Sprintf(Text{"certificates not shown: %d", "未显示的证书：%d 个"}.In(l), n))
	}
	if own := &h.Chain[0]; own.Unreadable {
		title += Text{"not readable", "无法解读"}.In(l)
	} else {
		title += own.Subject
	}
	return title, lines
}

// tlsCertificate describes one certificate of a chain.
func tlsCertificate(l Lang, c *tls.Certificate) []string {
	if c.Unreadable {
		return []string{Text{"a certificate that cannot be read", "无法解读的证书"}.In(l) + " · " + Count(uint64(c.Length)) + " B"}
	}
	issuer := Text{"  issued by ", "  签发者 "}.In(l) + c.Issuer
	if c.Issuer == c.Subject {
		issuer = Text{"  issued by itself", "  自己签发"}.In(l)
	}
	lines := []string{
		Text{"certificate of ", "证书 "}.In(l) + c.Subject, issuer,
		fmt.Sprintf(Text{"  valid from %s to %s", "  有效期 %s 至 %s"}.In(l), c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly)),
	}
	if len(c.Names) > 0 {
		names := Text{"  for ", "  适用于 "}.In(l) + enumerate(l, c.Names)
		if c.More > 0 {
			names += fmt.Sprintf(Text{" and %d more", " 等，另有 %d 个"}.In(l), c.More)
		}
		lines = append(lines, names)
	}
	return lines
}

func changeCipherSpec(l Lang, m *proto.Message, d *tls.ChangeCipherSpec) string {
	if d.Dummy {
		return Text{"means nothing in TLS 1.3, it is there for old devices on the way", "在 TLS 1.3 里没有意义，只为兼容途中的旧设备"}.In(l)
	}
	return fmt.Sprintf(Text{"what the %s sends from here on is encrypted", "此后%s发送的内容都加密"}.In(l), Side(l, m.Dir))
}

func tlsEncrypted(l Lang, e *tls.Encrypted) string {
	records := Text{" records", " 条记录"}
	if e.Records == 1 {
		records[English] = " record"
	}
	parts := []string{tlsName, Text{"encrypted", "已加密"}.In(l), Count(uint64(e.Records)) + records.In(l), Count(uint64(e.Bytes)) + " B"}
	parts = appendMissing(parts, l, e.Missing)
	data := e.Records - e.Handshakes - e.Alerts
	for _, k := range []struct {
		n    int
		word Text
	}{{e.Handshakes, Text{"handshake", "握手"}}, {e.Alerts, Text{"alert", "告警"}}} {
		switch k.n {
		case 0:
		case e.Records:
			parts = append(parts, k.word.In(l))
		default:
			parts = append(parts, fmt.Sprintf(Text{"%d of them %s", "其中%[2]s %[1]d 条"}.In(l), k.n, k.word.In(l)))
		}
	}
	if e.Protocol != "" && data > 0 {
		parts = append(parts, fmt.Sprintf(Text{"%s inside", "内含 %s"}.In(l), ProtocolName(all.Named(e.Protocol))))
	}
	return strings.Join(parts, " · ")
}
