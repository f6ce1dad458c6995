package narrate

import (
	"os"
	"strconv"
	"strings"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/proto/websocket"
)

// protocolNames are the names of protocols as people write them, also for the name that an upgrade uses.
var protocolNames = map[string]string{
	http1.Name: "HTTP/1.1", http2.Name: "HTTP/2", "h2c": "HTTP/2", sse.Name: "SSE", websocket.Name: "WebSocket",
	redis.Name: "Redis", postgres.Name: "PostgreSQL",
	mysql.Name: "MySQL", tls.Name: "TLS",
}

// ProtocolName returns how people write a protocol's name.
func ProtocolName(name string) string {
	if s, ok := protocolNames[name]; ok {
		return s
	}
	if s, ok := datagramNames[name]; ok {
		return s
	}
	return name
}

// Message says what a message is and what it says: a heading and lines, which may hold text from the wire as it came. HTTP and
// WebSocket, which have forms of their own in the chat, are not among them. Each protocol's words stand in its own file.
func Message(l Lang, m *proto.Message) (title string, lines []string) {
	switch d := m.Detail.(type) {
	case *redis.Message:
		return redisMessage(l, d)
	case *postgres.Message:
		return postgresMessage(l, d)
	case *mysql.Message:
		return mysqlMessage(l, d)
	case *dns.Message:
		return ProtocolName(m.Protocol), append([]string{DNSLine(l, d)}, DNSDetails(l, d)...)
	case *tls.Hello, *tls.Handshake, *tls.Alert, *tls.ChangeCipherSpec, *tls.Encrypted, *tls.Unreadable:
		return tlsMessage(l, m)
	case *sse.Event:
		return eventWords(l, d)
	}
	return ProtocolName(m.Protocol), nil
}

// HTTPTitle names an HTTP message, and of a response what it answers, as it came on the wire; more says that it goes on in later packets.
func HTTPTitle(l Lang, h *http1.Head, more bool) string {
	var s string
	switch h.Kind {
	case http1.Request:
		s = Text{"HTTP request", "HTTP 请求"}.In(l)
	case http1.Response:
		s = Text{"HTTP response", "HTTP 响应"}.In(l)
		if q := h.Request; q != nil && q.Kind == http1.Request {
			s += " ← " + q.Method + " " + q.Target
		}
	default:
		s = Text{"Not readable as HTTP", "无法按 HTTP 解读"}.In(l)
	}
	if more {
		s += " · " + Text{"goes on in later packets", "在后面的包里继续"}.In(l)
	}
	return s
}

