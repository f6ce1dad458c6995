package narrate

import "tcptalk/internal/tcp"

// labelHelps say what a label usually comes from, and what to look at next.
var labelHelps = map[tcp.Labels]Text{
	tcp.Retransmission: {
		"The usual reason is a lost packet, or a lost acknowledgment. One in a hundred costs little; a run of them, with waits that double, means that nothing gets through. Compare captures from both ends to see where it is lost.",
		"通常是包丢了，或者确认丢了。百分之一影响不大；接连出现且等待时间翻倍，说明根本过不去。对比两端的抓包可以看出丢在哪里。",
	},
	tcp.FastRetransmission: {
		"A single loss, repaired within about one round trip: the harmless kind. Many of them mean a full queue or a bad link on the way.",
		"单个丢包，大约一个往返就修复，影响较小。大量出现说明途中队列满了或链路质量差。",
	},
	tcp.SpuriousRetransmission: {
		"The acknowledgment was late or got lost behind the capture. Look at the round trips: a sudden jump makes a timer run out too early.",
		"确认来迟了，或在抓包点之后丢失。看看往返时间：突然变大会让定时器过早到期。",
	},
	tcp.OutOfOrder: {
		"Several paths, or a card with several queues, may swap packets. It is harmless unless the receiver takes it for a loss; then retransmissions follow.",
		"多条路径或多队列网卡会打乱顺序。除非接收方误以为丢包并引发重传，否则无害。",
	},
	tcp.ReusedPorts: {
		"Normal for a client with many connections. Where the old connection is still known to the server, the SYN may be ignored or answered with an ACK.",
		"客户端连接很多时很正常。如果服务器还记得旧连接，SYN 可能被忽略，或只得到一个 ACK。",
	},
	tcp.LostSegment: {
		"If the other side acknowledges these bytes, only the capture missed them. If they come later, they were late or sent again.",
		"如果对方确认了这些字节，只是抓包漏掉了。如果之后出现，则是迟到或重发。",
	},
	tcp.AckLostSegment: {
		"The capture dropped packets or sees one direction only in part. Times and counts are then too low: capture again with a larger buffer.",
		"抓包丢了包，或只看到部分方向。时间和计数都会偏低：加大缓冲区后重新抓。",
	},
	tcp.WindowUpdate: {
		"The program has read, so there is room again. After a zero window this is what lets the transfer go on.",
		"程序读走了数据，又有了空间。零窗口之后，正是它让传输继续。",
	},
	tcp.WindowFull: {
		"The receiver is the limit, not the network: it reads too slowly, or its buffer is too small for the distance.",
		"瓶颈在接收方而不是网络：读得太慢，或缓冲区对这段距离来说太小。",
	},
	tcp.KeepAlive: {
		"A program asked for it (SO_KEEPALIVE), to notice a dead peer or to keep a NAT from forgetting the connection. If no answer comes, the connection is given up after some tries.",
		"程序启用了 SO_KEEPALIVE，为了发现对方已断开，或防止 NAT 忘记连接。多次无应答后会放弃连接。",
	},
	tcp.KeepAliveAck: {
		"The other host is alive. It says nothing about its program: the kernel answers by itself.",
		"对方主机还在。但这不代表它的程序正常：由内核自动应答。",
	},
	tcp.DuplicateAck: {
		"Three in a row make the sender repeat what is missing. A few without a retransmission come from reordering.",
		"连续三个会让发送方重发缺失的部分。少量出现而没有重传，多半是乱序。",
	},
	tcp.ZeroWindow: {
		"Look at the program on this side: busy, blocked, or waiting for something else. The network is not the cause.",
		"看看这一端的程序：太忙、阻塞，或在等别的东西。原因不在网络。",
	},
	tcp.ZeroWindowProbe: {
		"The sender asks again and again, with longer and longer waits, until the window opens or it gives up.",
		"发送方反复询问，间隔越来越长，直到窗口打开或放弃。",
	},
	tcp.ZeroWindowProbeAck: {
		"The host is reachable and its program still does not read.",
		"主机可达，但程序仍没有读取。",
	},
	tcp.TFOSyn: {
		"It saves one round trip. Some firewalls drop such SYNs; then the same SYN follows without data.",
		"它节省一个往返。有些防火墙会丢弃这种 SYN，之后会跟一个不带数据的 SYN。",
	},
	tcp.TFOAck: {
		"The request was under way one round trip earlier than otherwise.",
		"请求比通常早一个往返发出。",
	},
	tcp.TFOIgnored: {
		"The cookie was not valid, or the server does not allow it now. Nothing is lost but the round trip.",
		"cookie 无效，或服务器暂不允许。除了那个往返，没有损失。",
	},
}

// LabelHelp says what a label usually comes from, and what to look at next.
func LabelHelp(l Lang, label tcp.Labels) string { return labelHelps[label].In(l) }
