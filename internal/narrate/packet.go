package narrate

import (
	"strconv"
	"strings"
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
	// Len is the payload length, Ack the relative ack number, Window the scaled receive window.
	Len, Ack, Window uint32
	// Earlier is the frame of the earlier segment that this one repeats, 0 if that is unknown; Since the time since then.
	Since   time.Duration
	Earlier uint32
}

// Packet says in a sentence or two what a segment does, "" where there is nothing that the numbers do not say.
func Packet(l Lang, f Facts) string {
	if f.Earlier != 0 && f.Since == 0 {
		return f.expand(l, capturedTwice.In(l))
	}
	if s := momentSentence(l, f); s != "" {
		return s
	}
	return labelSentence(l, f)
}

// capturedTwice stands below a repetition without any time in between.
var capturedTwice = Text{
	"The same as ${earlier}, at the same instant: probably one packet that was captured twice.",
	"与 ${earlier} 相同，时刻也相同：多半是同一个包被抓到了两次。",
}

// NoNumbers stands below a segment whose length the capture does not show.
func NoNumbers(l Lang) string {
	return Text{
		"The capture does not show how long this segment is, so its numbers cannot be followed.",
		"抓包里看不出这个报文段有多长，因此无法跟踪它的序号。",
	}.In(l)
}

