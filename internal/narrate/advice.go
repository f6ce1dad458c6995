package narrate

import (
	"os"

	"tcptalk/internal/diagnose"
)

// advice is what else a finding may mean, and what to try. Either may be empty: some findings have one reading only, some need
// nothing done. The places are those of finding.
type advice struct{ other, try Text }

var advices = map[diagnose.Code]advice{
	diagnose.HandshakeUnfinished: {
		Text{"A full accept queue looks the same: the server's kernel then drops the third packet, and waits for data.", "全连接队列满看起来一样：服务器内核会丢弃第三个握手包，等待数据。"},
		Text{"Look at the server's accept queue (ss -ltn: Recv-Q against Send-Q) and capture there as well.", "查看服务器的全连接队列（ss -ltn：比较 Recv-Q 与 Send-Q），并在服务器上也抓包。"},
	},
	diagnose.HandshakeLate: {
		Text{"With TCP_DEFER_ACCEPT a server does so on purpose, until the first data comes.", "启用 TCP_DEFER_ACCEPT 的服务器会有意等到第一份数据。"},
		Text{"Ask whether the server defers accepting, and look at its accept queue (ss -ltn).", "确认服务器是否延迟接受，并查看全连接队列（ss -ltn）。"},
	},
	diagnose.HandshakeNoAnswer: {
		Text{"If the capture sees one direction only, there may have been answers.", "如果只抓到一个方向，也许其实有回答。"},
		Text{"Capture at the server: if the SYN arrives there, look for its firewall and its way back; if not, for a firewall on the way.", "在服务器上抓包：如果 SYN 到了，查它的防火墙和回程路由；没到，就查途中的防火墙。"},
	},
	diagnose.HandshakeRefused: {
		Text{"A load balancer or firewall may answer in the server's name: then the RST has another TTL than other packets of that host.", "负载均衡或防火墙可能冒充服务器回答：这时 RST 的 TTL 与该主机的其他包不同。"},
		Text{"See on the server whether the program listens, on this address and not only on 127.0.0.1 (ss -ltn).", "在服务器上确认程序在监听，而且是在这个地址上，而不只是 127.0.0.1（ss -ltn）。"},
	},
	diagnose.HandshakeDeclined: {
		Text{"The client's host may not know of its own SYN: the address was forged, or a firewall there resets.", "客户端主机可能不知道这个 SYN：地址被伪造，或它的防火墙在复位。"},
		Text{"Look for a scanner or health check at the client's address.", "查看客户端地址上是否有扫描器或健康检查。"},
	},
	diagnose.HandshakeUnconfirmed: {
		Text{"The client's third packet may take a way that this capture does not see.", "客户端的第三个包可能走了这份抓包看不到的路。"},
		Text{"If many connections look so, it is a SYN flood: look for SYN cookies. If it is one, capture at the client.", "很多连接都这样就是 SYN 洪泛：检查 SYN cookie。只有一条则在客户端抓包。"},
	},
	diagnose.HandshakeUnseen: {Text{}, Text{"For window sizes, round trips and who is the client: start the capture before the connection.", "要知道窗口大小、往返时间和谁是客户端，请在连接建立之前开始抓包。"}},
	diagnose.QuotedOnly:      {Text{}, Text{"The ICMP error says what happened to the packet: see the list of what is not TCP.", "ICMP 差错报文说明了这个包的遭遇：请看非 TCP 列表。"}},
	diagnose.OneSided: {
		Text{},
		Text{"Capture where both directions pass, or check the mirror port and the capture filter.", "在双向流量都经过的地方抓包，或检查镜像端口和抓包过滤器。"},
	},
	diagnose.ClosedHalf: {
		Text{"A half-close may be meant: the ${other} may still send all it wants.", "半关闭可能是有意的：${other}仍然可以继续发送。"},
		Text{"If the ${other} stays in CLOSE-WAIT, its program has not closed its socket: look there.", "如果${other}一直停在 CLOSE-WAIT，说明它的程序没有关闭套接字：去那里查。"},
	},
	diagnose.ClosedUnheard: {
		Text{"The capture may have ended just before the answer.", "抓包可能正好在回答之前结束。"},
		Text{"See whether the other host is still there, or whether a firewall on the way has forgotten the connection.", "确认对方主机是否还在，或途中的防火墙是否已忘记这条连接。"},
	},
	diagnose.ClosedByReset: {
		Text{"A firewall, proxy or load balancer may have sent it in the ${who}'s name: compare its TTL and IP identification with other packets of the ${who}.", "也可能是防火墙、代理或负载均衡冒充${who}发出：把它的 TTL 和 IP 标识与${who}的其他包比较。"},
		Text{"Look into the log of the ${who}'s program at that moment: it crashed, hit a time limit, or closed with data unread.", "查看${who}的程序当时的日志：是否崩溃、超时，或没读完数据就关闭。"},
	},
	diagnose.Silent: {
		Text{"The capture may have missed the answers: see what is said about this capture.", "也可能是抓包漏掉了回答：请看关于这份抓包的说明。"},
		Text{"Capture at the ${who} too: if the segments arrive there, its host or program is stuck; if not, they are lost on the way.", "在${who}一侧也抓包：报文段如果到了，就是它的主机或程序卡住；没到，就是途中丢失。"},
	},
	diagnose.SentAgain: {
		Text{"In a capture with every packet twice, or with offload, much of it may be no retransmission: a click on a label says why we think so.", "如果每个包都被抓了两次，或有网卡卸载，其中许多可能不是重传：点击标签可以看到判断依据。"},
		Text{"See in Statistics how large their share is. Below 1 % it hardly costs anything; above, compare captures from both ends to find where it is lost.", "在“统计”里看它们的占比。低于 1 % 几乎没有影响；更高则对比两端的抓包，找出丢失的位置。"},
	},
	diagnose.WindowClosed: {
		Text{},
		Text{"Look at the ${who}'s program, not at the network: a full disk, a slow database, a lock, or a debugger.", "去查${who}的程序，而不是网络：磁盘写满、数据库太慢、锁，或者调试器。"},
	},
	diagnose.WindowFilled: {
		Text{"If the ${who}'s program reads slowly, a larger buffer only fills later.", "如果${who}的程序读得慢，缓冲区再大也只是晚一点填满。"},
		Text{"Multiply bandwidth and round trip: the ${who}'s receive buffer must be at least so large (SO_RCVBUF, tcp_rmem).", "带宽乘以往返时间：${who}的接收缓冲区至少要这么大（SO_RCVBUF、tcp_rmem）。"},
	},
}

// FindingAdvice returns what else a finding may mean, and what to try; each may be "".
func FindingAdvice(l Lang, f diagnose.Finding) (other, try string) {
	a := advices[f.Code]
	get := func(name string) string { return findingValue(l, f, name) }
	return tidy(l, os.Expand(a.other.In(l), get)), tidy(l, os.Expand(a.try.In(l), get))
}
