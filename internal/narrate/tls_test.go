package narrate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/tls"
)

// tlsSays are messages of TLS with all that is said about them.
var tlsSays = []struct {
	detail any
	want   [NumLangs][]string
}{
	{
		&tls.Hello{
			Type: tls.ClientHello, Legacy: 0x0303, ServerName: "a.example", ALPN: []string{"h2", "http/1.1"}, Versions: []tls.Version{0x2a2a, 0x0304, 0x0303},
			Ciphers: []uint16{0x1a1a, 0x1301, 0xfefe}, KeyShares: []uint16{0x1a1a, 29, 9999}, Resumption: tls.ByPSK, EarlyData: true,
		},
		[NumLangs][]string{
			{
				"TLS ClientHello · a.example · offers h2, http/1.1 · TLS 1.3, 1.2", "offers to resume an earlier session, by a shared key (PSK)",
				"sends data before the server has answered (0-RTT)", "keys for x25519, 0x270F", "cipher suites: 2", "  TLS_AES_128_GCM_SHA256", "  0xFEFE",
			},
			{
				"TLS ClientHello · a.example · 提供 h2、http/1.1 · TLS 1.3、1.2", "希望凭共享密钥（PSK）恢复之前的会话", "不等服务器应答就发送数据（0-RTT）",
				"密钥交换 x25519、0x270F", "密码套件：2", "  TLS_AES_128_GCM_SHA256", "  0xFEFE",
			},
		},
	},
	{
		&tls.Hello{Type: tls.ClientHello, Old: true, Legacy: 0x0301, Malformed: true},
		[NumLangs][]string{
			{"TLS ClientHello · up to TLS 1.0", "in the form of SSL 2.0, for old servers", "⚠ lengths inside do not fit", "cipher suites: 0"},
			{"TLS ClientHello · 最高 TLS 1.0", "采用 SSL 2.0 的格式，兼容旧服务器", "⚠ 内部的长度不一致", "密码套件：0"},
		},
	},
	{
		&tls.Hello{Type: tls.ServerHello, Legacy: 0x0303, Ciphers: []uint16{0xc02f}, ALPN: []string{"h2"}, Resumption: tls.BySessionID},
		[NumLangs][]string{
			{"TLS ServerHello · TLS 1.2 · chose h2", "cipher suite TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "resumes the earlier session, by its number"},
			{"TLS ServerHello · TLS 1.2 · 选定 h2", "密码套件 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "按会话编号恢复之前的会话"},
		},
	},
	{
		&tls.Hello{Type: tls.ServerHello, Versions: []tls.Version{tls.TLS13}, KeyShares: []uint16{23}},
		[NumLangs][]string{{"TLS ServerHello · TLS 1.3", "key exchange secp256r1"}, {"TLS ServerHello · TLS 1.3", "密钥交换 secp256r1"}},
	},
	{
		&tls.Hello{Type: tls.ServerHello, Retry: true, Versions: []tls.Version{tls.TLS13}, KeyShares: []uint16{23}},
		[NumLangs][]string{
			{"TLS HelloRetryRequest · TLS 1.3", "asks the client for another hello, with a key for secp256r1"},
			{"TLS HelloRetryRequest · TLS 1.3", "要求客户端重新发送 hello，附上 secp256r1 的密钥"},
		},
	},
	{
		&tls.Hello{Type: tls.ServerHello, Retry: true, Legacy: 0x0303},
		[NumLangs][]string{
			{"TLS HelloRetryRequest · TLS 1.2", "asks the client for another hello"},
			{"TLS HelloRetryRequest · TLS 1.2", "要求客户端重新发送 hello"},
		},
	},
	{
		&tls.Handshake{Type: tls.Certificates, Sent: 4, Chain: []tls.Certificate{
			{Subject: "CN=a", Issuer: "CN=b", NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1e9, 0), Names: []string{"a", "b"}, More: 3},
			{Subject: "CN=b", Issuer: "CN=b", NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1e9, 0)},
			{Length: 1200, Unreadable: true},
		}},
		[NumLangs][]string{
			{
				"TLS Certificate · CN=a", "certificate of CN=a", "  issued by CN=b", "  valid from 1970-01-01 to 2001-09-09", "  for a, b and 3 more",
				"certificate of CN=b", "  issued by itself", "  valid from 1970-01-01 to 2001-09-09", "a certificate that cannot be read · 1,200 B", "certificates not shown: 1",
			},
			{
				"TLS Certificate · CN=a", "证书 CN=a", "  签发者 CN=b", "  有效期 1970-01-01 至 2001-09-09", "  适用于 a、b 等，另有 3 个",
				"证书 CN=b", "  自己签发", "  有效期 1970-01-01 至 2001-09-09", "无法解读的证书 · 1,200 B", "未显示的证书：1 个",
			},
		},
	},
	{
		&tls.Handshake{Type: tls.Certificates, Sent: 1, Chain: []tls.Certificate{{Length: 9, Unreadable: true}}},
		[NumLangs][]string{
			{"TLS Certificate · not readable", "a certificate that cannot be read · 9 B"}, {"TLS Certificate · 无法解读", "无法解读的证书 · 9 B"},
		},
	},
	{&tls.Handshake{Type: tls.Certificates, Length: 3}, [NumLangs][]string{{"TLS Certificate · none"}, {"TLS Certificate · 无"}}},
	{&tls.Handshake{Type: 12, Length: 1296}, [NumLangs][]string{{"TLS ServerKeyExchange · 1,296 B"}, {"TLS ServerKeyExchange · 1,296 B"}}},
	{&tls.Handshake{Type: 99}, [NumLangs][]string{{"TLS handshake message 99 · 0 B"}, {"TLS 握手消息 99 · 0 B"}}},
	{
		&tls.Alert{Level: 2, Description: 48},
		[NumLangs][]string{
			{"TLS alert · fatal · unknown_ca", "the client does not trust the certificate's issuer"}, {"TLS 告警 · 致命 · unknown_ca", "客户端不信任证书的签发者"},
		},
	},
	{
		&tls.Alert{Level: 1, Description: 86},
		[NumLangs][]string{
			{"TLS alert · warning · inappropriate_fallback", "the server tries an older version although both know a newer one"},
			{"TLS 告警 · 警告 · inappropriate_fallback", "双方都支持更新的版本，服务器却退回旧版本"},
		},
	},
	{&tls.Alert{Level: 7, Description: 99}, [NumLangs][]string{{"TLS alert · level 7 · 99"}, {"TLS 告警 · 级别 7 · 99"}}},
	{
		&tls.ChangeCipherSpec{},
		[NumLangs][]string{
			{"TLS ChangeCipherSpec", "what the client sends from here on is encrypted"}, {"TLS ChangeCipherSpec", "此后客户端发送的内容都加密"},
		},
	},
	{
		&tls.ChangeCipherSpec{Dummy: true},
		[NumLangs][]string{
			{"TLS ChangeCipherSpec", "means nothing in TLS 1.3, it is there for old devices on the way"},
			{"TLS ChangeCipherSpec", "在 TLS 1.3 里没有意义，只为兼容途中的旧设备"},
		},
	},
	{
		&tls.Encrypted{Records: 12, Bytes: 16408, Missing: 5, Alerts: 1, Protocol: "h2"},
		[NumLangs][]string{
			{"TLS · encrypted · 12 records · 16,408 B · 5 B not captured · 1 of them alert · HTTP/2 inside"},
			{"TLS · 已加密 · 12 条记录 · 16,408 B · 5 B 未捕获 · 其中告警 1 条 · 内含 HTTP/2"},
		},
	},
	{
		&tls.Encrypted{Records: 1, Bytes: 40, Handshakes: 1, Protocol: "h2"},
		[NumLangs][]string{{"TLS · encrypted · 1 record · 40 B · handshake"}, {"TLS · 已加密 · 1 条记录 · 40 B · 握手"}},
	},
	{
		&tls.Encrypted{Records: 2, Bytes: 40, Protocol: "acme-tls/1"},
		[NumLangs][]string{{"TLS · encrypted · 2 records · 40 B · acme-tls/1 inside"}, {"TLS · 已加密 · 2 条记录 · 40 B · 内含 acme-tls/1"}},
	},
	{
		&tls.Unreadable{Bytes: 9, Missing: 1000},
		[NumLangs][]string{{"TLS · not readable · 9 B · 1,000 B not captured"}, {"TLS · 无法解读 · 9 B · 1,000 B 未捕获"}},
	},
}

