package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// Overlay lies over the content of a window, in a container.NewStack(content, overlay), and shows hints and toasts. It takes
// no events, so what is below stays operable.
type Overlay struct {
	surface
	hint     string
	at       fyne.Position
	size     fyne.Size
	toast    string
	severity timeline.Severity
	shown    int // counts toasts, so that an old timer does not hide a new one
}

// toastTime is how long a toast stays; long enough for two lines.
const toastTime = 4 * time.Second

// NewOverlay returns an empty overlay.
func NewOverlay() *Overlay {
	o := &Overlay{}
	o.setup(o, o.paint, func() fyne.Size { return fyne.NewSize(0, 0) })
	return o
}

// Hint shows a note about something at a position in the window.
func (o *Overlay) Hint(at fyne.Position, size fyne.Size, text string) {
	o.hint, o.at, o.size = text, at.Subtract(absolute(o, fyne.NewPos(0, 0))), size
	o.redraw()
}

// HideHint takes the note away.
func (o *Overlay) HideHint() {
	if o.hint != "" {
		o.hint = ""
		o.redraw()
	}
}

// Toast shows a sentence at the foot of the window for a few seconds.
func (o *Overlay) Toast(s timeline.Severity, text string) {
	o.toast, o.severity = text, s
	o.shown++
	n := o.shown
	o.redraw()
	time.AfterFunc(toastTime, func() { fyne.Do(func() { o.expire(n) }) })
}

// expire hides toast number n unless another one has come.
func (o *Overlay) expire(n int) {
	if n == o.shown && o.toast != "" {
		o.toast = ""
		o.redraw()
	}
}

func (o *Overlay) paint(p *Pen, w, h float32) {
	if o.hint != "" {
		paintHint(p, o.hint, o.at, o.size, fyne.NewSize(w, h))
	}
	if o.toast == "" {
		return
	}
	const height, icon, margin, foot = 40, 16, 16, 44
	room := min(w-4*margin, 720)
	tw := min(ceil(p.Width(o.toast, theme.Body)), room)
	bw := tw + 3*margin + icon - 4
	x, y := round((w-bw)/2), h-foot-height
	sign, fg, _ := SeverityStyle(p.P, o.severity)
	box := p.Panel(x, y, bw, height, p.P.Raised, p.P.Control, theme.RadiusCard)
	box.Shadow = canvas.Shadow{Color: p.P.Shadow, BlurRadius: 24, Offset: fyne.NewPos(0, 8)}
	p.Icon(x+margin, y+(height-icon)/2, icon, sign, fg)
	p.T(x+margin+icon+10, y, tw+1, height, o.toast, theme.Body, p.P.Text, Left)
}
