package filter

import (
	"regexp"
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
		for part := range strings.FieldsFuncSeq(string(re.Rune), foldsBeyond) {
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

// foldsBeyond reports a letter that folds beyond ASCII, as "k" does to the sign for kelvin. It is no part of a needle, which folds
// ASCII only.
func foldsBeyond(r rune) bool { return r > unicode.MaxASCII || strings.ContainsRune("kKsS", r) }

// leastPrefix is the length from which on it pays to look for a prefix alone: shorter ones are everywhere.
const leastPrefix = 3

// prefixed returns a needle with which every match of a regular expression begins, and the expression to be tried where it is
// found; nil if it has no such beginning. The engine for expressions looks at every byte, the needle at few.
func prefixed(expr string) (*needle, *regexp.Regexp) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, nil
	}
	text, fold, _ := leading(re.Simplify())
	if len(text) < leastPrefix {
		return nil, nil
	}
	at, err := regexp.Compile(`\A(?:` + expr + `)`)
	if err != nil {
		return nil, nil
	}
	return newNeedle([]byte(text), fold), at
}

// leading returns the text with which every match begins, whether its case does not matter, and whether the expression is that
// text and nothing else.
func leading(re *syntax.Regexp) (text string, fold, whole bool) {
	switch re.Op {
	case syntax.OpLiteral:
		fold = re.Flags&syntax.FoldCase != 0
		text = string(re.Rune)
		if i := strings.IndexFunc(text, foldsBeyond); fold && i >= 0 {
			return text[:i], fold, false
		}
		return text, fold, true
	case syntax.OpCapture:
		return leading(re.Sub[0])
	case syntax.OpPlus:
		text, fold, _ = leading(re.Sub[0])
		return text, fold, false
	case syntax.OpConcat:
		whole = true
		for i := 0; i < len(re.Sub) && whole; i++ {
			var t string
			var f bool
			t, f, whole = leading(re.Sub[i])
			text, fold = text+t, fold || f
		}
		return text, fold, whole
	default: // what may be left out, has alternatives, or looks at what stands before
		return "", false, false
	}
}
