package narrate

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// Side returns "client" or "server" in l.
func Side(l Lang, d flow.Direction) string { return sides[d].In(l) }

var sides = [2]Text{{"client", "客户端"}, {"server", "服务器"}}

// Term is a name with one sentence about it.
type Term struct{ Name, Meaning Text }

// labelTerms explains Wireshark's labels, in the order of tcp's constants. All but arithmetic facts are worded as suspicion.
var labelTerms = map[tcp.Labels]Term{
	tcp.Retransmission: {
		Text{"Retransmission", "重传"},
		Text{"These bytes were sent before. The sender probably got no acknowledgment in time.", "这些字节之前发过。发送方很可能没有及时等到确认。"},
	},
	tcp.FastRetransmission: {
		Text{"Fast retransmission", "快速重传"},
		Text{"Sent again right after duplicate ACKs, without waiting for a timer.", "收到重复 ACK 后立即重发，没有等定时器。"},
	},
	tcp.SpuriousRetransmission: {
		Text{"Spurious retransmission", "虚假重传"},
		Text{"Sent again although the other side had already acknowledged it.", "对方已经确认过，却又发了一遍。"},
	},
	tcp.OutOfOrder: {
		Text{"Out of order", "乱序"},
		Text{"An earlier part arrived after a later one: the network swapped them, or it was sent again very soon.", "靠前的数据后到：可能是网络打乱了顺序，也可能是很快又重发了一次。"},
	},
	tcp.ReusedPorts: {
		Text{"Reused ports", "端口复用"},
		Text{"A new connection between the same two addresses and ports as an earlier one.", "与之前的连接使用相同的地址和端口，是一条新连接。"},
	},
	tcp.LostSegment: {
		Text{"Previous segment not captured", "前一段未捕获"},
		Text{"Bytes in front of this segment are missing here: lost, late, or not captured.", "这个报文段之前缺了一些字节：丢了、迟到，或者没被抓到。"},
	},
	tcp.AckLostSegment: {
		Text{"ACK of a segment not captured", "确认了未捕获的报文段"},
		Text{"It acknowledges bytes that this capture never saw, so the capture is incomplete.", "它确认了抓包里没出现过的字节，说明抓包不完整。"},
	},
	tcp.WindowUpdate: {
		Text{"Window update", "窗口更新"},
		Text{"Nothing new but the window: this side now has a different amount of room.", "只有窗口变了：这一端的接收空间有了变化。"},
	},
	tcp.WindowFull: {
		Text{"Window full", "窗口已满"},
		Text{"The sender has now used all the room that the other side offered and must wait.", "发送方已用完对方给出的窗口，必须等待。"},
	},
	tcp.KeepAlive: {
		Text{"Keep-alive", "保活"},
		Text{"“Are you still there?” The number is one too low on purpose, so that the other side must answer. A closed window is probed the same way.", "“你还在吗？”序号故意小 1，让对方必须回答。窗口关闭时的探测也长这样。"},
	},
	tcp.KeepAliveAck: {
		Text{"Keep-alive ACK", "保活应答"},
		Text{"“Still here”: the answer to a keep-alive.", "“还在”：对保活探测的应答。"},
	},
	tcp.DuplicateAck: {
		Text{"Duplicate ACK", "重复 ACK"},
		Text{"The same acknowledgment again: something arrived, but not the byte that is expected next.", "同样的确认又发一次：有数据到达，但不是期待的下一个字节。"},
	},
	tcp.ZeroWindow: {
		Text{"Zero window", "零窗口"},
		Text{"“Stop, my buffer is full”: the program on this side does not read fast enough.", "“停一下，我的缓冲区满了”：这一端的程序读得不够快。"},
	},
	tcp.ZeroWindowProbe: {
		Text{"Zero-window probe", "零窗口探测"},
		Text{"One byte to ask whether the closed window has opened again.", "用一个字节询问关闭的窗口是否重新打开。"},
	},
	tcp.ZeroWindowProbeAck: {
		Text{"Zero-window probe ACK", "零窗口探测应答"},
		Text{"The answer to the probe: the window is still closed.", "对探测的应答：窗口仍然关闭。"},
	},
	tcp.TFOSyn: {
		Text{"Fast Open SYN", "快速打开 SYN"},
		Text{"A SYN that may carry data at once, allowed by a cookie from an earlier connection.", "凭之前连接得到的 cookie，SYN 可以直接带数据。"},
	},
	tcp.TFOAck: {
		Text{"Fast Open accepted", "快速打开被接受"},
		Text{"The server took the data that came with the SYN.", "服务器接受了 SYN 携带的数据。"},
	},
	tcp.TFOIgnored: {
		Text{"Fast Open ignored", "快速打开被忽略"},
		Text{"The server did not take the data that came with the SYN; it must be sent again.", "服务器没有接受 SYN 携带的数据，必须重发。"},
	},
}

