package narrate

import (
	"strconv"

	"tcptalk/internal/diagnose"
)

// StatGroups are the titles of the groups that statistics are shown in, each with a sentence about how to read it.
var StatGroups = struct{ Time, Slowest, Volume, Cost, RTT, Loss, Window, Rate, Agreed Term }{
	Time: Term{
		Text{"Where the time went", "时间花在哪里"},
		Text{"From the first packet to the last one. The parts add up.", "从第一个包到最后一个包，各部分之和等于总时长。"},
	},
	Slowest: Term{
		Text{"Slowest requests", "最慢的请求"},
		Text{"The requests that took longest from their first byte to the last byte of the answer.", "从请求的第一个字节到响应的最后一个字节，用时最长的请求。"},
	},
	Volume: Term{Text{"Volume", "数据量"}, Text{"What each side sent.", "每一方发送的数据。"}},
	Cost: Term{
		Text{"What it cost", "开销"},
		Text{"What the connection cost besides the new data itself.", "除新数据之外还发送了什么。"},
	},
	RTT: Term{
		Text{"Round trips", "往返时间"},
		Text{"From a segment to the ACK that covers exactly its end, by the clock of the capture. Of data sent again, from its first copy.", "从一个报文段到恰好确认其末尾的 ACK，以抓包的时钟为准；重发的数据从第一次发送算起。"},
	},
	Loss: Term{
		Text{"Loss and order", "丢包与乱序"},
		Text{"Wireshark's labels, counted for the side that sent the packet.", "按发送方统计的 Wireshark 标签。"},
	},
	Window: Term{Text{"Windows", "窗口"}, Text{"How much a side may send before it must wait.", "一方在必须等待之前可以发送多少。"}},
	Rate:   Term{Text{"Throughput", "吞吐量"}, Text{"New data only: bytes sent again do not count. Times 8 it is bits.", "只算新数据，重发的字节不计。乘以 8 即为比特。"}},
	Agreed: Term{Text{"Offered in the SYN", "SYN 选项"}, Text{"Only what both sides offer is in force, except for the MSS.", "除 MSS 外，双方都提供才生效。"}},
}

