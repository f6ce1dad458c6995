package filter

import (
	"context"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// Query is what was typed into the one box: a display filter, or a text to search for.
type Query struct {
	Filter *Filter // nil if it is a text
	Search *Search // nil if it is a filter
}

// ParseQuery decides what a text is.
//
// A single text in quotation marks is always searched for. What Parse accepts is a filter, also a lone "http". Of the rest a
// text counts as a filter with a mistake if it has an operator that prose has not (==, !=, <=, >=, &&, ||), if it begins with a
// known protocol and a dot ("tcp.flgs"), or if an operator follows a field; where a field is not known the error says how to
// search for the text instead. Anything else is searched for as it stands.
func ParseQuery(text string) (Query, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return Query{}, problem(text, 0, len(text), narrate.FilterEmpty, narrate.FilterFacts{})
	}
	tokens, lexErr := lex(text)
	if lexErr == nil && len(tokens) == 2 && tokens[0].kind == tText {
		return searchQuery(tokens[0].text)
	}
	f, err := parse(text)
	if err == nil {
		return Query{Filter: f}, nil
	}
	if meantAsFilter(tokens) {
		return Query{}, err
	}
	return searchQuery(trimmed)
}

func searchQuery(text string) (Query, error) {
	s, err := parseSearch(text, Text, false)
	if err != nil {
		return Query{}, err
	}
	return Query{Search: s}, nil
}

// Find runs whichever it is.
func (q Query) Find(ctx context.Context, s *session.Session, progress Progress, yield func(Result) bool) error {
	if q.Filter != nil {
		return q.Filter.Packets(ctx, s, progress, yield)
	}
	return q.Search.Find(ctx, s, progress, yield)
}

// meantAsFilter judges a text that is no filter.
func meantAsFilter(tokens []token) bool {
	first := true
	for i, t := range tokens {
		if t.is("==", "!=", "===", "!==", "~=", "<=", ">=", "&&", "||") {
			return true
		}
		if t.is("(", "!", "not", "any", "all") {
			continue
		}
		if t.kind == tWord {
			if first && likeField(t.text) {
				return true
			}
			if fieldNamed(t.text) != nil && i+1 < len(tokens) && operatorAfterField(tokens[i+1]) {
				return true
			}
		}
		first = false
	}
	return false
}

// operatorAfterField reports a token that makes sense behind a field only in a filter.
func operatorAfterField(t token) bool {
	_, ok := operators[t.text]
	return t.kind != tText && ok || t.is("&", "and", "or", "xor", "=")
}

// likeField reports that a word begins with a known protocol and a dot, with a letter behind it.
func likeField(word string) bool {
	protocol, rest, dotted := strings.Cut(word, ".")
	if !dotted || rest == "" || !nameStart(rest[0]) || strings.ContainsAny(rest, "/:") {
		return false
	}
	for name := range fields {
		if p, _, _ := strings.Cut(name, "."); p == protocol {
			return true
		}
	}
	return false
}
