package ui

import (
	"path/filepath"
	"strings"

	"tcptalk/internal/narrate"
)

// foundWords are the texts about saving what was found.
var foundWords = struct{ save, does narrate.Text }{
	save: narrate.Text{"Save the packets found as pcapng…", "把找到的包另存为 pcapng…"},
	does: narrate.Text{"save the packets found as pcapng", "把找到的包另存为 pcapng"},
}

// saveFound asks where to save the packets that were found.
func (w *Window) saveFound() {
	c := w.app.Capture
	if !c.HasFoundPackets() {
		return
	}
	name := strings.TrimSuffix(c.Name, filepath.Ext(c.Name)) + "-found.pcapng"
	w.saveAs(name, func(path string) {
		if w.app.Capture == c {
			w.app.SaveFound(path)
		}
	})
}