func TestTLSMessages(t *testing.T) {
	for _, c := range tlsSays {
		for l := range Lang(NumLangs) {
			m := proto.Message{Protocol: tls.Name, Dir: flow.ClientToServer, Detail: c.detail}
			title, lines := Message(l, &m)
			if got, want := strings.Join(append([]string{title}, lines...), "\n"), strings.Join(c.want[l], "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		}
	}
}

// TestTLSAlerts goes through what alerts mean.
func TestTLSAlerts(t *testing.T) {
	for code, a := range alerts {
		for l := range Lang(NumLangs) {
			title, lines := Message(l, &proto.Message{Dir: flow.ServerToClient, Detail: &tls.Alert{Level: tls.Fatal, Description: code}})
			if a.name == "" || !strings.HasSuffix(title, a.name) || len(lines) != 1 {
				t.Fatalf("alert %d: %q, %q", code, title, lines)
			}
			sentence(t, fmt.Sprint("alert ", code), l, lines[0], false)
		}
	}
	text(t, "not TLS", brokenTexts[tls.BrokenNotTLS], false)
	text(t, "bad TLS", brokenTexts[tls.BrokenSyntax], false)
	if got := ProtocolName(tls.Name); got != "TLS" {
		t.Errorf("%q", got)
	}
}
