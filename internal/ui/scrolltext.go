package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/narrate"
)

// scrollCommands scroll text that has no control of its own which the keyboard could go to.
func (w *Window) scrollCommands() []command {
	return []command{
		{
			id: "text.down", group: groupMove, does: narrate.Text{"scroll the text at the right, or of a dialog", "滚动右侧或对话框中的文字"}, keys: []string{"Alt+PageDown"},
			plain: true, above: true, do: func() { w.scrollText(1) },
		},
		{
			id: "text.up", group: groupMove, does: narrate.Text{"scroll it back", "往回滚动"}, keys: []string{"Alt+PageUp"},
			plain: true, above: true, do: func() { w.scrollText(-1) },
		},
	}
}

// scrollText scrolls the dialog, or else the column at the right, by most of a page.
func (w *Window) scrollText(pages float32) {
	root := w.win.Canvas().Overlays().Top()
	if root == nil {
		root = w.capture.right.root
	}
	if s := shownScroll(root); s != nil {
		step := pages * max(s.Size().Height-40, 20)
		end := max(s.Content.MinSize().Height-s.Size().Height, 0)
		s.ScrollToOffset(fyne.NewPos(s.Offset.X, min(max(s.Offset.Y+step, 0), end)))
	}
}

// shownScroll returns the first scroll below root that is shown and has more than fits.
func shownScroll(root fyne.CanvasObject) *container.Scroll {
	if !root.Visible() {
		return nil
	}
	switch x := root.(type) {
	case *container.Scroll:
		if x.Content.MinSize().Height > x.Size().Height {
			return x
		}
	case *fyne.Container:
		for _, o := range x.Objects {
			if s := shownScroll(o); s != nil {
				return s
			}
		}
	}
	return nil
}