// momentTexts name the sender ${Who} or ${who}, the other side ${other}, the time since the earlier segment ${since}.
var momentTexts = [diagnose.NumMoments]Text{
	diagnose.Ask:             {"${Who} asks to open a connection. Its numbering starts here.", "${Who}请求建立连接，序号从这里开始。"},
	diagnose.AskAgain:        {"No answer for ${since}, so ${who} asks again: the same SYN.", "${since}没有回答，${Who}再次请求：同一个 SYN。"},
	diagnose.AskUnheard:      {"${Who} asks again after ${since}: the answer has not reached it.", "过了${since}，${Who}再次请求：应答没有到达它那里。"},
	diagnose.AskToo:          {"${Who} asks too, before it saw the other SYN: both sides are opening.", "${Who}也在请求，此时还没看到对方的 SYN：双方同时打开。"},
	diagnose.Agree:           {"${Who} agrees and starts its own numbering. It is waiting for the third packet.", "${Who}同意，自己的序号也从这里开始，接着等待第三次握手。"},
	diagnose.AgreeAgain:      {"${Who} answers again after ${since}: no confirmation came back yet.", "过了${since}，${Who}再次应答：还没有收到确认。"},
	diagnose.AgreeUnheard:    {"The same answer again, ${since} later. For ${who} the handshake is not finished: it still lacks the third packet.", "${since}后又是同样的应答。对${Who}来说握手还没有完成：它仍缺第三次握手。"},
	diagnose.AgreeCrossing:   {"${Who} accepts the other SYN and repeats its own: for that one it has no answer yet.", "${Who}接受对方的 SYN，并重复自己的：自己的那个还没有得到回答。"},
	diagnose.Confirm:         {"${Who} confirms: the third packet of the handshake. On its side the connection is open.", "${Who}确认：第三次握手。在它这一端，连接已打开。"},
	diagnose.ConfirmAgain:    {"${Who} confirms once more: for it the connection has been open for a while.", "${Who}再次确认：对它来说连接早已打开。"},
	diagnose.ConfirmCrossing: {"${Who} confirms the other side’s answer. On its side the connection is open.", "${Who}确认对方的应答。在它这一端，连接已打开。"},
	diagnose.HeardAtLast:     {"${Who} takes part at last: what just arrived has finished the handshake for it as well.", "${Who}终于参与进来：刚到的包让握手在它这一端也完成了。"},

	diagnose.AskAlive:      {"${Who} asks “are you still there?”: no new data, and a number one too low, so that the other side must answer.", "${Who}问“你还在吗？”：没有新数据，序号故意小 1，让对方必须回答。"},
	diagnose.AskAliveAgain: {"“Are you still there?” again, ${since} after the last time: ${who} has got no answer.", "又问“你还在吗？”，距上次 ${since}：${Who}没有得到回答。"},
	diagnose.AliveAnswer:   {"“Still here”: ${who} answers the keep-alive. It still expects byte ${ack}.", "“还在”：${Who}应答保活，它期待的仍是字节 ${ack}。"},
	diagnose.AskRoom:       {"${Who} asks whether there is room again: no new data, and a number one too low, so that an answer must come.", "${Who}询问是否又有空间了：没有新数据，序号故意小 1，让对方必须回答。"},
	diagnose.NoRoom:        {"Still no room: ${who} keeps its window closed.", "仍然没有空间：${Who}的窗口还关着。"},
	diagnose.Room:          {"${Who} has room again, for ${window} bytes. ${Other} may go on sending.", "${Who}又有空间了，可收 ${window} 字节。${Other}可以继续发送。"},

	diagnose.Close:            {"${Who} has nothing more to send and closes its direction.", "${Who}没有更多数据要发，关闭自己的方向。"},
	diagnose.CloseAgain:       {"${Who} repeats its FIN after ${since}: it has seen no acknowledgment.", "过了${since}，${Who}重发 FIN：没有看到确认。"},
	diagnose.CloseCrossing:    {"${Who} closes too, before it saw the other FIN: the two cross.", "${Who}也关闭，此时还没看到对方的 FIN：两者交错。"},
	diagnose.CloseUnaware:     {"${Who} closes as if nothing had happened: it seems not to have got the RST.", "${Who}照常关闭：它似乎没有收到 RST。"},
	diagnose.CloseAck:         {"${Who} acknowledges the FIN. It may still send data of its own.", "${Who}确认 FIN。它自己仍可以继续发数据。"},
	diagnose.CloseAckAgain:    {"${Who} acknowledges the FIN once more: the first acknowledgment seems to be lost.", "${Who}再次确认 FIN：第一次的确认似乎丢了。"},
	diagnose.CloseAckCrossing: {"${Who} acknowledges the other FIN. Its own is not acknowledged yet.", "${Who}确认对方的 FIN，自己的还没有被确认。"},
	diagnose.CloseAckHeard:    {"${Who} acknowledges the FIN. Only with it the handshake has finished for ${who} as well.", "${Who}确认 FIN。直到这个 FIN 到达，握手在它这一端才算完成。"},
	diagnose.CloseBoth:        {"Two things in one segment: ${who} acknowledges the FIN and closes as well.", "一个报文段做两件事：${Who}确认 FIN，同时也关闭。"},
	diagnose.CloseToo:         {"Now ${who} closes its direction as well.", "现在${Who}也关闭自己的方向。"},
	diagnose.CloseLast:        {"${Who} acknowledges the other FIN. Both directions are closed.", "${Who}确认对方的 FIN。两个方向都已关闭。"},

	diagnose.Refuse:       {"${Who} refuses: usually because nothing listens on this port, sometimes a firewall answers so.", "${Who}拒绝：通常是这个端口上没有程序在监听，有时是防火墙这样回答。"},
	diagnose.RefuseLate:   {"${Who} resets: for it the handshake was never finished, so this connection does not exist.", "${Who}复位：对它来说握手从未完成，这条连接并不存在。"},
	diagnose.Decline:      {"${Who} does not want the connection after all: it resets instead of confirming.", "${Who}不要这条连接了：没有确认，而是复位。"},
	diagnose.Abort:        {"${Who} ends the connection by force. Anything still on the way or not yet read is lost.", "${Who}强行结束连接，还在途中或没读的数据都会丢失。"},
	diagnose.AbortUnused:  {"${Who} resets instead of closing in turn: probably no program there ever took this connection.", "${Who}没有关闭，而是复位：那里多半从未有程序接受过这条连接。"},
	diagnose.AbortInstead: {"${Who} does not close in turn, it resets: the connection ends by force.", "${Who}没有照常关闭，而是复位：连接被强行结束。"},
	diagnose.AbortAnswer:  {"${Who} resets: for it this connection does not exist any more.", "${Who}复位：对它来说这条连接已不存在。"},
	diagnose.GiveUp:       {"${Who} gives up: its questions got no answer, so it resets the connection.", "${Who}放弃：一直没有得到回答，于是复位连接。"},
}

