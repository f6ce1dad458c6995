package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// lessonPane shows one step of a lesson, a question, or its end; its controls stay in place when the text scrolls.
type lessonPane struct {
	w           *Window
	root        *fyne.Container
	head        *widget.Canvas
	scroll      *container.Scroll
	content     *fyne.Container
	title, text *widget.Paragraph
	answers     [maxAnswers]*widget.Answer
	// boxHead and boxText stand in a box whose look is box: what a step is good for, the verdict, what to try.
	boxHead, boxText *widget.Paragraph
	boxPanel         *widget.Canvas
	box              boxLook
	packet           *widget.Button
	foot             *widget.Canvas
	back, next, play *widget.Button
	// link does what the button at the top says, forward what the one at the bottom says.
	link, forward, backward func()
}

// maxAnswers is the most answers that a question offers.
const maxAnswers = 4

// answerLetters choose an answer.
const answerLetters = "abcd"

// boxLook is what a box means.
type boxLook uint8

const (
	boxGood boxLook = iota
	boxBad
	boxHint
)

// Measures of the lesson, in pixels.
const (
	panePad    = 16
	lessonHead = 60
	lessonFoot = 60
)

func newLessonPane(w *Window) *lessonPane {
	l := &lessonPane{w: w}
	l.head = widget.NewCanvas(fyne.NewSize(0, lessonHead), l.drawHead)
	l.foot = widget.NewCanvas(fyne.NewSize(0, lessonFoot), func(p *widget.Pen, w, _ float32) { p.HLine(0, 0, w, p.P.Line) })
	l.packet = widget.NewButton(widget.Quiet, "", "", func() { l.link() })
	l.title = widget.NewParagraph("", widget.Headline)
	l.text = widget.NewParagraph("", widget.Prose)
	l.boxHead = widget.NewParagraph("", widget.Heavy)
	l.boxText = widget.NewParagraph("", widget.Prose)
	l.boxPanel = widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, w, h float32) {
		look := [...]struct{ fill, bar color.Color }{{p.P.OKFill, p.P.OK}, {p.P.WarnFill, p.P.Warn}, {p.P.InfoFill, p.P.Info}}[l.box]
		p.Rect(0, 0, w, h, look.fill, theme.RadiusInset)
		p.Rect(0, 0, 3, h, look.bar, 1.5)
	})
	l.back = widget.NewButton(widget.Plain, "left", w.t(words.back), func() { l.backward() })
	l.next = widget.NewButton(widget.Primary, "", w.t(words.next), func() { l.forward() })
	l.play = widget.NewIconButton("play", w.t(playWords.play), w.app.TogglePlay)
	l.play.Overlay = w.overlay
	objects := []fyne.CanvasObject{l.title, l.text}
	for i := range l.answers {
		l.answers[i] = widget.NewAnswer(func() { w.app.Choose(i) })
		objects = append(objects, l.answers[i])
	}
	l.content = arrange(fyne.NewSize(0, 0), func(fyne.Size) {}, append(objects, l.boxPanel, l.boxHead, l.boxText)...)
	l.scroll = container.NewVScroll(l.content)
	l.root = arrange(fyne.NewSize(0, 0), l.place, l.head, l.scroll, l.foot, l.packet, l.back, l.play, l.next)
	return l
}

func (l *lessonPane) place(size fyne.Size) {
	w := size.Width
	put(l.head, 0, 0, w, lessonHead)
	pw := l.packet.MinSize().Width
	put(l.packet, w-pw-6, 8, pw, 28)
	put(l.scroll, 0, lessonHead, w, max(0, size.Height-lessonHead-lessonFoot))
	y := size.Height - lessonFoot
	put(l.foot, 0, y, w, lessonFoot)
	put(l.back, panePad, y+13, l.back.MinSize().Width, theme.ButtonHeight)
	put(l.play, panePad+l.back.MinSize().Width+6, y+13, theme.ButtonHeight, theme.ButtonHeight)
	bw := l.next.MinSize().Width
	put(l.next, w-bw-panePad, y+13, bw, theme.ButtonHeight)
	l.flow(w)
}

// flow puts the texts below each other.
func (l *lessonPane) flow(w float32) {
	room := w - 2*panePad
	y := float32(10)
	below := func(p *widget.Paragraph, x, room, gap float32) {
		if p.Visible() {
			y += putText(p, x, y, room) + gap
		}
	}
	below(l.title, panePad, room, 14)
	below(l.text, panePad, room, 16)
	for _, a := range l.answers {
		if a.Visible() {
			h := a.HeightFor(room)
			put(a, panePad, y, room, h)
			y += h + 8
		}
	}
	if l.boxPanel.Visible() {
		y += 4
		top := y
		y += 10
		below(l.boxHead, panePad+14, room-26, 4)
		below(l.boxText, panePad+14, room-26, 12)
		put(l.boxPanel, panePad, top, room, y-top)
		y += 12
	}
	l.content.Layout.(*placing).least = fyne.NewSize(0, y)
	l.content.Resize(fyne.NewSize(w, y))
	l.scroll.Refresh()
}

