package narrate

import (
	"os"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/tcp"
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
	NumPhases = iota
)

var phases = [NumPhases]Text{
	PhaseHandshake: {"Handshake", "握手"},
	PhaseData:      {"Data", "数据"},
	PhaseClose:     {"Close", "关闭"},
	PhaseUpgrade:   {"Upgraded to ${protocol}", "升级为 ${protocol}"},
	PhaseMidway:    {"The capture begins in the middle of this connection", "抓包从这条连接的中途开始"},
}

// PhaseName returns the words of a divider; protocol is the name of what an upgrade leads to.
func PhaseName(l Lang, p Phase, protocol string) string {
	return os.Expand(phases[p].In(l), func(string) string { return ProtocolName(protocol) })
}

// closingTitles are the closing card's words, by ending. ${who} is who began to end it, ${at} when; ${resetter} and ${resetAt}
// belong to the first RST.
var closingTitles = [tcp.NumEndings]finding{
	tcp.StillOpen: {
		Text{"The capture ends here, the connection is still open", "抓包到此为止，连接仍然打开"},
		Text{"Nobody closed it. How it went on is not known.", "没有人关闭它，之后如何不得而知。"},
	},
	tcp.NoAnswer: {
		Text{"No answer", "没有应答"},
		Text{"The client asked ${times}; no TCP answer came back.", "客户端问了${times}，没有任何 TCP 回答。"},
	},
	tcp.Refused: {
		Text{"Refused at ${resetAt}", "在 ${resetAt} 被拒绝"},
		Text{"There never was a connection. Usually nothing listens on this port.", "从未建立连接。通常是这个端口没有程序在监听。"},
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
		Text{"The ${who} closed at ${at}; the ${other} did not", "${who}在 ${at} 关闭；${other}还没有关闭"},
		Text{"One direction is closed, the other was still open when the capture ended.", "一个方向已关闭，抓包结束时另一个方向仍打开。"},
	},
	tcp.Reset: {
		Text{"Reset by the ${resetter} at ${resetAt}", "${resetter}在 ${resetAt} 复位了连接"},
		Text{"The connection ended by force: anything still on the way or not yet read was lost.", "连接被强行结束，还在途中或没读的数据都丢失了。"},
	},
}

var (
	// closedThenReset replaces the title where one side closed in order and the other one reset.
	closedThenReset = Text{
		"The ${who} closed at ${at}; the ${resetter} answered with RST",
		"${who}在 ${at} 关闭；${resetter}用 RST 回应",
	}
	// closedThenRefused replaces the words where one side closed and then refused what still came.
	closedThenRefused = finding{
		Text{"The ${who} closed at ${at} and reset at ${resetAt}", "${who}在 ${at} 关闭，在 ${resetAt} 复位"},
		Text{"After its close it took nothing more: what the ${other} sent then was lost.", "关闭之后它不再接收：${other}此后发送的都丢失了。"},
	}
	// neverHad replaces the sentence of a reset connection whose server never had it, neverTaken of one of which it heard only
	// through the FIN.
	neverHad = Text{
		"The server never had this connection: for it the third handshake packet was missing to the end.",
		"服务器从未有过这条连接：对它来说，第三次握手始终没有到。",
	}
	neverTaken = Text{
		"For the server only the FIN finished the handshake; probably no program there ever took the connection.",
		"对服务器来说，直到 FIN 到达握手才算完成；那里多半从未有程序接受过这条连接。",
	}
	gaveUp = Text{
		"The other side had not answered its questions any more.",
		"对方已经不再回答它的探测。",
	}
	declined = Text{
		"The handshake was never finished.",
		"握手从未完成。",
	}
	// closedUnheard replaces the words where a FIN was never acknowledged, closedOneSided where that cannot be seen.
	closedUnheard = finding{
		Text{"The ${who} closed at ${at}, and nobody acknowledged it", "${who}在 ${at} 关闭，没有人确认"},
		Text{"How it went on is not known.", "之后如何不得而知。"},
	}
	closedOneSided = finding{
		Text{"The ${who} closed at ${at}", "${who}在 ${at} 关闭"},
		Text{"What the ${other} did is not in this capture.", "${other}做了什么不在这份抓包里。"},
	}
	unfinished = finding{
		Text{"The capture ends here, the handshake is not finished", "抓包到此为止，握手还没有完成"},
		Text{"The client did not confirm. How it went on is not known.", "客户端没有确认，之后如何不得而知。"},
	}
	quotedOnly = finding{
		Text{"No packet of this connection was captured", "没有抓到这条连接的包"},
		Text{"It is known only because ICMP errors quote one of its packets.", "只因为 ICMP 差错报文引用了它的一个包，才知道有这条连接。"},
	}
)

// Ending is what the closing card says.
type Ending struct {
	Conn *tcp.Connection
	// At is when the end began, since the connection's start; Asked counts SYNs.
	At    time.Duration
	Asked int
	// Resetter sent the first RST, ResetAt after the start; valid if the ending is a reset. Closed says that a FIN was sent
	// before the RST, or at all if there is none.
	Resetter flow.Direction
	ResetAt  time.Duration
	Closed   bool
	// Unfinished says that the server answered the SYN and that nobody went on from there.
	Unfinished bool
	// Reason is the moment of the first RST.
	Reason diagnose.Moment
}

// ClosingCard returns the closing card's title and sentence.
func ClosingCard(l Lang, e Ending) (title, text string) {
	w := e.words()
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
	return tidy(l, os.Expand(w.title.In(l), get)), tidy(l, os.Expand(w.text.In(l), get))
}

// words chooses the words of the closing card.
func (e *Ending) words() finding {
	packets := e.Conn.Packets
	switch {
	case packets == [2]uint32{}:
		return quotedOnly
	case e.Conn.Ending == tcp.StillOpen:
		return e.openWords(packets[flow.ClientToServer] == 0 || packets[flow.ServerToClient] == 0)
	case e.Conn.Ending == tcp.Reset:
		return e.resetWords()
	}
	return closingTitles[e.Conn.Ending]
}

// openWords are those of a connection that was not closed by both; oneSided says that only one side was captured.
func (e *Ending) openWords(oneSided bool) finding {
	switch {
	case e.Closed && oneSided:
		return closedOneSided
	case e.Closed:
		return closedUnheard
	case e.Unfinished:
		return unfinished
	}
	return closingTitles[tcp.StillOpen]
}

// resetWords are those of a connection that an RST ended.
func (e *Ending) resetWords() finding {
	w := closingTitles[tcp.Reset]
	switch {
	case e.Closed && e.Resetter == e.Conn.EndedBy:
		w = closedThenRefused
	case e.Closed:
		w.title = closedThenReset
	}
	switch e.Reason {
	case diagnose.RefuseLate:
		w.text = neverHad
	case diagnose.AbortUnused:
		w.text = neverTaken
	case diagnose.GiveUp:
		w.text = gaveUp
	case diagnose.Decline:
		w.text = declined
	default: // an RST without a story
	}
	return w
}
