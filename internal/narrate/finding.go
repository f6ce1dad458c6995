package narrate

import (
	"os"
	"strconv"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/tcp"
)

// finding holds the title and the sentences below it. ${Who} is the side the finding is about, ${other} the other one, ${n} the
// count, ${time} and ${mean} the durations; ${s} is the English plural.
type finding struct{ title, text Text }

var findings = [diagnose.NumCodes]finding{
	diagnose.HandshakeDone: {
		Text{"Handshake complete", "握手完成"},
		Text{"SYN, SYN-ACK and ACK took ${time} from the first to the third.", "SYN、SYN-ACK、ACK 从第一个到第三个用了 ${time}。"},
	},
	diagnose.HandshakeCrossing: {
		Text{"Both sides opened at the same time", "双方同时打开"},
		Text{"Both sent a SYN before they saw the other one; each answered with a SYN-ACK. Rare, but allowed.", "双方都在看到对方的 SYN 之前发了 SYN，又各自用 SYN-ACK 应答。少见，但允许。"},
	},
	diagnose.HandshakeUnfinished: {
		Text{"The third handshake packet did not get through", "第三次握手没有送达"},
		Text{"The server repeated its SYN-ACK ${n} time${s} although the client had confirmed. The client believed it was connected; the server did not. Either the packet was lost behind the capture point, or the server dropped it.", "客户端已经确认，服务器仍把 SYN-ACK 重发了 ${n} 次。客户端以为已经连接，服务器却不这么认为。要么包在抓包点之后丢了，要么被服务器丢弃。"},
	},
	diagnose.HandshakeLate: {
		Text{"For the server the handshake was finished late", "对服务器来说，握手完成得很晚"},
		Text{"It repeated its SYN-ACK ${n} time${s} although the client had confirmed, and took part only ${time} after its first answer. The third packet was lost behind the capture point, or the server waited for data on purpose.", "客户端已经确认，它仍把 SYN-ACK 重发了 ${n} 次，首次应答之后过了 ${time} 才参与进来。要么第三次握手在抓包点之后丢了，要么服务器有意等待数据。"},
	},
	diagnose.HandshakeNoAnswer: {
		Text{"Nobody answered", "没有人应答"},
		Text{"${n} SYN${s}${over}, and no TCP answer. A firewall drops or rejects them, the host is not there, or its answers take another way.", "${over}发了 ${n} 个 SYN，没有任何 TCP 回答。可能是防火墙丢弃或拒绝了，可能主机不在，也可能回答走了别的路。"},
	},
	diagnose.HandshakeRefused: {
		Text{"Connection refused", "连接被拒绝"},
		Text{"The answer to the SYN was an RST. Usually the host is there and nothing listens on this port; some firewalls answer so too.", "对 SYN 的回答是 RST。通常是主机在，但这个端口没有程序在监听；有些防火墙也会这样回答。"},
	},
	diagnose.HandshakeDeclined: {
		Text{"Reset instead of the third handshake packet", "没有第三次握手，而是复位"},
		Text{"The server agreed, and the ${who} reset at once. Port scanners do so, and programs that gave up in the meantime.", "服务器同意了，${Who}却立即复位。端口扫描器会这样做，中途放弃的程序也会。"},
	},
	diagnose.HandshakeUnconfirmed: {
		Text{"The client never confirmed", "客户端从未确认"},
		Text{"The server sent its SYN-ACK ${times}, and the third packet never came. The client is gone, the answer does not reach it, or the SYN came from a forged address.", "服务器发了 ${n} 次 SYN-ACK，第三次握手始终没有来。可能客户端已经不在，可能应答到不了它，也可能 SYN 来自伪造的地址。"},
	},
	diagnose.HandshakePartial: {
		Text{"Only a part of the handshake was captured", "只抓到一部分握手"},
		Text{"Some of its three packets are not in this capture.", "三个握手包中有的不在这份抓包里。"},
	},
	diagnose.HandshakeUnseen: {
		Text{"The handshake was not captured", "没有抓到握手"},
		Text{"The capture began later. Who is the client is a guess, and window sizes may be too small.", "抓包开始得晚。谁是客户端只能猜测，窗口大小可能偏小。"},
	},
	diagnose.QuotedOnly: {
		Text{"No packet of this connection was captured", "没有抓到这条连接的包"},
		Text{"It is known only because ICMP errors quote one of its packets.", "只因为 ICMP 差错报文引用了它的一个包，才知道有这条连接。"},
	},
	diagnose.OneSided: {
		Text{"Only the ${who}'s packets were captured", "只抓到了${who}的包"},
		Text{"The other direction took another way or was filtered out. What the ${other} sent can only be guessed from the acknowledgments.", "另一个方向走了别的路，或被过滤掉了。${other}发了什么，只能从确认中猜测。"},
	},
	diagnose.ClosedInOrder: {
		Text{"Closed in order", "正常关闭"},
		Text{"The ${who} closed first. It took ${n} segments.", "${Who}先关闭，一共用了 ${n} 个报文段。"},
	},
	diagnose.ClosedCrossing: {
		Text{"Both closed at the same time", "双方同时关闭"},
		Text{"The two FINs crossed on the way.", "两个 FIN 在途中交错。"},
	},
	diagnose.ClosedHalf: {
		Text{"Only one side closed", "只有一端关闭"},
		Text{"The ${who} sent its FIN; the ${other} had not closed when the capture ended.", "${Who}发了 FIN；抓包结束时${other}还没有关闭。"},
	},
	diagnose.ClosedOneSided: {
		Text{"The ${who} closed", "${Who}关闭了"},
		Text{"What the ${other} did is not in this capture.", "${other}做了什么不在这份抓包里。"},
	},
	diagnose.ClosedUnheard: {
		Text{"The FIN was never acknowledged", "FIN 从未被确认"},
		Text{"The ${who} sent its FIN ${times}; no acknowledgment came before the capture ended.", "${Who}发了 ${n} 次 FIN，到抓包结束都没有等到确认。"},
	},
	diagnose.ClosedByReset: {
		Text{"Ended by RST", "被 RST 结束"},
		Text{"The ${who} sent it. Anything still on the way or not yet read was lost.", "RST 由${Who}发出，还在途中或没读的数据都丢失了。"},
	},
	diagnose.NotClosed: {
		Text{"Still open", "仍然打开"},
		Text{"That is not an error: as far as the capture goes, nobody has closed it.", "这不是错误：抓包到此为止，还没有谁关闭它。"},
	},
	diagnose.Silent: {
		Text{"The ${who} did not answer for ${time}", "${Who}有 ${time} 没有回答"},
		Text{"In that time ${n} segments in a row called for an answer. They or the answers were lost, or the ${who} was not there.", "这段时间里连续有 ${n} 个需要回答的报文段。要么它们或回答丢了，要么${who}不在。"},
	},
	diagnose.SentAgain: {
		Text{"${n} segment${s} sent again", "${n} 个报文段被重发"},
		Text{"${mostly} by the ${who}. Something was lost, or its acknowledgment came too late.", "${mostly}来自${who}。可能丢包，也可能确认来得太晚。"},
	},
	diagnose.NothingSentAgain: {
		Text{"Nothing was sent twice", "没有重传"},
		Text{"There is no retransmission in this connection.", "这条连接里没有重传。"},
	},
	diagnose.RoundTrip: {
		Text{"Round trip ${time} at best${average}", "往返时间最短 ${time}${average}"},
		Text{"Measured ${times} from the ${who}'s segments to their acknowledgments, as seen from the capture point.", "在抓包点测量了 ${n} 次：从${who}的报文段到它们的确认。"},
	},
	diagnose.WindowClosed: {
		Text{"The ${who} ran out of room", "${Who}没有接收空间了"},
		Text{"It announced a zero window ${times}: its program did not read fast enough, and the ${other} had to wait.", "它宣布了 ${n} 次零窗口：程序读得不够快，${other}只能等待。"},
	},
	diagnose.WindowFilled: {
		Text{"The ${who}'s window was full", "${Who}的接收窗口被填满"},
		Text{"The ${other} sent all that it was allowed to, ${times}, and then had to wait. With a larger window this would be faster.", "${other}把允许发送的都发完了（${n} 次），然后只能等待。窗口更大，就会更快。"},
	},
	diagnose.StillThere: {
		Text{"${n} keep-alive probe${s}", "${n} 次保活探测"},
		Text{"${mostly} by the ${who}: while nobody had anything to say, it asked whether the other side was still there.", "${mostly}来自${who}：双方都无话可说时，询问对方是否还在。"},
	},
}

