package timeline

import (
	"strings"
	"testing"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/session"
)

// TestTitlesAreCleaned shows a title with text from the wire: neither control characters nor invalid bytes reach the screen.
func TestTitlesAreCleaned(t *testing.T) {
	said := func(tag string) session.Message {
		return session.Message{Message: proto.Message{Protocol: postgres.Name, Detail: &postgres.Message{Kind: postgres.CommandComplete, Text: tag}}}
	}
	got := (&Chat{}).messages([]session.Message{said("a\x1b[31m\xff\nb"), said(strings.Repeat("x", 5000))})
	if got.title != "PostgreSQL · done · a·[31m·␊b" {
		t.Errorf("%q", got.title)
	}
	if last := got.lines[len(got.lines)-1]; len([]rune(last)) > maxColumns+1 {
		t.Errorf("a title of %d characters", len([]rune(last)))
	}
}
