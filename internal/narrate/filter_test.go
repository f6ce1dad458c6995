package narrate

import (
	"strings"
	"testing"
)

// TestFilterWords fills in every problem of a filter, and every reason why tcpdump has no equivalent. Fields and operators
// keep their English names.
func TestFilterWords(t *testing.T) {
	facts := FilterFacts{Text: "SYN", Other: "65", Field: "ACK", Kind: Text{"a port", "端口"}, Suggestion: "SYN", Quote: true}
	check := func(where string, l Lang, s string) {
		s = strings.NewReplacer("contains", "SYN", "matches", "SYN").Replace(s)
		s = strings.ReplaceAll(s, "{80, 8000", "{80,8000")
		sentence(t, where, l, s, true)
	}
	for l := range Lang(NumLangs) {
		for p := range FilterProblem(NumFilterProblems) {
			check("problem", l, Filter(l, p, facts))
		}
		for why := BPFHasOne + 1; why < NumNoBPF; why++ {
			s := strings.ReplaceAll(WhyNoBPF(l, why, "SYN"), "tcpdump", "tcptalk")
			check("no equivalent", l, s)
		}
	}
}
