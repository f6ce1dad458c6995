package narrate

import (
	"fmt"
	"strings"
)

// FieldTerm explains a field of a packet.
type FieldTerm struct {
	// Meaning is one sentence, "" for a field that is not explained; Source the RFC section.
	Meaning, Source string
}

// fieldTerm is a field's name in Chinese (English names are package packet's), its meaning and source.
type fieldTerm struct {
	zh      string
	meaning Text
	source  string
}

var fieldTerms = map[string]fieldTerm{
	"frame": {"帧", Text{"The packet as it was captured: when, where and how much of it.", "抓到的包本身：何时、何处、抓到多少。"}, ""},
	"eth":   {"以太网", Text{"The link layer: from one network card to the next one.", "链路层：从一块网卡到下一块网卡。"}, "IEEE 802.3"},
	"ip":    {"网际协议 IPv4", Text{"The network layer: from one host to another, across routers.", "网络层：穿过路由器，从一台主机到另一台。"}, "RFC 791"},
	"ipv6":  {"网际协议 IPv6", Text{"The network layer: from one host to another, across routers.", "网络层：穿过路由器，从一台主机到另一台。"}, "RFC 8200"},
	"tcp":   {"传输控制协议 TCP", Text{"The transport layer: an ordered stream of bytes each way between two programs.", "传输层：两个程序之间双向有序的字节流。"}, "RFC 9293"},

	"tcp.srcport":           {"源端口", Text{"Which program sent it: the port of the sender.", "由哪个程序发出：发送方的端口。"}, "RFC 9293 §3.1"},
	"tcp.dstport":           {"目的端口", Text{"Which program it is for: the port of the receiver.", "发给哪个程序：接收方的端口。"}, "RFC 9293 §3.1"},
	"tcp.seq":               {"序号", Text{"The number of the first byte in this segment. A SYN and a FIN count as one byte each.", "本报文段第一个字节的编号。SYN 和 FIN 各算一个字节。"}, "RFC 9293 §3.4"},
	"tcp.ack":               {"确认号", Text{"The number of the byte that the sender of this segment expects next: it has everything before.", "发送方期待的下一个字节的编号：之前的都已收到。"}, "RFC 9293 §3.4"},
	"tcp.hdr_len":           {"头部长度", Text{"How long the header is, counted in words of 4 bytes; what follows is payload.", "头部有多长，以 4 字节为单位；之后是载荷。"}, "RFC 9293 §3.1"},
	"tcp.flags":             {"标志", Text{"Control bits: what kind of segment this is.", "控制位：这是什么样的报文段。"}, "RFC 9293 §3.1"},
	"tcp.flags.res":         {"保留", Text{"Reserved bits: zero until somebody finds a use for them.", "保留位：在有用途之前为零。"}, "RFC 9293 §3.1"},
	"tcp.flags.syn":         {"SYN", Text{"Begins a connection: the sequence number is where this side starts to count.", "开始连接：序号是这一端计数的起点。"}, "RFC 9293 §3.5"},
	"tcp.flags.ack":         {"ACK", Text{"The acknowledgment number is valid. Set in every segment after the first one; only a RST may lack it.", "确认号有效。第一个报文段之后每个报文段都置位，只有 RST 可以例外。"}, "RFC 9293 §3.1"},
	"tcp.flags.fin":         {"FIN", Text{"This side has nothing more to send.", "这一端没有更多数据要发。"}, "RFC 9293 §3.6"},
	"tcp.flags.reset":       {"RST", Text{"Ends the connection at once.", "立即结束连接。"}, "RFC 9293 §3.5.2"},
	"tcp.flags.push":        {"PSH", Text{"Hand the data to the program without waiting for more.", "把数据交给程序，不必再等。"}, "RFC 9293 §3.9.1"},
	"tcp.flags.urg":         {"URG", Text{"The urgent pointer is valid.", "紧急指针有效。"}, "RFC 9293 §3.8.5"},
	"tcp.flags.ece":         {"ECE", Text{"Echo of a congestion mark (in a SYN: ECN is possible).", "拥塞标记的回显（在 SYN 中：可以用 ECN）。"}, "RFC 3168 §6.1"},
	"tcp.flags.cwr":         {"CWR", Text{"The sender has slowed down after an echo.", "发送方在收到回显后已放慢。"}, "RFC 3168 §6.1"},
	"tcp.flags.ae":          {"AE", Text{"Part of the counter of Accurate ECN.", "精确 ECN 计数器的一部分。"}, "RFC 9768"},
	"tcp.window_size_value": {"窗口", Text{"How many bytes this side can still take, before scaling. The other side must not send more.", "这一端还能接收多少字节（缩放前）。对方不得发送更多。"}, "RFC 9293 §3.8.6"},
	"tcp.checksum":          {"校验和", Text{"Protects header and data. On the sending host it is often still wrong: the network card fills it in.", "保护头部和数据。在发送主机上常常还是错的：由网卡填写。"}, "RFC 9293 §3.1"},
	"tcp.checksum.status":   {"校验和状态", Text{"Whether the checksum fits the bytes that were captured.", "校验和与抓到的字节是否相符。"}, "RFC 9293 §3.1"},
	"tcp.urgent_pointer":    {"紧急指针", Text{"Where urgent data ends; it counts only with URG.", "紧急数据在哪里结束；只在 URG 置位时有效。"}, "RFC 9293 §3.8.5"},
	"tcp.payload":           {"载荷", Text{"What the program sent.", "程序发送的内容。"}, "RFC 9293 §3.1"},
	"tcp.len":               {"载荷长度", Text{"How many bytes of payload the segment has, by the length in the IP header.", "按 IP 头部的长度，本报文段有多少字节载荷。"}, "RFC 9293 §3.4"},

	"tcp.options.mss":             {"最大段长", Text{"The largest payload that this side wants to get in one segment. Only in SYNs.", "这一端愿意在一个报文段里接收的最大载荷。只在 SYN 中。"}, "RFC 9293 §3.7.1"},
	"tcp.options.mss_val":         {"最大段长值", Text{"The largest payload that this side wants to get in one segment, in bytes.", "这一端愿意在一个报文段里接收的最大载荷（字节）。"}, "RFC 9293 §3.7.1"},
	"tcp.options.wscale":          {"窗口缩放", Text{"By how much the window field is to be multiplied from now on. It counts only if both SYNs have it.", "此后窗口字段要乘多少。两个 SYN 都带才有效。"}, "RFC 7323 §2"},
	"tcp.options.wscale.shift":    {"移位", Text{"The window is shifted left by so many bits.", "窗口左移的位数。"}, "RFC 7323 §2.2"},
	"tcp.options.sack_perm":       {"允许 SACK", Text{"This side understands selective acknowledgments.", "这一端支持选择确认。"}, "RFC 2018 §2"},
	"tcp.options.sack":            {"SACK", Text{"Ranges that arrived beyond a gap: the rest is what is missing.", "缺口之后已到达的范围：其余就是缺的。"}, "RFC 2018 §3"},
	"tcp.options.timestamp":       {"时间戳", Text{"A clock value of the sender and the latest one of the other side: measures the round trip.", "发送方的时钟值和对方最近的时钟值：用来测量往返时间。"}, "RFC 7323 §3"},
	"tcp.options.timestamp.tsval": {"时间戳值", Text{"The sender's clock when it sent this.", "发送时发送方的时钟。"}, "RFC 7323 §3.2"},
	"tcp.options.timestamp.tsecr": {"时间戳回显", Text{"The latest clock value received from the other side.", "从对方收到的最近时钟值。"}, "RFC 7323 §3.2"},
	"tcp.options.nop":             {"空操作", Text{"Padding between options.", "选项之间的填充。"}, "RFC 9293 §3.2"},
	"tcp.options.eol":             {"选项结束", Text{"No more options follow.", "后面没有选项了。"}, "RFC 9293 §3.2"},
	"tcp.options.tfo":             {"快速打开", Text{"A cookie that allows data in the SYN.", "允许在 SYN 中携带数据的 cookie。"}, "RFC 7413"},
	"tcp.options.mptcp":           {"多路径 TCP", Text{"One connection over several paths.", "一条连接走多条路径。"}, "RFC 8684"},
	"tcp.option_kind":             {"种类", Text{"Which option this is.", "这是哪个选项。"}, "RFC 9293 §3.2"},
	"tcp.option_len":              {"长度", Text{"The length of the option in bytes, kind and length included.", "选项的字节数，含种类和长度。"}, "RFC 9293 §3.2"},

	"eth.dst":        {"目的 MAC", Text{"The network card that this frame is for.", "这一帧发给哪块网卡。"}, "IEEE 802.3"},
	"eth.src":        {"源 MAC", Text{"The network card that sent this frame.", "这一帧由哪块网卡发出。"}, "IEEE 802.3"},
	"eth.type":       {"类型", Text{"What the frame carries: IPv4, IPv6, ARP or something else.", "帧里装的是什么：IPv4、IPv6、ARP 等等。"}, "IEEE 802.3"},
	"ip.version":     {"版本", Text{"The version of the Internet Protocol.", "网际协议的版本。"}, "RFC 791 §3.1"},
	"ip.hdr_len":     {"头部长度", Text{"How long the IP header is.", "IP 头部有多长。"}, "RFC 791 §3.1"},
	"ip.len":         {"总长度", Text{"The length of the whole packet from the IP header on.", "从 IP 头部开始整个包的长度。"}, "RFC 791 §3.1"},
	"ip.id":          {"标识", Text{"Tells the fragments of one packet from those of another.", "区分不同包的分片。"}, "RFC 6864"},
	"ip.ttl":         {"生存时间", Text{"How many more routers the packet may pass. Each one takes one off.", "还能经过多少台路由器，每过一台减一。"}, "RFC 791 §3.1"},
	"ip.proto":       {"协议", Text{"What the packet carries: 6 is TCP, 17 UDP.", "包里装的是什么：6 是 TCP，17 是 UDP。"}, "RFC 791 §3.1"},
	"ip.checksum":    {"头部校验和", Text{"Protects the IP header only.", "只保护 IP 头部。"}, "RFC 791 §3.1"},
	"ip.src":         {"源地址", Text{"The host that sent it.", "由哪台主机发出。"}, "RFC 791 §3.1"},
	"ip.dst":         {"目的地址", Text{"The host that it is for.", "发给哪台主机。"}, "RFC 791 §3.1"},
	"ip.flags":       {"标志", Text{"Whether the packet may be, or has been, cut into fragments.", "包是否允许、或已被分片。"}, "RFC 791 §3.1"},
	"ip.frag_offset": {"片偏移", Text{"Where in the original packet this fragment belongs.", "这一片在原包中的位置。"}, "RFC 791 §3.1"},
	"ip.dsfield":     {"区分服务", Text{"How urgently routers should treat it, and two bits for congestion marks.", "路由器该多优先处理，另有两位拥塞标记。"}, "RFC 2474, RFC 3168"},
	"ipv6.src":       {"源地址", Text{"The host that sent it.", "由哪台主机发出。"}, "RFC 8200 §3"},
	"ipv6.dst":       {"目的地址", Text{"The host that it is for.", "发给哪台主机。"}, "RFC 8200 §3"},
	"ipv6.hlim":      {"跳数限制", Text{"How many more routers the packet may pass.", "还能经过多少台路由器。"}, "RFC 8200 §3"},
	"ipv6.plen":      {"载荷长度", Text{"How many bytes follow the IPv6 header.", "IPv6 头部之后有多少字节。"}, "RFC 8200 §3"},
	"ipv6.nxt":       {"下一头部", Text{"What follows: 6 is TCP.", "后面是什么：6 是 TCP。"}, "RFC 8200 §3"},
}

