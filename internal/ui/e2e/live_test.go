//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// command runs a command by its name, through the palette.
func (d *desktop) command(name string) {
	d.t.Helper()
	d.keys("ctrl+shift+p")
	d.xdo("type", "--delay", "20", name)
	d.keys("Return")
}

// TestAQuizOnOnesOwnCapture has the app ask about a connection that no lesson is about, up to the result.
func TestAQuizOnOnesOwnCapture(t *testing.T) {
	home := t.TempDir()
	d := at(t, home, recording(t, home, "own.pcapng", "closing-keepalive-four", 0))
	d.wait(event{"event": "chat", "connection": 0})
	d.command("quiz me")
	first := d.wait(event{"event": "question", "quiz": true, "question": 0, "answered": false, "score": 0})
	d.shot("asked")
	for i := range int(first["of"].(float64)) {
		if i > 0 {
			d.wait(event{"event": "question", "question": i, "answered": false})
		}
		d.keys("a")
		d.wait(event{"event": "question", "question": i, "answered": true})
		if i == 0 {
			d.shot("answered")
		}
		d.keys("Right")
	}
	over := d.wait(event{"event": "quiz"})
	if right, of := over["score"].(float64), first["of"].(float64); right > of || over["of"] != of {
		t.Errorf("the result is %v of %v, asked were %v", right, over["of"], of)
	}
	d.shot("result")
	d.quit()
}

// TestTheLabIsSeenLive plays a scenario of the laboratory and sees its packets come, where this computer may capture.
func TestTheLabIsSeenLive(t *testing.T) {
	if err := exec.Command(filepath.Join(os.Getenv("TCPTALK_BIN"), "tcptalk-capture"), "probe", "-i", "lo").Run(); err != nil {
		t.Skip("this account may not capture on loopback: ", err)
	}
	d := at(t, t.TempDir())
	d.command("lab")
	d.wait(event{"event": "page", "page": "lab"})
	d.shot("lab")
	d.keys("Return") // the first scenario: a handshake and a close
	d.wait(event{"event": "page", "page": "capture"})
	d.wait(event{"event": "live", "running": true})
	d.wait(event{"event": "chat", "connection": 0})
	end := d.wait(event{"event": "live", "running": false})
	if packets, _ := end["packets"].(float64); packets < 6 || end["received"] != end["packets"] || end["dropped"] != 0.0 {
		t.Errorf("the capture ended with %v", end)
	}
	d.shot("over")
	d.kill() // it would ask whether to save
}
