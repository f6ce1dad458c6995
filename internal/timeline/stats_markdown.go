package timeline

import (
	"strings"

	"tcptalk/internal/narrate"
)

// StatsMarkdown writes statistics as Markdown: a heading and a table for each group. names are the two ends.
func StatsMarkdown(l narrate.Lang, names [2]string, groups []StatsGroup) string {
	var b strings.Builder
	b.WriteString("# " + cell(names[0]) + " – " + cell(names[1]) + "\n")
	for i := range groups {
		g := &groups[i]
		b.WriteString("\n## " + g.Title + "\n\n" + g.Note + "\n\n")
		head := [2]string{}
		if g.Sides {
			head = [2]string{narrate.Side(l, 0), narrate.Side(l, 1)}
		}
		b.WriteString("| | " + head[0] + " | " + head[1] + " |\n|---|---:|---:|\n")
		for k := range g.Rows {
			r := &g.Rows[k]
			b.WriteString("| " + cell(r.Name) + " | " + cell(r.Values[0]) + " | " + cell(r.Values[1]) + " |\n")
		}
	}
	return b.String()
}

// cell writes text so that it stays one cell: what a client sent may hold bars and line ends.
func cell(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "<", "&lt;").Replace(s)
}