// Finding returns a finding's title and the sentence below it.
func Finding(l Lang, f diagnose.Finding) (title, text string) {
	w := &findings[f.Code]
	get := func(name string) string { return findingValue(l, f, name) }
	return tidy(l, os.Expand(w.title.In(l), get)), tidy(l, os.Expand(w.text.In(l), get))
}

func findingValue(l Lang, f diagnose.Finding, name string) string {
	switch name {
	case "who", "Who":
		return Side(l, f.By)
	case "other":
		return Side(l, f.By.Reverse())
	case "n":
		return Count(uint64(f.Count))
	case "s":
		if f.Count != 1 {
			return "s"
		}
	case "times":
		return times(l, f.Count)
	case "time":
		return Duration(f.Time)
	}
	return findingPhrase(l, f, name)
}

// findingPhrase fills the places that are more than a value.
func findingPhrase(l Lang, f diagnose.Finding, name string) string {
	switch {
	case name == "mostly":
		return mostly(l, f)
	case name == "over" && f.Time > 0 && l == Chinese:
		return Duration(f.Time) + " 内"
	case name == "over" && f.Time > 0:
		return " over " + Duration(f.Time)
	case name == "average" && f.Mean > 0 && l == Chinese:
		return "，平均 " + Duration(f.Mean)
	case name == "average" && f.Mean > 0:
		return ", " + Duration(f.Mean) + " on average"
	}
	return ""
}