var httpRemarks = map[http1.Code]Text{
	http1.BareLF:            {"a line ends in LF alone; CR LF is prescribed", "有一行只以 LF 结尾，规定是 CR LF"},
	http1.StrayCR:           {"a CR stands inside a line", "行内有多余的 CR"},
	http1.NoColon:           {"a header line without a colon: not a header", "有一行没有冒号：不是头部字段"},
	http1.ObsFold:           {"a header continues on the next line (obsolete)", "头部折到了下一行（已废弃）"},
	http1.EmptyName:         {"a header without a name", "头部没有名字"},
	http1.SpaceBeforeColon:  {"a space before the colon: forbidden, and a known attack", "冒号前有空格：被禁止，也是已知的攻击手法"},
	http1.ControlInName:     {"a control character in a header's name", "头部名字里有控制字符"},
	http1.BadName:           {"a character that header names must not have", "头部名字里有不允许的字符"},
	http1.ControlInValue:    {"a control character in a header's value", "头部值里有控制字符"},
	http1.BadLength:         {"Content-Length is not a number", "Content-Length 不是数字"},
	http1.DuplicateLength:   {"Content-Length is there twice", "Content-Length 出现了两次"},
	http1.ConflictingLength: {"two different Content-Lengths: each program may believe another one", "两个不同的 Content-Length：各程序可能各信一个"},
	http1.LengthAndChunked:  {"Content-Length and chunked together: the way of request smuggling", "同时有 Content-Length 和 chunked：请求走私的手法"},
	http1.BadTransfer:       {"Transfer-Encoding does not end in chunked", "Transfer-Encoding 不以 chunked 结尾"},
	http1.OldTransfer:       {"Transfer-Encoding in HTTP/1.0, which does not know it: programs may disagree where the body ends", "HTTP/1.0 里不该有 Transfer-Encoding：各程序对正文在哪里结束可能看法不同"},
	http1.NeedlessFraming:   {"Content-Length or Transfer-Encoding on a response that cannot have a body", "不能有正文的响应带了 Content-Length 或 Transfer-Encoding"},
	http1.NoVersion:         {"no version in the request line", "请求行没有版本"},
	http1.BadVersion:        {"the version is not HTTP/digit.digit", "版本不是 HTTP/数字.数字"},
	http1.ExtraSpace:        {"more than one space in the first line", "首行有多余的空格"},
	http1.NoHost:            {"no Host header", "没有 Host 头部"},
	http1.DuplicateHost:     {"Host is there twice", "Host 出现了两次"},
	http1.BadAccept:         {"Sec-WebSocket-Accept is not the answer to the key: a client must not go on", "WebSocket 握手的应答值与密钥不符：客户端不得继续"},
	http1.BadSubprotocol:    {"a WebSocket subprotocol that the client did not ask for", "客户端没有请求过的 WebSocket 子协议"},
	http1.BadExtension:      {"a WebSocket extension that the client did not offer", "客户端没有提出过的 WebSocket 扩展"},
	http1.BadChunk:          {"a chunk is not written as prescribed", "分块格式不合规定"},
	http1.Channel:           {"the body is a channel that stays open for what comes later; its Content-Length is only an upper bound", "正文是一条保持打开的通道，随用随发；Content-Length 只是上限"},
	http1.TooLarge:          {"the header section is too large to read on", "头部太大，没有继续读"},
}

// HTTPRemark words something that is not as it should be in a message.
func HTTPRemark(l Lang, c http1.Code) string { return httpRemarks[c].In(l) }

// HTTPBody describes a message's body, "" if it has none.
func HTTPBody(l Lang, h *http1.Head) string {
	b := &h.Body
	if b.Kind == http1.NoBody || b.Length+b.Missing == 0 && b.Declared <= 0 {
		return ""
	}
	parts := []string{Text{"body", "正文"}.In(l) + " " + Count(uint64(b.Length)) + " B"}
	if b.Kind == http1.Chunked {
		parts = append(parts, Text{"chunked", "分块"}.In(l))
	}
	if len(b.Codings) > 0 {
		parts = append(parts, strings.Join(b.Codings, ", "))
	}
	if b.Kind == http1.ByLength && b.Declared != b.Length {
		parts = append(parts, Text{"announced ", "声明 "}.In(l)+Count(uint64(b.Declared))+" B")
	}
	if b.Missing > 0 {
		parts = append(parts, Count(uint64(b.Missing))+" B "+Text{"not captured", "未捕获"}.In(l))
	}
	return strings.Join(parts, " · ")
}

