package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget"
)

// rail stands at the right edge of a narrow window: there the list of connections and the column with lesson, diagnosis and
// files take turns, so that the chat keeps the width it needs for the states of both ends.
type rail struct {
	w       *Window
	root    *fyne.Container
	buttons []railButton
}

// railButton chooses what is shown beside the chat: a tab, or the connections.
type railButton struct {
	*widget.Button
	tab         app.Tab
	connections bool
}

// Measures of the rail, in pixels.
const (
	railWidth      = 40
	railButtonSize = 32
)

func newRail(w *Window) *rail {
	r := &rail{w: w}
	add := func(icon string, hint narrate.Text, key string, tab app.Tab, connections bool) {
		b := widget.NewIconButton(icon, w.t(hint)+key, nil)
		b.Overlay = w.overlay
		b.OnTapped = func() { r.choose(tab, connections) }
		r.buttons = append(r.buttons, railButton{b, tab, connections})
	}
	add("all", words.connectionList, "", 0, true)
	add("book", words.lesson, "  1", app.LessonTab, false)
	add("shield", words.diagnosis, "  2", app.DiagnosisTab, false)
	add("chart", words.statistics, "  3", app.StatsTab, false)
	add("folder", words.files, "  4", app.FilesTab, false)
	add("ring", playWords.states, "  5", app.StatesTab, false)
	objects := make([]fyne.CanvasObject, 0, len(r.buttons))
	for _, b := range r.buttons {
		objects = append(objects, b.Button)
	}
	r.root = arrange(fyne.NewSize(railWidth, 0), r.place, objects...)
	return r
}

func (r *rail) place(fyne.Size) {
	y := float32(10)
	for _, b := range r.buttons {
		if b.Visible() {
			put(b.Button, (railWidth-railButtonSize)/2, y, railButtonSize, railButtonSize)
			y += railButtonSize + 8
		}
	}
}

// choose shows the connections or a tab beside the chat.
func (r *rail) choose(tab app.Tab, connections bool) {
	r.w.capture.showPane(!connections)
	if !connections {
		r.w.app.ShowTab(tab)
	}
}

// update marks what is shown.
func (r *rail) update(s *app.Capture, pane bool) {
	for _, b := range r.buttons {
		kind := widget.Quiet
		if b.connections != pane && (b.connections || b.tab == s.ShownTab()) {
			kind = widget.Tonal
		}
		b.SetKind(kind)
		show(b.Button, b.connections || s.HasTab(b.tab))
	}
	again(r.root)
}
