package export

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
)

// Report is what is to be known about something, as a document.
type Report struct {
	Title string
	// Lang is the language of the text, as HTML names it.
	Lang string
	// Facts are pairs of a name and a value.
	Facts    [][2]string
	Sections []ReportSection
}

// ReportSection is a part of a report: statements, or a table.
type ReportSection struct {
	Title, Note string
	Items       []ReportItem
	// Head are the titles of the columns of Rows: the first column has none.
	Head [2]string
	Rows [][3]string
}

// ReportItem is a statement.
type ReportItem struct {
	// Mark says in a word how grave it is.
	Mark, Title string
	Paras       []string
}

// Markdown writes the report as Markdown (CommonMark with tables). What it holds of the capture cannot become markup.
func (r *Report) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n", plainMarkdown(r.Title))
	for _, f := range r.Facts {
		fmt.Fprintf(b, "- %s: %s\n", plainMarkdown(f[0]), plainMarkdown(f[1]))
	}
	for i := range r.Sections {
		s := &r.Sections[i]
		fmt.Fprintf(b, "\n## %s\n\n", plainMarkdown(s.Title))
		if s.Note != "" {
			fmt.Fprintf(b, "%s\n\n", plainMarkdown(s.Note))
		}
		for _, it := range s.Items {
			fmt.Fprintf(b, "### %s · %s\n\n", plainMarkdown(it.Mark), plainMarkdown(it.Title))
			for _, p := range it.Paras {
				fmt.Fprintf(b, "%s\n\n", plainMarkdown(p))
			}
		}
		if len(s.Rows) > 0 {
			fmt.Fprintf(b, "| | %s | %s |\n|---|---:|---:|\n", plainMarkdown(s.Head[0]), plainMarkdown(s.Head[1]))
			for _, row := range s.Rows {
				fmt.Fprintf(b, "| %s | %s | %s |\n", plainMarkdown(row[0]), plainMarkdown(row[1]), plainMarkdown(row[2]))
			}
		}
	}
	return b.Flush()
}

// plainMarkdown writes a text so that it stays one line and no part of it is markup.
func plainMarkdown(s string) string {
	s = oneLine(s)
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "<", "&lt;", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`).Replace(s)
}

// oneLine takes control characters out.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, s))
}

// reportStyle is how the page looks: light or dark as the reader's system, and on paper.
const reportStyle = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}` +
	`h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #8888}h3{font-size:1rem;margin:1.2rem 0 .3rem}` +
	`.mark{border:1px solid;border-radius:.8rem;padding:0 .5rem;margin-right:.5rem;font-size:.8rem}` +
	`table{border-collapse:collapse;width:100%}td,th{padding:.2rem .6rem;border-bottom:1px solid #8884;text-align:right}` +
	`td:first-child,th:first-child{text-align:left}dt{float:left;clear:left;width:11rem}dd{margin-left:11rem}p{margin:.3rem 0}`

// HTML writes the report as one page that needs nothing from elsewhere. What it holds of the capture cannot become markup.
func (r *Report) HTML(w io.Writer) error {
	b := bufio.NewWriter(w)
	text := func(s string) string { return html.EscapeString(oneLine(s)) }
	fmt.Fprintf(b, "<!doctype html>\n<html lang=%q><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"+
		"<title>%s</title><style>%s</style></head><body>\n<h1>%s</h1>\n<dl>\n", text(r.Lang), text(r.Title), reportStyle, text(r.Title))
	for _, f := range r.Facts {
		fmt.Fprintf(b, "<dt>%s</dt><dd>%s</dd>\n", text(f[0]), text(f[1]))
	}
	b.WriteString("</dl>\n")
	for i := range r.Sections {
		s := &r.Sections[i]
		fmt.Fprintf(b, "<h2>%s</h2>\n", text(s.Title))
		if s.Note != "" {
			fmt.Fprintf(b, "<p>%s</p>\n", text(s.Note))
		}
		for _, it := range s.Items {
			fmt.Fprintf(b, "<h3><span class=\"mark\">%s</span>%s</h3>\n", text(it.Mark), text(it.Title))
			for _, p := range it.Paras {
				fmt.Fprintf(b, "<p>%s</p>\n", text(p))
			}
		}
		if len(s.Rows) > 0 {
			fmt.Fprintf(b, "<table><tr><th></th><th>%s</th><th>%s</th></tr>\n", text(s.Head[0]), text(s.Head[1]))
			for _, row := range s.Rows {
				fmt.Fprintf(b, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>\n", text(row[0]), text(row[1]), text(row[2]))
			}
			b.WriteString("</table>\n")
		}
	}
	b.WriteString("</body></html>\n")
	return b.Flush()
}
