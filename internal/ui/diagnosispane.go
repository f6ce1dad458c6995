package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// diagnosisPane lists how far the capture can be believed, the findings about a connection, the gravest first, each with the packets
// that show it, what else it may mean and what to try, and last our own reading of the labels.
type diagnosisPane struct {
	w       *Window
	root    *fyne.Container
	scroll  *container.Scroll
	content *fyne.Container
	cards   []*findingCard
	shown   diagnosisContent // what the cards say
}

// diagnosisContent is all that the cards depend on, but for the settings.
type diagnosisContent struct {
	findings *diagnose.Finding // the first one: the list is made anew, never changed
	trust    *diagnose.TrustFinding
	opinions *diagnose.OpinionSet
	page     *app.Capture
	// other is the number of the conversation that is not TCP, -1 if none is shown, and others the first finding about it.
	other  int
	others *diagnose.OtherFinding
}

// now is what there is to be said.
func (d *diagnosisPane) now() diagnosisContent {
	c := d.w.app.Capture
	now := diagnosisContent{page: c, other: -1}
	if c.Chat != nil {
		now.opinions = c.Chat.Opinions()
	}
	if c.Other.Shown() {
		if now.other = c.Other.Index; len(c.Other.Findings) > 0 {
			now.others = &c.Other.Findings[0]
		}
	}
	if len(c.Findings) > 0 {
		now.findings = &c.Findings[0]
	}
	if len(c.Trust) > 0 {
		now.trust = &c.Trust[0]
	}
	return now
}

// findingCard is one finding. Where head is set a new section begins above it.
type findingCard struct {
	head   *widget.Paragraph
	panel  *widget.Canvas
	title  *widget.Paragraph
	text   *widget.Paragraph
	more   []*widget.Paragraph // what else it may mean, what to try
	frames []*widget.Button
}

// diagnosisWords are the texts of the pane.
var diagnosisWords = struct{ other, try, second, opinion, conversation narrate.Text }{
	other:        narrate.Text{"Or: ${n}", "另一种可能：${n}"},
	try:          narrate.Text{"Try: ${n}", "可以试试：${n}"},
	second:       narrate.Text{"A second look at the labels", "对标签的再判断"},
	opinion:      narrate.Text{"${of} × ${n}", "${n} × ${of}"},
	conversation: narrate.Text{"This conversation", "这个会话"},
}

// maxSeconds bounds the opinions that are summed up.
const maxSeconds = 6

func newDiagnosisPane(w *Window) *diagnosisPane {
	d := &diagnosisPane{w: w}
	d.content = arrange(fyne.NewSize(0, 0), func(fyne.Size) {})
	d.scroll = container.NewVScroll(d.content)
	d.root = arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(d.scroll, 0, 0, size.Width, size.Height)
		d.flow(size.Width)
	}, d.scroll)
	return d
}

func (d *diagnosisPane) changed(c app.Change) {
	if c&(app.ChatChanged|app.PageChanged|app.PanesChanged|app.SettingsChanged) == 0 {
		return
	}
	if now := d.now(); now != d.shown || c&app.SettingsChanged != 0 {
		d.shown = now
		d.make(d.w.app.Capture)
	}
}

// make makes the cards.
func (d *diagnosisPane) make(capture *app.Capture) {
	d.cards = d.cards[:0]
	for _, f := range capture.Trust {
		line, text := narrate.Trust(d.w.lang(), f)
		d.cards = append(d.cards, d.card(f.Severity, line, text, f.Frames))
	}
	about := len(d.cards)
	here := words.thisConnection
	if capture.Other.Shown() {
		here = diagnosisWords.conversation
		d.others(capture.Other.Findings)
	} else {
		d.connection(capture)
	}
	if about > 0 { // otherwise there is only one thing that the cards can be about
		d.cards[0].head = d.head(words.thisCapture)
		if about < len(d.cards) {
			d.cards[about].head = d.head(here)
		}
	}
	if !capture.Other.Shown() {
		d.seconds(capture)
	}
	d.content.Objects = nil
	for _, card := range d.cards {
		if card.head != nil {
			d.content.Objects = append(d.content.Objects, card.head)
		}
		d.content.Objects = append(d.content.Objects, card.panel, card.title, card.text)
		for _, p := range card.more {
			d.content.Objects = append(d.content.Objects, p)
		}
		for _, b := range card.frames {
			d.content.Objects = append(d.content.Objects, b)
		}
	}
	d.flow(d.root.Size().Width)
	d.content.Refresh()
}

