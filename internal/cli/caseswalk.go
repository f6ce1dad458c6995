package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/lesson"
	"tcptalk/internal/lesson/proof"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// casesWalkCmd walks through a case.
type casesWalkCmd struct {
	Case      string `arg:"" help:"The case's name, or a part of it, or its number, or a .tcpcase file."`
	chatFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *casesWalkCmd) Help() string { return helpCases }

func (c *casesWalkCmd) run(ctx context.Context, e *env) (err error) {
	k, s, err := openLesson(ctx, c.Case)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	w, err := newWalk(ctx, e, &c.chatFlags, s)
	if err != nil {
		return err
	}
	if w.facts, err = proof.Packets(s); err != nil {
		return err
	}
	w.t.caseHead(k)
	if err := w.steps(k); err != nil && !errors.Is(err, errLeft) {
		return err
	}
	return w.t.flush()
}

// errLeft says that the reader ended the walk.
var errLeft = errors.New("left")

// walk shows a case or a quiz bit by bit and asks the reader.
type walk struct {
	ctx   context.Context
	t     *terminal
	in    *bufio.Reader
	s     *session.Session
	facts lesson.Facts
	chats map[int]*timeline.Chat
	// asked and right count the questions answered; given holds those of the case, by index.
	asked, right int
	given        map[int]bool
	// echo ends the line of a prompt where no terminal shows the reader's Enter.
	echo bool
}

func newWalk(ctx context.Context, e *env, flags *chatFlags, s *session.Session) (*walk, error) {
	t, err := newTerminal(e, flags)
	if err != nil {
		return nil, err
	}
	f, ok := e.stdin.(*os.File)
	echo := !ok || !term.IsTerminal(int(f.Fd()))
	return &walk{ctx: ctx, t: t, echo: echo, in: bufio.NewReader(e.stdin), s: s, chats: map[int]*timeline.Chat{}, given: map[int]bool{}}, nil
}

// steps walks through the steps of a case with the questions behind each.
func (w *walk) steps(k *lesson.Case) error {
	for i := 0; i < len(k.Steps); {
		if err := w.step(k, i); err != nil {
			return err
		}
		for q := range k.Questions {
			if k.Questions[q].After == i && !w.given[q] {
				if err := w.ask(&k.Questions[q], q+1); err != nil {
					return err
				}
				w.given[q] = true
			}
		}
		by := 1
		if i+1 < len(k.Steps) {
			answer, err := w.read(w.t.dim(caseWords.goOn.In(w.t.lang)))
			switch {
			case errors.Is(err, io.EOF): // nobody there: the rest without waiting
			case err != nil:
				return err
			case answer == "q":
				return errLeft
			case answer == "b":
				by = -1
			}
		}
		i = max(i+by, 0)
	}
	w.t.line("%s", w.t.paint(ansiBold, caseWords.end.In(w.t.lang)))
	w.score()
	if try := k.Try.In(w.t.lang); try != "" {
		w.t.line("%s", w.t.paint(ansiBold, caseWords.try.In(w.t.lang)))
		w.text(try)
	}
	return nil
}

func (w *walk) step(k *lesson.Case, i int) error {
	step := &k.Steps[i]
	w.t.line("%s", w.t.paint(ansiBold, fmt.Sprintf("%d/%d  %s", i+1, len(k.Steps), step.Title.In(w.t.lang))))
	w.t.line("")
	if err := w.shown(step); err != nil {
		return err
	}
	w.t.line("")
	w.text(step.Text.In(w.t.lang))
	if why := step.Why.In(w.t.lang); why != "" {
		w.t.line("")
		w.text(why)
	}
	w.t.line("")
	return nil
}

// shown prints the packets of a step, or the conversation that is not TCP and that it speaks of.
func (w *walk) shown(step *lesson.Step) error {
	if step.Beside != 0 {
		if _, other := w.s.Locate(step.Beside); other >= 0 {
			return w.t.other(w.ctx, w.s, other)
		}
	}
	return w.packets(int(step.Stream), step.Packets...)
}

// proof prints the packet that shows the answer, or the conversation that is not TCP and that holds it.
func (w *walk) proof(q *lesson.Question) error {
	frame := q.Proof()
	stream, other := w.s.Locate(frame)
	if other >= 0 {
		return w.t.other(w.ctx, w.s, other)
	}
	return w.packets(stream, frame)
}

