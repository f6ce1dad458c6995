package filter

import "testing"

func TestRequired(t *testing.T) {
	for expr, want := range map[string]string{
		"abc": "abc", "(?i:aBc)": "abc fold", "x+yz|z": "", "(?i:fox 9+\\d)": "fox  fold", "a*": "", "(?:GET|POST) /(?:x)+": " /",
		"(?i:kiss me)": " me fold", "(ab)+c?": "ab", "(?i:münchen)": "nchen fold", ".": "", "(": "", "^host: \\w": "host: ", "日本": "日本",
	} {
		got := ""
		if n := required(expr); n != nil {
			if got = string(n.bytes); n.fold {
				got += " fold"
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}
