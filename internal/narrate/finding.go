package narrate

import (
	"os"
	"strconv"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/tcp"
)

// finding holds the title and the sentence below it. ${Who} is the side the finding is about, ${other} the other one, ${n} the
// count, ${time} and ${mean} the durations; ${s} is the English plural.
type finding struct{ title, text Text }

var findings = [diagnose.NumCodes]finding{
	diagnose.HandshakeDone: {
		Text{"Handshake complete", "握手完成"},
		Text{"SYN, SYN-ACK and ACK took ${time} from the first to the third.", "SYN、SYN-ACK、ACK 从第一个到第三个用了${time}。"},
	},
	diagnose.HandshakeUnfinished: {
		Text{"The third handshake packet did not arrive", "第三次握手没有到达"},
		Text{"The server repeated its SYN-ACK ${n} time${s} although the client had confirmed. The client believed to be connected; the server's program never had the connection. The packet was lost between here and the server, or the server dropped it.", "客户端已经确认，服务器仍把 SYN-ACK 重发了 ${n} 次。客户端以为已连接，服务器的程序却从未得到这条连接。包丢在了从这里到服务器的路上，或被服务器丢弃。"},
	},
	diagnose.HandshakeNoAnswer: {
		Text{"Nobody answered", "没有人应答"},
		Text{"${n} SYN${s} over ${time} and not a single answer: a firewall that drops silently, or no such host.", "${time}内发了 ${n} 个 SYN，没有任何回答：可能是静默丢弃的防火墙，或主机不存在。"},
	},
	diagnose.HandshakeRefused: {
		Text{"Connection refused", "连接被拒绝"},
		Text{"The host answered at once with RST: it is there, but nothing listens on this port.", "主机立即回了 RST：主机在，但这个端口没有程序在监听。"},
	},
	diagnose.HandshakeUnseen: {
		Text{"The handshake was not captured", "没有抓到握手"},
		Text{"The capture began later. Who is the client is a guess, and window sizes may be too small.", "抓包开始得晚。谁是客户端只能猜测，窗口大小可能偏小。"},
	},
	diagnose.ClosedInOrder: {
		Text{"Closed in order", "正常关闭"},
		Text{"The ${who} closed first. It took ${n} segments.", "${Who}先关闭，一共用了 ${n} 个段。"},
	},
	diagnose.ClosedCrossing: {
		Text{"Both closed at the same time", "双方同时关闭"},
		Text{"The two FINs crossed on the way.", "两个 FIN 在途中交错。"},
	},
	diagnose.ClosedHalf: {
		Text{"Only one side closed", "只有一端关闭"},
		Text{"The ${who} sent its FIN; the ${other} had not closed when the capture ended.", "${Who}发了 FIN；抓包结束时${other}还没有关闭。"},
	},
	diagnose.ClosedByReset: {
		Text{"Ended by RST", "被 RST 结束"},
		Text{"The ${who} sent the RST.", "RST 由${who}发出。"},
	},
	diagnose.NotClosed: {
		Text{"Still open when the capture ended", "抓包结束时仍然打开"},
		Text{"That is not an error: the capture simply stopped first.", "这不是错误：只是抓包先停了。"},
	},
	diagnose.SentAgain: {
		Text{"${n} segment${s} sent again", "${n} 个段被重发"},
		Text{"Mostly by the ${who}. Something was lost, or its acknowledgment came too late.", "多数来自${who}。可能丢包，也可能确认来得太晚。"},
	},
	diagnose.NothingSentAgain: {
		Text{"Nothing was sent twice", "没有重传"},
		Text{"No retransmission in this connection.", "这条连接里没有重传。"},
	},
	diagnose.RoundTrip: {
		Text{"Round trip ${time} at best, ${mean} on average", "往返时间最短${time}，平均${mean}"},
		Text{"Measured ${n} time${s} from the ${who}'s segments to their acknowledgments, as seen from the capture point.", "在抓包点测量 ${n} 次：从${who}的段到它们的确认。"},
	},
	diagnose.WindowClosed: {
		Text{"The ${who} stopped reading", "${Who}停止了读取"},
		Text{"It announced a zero window ${n} time${s}: its program did not take the data, so the ${other} had to wait.", "它宣布了 ${n} 次零窗口：程序没有取走数据，${other}只能等待。"},
	},
	diagnose.StillThere: {
		Text{"${n} keep-alive probe${s}", "${n} 次保活探测"},
		Text{"The ${who} asked on an idle connection whether the other side is still there.", "空闲时，${who}询问对方是否还在。"},
	},
}

