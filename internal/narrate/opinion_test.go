package narrate

import (
	"testing"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/tcp"
)

func TestEveryOpinionHasWords(t *testing.T) {
	both := func(what string, code int, texts ...Text) {
		for _, text := range texts {
			for l := range Lang(NumLangs) {
				if text[l] == "" {
					t.Errorf("%s %d has no words in %v", what, code, l)
				}
			}
		}
	}
	for c := range diagnose.OpinionCode(diagnose.NumOpinions) {
		if term := Opinion(c); c != diagnose.NoOpinion {
			both("opinion", int(c), term.Name, term.Meaning)
		}
	}
	for c := range diagnose.ClosingClass(diagnose.NumClosingClasses) {
		both("closing", int(c), Closing(c).Name, Closing(c).Meaning)
	}
	for r := range diagnose.Rule(diagnose.NumRules) {
		if r != diagnose.NoRule {
			both("rule", int(r), ruleTexts[r])
		}
	}
	for r := tcp.Reason(1); r.String() != ""; r++ {
		both("label's rule", int(r), reasonTexts[r])
	}
	if Opinion(200) != (Term{}) || Closing(200) != (Term{}) || OpinionRule(English, 200) != "" || Confidence(English, 200) != "" {
		t.Error("unknown codes must have no words")
	}
}

func TestQuantity(t *testing.T) {
	for want, q := range map[string]tcp.Quantity{
		"seq 60,817":   {Kind: tcp.QSeq, Value: 60817},
		"rtt 20.7 ms":  {Kind: tcp.QRoundTrip, Value: 20_653_000},
		"ip_id 0x3e3a": {Kind: tcp.QIPID, Value: 0x3e3a},
		"elapsed -1 s": {Kind: tcp.QElapsed, Value: -1e9},
		"missing -5":   {Kind: tcp.QMissing, Value: -5},
	} {
		if got := Quantity(q); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
