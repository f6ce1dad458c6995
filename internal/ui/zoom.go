package ui

import (
	"math"
	"os"
	"strconv"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
)

// scaleVariable is where Fyne looks for the user's scale whenever it computes that of a window; it has no call for it.
const scaleVariable = "FYNE_SCALE"

// zoomed is the size that everything is shown in.
type zoomed struct {
	base    float64 // what the user's environment and Fyne's settings ask for
	percent int     // on top of it
}

// startZoom takes over the size before there is a window.
func (w *Window) startZoom() {
	w.zoom.base = 1
	if v, err := strconv.ParseFloat(os.Getenv(scaleVariable), 32); err == nil && v > 0 {
		w.zoom.base = v
	} else if v := w.fyne.Settings().Scale(); v > 0 && os.Getenv(scaleVariable) == "" {
		w.zoom.base = float64(v)
	}
	w.setZoom()
}

// setZoom tells Fyne the size and reports that it is another one.
func (w *Window) setZoom() bool {
	percent := w.app.Settings.Zoom
	if percent == w.zoom.percent {
		return false
	}
	if w.zoom.percent == 0 && percent == 100 { // the environment is as it was
		w.zoom.percent = percent
		return false
	}
	w.zoom.percent = percent
	scale := strconv.FormatFloat(w.zoom.base*float64(percent)/100, 'f', 2, 64)
	return os.Setenv(scaleVariable, scale) == nil
}

// applyZoom shows everything in the size that was chosen. The window keeps its size on the screen, as far as it has room for the least
// of what there is to show.
func (w *Window) applyZoom() {
	c := w.win.Canvas()
	before, old, size := c.Scale(), w.zoom.percent, c.Size()
	if !w.setZoom() || old == 0 {
		return
	}
	after := float32(math.Round(float64(before)*float64(w.zoom.percent)/float64(old)*10) / 10) // as Fyne rounds
	if r, ok := c.(interface{ Resize(size fyne.Size) }); ok && after > 0 {
		// Fyne will give the window the size on the screen that this one has in the new scale.
		r.Resize(fyne.NewSize(size.Width*before/after, size.Height*before/after).Max(minSize))
	}
	w.fyne.Settings().SetTheme(w.fyne.Settings().Theme()) // this makes Fyne look at the scale
}

var zoomName = narrate.Text{"Size in %", "界面大小（%）"}

// zoomNames are the sizes to choose from.
func zoomNames() []string {
	var names []string
	for _, z := range app.Zooms {
		names = append(names, strconv.Itoa(z))
	}
	return names
}

// zoomCommands change the size.
func (w *Window) zoomCommands() []command {
	return []command{
		{
			id: "zoom.in", group: groupWindow, does: narrate.Text{"everything larger", "放大界面"},
			keys: []string{"Ctrl++", "Ctrl+=", "Ctrl+Shift+=", "Ctrl+Shift++"}, do: func() { w.app.ZoomBy(1) },
		},
		{
			id: "zoom.out", group: groupWindow, does: narrate.Text{"everything smaller", "缩小界面"}, keys: []string{"Ctrl+-"},
			do: func() { w.app.ZoomBy(-1) },
		},
		{
			id: "zoom.normal", group: groupWindow, does: narrate.Text{"everything in its normal size", "界面恢复原大小"}, keys: []string{"Ctrl+0"},
			do: func() { w.app.ZoomBy(0) },
		},
	}
}