var brokenTexts = map[string]Text{
	proto.BrokenCutOff:      {"cut off: the connection or the capture ended inside the message", "被截断：连接或抓包在消息中途结束"},
	proto.BrokenClosed:      {"the connection was closed inside the message", "消息没发完连接就关闭了"},
	proto.BrokenGap:         {"bytes of this message were not captured", "这条消息有字节没被抓到"},
	proto.BrokenSwitch:      {"the protocol changes too often: what follows is not read", "协议切换次数过多，后面的内容不再解读"},
	http1.BrokenNotHTTP:     {"this is not HTTP", "这不是 HTTP"},
	http2.BrokenNotHTTP2:    {"this is not HTTP/2", "这不是 HTTP/2"},
	redis.BrokenSyntax:      {"this is not the protocol of Redis", "这不是 Redis 的协议"},
	postgres.BrokenSyntax:   {"this is not the protocol of PostgreSQL", "这不是 PostgreSQL 的协议"},
	postgres.BrokenVersion:  {"a version of the protocol that is not read", "没有解读这个版本的协议"},
	redis.BrokenDepth:       {"values inside values, too deep to be read on", "值嵌套过深，没有继续解读"},
	http1.BrokenSyntax:      {"the message cannot be read further", "这条消息无法继续解读"},
	mysql.BrokenNotMySQL:    {"this is not MySQL", "这不是 MySQL"},
	dns.BrokenNotDNS:        {"this is not DNS", "这不是 DNS"},
	tls.BrokenNotTLS:        {"this is not TLS", "这不是 TLS"},
	tls.BrokenSyntax:        {"this cannot be read as TLS", "这里无法按 TLS 解读"},
	sse.BrokenUnfinished:    {"the empty line that ends an event is missing: browsers drop it", "缺少结束事件的空行：浏览器会丢掉这个事件"},
	http2.BrokenReset:       {"the stream was reset before its end", "流没发完就被重置"},
	http2.BrokenUnprocessed: {"not acted on: the other side has said that it takes no more streams", "未处理：对方已声明不再接受新的流"},
	http2.BrokenTooMany:     {"too many streams are open at once: this one is no longer followed", "同时打开的流太多，这个不再跟踪"},
}

// Broken says why a message is not complete.
func Broken(l Lang, reason string) string {
	if t, ok := brokenTexts[reason]; ok {
		return t.In(l)
	}
	if t, ok := bodyStops[body.Stop(reason)]; ok {
		return t.In(l)
	}
	return reason
}

// Conflict says that n bytes of a packet differ from those that packet first sent in their place.
func Conflict(l Lang, n int, first uint32) string {
	t := Text{
		"bytes that differ from those of packet ${first} in the same place: ${n}. Which of them the receiver took cannot be seen; what came first is shown as the stream",
		"与包 ${first} 在同一位置的字节不同：${n} 个。接收方采用了哪一份看不出来；数据流按先到的显示",
	}
	values := map[string]string{"first": Count(uint64(first)), "n": Count(uint64(n))}
	return os.Expand(t.In(l), func(name string) string { return values[name] })
}

// NotCaptured stands in place of a payload of which no byte was captured.
func NotCaptured(l Lang, n uint32) string {
	t := Text{"${n} bytes, not captured", "${n} 字节，未捕获"}
	if n == 1 {
		t[English] = "1 byte, not captured"
	}
	return os.Expand(t.In(l), func(string) string { return Count(uint64(n)) })
}

// FramesTitle names a packet with n frames of a protocol.
func FramesTitle(l Lang, protocol string, n int) string {
	if n == 0 { // only what comes before the first frame
		return ProtocolName(protocol)
	}
	word := Text{" frames", " 帧"}
	if n == 1 {
		word[English] = " frame"
	}
	return ProtocolName(protocol) + " · " + strconv.Itoa(n) + word.In(l)
}

var opcodes = map[websocket.Opcode]Text{
	websocket.Continuation: {"continuation", "续帧"}, websocket.Text: {"text", "文本"}, websocket.Binary: {"binary", "二进制"},
	websocket.Close: {"close", "关闭"}, websocket.Ping: {"ping", "ping"}, websocket.Pong: {"pong", "pong"},
}

// Opcode names a WebSocket opcode.
func Opcode(l Lang, o websocket.Opcode) string {
	if t, ok := opcodes[o]; ok {
		return t.In(l)
	}
	return Text{"reserved ", "保留 "}.In(l) + strconv.Itoa(int(o))
}

// Compressed marks a compressed message.
func Compressed(l Lang) string { return Text{"(inflated)", "（已解压）"}.In(l) }

