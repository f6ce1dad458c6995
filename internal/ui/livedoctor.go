package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// doctor says why this computer cannot capture, and what to do about it.
type doctor struct {
	w             *Window
	root          *fyne.Container
	face          *widget.Canvas
	tried, advice *fyne.Container
	left, right   *container.Scroll
	leftTexts     []*widget.Paragraph
	cards         []adviceCard
	note          []*widget.Paragraph
	again, close  *widget.Button
	remote        *widget.Button
}

// adviceCard is one way out.
type adviceCard struct {
	texts []*widget.Paragraph
	code  *widget.Paragraph
	copy  *widget.Button
	face  *widget.Canvas
}

const doctorLeft = 360

// showDoctor shows what was tried and what is missing.
func (w *Window) showDoctor() {
	d := &doctor{w: w}
	d.face = widget.NewCanvas(fyne.NewSize(0, 0), d.draw)
	d.fillTried()
	d.fillAdvice()
	d.again = widget.NewButton(widget.Primary, "retry", w.t(liveWords.retest), func() {
		w.app.Examine()
		w.showLive() // which comes back here if nothing has changed
	})
	d.close = widget.NewButton(widget.Plain, "", w.t(words.close), w.closeDialog)
	d.remote = widget.NewButton(widget.Quiet, "ssh", w.t(liveWords.remoteInstead), w.showRemote)
	d.left, d.right = container.NewVScroll(d.tried), container.NewVScroll(d.advice)
	d.root = arrange(fyne.NewSize(0, 0), d.place, d.face, d.left, d.right, d.remote, d.close, d.again)
	w.openDialog(fyne.NewSize(liveWidth, liveHeight), w.t(liveWords.title), d.root)
	w.win.Canvas().Focus(d.again)
}

func (d *doctor) place(size fyne.Size) {
	put(d.face, 0, 0, size.Width, size.Height)
	foot := size.Height - theme.ButtonHeight
	put(d.left, 0, 62, doctorLeft, foot-86)
	put(d.right, doctorLeft+28, 62, size.Width-doctorLeft-28, foot-86)
	d.flowTried(doctorLeft)
	d.flowAdvice(size.Width - doctorLeft - 28)
	x := size.Width
	for _, b := range []*widget.Button{d.again, d.close} {
		bw := b.MinSize().Width
		x -= bw
		put(b, x, foot, bw, theme.ButtonHeight)
		x -= 8
	}
	put(d.remote, -8, foot, d.remote.MinSize().Width, theme.ButtonHeight)
}

func (d *doctor) draw(p *widget.Pen, w, h float32) {
	t := d.w.t
	p.T(0, 0, w, 20, t(liveWords.doctorIntro), theme.Body, p.P.Text2, widget.Left)
	p.T(0, 34, doctorLeft, 20, t(liveWords.checked), theme.Strong, p.P.Text, widget.Left)
	p.T(doctorLeft+28, 34, w-doctorLeft-28, 20, t(liveWords.doOnce), theme.Strong, p.P.Text, widget.Left)
	p.HLine(-28, h-theme.ButtonHeight-14, w+56, p.P.Line)
}

// fillTried words what was tried.
func (d *doctor) fillTried() {
	l := d.w.lang()
	add := func(text string, kind widget.ParagraphKind) {
		d.leftTexts = append(d.leftTexts, widget.NewParagraph(text, kind))
	}
	tried := d.w.app.Setup.Diagnosis.Tried
	if len(tried) == 0 {
		add(d.w.t(liveWords.nothingTried), widget.Prose)
	}
	for i := range tried {
		add("✗ "+string(tried[i].Tool.Kind), widget.Heavy)
		add(tried[i].Tool.Path, widget.Code)
		if p := tried[i].Problem; p != nil {
			title, text := narrate.CaptureProblem(l, p.Kind)
			add(title+d.w.t(words.stop)+text, widget.Prose)
			if p.Message != "" {
				add(p.Message, widget.Secondary)
			}
		}
	}
	if err := d.w.app.Setup.ListErr; err != nil {
		add(err.Error(), widget.Secondary)
	}
	objects := make([]fyne.CanvasObject, 0, len(d.leftTexts))
	for _, p := range d.leftTexts {
		objects = append(objects, p)
	}
	d.tried = arrange(fyne.NewSize(0, 0), func(fyne.Size) {}, objects...)
}

func (d *doctor) flowTried(w float32) {
	y := float32(0)
	for i, p := range d.leftTexts {
		if i > 0 && p.TextStyle.Bold {
			y += 12
		}
		y += putText(p, 2, y, w-theme.ScrollbarSlot-4) + 5
	}
	d.fit(d.tried, w, y)
}

// fit makes what is scrolled as high as its texts.
func (d *doctor) fit(c *fyne.Container, w, h float32) {
	c.Layout.(*placing).least = fyne.NewSize(0, h)
	c.Resize(fyne.NewSize(w, h))
}

// fillAdvice words the ways out, each with its commands.
func (d *doctor) fillAdvice() {
	l := d.w.lang()
	var objects []fyne.CanvasObject
	said := map[string]bool{}
	for _, a := range d.w.app.Setup.Diagnosis.Advice {
		key := string(a.Kind) + strings.Join(a.Commands, "\n")
		if said[key] { // it helps two programs
			continue
		}
		said[key] = true
		c := adviceCard{texts: []*widget.Paragraph{widget.NewParagraph(narrate.CaptureAdvice(l, a.Kind), widget.Heavy)}}
		code := strings.Join(a.Commands, "\n")
		if code == "" {
			code = a.Link
		} else if a.Link != "" {
			c.texts = append(c.texts, widget.NewParagraph(fill(l, liveWords.openLink, a.Link, ""), widget.Secondary))
		}
		c.code = widget.NewParagraph(code, widget.Code)
		c.copy = widget.NewButton(widget.Plain, "copy", d.w.t(liveWords.copyIt), func() { d.w.copy(code) })
		c.face = widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, w, h float32) {
			p.Panel(0, 0, w, h, p.P.Card, p.P.Edge, theme.RadiusCard)
		})
		objects = append(objects, c.face)
		for _, t := range c.texts {
			objects = append(objects, t)
		}
		objects = append(objects, c.code, c.copy)
		d.cards = append(d.cards, c)
	}
	d.note = []*widget.Paragraph{
		widget.NewParagraph(d.w.t(liveWords.elseWorks), widget.Heavy), widget.NewParagraph(d.w.t(liveWords.elseText), widget.Note),
	}
	for _, n := range d.note {
		objects = append(objects, n)
	}
	d.advice = arrange(fyne.NewSize(0, 0), func(fyne.Size) {}, objects...)
}

func (d *doctor) flowAdvice(w float32) {
	const pad = 14
	w -= theme.ScrollbarSlot
	y := float32(0)
	for _, c := range d.cards {
		top := y
		y += pad
		bw := c.copy.MinSize().Width
		put(c.copy, w-pad-bw, y-4, bw, theme.ButtonHeight)
		for i, t := range c.texts {
			room := w - 2*pad
			if i == 0 {
				room -= bw + 12
			}
			y += putText(t, pad, y, room) + 6
		}
		y = max(y, top+pad+theme.ButtonHeight)
		y += putText(c.code, pad, y+2, w-2*pad) + pad
		put(c.face, 0, top, w, y-top)
		y += 12
	}
	y += 4
	for _, n := range d.note {
		y += putText(n, 2, y, w-4) + 4
	}
	d.fit(d.advice, w, y)
}
