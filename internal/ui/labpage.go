package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/app"
	"tcptalk/internal/lab"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// labWords are the texts of the laboratory.
var labWords = struct {
	title, intro, params, noParams, takes, run, recording, noRight, missing, capturesOn, scenarios narrate.Text
}{
	title:      narrate.Text{"Lab", "实验"},
	intro:      narrate.Text{"Real traffic between two programs on this computer, captured while it happens.", "在本机两个程序之间产生真实流量，边发生边抓。"},
	scenarios:  narrate.Text{"Scenarios", "实验列表"},
	params:     narrate.Text{"Try it with other values", "换些参数试试"},
	noParams:   narrate.Text{"Nothing to set: it runs as it is.", "没有可调的参数，直接运行。"},
	takes:      narrate.Text{"takes about ${n}", "约需 ${n}"},
	run:        narrate.Text{"Run and watch", "运行并观看"},
	recording:  narrate.Text{"Open the recording", "打开录制"},
	noRight:    narrate.Text{"This computer may not capture yet: Run opens the recording of the same scenario instead.", "本机暂时不能抓包：“运行”会改为打开同一实验的录制。"},
	missing:    narrate.Text{"What is missing?", "缺什么？"},
	capturesOn: narrate.Text{"Captured on ${n}, with a filter for its port, and stopped by itself when it is over.", "在 ${n} 上抓取，只抓它的端口，结束后自动停止。"},
}

// labPage lists the scenarios of the laboratory, and plays them.
type labPage struct {
	w      *Window
	root   *fyne.Container
	face   *widget.Canvas
	home   *widget.Button
	list   *widget.List
	banner *widget.Banner
	detail *fyne.Container
	scroll *container.Scroll
	run    *widget.Button
	record *widget.Button
	params []labParam
	shown  *lab.Scenario
	title  *widget.Paragraph
	text   *widget.Paragraph
	head   *widget.Paragraph
	note   *widget.Paragraph
}

// labParam is a parameter with its control.
type labParam struct {
	p       *lab.Param
	label   *widget.Paragraph
	control fyne.CanvasObject
	hint    *widget.Paragraph
}

// Measures of the page, in pixels.
const (
	labTop    = 108
	labList   = 400
	labRow    = 66
	labFoot   = 74
	labGap    = 28
	labField  = 220
	labChoice = 12  // below a parameter
	labWidest = 420 // choices in a row
)

func newLabPage(w *Window) *labPage {
	l := &labPage{w: w}
	l.face = widget.NewCanvas(fyne.NewSize(0, 0), l.draw)
	l.home = widget.NewIconButton("home", w.t(words.home), w.app.GoHome)
	l.home.Overlay = w.overlay
	l.list = widget.NewList(labRow)
	l.list.Count = func() int { return len(w.app.Lab.Scenarios) }
	l.list.Draw = l.drawScenario
	l.list.OnSelect = w.app.ChooseScenario
	l.list.OnOpen = func(int) { l.play() }
	l.banner = widget.NewBanner(timeline.Info, "", w.t(labWords.noRight))
	l.banner.SetAction(w.t(labWords.missing), w.showLive)
	l.run = widget.NewButton(widget.Primary, "play", w.t(labWords.run), l.play)
	l.record = widget.NewButton(widget.Plain, "book", w.t(labWords.recording), func() { w.app.OpenCase(w.app.Lab.Scenario().Case) })
	l.title, l.text = widget.NewParagraph("", widget.Headline), widget.NewParagraph("", widget.Prose)
	l.head, l.note = widget.NewParagraph("", widget.Heavy), widget.NewParagraph("", widget.Note)
	l.detail = arrange(fyne.NewSize(0, 0), func(fyne.Size) {})
	l.scroll = container.NewVScroll(l.detail)
	l.root = arrange(minSize, l.place, l.face, l.home, l.list, l.banner, l.scroll, l.record, l.run)
	return l
}

func (l *labPage) place(size fyne.Size) {
	put(l.face, 0, 0, size.Width, size.Height)
	put(l.home, 20, 20, 32, 32)
	put(l.list, theme.PageMargin-8, labTop, labList, size.Height-labTop-16)
	x := float32(theme.PageMargin + labList + labGap)
	w := size.Width - x - theme.PageMargin
	top := float32(labTop - 26)
	if l.banner.Visible() {
		h := l.banner.HeightFor(w)
		put(l.banner, x, top, w, h)
		top += h + 16
	}
	put(l.scroll, x, top, w, size.Height-top-labFoot)
	l.flow(w)
	rw := l.run.MinSize().Width
	y := size.Height - labFoot + 20
	put(l.run, x, y, rw, theme.ButtonHeight)
	put(l.record, x+rw+10, y, l.record.MinSize().Width, theme.ButtonHeight)
}

// play runs the scenario chosen.
func (l *labPage) play() { l.w.app.RunLab(l.w.app.Lab.Scenario().ID) }

// changed shows what is new.
func (l *labPage) changed(c app.Change) {
	if c&(app.LabChanged|app.LiveChanged|app.PageChanged|app.SettingsChanged) == 0 || len(l.w.app.Lab.Scenarios) == 0 {
		return
	}
	a := l.w.app
	show(l.banner, a.Setup.Examined && !a.Setup.Diagnosis.Ready())
	if s := a.Lab.Scenario(); s != l.shown {
		l.shown = s
		l.fill(s)
	}
	l.list.Select(a.Lab.At)
	l.update()
	again(l.root)
	l.face.Refresh()
}

