package narrate

// Documents that fields of applications come from.
const (
	rfcDNS       = "RFC 1035 §4.1.1"
	rfcQuestion  = "RFC 1035 §4.1.2"
	rfcRecord    = "RFC 1035 §4.1.3"
	rfcDNSSEC    = "RFC 4035 §3"
	rfcHTTP      = "RFC 9112 §2.1"
	rfcRequest   = "RFC 9112 §3"
	rfcStatus    = "RFC 9112 §4"
	rfcField     = "RFC 9112 §5"
	rfcTLS       = "RFC 8446 §5.1"
	rfcHandshake = "RFC 8446 §4"
	rfcHello     = "RFC 8446 §4.1.2"
	rfcAlert     = "RFC 8446 §6"
	rfcFrame     = "RFC 6455 §5.2"
	rfcNTP       = "RFC 5905 §7.3"
	rfcDHCP      = "RFC 2131 §2"
	rfcOption    = "RFC 2132 §2"
)

// contentMeanings explain what programs say to each other in one packet.
var contentMeanings = map[string]fieldMeaning{
	"dns":                     {"域名系统 DNS", Text{"Asks for what belongs to a name, such as an address, or answers that.", "询问某个名字对应的内容（例如地址），或作出应答。"}, "RFC 1035"},
	"mdns":                    {"多播 DNS", Text{"DNS among the machines of one network, without a server.", "同一网络内的机器之间、不经服务器的 DNS。"}, "RFC 6762"},
	"llmnr":                   {"本地链路名称解析 LLMNR", Text{"Asks all neighbours who has a name.", "向所有邻居询问谁拥有某个名字。"}, "RFC 4795"},
	"nbns":                    {"NetBIOS 名称服务", Text{"The name service of old Windows networks.", "旧式 Windows 网络的名称服务。"}, "RFC 1002 §4.2"},
	"dns.length":              {"长度", Text{"Over TCP the length of the message stands in front of it.", "在 TCP 上，报文之前先写出它的长度。"}, "RFC 1035 §4.2.2"},
	"dns.id":                  {"事务编号", Text{"The answer repeats it, so that the asker knows which question it answers.", "应答会重复这个编号，询问者据此知道它回答的是哪个问题。"}, rfcDNS},
	"dns.flags":               {"标志", Text{"What kind of message this is and how it was answered.", "这是哪种报文，以及应答情况。"}, rfcDNS},
	"dns.flags.response":      {"应答", Text{"Set in an answer, not set in a question.", "应答中置位，询问中不置位。"}, rfcDNS},
	"dns.flags.opcode":        {"操作码", Text{"What is asked for; 0 is an ordinary query.", "请求的操作；0 是普通查询。"}, rfcDNS},
	"dns.flags.authoritative": {"权威", Text{"The answer comes from a server that is responsible for the name.", "应答来自负责该名字的服务器。"}, rfcDNS},
	"dns.flags.truncated":     {"截断", Text{"The answer did not fit; the asker should ask again over TCP.", "应答放不下；询问者应改用 TCP 再问一次。"}, rfcDNS},
	"dns.flags.recdesired":    {"期望递归", Text{"The server is to find the answer itself, by asking others.", "请服务器自己去问其他服务器，直到找到答案。"}, rfcDNS},
	"dns.flags.recavail":      {"可用递归", Text{"The server does so.", "服务器支持递归查询。"}, rfcDNS},
	"dns.flags.authenticated": {"已验证", Text{"The server checked the signatures of all records.", "服务器已验证所有记录的签名。"}, rfcDNSSEC},
	"dns.flags.checkdisable":  {"不检查", Text{"The asker checks signatures itself.", "询问者自己验证签名。"}, rfcDNSSEC},
	"dns.flags.rcode":         {"应答码", Text{"How it went: 0 is no error, 3 says that the name does not exist.", "结果：0 为无错误，3 表示名字不存在。"}, rfcDNS},
	"dns.count.queries":       {"问题数", Text{"How many questions follow.", "后面有多少个问题。"}, rfcDNS},
	"dns.count.answers":       {"应答数", Text{"How many records answer them.", "有多少条记录作为应答。"}, rfcDNS},
	"dns.count.auth_rr":       {"权威记录数", Text{"How many records name the servers that are responsible.", "有多少条记录指出负责的服务器。"}, rfcDNS},
	"dns.count.add_rr":        {"附加记录数", Text{"How many records come along because they may be useful.", "附带了多少条可能有用的记录。"}, rfcDNS},
	"dns.qry":                 {"问题", Text{"What is asked for.", "询问的内容。"}, rfcQuestion},
	"dns.qry.name":            {"名字", Text{"The name that is asked about.", "所询问的名字。"}, rfcQuestion},
	"dns.qry.type":            {"类型", Text{"What is asked for: A is an IPv4 address, AAAA an IPv6 address.", "询问什么：A 是 IPv4 地址，AAAA 是 IPv6 地址。"}, rfcQuestion},
	"dns.qry.class":           {"类别", Text{"IN, the Internet. Multicast DNS uses the first bit to ask for an answer to the asker alone.", "IN 表示互联网。多播 DNS 用最高位请求单独应答。"}, rfcQuestion},
	"dns.answer":              {"应答记录", Text{"A record that answers the question.", "回答问题的记录。"}, rfcRecord},
	"dns.authority":           {"权威记录", Text{"A record that says who is responsible for the name.", "说明谁负责该名字的记录。"}, rfcRecord},
	"dns.additional":          {"附加记录", Text{"A record that nobody asked for but that helps.", "没有问到但有帮助的记录。"}, rfcRecord},
	"dns.resp.name":           {"名字", Text{"Whose record this is. Two bytes can point at a name earlier in the message.", "记录属于哪个名字。两个字节即可指向报文中之前出现的名字。"}, "RFC 1035 §4.1.4"},
	"dns.resp.type":           {"类型", Text{"What the record holds.", "记录里是什么。"}, rfcRecord},
	"dns.resp.class":          {"类别", Text{"IN, the Internet. Multicast DNS uses the first bit to say that older records are to be forgotten.", "IN 表示互联网。多播 DNS 用最高位表示旧记录应作废。"}, rfcRecord},
	"dns.resp.ttl":            {"有效时间", Text{"How long the record may be kept and used.", "记录可以缓存多久。"}, rfcRecord},
	"dns.resp.len":            {"数据长度", Text{"How long the record's data is.", "记录数据的长度。"}, rfcRecord},
	"dns.resp.data":           {"数据", Text{"What the record says.", "记录的内容。"}, rfcRecord},
	"dns.rr.udp_payload_size": {"最大 UDP 报文", Text{"The largest message that its sender takes over UDP.", "发送方能接收的最大 UDP 报文。"}, "RFC 6891 §6.1.2"},
	"dns.resp.ext_flags":      {"扩展码与标志", Text{"More bits of the response code, the version of EDNS, and whether signatures are wanted.", "应答码的更多位、EDNS 版本，以及是否需要签名。"}, "RFC 6891 §6.1.3"},

	"http":                  {"超文本传输协议 HTTP", Text{"A request or a response: a start line, header lines, an empty line, content.", "一个请求或响应：起始行、头部行、空行、内容。"}, "RFC 9112"},
	"ssdp":                  {"简单服务发现协议 SSDP", Text{"Devices announce what they can do, or are searched for; written like HTTP.", "设备通告自己的功能，或被搜索；写法与 HTTP 相同。"}, "UPnP Device Architecture §1"},
	"http.request.method":   {"方法", Text{"What is to be done.", "要做什么。"}, rfcRequest},
	"http.request.uri":      {"目标", Text{"What it is to be done with.", "对什么做。"}, rfcRequest},
	"http.request.version":  {"版本", Text{"The version of HTTP.", "HTTP 的版本。"}, rfcHTTP},
	"http.response.version": {"版本", Text{"The version of HTTP.", "HTTP 的版本。"}, rfcHTTP},
	"http.response.code":    {"状态码", Text{"How it went: 2xx well, 3xx look elsewhere, 4xx the asker's mistake, 5xx the server's.", "结果：2xx 成功，3xx 去别处，4xx 请求方的错误，5xx 服务器的错误。"}, rfcStatus},
	"http.response.phrase":  {"原因短语", Text{"The status in words, for people.", "写给人看的状态说明。"}, rfcStatus},
	"http.line":             {"头部行", Text{"A name, a colon, a value.", "名称、冒号、值。"}, rfcField},
	"http.header.name":      {"字段名", Text{"Which field this is; capital letters make no difference.", "这是哪个字段；不区分大小写。"}, rfcField},
	"http.header.value":     {"字段值", Text{"What the field says.", "字段的内容。"}, rfcField},
	"http.end":              {"头部结束", Text{"An empty line ends the header.", "空行表示头部结束。"}, rfcHTTP},
	"http.body":             {"内容", Text{"What the message brings, as far as it is in this packet.", "报文带来的内容，只含在这个包里的部分。"}, "RFC 9112 §6"},

	"websocket":                {"WebSocket 帧", Text{"A frame: a short header and content.", "一个帧：简短的头部和内容。"}, rfcFrame},
	"websocket.fin":            {"最后分片", Text{"Set where a message ends.", "报文结束处置位。"}, rfcFrame},
	"websocket.rsv":            {"保留位", Text{"Zero, unless an extension was agreed on; 4 then says: compressed.", "为零，除非协商了扩展；此时 4 表示已压缩。"}, rfcFrame},
	"websocket.opcode":         {"操作码", Text{"What the frame is: text, binary, close, ping, pong, or more of the same.", "帧的类型：文本、二进制、关闭、ping、pong 或延续。"}, rfcFrame},
	"websocket.mask":           {"掩码", Text{"Set by clients, whose content is masked; never by servers.", "客户端置位，其内容带掩码；服务器从不置位。"}, "RFC 6455 §5.1"},
	"websocket.payload_length": {"载荷长度", Text{"How long the content is; 126 and 127 say that the length follows in 2 or 8 bytes.", "内容的长度；126 和 127 表示长度在后面的 2 或 8 字节中。"}, rfcFrame},
	"websocket.masking_key":    {"掩码密钥", Text{"The content is these four bytes apart from what was meant (XOR), again and again.", "内容与这四个字节循环异或。"}, "RFC 6455 §5.3"},
	"websocket.payload":        {"内容（去掩码）", Text{"What the frame carries, still compressed if it is.", "帧的内容；若已压缩则仍是压缩的。"}, rfcFrame},

	"tls":                                  {"传输层安全 TLS", Text{"A record: a header of five bytes and what it protects.", "一条记录：五字节头部和受保护的内容。"}, rfcTLS},
	"tls.record.content_type":              {"内容类型", Text{"What the record carries. TLS 1.3 says application_data of everything that is encrypted.", "记录里装的是什么。TLS 1.3 中凡加密的都标为 application_data。"}, rfcTLS},
	"tls.record.version":                   {"版本", Text{"A version that old devices accept; the real one is agreed on in the hellos.", "旧设备能接受的版本；真正的版本在 hello 中协商。"}, rfcTLS},
	"tls.record.length":                    {"长度", Text{"How long the rest of the record is; it may go on in later packets.", "记录其余部分的长度；可能延续到后面的包。"}, rfcTLS},
	"tls.handshake":                        {"握手消息", Text{"A message by which both sides agree on keys.", "双方协商密钥的一条消息。"}, rfcHandshake},
	"tls.handshake.type":                   {"消息类型", Text{"Which message of the handshake.", "握手中的哪条消息。"}, rfcHandshake},
	"tls.handshake.length":                 {"长度", Text{"How long the message is.", "消息的长度。"}, rfcHandshake},
	"tls.handshake.body":                   {"内容", Text{"What the message holds.", "消息的内容。"}, rfcHandshake},
	"tls.handshake.version":                {"版本", Text{"TLS 1.2 at most: a newer one stands in the extension supported_versions.", "最高为 TLS 1.2：更新的版本写在 supported_versions 扩展里。"}, rfcHello},
	"tls.handshake.random":                 {"随机数", Text{"Makes every handshake a different one.", "使每次握手都不相同。"}, rfcHello},
	"tls.handshake.session_id":             {"会话编号", Text{"Resumed sessions by their number before TLS 1.3.", "TLS 1.3 之前用编号恢复会话。"}, rfcHello},
	"tls.handshake.ciphersuites":           {"密码套件", Text{"How many ways of encryption the client offers.", "客户端提供多少种加密方式。"}, rfcHello},
	"tls.handshake.ciphersuite":            {"密码套件", Text{"The way of encryption that the server chose.", "服务器选定的加密方式。"}, "RFC 8446 §4.1.3"},
	"tls.handshake.comp_methods":           {"压缩方法", Text{"Always 0: compression turned out to give secrets away.", "总是 0：压缩会泄露秘密。"}, rfcHello},
	"tls.handshake.comp_method":            {"压缩方法", Text{"Always 0: compression turned out to give secrets away.", "总是 0：压缩会泄露秘密。"}, "RFC 8446 §4.1.3"},
	"tls.handshake.extension":              {"扩展", Text{"Something more that a side offers or answers.", "一方附加提供或应答的内容。"}, "RFC 8446 §4.2"},
	"tls.handshake.extensions_server_name": {"服务器名", Text{"The host that the client wants, readable for everybody.", "客户端要访问的主机，任何人都能看到。"}, "RFC 6066 §3"},
	"tls.handshake.extensions_alpn_str":    {"应用协议", Text{"What is to be spoken inside: h2 is HTTP/2.", "内部使用什么协议：h2 即 HTTP/2。"}, "RFC 7301 §3.1"},
	"tls.alert_message.level":              {"级别", Text{"Whether the connection can go on.", "连接能否继续。"}, rfcAlert},
	"tls.alert_message.desc":               {"说明", Text{"What went wrong, or that the side is done.", "出了什么错，或这一方已结束。"}, rfcAlert},
	"tls.change_cipher_spec":               {"切换加密", Text{"From here on this side encrypts; TLS 1.3 sends it for old devices only.", "此后这一方开始加密；TLS 1.3 仅为兼容旧设备而发。"}, "RFC 8446 §D.4"},
	"tls.encrypted":                        {"已加密或延续", Text{"Cannot be read without the keys, or goes on from an earlier packet.", "没有密钥无法读取，或是前面包的延续。"}, "RFC 8446 §5.2"},

	"ntp":                {"网络时间协议 NTP", Text{"Sets clocks: four times, two of each side, give the difference and the way's length.", "校准时钟：双方各两个时刻，可得出时差和路程时延。"}, "RFC 5905"},
	"ntp.flags.li":       {"闰秒", Text{"Whether the day's last minute has 61 or 59 seconds; 3 says that the clock is not set.", "当天最后一分钟是 61 还是 59 秒；3 表示时钟未校准。"}, rfcNTP},
	"ntp.flags.vn":       {"版本", Text{"The version of NTP.", "NTP 的版本。"}, rfcNTP},
	"ntp.flags.mode":     {"模式", Text{"Who speaks: a client asks, a server answers.", "发言者：客户端询问，服务器应答。"}, rfcNTP},
	"ntp.stratum":        {"层级", Text{"How many servers away the exact clock is; 1 has one.", "离精确时钟有几级服务器；1 级自带时钟。"}, rfcNTP},
	"ntp.ppoll":          {"轮询间隔", Text{"How long at most between two questions, as a power of two.", "两次询问的最大间隔，以 2 的幂表示。"}, rfcNTP},
	"ntp.precision":      {"精度", Text{"The step of the sender's clock, as a power of two.", "发送方时钟的步长，以 2 的幂表示。"}, rfcNTP},
	"ntp.rootdelay":      {"根时延", Text{"The round trip to the exact clock.", "到精确时钟的往返时间。"}, rfcNTP},
	"ntp.rootdispersion": {"根离散", Text{"By how much the sender may be wrong.", "发送方可能的误差。"}, rfcNTP},
	"ntp.refid":          {"参考源", Text{"Where the sender has its time from.", "发送方的时间来自哪里。"}, rfcNTP},
	"ntp.reftime":        {"参考时间", Text{"When the sender's clock was last set.", "发送方时钟上次校准的时间。"}, rfcNTP},
	"ntp.org":            {"起始时间", Text{"When the question was sent, by the asker's clock.", "询问发出的时间，按询问者的时钟。"}, rfcNTP},
	"ntp.rec":            {"接收时间", Text{"When the server got the question.", "服务器收到询问的时间。"}, rfcNTP},
	"ntp.xmt":            {"发送时间", Text{"When this message was sent.", "本报文发出的时间。"}, rfcNTP},

	"dhcp":               {"动态主机配置协议 DHCP", Text{"Gives a machine its address and what else it needs in a network.", "为机器分配地址以及联网所需的其他设置。"}, "RFC 2131"},
	"dhcp.type":          {"操作", Text{"From a client (1) or to it (2).", "来自客户端 (1) 或发往客户端 (2)。"}, rfcDHCP},
	"dhcp.hw.type":       {"硬件类型", Text{"The kind of hardware address; 1 is Ethernet.", "硬件地址类型；1 是以太网。"}, rfcDHCP},
	"dhcp.hw.len":        {"硬件地址长度", Text{"How long a hardware address is.", "硬件地址的长度。"}, rfcDHCP},
	"dhcp.hops":          {"跳数", Text{"How many relays passed it on.", "经过多少个中继。"}, rfcDHCP},
	"dhcp.id":            {"事务编号", Text{"The same in all messages of one exchange.", "同一次交互的各报文相同。"}, rfcDHCP},
	"dhcp.secs":          {"已过秒数", Text{"How long the client has been trying.", "客户端已尝试了多久。"}, rfcDHCP},
	"dhcp.flags":         {"标志", Text{"0x8000 asks for an answer to everybody: the client has no address yet.", "0x8000 请求广播应答：客户端还没有地址。"}, rfcDHCP},
	"dhcp.ip.client":     {"客户端地址", Text{"The address that the client has and uses.", "客户端已有并在使用的地址。"}, rfcDHCP},
	"dhcp.ip.your":       {"分配的地址", Text{"The address that the client is to get.", "分配给客户端的地址。"}, rfcDHCP},
	"dhcp.ip.server":     {"下一服务器地址", Text{"Where to start the machine from.", "从哪台服务器启动。"}, rfcDHCP},
	"dhcp.ip.relay":      {"中继地址", Text{"The relay that passed the message on.", "转发报文的中继。"}, rfcDHCP},
	"dhcp.hw.mac_addr":   {"客户端硬件地址", Text{"The client's network card.", "客户端的网卡。"}, rfcDHCP},
	"dhcp.server":        {"服务器名", Text{"The server's name, mostly empty.", "服务器名，通常为空。"}, rfcDHCP},
	"dhcp.file":          {"启动文件", Text{"The file to start the machine with, mostly empty.", "启动所用的文件，通常为空。"}, rfcDHCP},
	"dhcp.cookie":        {"标记", Text{"Four bytes that say: options follow.", "四个字节，表示后面是选项。"}, "RFC 2131 §3"},
	"dhcp.option":        {"选项", Text{"One thing that is asked for or given.", "请求或给出的一项内容。"}, rfcOption},
	"dhcp.option.type":   {"选项编号", Text{"Which option this is.", "这是哪个选项。"}, rfcOption},
	"dhcp.option.length": {"长度", Text{"How long its value is.", "值的长度。"}, rfcOption},
	"dhcp.option.value":  {"值", Text{"What the option says.", "选项的内容。"}, rfcOption},
	"dhcp.option.end":    {"选项结束", Text{"No more options follow.", "后面没有选项了。"}, "RFC 2132 §3.2"},
}
