package export

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// hostileReport holds what a peer may have sent, in every place.
func hostileReport() *Report {
	const bad = "<script>x</script>|`_*\n# [y](z)\x1b[2J"
	return &Report{
		Title: bad, Lang: "en", Facts: [][2]string{{"Host", bad}},
		Sections: []ReportSection{
			{Title: "Said", Note: bad, Items: []ReportItem{{Mark: "note", Title: bad, Paras: []string{bad, "more"}}}},
			{Title: "Counted", Head: [2]string{"client", "server"}, Rows: [][3]string{{bad, "1", "2"}, {"b", "3", ""}}},
		},
	}
}

func TestReportsHoldNoForeignMarkup(t *testing.T) {
	var md, page bytes.Buffer
	r := hostileReport()
	if err := errors.Join(r.Markdown(&md), r.HTML(&page)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"markdown": md.String(), "html": page.String()} {
		if strings.Contains(text, "<script") || strings.ContainsRune(text, 0x1b) {
			t.Errorf("%s:\n%s", name, text)
		}
	}
	for line := range strings.SplitSeq(md.String(), "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|")-strings.Count(line, `\|`) != 4 {
			t.Errorf("not a row of three cells: %q", line)
		}
		if strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "# &lt;") {
			t.Errorf("a heading of somebody else's: %q", line)
		}
	}
	// Every element that is opened is closed.
	d := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(page.String(), "<!doctype html>", "")))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta"}, xml.HTMLEntity
	rows := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "tr" {
			rows++
		}
	}
	if rows != 3 {
		t.Errorf("%d rows", rows)
	}
}