// Finding returns a finding's title and the sentence below it.
func Finding(l Lang, f diagnose.Finding) (title, text string) {
	w := &findings[f.Code]
	get := func(name string) string { return findingValue(l, f, name) }
	return os.Expand(w.title.In(l), get), os.Expand(w.text.In(l), get)
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
	case "time":
		return spaced(l, f.Time)
	case "mean":
		return spaced(l, f.Mean)
	}
	return ""
}

// spaced writes a duration; between Chinese characters it stands between spaces.
func spaced(l Lang, d time.Duration) string {
	if l == Chinese {
		return " " + Duration(d) + " "
	}
	return Duration(d)
}

var waitings = [diagnose.NumWaitings]Text{
	diagnose.Idle:       {"nobody has anything to say", "双方都无话可说"},
	diagnose.ForAnswer:  {"the ${who} waits for an answer", "${who}在等回答"},
	diagnose.ForConfirm: {"the ${who} waits for the third handshake packet", "${who}在等第三次握手"},
	diagnose.ForAck:     {"the ${who} waits for an acknowledgment", "${who}在等确认"},
	diagnose.ForWindow:  {"the ${who} waits until the other side has room", "${who}在等对方腾出空间"},
	diagnose.ForReply:   {"the ${who} waits for the other program", "${who}在等对方的程序"},
	diagnose.ForClose:   {"the ${who} waits for the other side to close", "${who}在等对方关闭"},
}

// Silence says who waited for what.
func Silence(l Lang, w diagnose.Waiting, by flow.Direction) string {
	return os.Expand(waitings[w].In(l), func(string) string { return Side(l, by) })
}

// phases are the divider rows' words.
var (
	phaseHandshake = Text{"Handshake", "握手"}
	phaseData      = Text{"Data", "数据"}
	phaseClose     = Text{"Close", "关闭"}
	phaseUpgrade   = Text{"Upgraded to WebSocket", "升级为 WebSocket"}
	phaseMidway    = Text{"The capture begins in the middle of this connection", "抓包从这条连接的中途开始"}
)

// Phase names a part of a connection's life.
type Phase uint8

// The phases.
const (
	PhaseHandshake Phase = iota
	PhaseData
	PhaseClose
	PhaseUpgrade
	PhaseMidway
)

// PhaseName returns the words of a divider.
func PhaseName(l Lang, p Phase) string {
	return [...]Text{phaseHandshake, phaseData, phaseClose, phaseUpgrade, phaseMidway}[p].In(l)
}

// closingTitles are the closing card's words, by ending. ${Who} is who ended it, ${at} when.
var closingTitles = [tcp.NumEndings]finding{
	tcp.StillOpen: {
		Text{"The capture ends here, the connection is still open", "抓包到此为止，连接仍然打开"},
		Text{"Nobody closed it. How it went on is not known.", "没有人关闭它，之后如何不得而知。"},
	},
	tcp.NoAnswer: {
		Text{"No answer", "没有应答"},
		Text{"The client asked ${n} time${s}; nothing came back.", "客户端问了 ${n} 次，没有任何回音。"},
	},
	tcp.Refused: {
		Text{"Refused at ${at}", "在 ${at} 被拒绝"},
		Text{"The host is there, but nothing listens on this port.", "主机在，但这个端口没有程序在监听。"},
	},
	tcp.Orderly: {
		Text{"Closed in order; the ${who} began at ${at}", "正常关闭；${who}在 ${at} 先关闭"},
		Text{"Both directions were closed and acknowledged.", "两个方向都已关闭并得到确认。"},
	},
	tcp.Simultaneous: {
		Text{"Both sides closed at the same time, at ${at}", "双方在 ${at} 同时关闭"},
		Text{"The two FINs crossed; each side acknowledged the other's.", "两个 FIN 交错，双方各自确认了对方的。"},
	},
	tcp.HalfClosed: {
		Text{"The ${who} closed at ${at}; the ${other} did not", "${who}在 ${at} 关闭；${other}没有"},
		Text{"One direction is closed, the other was still open when the capture ended.", "一个方向已关闭，抓包结束时另一个方向仍打开。"},
	},
	tcp.Reset: {
		Text{"Reset by the ${resetter} at ${resetAt}", "${resetter}在 ${resetAt} 复位了连接"},
		Text{"The connection ended by force: what was on the way is lost.", "连接被强行结束，途中的数据丢失。"},
	},
}