// text prints wrapped text.
func (w *walk) text(s string) {
	for _, l := range wrap(s, w.t.width-4) {
		w.t.line("  %s", l)
	}
}

// packets prints packets of a connection as bubbles; what there is not is left out.
func (w *walk) packets(stream int, frames ...uint32) error {
	chat, err := w.chat(stream)
	if err != nil {
		return err
	}
	var row timeline.Row
	for _, frame := range frames {
		if p := chat.View().Find(frame); p >= 0 && chat.RowOf(p) >= 0 {
			chat.Row(chat.RowOf(p), &row)
			w.t.row(chat, &row)
		}
	}
	return w.t.err
}

func (w *walk) chat(stream int) (*timeline.Chat, error) {
	if c := w.chats[stream]; c != nil {
		return c, nil
	}
	v, err := w.s.View(stream)
	if err != nil {
		return nil, err
	}
	talk, err := w.s.Conversation(w.ctx, v)
	if err != nil {
		return nil, err
	}
	own, err := diagnose.Opinions(w.ctx, v)
	if err != nil {
		return nil, err
	}
	o := timeline.DefaultOptions()
	o.Lang, o.FoldRuns = w.t.lang, false
	w.chats[stream] = timeline.NewChat(v, talk, o, nil).WithOpinions(own)
	return w.chats[stream], nil
}

// ask asks a question, waits for the answer, and shows what proves the right one.
func (w *walk) ask(q *lesson.Question, number int) error {
	right, err := q.Answer(w.facts)
	if err != nil {
		return err
	}
	w.t.line("%s", w.t.paint(ansiBold+ansiBlue, fmt.Sprintf(caseWords.question.In(w.t.lang), number)))
	w.text(q.Ask.In(w.t.lang))
	for i, o := range q.Options {
		w.t.line("    %c  %s", letter(i), o.Text.In(w.t.lang))
	}
	choice, err := w.choose(len(q.Options))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	w.asked++
	switch {
	case choice == right:
		w.right++
		w.t.line("  %s", w.t.severity(timeline.OK, caseWords.right.In(w.t.lang)))
	case choice >= 0:
		w.t.line("  %s", w.t.severity(timeline.Warn, fmt.Sprintf(caseWords.wrong.In(w.t.lang), letter(right), q.Options[right].Text.In(w.t.lang))))
	default:
		w.t.line("  %s", fmt.Sprintf(caseWords.passed.In(w.t.lang), letter(right), q.Options[right].Text.In(w.t.lang)))
	}
	w.text(q.Because.In(w.t.lang))
	w.t.line("")
	if err := w.proof(q); err != nil {
		return err
	}
	w.t.line("")
	return nil
}

// choose reads an answer, -1 for none. It asks again for what is no letter of the question.
func (w *walk) choose(options int) (int, error) {
	for {
		answer, err := w.read(fmt.Sprintf("  "+caseWords.answer.In(w.t.lang), letter(options-1)))
		switch {
		case err != nil || answer == "":
			return -1, err
		case answer == "q":
			return -1, errLeft
		}
		if r := []rune(answer); len(r) == 1 && r[0] >= 'a' && int(r[0]-'a') < options {
			return int(r[0] - 'a'), nil
		}
		w.t.line("  %s", caseWords.again.In(w.t.lang))
	}
}

func letter(i int) rune { return rune('A' + i) }

// maxAnswerLine bounds a line that is read from the reader.
const maxAnswerLine = 1 << 12

// read shows a prompt and reads a line in small letters.
func (w *walk) read(prompt string) (string, error) {
	if w.t.err == nil {
		_, w.t.err = w.t.w.WriteString(prompt)
	}
	if err := w.t.flush(); err != nil {
		return "", err
	}
	if err := w.ctx.Err(); err != nil {
		return "", err
	}
	var line []byte
	for len(line) < maxAnswerLine {
		c, err := w.in.ReadByte()
		if err != nil {
			w.t.line("")
			return "", err
		}
		if c == '\n' {
			if w.echo {
				w.t.line("")
			}
			break
		}
		line = append(line, c)
	}
	return strings.ToLower(strings.TrimFunc(string(line), unicode.IsSpace)), nil
}

