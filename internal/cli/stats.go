package cli

import (
	"context"
	"strings"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// stats prints the numbers of one connection, group by group.
func (t *terminal) stats(ctx context.Context, s *session.Session, stream int) error {
	v, err := s.View(stream)
	if err != nil {
		return err
	}
	talk, err := s.Conversation(ctx, v)
	if err != nil {
		return err
	}
	measured, err := diagnose.MeasureStats(ctx, v)
	if err != nil {
		return err
	}
	spent, err := diagnose.Spend(ctx, v, talk)
	if err != nil {
		return err
	}
	t.head(s, v)
	for i, g := range timeline.StatsGroups(t.lang, measured, spent) {
		if i > 0 {
			t.line("")
		}
		t.statsGroup(&g)
	}
	return t.err
}

// Columns of the statistics.
const (
	statsName  = 30
	statsValue = 20
)

func (t *terminal) statsGroup(g *timeline.StatsGroup) {
	head := t.paint(ansiBold, g.Title)
	if g.Sides {
		head += padRight("", statsName-columns(g.Title))
		for d := range flow.Direction(2) {
			head += t.side(d, padLeft(narrate.Side(t.lang, d), statsValue))
		}
	}
	t.line("%s", head)
	for _, l := range wrap(g.Note, t.width) {
		t.line("%s", t.dim(l))
	}
	for i := range g.Rows {
		r := &g.Rows[i]
		name := r.Name
		if r.Indented {
			name = "  " + name
		}
		values := r.Values
		if r.Both {
			values = [2]string{"", r.Values[0]}
		}
		line := padRight(visible(cutColumns(name, statsName-1)), statsName)
		for d, value := range values {
			if value == "" && !r.Both {
				value = "–"
			}
			value = padLeft(value, statsValue)
			if r.Bad[d] {
				value = t.paint(ansiOrange, value)
			}
			line += value
		}
		t.line("%s", line)
	}
}

// cutColumns shortens s to at most cols columns.
func cutColumns(s string, cols int) string {
	if columns(s) <= cols {
		return s
	}
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used > cols-1 {
			return s[:i] + "…"
		}
	}
	return s
}

func padRight(s string, cols int) string { return s + strings.Repeat(" ", max(0, cols-columns(s))) }

func padLeft(s string, cols int) string { return strings.Repeat(" ", max(0, cols-columns(s))) + s }