// mostly says how many of the repeated segments one side sent.
func mostly(l Lang, f diagnose.Finding) string {
	switch {
	case f.All && f.Count == 1:
		return Text{"Sent", "它"}.In(l)
	case f.All:
		return Text{"All", "全部"}.In(l)
	}
	return Text{"Mostly", "多数"}.In(l)
}

// times says how often.
func times(l Lang, n int) string {
	switch {
	case l == Chinese:
		return " " + Count(uint64(n)) + " 次"
	case n == 1:
		return "once"
	case n == 2:
		return "twice"
	}
	return Count(uint64(n)) + " times"
}

var waitings = [diagnose.NumWaitings]Text{
	diagnose.Idle:       {"nobody has anything to say", "双方都无话可说"},
	diagnose.NotShown:   {"this capture does not show why", "这份抓包看不出原因"},
	diagnose.ForAnswer:  {"the ${who} waits for an answer", "${who}在等回答"},
	diagnose.ForConfirm: {"the ${who} waits for the third handshake packet", "${who}在等第三次握手"},
	diagnose.Unheard:    {"connected for the ${other}; the ${who} lacks the third packet", "${other}以为已经连接，${who}却仍缺第三次握手"},
	diagnose.ForAck:     {"the ${who} waits for an acknowledgment", "${who}在等确认"},
	diagnose.ForWindow:  {"the ${who} waits until the other side has room", "${who}在等对方腾出空间（零窗口）"},
	diagnose.ForReply:   {"the ${other}'s program works on it: the ${who} waits", "${other}的程序在处理，${who}在等"},
	diagnose.ForLife:    {"the ${who} waits for a sign of life", "${who}在等对方回应保活"},
	diagnose.Over:       {"for the ${who} the connection is over", "对${who}来说连接已经结束"},
	diagnose.ForClose:   {"the ${who} has closed and waits for the other side's FIN", "${who}已关闭，在等对方的 FIN"},
	diagnose.SendsAgain: {"no ACK, until the ${who}'s retransmission timer runs out", "没有确认，直到${who}的重传定时器超时"},
	diagnose.HoldsAck:   {"the ${who} holds its acknowledgment back (delayed ACK)", "${who}推迟了确认（延迟 ACK）"},
	diagnose.AsksRoom:   {"no room, until the ${who}'s persist timer runs out", "对方没有空间，直到${who}的坚持定时器超时"},
	diagnose.AsksLife:   {"nothing to say, until the ${who}'s keep-alive timer runs out", "双方都无话可说，直到${who}的保活定时器超时"},
	diagnose.Unsure:     {"the ${who} waits for the other side: program or network", "${who}在等对方：可能是程序慢，也可能是网络慢"},
	diagnose.Pausing:    {"the ${who} pauses in the middle of a message", "${who}的消息发到一半停住了"},
	diagnose.NoRequest:  {"all is answered; the ${who} asks nothing", "都已回答，${who}没有新的请求"},
}

// notAsked is for a server that has said everything: nothing tells that the client's program owes it anything.
var notAsked = Text{"all was delivered; the ${other} says nothing", "都已送达，${other}没有再说话"}

// Silence says who waited for what.
func Silence(l Lang, w diagnose.Waiting, by flow.Direction) string {
	words := waitings[w]
	if w == diagnose.ForReply && by == flow.ServerToClient {
		words = notAsked
	}
	return os.Expand(words.In(l), func(name string) string { return findingValue(l, diagnose.Finding{By: by}, name) })
}

// Fact names of the closing card.
func FactName(l Lang, f FactKind) string { return factNames[f].In(l) }

// FactKind is a fact of the closing card.
type FactKind uint8

// The facts.
const (
	FactDuration FactKind = iota
	FactClientSent
	FactServerSent
	FactSentAgain
	FactClientUnacked
	FactServerUnacked
	FactTLS
)

var factNames = [...]Text{
	{"lasted", "历时"},
	{"client sent", "客户端发送"},
	{"server sent", "服务器发送"},
	{"sent again", "重发"},
	{"client's unacknowledged", "客户端未确认"},
	{"server's unacknowledged", "服务器未确认"},
	{"TLS handshake", "TLS 握手"},
}

// Frame writes a packet number.
func Frame(n uint32) string { return "#" + strconv.FormatUint(uint64(n), 10) }

var endingNames = [tcp.NumEndings]Text{
	tcp.StillOpen: {"still open", "仍然打开"}, tcp.NoAnswer: {"no answer", "没有应答"}, tcp.Refused: {"refused", "被拒绝"},
	tcp.Orderly: {"closed in order", "正常关闭"}, tcp.Simultaneous: {"both closed at once", "同时关闭"},
	tcp.HalfClosed: {"half closed", "半关闭"}, tcp.Reset: {"reset", "被复位"},
}

// EndingName says in two or three words how a connection ended.
func EndingName(l Lang, e tcp.Ending) string { return endingNames[e].In(l) }
