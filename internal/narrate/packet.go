package narrate

import (
	"os"
	"strconv"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/tcp"
)

// Facts are what a sentence about one segment may use.
type Facts struct {
	Moment diagnose.Moment
	Dir    flow.Direction
	Labels tcp.Labels
	// Len is the payload length, Ack the relative ack number.
	Len, Ack uint32
	// Since is the time since the earlier segment that this one repeats or answers, 0 if unknown; Earlier is its frame.
	Since   time.Duration
	Earlier uint32
	// Repeat counts how often this happened before: 1 for the first repetition.
	Repeat int
}

// Packet says in a sentence or two what a segment does, "" where there is nothing that the numbers do not say.
func Packet(l Lang, f Facts) string {
	if s := momentSentence(l, f); s != "" {
		return s
	}
	return labelSentence(l, f)
}

// momentTexts name the sender ${Who} or ${who}, the other side ${other}, the time since the earlier segment ${since}.
var momentTexts = [diagnose.NumMoments]Text{
	diagnose.Ask:           {"${Who} asks to open a connection. Its numbering starts here.", "${Who}请求建立连接，序号从这里开始。"},
	diagnose.AskAgain:      {"No answer for ${since}, so ${who} asks again: the same SYN.", "${since}没有回答，${Who}再次请求：同一个 SYN。"},
	diagnose.AskToo:        {"${Who} asks too, at the same time: both sides are opening.", "${Who}也在请求：双方同时打开。"},
	diagnose.Agree:         {"${Who} agrees and starts its own numbering. It is waiting for the third packet.", "${Who}同意，并开始自己的序号，接着等待第三次握手。"},
	diagnose.AgreeAgain:    {"${Who} answers again after ${since}: nothing came back yet.", "过了${since}，${Who}再次应答：还没有收到回音。"},
	diagnose.AgreeUnheard:  {"The same answer again, ${since} later. For ${who} the handshake is not finished: the third packet did not reach it.", "${since}后又是同样的应答。对${Who}来说握手没有完成：第三次握手的包没有到达。"},
	diagnose.Confirm:       {"${Who} confirms: the third packet of the handshake. On its side the connection is open.", "${Who}确认：第三次握手。在它这一端，连接已打开。"},
	diagnose.ConfirmAgain:  {"${Who} confirms once more: for it the connection has been open for a while.", "${Who}再次确认：对它来说连接早已打开。"},
	diagnose.Close:         {"${Who} has nothing more to send and closes its direction.", "${Who}没有更多数据要发，关闭自己的方向。"},
	diagnose.CloseAgain:    {"${Who} repeats its FIN after ${since}: it saw no acknowledgment.", "${since}后${Who}重发 FIN：没有看到确认。"},
	diagnose.CloseCrossing: {"${Who} closes too, before it saw the other FIN: the two cross.", "${Who}也关闭，此时还没看到对方的 FIN：两者交错。"},
	diagnose.CloseAck:      {"${Who} acknowledges the FIN. It may still send data of its own.", "${Who}确认 FIN。它自己仍可以继续发数据。"},
	diagnose.CloseBoth:     {"Two things in one segment: ${who} acknowledges the FIN and closes as well.", "一个段做两件事：${Who}确认 FIN，同时也关闭。"},
	diagnose.CloseToo:      {"Now ${who} closes its direction as well.", "现在${Who}也关闭自己的方向。"},
	diagnose.CloseLast:     {"${Who} acknowledges the other FIN. Both directions are closed.", "${Who}确认对方的 FIN。两个方向都已关闭。"},
	diagnose.Refuse:        {"${Who} refuses: nothing is listening on this port.", "${Who}拒绝：这个端口上没有程序在监听。"},
	diagnose.RefuseLate:    {"${Who} resets. It never had this connection as a whole: the third handshake packet was missing.", "${Who}复位。它从未真正拥有这条连接：第三次握手一直没有到。"},
	diagnose.Abort:         {"${Who} ends the connection by force. Data on the way is lost.", "${Who}强行结束连接，途中的数据丢失。"},
	diagnose.AbortClosing:  {"${Who} resets: for it this connection does not exist any more.", "${Who}复位：对它来说这条连接已不存在。"},
}

func momentSentence(l Lang, f Facts) string {
	if t := momentTexts[f.Moment].In(l); t != "" {
		return f.expand(l, t)
	}
	return ""
}

// expand fills the places of a sentence.
func (f Facts) expand(l Lang, t string) string {
	return os.Expand(t, func(name string) string {
		switch name {
		case "Who":
			return capital(l, f.Dir)
		case "who":
			return inside(l, f.Dir)
		case "Other":
			return capital(l, f.Dir.Reverse())
		case "other":
			return inside(l, f.Dir.Reverse())
		case "since":
			return elapsed(l, f.Since)
		case "len":
			return Count(uint64(f.Len))
		case "ack":
			return Count(uint64(f.Ack))
		case "earlier":
			return "#" + strconv.FormatUint(uint64(f.Earlier), 10)
		}
		return ""
	})
}

