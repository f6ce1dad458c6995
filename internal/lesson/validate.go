package lesson

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tcptalk/internal/narrate"
)

// Bounds of a case: what fits on a card, beside the packets, and into one sitting.
const (
	maxNumber    = 999
	maxLevel     = 3
	maxMinutes   = 60
	maxTags      = 10
	maxFocus     = 10
	minSteps     = 4
	maxSteps     = 12
	minQuestions = 3
	maxQuestions = 8
	minOptions   = 2
	maxOptions   = 4
	maxMarked    = 24 // packets of one step
	maxPayload   = 1 << 16
	maxSources   = 10
)

// limit bounds a text: words in English, characters in Chinese.
type limit struct{ words, runes int }

var (
	titleLimit   = limit{10, 24}
	summaryLimit = limit{22, 48}
	textLimit    = limit{90, 200}
	whyLimit     = limit{50, 110}
	askLimit     = limit{40, 90}
	optionLimit  = limit{20, 48}
)

// validate reports everything that is wrong with a case, as far as the recording is not needed.
func (c *Case) validate() error {
	var p problems
	p.within("number", c.Number, 1, maxNumber)
	p.within("level", c.Level, 1, maxLevel)
	p.within("minutes", c.Minutes, 1, maxMinutes)
	p.within("tags", len(c.Tags), 1, maxTags)
	p.within("focus", len(c.Focus), 1, maxFocus)
	p.within("ladder", len(c.Ladder), 1, MaxArrows)
	p.within("steps", len(c.Steps), minSteps, maxSteps)
	p.within("questions", len(c.Questions), minQuestions, maxQuestions)
	p.within("sources", len(c.Sources), 1, maxSources)
	p.text("title", c.Title, titleLimit)
	p.text("summary", c.Summary, summaryLimit)
	p.textOrNone("try", c.Try, textLimit)
	if !strings.HasPrefix(c.ID, c.Track.ID+"-") {
		p.add("id", narrate.Text{"does not begin with the track, %q", "应以类别 %q 开头"}, c.Track.ID+"-")
	}
	for i, t := range c.Tags {
		if t == "" || t != strings.ToLower(t) {
			p.add(fmt.Sprintf("tag %d", i+1), narrate.Text{"want lower case", "应为小写"})
		}
	}
	for i := range c.Steps {
		p.step(fmt.Sprintf("step %d", i+1), &c.Steps[i])
	}
	for i := range c.Questions {
		p.question(fmt.Sprintf("question %d", i+1), &c.Questions[i])
		p.place(i, c)
		if q := &c.Questions[i]; q.Compute.What == "" && q.Within == [2]uint32{} {
			p.add(fmt.Sprintf("question %d: answer: packets", i+1), narrate.Text{"a choice of a bundled case is proved by its packets", "内置案例的选择题必须由包证明"})
		}
	}
	p.expectations(&c.Expect)
	return p.err()
}

// Bounds of a case of somebody's own: it may be as short as it likes.
const (
	maxSharedSteps     = 60
	maxSharedQuestions = 60
	maxID              = 80
)

// validateShared reports what is wrong with a case of somebody's own.
func (c *Case) validateShared() error {
	var p problems
	p.within("tags", len(c.Tags), 0, maxTags)
	p.within("focus", len(c.Focus), 0, maxFocus)
	p.within("ladder", len(c.Ladder), 0, MaxArrows)
	p.within("steps", len(c.Steps), 1, maxSharedSteps)
	p.within("questions", len(c.Questions), 0, maxSharedQuestions)
	p.within("sources", len(c.Sources), 0, maxSources)
	p.text("title", c.Title, titleLimit)
	p.textOrNone("summary", c.Summary, summaryLimit)
	p.textOrNone("try", c.Try, textLimit)
	if c.ID == "" || len(c.ID) > maxID || strings.ContainsFunc(c.ID, func(r rune) bool { return !strings.ContainsRune(idLetters, r) }) {
		p.add("id", narrate.Text{"want up to %d small letters, digits and hyphens", "最多 %d 个小写字母、数字和连字符"}, maxID)
	}
	for _, list := range [][]string{c.Tags, c.Sources} {
		for _, s := range list {
			p.plain("tags and sources", s)
		}
	}
	for i := range c.Steps {
		p.step(fmt.Sprintf("step %d", i+1), &c.Steps[i])
	}
	for i := range c.Questions {
		p.question(fmt.Sprintf("question %d", i+1), &c.Questions[i])
		p.place(i, c)
	}
	return p.err()
}

