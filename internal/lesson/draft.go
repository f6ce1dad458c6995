package lesson

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcptalk/internal/narrate"
)

// Remark is a marked packet with what its author wrote about it, "" for nothing.
type Remark struct {
	Stream, Frame uint32
	Note          string
}

// Draft is what an author gives for a case.
type Draft struct {
	Title, Summary, Try string
	// Remarks become the steps, in the order of the packets.
	Remarks []Remark
	// Talk returns a connection to ask about; nil leaves out questions from the packets.
	Talk func(stream uint32) Talk
	Seed uint64
}

// Case makes a case of what an author wrote. A note is a step: its first line is the title, the rest the text, a line that begins
// with "=" the use in practice. A packet that is only marked belongs to the step before of the same connection. Lines of a note can
// ask a question about what comes after it:
//
//	? What will the server send next?
//	+ RST
//	- FIN
//	! Nobody listens on this port.
//
// The answers begin with + (right) and -, the reason with !.
func (d *Draft) Case() (*Case, error) {
	text := func(s string) narrate.Text { return same(strings.TrimSpace(s)) }
	c := &Case{
		ID: slug(d.Title), Track: Tracks()[0], Level: 1, Shared: true, Title: text(d.Title), Summary: text(d.Summary), Try: text(d.Try),
	}
	remarks := slices.Clone(d.Remarks)
	slices.SortStableFunc(remarks, func(a, b Remark) int { return cmp.Compare(a.Frame, b.Frame) })
	for _, r := range remarks {
		if !slices.Contains(c.Focus, r.Stream) && len(c.Focus) < maxFocus {
			c.Focus = append(c.Focus, r.Stream)
		}
		d.step(c, r)
	}
	c.Minutes = min(len(c.Steps)+1, maxMinutes)
	d.ask(c)
	slices.SortStableFunc(c.Questions, func(a, b Question) int { return cmp.Or(cmp.Compare(a.After, b.After), cmp.Compare(a.Before, b.Before)) })
	return c, c.validateShared()
}

// step adds the step and the question of a remark.
func (d *Draft) step(c *Case, r Remark) {
	if strings.TrimSpace(r.Note) == "" {
		for i := len(c.Steps) - 1; i >= 0; i-- {
			if s := &c.Steps[i]; s.Stream == r.Stream && len(s.Packets) < maxMarked {
				s.Packets = append(s.Packets, r.Frame)
				return
			}
		}
		return
	}
	n := parseNote(r.Note)
	s := Step{
		Stream: r.Stream, Packets: []uint32{r.Frame}, Title: same(n.title), Text: same(strings.Join(n.body, "\n")), Why: same(n.why),
	}
	if len(n.body) == 0 { // a single line says it all
		s.Title, s.Text = same("#"+strconv.FormatUint(uint64(r.Frame), 10)), same(n.title)
	}
	if n.question.Ask != (narrate.Text{}) {
		n.question.Stream, n.question.Before, n.question.After = r.Stream, r.Frame+1, len(c.Steps)
		c.Questions = append(c.Questions, n.question)
	}
	c.Steps = append(c.Steps, s)
}

// note is what the lines of a remark say.
type note struct {
	title, why string
	body       []string
	question   Question
}

func parseNote(text string) note {
	n := note{question: Question{Right: -1}}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			n.add(line)
		}
	}
	return n
}

// add takes a line over: what its first character says it is.
func (n *note) add(line string) {
	first, size := utf8.DecodeRuneInString(line)
	rest := strings.TrimSpace(line[size:])
	asked := n.question.Ask != (narrate.Text{})
	switch {
	case first == '?' || first == '？':
		n.question.Ask = same(rest)
	case asked && first == '+':
		n.question.Right = len(n.question.Options)
		n.question.Options = append(n.question.Options, Option{Text: same(rest)})
	case asked && first == '-':
		n.question.Options = append(n.question.Options, Option{Text: same(rest)})
	case asked && (first == '!' || first == '！'):
		n.question.Because = same(rest)
	case first == '=':
		n.why = rest
	case n.title == "":
		n.title = line
	default:
		n.body = append(n.body, line)
	}
}

// ask adds questions from the packets where the steps leave room for them: behind a step, about packets that none has shown yet.
func (d *Draft) ask(c *Case) {
	if d.Talk == nil {
		return
	}
	for _, stream := range c.Focus {
		t := d.Talk(stream)
		if t == nil {
			continue
		}
		for _, q := range Quiz(t, d.Seed) {
			q.After = -1
			for i := range c.Steps {
				s := &c.Steps[i]
				if s.Stream != stream {
					continue
				}
				if s.Packets[len(s.Packets)-1] >= q.Before {
					break
				}
				q.After = i
			}
			if q.After >= 0 && len(c.Questions) < maxSharedQuestions {
				c.Questions = append(c.Questions, q)
			}
		}
	}
}

// slug makes an id of a title.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == maxID {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "case"
}

// Notes are the steps of a case as remarks on their first packets, for programs that show comments on packets.
func (c *Case) Notes(l narrate.Lang) map[uint32]string {
	notes := make(map[uint32]string, len(c.Steps))
	for i := range c.Steps {
		s := &c.Steps[i]
		note := strconv.Itoa(i+1) + "/" + strconv.Itoa(len(c.Steps)) + " " + s.Title.In(l) + "\n" + s.Text.In(l)
		if why := s.Why.In(l); why != "" {
			note += "\n" + why
		}
		if before := notes[s.Packets[0]]; before != "" {
			note = before + "\n\n" + note
		}
		notes[s.Packets[0]] = note
	}
	return notes
}