func (w *walk) score() {
	if w.asked > 0 {
		w.t.line("%s", fmt.Sprintf(caseWords.score.In(w.t.lang), w.right, w.asked))
	}
}

// before shows what a reader may see before a question: the last packets that come before what it asks for.
func (w *walk) before(q *lesson.Question) error {
	const shown = 3
	chat, err := w.chat(int(q.Stream))
	if err != nil {
		return err
	}
	v := chat.View()
	var frames []uint32
	for i := range v.Len() {
		if f := v.At(i).Frame; f < q.Before {
			frames = append(frames, f)
		}
	}
	if err := w.packets(int(q.Stream), frames[max(0, len(frames)-shown):]...); err != nil {
		return err
	}
	w.t.centred(caseWords.hidden.In(w.t.lang), w.t.dim)
	return nil
}

// casesQuizCmd asks the questions of a case, or questions about a connection.
type casesQuizCmd struct {
	Case       string `arg:"" help:"The case's name, or a part of it, or its number, a .tcpcase file, or a capture file."`
	Connection int    `default:"0" help:"Number of the connection of a capture file, from 0."`
	Seed       uint64 `default:"1" help:"Another number asks other questions about a capture file."`
	chatFlags  `embed:""`
}

// Help implements kong's detailed help.
func (c *casesQuizCmd) Help() string { return helpCases }

func (c *casesQuizCmd) run(ctx context.Context, e *env) (err error) {
	if !lesson.IsBundle(c.Case) && isFile(c.Case) {
		return c.onCapture(ctx, e)
	}
	k, s, err := openLesson(ctx, c.Case)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	w, err := newWalk(ctx, e, &c.chatFlags, s)
	if err != nil {
		return err
	}
	if w.facts, err = proof.Packets(s); err != nil {
		return err
	}
	w.t.caseHead(k)
	return w.quiz(k.Questions)
}

// onCapture asks about a connection of a capture file.
func (c *casesQuizCmd) onCapture(ctx context.Context, e *env) (err error) {
	s, err := open(e, c.Case)
	if err != nil {
		return err
	}
	s, damage, err := read(ctx, s)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	v, err := s.View(c.Connection)
	if err != nil {
		return errors.Join(err, damage)
	}
	w, err := newWalk(ctx, e, &c.chatFlags, s)
	if err != nil {
		return err
	}
	talk := proof.NewTalk(v)
	w.facts = talk
	w.t.head(s, v)
	return errors.Join(w.quiz(lesson.Quiz(talk, c.Seed)), damage)
}

// quiz asks questions one after the other.
func (w *walk) quiz(questions []lesson.Question) error {
	if len(questions) == 0 {
		w.t.line("%s", caseWords.noQuestions.In(w.t.lang))
		return w.t.flush()
	}
	for i := range questions {
		err := w.before(&questions[i])
		if err == nil {
			err = w.ask(&questions[i], i+1)
		}
		if errors.Is(err, errLeft) {
			break
		}
		if err != nil {
			return err
		}
	}
	w.score()
	return w.t.flush()
}

// casesCheckCmd checks cases of somebody's own.
type casesCheckCmd struct {
	File []string `arg:"" help:"Files to check."`
}

// Help implements kong's detailed help.
func (c *casesCheckCmd) Help() string { return helpCases }

func (c *casesCheckCmd) run(ctx context.Context, e *env) error {
	p := printer{w: newBufferedWriter(e.stdout)}
	var errs []error
	for _, name := range c.File {
		line, err := checkCase(ctx, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		p.line("%s", line)
	}
	return errors.Join(append([]error{p.flush()}, errs...)...)
}

// checkCase opens a case and compares what it says with its recording.
func checkCase(ctx context.Context, name string) (line string, err error) {
	k, b, err := lesson.ReadBundle(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	s, err := sessionOf(ctx, b, name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	defer closing(s, &err)
	f, err := proof.Facts(ctx, s)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if wrong := k.Check(f); len(wrong) > 0 {
		return "", fmt.Errorf("%s: %w", name, errors.Join(wrong...))
	}
	return caseHolds(name, visible(k.Title.In(narrate.English)), len(k.Steps), len(k.Questions), int(f.PacketCount())), nil
}
