package widget

import (
	"strings"
	"unicode"

	"tcptalk/internal/ui/theme"
)

// noLineStart are the characters that must not begin a line.
const noLineStart = "，、。；：！？）》」』”’…,.;:!?)"

// cutter cuts a text into what may stand on a line of its own: words with the space after them, single Han characters
// with the punctuation that follows. It allocates nothing.
type cutter struct {
	rest string
}

// next returns the next piece, "" at the end.
func (c *cutter) next() string {
	end := 0
	for i, r := range c.rest {
		if i > 0 && c.breakAt(i, r) {
			break
		}
		end = i + len(string(r))
		if r == '\n' {
			break
		}
	}
	piece := c.rest[:end]
	c.rest = c.rest[end:]
	return piece
}

// breakAt reports that a line may end before the rune r at offset i.
func (c *cutter) breakAt(i int, r rune) bool {
	before, _ := lastRune(c.rest[:i])
	switch {
	case r == ' ' || r == '\n' || strings.ContainsRune(noLineStart, r):
		return false
	case before == ' ' || isWide(r):
		return !strings.ContainsRune("（《「『“(", before)
	}
	return isWide(before) && !strings.ContainsRune("（《「『“", before)
}

func lastRune(s string) (rune, int) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < 0x80 || s[i] >= 0xC0 {
			for _, r := range s[i:] {
				return r, len(s) - i
			}
		}
	}
	return 0, 0
}

// wrapLines calls line for each line of s that is at most w wide by the measure width; a piece wider than w is cut. It
// returns the number of lines, which is 0 for an empty text.
func wrapLines(s string, w float32, width func(string) float32, line func(string)) int {
	if s == "" {
		return 0
	}
	n := 0
	emit := func(t string) {
		n++
		if line != nil {
			line(strings.TrimRight(t, " \n"))
		}
	}
	c := cutter{rest: s}
	start, end, used := 0, 0, float32(0)
	for {
		piece := c.next()
		if piece == "" {
			break
		}
		pw := width(strings.TrimRight(piece, " \n"))
		if used > 0 && used+pw > w {
			emit(s[start:end])
			start, used = end, 0
		}
		for pw > w {
			cut := cutAt(piece, w, width)
			emit(piece[:cut])
			end += cut
			start = end
			piece = piece[cut:]
			pw = width(strings.TrimRight(piece, " \n"))
		}
		used += width(strings.TrimRight(piece, "\n"))
		end += len(piece)
		if strings.HasSuffix(piece, "\n") {
			emit(s[start:end])
			start, used = end, 0
		}
	}
	if start < len(s) {
		emit(s[start:])
	}
	return n
}

// cutAt returns the length of the longest prefix of piece that is at most w wide, at least one character.
func cutAt(piece string, w float32, width func(string) float32) int {
	used := float32(0)
	for i, r := range piece {
		rw := width(piece[i : i+len(string(r))])
		if i > 0 && used+rw > w {
			return i
		}
		used += rw
	}
	return len(piece)
}

// Wrap breaks s into lines of at most w pixels, at spaces and between Han characters. With maxLines > 0 the last line ends
// with an ellipsis where text is left over.
func (c *Cache) Wrap(s string, w float32, f theme.Face, maxLines int) []string {
	var out []string
	wrapLines(s, w, func(t string) float32 { return c.Width(t, f) }, func(t string) { out = append(out, t) })
	if maxLines > 0 && len(out) > maxLines {
		last := strings.Join(out[maxLines-1:], " ")
		out = append(out[:maxLines-1], c.Fit(last, w, f))
	}
	return out
}

// Balance wraps like Wrap, but so that the lines come out about equally long. Chinese is left as it is: shorter lines would
// split words.
func (c *Cache) Balance(s string, w float32, f theme.Face, maxLines int) []string {
	best := c.Wrap(s, w, f, maxLines)
	if len(best) < 2 || strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return best
	}
	const step = 6
	for k := w - step; k > w/2; k -= step {
		t := c.Wrap(s, k, f, 0)
		if len(t) != len(best) {
			break
		}
		best = t
	}
	return best
}
