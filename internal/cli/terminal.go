package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
)

// Columns of the terminal chat.
const (
	defaultWidth = 100
	minWidth     = 60
	maxWidth     = 140
	gutter       = 15 // the longest state name, its mark and a space
)

// terminal prints a chat: the client's state at the left edge, the server's at the right, the bubbles between them.
type terminal struct {
	printer
	lang     narrate.Lang
	notation narrate.Notation
	all      bool
	color    bool
	others   bool // say that there are other connections
	width    int
	words    terminalWords
}

func newTerminal(e *env, f *chatFlags) (*terminal, error) {
	t := &terminal{printer: printer{w: newBufferedWriter(e.stdout)}, notation: notations[f.Notation], all: f.All, words: chatWords, others: true}
	var err error
	if t.lang, err = chooseLang(e, f.Lang); err != nil {
		return nil, err
	}
	cols, isTerminal := terminalWidth(e.stdout)
	t.color = f.Color == "always" || f.Color == "auto" && isTerminal && e.getenv("NO_COLOR") == ""
	if f.Width > 0 {
		cols = f.Width
	}
	t.width = min(max(cols, minWidth), maxWidth)
	return t, nil
}

// chooseLang returns the language named by a flag, or that of the environment.
func chooseLang(e *env, flag string) (narrate.Lang, error) {
	name := firstSet(flag, e.getenv("LC_ALL"), e.getenv("LC_MESSAGES"), e.getenv("LANG"))
	lang, known := narrate.ParseLang(name)
	if !known && flag != "" {
		return lang, errors.New(unknownLanguage(flag))
	}
	return lang, nil
}

func firstSet(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func terminalWidth(w io.Writer) (cols int, isTerminal bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return defaultWidth, false
	}
	cols, _, err := term.GetSize(int(f.Fd()))
	if err != nil || cols <= 0 {
		cols = defaultWidth
	}
	return cols, true
}

// ANSI colours: the client blue, the server yellow, severities as usual.
const (
	ansiReset  = "\x1b[0m"
	ansiBold   = "\x1b[1m"
	ansiDim    = "\x1b[2m"
	ansiRed    = "\x1b[31m"
	ansiGreen  = "\x1b[32m"
	ansiYellow = "\x1b[33m"
	ansiBlue   = "\x1b[34m"
	ansiOrange = "\x1b[38;5;208m"
)

func (t *terminal) paint(code, s string) string {
	if !t.color || s == "" {
		return s
	}
	return code + s + ansiReset
}

func (t *terminal) dim(s string) string { return t.paint(ansiDim, s) }

func (t *terminal) side(d flow.Direction, s string) string {
	if d == flow.ClientToServer {
		return t.paint(ansiBlue, s)
	}
	return t.paint(ansiYellow, s)
}

func (t *terminal) severity(v timeline.Severity, s string) string {
	switch v {
	case timeline.OK:
		return t.paint(ansiGreen, s)
	case timeline.Warn:
		return t.paint(ansiOrange, s)
	case timeline.Fail:
		return t.paint(ansiRed, s)
	}
	return s
}

// head prints who talks to whom.
func (t *terminal) head(s *session.Session, v *session.View) {
	c := &v.Conn
	client := narrate.Side(t.lang, flow.ClientToServer) + " " + c.Client.String()
	if c.ClientGuessed {
		client += " " + t.words.guessed.In(t.lang)
	}
	server := narrate.Side(t.lang, flow.ServerToClient) + " " + c.Server.String()
	t.line("%s%s%s", t.paint(ansiBold+ansiBlue, "● "+client), strings.Repeat(" ", max(3, t.width-columns(client)-columns(server)-4)),
		t.paint(ansiBold+ansiYellow, server+" ■"))
	t.line("%s", t.dim(fmt.Sprintf(t.words.facts.In(t.lang), v.Len(), narrate.Bytes(c.Bytes[0]+c.Bytes[1]),
		narrate.Duration(time.Duration(c.LastTime-c.FirstTime)), narrate.EndingName(t.lang, c.Ending))))
	t.line("")
}

func (t *terminal) row(chat *timeline.Chat, r *timeline.Row) {
	switch r.Kind {
	case timeline.Bubble:
		t.bubble(chat.View(), r)
	case timeline.Divider:
		t.centred("── "+r.Text+" ──", func(s string) string { return t.paint(ansiBold, s) })
	case timeline.Silence:
		t.centred("· · ·  "+r.Text+"  "+r.Detail+"  · · ·", t.dim)
	case timeline.Dropped:
		t.centred("! "+r.Text+"  "+r.Detail, func(s string) string { return t.severity(r.RowSeverity, s) })
	case timeline.Fold:
		t.centred("▸ "+r.Text+"  "+r.Detail, t.dim)
	case timeline.Closing, timeline.Failure:
		t.card(r)
	}
}

