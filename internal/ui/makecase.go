package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/app"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// makeWords are the texts of making a case.
var makeWords = struct {
	title, name, nameHint, summary, summaryHint, try, tryHint, ask, how, none, ready, save, noTitle, lacks, make, annotate narrate.Text
}{
	title:       narrate.Text{"Make a case of the notes", "用备注做一个案例"},
	name:        narrate.Text{"Title", "标题"},
	nameHint:    narrate.Text{"At most ten words", "最多 24 个字"},
	summary:     narrate.Text{"In one line", "一句话介绍"},
	summaryHint: narrate.Text{"What a reader will understand", "读者会明白什么"},
	try:         narrate.Text{"At the end", "结尾"},
	tryHint:     narrate.Text{"What would you try next? (may stay empty)", "接下来会怎么做？（可以不填）"},
	ask:         narrate.Text{"Questions read from the packets", "根据包自动出题"},
	how: narrate.Text{
		"A note is a step: its first line is the title, the rest the text; a line that begins with = says what it is good for. Packets that are only marked belong to the step before. A question stands in a note, line by line: ? the question, + the right answer, - a wrong one, ! the reason.",
		"一条备注就是一步：第一行是标题，其余是正文；以 = 开头的一行说明有什么用。只做了标记的包归入前一步。问题也写在备注里，每行一项：? 问题，+ 正确答案，- 错误答案，! 理由。",
	},
	none:     narrate.Text{"Nothing to make a case of yet: write a note on a packet first (E).", "还没有内容：先给包写备注（E）。"},
	ready:    narrate.Text{"${n} and ${of}.", "${n}，${of}。"},
	noTitle:  narrate.Text{"The title is missing.", "还缺标题。"},
	lacks:    narrate.Text{"Something is too long or missing: ${n}", "有内容过长或缺失：${n}"},
	save:     narrate.Text{"Save the case…", "保存案例…"},
	make:     narrate.Text{"make a case of the marks and notes", "用标记和备注做一个案例"},
	annotate: narrate.Text{"export the lesson as packet comments", "把课程导出为包注释"},
}

// stepCounts and questionCounts word how much a case holds.
var (
	oneStep       = narrate.Text{"1 step", "1 步"}
	someSteps     = narrate.Text{"${n} steps", "${n} 步"}
	oneQuestion   = narrate.Text{"1 question", "1 个问题"}
	someQuestions = narrate.Text{"${n} questions", "${n} 个问题"}
)

// makeCommands make cases.
func (w *Window) makeCommands() []command {
	return []command{
		{id: "case.make", group: groupPacket, does: makeWords.make, can: w.onPackets, do: w.makeCase},
		{
			id: "case.annotate", group: groupPacket, does: makeWords.annotate,
			can: func() bool { return w.onCapture() && w.app.Capture.Case != nil }, do: w.saveAnnotated,
		},
	}
}

// caseMaker is the dialog that asks for what the notes do not say.
type caseMaker struct {
	w                    *Window
	of                   *app.Capture
	title, summary, last *fynewidget.Entry
	ask                  *widget.Segmented
	asks                 bool
	words                *widget.Canvas
	save                 *widget.Button
	state                string
	made                 *lesson.Case
}

// Measures of the dialog, in pixels.
const (
	makeWidth  = 660
	makeRow    = 46
	makeLabel  = 190
	makeHeight = 470
)

// makeCase opens the dialog.
func (w *Window) makeCase() {
	m := &caseMaker{w: w, of: w.app.Capture, asks: true}
	field := func(hint narrate.Text) *fynewidget.Entry {
		e := fynewidget.NewEntry()
		e.SetPlaceHolder(w.t(hint))
		e.OnChanged = func(string) { m.update() }
		return e
	}
	m.title, m.summary, m.last = field(makeWords.nameHint), field(makeWords.summaryHint), field(makeWords.tryHint)
	m.ask = widget.NewSegmented([]string{w.t(onOff[0]), w.t(onOff[1])}, 1, func(i int) { m.asks = i == 1; m.update() })
	m.words = widget.NewCanvas(fyne.NewSize(0, 0), m.draw)
	m.save = widget.NewButton(widget.Primary, "save", w.t(makeWords.save), m.saveAs)
	content := arrange(fyne.NewSize(0, 0), m.place, m.words, m.title, m.summary, m.last, m.ask, m.save)
	m.update()
	w.openDialog(fyne.NewSize(makeWidth, makeHeight), w.t(makeWords.title), content)
	w.win.Canvas().Focus(m.title)
}

func (m *caseMaker) place(size fyne.Size) {
	put(m.words, 0, 0, size.Width, size.Height)
	for i, e := range []*fynewidget.Entry{m.title, m.summary, m.last} {
		put(e, makeLabel, float32(i)*makeRow, size.Width-makeLabel, 38)
	}
	aw := m.ask.MinSize().Width
	put(m.ask, size.Width-aw, 3*makeRow+2, aw, theme.ButtonHeight)
	sw := m.save.MinSize().Width
	put(m.save, size.Width-sw, size.Height-theme.ButtonHeight, sw, theme.ButtonHeight)
}

// update makes the case anew and says what it lacks.
func (m *caseMaker) update() {
	w := m.w
	if w.app.Capture != m.of {
		return
	}
	made, err := w.app.DraftCase(app.CaseDraft{Title: m.title.Text, Summary: m.summary.Text, Try: m.last.Text, Ask: m.asks})
	m.made = made
	m.save.Enable()
	switch {
	case made == nil || len(made.Steps) == 0:
		m.made, m.state = nil, w.t(makeWords.none)
		m.save.Disable()
	default:
		m.state = fill(w.lang(), makeWords.ready, w.count(len(made.Steps), oneStep, someSteps), w.count(len(made.Questions), oneQuestion, someQuestions))
		if err != nil {
			m.save.Disable()
		}
		switch {
		case strings.TrimSpace(m.title.Text) == "":
			m.state += " " + w.t(makeWords.noTitle)
		case err != nil:
			m.state += " " + fill(w.lang(), makeWords.lacks, strings.ReplaceAll(err.Error(), "\n", "; "), "")
		}
	}
	m.words.Refresh()
}

func (m *caseMaker) draw(p *widget.Pen, w, h float32) {
	for i, name := range []narrate.Text{makeWords.name, makeWords.summary, makeWords.try} {
		p.T(0, float32(i)*makeRow, makeLabel-12, 38, m.w.t(name), theme.Body, p.P.Text, widget.Left)
	}
	y := float32(3 * makeRow)
	p.T(0, y, w-120, 38, m.w.t(makeWords.ask), theme.Body, p.P.Text, widget.Left)
	y = p.Para(0, y+50, w, 18, m.w.t(makeWords.how), theme.Small, p.P.Text2, 6) + 12
	p.Para(0, y, w, 18, m.state, theme.Small, p.P.Text, int((h-theme.ButtonHeight-12-y)/18))
}

// saveAs asks for a name and saves.
func (m *caseMaker) saveAs() {
	w, made := m.w, m.made
	if made == nil {
		return
	}
	w.closeDialog()
	w.saveAs(made.ID+lesson.BundleExt, func(path string) {
		if w.app.Capture == m.of {
			w.app.SaveCase(made, path)
		}
	})
}

// saveAnnotated asks where to save the recording of the case with its steps.
func (w *Window) saveAnnotated() {
	c := w.app.Capture
	w.saveAs("case.pcapng", func(path string) {
		if w.app.Capture == c {
			w.overlay.Toast(timeline.Info, w.t(words.saveTo)+"…")
			w.app.SaveAnnotated(path)
		}
	})
}
