package lesson

import (
	"strings"
	"testing"
)

func TestParseArrow(t *testing.T) {
	tests := []struct {
		in   string
		want Arrow
	}{
		{"> syn", Arrow{FromClient: true, Kind: ArrowControl, Word: "syn"}},
		{"< syn-ack", Arrow{Kind: ArrowControl, Word: "syn-ack"}},
		{"> ack lost", Arrow{FromClient: true, Kind: ArrowLost, Word: "ack"}},
		{"... < data", Arrow{Kind: ArrowData, Gap: true, Word: "data"}},
		{"< rst", Arrow{Kind: ArrowReset, Word: "rst"}},
	}
	for _, tt := range tests {
		got, err := parseArrow(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("%q: %+v, %v, want %+v", tt.in, got, err, tt.want)
		}
	}
}

func TestParseArrowRefuses(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "want a direction"},
		{"syn", "want a direction"},
		{"...", "want a direction"},
		{">", "want a direction"},
		{"= syn", "want a direction"},
		{"> hello", `unknown word "hello"`},
		{"> ack found", `only "lost" may follow`},
		{"> ack lost lost", `only "lost" may follow`},
	}
	for _, tt := range tests {
		if _, err := parseArrow(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want %q", tt.in, err, tt.want)
		}
	}
}
