package narrate

import (
	"os"

	"tcptalk/internal/diagnose"
)

// otherFinding holds the title of a finding, the sentence below it, what else it may mean and what to try. ${n} and ${of} are the
// counts, ${least}, ${median} and ${most} the times, ${who} the side that it is about.
type otherFinding struct{ title, text, other, try Text }

var otherFindings = [diagnose.NumOtherCodes]otherFinding{
	diagnose.Undelivered: {
		Text{"Packets did not arrive: ICMP errors say so (${n})", "ICMP 差错报告包没有送达（${n} 个）"},
		Text{"A host or router on the way sent an error back that quotes a packet of this conversation.", "途中的主机或路由器发回了差错报文，其中引用了这个会话的包。"},
		Text{"A firewall can answer so too, although the program is there.", "防火墙也可能这样回答，尽管程序是在的。"},
		Text{"Read the error: “port unreachable” means that no program listens there, “host unreachable” that the way ends before.", "看差错内容：“端口不可达”表示那里没有程序在监听，“主机不可达”表示路走不通。"},
	},
	diagnose.Unanswered: {
		Text{"${n} of ${of} questions have no answer", "${of} 个问题中有 ${n} 个没有应答"},
		Text{"No answer to them is in this capture.", "这份抓包里没有它们的应答。"},
		Text{"The answer took another way past the capture point, or came after its end.", "应答走了不经过抓包点的路，或在抓包结束后才到。"},
		Text{"Capture at the other end as well: that tells whether the question arrived.", "在另一端也抓包：就能知道问题有没有送到。"},
	},
	diagnose.AskedAgain: {
		Text{"Asked again: ${n}", "重复询问：${n} 次"},
		Text{"The same was asked once more before an answer came: the question or its answer was lost, or the answer was late.", "还没等到应答就又问了一遍：要么问题或应答丢了，要么应答来得太晚。"},
		Text{},
		Text{"Compare with how long the other answers took.", "与其他应答的用时比较。"},
	},
	diagnose.AnsweredNo: {
		Text{"${n} of ${of} answers say that it failed", "${of} 个应答中有 ${n} 个表示失败"},
		Text{"The server did answer, but with an error code, which the messages spell out.", "服务器回答了，但给出的是错误码，消息中写明了含义。"},
		Text{"A name that does not exist (NXDOMAIN) is often only a search through suffixes.", "名字不存在（NXDOMAIN）常常只是在逐个尝试域名后缀。"},
		Text{},
	},
	diagnose.AnswersCut: {
		Text{"Answers that did not fit: ${n}", "装不下的应答：${n} 个"},
		Text{"They came truncated; the client has to ask again over TCP.", "应答被截断，客户端必须改用 TCP 再问。"},
		Text{},
		Text{"Look whether a TCP connection to the same server follows, and whether it is let through.", "看随后有没有到同一服务器的 TCP 连接，以及它是否被放行。"},
	},
	diagnose.Complaints: {
		Text{"${n} of ${of} packets report errors", "${of} 个包中有 ${n} 个是差错报告"},
		Text{"They quote the packet that they are about; the messages name it.", "它们引用了出问题的包，消息中写明了是哪一个。"},
		Text{},
		Text{"Look at the conversation that the quoted packet belongs to.", "查看被引用的包所属的会话。"},
	},
	diagnose.SlowAnswers: {
		Text{"One answer took ${most}, the usual one ${median}", "有一个应答用了 ${most}，通常是 ${median}"},
		Text{"Of ${n} answers the fastest took ${least}.", "${n} 个应答中最快的用了 ${least}。"},
		Text{"The server had to ask others first.", "服务器可能先要去问别的服务器。"},
		Text{},
	},
	diagnose.OneSpeaks: {
		Text{"Only the ${who} speaks", "只有${who}在发"},
		Text{"Packets: ${n}, all from there. Where the protocol expects answers, they took another way or nobody answered.", "全部 ${n} 个包都来自它。如果协议需要应答，那么应答走了别的路，或者没有人应答。"},
		Text{"Many protocols only send: logs, measurements, media.", "很多协议只管发：日志、测量、音视频。"},
		Text{},
	},
	diagnose.ToGroup: {
		Text{"Sent to many at once", "发给多个接收者"},
		Text{"Packets to a group or to everybody: ${n}. Whoever answers does so from an own address: in another conversation.", "${n} 个包发往组播或广播地址。应答者用自己的地址回答，出现在别的会话里。"},
		Text{},
		Text{},
	},
	diagnose.AnswerTimes: {
		Text{"Answers took ${median} as a rule", "应答通常用时 ${median}"},
		Text{"${n} measured at the capture point: the fastest took ${least}, the slowest ${most}.", "${n} 个应答，最快 ${least}，最慢 ${most}，均在抓包点测得。"},
		Text{},
		Text{},
	},
	diagnose.NothingOdd: {
		Text{"Nothing stands out", "没有异常"},
		Text{"Packets looked at: ${n}. There is no error about them, and no question without an answer that is known as one.", "看过的 ${n} 个包里没有相关差错，也没有可识别的未应答问题。"},
		Text{},
		Text{},
	},
}

// OtherFinding returns the title of a finding about a conversation that is not TCP, the sentence below it, what else it may mean and
// what to try, "" where there is nothing to say.
func OtherFinding(l Lang, f diagnose.OtherFinding) (title, text, other, try string) {
	w := &otherFindings[f.Code]
	get := func(name string) string {
		switch name {
		case "n":
			return Count(uint64(f.Count))
		case "of":
			return Count(uint64(f.Of))
		case "least":
			return Duration(f.Least)
		case "median":
			return Duration(f.Median)
		case "most":
			return Duration(f.Most)
		}
		return Side(l, f.By)
	}
	say := func(t Text) string { return os.Expand(t.In(l), get) }
	return say(w.title), say(w.text), say(w.other), say(w.try)
}
