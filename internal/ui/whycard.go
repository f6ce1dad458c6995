package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// whyWords are the texts of the card.
var whyWords = struct{ title, rule, numbers, packets, help, filter, looking, opinion, click narrate.Text }{
	title:   narrate.Text{"Why? Packet ${n}", "为什么？包 ${n}"},
	rule:    narrate.Text{"Rule", "规则"},
	numbers: narrate.Text{"Numbers", "数值"},
	packets: narrate.Text{"See", "参见"},
	help:    narrate.Text{"In practice", "实际中"},
	filter:  narrate.Text{"Filter", "过滤器"},
	looking: narrate.Text{"Looking for the numbers…", "正在查找数值…"},
	opinion: narrate.Text{"our own reading, beside Wireshark's label", "我们的判断，与 Wireshark 的标签并列"},
	click:   narrate.Text{"Click, or W: why?", "点击或按 W：为什么？"},
}

// whyWidth is the width of the card, in pixels.
const whyWidth = 560

// showWhy shows why packet i carries its labels, the one of chip first. Asked by a key, the keyboard goes to the first packet.
func (w *Window) showWhy(i, chip int, byKey bool) {
	shown := false
	w.app.Why(i, func(reasons []timeline.Reason, evidence bool) {
		if shown && w.dialog == nil { // closed meanwhile
			return
		}
		shown = true
		if chip > 0 && chip < len(reasons) {
			first := reasons[chip]
			reasons = append([]timeline.Reason{first}, append(reasons[:chip:chip], reasons[chip+1:]...)...)
		}
		card := w.openWhy(i, reasons, evidence)
		if byKey && len(card.links) > 0 {
			w.win.Canvas().Focus(card.links[0])
		}
	})
}

// openWhy opens the card, as high as its text or as the window allows.
func (w *Window) openWhy(i int, reasons []timeline.Reason, evidence bool) *whyCard {
	c := &whyCard{w: w}
	for k := range reasons {
		c.reason(&reasons[k], evidence)
	}
	const inner = whyWidth - 56
	height := c.flow(inner)
	content := arrange(fyne.NewSize(0, height), func(size fyne.Size) { c.flow(size.Width) }, c.objects...)
	scroll := container.NewVScroll(content)
	room := w.win.Canvas().Size().Height - 120
	size := fyne.NewSize(whyWidth, min(height+64+24, room))
	w.openDialog(size, fill(w.lang(), whyWords.title, narrate.Frame(w.app.Capture.View.At(i).Frame), ""), scroll)
	return c
}

// whyCard is the content of the card: blocks below each other.
type whyCard struct {
	w       *Window
	blocks  []whyBlock
	objects []fyne.CanvasObject
	links   []*widget.Button
}

// whyBlock is a line of the card: something named at the left, a text or packets at its right.
type whyBlock struct {
	name  *widget.Canvas // nil for a block over the whole width
	text  *widget.Paragraph
	links []*widget.Button
	chip  *widget.Canvas
	above float32
}

const (
	whyName = 84 // width of the names
	whyChip = 22 // height of a chip's line
	whyLink = 24
)

func (c *whyCard) add(b whyBlock) {
	c.blocks = append(c.blocks, b)
	for _, o := range []*widget.Canvas{b.name, b.chip} {
		if o != nil {
			c.objects = append(c.objects, o)
		}
	}
	if b.text != nil {
		c.objects = append(c.objects, b.text)
	}
	for _, l := range b.links {
		c.objects = append(c.objects, l)
		c.links = append(c.links, l)
	}
}

// named makes the name at the left of a block.
func (c *whyCard) named(t narrate.Text) *widget.Canvas {
	return widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, w, _ float32) {
		p.T(0, 0, w, 18, c.w.t(t), theme.Small, p.P.Text3, widget.Left)
	})
}

// reason adds one label, or one opinion.
func (c *whyCard) reason(r *timeline.Reason, evidence bool) {
	chip := r.Chip
	above := float32(0)
	if len(c.blocks) > 0 {
		above = 18
	}
	c.add(whyBlock{above: above, chip: widget.NewCanvas(fyne.NewSize(0, whyChip), func(p *widget.Pen, w, _ float32) {
		x := p.Badge(0, 0, widget.Badge{Text: chip.Text, Severity: chip.Severity}) + 10
		if chip.Ours {
			p.T(x, 0, w-x, 20, c.w.t(whyWords.opinion), theme.Tiny, p.P.Text2, widget.Left)
		}
	})})
	c.add(whyBlock{above: 4, text: widget.NewParagraph(r.Meaning, widget.Prose)})
	line := func(name narrate.Text, text string) {
		if text != "" {
			c.add(whyBlock{above: 6, name: c.named(name), text: widget.NewParagraph(text, widget.Note)})
		}
	}
	line(whyWords.rule, r.Rule)
	if !evidence && !chip.Ours {
		line(whyWords.numbers, c.w.t(whyWords.looking))
	}
	if len(r.Numbers) > 0 {
		c.add(whyBlock{above: 6, name: c.named(whyWords.numbers), chip: c.numbers(r.Numbers)})
	}
	if len(r.Frames) > 0 {
		b := whyBlock{above: 9, name: c.named(whyWords.packets)}
		for _, f := range r.Frames {
			b.links = append(b.links, widget.NewButton(widget.Quiet, "", fill(c.w.lang(), words.packet, narrate.Frame(f), ""), func() {
				c.w.closeDialog()
				c.w.app.SelectFrame(f)
			}))
		}
		c.add(b)
	}
	line(whyWords.help, r.Help)
	line(whyWords.filter, r.Filter)
	if id := c.w.chipHelp(&chip); id != "" {
		c.add(whyBlock{above: 9, links: []*widget.Button{widget.NewButton(widget.Quiet, "book", c.w.t(helpWords.page), func() { c.w.showHelp(id) })}})
	}
}

// numbers is a table of what the rule looked at.
func (c *whyCard) numbers(facts []timeline.Fact) *widget.Canvas {
	const row = 18
	return widget.NewCanvas(fyne.NewSize(0, float32(len(facts))*row), func(p *widget.Pen, w, _ float32) {
		for i, f := range facts {
			y := float32(i) * row
			p.T(0, y, w/2, row, f.Name, theme.Small, p.P.Text2, widget.Left)
			p.T(w/2, y, w/2, row, f.Value, theme.Mono, p.P.Text, widget.Left)
		}
	})
}

// flow puts the blocks below each other and returns their height.
func (c *whyCard) flow(w float32) float32 {
	y := float32(0)
	for i := range c.blocks {
		b := &c.blocks[i]
		y += b.above
		x := float32(0)
		if b.name != nil {
			put(b.name, 0, y, whyName, 18)
			x = whyName
		}
		switch {
		case b.chip != nil:
			h := b.chip.MinSize().Height
			put(b.chip, x, y, w-x, h)
			y += h
		case b.text != nil:
			y += putText(b.text, x, y, w-x)
		default:
			for _, l := range b.links {
				lw := l.MinSize().Width
				put(l, x-10, y-4, lw, whyLink)
				x += lw + 4
			}
			y += whyLink - 3
		}
	}
	return y
}

// why asks about the selected packet.
func (w *Window) why() {
	if c := w.app.Capture; c != nil && w.app.Page == app.CapturePage {
		w.showWhy(c.Packet, 0, true)
	}
}
