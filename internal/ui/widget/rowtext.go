package widget

import (
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// RowText returns what a row says as plain text, for copying: a line for the head, then whatever is in the bubble or card.
func RowText(r *timeline.Row) string {
	var lines []string
	add := func(parts ...string) {
		kept := parts[:0]
		for _, s := range parts {
			if s != "" {
				kept = append(kept, s)
			}
		}
		if len(kept) > 0 {
			lines = append(lines, strings.Join(kept, "  "))
		}
	}
	if r.Kind == timeline.Bubble {
		add(frameNumber(r.Frame), r.Time, r.Delta, r.Dir.String(), strings.Join(narrate.FlagNames(r.Flags), " "), r.Meta)
	}
	for _, c := range r.Chips {
		add(c.Text)
	}
	add(r.Title)
	lines = append(lines, r.Lines...)
	for _, f := range r.Frames {
		add(f.Fin, f.Opcode, f.Mask, f.Length, f.Payload)
	}
	add(r.Note)
	add(r.Text, r.Detail)
	lines = append(lines, r.Sentences...)
	for _, f := range r.Facts {
		add(f.Name, f.Value)
	}
	return strings.Join(lines, "\n")
}