// closedThenReset replaces the title where one side closed in order and the other answered with RST.
var closedThenReset = Text{
	"The ${who} closed at ${at}; the ${resetter} answered with RST",
	"${who}在 ${at} 关闭；${resetter}用 RST 回应",
}

// neverHad replaces the sentence of a reset connection whose server never had it.
var neverHad = Text{
	"The server's program never had this connection: the third handshake packet did not reach it.",
	"服务器的程序从未得到这条连接：第三次握手没有到达。",
}

// Ending is what the closing card says.
type Ending struct {
	Conn *tcp.Connection
	// At is when the end began, since the connection's start; Asked counts SYNs.
	At    time.Duration
	Asked int
	// Resetter sent the first RST, ResetAt after the start; valid if the ending is a reset. Closed says that a FIN came before.
	Resetter flow.Direction
	ResetAt  time.Duration
	Closed   bool
	// NeverHeard says that the server repeated its SYN-ACK after the client's confirmation.
	NeverHeard bool
}

// ClosingCard returns the closing card's title and sentence.
func ClosingCard(l Lang, e Ending) (title, text string) {
	w := closingTitles[e.Conn.Ending]
	if e.Conn.Ending == tcp.Reset {
		if e.Closed && e.Resetter != e.Conn.EndedBy {
			w.title = closedThenReset
		}
		if e.NeverHeard {
			w.text = neverHad
		}
	}
	get := func(name string) string {
		switch name {
		case "at":
			return Duration(e.At)
		case "resetAt":
			return Duration(e.ResetAt)
		case "resetter":
			return Side(l, e.Resetter)
		}
		return findingValue(l, diagnose.Finding{By: e.Conn.EndedBy, Count: e.Asked}, name)
	}
	return os.Expand(w.title.In(l), get), os.Expand(w.text.In(l), get)
}

// Folded describes segments folded into one row: how many, and the payload bytes of each side.
func Folded(l Lang, n int, payload [2]uint64) string {
	s := Count(uint64(n)) + " " + Text{"packets", "个包"}.In(l)
	for d := flow.ClientToServer; d <= flow.ServerToClient; d++ {
		if payload[d] > 0 {
			s += " · " + os.Expand(Text{"${b} from the ${who}", "${who}发送 ${b}"}.In(l), func(name string) string {
				if name == "b" {
					return Bytes(payload[d])
				}
				return Side(l, d)
			})
		}
	}
	if payload == [2]uint64{} {
		s += " · " + Text{"acknowledgments only", "只有确认"}.In(l)
	}
	return s
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
)

var factNames = [...]Text{{"lasted", "历时"}, {"client sent", "客户端发送"}, {"server sent", "服务器发送"}, {"sent again", "重发"}}

// Frame writes a packet number.
func Frame(n uint32) string { return "#" + strconv.FormatUint(uint64(n), 10) }

var endingNames = [tcp.NumEndings]Text{
	tcp.StillOpen: {"still open", "仍然打开"}, tcp.NoAnswer: {"no answer", "没有应答"}, tcp.Refused: {"refused", "被拒绝"},
	tcp.Orderly: {"closed in order", "正常关闭"}, tcp.Simultaneous: {"both closed at once", "同时关闭"},
	tcp.HalfClosed: {"half closed", "半关闭"}, tcp.Reset: {"reset", "被复位"},
}

// EndingName says in two or three words how a connection ended.
func EndingName(l Lang, e tcp.Ending) string { return endingNames[e].In(l) }
