package widget

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"tcptalk/internal/ui/theme"
)

// Paragraph is wrapped text that can be selected and copied.
type Paragraph struct{ fynewidget.Label }

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
	p := &Paragraph{}
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
	return &paragraphRenderer{r, newSelection(r.Objects()[0].(fyneSelection))}
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
