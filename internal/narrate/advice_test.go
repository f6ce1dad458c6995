package narrate

import (
	"strings"
	"testing"

	"tcptalk/internal/diagnose"
)

func TestAdvice(t *testing.T) {
	for code := range advices {
		var tried [NumLangs]string
		for l := range Lang(NumLangs) {
			other, try := FindingAdvice(l, diagnose.Finding{Code: code, Count: 2})
			if try == "" || strings.Contains(other+try, "${") || strings.Contains(other+try, "  ") {
				t.Errorf("%v: finding %d: %q, %q", l, code, other, try)
			}
			tried[l] = try
		}
		if tried[English] == tried[Chinese] {
			t.Errorf("finding %d is not translated", code)
		}
	}
	if other, try := FindingAdvice(English, diagnose.Finding{Code: diagnose.NothingSentAgain}); other+try != "" {
		t.Errorf("advice where nothing is to be done: %q %q", other, try)
	}
}
