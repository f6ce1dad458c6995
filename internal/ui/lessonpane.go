package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// lessonPane shows one step of a lesson; its controls stay in place when the text scrolls.
type lessonPane struct {
	w                          *Window
	root                       *fyne.Container
	head                       *widget.Canvas
	scroll                     *container.Scroll
	content                    *fyne.Container
	title, text, whyHead, why  *widget.Paragraph
	whyPanel                   *widget.Canvas
	packet, back, next, finish *widget.Button
	foot                       *widget.Canvas
}

// Measures of the lesson, in pixels.
const (
	panePad    = 16
	lessonHead = 56
	lessonFoot = 60
)

func newLessonPane(w *Window) *lessonPane {
	l := &lessonPane{w: w}
	l.head = widget.NewCanvas(fyne.NewSize(0, lessonHead), l.drawHead)
	l.foot = widget.NewCanvas(fyne.NewSize(0, lessonFoot), func(p *widget.Pen, w, _ float32) { p.HLine(0, 0, w, p.P.Line) })
	l.packet = widget.NewButton(widget.Quiet, "", "", func() { w.app.StepBy(0) })
	l.title = widget.NewParagraph("", widget.Headline)
	l.text = widget.NewParagraph("", widget.Prose)
	l.whyHead = widget.NewParagraph(w.t(words.inPractice), widget.Heavy)
	l.why = widget.NewParagraph("", widget.Prose)
	l.whyPanel = widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, w, h float32) {
		p.Rect(0, 0, w, h, p.P.OKFill, theme.RadiusInset)
		p.Rect(0, 0, 3, h, p.P.OK, 1.5)
	})
	l.back = widget.NewButton(widget.Plain, "left", w.t(words.back), func() { w.app.StepBy(-1) })
	l.next = widget.NewButton(widget.Primary, "", w.t(words.next), func() { w.app.StepBy(1) })
	l.finish = widget.NewButton(widget.Primary, "check", w.t(words.backHome), w.app.GoHome)
	l.content = arrange(fyne.NewSize(0, 0), func(fyne.Size) {}, l.title, l.text, l.whyPanel, l.whyHead, l.why)
	l.scroll = container.NewVScroll(l.content)
	l.root = arrange(fyne.NewSize(0, 0), l.place, l.head, l.scroll, l.foot, l.packet, l.back, l.next, l.finish)
	return l
}

func (l *lessonPane) place(size fyne.Size) {
	w := size.Width
	put(l.head, 0, 0, w, lessonHead)
	pw := l.packet.MinSize().Width
	put(l.packet, w-pw-6, 10, pw, 26)
	put(l.scroll, 0, lessonHead, w, max(0, size.Height-lessonHead-lessonFoot))
	y := size.Height - lessonFoot
	put(l.foot, 0, y, w, lessonFoot)
	put(l.back, panePad, y+13, l.back.MinSize().Width, theme.ButtonHeight)
	for _, b := range []*widget.Button{l.next, l.finish} {
		bw := b.MinSize().Width
		put(b, w-bw-panePad, y+13, bw, theme.ButtonHeight)
	}
	l.flow(w)
}

// flow puts the texts below each other.
func (l *lessonPane) flow(w float32) {
	room := w - 2*panePad
	y := float32(10)
	below := func(p *widget.Paragraph, x, room, gap float32) {
		y += putText(p, x, y, room) + gap
	}
	below(l.title, panePad, room, 10)
	below(l.text, panePad, room, 16)
	if l.why.Visible() {
		top := y
		y += 10
		below(l.whyHead, panePad+14, room-26, 4)
		below(l.why, panePad+14, room-26, 12)
		put(l.whyPanel, panePad, top, room, y-top)
		y += 12
	}
	l.content.Layout.(*placing).least = fyne.NewSize(0, y)
	l.content.Resize(fyne.NewSize(w, y))
	l.scroll.Refresh()
}

func (l *lessonPane) changed(c app.Change) {
	if c&(app.LessonChanged|app.PageChanged|app.PanesChanged|app.SettingsChanged) == 0 {
		return
	}
	s := l.w.app.Capture
	step := s.LessonStep()
	if step == nil {
		return
	}
	lang := l.w.lang()
	l.title.SetText(step.Title.In(lang))
	l.text.SetText(step.Text.In(lang))
	why := step.Why.In(lang)
	l.why.SetText(why)
	for _, o := range []fyne.CanvasObject{l.why, l.whyHead, l.whyPanel} {
		show(o, why != "")
	}
	l.packet.SetText(fill(lang, words.showPacket, narrate.Frame(step.Packets[0]), ""))
	last := s.Step == len(s.Case.Steps)-1
	show(l.next, !last)
	show(l.finish, last)
	if s.Step == 0 {
		l.back.Disable()
	} else {
		l.back.Enable()
	}
	l.head.Refresh()
	l.scroll.ScrollToTop()
	again(l.root)
}

// drawHead writes which step this is, with a bar for each.
func (l *lessonPane) drawHead(p *widget.Pen, w, _ float32) {
	s := l.w.app.Capture
	if s == nil || s.Case == nil {
		return
	}
	n := len(s.Case.Steps)
	p.T(panePad, 12, w-2*panePad, 22, fill(l.w.lang(), words.stepTitle, itoa(s.Step+1), itoa(n)), theme.Body, p.P.Text2, widget.Left)
	const gap = 4
	bar := (w - 2*panePad - float32(n-1)*gap) / float32(n)
	for i := range n {
		color := p.P.Hover
		switch {
		case i == s.Step:
			color = p.P.Accent
		case i < s.Step:
			color = p.P.OK
		}
		p.Rect(panePad+float32(i)*(bar+gap), 40, bar, 4, color, 2)
	}
}
