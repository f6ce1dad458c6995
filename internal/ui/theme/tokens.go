package theme

import "fyne.io/fyne/v2"

// Face is a type size in device-independent pixels with a style. It is comparable and may be a map key.
type Face struct {
	Size               float32
	Bold, Mono, Italic bool
}

// Style returns Fyne's name for the style.
func (f Face) Style() fyne.TextStyle {
	return fyne.TextStyle{Bold: f.Bold, Monospace: f.Mono, Italic: f.Italic}
}

// The faces. Mono is for what can be pasted or counted: numbers of packets and bytes, payload, hex, filters, commands.
var (
	Wordmark    = Face{Size: 20, Bold: true} // also the title of an empty page
	DialogTitle = Face{Size: 18, Bold: true}
	Title       = Face{Size: 16, Bold: true}   // continue card, error, lesson step
	Heading     = Face{Size: 15, Bold: true}   // track, endpoints
	Strong      = Face{Size: 13, Bold: true}   // card title, row name, button
	Body        = Face{Size: 13}               //
	SmallStrong = Face{Size: 12, Bold: true}   //
	Small       = Face{Size: 12}               // secondary sentences
	TinyStrong  = Face{Size: 11, Bold: true}   //
	Tiny        = Face{Size: 11}               // footer, level, key hint
	TinyItalic  = Face{Size: 11, Italic: true} // what is not there; never Chinese, which has no italics
	ChipFace    = Face{Size: 10.5, Bold: true} // flag chips; nothing is smaller
	Mono        = Face{Size: 12, Mono: true}   // payload, meta
	MonoTiny    = Face{Size: 11, Mono: true}   // times
	Number      = Face{Size: 22, Bold: true}   // the donut's number
)

// LineHeight returns the height of the line box that belongs to a face, in pixels.
func LineHeight(f Face) float32 {
	switch {
	case f.Mono && f.Size == 12:
		return PayloadLine
	case f.Size <= 11:
		return 16
	case f.Size <= 12:
		return 18
	case f.Size <= 13:
		return 20
	case f.Size <= 15:
		return 22
	case f.Size <= 16:
		return 24
	case f.Size <= 18:
		return 28
	}
	return 32
}

// The scale of distances: 2 4 6 8 10 12 16 20 24 28 32. These have a name because they occur everywhere.
const (
	PageMargin   = 28 // Home
	ViewMargin   = 24 // timeline
	CardPad      = 14
	CardGap      = 14
	GroupGap     = 24
	IconGap      = 6 // icon to text
	PayloadLine  = 18
	RadiusTail   = 3 // the bubble's corner at its sender
	RadiusChip   = 5
	RadiusInset  = 6
	RadiusField  = 8 // field, button, row
	RadiusCard   = 10
	RadiusBubble = 12
	RadiusDialog = 14
)

// Heights and widths of controls and columns.
const (
	ButtonHeight  = 34
	FieldHeight   = 34
	StatusHeight  = 28
	RailWidth     = 248 // Home
	MinViewWidth  = 670 // the timeline's column
	FocusGap      = 2   // between a control and its focus ring
	FocusWidth    = 2
	SelectedBar   = 3   // accent bar of a selected row
	ScrollbarSlot = 14  // what a list keeps free at its right for the scrollbar
	WheelFactor   = 2.5 // Fyne's wheel steps are too short for rows of this height
)
