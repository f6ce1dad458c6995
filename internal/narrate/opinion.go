package narrate

import (
	"strconv"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/tcp"
)

var opinionTerms = [diagnose.NumOpinions]Term{
	diagnose.LateOriginal: {
		Text{"Late, not sent again", "迟到，并非重发"},
		Text{"The sender sent it once, before packets that overtook it on the way. Nothing was lost.", "发送方只发了一次，途中被后发的包超过。没有丢失。"},
	},
	diagnose.SentAnew: {
		Text{"Sent again, not out of order", "是重发，不是乱序"},
		Text{"The sender sent it after packets that carry later bytes, so it is a retransmission.", "发送方在发出后面的字节之后才发它，所以是重传。"},
	},
	diagnose.TailProbe: {
		Text{"Tail loss probe", "尾部丢失探测"},
		Text{"The last segment once more, sooner than the time-out: the sender asks what has arrived.", "在超时之前把最后一段再发一次：发送方想知道对方收到了什么。"},
	},
	diagnose.TimerResend: {
		Text{"Time-out", "超时重传"},
		Text{"No acknowledgment came until the sender's timer ran out.", "直到定时器到期都没有等到确认。"},
	},
	diagnose.LossRepair: {
		Text{"Repair of a loss", "丢失修复"},
		Text{"The receiver reported later bytes, or a time-out had begun the repair: the sender fills the gap.", "接收方报告了更后面的字节，或超时已开始修复：发送方在填补空缺。"},
	},
	diagnose.CutSmaller: {
		Text{"Sent again in smaller segments", "改用更小的报文段重发"},
		Text{"The first size does not fit through the path, so the sender cuts the same bytes smaller.", "原来的大小无法通过路径，发送方把同样的字节切得更小。"},
	},
	diagnose.NeedlessResend: {
		Text{"Needless", "多余的重发"},
		Text{"The receiver reports that it got these bytes twice.", "接收方报告这些字节收到了两次。"},
	},
	diagnose.AckWithoutEffect: {
		Text{"Its acknowledgment had no effect", "确认没有起作用"},
		Text{"The ACK was captured, yet this side acts as if it never came: lost behind the capture point, or dropped by this host.", "确认已被抓到，这一端却像从未收到：在抓包点之后丢失，或被这台主机丢弃。"},
	},
	diagnose.OpensToo: {
		Text{"Both open at once", "双方同时打开"},
		Text{"It answers the other side's SYN for the first time; its own number stays the same on purpose.", "它第一次回应对方的 SYN；自己的序号按规定保持不变。"},
	},
	diagnose.CapturedTwice: {
		Text{"Captured twice", "被抓了两次"},
		Text{"One packet, seen at two places or by two interfaces. The network carried it once.", "同一个包在两处或两个接口上被抓到。网络只传了一次。"},
	},
	diagnose.DuplicatedOnWay: {
		Text{"Duplicated on the way", "途中被复制"},
		Text{"The sender sent it once, the receiver got it twice.", "发送方只发了一次，接收方收到两次。"},
	},
	diagnose.SamePacketTwice: {
		Text{"The same packet twice", "同一个包出现两次"},
		Text{"The sender sent it once: it was captured twice, or the network doubled it.", "发送方只发了一次：要么被抓了两次，要么网络把它复制了。"},
	},
	diagnose.HoleReordered: {
		Text{"Nothing was lost", "没有丢失"},
		Text{"What is missing here comes late: it was overtaken on the way.", "这里缺的数据稍后才到：它在途中被超过。"},
	},
	diagnose.HoleLost: {
		Text{"Lost before this point", "在此之前丢失"},
		Text{"It was lost between its sender and the capture point, and was sent again.", "它在发送方与抓包点之间丢失，后来重发了。"},
	},
	diagnose.HoleNotCaptured: {
		Text{"Only the capture lacks it", "只是没抓到"},
		Text{"The receiver acknowledged these bytes: the network delivered them, the capture missed them.", "接收方确认了这些字节：网络送到了，只是抓包漏了。"},
	},
	diagnose.AnswersKeepAlive: {
		Text{"Answer to a keep-alive", "对保活的应答"},
		Text{"“Still here”. Nothing was under way, so this is no sign of loss.", "“还在”。没有数据在途，所以这不是丢包的迹象。"},
	},
	diagnose.AnswersRepeat: {
		Text{"Answer to something repeated", "对重复内容的应答"},
		Text{"What came again had been acknowledged before, so the acknowledgment is said again.", "再次到来的内容早已确认，于是把确认再说一遍。"},
	},
	diagnose.ReportsDuplicate: {
		Text{"Report: came twice", "报告：收到两次"},
		Text{"It names bytes that arrived twice (D-SACK). Nothing is missing.", "它指出哪些字节到了两次（D-SACK）。没有缺失。"},
	},
	diagnose.ReportsGap: {
		Text{"Duplicate ACK with SACK", "带 SACK 的重复确认"},
		Text{"It reports bytes behind a gap for the first time, although its window changed too.", "它首次报告空缺之后的字节，虽然窗口也变了。"},
	},
	diagnose.SignalsMPTCP: {
		Text{"Multipath TCP signal", "多路径 TCP 信号"},
		Text{"It carries acknowledgments of the connection above; on this path nothing was under way.", "它携带上层连接的确认；这条路径上没有数据在途。"},
	},
	diagnose.WindowProbe: {
		Text{"Window probe", "窗口探测"},
		Text{"The sender has more to send and asks whether the closed window has opened. Linux does so without a byte of data.", "发送方还有数据，询问关闭的窗口是否打开。Linux 探测时不带数据。"},
	},
	diagnose.AnswersWindowProbe: {
		Text{"Answer to a window probe", "对窗口探测的应答"},
		Text{"“Still full”.", "“仍然满”。"},
	},
	diagnose.OffloadedSegment: {
		Text{"Larger than the wire allows", "比线路允许的大"},
		Text{"The network card cuts such a segment into several, or has merged several into one; the capture shows it whole.", "网卡会把它切成几段发送，或已把几段合并；抓包看到的是整体。"},
	},
}