const idLetters = "abcdefghijklmnopqrstuvwxyz0123456789-"

func (p *problems) within(what string, n, low, high int) {
	if n < low || n > high {
		p.add(what, narrate.Text{"%d, want %d to %d", "%d，应为 %d 到 %d"}, n, low, high)
	}
}

func (p *problems) text(what string, t narrate.Text, l limit) {
	if t[narrate.English] == t[narrate.Chinese] { // one text for both: its own language counts
		size, most := len(strings.Fields(t[narrate.English])), l.words
		if strings.ContainsFunc(t[narrate.English], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			size, most = utf8.RuneCountInString(t[narrate.English]), l.runes
		}
		p.textIn(what, t[narrate.English], size, most)
		return
	}
	p.textIn(what+" (en)", t[narrate.English], len(strings.Fields(t[narrate.English])), l.words)
	p.textIn(what+" (zh-Hans)", t[narrate.Chinese], utf8.RuneCountInString(t[narrate.Chinese]), l.runes)
}

// textOrNone accepts a text that is missing in every language.
func (p *problems) textOrNone(what string, t narrate.Text, l limit) {
	if t != (narrate.Text{}) {
		p.text(what, t, l)
	}
}

func (p *problems) textIn(what, s string, size, most int) {
	switch {
	case strings.TrimSpace(s) == "":
		p.add(what, narrate.Text{"missing", "还没有"})
	case size > most:
		p.add(what, narrate.Text{"%d long, want at most %d", "长度 %d，最多 %d"}, size, most)
	case strings.ContainsRune(s, '→'):
		p.add(what, narrate.Text{"write the arrow as a word, it breaks font shaping", "箭头请写成文字，否则显示会出错"})
	default:
		p.plain(what, s)
	}
}

// plain refuses what acts on a terminal or turns the direction of writing round, instead of being read.
func (p *problems) plain(what, s string) {
	hidden := func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) || r == utf8.RuneError
	}
	if strings.ContainsFunc(s, hidden) || len(s) > maxCaseSize {
		p.add(what, narrate.Text{"holds characters that cannot be seen", "含有看不见的字符"})
	}
}

func (p *problems) step(what string, s *Step) {
	p.text(what+": title", s.Title, titleLimit)
	p.text(what+": text", s.Text, textLimit)
	p.textOrNone(what+": why", s.Why, whyLimit)
	p.within(what+": at", len(s.Packets), 1, maxMarked)
	for i, n := range s.Packets {
		if n == 0 || (i > 0 && n <= s.Packets[i-1]) {
			p.add(what+": at", narrate.Text{"packet numbers count from 1 and ascend", "包号从 1 开始，由小到大"})
		}
	}
	if s.Field != "" && !slices.Contains(Fields(), s.Field) {
		p.add(what, narrate.Text{"unknown field %q", "没有字段 %q"}, s.Field)
	}
	if s.Payload != [2]int{} && (s.Payload[0] < 0 || s.Payload[1] <= s.Payload[0] || s.Payload[1] > maxPayload) {
		p.add(what+": payload", narrate.Text{"%d to %d is not a range of bytes", "%d 到 %d 不是字节范围"}, s.Payload[0], s.Payload[1])
	}
}

// Valid reports what is wrong with a question by itself: texts that are missing or too long, options, the way to its answer.
func (q *Question) Valid() error {
	var p problems
	p.question("question", q)
	return p.err()
}

