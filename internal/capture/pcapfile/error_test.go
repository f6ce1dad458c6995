package pcapfile

import (
	"errors"
	"strings"
	"testing"
)

// Every reason has words, and its words leave no gap.
func TestReasonsHaveWords(t *testing.T) {
	t.Parallel()
	for reason := range texts {
		e := &Error{
			Kind: Damaged, Reason: reason, Name: "a.pcap", Offset: 7, Size: 9, Frame: 3, Field: "gzip", Have: 1, Want: 2,
			Head: []byte("GIF89a"), Err: errors.New("cause"),
		}
		text := e.Error()
		if !strings.HasPrefix(text, "a.pcap: ") || !strings.HasSuffix(text, ", at byte offset 7 of 9") || strings.ContainsAny(text, "{}") {
			t.Errorf("%s: %q", reason, text)
		}
	}
	if e := (&Error{Kind: Unreadable, Reason: ReasonMissing}); e.Error() != "there is no such file" {
		t.Errorf("without a name: %q", e.Error())
	}
}

func TestKindString(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]string{
		Unreadable: "unreadable", Truncated: "truncated", Damaged: "damaged", Failed: "failed", 9: "kind 9",
	} {
		if got := kind.String(); got != want {
			t.Errorf("kind %d: %q, want %q", kind, got, want)
		}
	}
}