func (l *lessonPane) changed(c app.Change) {
	if c&(app.PlayChanged|app.LessonChanged|app.PanesChanged) != 0 {
		l.play.SetIcon(playIcon(l.w.app.Capture))
	}
	if c&(app.LessonChanged|app.PageChanged|app.PanesChanged|app.SettingsChanged) == 0 {
		return
	}
	s, a := l.w.app.Capture, l.w.app
	for _, answer := range l.answers {
		answer.Hide()
	}
	l.link, l.backward, l.forward = func() { a.StepBy(0) }, func() { a.StepBy(-1) }, func() { a.StepBy(1) }
	l.back.SetText(l.w.t(words.back))
	l.back.SetIcon("left")
	l.back.Enable()
	l.next.SetKind(widget.Primary)
	switch q := s.Question(); {
	case q != nil:
		l.showQuestion(s, q)
	case s.Quiz != nil:
		l.showQuizEnd(s)
	case s.Ended:
		l.showEnd(s)
	case s.LessonStep() != nil:
		l.showStep(s, s.LessonStep())
	default:
		return
	}
	l.head.Refresh()
	l.scroll.ScrollToTop()
	again(l.root)
	l.root.Refresh()
	if s.Question() != nil && s.Revealed() { // the answer is what counts now
		l.scroll.ScrollToBottom()
	}
}

// say shows a title and a text; without one there is none.
func (l *lessonPane) say(title, text string) {
	l.title.SetText(title)
	l.text.SetText(text)
	show(l.text, text != "")
}

// boxed shows a box, none without a text.
func (l *lessonPane) boxed(look boxLook, head, text string) {
	l.box = look
	l.boxHead.SetText(head)
	l.boxText.SetText(text)
	for _, o := range []fyne.CanvasObject{l.boxHead, l.boxText, l.boxPanel} {
		show(o, text != "")
	}
}

func (l *lessonPane) showStep(s *app.Capture, step *lesson.Step) {
	lang := l.w.lang()
	l.say(step.Title.In(lang), step.Text.In(lang))
	l.boxed(boxGood, l.w.t(words.inPractice), step.Why.In(lang))
	shown := step.Packets[0]
	if step.Beside != 0 {
		shown = step.Beside
	}
	l.packet.SetText(fill(lang, words.showPacket, narrate.Frame(shown), ""))
	l.next.SetText(l.w.t(words.next))
	if s.Step == 0 {
		l.back.Disable()
	}
}

func (l *lessonPane) showQuestion(s *app.Capture, q *lesson.Question) {
	lang := l.w.lang()
	l.say(q.Ask.In(lang), "")
	given, revealed := s.Answer()
	right := -1
	if revealed {
		right = s.Right()
	}
	for i := range min(len(q.Options), maxAnswers) {
		state := widget.AnswerOpen
		switch {
		case !revealed:
		case i == right:
			state = widget.AnswerRight
		case i == given.Choice:
			state = widget.AnswerWrong
		default:
			state = widget.AnswerLeft
		}
		l.answers[i].Set(string(answerLetters[i]-'a'+'A'), q.Options[i].Text.In(lang), state)
		l.answers[i].Show()
	}
	if !revealed {
		l.boxed(boxHint, "", "")
		l.packet.SetText(l.w.t(lessonWords.predict))
		l.next.SetText(l.w.t(lessonWords.reveal))
		l.next.SetKind(widget.Plain)
		l.noBack(s)
		return
	}
	look, head := boxBad, l.w.t(lessonWords.wrong)
	switch {
	case given.Right:
		look, head = boxGood, l.w.t(lessonWords.right)
	case given.Choice == app.Passed:
		look, head = boxHint, l.w.t(lessonWords.passed)
	}
	l.boxed(look, head, q.Because.In(lang))
	l.packet.SetText(fill(lang, words.showPacket, narrate.Frame(q.Proof()), ""))
	l.next.SetText(l.w.t(lessonWords.goOn))
	l.noBack(s)
}

// noBack makes the way back from the first question of a quiz the way out.
func (l *lessonPane) noBack(s *app.Capture) {
	if s.Quiz != nil && s.Quiz.At == 0 {
		l.endQuiz(s)
	}
}

func (l *lessonPane) endQuiz(s *app.Capture) {
	l.backward = l.w.app.EndQuiz
	l.back.SetIcon("x")
	l.back.SetText(l.w.t(lessonWords.closeQuiz))
	if s.Case != nil {
		l.back.SetIcon("left")
		l.back.SetText(l.w.t(lessonWords.toLesson))
	}
}