// fill makes the controls of a scenario.
func (l *labPage) fill(s *lab.Scenario) {
	lang := l.w.lang()
	l.title.SetText(s.Title[lang])
	l.text.SetText(s.Summary[lang])
	l.head.SetText(l.w.t(labWords.params))
	if len(s.Params) == 0 {
		l.head.SetText(l.w.t(labWords.noParams))
	}
	l.params = l.params[:0]
	objects := []fyne.CanvasObject{l.title, l.text, l.head}
	for i := range s.Params {
		p := &s.Params[i]
		x := labParam{
			p: p, label: widget.NewParagraph(upperFirst(p.Label[lang]), widget.Prose), control: l.control(s, p),
			hint: widget.NewParagraph("", widget.Secondary),
		}
		l.params = append(l.params, x)
		objects = append(objects, x.label, x.control, x.hint)
	}
	l.detail.Objects = append(objects, l.note)
	l.scroll.ScrollToTop()
	l.detail.Refresh()
}

// control makes the control of a parameter: a switch of its choices, or a line to fill in.
func (l *labPage) control(s *lab.Scenario, p *lab.Param) fyne.CanvasObject {
	a, value := l.w.app, l.w.app.Lab.Value(s, p)
	var names, labels []string
	switch p.Kind {
	case lab.OneOf:
		for _, c := range p.Choices {
			names, labels = append(names, c.Name), append(labels, c.Label[l.w.lang()])
		}
	case lab.Switch:
		names, labels = []string{"off", "on"}, []string{l.w.t(onOff[0]), l.w.t(onOff[1])}
	default:
		f := widget.NewField("")
		f.SetText(value)
		f.OnChanged = func(text string) { a.SetLabValue(p.Name, text) }
		f.OnSubmitted = func(string) { l.play() }
		return f
	}
	at := 0
	for i, n := range names {
		if n == value {
			at = i
		}
	}
	if choices := widget.NewSegmented(labels, at, func(i int) { a.SetLabValue(p.Name, names[i]) }); choices.MinSize().Width <= labWidest {
		return choices
	}
	// Too long to stand in a row.
	choices := fynewidget.NewRadioGroup(labels, nil)
	choices.Required = true
	choices.SetSelected(labels[at])
	choices.OnChanged = func(label string) { a.SetLabValue(p.Name, names[max(0, slices.Index(labels, label))]) }
	return choices
}

// update says what can be filled in, and how long it takes.
func (l *labPage) update() {
	a, lang := l.w.app, l.w.lang()
	possible := true
	for _, x := range l.params {
		text := ""
		if _, field := x.control.(*widget.Field); field {
			text = x.p.Range()[lang]
		}
		if f := a.Lab.Problem(l.shown, x.p); f != nil {
			text, possible = f.What[lang], false
		}
		if x.hint.Text != text {
			x.hint.SetText(text)
		}
		show(x.hint, text != "")
	}
	enable(l.run, possible)
	parts := []string{}
	if d, ok := a.Lab.Takes(); ok {
		parts = append(parts, upperFirst(fill(lang, labWords.takes, narrate.Duration(max(d.Round(100*time.Millisecond), 100*time.Millisecond)), ""))+l.w.t(words.stop))
	}
	if a.Setup.Diagnosis.Ready() {
		for _, n := range a.Setup.Interfaces {
			if n.Loopback {
				parts = append(parts, fill(lang, labWords.capturesOn, n.Name, ""))
				break
			}
		}
	}
	if text := strings.TrimSpace(strings.Join(parts, "")); l.note.Text != text {
		l.note.SetText(text)
	}
}

// flow puts the texts and controls below each other.
func (l *labPage) flow(w float32) {
	room := w - theme.ScrollbarSlot - 4
	y := putText(l.title, 2, 0, room) + 8
	y += putText(l.text, 2, y, room) + 20
	y += putText(l.head, 2, y, room) + 12
	for _, x := range l.params {
		y += putText(x.label, 2, y, room) + 4
		cw := x.control.MinSize().Width
		if _, field := x.control.(*widget.Field); field {
			cw = labField
		}
		ch := max(theme.FieldHeight, x.control.MinSize().Height)
		put(x.control, 2, y, min(cw, room), ch)
		if x.hint.Visible() && cw == labField {
			putText(x.hint, labField+16, y+9, max(1, room-labField-16))
		}
		y += ch + labChoice
	}
	y += putText(l.note, 2, y+4, room) + 8
	l.detail.Layout.(*placing).least = fyne.NewSize(0, y)
	l.detail.Resize(fyne.NewSize(w, y))
}

func (l *labPage) draw(p *widget.Pen, w, h float32) {
	t := l.w.t
	p.Rect(0, 0, w, h, p.P.Bg, 0)
	p.Icon(64, 25, 20, "lab", p.P.Accent)
	x := 94 + p.T(94, 19, 0, 32, t(labWords.title), theme.Wordmark, p.P.Text, widget.Left) + 18
	p.T(x, 19, w-x-20, 34, t(labWords.intro), theme.Body, p.P.Text2, widget.Left)
	p.HLine(0, 66, w, p.P.Line)
	p.T(theme.PageMargin, labTop-30, labList, 22, t(labWords.scenarios), theme.Strong, p.P.Text2, widget.Left)
	p.HLine(theme.PageMargin+labList+labGap, h-labFoot, w-theme.PageMargin*2-labList-labGap, p.P.Line)
}

func (l *labPage) drawScenario(p *widget.Pen, i int, w float32, _ widget.RowState) {
	s, lang := l.w.app.Lab.Scenarios[i], l.w.lang()
	p.T(14, 5, w-28, 20, s.Title[lang], theme.Strong, p.P.Text, widget.Left)
	p.Para(14, 25, w-28, 17, s.Summary[lang], theme.Small, p.P.Text2, 2)
}
