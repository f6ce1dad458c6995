package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tcptalk/internal/ui/theme"
)

// noLineStart are the characters that must not begin a line.
const noLineStart = "，、。；：！？）》」』”’…,.;:!?)"

// noLineEnd are the characters that must not end a line.
const noLineEnd = "（《「『“("

// cutter cuts a text into what may stand on a line of its own: words with the space after them, single Han characters
// with the punctuation that follows. It allocates nothing.
type cutter struct {
	rest string
}

// next returns the next piece, "" at the end.
func (c *cutter) next() string {
	end, before := len(c.rest), rune(0)
	for i, r := range c.rest {
		if i > 0 && (before == '\n' || mayBreak(before, r)) {
			end = i
			break
		}
		before = r
	}
	piece := c.rest[:end]
	c.rest = c.rest[end:]
	return piece
}

// mayBreak reports that a line may end between two characters.
func mayBreak(before, r rune) bool {
	if before < utf8.RuneSelf && r < utf8.RuneSelf && before != ' ' { // within a Latin word, the usual case
		return false
	}
	if r == ' ' || r == '\n' || strings.ContainsRune(noLineStart, r) || strings.ContainsRune(noLineEnd, before) {
		return false
	}
	return before == ' ' || isWide(r) || isWide(before)
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
		word := strings.TrimRight(piece, " \n")
		pw := width(word)
		if used > 0 && used+pw > w {
			emit(s[start:end])
			start, used = end, 0
		}
		for pw > w && piece != "" {
			cut := cutAt(piece, w, width)
			emit(piece[:cut])
			end += cut
			start = end
			piece, word = piece[cut:], word[min(cut, len(word)):]
			pw = width(word)
		}
		used += pw
		if space := strings.TrimRight(piece[len(word):], "\n"); space != "" {
			used += width(space)
		}
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
