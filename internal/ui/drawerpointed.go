package ui

import (
	"fmt"

	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// mostPointed is how many bytes of those that a lesson points at stand in the bar of the closed drawer.
const mostPointed = 13

// drawPointed writes the bytes that the step of a lesson points at into the bar, from x on, while the drawer is closed: a low
// window begins so.
func (d *drawer) drawPointed(p *widget.Pen, x, w float32) {
	from, to, ok := d.w.app.Capture.StepBytes()
	b := d.hex.Highlighted()
	if !ok || d.w.capture.drawerOpen() || len(b) != to-from {
		return
	}
	text := fmt.Sprintf("% x", b[:min(len(b), mostPointed)])
	if len(b) > mostPointed {
		text += " …"
	}
	const gap, button = 20, 60
	words := pointedWords.bytes
	if len(b) == 1 {
		words = pointedWords.oneByte
	}
	name := fill(d.w.lang(), words, narrate.Count(uint64(from)), narrate.Count(uint64(to-1))) + "  "
	x += gap + p.T(x+gap, 0, max(1, w-x-gap-button), drawerBar, name, theme.SmallStrong, p.P.Accent, widget.Left)
	p.T(x, 0, max(1, w-x-button), drawerBar, text, theme.MonoTiny, p.P.Text, widget.Left)
}

// pointedWords are the words for that.
var pointedWords = struct{ oneByte, bytes narrate.Text }{
	oneByte: narrate.Text{"Byte ${n} of the payload", "载荷第 ${n} 字节"},
	bytes:   narrate.Text{"Bytes ${n} to ${of} of the payload", "载荷第 ${n} 到 ${of} 字节"},
}