// Label explains one label.
func Label(l tcp.Labels) Term { return labelTerms[l] }

var stateTerms = [tcp.NumStates]Text{
	tcp.Unknown:     {"Nothing was captured of this side yet.", "还没有抓到这一端的任何报文。"},
	tcp.Closed:      {"No connection exists on this side.", "这一端没有连接。"},
	tcp.Listen:      {"Waiting for somebody to connect.", "等待别人来连接。"},
	tcp.SynSent:     {"Has asked to connect and waits for the answer.", "已请求连接，等待回答。"},
	tcp.SynReceived: {"Has answered the request and waits for the third handshake packet.", "已应答请求，等待第三次握手。"},
	tcp.Established: {"The connection is open on this side: data may flow both ways.", "这一端连接已打开，双向都可传数据。"},
	tcp.FinWait1:    {"Has said it will send no more, and waits for that to be acknowledged.", "已表示不再发送，等待确认。"},
	tcp.FinWait2:    {"Its close was acknowledged; it waits for the other side to close too.", "关闭已被确认，等待对方也关闭。"},
	tcp.CloseWait:   {"The other side has closed; this program has not closed yet.", "对方已关闭，本端程序还没有关闭。"},
	tcp.Closing:     {"Both sides closed at the same time; waits for the acknowledgment of its own close.", "双方同时关闭，等待对自己关闭的确认。"},
	tcp.LastAck:     {"Both sides have closed; waits for the last acknowledgment.", "双方都已关闭，等待最后的确认。"},
	tcp.TimeWait:    {"Done, but it stays a while in case its last acknowledgment got lost.", "已完成，但再停留一会儿，以防最后的确认丢失。"},
}

// State explains a connection state in one sentence.
func State(s tcp.State) Text {
	if int(s) < len(stateTerms) {
		return stateTerms[s]
	}
	return Text{}
}

// FlagTerm names one control bit of the TCP header.
type FlagTerm struct {
	Flag packet.Flags
	Name string
	Text
}

// FlagTerms lists the control bits in the order in which people read them: what starts or ends a connection first.
var FlagTerms = []FlagTerm{
	{packet.SYN, "SYN", Text{"Synchronise: “let us begin; my numbers start here”.", "同步：“开始吧，我的序号从这里算起”。"}},
	{packet.FIN, "FIN", Text{"Finish: “I have nothing more to send”. The other direction stays open.", "结束：“我没有更多要发的了”。另一个方向仍然打开。"}},
	{packet.RST, "RST", Text{"Reset: “this connection is over, now”. Nothing is acknowledged any more.", "复位：“这条连接立即结束”。不再有确认。"}},
	{packet.PSH, "PSH", Text{"Push: “hand this to the program, do not wait for more”. It does not make anything urgent.", "推送：“交给程序，不必再等”。它并不表示紧急。"}},
	{packet.ACK, "ACK", Text{"Acknowledge: the ack number is valid and names the next byte expected.", "确认：确认号有效，表示期待的下一个字节。"}},
	{packet.URG, "URG", Text{"Urgent: the urgent pointer is valid. Hardly used today.", "紧急：紧急指针有效。如今很少使用。"}},
	{packet.ECE, "ECE", Text{"ECN echo: “a router told me it is congested” (in a SYN: “I can do ECN”).", "ECN 回显：“有路由器说它拥塞了”（在 SYN 中表示支持 ECN）。"}},
	{packet.CWR, "CWR", Text{"Congestion window reduced: “I heard you, I am sending more slowly”.", "拥塞窗口已减小：“知道了，我已放慢发送”。"}},
	{packet.AE, "AE", Text{"Accurate ECN: part of a counter of congestion marks.", "精确 ECN：拥塞标记计数器的一部分。"}},
}