// capital names a side at the beginning of a sentence, inside within one.
func capital(l Lang, d flow.Direction) string {
	if l == Chinese {
		return Side(l, d)
	}
	return "The " + Side(l, d)
}

func inside(l Lang, d flow.Direction) string {
	if l == Chinese {
		return Side(l, d)
	}
	return "the " + Side(l, d)
}

func elapsed(l Lang, d time.Duration) string {
	if d <= 0 {
		return Text{"a while", "一会儿"}.In(l)
	}
	if l == Chinese {
		return " " + Duration(d) + " "
	}
	return Duration(d)
}

// labelSentences are tried in order: the first label that is set gives the sentence. Known is used where the earlier segment
// is known.
var labelSentences = []struct {
	label       tcp.Labels
	known, text Text
}{
	{
		label: tcp.KeepAlive,
		text:  Text{"${Who} asks “are you still there?”: no new data, and a number one too low, so that the other side must answer.", "${Who}问“你还在吗？”：没有新数据，序号故意小 1，让对方必须回答。"},
	},
	{
		label: tcp.KeepAliveAck,
		text:  Text{"“Still here”: ${who} answers the keep-alive. It still expects byte ${ack}.", "“还在”：${who}应答保活，它期待的仍是字节 ${ack}。"},
	},
	{
		label: tcp.ZeroWindowProbe,
		text:  Text{"${Who} tries one byte: has the window opened again?", "${Who}试探一个字节：窗口重新打开了吗？"},
	},
	{
		label: tcp.ZeroWindowProbeAck,
		text:  Text{"Still no room: ${who} keeps its window closed.", "仍然没有空间：${who}的窗口还关着。"},
	},
	{
		label: tcp.ZeroWindow,
		text:  Text{"${Who} has no room left: its program is not reading. ${Other} must wait.", "${Who}没有空间了：它的程序没有在读。${Other}必须等待。"},
	},
	{
		label: tcp.SpuriousRetransmission,
		known: Text{"Sent again although ${other} already had it (first in ${earlier}).", "又发了一次，而${other}早已收到（最初在 ${earlier}）。"},
		text:  Text{"Sent again although ${other} had already acknowledged it.", "又发了一次，而${other}早已确认。"},
	},
	{
		label: tcp.FastRetransmission,
		known: Text{"The repeated ACKs say that ${earlier} was lost; ${who} sends it again at once.", "重复的 ACK 表明 ${earlier} 丢了，${who}立即重发。"},
		text:  Text{"The repeated ACKs ask for this part; ${who} sends it at once.", "重复的 ACK 在要这一部分，${who}立即发出。"},
	},
	{
		label: tcp.Retransmission,
		known: Text{"Sent before in ${earlier}, ${since} ago; no acknowledgment came in time.", "${since}前在 ${earlier} 发过，没有及时等到确认。"},
		text:  Text{"These bytes were sent before; no acknowledgment came in time.", "这些字节之前发过，没有及时等到确认。"},
	},
	{
		label: tcp.OutOfOrder,
		text:  Text{"It arrives late: later bytes were already here. The network probably swapped them.", "它来晚了：后面的字节已经到了。多半是网络打乱了顺序。"},
	},
	{
		label: tcp.LostSegment,
		text:  Text{"Something in front of this is missing: lost, still on its way, or not captured.", "前面缺了一段：丢了、还在路上，或没被抓到。"},
	},
	{
		label: tcp.AckLostSegment,
		text:  Text{"It acknowledges bytes that this capture does not contain.", "它确认了这份抓包里没有的字节。"},
	},
	{
		label: tcp.WindowFull,
		text:  Text{"With this the window of ${other} is used up; ${who} must now wait.", "至此${other}的窗口用完了，${who}必须等待。"},
	},
	{
		label: tcp.DuplicateAck,
		text:  Text{"${Who} repeats: “I still expect byte ${ack}”. Something after it arrived.", "${Who}重复：“我仍在等字节 ${ack}”。它后面的数据已经到了。"},
	},
	{
		label: tcp.WindowUpdate,
		text:  Text{"Nothing new except the window: ${who} tells how much room it has now.", "只有窗口变了：${who}告知现在有多少空间。"},
	},
	{
		label: tcp.ReusedPorts,
		text:  Text{"The same addresses and ports as an earlier connection, but a new one.", "地址和端口与之前的连接相同，但这是一条新连接。"},
	},
}

func labelSentence(l Lang, f Facts) string {
	for i := range labelSentences {
		s := &labelSentences[i]
		if !f.Labels.Has(s.label) {
			continue
		}
		if f.Earlier != 0 && s.known != (Text{}) {
			return f.expand(l, s.known.In(l))
		}
		return f.expand(l, s.text.In(l))
	}
	return ""
}
