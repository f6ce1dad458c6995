package narrate

import (
	"fmt"
	"testing"
)

// TestLadderWords goes through what a sequence diagram says.
func TestLadderWords(t *testing.T) {
	for f := range Fate(NumFates) {
		for l := range Lang(NumLangs) {
			where := fmt.Sprint("fate ", f)
			if f == Arrived {
				if got := LadderFate(l, f, 61) + LadderEnd(l, f, true) + LadderEnd(l, f, false); got != "" {
					t.Errorf("%s: %q", where, got)
				}
				continue
			}
			sentence(t, where, l, LadderFate(l, f, 61), false)
		}
	}
	for l, want := range [NumLangs][4]string{
		English: {"never arrived here", "did not arrive", "1,234 packets", "not to scale"},
		Chinese: {"没有到达这里", "没有到达", "1,234 个包", "未按比例"},
	} {
		lang := Lang(l)
		if got := [...]string{LadderEnd(lang, Lost, true), LadderEnd(lang, Lost, false), LadderPackets(lang, 1234), LadderBreak(lang)}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := LadderFate(English, Unseen, 7); got != "not captured; #7 ACKs it" {
		t.Errorf("%q", got)
	}
}
