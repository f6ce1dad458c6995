package filter

import (
	"net/netip"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// fromSegment makes the values function of a field in the header of the segment; wants says that a packet has it.
func fromSegment(wants func(*packet.Segment) bool, get func(*packet.Segment) int64) func(*row, []value) []value {
	return func(r *row, dst []value) []value {
		if r.seg == nil || wants != nil && !wants(r.seg) {
			return dst
		}
		return number(dst, get(r.seg))
	}
}

var frameFields = []Field{
	{
		Name: "frame", Type: Bytes, Level: Payload, Help: narrate.Text{"The whole packet, with all its headers.", "整个包，包括所有头部。"},
		values: func(r *row, dst []value) []value { return append(dst, value{bytes: r.frame}) },
	},
	{
		Name: "frame.number", Type: Number, Level: Packet, Help: narrate.Text{"The number of the packet in the capture, from 1.", "包在抓包里的编号，从 1 起。"},
		values: func(r *row, dst []value) []value { return number(dst, r.rec.Frame) }, bpf: bpf{why: narrate.BPFPacketNumbers},
	},
	{
		Name: "frame.len", Type: Number, Level: Packet, Help: narrate.Text{"How long the packet was on the wire, in bytes.", "包在线上的长度（字节）。"},
		values: func(r *row, dst []value) []value { return number(dst, r.rec.OrigLen) }, bpf: bpf{number: "len"},
	},
	{
		Name: "frame.cap_len", Type: Number, Level: Packet, Help: narrate.Text{"How much of the packet was captured, in bytes.", "抓到了多少字节。"},
		values: func(r *row, dst []value) []value { return number(dst, r.rec.CapLen) },
	},
	{
		Name: "frame.time", Type: Time, Level: Packet, Help: narrate.Text{"When the packet was captured.", "抓到这个包的时刻。"},
		values: func(r *row, dst []value) []value { return number(dst, r.rec.Time) }, bpf: bpf{why: narrate.BPFTimes},
	},
	{
		Name: "frame.time_epoch", Type: Duration, Level: Packet, Help: narrate.Text{"When the packet was captured, in seconds since 1970.", "抓到这个包的时刻，从 1970 年算起的秒数。"},
		values: func(r *row, dst []value) []value { return number(dst, r.rec.Time) }, bpf: bpf{why: narrate.BPFTimes},
	},
	{
		Name: "frame.time_relative", Type: Duration, Level: Packet, Help: narrate.Text{"Seconds since the first packet of the capture.", "从抓包第一个包算起的秒数。"},
		values: func(r *row, dst []value) []value { return number(dst, r.rec.Time-r.start) }, bpf: bpf{why: narrate.BPFTimes},
	},
}

// ends returns the addresses and ports of sender and receiver.
func (r *row) ends() (src, dst netip.AddrPort) {
	if r.dir == flow.ServerToClient {
		return r.conn.Server, r.conn.Client
	}
	return r.conn.Client, r.conn.Server
}

// addresses makes the values function of an address field.
func addresses(v6, src, dst bool) func(*row, []value) []value {
	return func(r *row, list []value) []value {
		from, to := r.ends()
		if from.Addr().Is4() == v6 {
			return list
		}
		if src {
			list = append(list, value{addr: from.Addr()})
		}
		if dst {
			list = append(list, value{addr: to.Addr()})
		}
		return list
	}
}

// ports makes the values function of a port field.
func ports(src, dst bool) func(*row, []value) []value {
	return func(r *row, list []value) []value {
		from, to := r.ends()
		if src {
			list = number(list, from.Port())
		}
		if dst {
			list = number(list, to.Port())
		}
		return list
	}
}

func isV6(c *tcp.Connection) bool { return !c.Client.Addr().Is4() }
func isV4(c *tcp.Connection) bool { return c.Client.Addr().Is4() }

var ipFields = []Field{
	{
		Name: "ip", Type: None, Level: Connection, absent: isV6, Help: narrate.Text{"Any packet over IPv4.", "任何 IPv4 包。"},
		values: func(r *row, dst []value) []value { return mark(dst, isV4(r.conn)) }, bpf: bpf{exists: "ip"},
	},
	{
		Name: "ip.addr", Type: Address4, Level: Connection, absent: isV6, Help: narrate.Text{"The address of either side.", "任一端的地址。"},
		values: addresses(false, true, true), bpf: bpf{exists: "ip", addr: ""},
	},
	{
		Name: "ip.src", Type: Address4, Level: Connection, absent: isV6, Help: narrate.Text{"The address of the sender.", "发送方的地址。"},
		values: addresses(false, true, false), bpf: bpf{exists: "ip", addr: "src "},
	},
	{
		Name: "ip.dst", Type: Address4, Level: Connection, absent: isV6, Help: narrate.Text{"The address of the receiver.", "接收方的地址。"},
		values: addresses(false, false, true), bpf: bpf{exists: "ip", addr: "dst "},
	},
	{
		Name: "ip.ttl", Type: Number, Most: 255, Level: Payload, absent: isV6, Help: narrate.Text{"How many more routers the packet may pass.", "还能经过多少台路由器。"},
		values: func(r *row, dst []value) []value {
			if r.seg == nil || isV6(r.conn) {
				return dst
			}
			return number(dst, r.seg.TTL)
		}, bpf: bpf{number: "ip[8]", v4: true},
	},
	{
		Name: "ipv6", Type: None, Level: Connection, absent: isV4, Help: narrate.Text{"Any packet over IPv6.", "任何 IPv6 包。"},
		values: func(r *row, dst []value) []value { return mark(dst, isV6(r.conn)) }, bpf: bpf{exists: "ip6"},
	},
	{
		Name: "ipv6.addr", Type: Address6, Level: Connection, absent: isV4, Help: narrate.Text{"The address of either side.", "任一端的地址。"},
		values: addresses(true, true, true), bpf: bpf{exists: "ip6", addr: ""},
	},
	{
		Name: "ipv6.src", Type: Address6, Level: Connection, absent: isV4, Help: narrate.Text{"The address of the sender.", "发送方的地址。"},
		values: addresses(true, true, false), bpf: bpf{exists: "ip6", addr: "src "},
	},
	{
		Name: "ipv6.dst", Type: Address6, Level: Connection, absent: isV4, Help: narrate.Text{"The address of the receiver.", "接收方的地址。"},
		values: addresses(true, false, true), bpf: bpf{exists: "ip6", addr: "dst "},
	},
}

// setNames are the names of a flag's values.
var setNames = []Named{{"Set", 1}, {"Not set", 0}}

// partial reports a header of fewer than 20 bytes, of which Wireshark shows ports, numbers and length only.
func (r *row) partial() bool { return r.rec.Partial() }

// flagField makes the field of one control bit; name follows "tcp.flags.".
func flagField(name string, f packet.Flags, help narrate.Text) Field {
	return Field{
		Name: "tcp.flags." + name, Type: Bool, Level: Packet, Help: help, Names: setNames, Common: []string{"1", "0"},
		values: func(r *row, dst []value) []value {
			if r.partial() {
				return dst
			}
			return boolean(dst, r.rec.Flags.Any(f))
		}, bpf: bpf{flags: f},
	}
}

// numbered makes the values function of a number that needs the segment's length to be known.
func numbered(get func(r *row) int64) func(*row, []value) []value {
	return func(r *row, dst []value) []value {
		if !r.rec.HasNumbers() || r.partial() {
			return dst
		}
		return number(dst, get(r))
	}
}

// whole reports a header that was captured completely and is at least 20 bytes long.
func whole(s *packet.Segment) bool { return s.HeaderLen >= 20 }

var tcpFields = []Field{
	{
		Name: "tcp", Type: Bytes, Level: Payload, Help: narrate.Text{"Any TCP segment: its header and payload.", "任何 TCP 段：头部和载荷。"},
		values: func(r *row, dst []value) []value {
			if r.seg == nil || r.seg.PayloadOffset < 0 {
				return dst
			}
			return append(dst, value{bytes: r.frame[max(int(r.seg.PayloadOffset)-int(r.seg.HeaderLen), 0):]})
		}, bpf: bpf{exists: "tcp"},
	},
	{
		Name: "tcp.port", Type: Number, Most: 65535, Level: Connection, Help: narrate.Text{"The port of either side.", "任一端的端口。"},
		values: ports(true, true), bpf: bpf{exists: "tcp", port: "port"},
	},
	{
		Name: "tcp.srcport", Type: Number, Most: 65535, Level: Connection, Help: narrate.Text{"The port of the sender.", "发送方的端口。"},
		values: ports(true, false), bpf: bpf{exists: "tcp", port: "src port"},
	},
	{
		Name: "tcp.dstport", Type: Number, Most: 65535, Level: Connection, Help: narrate.Text{"The port of the receiver.", "接收方的端口。"},
		values: ports(false, true), bpf: bpf{exists: "tcp", port: "dst port"},
	},
	{
		Name: "tcp.stream", Type: Number, Level: Connection, Help: narrate.Text{"The number of the connection in the capture, from 0.", "连接在抓包里的编号，从 0 起。"},
		values: func(r *row, dst []value) []value { return number(dst, r.conn.Stream) }, bpf: bpf{why: narrate.BPFStreams},
	},
	{
		Name: "tcp.completeness", Type: Number, Most: 255, Level: Connection, Common: []string{"31", "47", "63"},
		Help:   narrate.Text{"What the connection has, as a sum: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST.", "连接里有什么，按和表示：1 SYN，2 SYN-ACK，4 ACK，8 数据，16 FIN，32 RST。"},
		values: func(r *row, dst []value) []value { return number(dst, r.conn.Completeness) }, bpf: bpf{why: narrate.BPFLabels},
	},
	{
		Name: "tcp.len", Type: Number, Level: Packet, Help: narrate.Text{"How many bytes of payload the segment has.", "本段有多少字节载荷。"},
		values: func(r *row, dst []value) []value {
			if !r.rec.HasNumbers() {
				return dst
			}
			return number(dst, r.rec.Len)
		},
	},
	{
		Name: "tcp.seq", Type: Number, Level: Packet, Help: narrate.Text{"The relative number of the first byte; a SYN is 0.", "第一个字节的相对序号，SYN 为 0。"},
		values: func(r *row, dst []value) []value { return number(dst, r.rec.Seq) }, bpf: bpf{why: narrate.BPFNumbers},
	},
	{
		Name: "tcp.nxtseq", Type: Number, Level: Packet, Help: narrate.Text{"The relative number behind the segment.", "本段之后的相对序号。"},
		values: numbered(func(r *row) int64 { return int64(r.rec.NextSeq()) }), bpf: bpf{why: narrate.BPFNumbers},
	},
	{
		Name: "tcp.ack", Type: Number, Level: Packet, Help: narrate.Text{"The relative number that is expected next from the other side.", "期待对方下一个字节的相对序号。"},
		values: func(r *row, dst []value) []value {
			if r.partial() {
				return dst
			}
			return number(dst, r.rec.Ack)
		}, bpf: bpf{why: narrate.BPFNumbers},
	},
	{
		Name: "tcp.window_size", Type: Number, Level: Packet, Help: narrate.Text{"How many bytes the sender can still take, scaled.", "发送方还能接收多少字节（已缩放）。"},
		values: func(r *row, dst []value) []value {
			if r.partial() {
				return dst
			}
			return number(dst, r.rec.Window)
		}, bpf: bpf{why: narrate.BPFNumbers},
	},
	{
		Name: "tcp.window_size_value", Type: Number, Most: 65535, Level: Payload, Help: narrate.Text{"The window as it stands in the header.", "头部里的窗口值。"},
		values: fromSegment(whole, func(s *packet.Segment) int64 { return int64(s.Window) }), bpf: bpf{tcp: 14, size: 2},
	},
	{
		Name: "tcp.time_relative", Type: Duration, Level: Packet, Help: narrate.Text{"Seconds since the connection's first packet.", "从连接第一个包算起的秒数。"},
		values: func(r *row, dst []value) []value {
			if r.partial() {
				return dst
			}
			return number(dst, r.rec.Time-r.conn.FirstTime)
		}, bpf: bpf{why: narrate.BPFTimes},
	},
	{
		Name: "tcp.time_delta", Type: Duration, Level: Packet, Help: narrate.Text{"Seconds since the connection's packet before.", "距连接上一个包的秒数。"},
		values: func(r *row, dst []value) []value {
			if r.partial() {
				return dst
			}
			return number(dst, r.rec.Time-r.prev)
		}, bpf: bpf{why: narrate.BPFTimes},
	},
	{
		Name: "tcp.flags", Type: Number, Most: 0xfff, Level: Packet, Help: narrate.Text{"All control bits as one number: FIN 1, SYN 2, RST 4, PSH 8, ACK 0x10.", "所有控制位合成一个数：FIN 1，SYN 2，RST 4，PSH 8，ACK 0x10。"},
		Common: []string{"0x002", "0x012", "0x010", "0x018", "0x011", "0x004", "0x014"},
		values: func(r *row, dst []value) []value {
			if r.partial() {
				return dst
			}
			return number(dst, r.rec.Flags)
		}, bpf: bpf{tcp: 12, size: 2, mask: 0xfff},
	},
	flagField("syn", packet.SYN, narrate.Text{"Begins a connection.", "开始连接。"}),
	flagField("ack", packet.ACK, narrate.Text{"The acknowledgment number is valid.", "确认号有效。"}),
	flagField("fin", packet.FIN, narrate.Text{"The sender has nothing more to send.", "发送方没有更多数据要发。"}),
	flagField("reset", packet.RST, narrate.Text{"Ends the connection at once.", "立即结束连接。"}),
	flagField("push", packet.PSH, narrate.Text{"To be handed to the program without waiting for more.", "交给程序，不必再等。"}),
	flagField("urg", packet.URG, narrate.Text{"The urgent pointer is valid.", "紧急指针有效。"}),
	flagField("ece", packet.ECE, narrate.Text{"Echo of a congestion mark.", "拥塞标记的回显。"}),
	flagField("cwr", packet.CWR, narrate.Text{"The sender has slowed down.", "发送方已放慢。"}),
	flagField("ae", packet.AE, narrate.Text{"Part of the counter of Accurate ECN.", "精确 ECN 计数器的一部分。"}),
	{
		Name: "tcp.payload", Type: Bytes, Level: Payload, Help: narrate.Text{"The bytes that the program sent in this packet.", "程序在这个包里发送的字节。"},
		absent: noPayload,
		values: func(r *row, dst []value) []value {
			if r.seg == nil || !r.seg.HasLen || len(r.seg.Payload) == 0 {
				return dst
			}
			return append(dst, value{bytes: r.seg.Payload})
		}, bpf: bpf{why: narrate.BPFPayload},
	},
	{
		Name: "tcp.seq_raw", Type: Number, Level: Payload, Help: narrate.Text{"The sequence number as it stands in the header.", "头部里的序号。"},
		values: fromSegment(nil, func(s *packet.Segment) int64 { return int64(s.Seq) }), bpf: bpf{tcp: 4, size: 4},
	},
	{
		Name: "tcp.ack_raw", Type: Number, Level: Payload, Help: narrate.Text{"The acknowledgment number as it stands in the header.", "头部里的确认号。"},
		values: fromSegment(whole, func(s *packet.Segment) int64 { return int64(s.Ack) }), bpf: bpf{tcp: 8, size: 4},
	},
	{
		Name: "tcp.hdr_len", Type: Number, Most: 60, Level: Payload, Help: narrate.Text{"How long the TCP header is, in bytes.", "TCP 头部的长度（字节）。"},
		values: fromSegment(nil, func(s *packet.Segment) int64 { return int64(s.HeaderLen) }),
	},
	{
		Name: "tcp.urgent_pointer", Type: Number, Most: 65535, Level: Payload, Help: narrate.Text{"Where urgent data ends.", "紧急数据在哪里结束。"},
		values: fromSegment(whole, func(s *packet.Segment) int64 { return int64(s.Urgent) }), bpf: bpf{tcp: 18, size: 2},
	},
	{
		Name: "tcp.options.mss_val", Type: Number, Most: 65535, Level: Payload, Help: narrate.Text{"The largest segment that the sender wants to get.", "发送方愿意接收的最大段长。"},
		values: fromSegment(func(s *packet.Segment) bool { return s.Options.HasMSS }, func(s *packet.Segment) int64 { return int64(s.Options.MSS) }),
	},
	{
		Name: "tcp.options.wscale.shift", Type: Number, Most: 255, Level: Payload, Help: narrate.Text{"By how many bits the sender's windows are shifted.", "发送方的窗口左移多少位。"},
		values: fromSegment(func(s *packet.Segment) bool { return s.Options.HasWindowScale }, func(s *packet.Segment) int64 { return int64(s.Options.WindowScale) }),
	},
	{
		Name: "tcp.options.timestamp.tsval", Type: Number, Level: Payload, Help: narrate.Text{"The sender's clock.", "发送方的时钟。"},
		values: fromSegment(func(s *packet.Segment) bool { return s.Options.HasTimestamps }, func(s *packet.Segment) int64 { return int64(s.Options.TSVal) }),
	},
	{
		Name: "tcp.options.timestamp.tsecr", Type: Number, Level: Payload, Help: narrate.Text{"The latest clock value of the other side.", "对方最近的时钟值。"},
		values: fromSegment(func(s *packet.Segment) bool { return s.Options.HasTimestamps }, func(s *packet.Segment) int64 { return int64(s.Options.TSEcr) }),
	},
}

func noPayload(c *tcp.Connection) bool { return c.Payload == [2]uint64{} }

// analysisFields are Wireshark's labels. The three about Fast Open are remarks beside the analysis, not flags of it.
var analysisFields = func() []Field {
	var every tcp.Labels
	for l := tcp.Labels(1); len(l.Names()) > 0; l <<= 1 {
		every |= l
	}
	flags := every &^ (tcp.TFOSyn | tcp.TFOAck | tcp.TFOIgnored)
	list := []Field{labelField("tcp.analysis.flags", flags, narrate.Text{"Any remark of the analysis.", "分析给出的任何标记。"})}
	for l := tcp.Labels(1); l <= every; l <<= 1 {
		list = append(list, labelField("tcp.analysis."+l.Names()[0], l, narrate.Label(l).Meaning))
	}
	return list
}()

func labelField(name string, l tcp.Labels, help narrate.Text) Field {
	return Field{
		Name: name, Type: None, Level: Packet, Help: help,
		values: func(r *row, dst []value) []value { return mark(dst, r.rec.Shown().Any(l)) },
		absent: func(c *tcp.Connection) bool { return !c.Labels.Any(l) },
		bpf:    bpf{why: narrate.BPFLabels},
	}
}