// StatTerms are the names of the numbers, with one sentence about each.
var StatTerms = struct {
	Packets, Bytes, Payload, Fresh,
	Headers, Again, ACKs, TripsBefore, SYNsAgain,
	Handshake, ToServer, ToClient, Samples, Min, Median, P95, Max,
	Closed, Longest, Flight, FlightShare, WindowMost,
	Average, Peak100, Peak1000, Active,
	MSS, Scale, SACK, Timestamps, ECN, FastOpen Term
}{
	Packets: Term{Text{"Packets", "包"}, Text{"All captured packets of this side, empty ACKs included.", "这一方所有被抓到的包，包括纯 ACK。"}},
	Bytes:   Term{Text{"Wire bytes", "线路字节"}, Text{"Whole frames with all headers, whatever the capture kept of them.", "整帧，包括所有头部，不论抓包保留了多少。"}},
	Payload: Term{Text{"Payload", "载荷"}, Text{"Bytes of TCP payload, repetitions included.", "TCP 载荷字节，包括重复发送的。"}},
	Fresh:   Term{Text{"New data", "新数据"}, Text{"Payload without the bytes whose sequence numbers had been sent before.", "载荷减去序号已发过的字节。"}},

	Headers: Term{Text{"Headers", "头部"}, Text{"Link, IP and TCP headers, and their share of all bytes.", "链路层、IP 和 TCP 头部，以及在全部字节中的占比。"}},
	Again:   Term{Text{"Sent twice", "重复发送"}, Text{"Payload whose sequence numbers had been sent before, and its share of the payload.", "序号已发过的载荷，以及在载荷中的占比。"}},
	ACKs:    Term{Text{"Empty ACKs", "纯 ACK"}, Text{"Packets that carry nothing but an acknowledgment.", "只携带确认的包。"}},
	TripsBefore: Term{
		Text{"Round trips at the start", "开头的往返次数"},
		Text{"How often the client had to wait for the server before it could ask: once for TCP, the rest for TLS.", "客户端在能发请求之前要等服务器几次：TCP 一次，其余是 TLS。"},
	},
	SYNsAgain: Term{Text{"SYNs sent again", "SYN 重传"}, Text{"SYNs and SYN-ACKs that were repeated: each wait is at least a second.", "重复发送的 SYN 和 SYN-ACK，每次至少等一秒。"}},

	Handshake: Term{Text{"Handshake", "握手"}, Text{"From the last SYN to the first ACK after it: one whole round trip wherever the capture was taken.", "从最后一个 SYN 到其后的第一个 ACK：无论在哪里抓包，都是一次完整往返。"}},
	ToServer:  Term{Text{"to the server", "到服务器"}, Text{"SYN to SYN-ACK: from the capture to the server and back.", "SYN 到 SYN-ACK：从抓包点到服务器再回来。"}},
	ToClient:  Term{Text{"to the client", "到客户端"}, Text{"SYN-ACK to ACK: from the capture to the client and back.", "SYN-ACK 到 ACK：从抓包点到客户端再回来。"}},
	Samples:   Term{Text{"Measured", "测量次数"}, Text{"How many segments of this side were acknowledged exactly at their end.", "这一方有多少个报文段恰好在末尾被确认。"}},
	Min:       Term{Text{"Smallest", "最小"}, Text{"The best estimate of the way itself, without queues.", "最接近线路本身的时延，没有排队。"}},
	Median:    Term{Text{"Median", "中位数"}, Text{"Half of the round trips were shorter.", "一半的往返比它短。"}},
	P95:       Term{Text{"95 %", "95 %"}, Text{"Of twenty round trips nineteen were not longer.", "二十次往返里有十九次不超过它。"}},
	Max:       Term{Text{"Largest", "最大"}, Text{"Often a delayed ACK (40 to 200 ms) or a queue.", "常常是延迟 ACK（40 到 200 ms）或排队。"}},

	Closed:      Term{Text{"Time at zero", "零窗口时长"}, Text{"How long this side let the other one send nothing: its program did not read.", "这一方不让对方发送的时间：它的程序没有读取。"}},
	Longest:     Term{Text{"longest", "最长一次"}, Text{"The longest time in a row, from the packet that closed the window.", "连续最长的一次，从关闭窗口的包算起。"}},
	Flight:      Term{Text{"Most in flight", "最多在途"}, Text{"The most bytes that this side had sent without an ACK for them.", "这一方已发送而未被确认的最大字节数。"}},
	FlightShare: Term{Text{"of window", "占窗口"}, Text{"Of the other side's window at that moment. Near 100 %: the receiver limits, not the network.", "占对方当时窗口的比例。接近 100 %：限制来自接收方，而不是网络。"}},
	WindowMost:  Term{Text{"Largest window", "最大窗口"}, Text{"The most room that this side ever offered, scaled.", "这一方给出过的最大接收空间（已按缩放计算）。"}},

	Average:  Term{Text{"Average", "平均"}, Text{"New data divided by the time from this side's first data to its last.", "新数据除以这一方从第一个到最后一个数据段的时间。"}},
	Peak100:  Term{Text{"Best 100 ms", "最快 100 ms"}, Text{"The most new data within any 100 ms, per second.", "任意 100 ms 内最多的新数据，折算为每秒。"}},
	Peak1000: Term{Text{"Best second", "最快 1 秒"}, Text{"The most new data within any second.", "任意一秒内最多的新数据。"}},
	Active:   Term{Text{"Time sending", "发送时长"}, Text{"From this side's first data to its last.", "这一方从第一个到最后一个数据段的时间。"}},

	MSS:        Term{Text{"MSS", "MSS"}, Text{"The most payload that this side takes in one segment.", "这一方每个报文段最多接收的载荷。"}},
	Scale:      Term{Text{"Window scale", "窗口缩放"}, Text{"This side's windows count in units of this many bytes, if both offer it.", "双方都提供时，这一方的窗口以这么多字节为单位。"}},
	SACK:       Term{Text{"SACK", "SACK"}, Text{"Selective acknowledgment: the receiver may say what it has behind a hole.", "选择性确认：接收方可以说明缺口之后收到了什么。"}},
	Timestamps: Term{Text{"Timestamps", "时间戳"}, Text{"Lets the ends measure round trips, and tell old segments from new ones.", "让两端能测量往返时间，并区分新旧报文段。"}},
	ECN:        Term{Text{"ECN", "ECN"}, Text{"Routers may mark packets in place of dropping them.", "路由器可以标记拥塞，而不必丢包。"}},
	FastOpen:   Term{Text{"Fast Open", "快速打开"}, Text{"The SYN may carry data, by a cookie from an earlier connection.", "凭之前的 cookie，SYN 可以携带数据。"}},
}

