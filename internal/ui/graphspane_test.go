package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

// showGraphs opens a case with losses at its graphs.
func showGraphs(t *testing.T) (*reader, *app.Capture, *graphsPane) {
	t.Helper()
	r := open(t, Options{})
	c := r.openCase("http-picture")
	r.app.ShowView(app.GraphsView)
	r.until("the graphs are made", func() bool { return c.Graphs.Data != nil })
	return r, c, r.capture.middle.panes[app.GraphsView].(*graphsPane)
}

func TestGraphsLeadToPackets(t *testing.T) {
	r, c, g := showGraphs(t)
	if text := strings.Join(lint.Texts(g.root), "|"); !strings.Contains(text, "acknowledged") || !strings.Contains(text, "50,000") {
		t.Errorf("shown is %s", text)
	}
	s := g.series()[3] // the segments
	_, _, _, packet := s.Entry(s.Len - 1)
	g.plot.OnPick(packet)
	if c.Packet != packet {
		t.Errorf("packet %d is selected, want %d", c.Packet, packet)
	}
	if got := g.describe(packet); !strings.HasPrefix(got, narrate.Frame(c.View.At(packet).Frame)) || !strings.Contains(got, "seq ") {
		t.Errorf("described as %q", got)
	}
	r.press(fyne.KeyPlus)
	x0, x1 := g.plot.Span()
	if x0 == 0 && x1 == c.Graphs.Data[1].End {
		t.Error("+ does not zoom")
	}
	r.app.SetGraph(app.GraphThroughput, flow.ServerToClient)
	if y0, y1 := g.plot.Span(); y0 != x0 || y1 != x1 {
		t.Error("another graph shows another time")
	}
	r.press(fyne.Key0)
	if x0, x1 := g.plot.Span(); x0 != 0 || x1 != c.Graphs.Data[1].End {
		t.Errorf("all is %d to %d", x0, x1)
	}
}

func TestGraphsFitEveryWindow(t *testing.T) {
	r, _, _ := showGraphs(t)
	for _, size := range []fyne.Size{minSize, firstSize, fyne.NewSize(2560, 1440)} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			for _, mode := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
				for kind := range app.NumGraphKinds {
					r.app.Set(func(set *app.Settings) { set.Lang, set.Theme = lang, mode })
					g := r.capture.middle.panes[app.GraphsView].(*graphsPane) // made anew with the language
					r.app.SetGraph(kind, flow.Direction(kind%2))
					r.win.Resize(size)
					for _, f := range lint.Check(g.root, lint.Options{Whole: []string{"Save…", "保存…"}}) {
						t.Errorf("%v, %v, %v, kind %d: %s", size, lang, mode, kind, f)
					}
				}
			}
		}
	}
}