func (t *terminal) centred(s string, paint func(string) string) {
	s = visible(s)
	t.line("%s%s", strings.Repeat(" ", max(0, (t.width-columns(s))/2)), paint(s))
}

// bubble prints one segment; a bar at its sender's side marks it.
func (t *terminal) bubble(v *session.View, r *timeline.Row) {
	middle := t.width - 2*gutter
	text := middle * 4 / 5
	head := t.numbers(v, r)
	bold := func(s string) string { return t.paint(ansiBold, s) }
	lines := []styled{{fmt.Sprintf("#%d  %s", r.Frame, head), bold}, {r.Time + "  " + r.Delta, t.dim}}
	for _, c := range r.Chips {
		lines = append(lines, styled{chipMarks[c.Ours] + c.Text, func(s string) string { return t.severity(c.Severity, s) }})
	}
	if r.Title != "" {
		lines = append(lines, styled{r.Title, bold})
	}
	for _, l := range r.Lines {
		lines = append(lines, styled{"  " + l, nil})
	}
	for _, f := range r.Frames {
		lines = append(lines, styled{"  " + strings.Join([]string{f.Opcode, "FIN " + f.Fin, t.words.mask.In(t.lang) + " " + f.Mask, f.Length + " B", f.Payload}, "  "), nil})
	}
	if r.More > 0 {
		lines = append(lines, styled{fmt.Sprintf(t.words.more.In(t.lang), r.More), t.dim})
	}
	if r.Note != "" {
		lines = append(lines, styled{r.Note, func(s string) string { return t.severity(r.NoteSeverity, s) }})
	}
	n := 0
	for _, l := range lines {
		for _, s := range wrap(l.text, text) {
			t.bubbleLine(r, n, styled{s, l.paint}, middle)
			n++
		}
	}
}

// styled is a line with the way to paint it; nil for plain.
type styled struct {
	text  string
	paint func(string) string
}

// bubbleLine prints line n of a bubble; the states stand beside line 0.
func (t *terminal) bubbleLine(r *timeline.Row, n int, l styled, middle int) {
	left, right := "", ""
	if n == 0 {
		left, right = t.state(r.States[0]), t.state(r.States[1])
	}
	text := l.text
	if l.paint != nil {
		text = l.paint(text)
	}
	pad := strings.Repeat(" ", max(0, middle-columns(l.text)-2))
	body := t.side(r.Dir, "▌") + " " + text + pad
	if r.Dir == flow.ServerToClient {
		body = pad + text + " " + t.side(r.Dir, "▐")
	}
	mark := func(i int, s string) string {
		if r.States[i].Changed {
			return t.side(flow.Direction(i), s)
		}
		return t.dim(s)
	}
	line := mark(0, left) + strings.Repeat(" ", max(0, gutter-columns(left))) + body
	if right != "" {
		line += strings.Repeat(" ", max(1, gutter-columns(right))) + mark(1, right)
	}
	t.line("%s", strings.TrimRight(line, " "))
}

// state writes a state; a question mark says that the capture does not prove it.
func (t *terminal) state(m timeline.StateMark) string {
	if m.State == tcp.Unknown {
		return ""
	}
	if m.Inferred {
		return m.State.String() + "?"
	}
	return m.State.String()
}

// numbers writes a segment's flags and numbers in the chosen notation.
func (t *terminal) numbers(v *session.View, r *timeline.Row) string {
	rec := v.At(r.Packet)
	s := narrate.Segment{Flags: rec.Flags, Seq: rec.Seq, Ack: rec.Ack, NextSeq: rec.Seq + rec.Len, Len: rec.Len, Window: rec.Window}
	if t.notation != narrate.Tcpdump {
		return t.notation.Write(s)
	}
	if raw, ok := v.Raw(r.Packet); ok {
		s.Window = uint32(raw.Window) // tcpdump does not scale it, and prints the numbers of a SYN unrelated to a start
		if rec.Flags.Has(packet.SYN) {
			s.Seq, s.Ack, s.NextSeq = raw.Seq, raw.Ack, raw.Seq+rec.Len
		}
	}
	return t.notation.Write(s)
}

// card prints the closing card or what broke the capture.
func (t *terminal) card(r *timeline.Row) {
	t.line("")
	t.centred("── "+r.Text+" ──", func(s string) string { return t.severity(r.RowSeverity, t.paint(ansiBold, s)) })
	for _, s := range append([]string{r.Note, r.Detail}, r.Sentences...) {
		for _, l := range wrap(s, t.width-2*gutter) {
			t.centred(l, func(s string) string { return s })
		}
	}
	facts := make([]string, 0, len(r.Facts))
	for _, f := range r.Facts {
		facts = append(facts, f.Name+" "+f.Value)
	}
	if len(facts) > 0 {
		t.centred(strings.Join(facts, "  ·  "), t.dim)
	}
}

// chipMarks stand before Wireshark's labels and before our own readings.
var chipMarks = map[bool]string{false: "⚑ ", true: "◆ "}
