package lesson

import (
	"strings"

	"tcptalk/internal/narrate"
)

// MaxArrows bounds a ladder: more do not fit on a card.
const MaxArrows = 9

// Arrow is one line of the small picture on a case's card.
type Arrow struct {
	// FromClient says that the arrow points from left to right.
	FromClient bool
	Kind       ArrowKind
	// Gap says that time passed before this arrow.
	Gap bool
	// Word is what travels, e.g. "syn-ack".
	Word string
}

// ArrowKind says how an arrow is drawn.
type ArrowKind uint8

// The kinds.
const (
	ArrowControl ArrowKind = iota // segments without data
	ArrowData                     // segments with data
	ArrowLost                     // segments that did not arrive
	ArrowReset                    // resets
)

var arrowWords = map[string]ArrowKind{
	"syn": ArrowControl, "syn-ack": ArrowControl, "ack": ArrowControl, "fin": ArrowControl, "fin-ack": ArrowControl,
	"keep-alive": ArrowControl, "data": ArrowData, "rst": ArrowReset,
}

// parseArrow reads "> syn", "< data", "> ack lost"; a leading "..." is a gap in time.
func parseArrow(s string) (Arrow, error) {
	var a Arrow
	words := strings.Fields(s)
	if len(words) > 0 && words[0] == "..." {
		a.Gap, words = true, words[1:]
	}
	if len(words) < 2 || (words[0] != ">" && words[0] != "<") {
		return Arrow{}, refuse(narrate.Text{"arrow %q: want a direction (> or <) and a word", "箭头 %q：应为方向（> 或 <）和一个词"}, s)
	}
	kind, ok := arrowWords[words[1]]
	if !ok {
		return Arrow{}, refuse(narrate.Text{"arrow %q: unknown word %q", "箭头 %q：未知的词 %q"}, s, words[1])
	}
	a.FromClient, a.Word, a.Kind = words[0] == ">", words[1], kind
	switch rest := words[2:]; {
	case len(rest) == 1 && rest[0] == "lost":
		a.Kind = ArrowLost
	case len(rest) > 0:
		return Arrow{}, refuse(narrate.Text{"arrow %q: only \"lost\" may follow the word", "箭头 %q：词后只能跟 lost"}, s)
	}
	return a, nil
}