func (p *problems) question(what string, q *Question) {
	p.text(what+": ask", q.Ask, askLimit)
	p.text(what+": because", q.Because, textLimit)
	p.within(what+": options", len(q.Options), minOptions, maxOptions)
	for i, o := range q.Options {
		p.text(fmt.Sprintf("%s: option %d", what, i+1), o.Text, optionLimit)
		if slices.IndexFunc(q.Options, func(other Option) bool { return other.Text == o.Text }) != i {
			p.add(fmt.Sprintf("%s: option %d", what, i+1), narrate.Text{"stands there twice", "重复了"})
		}
	}
	if q.Before == 0 {
		p.add(what+": before", narrate.Text{"packet numbers count from 1", "包号从 1 开始"})
	}
	p.validConditions(what, q)
	if q.Compute.What == "" {
		p.within(what+": answer: choice", q.Right+1, 1, len(q.Options))
		return
	}
	if !slices.Contains(computes, q.Compute.What) {
		p.add(what+": answer", narrate.Text{"unknown value to compute %q", "不会计算 %q"}, q.Compute.What)
	}
	if q.Compute.Packet < q.Before {
		p.add(what+": answer", narrate.Text{"packet %d is not covered before the answer", "回答之前 %d 号包没有遮住"}, q.Compute.Packet)
	}
}

// place checks where question i is asked: in order, and before any step has shown what it covers.
func (p *problems) place(i int, c *Case) {
	q := &c.Questions[i]
	what := fmt.Sprintf("question %d: after", i+1)
	p.within(what, q.After+1, 1, len(c.Steps))
	if i > 0 && q.After < c.Questions[i-1].After {
		p.add(what, narrate.Text{"stands behind a question that is asked later", "排在更晚的问题后面"})
	}
	for s := range min(q.After+1, len(c.Steps)) {
		step := &c.Steps[s]
		if step.Stream == q.Stream && slices.ContainsFunc(step.Packets, func(n uint32) bool { return n >= q.Before }) {
			p.add(what, narrate.Text{"step %d has already shown packet %d or a later one", "第 %d 步已经露出 %d 号或更后面的包"}, s+1, q.Before)
		}
	}
}

var (
	computes  = []string{ComputeAck, ComputeSeq, ComputeLen, ComputeFlags, ComputeClientState, ComputeServerState, ComputeNextSender}
	protocols = []string{"http", "http2", "websocket", "redis", "mysql", "postgres", "dns", "tls"}
	// labels are Wireshark's names of remarks, without "tcp.analysis.".
	labels = []string{
		"retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "reused_ports", "lost_segment",
		"ack_lost_segment", "window_update", "window_full", "keep_alive", "keep_alive_ack", "duplicate_ack", "zero_window",
		"zero_window_probe", "zero_window_probe_ack", "tfo_syn", "tfo_ack", "tfo_ignored",
	}
	// states are those of RFC 9293 §3.3.2; the empty one is not checked.
	states = []string{
		"", "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",
		"LAST-ACK", "TIME-WAIT",
	}
)

// sha256Len is the length of a SHA-256 in hex.
const sha256Len = 64

func (p *problems) expectations(e *Expectations) {
	p.within("expect: connections", e.Connections, 1, 1<<16)
	for _, c := range e.Closing {
		p.oneOf("expect: closing: ending", c.Ending, Endings())
		p.oneOf("expect: closing: by", c.By, []string{"", Client, Server})
	}
	for n, names := range e.Labels {
		for _, l := range names {
			p.oneOf(fmt.Sprintf("expect: packet %d: label", n), l, labels)
		}
	}
	for n, s := range e.States {
		p.oneOf(fmt.Sprintf("expect: packet %d: client state", n), s.Client, states)
		p.oneOf(fmt.Sprintf("expect: packet %d: server state", n), s.Server, states)
	}
	for _, m := range e.Messages {
		p.oneOf(fmt.Sprintf("expect: message in packet %d: protocol", m.Packet), m.Protocol, protocols)
	}
	for _, d := range e.MayDrift {
		p.oneOf("expect: may_drift", d, Drifts())
	}
	for _, f := range e.Files {
		if f.Name == "" || len(f.SHA256) != sha256Len || f.Size < 1 {
			p.add("expect: file", narrate.Text{"%q: want name, size and sha256", "%q：需要名字、大小和 sha256"}, f.Name)
		}
	}
}

func (p *problems) oneOf(what, name string, allowed []string) {
	if !slices.Contains(allowed, name) {
		p.add(what, narrate.Text{"unknown name %q", "没有名字 %q"}, name)
	}
}
