package filter

import (
	"regexp/syntax"
	"strings"
	"unicode"
)

// required returns a needle that is in every match of a regular expression, nil if none is known. Looking for it first spares
// most of the work: the engine for expressions is slow.
func required(expr string) *needle {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	text, fold := longestLiteral(re.Simplify())
	if text == "" {
		return nil
	}
	return newNeedle([]byte(text), fold)
}

// longestLiteral returns the longest text that every match has, and whether its case does not matter.
func longestLiteral(re *syntax.Regexp) (text string, fold bool) {
	switch re.Op {
	case syntax.OpLiteral:
		fold = re.Flags&syntax.FoldCase != 0
		if !fold {
			return string(re.Rune), false
		}
		// Letters that fold beyond ASCII ("k" to the sign for kelvin) are no part of it: needles fold ASCII only.
		wide := func(r rune) bool { return r > unicode.MaxASCII || strings.ContainsRune("kKsS", r) }
		for part := range strings.FieldsFuncSeq(string(re.Rune), wide) {
			if len(part) > len(text) {
				text = part
			}
		}
		return text, true
	case syntax.OpCapture, syntax.OpPlus:
		return longestLiteral(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if t, f := longestLiteral(sub); len(t) > len(text) {
				text, fold = t, f
			}
		}
	default: // what may be left out, or has alternatives
	}
	return text, fold
}
