package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// reveal scrolls what is around o so that o is in view: the keyboard went there, and the reader must see where it is.
func reveal(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	root := c.Overlays().Top()
	if root == nil {
		root = c.Content()
	}
	s, found := scrollAround(root, o)
	if !found || s == nil {
		return
	}
	const margin = 12
	top := absolute(o, fyne.NewPos(0, 0)).Y - absolute(s, fyne.NewPos(0, 0)).Y + s.Offset.Y
	bottom := top + o.Size().Height
	switch {
	case top < s.Offset.Y:
		s.ScrollToOffset(fyne.NewPos(s.Offset.X, max(top-margin, 0)))
	case bottom > s.Offset.Y+s.Size().Height:
		s.ScrollToOffset(fyne.NewPos(s.Offset.X, bottom+margin-s.Size().Height))
	}
}

// scrollAround looks for o below root and returns the innermost scroll around it, nil if there is none.
func scrollAround(root, o fyne.CanvasObject) (s *container.Scroll, found bool) {
	if root == o {
		return nil, true
	}
	switch x := root.(type) {
	case *container.Scroll:
		if s, found = scrollAround(x.Content, o); found && s == nil {
			s = x
		}
		return s, found
	case *fyne.Container:
		for _, part := range x.Objects {
			if s, found = scrollAround(part, o); found {
				return s, true
			}
		}
	}
	return nil, false
}