// Opinion names our own reading of a packet, with a sentence about it.
func Opinion(c diagnose.OpinionCode) Term {
	if int(c) < len(opinionTerms) {
		return opinionTerms[c]
	}
	return Term{}
}

var confidenceNames = [...]Text{
	diagnose.Ambiguous: {"ambiguous", "不明确"}, diagnose.Likely: {"likely", "很可能"}, diagnose.Proven: {"proven", "已证实"},
}

// Confidence says how sure an opinion is.
func Confidence(l Lang, c diagnose.Confidence) string {
	if int(c) < len(confidenceNames) {
		return confidenceNames[c].In(l)
	}
	return ""
}

var ruleTexts = [diagnose.NumRules]Text{
	diagnose.ByIPID:         {"the sender's packet numbers (IP identification) show the order of sending", "发送方的包编号（IP 标识）显示了发送顺序"},
	diagnose.ByTimestamp:    {"the TCP timestamps show the order of sending", "TCP 时间戳显示了发送顺序"},
	diagnose.ByDSACK:        {"the receiver says so (D-SACK)", "接收方这样报告（D-SACK）"},
	diagnose.BySACK:         {"the receiver reports what it has (SACK)", "接收方报告了已有的数据（SACK）"},
	diagnose.ByInterface:    {"the same packet on another interface", "同一个包出现在另一个接口"},
	diagnose.ByTTL:          {"the same packet with another TTL", "同一个包的 TTL 不同"},
	diagnose.ByCopies:       {"most packets of this connection are there twice", "这条连接的大多数包都出现两次"},
	diagnose.ByTimer:        {"by the time waited", "根据等待的时间"},
	diagnose.ByBackoff:      {"the waiting time doubles each time", "等待时间每次加倍"},
	diagnose.ByTail:         {"the last segment is repeated while older ones are unacknowledged", "更早的报文段还未确认，重发的却是最后一段"},
	diagnose.ByOutstanding:  {"nothing was unacknowledged, so nothing can be missing", "没有未确认的数据，所以不可能缺失"},
	diagnose.ByAcked:        {"by the other side's acknowledgment", "根据对方的确认"},
	diagnose.ByEcho:         {"it echoes a timestamp older than that ACK", "它回显的时间戳早于那个确认"},
	diagnose.BySize:         {"by the lengths", "根据长度"},
	diagnose.ByClosedWindow: {"the receiver's window is closed", "接收方的窗口关闭着"},
	diagnose.ByProtocol:     {"the protocol asks for this answer here", "协议要求在此这样回应"},
}

// OpinionRule says on what an opinion rests.
func OpinionRule(l Lang, r diagnose.Rule) string {
	if int(r) < len(ruleTexts) {
		return ruleTexts[r].In(l)
	}
	return ""
}

