package lesson

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// both formats a text in every language: a text among the arguments is put in in that language.
func both(t narrate.Text, args ...any) narrate.Text {
	var out narrate.Text
	for l := range out {
		in := make([]any, len(args))
		for i, a := range args {
			if text, ok := a.(narrate.Text); ok {
				a = text[l]
			}
			in[i] = a
		}
		out[l] = fmt.Sprintf(t[l], in...)
	}
	return out
}

// sideText names an end.
func sideText(d flow.Direction) narrate.Text {
	var t narrate.Text
	for l := range t {
		t[l] = narrate.Side(narrate.Lang(l), d)
	}
	return t
}

// numberOptions are the right number and wrong ones, ascending, each once, at most four.
func numberOptions(what string, right uint32, wrong ...uint32) []Option {
	numbers := []uint32{right}
	for _, n := range wrong {
		if len(numbers) < maxOptions && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	slices.SortFunc(numbers, cmp.Compare[uint32])
	options := make([]Option, 0, len(numbers))
	for _, n := range numbers {
		v := strconv.FormatUint(uint64(n), 10)
		options = append(options, Option{Value: v, Text: valueText(what, v)})
	}
	return options
}

// summary is a segment in a few words.
func summary(s *Segment) string {
	text := s.Flags.String() + fmt.Sprintf(", seq %d", s.Seq)
	if s.Flags.Has(packet.ACK) {
		text += fmt.Sprintf(", ack %d", s.Ack)
	}
	return text + fmt.Sprintf(", len %d", s.Len)
}

func (m *quizMaker) ackQuestion(at int) Question {
	last, s := m.talk.At(at-1), m.talk.At(at)
	return Question{
		Ask: both(narrate.Text{
			"Packet %d of the %s carries %s. Next comes an acknowledgment from the %s. Which ACK number will it carry?",
			"%[2]s的 %[1]d 号包是 %[3]s。接着%[4]s发来确认，确认号会是多少？",
		}, last.Frame, sideText(last.Dir), summary(&last), sideText(s.Dir)),
		Options: numberOptions(ComputeAck, s.Ack, last.Seq, last.Next+1, last.Len, last.Ack),
		Compute: Compute{ComputeAck, s.Frame},
		Because: both(narrate.Text{
			"An ACK names the next byte that is expected: %d begins the packet, %d is what it takes up (SYN and FIN count as one), %d comes next.",
			"确认号是期待的下一个字节：该包从 %d 开始，占用 %d 个序号（SYN 和 FIN 各占一个），下一个就是 %d。",
		}, s.Ack-(last.Next-last.Seq), last.Next-last.Seq, s.Ack),
	}
}

func (m *quizMaker) seqQuestion(at int) Question {
	s := m.talk.At(at)
	before := Segment{}
	for i := at - 1; i >= 0; i-- {
		if before = m.talk.At(i); before.Dir == s.Dir {
			break
		}
	}
	return Question{
		Ask: both(narrate.Text{
			"The %s's last packet so far, %d, carries %s. Next it sends %d new bytes. With which sequence number do they begin?",
			"%s目前最近的包是 %d 号：%s。接着它发送 %d 字节新数据，起始序号是多少？",
		}, sideText(s.Dir), before.Frame, summary(&before), s.Len),
		Options: numberOptions(ComputeSeq, s.Seq, before.Seq, s.Seq+1, s.Next, before.Len),
		Compute: Compute{ComputeSeq, s.Frame},
		Because: both(narrate.Text{
			"New data begins where the data before it ended: %d + %d = %d.",
			"新数据紧接着上一段数据：%d + %d = %d。",
		}, before.Seq, before.Next-before.Seq, s.Seq),
	}
}

func (m *quizMaker) senderQuestion(at int) Question {
	last, s := m.talk.At(at-1), m.talk.At(at)
	why := narrate.Text{"A SYN or a FIN has to be answered, so the other side speaks next.", "SYN 和 FIN 都必须得到应答，所以接下来是对方发。"}
	if last.Labels.Any(tcp.KeepAlive | tcp.ZeroWindowProbe) {
		why = narrate.Text{"A probe asks for an answer, so the other side speaks next.", "探测就是要对方应答，所以接下来是对方发。"}
	}
	q := Question{
		Ask: both(narrate.Text{
			"The %s has sent packet %d: %s. Who sends the next packet?",
			"%s发出了 %d 号包：%s。下一个包由谁发出？",
		}, sideText(last.Dir), last.Frame, summary(&last)),
		Compute: Compute{ComputeNextSender, s.Frame},
		Because: why,
	}
	for _, side := range []string{Client, Server} {
		q.Options = append(q.Options, Option{Value: side, Text: valueText(ComputeNextSender, side)})
	}
	return q
}

func (m *quizMaker) labelQuestion(at int) Question {
	s := m.talk.At(at)
	right := knownLabel(s.Labels)
	q := Question{
		Ask: both(narrate.Text{
			"Packet %d comes from the %s: %s, window %d. How will Wireshark label it?",
			"%d 号包来自%s：%s，窗口 %d。Wireshark 会给它什么标签？",
		}, s.Frame, sideText(s.Dir), summary(&s), s.Window),
		Because: narrate.Label(right).Meaning,
	}
	q.Options = append(q.Options, Option{Text: narrate.Label(right).Name})
	order := m.rng.Perm(len(askedLabels))
	for _, i := range order {
		// A second label that is true as well would be no wrong answer.
		if l := askedLabels[i]; len(q.Options) < maxOptions && !s.Labels.Any(l) && alike(l) != alike(right) {
			q.Options = append(q.Options, Option{Text: narrate.Label(l).Name})
		}
	}
	return q
}

// alike puts the labels together that only the circumstances tell apart.
func alike(l tcp.Labels) tcp.Labels {
	for _, group := range [...]tcp.Labels{
		tcp.Retransmission | tcp.FastRetransmission | tcp.SpuriousRetransmission | tcp.OutOfOrder,
		tcp.KeepAlive | tcp.ZeroWindowProbe,
		tcp.KeepAliveAck | tcp.ZeroWindowProbeAck | tcp.DuplicateAck,
	} {
		if l.Any(group) {
			return group
		}
	}
	return l
}

func (m *quizMaker) windowQuestion(at int) Question {
	s := m.talk.At(at)
	other := sideText(s.Dir.Reverse())
	return Question{
		Ask: both(narrate.Text{
			"Packet %d from the %s says: window 0. What may the %s still send?",
			"%[2]s的 %[1]d 号包说：窗口为 0。%[3]s还可以发送什么？",
		}, s.Frame, sideText(s.Dir), other),
		Options: []Option{
			{Text: narrate.Text{"Acknowledgments and probes, no new data", "确认和探测，不能发新数据"}},
			{Text: narrate.Text{"As much as before: 0 means no limit", "照旧：0 表示没有限制"}},
			{Text: narrate.Text{"Nothing at all: the connection is over", "什么都不能发：连接已结束"}},
		},
		Because: both(narrate.Text{
			"A window is the room left at the receiver: the %s's buffer is full. Once its program reads, a larger window lets the %s go on.",
			"窗口是接收方剩余的空间：%s的缓冲区满了。等它的程序读走数据，更大的窗口会让%s继续发。",
		}, sideText(s.Dir), other),
	}
}

func (m *quizMaker) stateQuestion(at int) Question {
	last, s := m.talk.At(at-1), m.talk.At(at)
	end := flow.Direction(stateAsked(&last, &s))
	right, before := s.States[end].State(), last.States[end].State()
	what := ComputeClientState
	if end == flow.ServerToClient {
		what = ComputeServerState
	}
	q := Question{
		Ask: both(narrate.Text{
			"The %s is in %s. Packet %d comes from the %s: %s. In which state is the %s then?",
			"%s处于 %s。%d 号包来自%s：%s。此后%s处于什么状态？",
		}, sideText(end), before.String(), s.Frame, sideText(s.Dir), summary(&s), sideText(end)),
		Compute: Compute{what, s.Frame},
		Because: narrate.State(right),
	}
	for _, st := range append([]tcp.State{right, before}, neighbours(right)...) {
		o := Option{Value: st.String(), Text: same(st.String())}
		if len(q.Options) < maxOptions && !slices.Contains(q.Options, o) {
			q.Options = append(q.Options, o)
		}
	}
	return q
}

// neighbours are states that a reader could take for another one.
func neighbours(s tcp.State) []tcp.State {
	switch s {
	case tcp.Closed, tcp.TimeWait:
		return []tcp.State{tcp.TimeWait, tcp.Closed, tcp.LastAck, tcp.FinWait2}
	case tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck:
		return []tcp.State{tcp.CloseWait, tcp.FinWait2, tcp.FinWait1, tcp.LastAck}
	case tcp.Unknown, tcp.Listen, tcp.SynSent, tcp.SynReceived, tcp.Established:
	}
	return []tcp.State{tcp.SynReceived, tcp.Established, tcp.Listen, tcp.Closed}
}