// momentVariants replace a moment's sentence where the segment does something besides. The first one that fits counts.
var momentVariants = []struct {
	moment diagnose.Moment
	fits   func(Facts) bool
	text   Text
}{
	{
		diagnose.Ask, func(f Facts) bool { return f.Len > 0 },
		Text{"${Who} asks to open a connection and sends its first ${size} along, without waiting (Fast Open).", "${Who}请求建立连接，并且不等回答就带上最初的 ${size}（快速打开）。"},
	},
	{
		diagnose.Ask, func(f Facts) bool { return f.Labels.Has(tcp.ReusedPorts) },
		Text{"${Who} asks to open a new connection, with the same addresses and ports as an earlier one.", "${Who}请求建立一条新连接，地址和端口与之前的一条相同。"},
	},
	{
		diagnose.Agree, func(f Facts) bool { return f.Labels.Has(tcp.TFOAck) },
		Text{"${Who} agrees and has taken the data of the SYN too. It is waiting for the third packet.", "${Who}同意，并且收下了 SYN 带来的数据，接着等待第三次握手。"},
	},
	{
		diagnose.Agree, func(f Facts) bool { return f.Labels.Has(tcp.TFOIgnored) },
		Text{"${Who} agrees, but has not taken the data of the SYN: that must be sent again.", "${Who}同意，但没有收下 SYN 带来的数据，必须重发。"},
	},
	{
		diagnose.Confirm, func(f Facts) bool { return f.Len > 0 },
		Text{"${Who} confirms, the third packet of the handshake, and sends its first data with it.", "${Who}确认：第三次握手，同时带上最初的数据。"},
	},
	{
		diagnose.AskRoom, func(f Facts) bool { return f.Labels.Has(tcp.ZeroWindowProbe) },
		Text{"${Who} tries one byte: is there room again?", "${Who}试探一个字节：又有空间了吗？"},
	},
	{
		diagnose.Close, func(f Facts) bool { return f.Len > 0 },
		Text{"${Who} sends its last ${size} and closes its direction.", "${Who}发出最后 ${size}，并关闭自己的方向。"},
	},
	{
		diagnose.CloseToo, func(f Facts) bool { return f.Len > 0 },
		Text{"Now ${who} sends its last ${size} and closes its direction as well.", "现在${Who}发出最后 ${size}，也关闭自己的方向。"},
	},
}

func momentSentence(l Lang, f Facts) string {
	for i := range momentVariants {
		if v := &momentVariants[i]; v.moment == f.Moment && v.fits(f) {
			return f.expand(l, v.text.In(l))
		}
	}
	if int(f.Moment) >= len(momentTexts) {
		return ""
	}
	return f.expand(l, momentTexts[f.Moment].In(l))
}

// expand fills the places of a sentence. It is called for every noted packet of a long connection at once.
func (f *Facts) expand(l Lang, t string) string {
	b := make([]byte, 0, 256)
	for {
		before, rest, found := strings.Cut(t, "${")
		b = append(b, before...)
		if !found {
			return tidy(l, string(b))
		}
		var name string
		name, t, _ = strings.Cut(rest, "}")
		b = f.place(b, l, name)
	}
}

// place appends what stands for a name.
func (f *Facts) place(b []byte, l Lang, name string) []byte {
	switch name {
	case "Who":
		return appendSide(b, l, f.Dir, "The ")
	case "who":
		return appendSide(b, l, f.Dir, "the ")
	case "Other":
		return appendSide(b, l, f.Dir.Reverse(), "The ")
	case "other":
		return appendSide(b, l, f.Dir.Reverse(), "the ")
	case "since":
		return appendElapsed(b, l, f.Since)
	case "size":
		b = AppendCount(b, uint64(f.Len))
		return append(b, byteUnit(l, f.Len)...)
	case "ack":
		return AppendCount(b, uint64(f.Ack))
	case "window":
		return AppendCount(b, uint64(f.Window))
	case "earlier":
		return strconv.AppendUint(append(b, '#'), uint64(f.Earlier), 10)
	}
	return b
}

// tidy takes away the spaces that stand around a Chinese sentence's number where punctuation or the end follows.
func tidy(l Lang, s string) string {
	if l != Chinese {
		return s
	}
	return strings.TrimSpace(tidier.Replace(s))
}

var tidier = strings.NewReplacer("  ", " ", " ，", "，", " ：", "：", " 。", "。", " ；", "；", "， ", "，", "： ", "：")

// appendSide names a side; article stands before it in English.
func appendSide(b []byte, l Lang, d flow.Direction, article string) []byte {
	if l != Chinese {
		b = append(b, article...)
	}
	return append(b, Side(l, d)...)
}

// byteUnit is the unit behind n bytes.
func byteUnit(l Lang, n uint32) string {
	switch {
	case l == Chinese:
		return " 字节"
	case n == 1:
		return " byte"
	}
	return " bytes"
}