// OpcodeCompressed names the opcode of a compressed message.
func OpcodeCompressed(l Lang, o websocket.Opcode) string {
	return Opcode(l, o) + Text{" ", ""}.In(l) + Compressed(l)
}

// Bit writes a bit of a header.
func Bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// YesNo writes a yes or no.
func YesNo(l Lang, b bool) string {
	if b {
		return Text{"yes", "是"}.In(l)
	}
	return Text{"no", "否"}.In(l)
}

var closeCodes = map[uint16]Text{
	1000: {"normal closure", "正常关闭"}, 1001: {"going away", "离开"}, 1002: {"protocol error", "协议错误"},
	1003: {"unsupported data", "不支持的数据"}, 1005: {"no status", "没有状态码"}, 1006: {"abnormal closure", "异常关闭"},
	1007: {"invalid payload", "载荷无效"}, 1008: {"policy violation", "违反策略"}, 1009: {"message too big", "消息过大"},
	1010: {"extension missing", "缺少扩展"}, 1011: {"internal error", "内部错误"}, 1012: {"service restart", "服务重启"},
	1013: {"try again later", "稍后再试"}, 1014: {"bad gateway", "网关错误"}, 1015: {"TLS handshake failed", "TLS 握手失败"},
}

// CloseReason words a WebSocket close code with its reason; the code 0 stands for none.
func CloseReason(l Lang, code uint16, reason string) string {
	if code == 0 {
		return Text{"no code", "没有状态码"}.In(l)
	}
	s := strconv.Itoa(int(code))
	if t, ok := closeCodes[code]; ok {
		s += " " + t.In(l)
	}
	if reason != "" {
		s += ": " + strings.ToValidUTF8(reason, "·")
	}
	return s
}

var webSocketProblems = map[websocket.Problem]Text{
	websocket.ReservedBits:      {"a reserved bit is set", "保留位被置位"},
	websocket.ReservedOpcode:    {"a reserved opcode", "保留的操作码"},
	websocket.Unmasked:          {"a client must mask its frames", "客户端的帧必须带掩码"},
	websocket.MaskedByServer:    {"a server must not mask its frames", "服务器的帧不能带掩码"},
	websocket.LongLength:        {"the length field is longer than necessary", "长度字段比需要的长"},
	websocket.ImpossibleLength:  {"an impossible length", "不可能的长度"},
	websocket.FragmentedControl: {"control frames must not be fragmented", "控制帧不能分片"},
	websocket.LargeControl:      {"a control frame above 125 bytes", "控制帧超过 125 字节"},
	websocket.LoneContinuation:  {"a continuation of nothing", "续帧没有前文"},
	websocket.UnfinishedMessage: {"the message before was not finished", "前一条消息没有结束"},
	websocket.BadCloseLength:    {"one byte is no close code", "一个字节不成状态码"},
	websocket.BadCloseCode:      {"a close code that must not be sent", "不允许发送的状态码"},
	websocket.BadCloseReason:    {"the close reason is not UTF-8", "关闭原因不是 UTF-8"},
	websocket.BadUTF8:           {"a text message that is not UTF-8", "文本消息不是 UTF-8"},
	websocket.AfterClose:        {"sent after a close frame", "在关闭帧之后发送"},
	websocket.CompressedControl: {"this frame must not be compressed", "这个帧不能压缩"},
}

// WebSocketProblem words a rule that a frame breaks.
func WebSocketProblem(l Lang, p websocket.Problem) string { return webSocketProblems[p].In(l) }

// GapBytes stands in a stream where bytes are missing.
func GapBytes(l Lang, n int64) string {
	if n == 1 {
		return Text{"1 byte was not captured", "有 1 字节未捕获"}.In(l)
	}
	return os.Expand(Text{"${n} bytes were not captured", "有 ${n} 字节未捕获"}.In(l), func(string) string { return Count(uint64(n)) })
}
