package widget

import (
	fynetheme "fyne.io/fyne/v2/theme"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"
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
)

// NewParagraph returns a paragraph.
func NewParagraph(text string, kind ParagraphKind) *Paragraph {
	p := &Paragraph{}
	p.Label = fynewidget.Label{Text: text, Wrapping: fyne.TextWrapWord, Selectable: true}
	switch kind {
	case Heavy:
		p.TextStyle.Bold = true
	case Secondary:
		p.SizeName = fynetheme.SizeNameCaptionText
		p.Importance = fynewidget.LowImportance
	case Code:
		p.TextStyle.Monospace = true
		p.Wrapping = fyne.TextWrapBreak
	}
	p.ExtendBaseWidget(p)
	return p
}
