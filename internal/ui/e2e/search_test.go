//go:build e2e

package e2e

import "testing"

func TestSearchingACapture(t *testing.T) {
	home := t.TempDir()
	d := at(t, home, recording(t, home, "lost.pcapng", "trouble-third-packet-lost", 0))
	d.wait(event{"event": "opened", "file": "lost.pcapng"})
	d.wait(event{"event": "chat", "connection": 0})
	d.keys("ctrl+f")
	d.xdo("type", "--delay", "20", "tcp.flags.s")
	d.shot("completion")
	d.keys("Tab") // tcp.flags.syn
	d.xdo("type", "--delay", "20", "== 1 && tcp.flags.ack == 1")
	d.wait(event{"event": "search", "text": "tcp.flags.syn == 1 && tcp.flags.ack == 1", "running": false, "matches": 17, "connections": 5})
	d.xdo("type", "--delay", "20", " && tcp.prot == 1")
	const good = "tcp.flags.syn == 1 && tcp.flags.ack == 1 && tcp" // while it was typed
	d.wait(event{"event": "search", "text": good, "column": 44, "error": "There is no field “tcp.prot”. Did you mean “tcp.port”? To search for these words, put them in quotation marks."})
	d.shot("mistake")
	for range len(" && tcp.prot == 1") {
		d.keys("BackSpace")
	}
	d.keys("Return")
	d.wait(event{"event": "selection", "connection": 0, "packet": 2})
	for range 3 {
		d.keys("F3")
	}
	d.wait(event{"event": "selection", "connection": 0, "packet": 8})
	d.keys("F3") // on to the next connection
	d.wait(event{"event": "selection", "connection": 1})
	d.keys("shift+F3")
	d.wait(event{"event": "selection", "connection": 0, "packet": 8})
	d.shot("match")
	d.keys("Escape")
	d.wait(event{"event": "search", "text": "", "matches": 0})
	d.quit()
}

func TestThePaletteAndTheZoom(t *testing.T) {
	home := t.TempDir()
	d := at(t, home, recording(t, home, "picture.pcapng", "http-picture", 0))
	d.wait(event{"event": "chat", "connection": 0})
	d.keys("ctrl+shift+p")
	d.xdo("type", "--delay", "20", "ladder")
	d.shot("palette")
	d.keys("Return")
	d.wait(event{"event": "view", "view": "ladder"})
	d.keys("ctrl+plus")
	d.wait(event{"event": "settings"})
	d.shot("larger")
	d.keys("ctrl+0")
	d.wait(event{"event": "settings"})
	d.quit()
}
