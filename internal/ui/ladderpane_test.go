package ui

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget"
	"tcptalk/internal/ui/widget/lint"
)

// showLadder opens a case at its sequence diagram.
func showLadder(t *testing.T, id string) (*reader, *app.Capture, *ladderPane) {
	t.Helper()
	r := open(t, Options{})
	c := r.openCase(id)
	r.app.ShowView(app.LadderView)
	r.until("the diagram is made", func() bool { return c.Ladder.Rows != nil })
	return r, c, r.capture.middle.panes[app.LadderView].(*ladderPane)
}

func TestLadderLeadsToPackets(t *testing.T) {
	r, c, l := showLadder(t, "trouble-third-packet-lost")
	text := strings.Join(lint.Texts(l.root), "|")
	for _, want := range []string{"SYN ACK", "Retransmission", "the server waits for the third handshake packet", "SYN-RECEIVED"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	r.press(fyne.KeyDown)
	r.press(fyne.KeyDown)
	if c.Packet != 2 || l.rows.Selected() != 2 {
		t.Errorf("packet %d is selected, in the diagram %d", c.Packet, l.rows.Selected())
	}
	r.app.SelectPacket(11)
	if from, to := l.rows.InView(); l.rows.Selected() != 11 || to <= c.Ladder.Rows.RowOf(11) || from > c.Ladder.Rows.RowOf(11) {
		t.Errorf("packet %d is selected, rows %d to %d are in view", l.rows.Selected(), from, to)
	}
	var row timeline.LadderRow
	c.Ladder.Rows.Row(c.Ladder.Rows.RowOf(3), &row)
	if got := l.hint(&row, widget.Part{Kind: widget.PartRow}); !strings.HasPrefix(got, "#4 server  1.018115 (+1.02 s)\nSYN ACK  seq 0") {
		t.Errorf("the hint is %q", got)
	}
	if got := l.hint(&row, widget.Part{Kind: widget.PartState, Index: 1}); !strings.HasPrefix(got, "server SYN-RECEIVED: ") {
		t.Errorf("the state's hint is %q", got)
	}
	if got := l.hint(&row, widget.Part{Kind: widget.PartChip}); !strings.HasPrefix(got, "Retransmission: ") {
		t.Errorf("the label's hint is %q", got)
	}
}

func TestLadderTellsWhatIsMissing(t *testing.T) {
	_, _, l := showLadder(t, "trouble-third-packet-lost")
	row := timeline.LadderRow{Kind: timeline.LadderMissing, Numbers: true, Seq: 27513, Len: 1448, Fate: narrate.Lost, By: 61}
	if got := l.hint(&row, widget.Part{Kind: widget.PartRow}); got != "client  seq 27,513  len 1,448\nnever arrived here\nsent again as #61" {
		t.Errorf("%q", got)
	}
}

func TestLadderZoomsTheTime(t *testing.T) {
	r, c, l := showLadder(t, "http-picture")
	r.press(fyne.KeyPlus)
	if c.Ladder.Options != (timeline.LadderOptions{}) || l.zoom[0].Visible() {
		t.Error("equal rows can be zoomed")
	}
	r.app.SetLadder(timeline.LadderOptions{Scale: true})
	r.until("the time scale is drawn", func() bool { return c.Ladder.Rows.Options().Scale })
	if !l.zoom[0].Visible() {
		t.Error("nothing to zoom with")
	}
	for key, want := range map[fyne.KeyName]int{fyne.KeyPlus: 1, fyne.KeyMinus: -1, fyne.Key0: 0} {
		r.press(fyne.Key0)
		r.press(key)
		if c.Ladder.Options.Zoom != want {
			t.Errorf("%s: zoom %d, want %d", key, c.Ladder.Options.Zoom, want)
		}
	}
}

func TestLadderIsSaved(t *testing.T) {
	r, c, l := showLadder(t, "http-picture")
	path := filepath.Join(t.TempDir(), "ladder")
	for _, f := range []struct {
		form  func(*widget.SequencePicture) func(io.Writer) error
		begin string
	}{{(*widget.SequencePicture).SVG, "<svg "}, {(*widget.SequencePicture).PNG, "\x89PNG"}} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		l.saveAs(path, 2000, f.form)
		r.until("it is saved", func() bool {
			b, err := os.ReadFile(path)
			return err == nil && strings.HasPrefix(string(b), f.begin)
		})
	}
	if from, to := l.part(l.drawn.Len()); from != 0 || to != l.drawn.Len() {
		t.Errorf("rows %d to %d are saved", from, to)
	}
	r.app.SelectPacket(c.View.Len() - 1)
	if from, to := l.part(5); to-from != 5 || to != l.drawn.Len() {
		t.Errorf("rows %d to %d are saved", from, to)
	}
	r.app.SelectPacket(2)
	from, to := l.part(5)
	if from != l.drawn.RowOf(2) || to != from+5 {
		t.Errorf("rows %d to %d are saved", from, to)
	}
	r.click(l.save)
	if text := strings.Join(lint.Texts(r.win.Canvas().Overlays().Top()), "|"); !strings.Contains(text, "Picture (PNG)|Drawing (SVG)") {
		t.Errorf("the menu offers %s", text)
	}
	r.win.Canvas().Overlays().Remove(r.win.Canvas().Overlays().Top())
	l.saveAs(path, 5, (*widget.SequencePicture).SVG)
	r.until("a part is saved", func() bool {
		b, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(b), "rows 4–8 of ")
	})
}

func TestLadderFitsEveryWindow(t *testing.T) {
	r, c, _ := showLadder(t, "trouble-third-packet-lost")
	for _, size := range []fyne.Size{minSize, firstSize, fyne.NewSize(2560, 1440)} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			for _, mode := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
				for _, o := range []timeline.LadderOptions{{}, {Scale: true}, {Scale: true, Zoom: 7}} {
					r.app.Set(func(set *app.Settings) { set.Lang, set.Theme = lang, mode })
					r.app.SetLadder(o)
					r.until("it is drawn", func() bool { return c.Ladder.Rows.Options() == o && c.Ladder.Rows.Chat() == c.Chat })
					l := r.capture.middle.panes[app.LadderView].(*ladderPane) // made anew with the language
					r.win.Resize(size)
					for _, f := range lint.Check(l.root, lint.Options{Whole: []string{"Save…", "保存…"}}) {
						t.Errorf("%v, %v, %v, %+v: %s", size, lang, mode, o, f)
					}
					if n := lint.Count(r.win.Content()); n > 500 && size.Height <= firstSize.Height {
						t.Errorf("%v, %v, %+v: %d objects in the window", size, lang, o, n)
					}
				}
			}
		}
	}
}