func appendElapsed(b []byte, l Lang, d time.Duration) []byte {
	switch {
	case d <= 0:
		return append(b, Text{"a while", "一会儿"}.In(l)...)
	case l == Chinese:
		return append(AppendDuration(append(b, ' '), d), ' ')
	}
	return AppendDuration(b, d)
}

// labelSentences are tried in order: the first label that is set gives the sentence. Known is used where the earlier segment
// is known. Probes and their answers are moments and stand here for segments that are none.
var labelSentences = []struct {
	label       tcp.Labels
	known, text Text
}{
	{
		label: tcp.KeepAliveAck,
		text:  Text{"“Still here”: ${who} answers. It still expects byte ${ack}.", "“还在”：${Who}应答，它期待的仍是字节 ${ack}。"},
	},
	{
		label: tcp.ZeroWindowProbeAck,
		text:  Text{"Still no room: ${who} keeps its window closed.", "仍然没有空间：${Who}的窗口还关着。"},
	},
	{
		label: tcp.ZeroWindow,
		text:  Text{"${Who} has no room left: its program does not read fast enough. ${Other} must wait.", "${Who}没有空间了：它的程序读得不够快。${Other}必须等待。"},
	},
	{
		label: tcp.SpuriousRetransmission,
		known: Text{"Sent again (first in ${earlier}) although ${other} had acknowledged it already.", "又发了一次（之前在 ${earlier}），而${other}早已确认。"},
		text:  Text{"Sent again although ${other} had acknowledged it already.", "又发了一次，而${other}早已确认。"},
	},
	{
		label: tcp.FastRetransmission,
		known: Text{"The repeated ACKs ask for what ${earlier} carried; ${who} sends it again without waiting for a timer.", "重复的 ACK 在要 ${earlier} 里的数据，${Who}不等定时器就重发。"},
		text:  Text{"The repeated ACKs ask for this part; ${who} sends it without waiting for a timer.", "重复的 ACK 在要这一部分，${Who}不等定时器就发出。"},
	},
	{
		label: tcp.Retransmission,
		known: Text{"Sent before in ${earlier}, ${since} ago, and not acknowledged since.", "${since}前在 ${earlier} 发过，至今没有被确认。"},
		text:  Text{"These numbers were sent before; they have not been acknowledged yet.", "这些序号之前发过，还没有被确认。"},
	},
	{
		label: tcp.OutOfOrder,
		known: Text{"Sent before in ${earlier}. It comes again so soon that it counts as out of order.", "之前在 ${earlier} 发过。它来得太快，所以算作乱序。"},
		text:  Text{"It comes late: later bytes were here before it. The network swapped them, or it is sent again.", "它来晚了：后面的字节先到。可能是网络打乱了顺序，也可能是重发。"},
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
		text:  Text{"With this the window of ${other} is used up; ${who} must now wait.", "至此${other}的窗口用完了，${Who}必须等待。"},
	},
	{
		label: tcp.DuplicateAck,
		text:  Text{"${Who} repeats “I still expect byte ${ack}”: something arrived, but not that byte.", "${Who}重复“我仍在等字节 ${ack}”：有数据到了，但不是这个字节。"},
	},
	{
		label: tcp.WindowUpdate,
		text:  Text{"Nothing new except the window: ${who} tells how much room it has now.", "只有窗口变了：${Who}告知现在有多少空间。"},
	},
	{
		label: tcp.ReusedPorts,
		text:  Text{"The same addresses and ports as an earlier connection, but a new one.", "地址和端口与之前的连接相同，但这是一条新连接。"},
	},
	{
		label: tcp.KeepAlive,
		text:  Text{"No new data, and a number one too low: the other side must answer.", "没有新数据，序号小 1：对方必须回答。"},
	},
	{
		label: tcp.ZeroWindowProbe,
		text:  Text{"${Who} tries one byte: is there room again?", "${Who}试探一个字节：又有空间了吗？"},
	},
	{
		label: tcp.TFOSyn,
		text:  Text{"A SYN that may bring data at once (Fast Open).", "可以直接带数据的 SYN（快速打开）。"},
	},
	{
		label: tcp.TFOAck,
		text:  Text{"${Who} has taken the data of the SYN.", "${Who}收下了 SYN 带来的数据。"},
	},
	{
		label: tcp.TFOIgnored,
		text:  Text{"${Who} has not taken the data of the SYN.", "${Who}没有收下 SYN 带来的数据。"},
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
