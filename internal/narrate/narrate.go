// Package narrate owns the words: what a packet, a label, a state, a field or a finding means, in English and Chinese.
//
// Sentences are plain, one idea each, and never claim what the capture cannot show. Start with Lang and Text.
package narrate

// Lang is a language of the user interface.
type Lang uint8

// The languages.
const (
	English Lang = iota
	Chinese
	NumLangs = iota
)

// Text is a text in every language, indexed by Lang.
type Text [NumLangs]string

// In returns the text in l, or in English where it is missing.
func (t Text) In(l Lang) string {
	if int(l) < len(t) && t[l] != "" {
		return t[l]
	}
	return t[English]
}

// ParseLang understands "en", "zh", "zh-Hans", "zh_CN.UTF-8" and the like.
func ParseLang(s string) (Lang, bool) {
	switch {
	case len(s) >= 2 && s[:2] == "en":
		return English, true
	case len(s) >= 2 && s[:2] == "zh":
		return Chinese, true
	}
	return English, false
}

// String returns the language's tag.
func (l Lang) String() string {
	if l == Chinese {
		return "zh-Hans"
	}
	return "en"
}
