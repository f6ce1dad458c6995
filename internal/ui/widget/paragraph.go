package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/ui/theme"
)

// Paragraph is wrapped text that can be selected and copied.
//
// Fyne breaks lines at spaces only, which tears Chinese text apart wherever a number or a Latin word stands in it. A text with
// wide characters is therefore broken here, and what is copied of it has the line breaks of the text alone.
type Paragraph struct {
	fynewidget.Label
	// text is what was set, width what it was broken for; broken are the places of our breaks in Label.Text.
	text   string
	width  float32
	broken []int
}

// ParagraphKind is the weight of a Paragraph.
type ParagraphKind uint8

// The kinds of paragraphs.
const (
	Prose     ParagraphKind = iota // 13
	Heavy                          // 13 bold
	Secondary                      // 11, for hints
	Code                           // monospace
	Headline                       // 16 bold
	Note                           // 12
)

// NewParagraph returns a paragraph.
func NewParagraph(text string, kind ParagraphKind) *Paragraph {
	p := &Paragraph{text: text}
	p.Label = fynewidget.Label{Text: text, Wrapping: fyne.TextWrapWord, Selectable: true}
	switch kind {
	case Prose:
	case Heavy:
		p.TextStyle.Bold = true
	case Secondary:
		p.SizeName = fynetheme.SizeNameCaptionText
		p.Importance = fynewidget.LowImportance
	case Headline:
		p.TextStyle.Bold = true
		p.SizeName = theme.SizeNameHeadline
	case Note:
		p.SizeName = theme.SizeNameNote
	case Code:
		p.TextStyle.Monospace = true
		p.Wrapping = fyne.TextWrapBreak
	}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is Fyne's.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := p.Label.CreateRenderer()
	return &paragraphRenderer{r, newSelection(r.Objects()[0].(fyneSelection), p.unbroken)}
}

// SetText shows another text.
func (p *Paragraph) SetText(text string) {
	p.text = text
	p.Label.Text = text
	p.wrap()
	p.Label.Refresh()
}

// Resize is Fyne's.
func (p *Paragraph) Resize(size fyne.Size) {
	if size.Width != p.width {
		p.width = size.Width
		if before := p.Label.Text; p.wrap() && p.Label.Text != before {
			p.Label.Refresh()
		}
	}
	p.Label.Resize(size)
}

// wrap breaks a text with wide characters to the width, and reports whether it did.
func (p *Paragraph) wrap() bool {
	p.broken = p.broken[:0]
	if p.width <= 0 || p.TextStyle.Monospace || !strings.ContainsFunc(p.text, isWide) {
		return false
	}
	size := fynetheme.SizeForWidget(fynetheme.SizeNameText, p)
	if p.SizeName != "" {
		size = fynetheme.SizeForWidget(p.SizeName, p)
	}
	room := p.width - 2*fynetheme.SizeForWidget(fynetheme.SizeNameInnerPadding, p) - 1
	if room <= 0 {
		return false
	}
	var b strings.Builder
	rest := p.text
	wrapLines(p.text, room, func(s string) float32 { return fyne.MeasureText(s, size, p.TextStyle).Width }, func(line string) {
		if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
			p.broken = append(p.broken, b.Len())
			b.WriteByte('\n')
		}
		// The spaces and the break behind the line are the text's own.
		end := len(line)
		for end < len(rest) && rest[end] == ' ' {
			end++
		}
		if end < len(rest) && rest[end] == '\n' {
			end++
		}
		b.WriteString(rest[:end])
		rest = rest[end:]
	})
	b.WriteString(rest)
	p.Label.Text = b.String()
	return true
}

// unbroken takes our breaks out of a part of the shown text.
func (p *Paragraph) unbroken(part string) string {
	at := strings.Index(p.Label.Text, part)
	if at < 0 {
		return part
	}
	var b strings.Builder
	from := at
	for _, i := range p.broken {
		if i >= from && i < at+len(part) {
			b.WriteString(p.Label.Text[from:i])
			from = i + 1
		}
	}
	return b.String() + p.Label.Text[from:at+len(part)]
}

// paragraphRenderer is Fyne's, with our selection in place of its own.
type paragraphRenderer struct {
	fyne.WidgetRenderer
	selection *selection
}

// Objects is Fyne's.
func (r *paragraphRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.selection, r.WidgetRenderer.Objects()[1]}
}

// Refresh is Fyne's.
func (r *paragraphRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.selection.Refresh()
}

// HeightFor makes the paragraph w wide and returns the height that its text then takes, the label's own margin included.
func (p *Paragraph) HeightFor(w float32) float32 {
	p.Resize(fyne.NewSize(w, p.Size().Height))
	return p.MinSize().Height
}