// scoreText says how many answers were right.
func (l *lessonPane) scoreText(s *app.Capture) string {
	right, of := s.Score()
	t := lessonWords.score
	if right == of {
		t = lessonWords.allRight
	}
	return fill(l.w.lang(), t, itoa(right), itoa(of))
}

func (l *lessonPane) showEnd(s *app.Capture) {
	l.say(l.w.t(lessonWords.end), l.scoreText(s))
	l.boxed(boxHint, l.w.t(lessonWords.try), s.Case.Try.In(l.w.lang()))
	l.packet.SetText(l.w.t(lessonWords.startOver))
	l.link = l.w.app.StartOver
	if next := l.w.app.NextCase(); next != nil {
		l.next.SetText(l.w.t(lessonWords.nextCase))
		l.forward = l.w.app.OpenNextCase
		l.text.SetText(l.scoreText(s) + "\n\n" + fill(l.w.lang(), lessonWords.nextIs, next.Title.In(l.w.lang()), ""))
		return
	}
	l.next.SetText(l.w.t(words.backHome))
	l.forward = l.w.app.GoHome
	l.text.SetText(l.scoreText(s) + "\n\n" + l.w.t(lessonWords.allDone))
}

func (l *lessonPane) showQuizEnd(s *app.Capture) {
	l.say(l.w.t(lessonWords.quizEnd), l.scoreText(s)+"\n\n"+l.w.t(lessonWords.quizHint))
	l.boxed(boxHint, "", "")
	l.endQuiz(s)
	l.packet.SetText("")
	l.packet.SetText(l.w.t(words.back))
	l.link = func() { l.w.app.StepBy(-1) }
	l.next.SetText(l.w.t(lessonWords.more))
	l.forward = l.w.app.StartQuiz
}

// drawHead writes which step or question this is, with a bar for each step and a dot for each question: filled once it was
// answered right, a ring with a wrong answer.
func (l *lessonPane) drawHead(p *widget.Pen, w, _ float32) {
	s := l.w.app.Capture
	if s == nil || !s.Learning() {
		return
	}
	where, steps, at := l.where(s)
	p.T(panePad, 11, w-2*panePad, 22, where, theme.Body, p.P.Text2, widget.Left)
	const gap, dot = 4, 6
	bar := (w - 2*panePad - float32(steps-1)*gap) / float32(steps)
	for i := range steps {
		fg := p.P.Hover
		switch {
		case i == at:
			fg = p.P.Accent
		case i < at:
			fg = p.P.OK
		}
		p.Rect(panePad+float32(i)*(bar+gap), 40, bar, 4, fg, 2)
	}
	count := map[int]int{} // questions drawn behind each step
	for _, q := range l.marks(s) {
		x := panePad + float32(q.after+1)*(bar+gap) - gap - dot - float32(count[q.after])*(dot+3)
		count[q.after]++
		switch {
		case q.given && q.right:
			p.Dot(x, 49, dot, p.P.OK)
		case q.given:
			p.Panel(x, 49, dot, dot, color.Transparent, p.P.Warn, dot/2)
		case q.now:
			p.Dot(x, 49, dot, p.P.Accent)
		default:
			p.Panel(x, 49, dot, dot, color.Transparent, p.P.Control, dot/2)
		}
	}
}

// where says where the reader is, and which of how many bars stands for that.
func (l *lessonPane) where(s *app.Capture) (text string, bars, at int) {
	lang := l.w.lang()
	switch {
	case s.Quiz != nil && s.Quiz.Over():
		return l.w.t(lessonWords.quizEnd), len(s.Quiz.Questions), s.Quiz.At
	case s.Quiz != nil:
		n := len(s.Quiz.Questions)
		return fill(lang, lessonWords.quizQuestion, itoa(s.Quiz.At+1), itoa(n)), n, s.Quiz.At
	case s.Ended:
		return l.w.t(lessonWords.end), len(s.Case.Steps), len(s.Case.Steps)
	case s.Question() != nil:
		return fill(lang, lessonWords.question, itoa(s.Asking+1), itoa(len(s.Case.Questions))), len(s.Case.Steps), s.Step
	}
	return fill(lang, words.stepTitle, itoa(s.Step+1), itoa(len(s.Case.Steps))), len(s.Case.Steps), s.Step
}

// questionMark is what the head shows of a question.
type questionMark struct {
	after             int
	given, right, now bool
}

// marks are those of all questions, the last one behind a step first.
func (l *lessonPane) marks(s *app.Capture) []questionMark {
	var out []questionMark
	add := func(i, after int, now bool) {
		g, ok := s.Given(i)
		out = append([]questionMark{{after, ok, g.Right, now}}, out...)
	}
	if s.Quiz != nil {
		for i := range s.Quiz.Questions {
			add(i, i, i == s.Quiz.At)
		}
		return out
	}
	for i := range s.Case.Questions {
		add(i, s.Case.Questions[i].After, i == s.Asking)
	}
	return out
}
