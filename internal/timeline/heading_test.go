package timeline

import (
	"slices"
	"testing"
)

// TestHeadings checks that messages without lines of their own stand line by line, and others apart.
func TestHeadings(t *testing.T) {
	var out content
	for _, m := range []struct {
		title string
		lines []string
	}{{"SET a", nil}, {"SET b", nil}, {"GET a", []string{"1"}}, {"GET b", []string{"2"}}} {
		out.heading(m.title)
		out.lines = append(out.lines, m.lines...)
	}
	if want := []string{"SET b", "GET a", "1", "", "GET b", "2"}; out.title != "SET a" || !slices.Equal(out.lines, want) {
		t.Errorf("%q above %q", out.title, out.lines)
	}
}