// Field explains the field with the given ID (package packet's names).
func Field(l Lang, id string) FieldTerm {
	if t, ok := fieldTerms[id]; ok {
		return FieldTerm{t.meaning.In(l), t.source}
	}
	m := meaningOf(id)
	return FieldTerm{m.text.In(l), m.source}
}

func meaningOf(id string) fieldMeaning {
	if m, ok := contentMeanings[id]; ok {
		return m
	}
	return fieldMeanings[id]
}

// FieldName names a field: english is its name in package packet.
func FieldName(l Lang, id, english string) string {
	if l != Chinese {
		return english
	}
	if t := fieldTerms[id]; t.zh != "" {
		return t.zh
	}
	if zh, ok := fieldNamesZH[id]; ok {
		return zh
	}
	if m := meaningOf(id); m.zh != "" {
		return m.zh
	}
	return english
}

// FieldPlace says where a field lies: "4 bytes at 0x26", "1 bit at 0x2F".
func FieldPlace(l Lang, offset, length, bits int) string {
	switch {
	case length == 0:
		return ""
	case bits > 0:
		return fmt.Sprintf(Text{"%d %s at 0x%02X", "0x%02[3]X 处 %[1]d 位"}.In(l), bits, plural("bit", bits), offset)
	}
	return fmt.Sprintf(Text{"%d %s at 0x%02X", "0x%02[3]X 处 %[1]d 字节"}.In(l), length, plural("byte", length), offset)
}

func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return strings.TrimSuffix(word, "s") + "s"
}

// PickField invites to look at the header.
func PickField(l Lang) string {
	return Text{
		"Point at a field of the header, or click a byte: here stands what it means, and where it is written.",
		"指向头部的一个字段，或点击一个字节：这里会说明它的含义和出处。",
	}.In(l)
}

// optionNames are the TCP options as engineers write them, the same in every language: they must fit into one byte of the
// header's drawing.
var optionNames = map[string]string{
	"tcp.options.mss": "MSS", "tcp.options.wscale": "WScale", "tcp.options.sack_perm": "SACK ok", "tcp.options.sack": "SACK",
	"tcp.options.timestamp": "TS", "tcp.options.nop": "No-op", "tcp.options.eol": "End", "tcp.options.tfo": "TFO",
	"tcp.options.mptcp": "MPTCP",
}

// OptionName returns a short name for the option with the given ID; english is its long one.
func OptionName(id, english string) string {
	if s, ok := optionNames[id]; ok {
		return s
	}
	return english
}
