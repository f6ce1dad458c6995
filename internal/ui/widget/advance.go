package widget

import "strings"

// noteSize is the type size of notes; their wrapping is arithmetic, so that heights need no font.
const noteSize = 12

// advances are the widths of the ASCII characters from U+0020 in Noto Sans, in thousandths of an em.
var advances = [95]uint16{
	260, 269, 408, 646, 572, 831, 732, 225, 300, 300, 551, 572, 268, 322, 268, 372, 572, 572, 572, 572, 572, 572, 572, 572,
	572, 572, 268, 268, 572, 572, 572, 434, 899, 639, 650, 632, 730, 556, 519, 728, 741, 339, 273, 619, 524, 907, 760, 781,
	605, 781, 622, 549, 556, 731, 600, 930, 586, 566, 572, 329, 372, 329, 572, 444, 281, 561, 615, 480, 615, 564, 344, 615,
	618, 258, 258, 534, 258, 935, 618, 605, 615, 615, 413, 479, 361, 618, 508, 786, 529, 510, 470, 380, 551, 380, 572,
}

// Widths of what the table does not hold, in thousandths of an em: full-width characters, and the rest, which is taken wide
// so that a line never comes out longer than counted.
const (
	wideAdvance  = 1000
	otherAdvance = 1000
	latinAdvance = 620 // accented letters, Greek and Cyrillic on average
	punctAdvance = 510 // quotation marks and short dashes
)

// noteWidth returns the width of s in the face of notes, in pixels, without asking a font.
func noteWidth(s string) float32 {
	n := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			n += int(advances[r-' '])
		case isWide(r):
			n += wideAdvance
		case r < 0x530:
			n += latinAdvance
		case r >= 0x2010 && r <= 0x2022 && r != '—':
			n += punctAdvance
		default:
			n += otherAdvance
		}
	}
	return float32(n) * noteSize / 1000
}

// noteLines returns the number of lines that a note takes in w pixels.
func noteLines(s string, w float32) int {
	if strings.IndexByte(s, '\n') < 0 && noteWidth(s) <= w { // most notes
		return min(len(s), 1)
	}
	return wrapLines(s, w, noteWidth, nil)
}