// connection adds the findings about the connection shown.
func (d *diagnosisPane) connection(capture *app.Capture) {
	for _, f := range byWeight(capture.Findings) {
		title, text := narrate.Finding(d.w.lang(), f)
		card := d.card(f.Severity, title, text, f.Frames)
		other, try := narrate.FindingAdvice(d.w.lang(), f)
		d.say(card, diagnosisWords.other, other)
		d.say(card, diagnosisWords.try, try)
		d.cards = append(d.cards, card)
	}
}

// others adds the findings about a conversation that is not TCP.
func (d *diagnosisPane) others(findings []diagnose.OtherFinding) {
	for _, f := range findings {
		title, text, other, try := narrate.OtherFinding(d.w.lang(), f)
		card := d.card(f.Severity, title, text, f.Frames)
		d.say(card, diagnosisWords.other, other)
		d.say(card, diagnosisWords.try, try)
		d.cards = append(d.cards, card)
	}
}

// byWeight puts what is bad in front; what is equally bad keeps its order.
func byWeight(fs []diagnose.Finding) []diagnose.Finding {
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, func(a, b diagnose.Finding) int {
		return cmp.Compare(max(b.Severity, diagnose.OK), max(a.Severity, diagnose.OK)) // what is good and what is told come last alike
	})
	return fs
}

// say adds a sentence to a card, if there is one.
func (d *diagnosisPane) say(card *findingCard, t narrate.Text, sentence string) {
	if sentence != "" {
		card.more = append(card.more, widget.NewParagraph(fill(d.w.lang(), t, sentence, ""), widget.Note))
	}
}

// seconds adds our own reading of the labels.
func (d *diagnosisPane) seconds(capture *app.Capture) {
	sums := capture.Chat.OpinionSums()
	for i, s := range sums[:min(len(sums), maxSeconds)] {
		title := fill(d.w.lang(), diagnosisWords.opinion, s.Name, narrate.Count(uint64(s.Count)))
		card := d.card(diagnose.Info, title, s.Meaning, s.Frames)
		if i == 0 {
			card.head = d.head(diagnosisWords.second)
		}
		d.cards = append(d.cards, card)
	}
}

var findingSeverities = map[diagnose.Severity]timeline.Severity{
	diagnose.Info: timeline.Info, diagnose.OK: timeline.OK, diagnose.Warn: timeline.Warn, diagnose.Fail: timeline.Fail,
}

func (d *diagnosisPane) head(t narrate.Text) *widget.Paragraph {
	return widget.NewParagraph(d.w.t(t), widget.Heavy)
}

func (d *diagnosisPane) card(severity diagnose.Severity, title, text string, frames []uint32) *findingCard {
	card := &findingCard{title: widget.NewParagraph(title, widget.Heavy), text: widget.NewParagraph(text, widget.Note)}
	card.panel = widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, w, h float32) {
		p.Panel(0, 0, w, h, p.P.Card, p.P.Edge, theme.RadiusCard)
		icon, fg, _ := widget.SeverityStyle(p.P, findingSeverities[severity])
		p.Icon(12, 13, 16, icon, fg)
	})
	for _, frame := range frames {
		card.frames = append(card.frames, widget.NewButton(widget.Quiet, "", narrate.Frame(frame), func() { d.goTo(frame) }))
	}
	return card
}

// goTo shows a packet, wherever it belongs.
func (d *diagnosisPane) goTo(frame uint32) {
	if d.w.app.Capture.Other.Shown() {
		d.w.app.GoToFrame(frame)
		return
	}
	d.w.app.GoTo(frame)
}

// flow puts the cards below each other.
func (d *diagnosisPane) flow(w float32) {
	const pad, inner, icon = 12, 12, 24
	room := w - 2*pad
	if room <= 0 {
		return
	}
	y := float32(10)
	for _, c := range d.cards {
		if c.head != nil {
			y += putText(c.head, pad, y+4, room) + 12
		}
		top, x := y, float32(pad+inner)
		y += 10
		y += putText(c.title, x+icon, y, room-2*inner-icon) + 4
		y += putText(c.text, x+icon, y, room-2*inner-icon) + 6
		for _, p := range c.more {
			y += putText(p, x+icon, y, room-2*inner-icon) + 6
		}
		fx := x + icon
		for _, b := range c.frames {
			bw := b.MinSize().Width
			if fx+bw > pad+room-inner && fx > x+icon {
				fx = x + icon
				y += 26
			}
			put(b, fx, y, bw, 22)
			fx += bw + 4
		}
		if len(c.frames) > 0 {
			y += 28
		}
		y += 6
		put(c.panel, pad, top, room, y-top)
		y += 10
	}
	d.content.Layout.(*placing).least = fyne.NewSize(0, y)
	d.content.Resize(fyne.NewSize(w, y))
	d.scroll.Refresh()
}
