package theme

import "image/color"

// Palette is the colours of one variant. The values are color.NRGBA boxed once, so that drawing allocates nothing.
type Palette struct {
	// Dark says which variant it is.
	Dark bool
	// Surfaces from back to front: side columns, timeline and Home, cards and dialogs, menus and plain buttons; Inset is sunk
	// (fields, thumbnails), Payload the box inside a bubble.
	Rail, Bg, Card, Raised, Inset, Payload color.Color
	// Hover and Selected are row states.
	Hover, Selected color.Color
	// Line is a hairline and Edge a card's border: decoration. Control borders something operable (3:1).
	Line, Edge, Control color.Color
	// Text is for titles and values, Text2 for sentences, Text3 for times, counts and hints.
	Text, Text2, Text3 color.Color
	// Accent is for links, icons and progress; AccentFill with OnAccent for the one primary button.
	Accent, AccentFill, OnAccent color.Color
	// AccentWash is Accent, thin, over what is marked: a selected field, bytes.
	AccentWash color.Color
	// Focus is the keyboard's ring.
	Focus color.Color
	// Client and Server are the hues and texts of the two ends, with the fill and edge of their bubbles.
	Client, ClientFill, ClientEdge color.Color
	Server, ServerFill, ServerEdge color.Color
	// The severities, each a text on its fill. Info also means: still open, in progress.
	OK, OKFill, Warn, WarnFill, Fail, FailFill, FailEdge, Info, InfoFill color.Color
	// The flag chips, each a text on its fill. ECE, CWR and AE look like URG.
	SYN, SYNFill, ACK, ACKFill, PSH, PSHFill, FIN, FINFill, RST, RSTFill, URG, URGFill color.Color
	// OptionFill lies under the options of a TCP header, whose names are in OK's colour.
	OptionFill color.Color
	// Scrim lies under a dialog; Shadow is thrown by menus and dialogs.
	Scrim, Shadow color.Color
}

var darkPalette = Palette{
	Dark: true,
	Rail: rgb(0x0C0F15), Bg: rgb(0x11151C), Card: rgb(0x191F29), Raised: rgb(0x202733), Inset: rgb(0x0D1118), Payload: rgb(0x0D1118),
	Hover: rgb(0x1E2531), Selected: rgb(0x1C2A42),
	Line: rgb(0x232B38), Edge: rgb(0x2B3443), Control: rgb(0x66748B),
	Text: rgb(0xEDF1F7), Text2: rgb(0xB7C0CF), Text3: rgb(0x919CB0),
	Accent: rgb(0x86B6FF), AccentFill: rgb(0x2F6FE4), OnAccent: rgb(0xFFFFFF), AccentWash: rgba(0x86B6FF, 60),
	Focus:  rgb(0xF4F7FF),
	Client: rgb(0x86B6FF), ClientFill: rgb(0x16243B), ClientEdge: rgb(0x33507F),
	Server: rgb(0xD9C9AC), ServerFill: rgb(0x24221F), ServerEdge: rgb(0x4E473B),
	OK: rgb(0x4ED0B0), OKFill: rgb(0x12302B), Warn: rgb(0xFFA23E), WarnFill: rgb(0x35250F),
	Fail: rgb(0xFF7585), FailFill: rgb(0x3A1820), FailEdge: rgb(0x8C3442), Info: rgb(0xA8B8FF), InfoFill: rgb(0x1E2440),
	SYN: rgb(0x4ED0B0), SYNFill: rgb(0x12302B), ACK: rgb(0xB7C0CF), ACKFill: rgb(0x2B3340),
	PSH: rgb(0x86B6FF), PSHFill: rgb(0x1B3156), FIN: rgb(0xFFA23E), FINFill: rgb(0x3A2912),
	RST: rgb(0xFF7585), RSTFill: rgb(0x45202A), URG: rgb(0xD9A6FF), URGFill: rgb(0x33224A),
	OptionFill: rgb(0x16272B),
	Scrim:      rgba(0x04060A, 170), Shadow: rgba(0x000000, 150),
}

var lightPalette = Palette{
	Rail: rgb(0xEEF1F6), Bg: rgb(0xF7F8FB), Card: rgb(0xFFFFFF), Raised: rgb(0xFFFFFF), Inset: rgb(0xF2F4F8), Payload: rgb(0xFFFFFF),
	Hover: rgb(0xE6EAF2), Selected: rgb(0xDDE8FC),
	Line: rgb(0xE1E6EE), Edge: rgb(0xD5DCE6), Control: rgb(0x7B8798),
	Text: rgb(0x161B24), Text2: rgb(0x465063), Text3: rgb(0x5C677A),
	Accent: rgb(0x1D5BC9), AccentFill: rgb(0x1F5FD3), OnAccent: rgb(0xFFFFFF), AccentWash: rgba(0x1D5BC9, 34),
	Focus:  rgb(0x0B1220),
	Client: rgb(0x1D5BC9), ClientFill: rgb(0xEAF1FE), ClientEdge: rgb(0xA9C5F5),
	Server: rgb(0x74571F), ServerFill: rgb(0xF8F3E9), ServerEdge: rgb(0xDCCDAF),
	OK: rgb(0x0A7458), OKFill: rgb(0xDDF5ED), Warn: rgb(0x984B00), WarnFill: rgb(0xFFEFD9),
	Fail: rgb(0xBF1F39), FailFill: rgb(0xFDE8EB), FailEdge: rgb(0xE5A0AB), Info: rgb(0x4350B8), InfoFill: rgb(0xE9ECFD),
	SYN: rgb(0x0A7458), SYNFill: rgb(0xD5F2E8), ACK: rgb(0x465063), ACKFill: rgb(0xE3E8F0),
	PSH: rgb(0x1D5BC9), PSHFill: rgb(0xD9E6FD), FIN: rgb(0x984B00), FINFill: rgb(0xFFE8C9),
	RST: rgb(0xBF1F39), RSTFill: rgb(0xFBDDE2), URG: rgb(0x7A2EB8), URGFill: rgb(0xF0E2FB),
	OptionFill: rgb(0xEEFAF6),
	Scrim:      rgba(0x161B24, 110), Shadow: rgba(0x161B24, 70),
}

// Dark and Light return the two palettes. Callers must not change them.
func Dark() *Palette  { return &darkPalette }
func Light() *Palette { return &lightPalette }

func rgb(v uint32) color.Color { return rgba(v, 255) }

func rgba(v uint32, a uint8) color.Color {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: a}
}
