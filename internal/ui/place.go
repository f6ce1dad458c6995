package ui

import (
	"net/url"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/storage"

	"tcptalk/internal/ui/widget"
)

// arrange makes a container whose objects are placed by a function of the size. Pages are laid out by plain arithmetic; the
// function also runs when a page wants to lay itself out again (see again).
func arrange(least fyne.Size, place func(size fyne.Size), objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&placing{least, place}, objects...)
}

type placing struct {
	least fyne.Size
	place func(size fyne.Size)
}

// MinSize is Fyne's.
func (p *placing) MinSize([]fyne.CanvasObject) fyne.Size { return p.least }

// Layout is Fyne's.
func (p *placing) Layout(_ []fyne.CanvasObject, size fyne.Size) { p.place(size) }

// again lays a container made by arrange out once more.
func again(c *fyne.Container) { c.Layout.Layout(c.Objects, c.Size()) }

// put moves and sizes an object.
func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// labelPad is the room that a label keeps free around its text.
const labelPad = 8

// putText places a paragraph so that its text, not its margin, begins at x, y, and returns the height of the text.
func putText(p *widget.Paragraph, x, y, w float32) float32 {
	h := p.HeightFor(w + 2*labelPad)
	put(p, x-labelPad, y-labelPad, w+2*labelPad, h)
	return h - 2*labelPad
}

// show shows or hides an object.
func show(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// expand replaces ${name} by values.
func expand(t string, values map[string]string) string {
	return os.Expand(t, func(name string) string { return values[name] })
}

// uriPath returns the path of a file URI, or the text itself if it is none.
func uriPath(uri string) string {
	if u, err := url.Parse(uri); err == nil && u.Scheme == "file" {
		return u.Path
	}
	return uri
}

// listable returns a folder for Fyne's file dialogs, nil if there is no such folder.
func listable(dir string) fyne.ListableURI {
	l, err := storage.ListerForURI(storage.NewFileURI(dir))
	if err != nil {
		return nil
	}
	return l
}