var closingTerms = [diagnose.NumClosingClasses]Term{
	diagnose.EndedOpen:         {Text{"open when the capture ended", "抓包结束时仍打开"}, Text{"The capture stopped first.", "抓包先停了。"}},
	diagnose.EndedUnanswered:   {Text{"no answer", "没有应答"}, Text{"Nobody answered the SYN.", "没有人回答 SYN。"}},
	diagnose.EndedRefused:      {Text{"refused", "被拒绝"}, Text{"The SYN was answered with RST.", "SYN 得到的回答是 RST。"}},
	diagnose.EndedInThree:      {Text{"closed in order, three segments", "正常关闭（三个报文段）"}, Text{"The second FIN also acknowledged the first.", "第二个 FIN 同时确认了第一个。"}},
	diagnose.EndedInFour:       {Text{"closed in order, four segments", "正常关闭（四个报文段）"}, Text{"Each FIN got its own ACK.", "每个 FIN 都有自己的确认。"}},
	diagnose.EndedCrossing:     {Text{"both closed at once", "双方同时关闭"}, Text{"The FINs crossed on the way.", "两个 FIN 在途中交错。"}},
	diagnose.EndedHalfClosed:   {Text{"half-close", "半关闭"}, Text{"After one side had closed, the other still sent data, then closed too.", "一端关闭之后，另一端还发了数据，然后才关闭。"}},
	diagnose.EndedOneWay:       {Text{"one side closed", "只有一端关闭"}, Text{"The other side had not closed when the capture ended.", "抓包结束时另一端还没有关闭。"}},
	diagnose.ResetDelivered:    {Text{"reset after everything was delivered", "全部送达后复位"}, Text{"All bytes sent had been acknowledged before the RST.", "RST 之前，所有发送的字节都已确认。"}},
	diagnose.ResetMidTransfer:  {Text{"reset in mid-transfer", "传输中途复位"}, Text{"Bytes were still unacknowledged when the RST came.", "RST 到来时还有字节未确认。"}},
	diagnose.ResetUnread:       {Text{"reset with unread data", "数据未读即复位"}, Text{"The side that received last closed, probably without having read everything.", "最后收到数据的一端关闭了，很可能没有读完。"}},
	diagnose.ResetClosedSocket: {Text{"reset by a closed socket", "被已关闭的套接字复位"}, Text{"The packet before reached a host that had no such connection (any more).", "前一个包到达时，那台主机上已没有这条连接。"}},
	diagnose.ResetClosing:      {Text{"reset instead of a close", "以复位代替关闭"}, Text{"One side had closed; RST took the place of the second FIN.", "一端已关闭；RST 代替了第二个 FIN。"}},
	diagnose.ResetIdle:         {Text{"reset while idle", "空闲时复位"}, Text{"RST after a long silence.", "长时间沉默之后的 RST。"}},
	diagnose.ResetKeepAlive:    {Text{"keep-alive gave up", "保活放弃"}, Text{"Nobody answered the keep-alives, so the asking side gave up.", "保活没有得到回答，询问的一端放弃了连接。"}},
	diagnose.ResetUnused:       {Text{"reset before any data", "没有数据就复位"}, Text{"RST before either side had sent data.", "双方都还没发数据就 RST。"}},
}

// Closing names how a connection ended, with a sentence about it.
func Closing(c diagnose.ClosingClass) Term {
	if int(c) < len(closingTerms) {
		return closingTerms[c]
	}
	return Term{}
}

// Quantity writes one number of an evidence: "rtt 20.7 ms", "seq 60,817".
func Quantity(q tcp.Quantity) string {
	name := q.Kind.String()
	switch {
	case q.Kind.IsTime():
		return name + " " + Duration(time.Duration(q.Value))
	case q.Kind == tcp.QIPID || q.Kind == tcp.QOtherIPID:
		return name + " 0x" + strconv.FormatInt(q.Value&0xffff, 16)
	case q.Value < 0:
		return name + " " + strconv.FormatInt(q.Value, 10)
	}
	return name + " " + Count(uint64(q.Value))
}

// OpinionSentence says what an opinion means, what it rests on, and the packets that show it.
func OpinionSentence(l Lang, o diagnose.Opinion) string {
	s := Opinion(o.Code).Meaning.In(l)
	if rule := OpinionRule(l, o.Evidence.Rule); rule != "" {
		s += Text{" Why: ", "依据："}.In(l) + rule
	}
	sep := " ("
	for _, f := range o.Evidence.Frames {
		if f != 0 {
			s += sep + Frame(f)
			sep = ", "
		}
	}
	if sep == ", " {
		s += ")"
	}
	return s
}
