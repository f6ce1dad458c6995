package narrate

import (
	"fmt"
	"strconv"
	"strings"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/tls"
)

// alertWords is the name of an alert, the same in every language, and what its sender means by it: ${side} is the sender,
// ${other} the other side.
type alertWords struct {
	name  string
	words Text
}

// alerts are those of RFC 8446 §6 and, where TLS 1.3 has given them up, of RFC 5246 §7.2.
var alerts = map[uint8]alertWords{
	0:   {"close_notify", Text{"the ${side} will send nothing more", "${side}不再发送数据"}},
	10:  {"unexpected_message", Text{"the ${side} got a message that has no place here", "${side}收到了此处不该出现的消息"}},
	20:  {"bad_record_mac", Text{"a record reached the ${side} changed, or the keys differ", "${side}收到的记录被改动过，或双方密钥不一致"}},
	21:  {"decryption_failed", Text{"the ${side} cannot decrypt a record", "${side}无法解密记录"}},
	22:  {"record_overflow", Text{"a record is longer than allowed", "记录超过允许的长度"}},
	30:  {"decompression_failure", Text{"the ${side} cannot decompress a record", "${side}无法解压记录"}},
	40:  {"handshake_failure", Text{"the ${side} finds nothing that both sides accept, most often no common cipher suite", "${side}找不到双方都接受的参数，多半是没有共同的密码套件"}},
	41:  {"no_certificate", Text{"the ${side} has no certificate to show", "${side}没有证书可出示"}},
	42:  {"bad_certificate", Text{"the ${side} finds the certificate damaged or its signature wrong", "${side}认为证书损坏或签名不对"}},
	43:  {"unsupported_certificate", Text{"the ${side} cannot use a certificate of this kind", "${side}不支持这种证书"}},
	44:  {"certificate_revoked", Text{"the certificate was revoked by its issuer", "证书已被签发者吊销"}},
	45:  {"certificate_expired", Text{"the certificate has expired or is not valid yet, or the clock of the ${side} is wrong", "证书已过期或尚未生效，也可能是${side}的时钟不准"}},
	46:  {"certificate_unknown", Text{"the ${side} does not accept the certificate, without saying why", "${side}不接受证书，没有说明原因"}},
	47:  {"illegal_parameter", Text{"the ${side} got a value that does not fit", "${side}收到了不合规定的值"}},
	48:  {"unknown_ca", Text{"the ${side} does not trust the certificate's issuer", "${side}不信任证书的签发者"}},
	49:  {"access_denied", Text{"the certificate is valid, but the ${side} denies access", "证书有效，但${side}拒绝访问"}},
	50:  {"decode_error", Text{"the ${side} cannot read a message", "${side}无法解读消息"}},
	51:  {"decrypt_error", Text{"a signature or a key exchange does not verify", "签名或密钥交换验证失败"}},
	60:  {"export_restriction", Text{"export rules forbid these parameters", "这些参数违反出口限制"}},
	70:  {"protocol_version", Text{"the ${side} does not speak this version of TLS", "${side}不支持这个 TLS 版本"}},
	71:  {"insufficient_security", Text{"the ${side} wants stronger encryption than the ${other} offers", "${side}要求的加密强度高于${other}提供的"}},
	80:  {"internal_error", Text{"something went wrong inside the ${side}", "${side}内部出错"}},
	86:  {"inappropriate_fallback", Text{"the ${other} tries an older version although both know a newer one", "双方都支持更新的版本，${other}却退回旧版本"}},
	90:  {"user_canceled", Text{"somebody cancelled the handshake at the ${side}", "${side}的用户取消了握手"}},
	100: {"no_renegotiation", Text{"the ${side} does not want to negotiate again", "${side}不愿重新协商"}},
	109: {"missing_extension", Text{"the ${side} misses an extension that must be there", "${side}没有收到必需的扩展"}},
	110: {"unsupported_extension", Text{"the ${side} got an extension that it did not ask for", "${side}收到了没有请求过的扩展"}},
	111: {"certificate_unobtainable", Text{"the ${side} could not fetch the certificate", "${side}取不到证书"}},
	112: {"unrecognized_name", Text{"the ${side} has no host of the name that was asked for", "${side}没有所请求名字的主机"}},
	113: {"bad_certificate_status_response", Text{"the ${side} does not accept what is said about the certificate's status (OCSP)", "${side}不接受证书状态（OCSP）的应答"}},
	115: {"unknown_psk_identity", Text{"the ${side} does not know this shared key (PSK)", "${side}不认识这个共享密钥（PSK）"}},
	116: {"certificate_required", Text{"the ${side} wants a certificate, and the ${other} has sent none", "${side}要求证书，${other}没有发送"}},
	120: {"no_application_protocol", Text{"the ${side} speaks none of the protocols offered (ALPN)", "${side}不支持对方提供的任何协议（ALPN）"}},
}

var alertLevels = map[uint8]Text{tls.Warning: {"warning", "警告"}, tls.Fatal: {"fatal", "致命"}}

// TLSAlertName names an alert, "" if it is not known.
func TLSAlertName(description uint8) string { return alerts[description].name }

// tlsAlert describes an alert, and says what it means.
func tlsAlert(l Lang, m *proto.Message, a *tls.Alert) (title string, lines []string) {
	level := alertLevels[a.Level].In(l)
	if level == "" {
		level = fmt.Sprintf(Text{"level %d", "级别 %d"}.In(l), a.Level)
	}
	word, known := alerts[a.Description]
	if !known {
		word.name = strconv.Itoa(int(a.Description))
	}
	title = tlsName + " " + Text{"alert", "告警"}.In(l) + " · " + level + " · " + word.name
	if !known {
		return title, nil
	}
	return title, []string{strings.NewReplacer("${side}", Side(l, m.Dir), "${other}", Side(l, m.Dir.Reverse())).Replace(word.words.In(l))}
}
