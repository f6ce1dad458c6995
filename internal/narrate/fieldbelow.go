package narrate

// fieldMeaning explains a field. zh is its name in Chinese, "" if fieldNamesZH has it.
type fieldMeaning struct {
	zh     string
	text   Text
	source string
}

// Documents that several fields come from.
const (
	rfcIPv4   = "RFC 791 §3.1"
	rfcIPv6   = "RFC 8200 §3"
	rfcDSCP   = "RFC 2474 §3"
	rfcECN    = "RFC 3168 §5"
	rfcUDP    = "RFC 768"
	rfcICMP   = "RFC 792"
	rfcICMPv6 = "RFC 4443 §2.1"
	rfcARP    = "RFC 826"
	rfcAH     = "RFC 4302 §2"
	rfcGRE    = "RFC 2784 §2"
	ieeeVLAN  = "IEEE 802.1Q §9.6"
	ieeeLLC   = "IEEE 802.2"
	ieeeWLAN  = "IEEE 802.11 §9.2"
	pcapNG    = "pcap, pcapng"
	linkSLL   = "LINKTYPE_LINUX_SLL"
	linkNull  = "LINKTYPE_NULL"
	radiotap  = "radiotap.org"
	gppGTP    = "3GPP TS 29.281"
)

// fieldMeanings explain what lies around TCP: the frame, the link layer, the rest of IP, and what is no TCP.
var fieldMeanings = map[string]fieldMeaning{
	"frame.time":         {"", Text{"When the capture saw the packet, by the clock of the machine that captured.", "抓包看到这个包的时间，以抓包机器的时钟为准。"}, pcapNG},
	"frame.len":          {"", Text{"How long the frame was on the wire.", "这一帧在线路上的长度。"}, pcapNG},
	"frame.cap_len":      {"", Text{"How many of its bytes the capture kept.", "抓包保留了其中多少字节。"}, pcapNG},
	"frame.interface_id": {"", Text{"Which of the capture's interfaces saw it.", "由抓包的哪个接口看到。"}, pcapNG},
	"frame.encap_type":   {"", Text{"What the frame begins with: the kind of link layer.", "帧以什么开头：链路层的类型。"}, pcapNG},
	"frame.comment":      {"", Text{"A comment that somebody wrote into the capture file.", "有人写在抓包文件里的注释。"}, pcapNG},
	"data":               {"数据", Text{"Bytes that are not taken apart any further here.", "这里不再继续拆解的字节。"}, ""},

	"eth.padding":    {"填充", Text{"Bytes that fill a short frame up to 60; they mean nothing.", "把短帧补足到 60 字节的填充，没有意义。"}, "IEEE 802.3 §3.2.8"},
	"eth.trailer":    {"尾部", Text{"Bytes behind the packet: from a switch or a capture device.", "包之后的字节：由交换机或抓包设备附加。"}, "IEEE 802.3"},
	"vlan":           {"VLAN 标签", Text{"A tag that says which virtual network the frame belongs to.", "说明这一帧属于哪个虚拟网络的标签。"}, ieeeVLAN},
	"vlan.id":        {"VLAN 编号", Text{"The number of the virtual network.", "虚拟网络的编号。"}, ieeeVLAN},
	"vlan.priority":  {"优先级", Text{"How urgent the frame is to switches, 0 to 7.", "对交换机来说有多优先，0 到 7。"}, ieeeVLAN},
	"vlan.dei":       {"可优先丢弃", Text{"Whether it may be dropped first when a switch is congested.", "交换机拥塞时是否可以优先丢弃。"}, ieeeVLAN},
	"vlan.etype":     {"类型", Text{"What follows the tag.", "标签之后是什么。"}, ieeeVLAN},
	"llc":            {"逻辑链路控制 LLC", Text{"An older way to say what a frame carries.", "说明帧里装什么的较旧方式。"}, ieeeLLC},
	"llc.dsap":       {"目的服务", Text{"Which service the frame is for.", "发给哪个服务。"}, ieeeLLC},
	"llc.ssap":       {"源服务", Text{"Which service sent it.", "由哪个服务发出。"}, ieeeLLC},
	"llc.control":    {"控制", Text{"What kind of LLC frame this is; 3 is plain data.", "LLC 帧的类型；3 是普通数据。"}, ieeeLLC},
	"llc.oui":        {"组织", Text{"Who defines the type that follows; zero means Ethernet's types.", "后面的类型由谁定义；零表示以太网类型。"}, ieeeLLC},
	"llc.type":       {"类型", Text{"What the frame carries.", "帧里装的是什么。"}, ieeeLLC},
	"sll":            {"", Text{"What Linux puts in front of a packet when it captures on “any” interface: the link layer itself is gone.", "Linux 在“any”接口抓包时加在前面的头部，原来的链路层已不在。"}, linkSLL},
	"sll.pkttype":    {"", Text{"Whether the packet was for this machine, from it, or passed by.", "这个包是发给本机、由本机发出，还是路过。"}, linkSLL},
	"sll.hatype":     {"", Text{"The kind of the interface, as Linux numbers them.", "接口类型，按 Linux 编号。"}, linkSLL},
	"sll.halen":      {"", Text{"How many bytes of the sender's address count.", "发送方地址的有效字节数。"}, linkSLL},
	"sll.src":        {"", Text{"The sender's link-layer address.", "发送方的链路层地址。"}, linkSLL},
	"sll.etype":      {"", Text{"What the packet carries.", "包里装的是什么。"}, linkSLL},
	"sll.ifindex":    {"", Text{"The number of the interface on the machine that captured.", "抓包机器上接口的编号。"}, "LINKTYPE_LINUX_SLL2"},
	"null":           {"BSD 回环", Text{"What BSD and macOS put in front of a packet on loopback.", "BSD 与 macOS 在回环接口上加的头部。"}, linkNull},
	"null.family":    {"地址族", Text{"Whether IPv4 or IPv6 follows, in the byte order of the machine.", "后面是 IPv4 还是 IPv6，采用该机器的字节序。"}, linkNull},
	"wlan":           {"无线 802.11", Text{"The header of a wireless frame.", "无线帧的头部。"}, ieeeWLAN},
	"wlan.fc":        {"帧控制", Text{"What kind of frame this is, and how it travels.", "帧的类型以及传送方式。"}, ieeeWLAN},
	"wlan.fc.type":   {"帧类型", Text{"Management, control or data.", "管理、控制或数据。"}, ieeeWLAN},
	"wlan.fc.retry":  {"重发", Text{"Sent again on the radio link; TCP does not see that.", "在无线链路上重发；TCP 看不到。"}, ieeeWLAN},
	"wlan.fc.tods":   {"发往接入点", Text{"On its way to the access point.", "正发往接入点。"}, ieeeWLAN},
	"wlan.fc.fromds": {"来自接入点", Text{"Comes from the access point.", "来自接入点。"}, ieeeWLAN},
	"wlan.duration":  {"占用时长", Text{"How long the radio is taken, in microseconds.", "占用无线信道的微秒数。"}, ieeeWLAN},
	"wlan.ra":        {"接收者", Text{"Who is to receive it on the radio.", "无线上的接收者。"}, ieeeWLAN},
	"wlan.ta":        {"发送者", Text{"Who sends it on the radio.", "无线上的发送者。"}, ieeeWLAN},
	"wlan.addr":      {"第三地址", Text{"The network card beyond the access point.", "接入点另一侧的网卡。"}, ieeeWLAN},
	"radiotap":       {"无线信息 radiotap", Text{"What the radio noted about the frame: channel, rate, strength.", "无线网卡记录的信道、速率、强度等。"}, radiotap},

	"ip.dsfield.dscp":    {"", Text{"The class that routers may treat the packet by; 0 is the usual one.", "路由器据此分类处理；0 为默认。"}, rfcDSCP},
	"ip.dsfield.ecn":     {"", Text{"Whether routers may mark congestion, or have done so.", "路由器是否可以标记拥塞，或已经标记。"}, rfcECN},
	"ip.flags.rb":        {"", Text{"Reserved, zero.", "保留，为零。"}, rfcIPv4},
	"ip.flags.df":        {"", Text{"Routers must not cut the packet; too large a packet is then dropped and reported (path MTU discovery).", "路由器不得分片；太大就丢弃并报告（路径 MTU 发现）。"}, "RFC 1191"},
	"ip.flags.mf":        {"", Text{"This is a fragment, and more of the packet follow.", "这是一个分片，后面还有。"}, rfcIPv4},
	"ip.checksum.status": {"", Text{"Whether the header's checksum fits. On the sending host the network card may fill it in later.", "头部校验和是否相符。在发送主机上可能由网卡稍后填写。"}, rfcIPv4},
	"ip.options":         {"IP 选项", Text{"Options of IPv4. Hardly used; many routers drop such packets.", "IPv4 选项，很少使用；许多路由器会丢弃这种包。"}, rfcIPv4},
	"ip.opt.type":        {"选项类型", Text{"Which option this is.", "这是哪个选项。"}, rfcIPv4},
	"ip.opt.len":         {"选项长度", Text{"How long the option is.", "选项的长度。"}, rfcIPv4},
	"ip.opt.data":        {"选项内容", Text{"What the option holds.", "选项的内容。"}, rfcIPv4},
	"ipv6.version":       {"", Text{"The version of the Internet Protocol.", "网际协议的版本。"}, rfcIPv6},
	"ipv6.tclass":        {"", Text{"How urgently routers should treat it, and two bits for congestion marks.", "路由器该多优先处理，另有两位拥塞标记。"}, rfcIPv6},
	"ipv6.tclass.dscp":   {"", Text{"The class that routers may treat the packet by; 0 is the usual one.", "路由器据此分类处理；0 为默认。"}, rfcDSCP},
	"ipv6.tclass.ecn":    {"", Text{"Whether routers may mark congestion, or have done so.", "路由器是否可以标记拥塞，或已经标记。"}, rfcECN},
	"ipv6.flow":          {"", Text{"The same number in all packets of one flow, so that routers keep them on one path.", "同一流的包都用同一个编号，便于路由器走同一路径。"}, "RFC 6437"},
	"ipv6.hopopts":       {"逐跳选项", Text{"Options that every router on the way has to look at.", "途中每台路由器都要查看的选项。"}, "RFC 8200 §4.3"},
	"ipv6.hopopts.nxt":   {"下一头部", Text{"What follows these options.", "这些选项之后是什么。"}, "RFC 8200 §4.3"},
	"ipv6.hopopts.len":   {"长度", Text{"How long these options are, in words of 8 bytes besides the first.", "选项长度，以 8 字节为单位，不含第一个。"}, "RFC 8200 §4.3"},
	"ah":                 {"IPsec 认证头部", Text{"Proves who sent the packet and that it was not changed; it hides nothing.", "证明发送者身份且未被修改；不隐藏内容。"}, rfcAH},
	"ah.next_header":     {"下一头部", Text{"What follows the header.", "头部之后是什么。"}, rfcAH},
	"ah.length":          {"长度", Text{"How long the header is.", "头部的长度。"}, rfcAH},
	"ah.spi":             {"安全参数索引", Text{"Which agreed keys are meant.", "使用哪一组约定的密钥。"}, rfcAH},
	"ah.sequence":        {"序列号", Text{"Counts packets, so that old ones cannot be sent again by others.", "对包计数，防止重放。"}, rfcAH},
	"ipcomp":             {"IP 载荷压缩", Text{"What follows is compressed.", "后面的内容是压缩的。"}, "RFC 3173"},
	"gre":                {"GRE 隧道", Text{"A tunnel: another packet follows inside.", "隧道：里面是另一个包。"}, rfcGRE},
	"gre.proto":          {"协议", Text{"What the tunnel carries.", "隧道里装的是什么。"}, rfcGRE},
	"vxlan":              {"VXLAN 隧道", Text{"A tunnel that carries a whole Ethernet over UDP.", "在 UDP 上承载整个以太网的隧道。"}, "RFC 7348 §5"},
	"vxlan.vni":          {"虚拟网络编号", Text{"Which of the networks in the tunnel.", "隧道中的哪个网络。"}, "RFC 7348 §5"},
	"gtp":                {"GTP 隧道", Text{"The tunnel of a mobile network for one phone's packets.", "移动网络为一部手机建立的隧道。"}, gppGTP},
	"gtp.teid":           {"隧道编号", Text{"Which tunnel: one phone, one service.", "哪条隧道：一部手机的一项服务。"}, gppGTP},

	"udp":                 {"用户数据报协议 UDP", Text{"Single datagrams between two programs: no connection, no order, no repetition.", "两个程序之间的单个数据报：没有连接、顺序和重发。"}, rfcUDP},
	"udp.srcport":         {"源端口", Text{"Which program sent it: the port of the sender.", "由哪个程序发出：发送方的端口。"}, rfcUDP},
	"udp.dstport":         {"目的端口", Text{"Which program it is for: the port of the receiver.", "发给哪个程序：接收方的端口。"}, rfcUDP},
	"udp.length":          {"长度", Text{"The length of header and content.", "头部和内容的长度。"}, rfcUDP},
	"udp.checksum":        {"校验和", Text{"Protects header and content; 0 in IPv4 means that there is none.", "保护头部和内容；IPv4 中为 0 表示没有。"}, rfcUDP},
	"udp.checksum.status": {"校验和状态", Text{"Whether the checksum fits the bytes that were captured.", "校验和与抓到的字节是否相符。"}, rfcUDP},
	"udp.payload":         {"UDP 载荷", Text{"What the program sent.", "程序发送的内容。"}, rfcUDP},
	"icmp":                {"互联网控制报文 ICMP", Text{"Messages about the network itself: errors, and ping.", "关于网络本身的报文：差错和 ping。"}, rfcICMP},
	"icmp.type":           {"类型", Text{"What kind of message: 3 unreachable, 8 and 0 ping and its answer, 11 time exceeded.", "报文类型：3 不可达，8 和 0 是 ping 及应答，11 超时。"}, rfcICMP},
	"icmp.code":           {"代码", Text{"Why, within the type.", "该类型下的具体原因。"}, rfcICMP},
	"icmp.checksum":       {"校验和", Text{"Protects the message.", "保护这条报文。"}, rfcICMP},
	"icmp.ident":          {"标识", Text{"Which ping program asked.", "由哪个 ping 程序询问。"}, rfcICMP},
	"icmp.seq":            {"序列号", Text{"Which of its pings.", "第几次 ping。"}, rfcICMP},
	"icmp.mtu":            {"下一跳 MTU", Text{"The largest packet that the next link takes.", "下一段链路能通过的最大包。"}, "RFC 1191 §4"},
	"icmpv6":              {"互联网控制报文 ICMPv6", Text{"Messages about the network itself: errors, ping, and finding neighbours.", "关于网络本身的报文：差错、ping 和邻居发现。"}, rfcICMPv6},
	"icmpv6.type":         {"类型", Text{"What kind of message; below 128 it is an error.", "报文类型；小于 128 是差错。"}, rfcICMPv6},
	"icmpv6.code":         {"代码", Text{"Why, within the type.", "该类型下的具体原因。"}, rfcICMPv6},
	"icmpv6.checksum":     {"校验和", Text{"Protects the message and its addresses.", "保护这条报文及其地址。"}, rfcICMPv6},
	"arp":                 {"地址解析 ARP", Text{"Asks which network card has an IPv4 address.", "询问哪块网卡拥有某个 IPv4 地址。"}, rfcARP},
	"arp.hw.type":         {"硬件类型", Text{"The kind of hardware address; 1 is Ethernet.", "硬件地址类型；1 是以太网。"}, rfcARP},
	"arp.proto.type":      {"协议类型", Text{"The kind of address that is asked for.", "所询问的地址类型。"}, rfcARP},
	"arp.hw.size":         {"硬件地址长度", Text{"How long a hardware address is.", "硬件地址的长度。"}, rfcARP},
	"arp.proto.size":      {"协议地址长度", Text{"How long the other address is.", "协议地址的长度。"}, rfcARP},
	"arp.opcode":          {"操作", Text{"A question or an answer.", "询问还是应答。"}, rfcARP},
	"arp.src.hw":          {"发送方硬件地址", Text{"The network card of who speaks.", "发言者的网卡。"}, rfcARP},
	"arp.src.proto":       {"发送方协议地址", Text{"The address of who speaks.", "发言者的地址。"}, rfcARP},
	"arp.dst.hw":          {"目标硬件地址", Text{"The network card that is asked for; zero while unknown.", "所询问的网卡；未知时为零。"}, rfcARP},
	"arp.dst.proto":       {"目标协议地址", Text{"The address that is asked for.", "所询问的地址。"}, rfcARP},

	"tcp.options.sack_le":         {"", Text{"The first byte of a range that arrived beyond a gap.", "缺口之后已到达范围的第一个字节。"}, "RFC 2018 §3"},
	"tcp.options.sack_re":         {"", Text{"The byte behind the end of that range.", "该范围末尾之后的那个字节。"}, "RFC 2018 §3"},
	"tcp.options.padding":         {"填充", Text{"Zeros that fill the header up to a whole number of words.", "把头部补足到整字的零。"}, "RFC 9293 §3.1"},
	"tcp.options.unknown":         {"其他选项", Text{"An option that is not taken apart here.", "这里不拆解的选项。"}, "IANA tcp-parameters"},
	"tcp.options.unknown.payload": {"选项内容", Text{"What the option holds.", "选项的内容。"}, "IANA tcp-parameters"},
	"tcp.options.malformed":       {"残缺的选项", Text{"An option whose length does not fit, or that the capture cut.", "长度不符，或被抓包截断的选项。"}, "RFC 9293 §3.1"},
	"tcp.options.mptcp.subtype":   {"", Text{"What the two ends tell each other about the paths.", "双方就各条路径交换什么信息。"}, "RFC 8684 §3"},
	"tcp.options.mptcp.flags":     {"", Text{"Bits of that message.", "该信息的标志位。"}, "RFC 8684 §3"},
	"tcp.options.mptcp.data":      {"", Text{"The content of that message.", "该信息的内容。"}, "RFC 8684 §3"},
	"tcp.options.tfo.cookie":      {"", Text{"What the server gave the client earlier, and recognises now.", "服务器之前给客户端、现在用来识别的凭据。"}, "RFC 7413 §4.1"},
}
