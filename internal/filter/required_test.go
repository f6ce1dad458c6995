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

func TestPrefixed(t *testing.T) {
	for expr, want := range map[string]string{
		"abc": "abc", "(?i:aBc)d": "abcd fold", "(?i:fox 9+\\d)": "fox 9 fold", "a*bcd": "", "(?:GET|POST) /": "", "GET /\\S+": "GET /", "(?i:disk)": "", "(?i:dish s)": "",
		"(abc)d?": "abc", "(abcd)+e": "abcd", "^host": "", "\\bhost": "", "ab": "", "(": "", "日本": "日本", "(?i:tick)": "tic fold", "x(?i:yz)": "xyz fold",
	} {
		got := ""
		if n, at := prefixed(expr); n != nil {
			if got = string(n.bytes); n.fold {
				got += " fold"
			}
			if at == nil {
				t.Errorf("%s: nothing to try", expr)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}