// StatWords are the other words of statistics.
var StatWords = struct{ Yes, No, NotSeen, Hole, OfData, Waited, Answered, More, FromTurns Text }{
	Yes:     Text{"yes", "是"},
	No:      Text{"no", "否"},
	NotSeen: Text{"not captured", "未抓到"},
	Hole:    Text{"Behind a hole", "前有缺口"},
	OfData:  Text{"${label} Counted in packets, with their share of the packets that carry data.", "${label}按包计数，并给出占数据包的比例。"},
	Waited:  Text{"waited ${wait}, then ${receive}", "等待 ${wait}，接收 ${receive}"},

	Answered:  Text{"no answer", "无响应"},
	More:      Text{"Only the first ${n} requests were measured.", "只测量了前 ${n} 个请求。"},
	FromTurns: Text{"Told from whose data came after whose: no requests could be read here.", "根据双方数据的先后推断：这里读不到请求。"},
}

// phaseTerms explain where the time of a connection goes.
var phaseTerms = [diagnose.NumPhases]Term{
	diagnose.PhaseConnect:  {Text{"Connecting", "建立连接"}, Text{"From the first SYN until the client had its answer; repeated SYNs included.", "从第一个 SYN 到客户端得到应答，包括重传的 SYN。"}},
	diagnose.PhaseTLS:      {Text{"TLS handshake", "TLS 握手"}, Text{"From the client's hello until both sides had finished.", "从 ClientHello 到双方完成握手。"}},
	diagnose.PhaseRequest:  {Text{"Sending requests", "发送请求"}, Text{"The client's bytes were under way.", "客户端正在发送。"}},
	diagnose.PhaseWait:     {Text{"Waiting for the server", "等待服务器"}, Text{"The request was complete, and the answer had not begun: the server's program, and one round trip.", "请求已发完而响应还没开始：服务器程序的处理，加上一次往返。"}},
	diagnose.PhaseResponse: {Text{"Receiving answers", "接收响应"}, Text{"From the first byte of an answer to its last: the network, the windows, or a server that makes it bit by bit.", "从响应的第一个字节到最后一个：网络、窗口，或者服务器边生成边发送。"}},
	diagnose.PhaseIdle:     {Text{"Idle", "空闲"}, Text{"Nothing was asked and nothing was due: the client's own time, keep-alive, closing.", "没有请求也没有未完成的响应：客户端自己的时间、保活、关闭。"}},
}

// SpentPhase explains a part of a connection's time.
func SpentPhase(p diagnose.Phase) Term { return phaseTerms[p] }

// placeTexts say what round trips mean where the capture was taken.
var placeTexts = map[diagnose.TrustCode]Text{
	diagnose.OnLoopback: {"Captured on the machine of both sides: no network in these times, only how soon the systems acknowledge.", "在双方所在的机器上抓取：这些时间里没有网络，只有系统确认的快慢。"},
	diagnose.NearBoth:   {"Captured close to both sides: hardly any network in these times, only how soon the systems acknowledge.", "在双方附近抓取：这些时间里几乎没有网络，只有系统确认的快慢。"},
	diagnose.NearClient: {"Captured near the client: the client's column is the way to the server and back, the server's only how soon the client acknowledges.", "在客户端附近抓取：客户端一列是到服务器的往返，服务器一列只是客户端确认的快慢。"},
	diagnose.NearServer: {"Captured near the server: the server's column is the way to the client and back, the client's only how soon the server acknowledges.", "在服务器附近抓取：服务器一列是到客户端的往返，客户端一列只是服务器确认的快慢。"},
	diagnose.OnPath:     {"Captured between both sides: each column is the part of the way behind the capture; both together are the whole round trip.", "在双方之间抓取：每一列只是抓包点之后的那段路，两列相加才是完整往返。"},
}

var placeUnknown = Text{"Nobody knows where the capture was taken: the column with the longer times has the network in it.", "不知道在哪里抓的包：时间较长的一列包含网络时延。"}

// PlaceOfRTT says what the round trips of s mean by where the capture was taken.
func PlaceOfRTT(l Lang, s *diagnose.Stats) string {
	if t, ok := placeTexts[s.Place.Code]; ok && s.Placed {
		return t.In(l)
	}
	return placeUnknown.In(l)
}

// Share writes n of total in percent with two or three digits: "0.1 %", "9.5 %", "12 %", "100 %"; "" of nothing.
func Share(n, total float64) string {
	switch p := n / total * 100; {
	case total <= 0:
		return ""
	case n == 0:
		return "0 %"
	case p < 0.05:
		return "< 0.1 %"
	case p >= 9.95:
		return strconv.FormatFloat(p, 'f', 0, 64) + " %"
	default:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	}
}
