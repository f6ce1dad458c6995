package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

// showStream opens the case of the picture at its byte streams.
func showStream(t *testing.T) (*reader, *app.Capture, *streamPane) {
	t.Helper()
	r := open(t, Options{})
	c := r.openCase("http-picture")
	r.app.ShowView(app.StreamView)
	r.until("the rows are made", func() bool { return c.Bytes.Rows != nil })
	return r, c, r.capture.middle.panes[app.StreamView].(*streamPane)
}

func TestStreamIsShownAndSearched(t *testing.T) {
	r, c, s := showStream(t)
	shown := func() []string { return lint.Texts(s.root) }
	if !slices.Contains(shown(), "GET /lighthouses.png HTTP/1.1") {
		t.Fatalf("shown is %q", shown())
	}
	r.app.SelectPacket(0)
	r.win.Canvas().Focus(s.search)
	r.write("Accept-Ranges")
	r.until("it is found", func() bool { return len(c.Bytes.Found) == 1 && c.Bytes.At == 0 })
	if row := s.list.Selected(); row != c.Bytes.Found[0].Row || c.Packet == 0 {
		t.Errorf("row %d is selected, packet %d", row, c.Packet)
	}
	if !slices.Contains(shown(), "1/1") {
		t.Errorf("the count is not shown: %q", shown())
	}
	s.search.SetText("nothing like that")
	r.until("it is not found", func() bool { return !c.Bytes.Finding })
	if !slices.Contains(shown(), "not found") || s.after.Visible() {
		t.Errorf("shown is %q", shown())
	}
}

func TestStreamSharesTheSelection(t *testing.T) {
	r, c, s := showStream(t)
	r.app.SelectPacket(c.View.Find(6)) // the answer's head
	if got := c.Bytes.Rows.Row(s.list.Selected()).Text; got != "HTTP/1.1 200 OK" {
		t.Errorf("the row selected is %q", got)
	}
	r.win.Canvas().Unfocus()
	r.press(fyne.KeyHome, fyne.KeyDown)
	if s.list.Selected() != 1 || c.View.At(c.Packet).Frame != 4 {
		t.Errorf("row %d, packet %d", s.list.Selected(), c.View.At(c.Packet).Frame)
	}
	if s.list.OnCopy(1); r.fyne.Clipboard().Content() != "GET /lighthouses.png HTTP/1.1" {
		t.Errorf("copied is %q", r.fyne.Clipboard().Content())
	}
	s.copyAll()
	r.until("all is copied", func() bool { return strings.Count(r.fyne.Clipboard().Content(), "\n") == c.Bytes.Rows.Len() })
}

func TestStreamFitsEveryWindow(t *testing.T) {
	r, c, _ := showStream(t)
	for _, size := range []fyne.Size{minSize, firstSize, fyne.NewSize(2560, 1440)} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			for _, mode := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
				for form := range timeline.NumStreamForms {
					r.app.Set(func(set *app.Settings) { set.Lang, set.Theme = lang, mode })
					s := r.capture.middle.panes[app.StreamView].(*streamPane) // made anew with the language
					r.app.SetBytes(timeline.StreamOptions{Form: form})
					r.until("the rows are made", func() bool { return c.Bytes.Rows != nil })
					r.win.Resize(size)
					for _, f := range lint.Check(s.root, lint.Options{AllowCut: true}) {
						t.Errorf("%v, %v, %v, form %d: %s", size, lang, mode, form, f)
					}
				}
			}
		}
	}
}

func TestStreamIsDecoded(t *testing.T) {
	r, c, s := showStream(t)
	if !s.coding.Disabled() || s.coding.Hint == "" || commandOf(r, "stream.decoded").possible() {
		t.Errorf("nothing is encoded here: disabled %v, hint %q", s.coding.Disabled(), s.coding.Hint)
	}
	r.clickAt(s.coding, s.coding.Size().Width-10, 10)
	if c.Bytes.Options.Decoded {
		t.Error("a disabled control was operated")
	}
	c = r.openCase("streaming-websocket-deflate")
	r.app.ShowView(app.StreamView)
	r.until("the rows are made", func() bool { return c.Bytes.Rows != nil })
	if s.coding.Disabled() || s.coding.Hint != "" || s.coding.Selected() != 0 {
		t.Errorf("disabled %v, hint %q, item %d", s.coding.Disabled(), s.coding.Hint, s.coding.Selected())
	}
	r.clickAt(s.coding, s.coding.Size().Width-10, 10)
	r.until("the rows are decoded", func() bool { return c.Bytes.Rows != nil && c.Bytes.Rows.Options.Decoded })
	r.app.SelectPacket(c.View.Find(8))
	if got := lint.Texts(s.root); !slices.Contains(got, "hello websocket") || !slices.Contains(got, "permessage-deflate: 21 B on the wire, 21 B inside") {
		t.Errorf("shown is %q", got)
	}
	commandOf(r, "stream.decoded").do()
	r.until("the wire is shown", func() bool { return c.Bytes.Rows != nil && !c.Bytes.Rows.Options.Decoded })
	if s.coding.Selected() != 0 {
		t.Error("the control does not follow")
	}
}
