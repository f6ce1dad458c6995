package cli

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns returns how many terminal columns s takes: East Asian wide characters take two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// noLineStart are characters that must not begin a line of Chinese.
const noLineStart = "，。、；：！？）》」』”…"

// wrap breaks s into lines of at most cols columns, at spaces or between wide characters. Control characters become visible
// so that a payload cannot move the cursor. An empty s has no lines.
func wrap(s string, cols int) []string {
	s = visible(s)
	var lines []string
	for s != "" {
		cut := lineEnd(s, cols)
		lines = append(lines, strings.TrimRight(s[:cut], " "))
		s = strings.TrimLeft(s[cut:], " ")
		if len(lines) == 1 && cut == 0 {
			break
		}
	}
	return lines
}

// visible replaces control characters and those that turn the direction of writing, so that bytes from the wire cannot
// steer the terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '·'
		}
		return r
	}, s)
}

// lineEnd returns the number of bytes of s that fit on a line.
func lineEnd(s string, cols int) int {
	used, good := 0, 0
	for i, r := range s {
		used += runeColumns(r)
		if used > cols {
			if good > 0 {
				return good
			}
			return max(i, 1)
		}
		next := s[i+len(string(r)):]
		wideNext := next != "" && runeColumns(firstRune(next)) == 2 && !strings.ContainsRune(noLineStart, firstRune(next))
		if r == ' ' || wideNext || runeColumns(r) == 2 && !strings.ContainsRune(noLineStart, firstRune(next)) {
			good = i + len(string(r))
		}
	}
	return len(s)
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
