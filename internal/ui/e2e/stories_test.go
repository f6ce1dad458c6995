//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Places in the window at the size that the stories give it.
const (
	width, height = 1400, 860

	firstCardX, firstCardY = 390, 297          // Home, the first case, below the one that is next
	languageX, bottomY     = 107, height - 35  // Home, 中文
	lightX                 = 216               // Home, the light theme, beside the languages
	sequenceX, sequenceY   = 600, height - 221 // the second row of the header in the drawer
)

// at starts the program and gives its window the size that the places are for.
func at(t *testing.T, home string, args ...string) *desktop {
	t.Helper()
	d := start(t, home, args...)
	d.wait(event{"event": "page", "page": "home"})
	d.resize(width, height)
	return d
}

func TestANewcomerReadsTheFirstCase(t *testing.T) {
	d := at(t, t.TempDir())
	d.shot("home")
	d.click(firstCardX, firstCardY)
	d.wait(event{"event": "opened", "file": "basics-hello-7456"})
	first := d.wait(event{"event": "step", "case": "basics-hello-7456", "step": 0})
	if of := first["of"].(float64); of < 4 {
		t.Errorf("the lesson has %v steps", of)
	}
	d.shot("case")
	d.keys("Right")
	d.wait(event{"event": "step", "step": 1})
	d.keys("Right")
	d.wait(event{"event": "step", "step": 2})
	d.keys("Left")
	before := d.wait(event{"event": "selection"})
	d.wait(event{"event": "step", "step": 1})
	d.keys("Down")
	after := d.wait(event{"event": "selection"})
	for after["packet"] == before["packet"] {
		after = d.wait(event{"event": "selection"})
	}
	d.click(sequenceX, sequenceY)
	d.wait(event{"event": "selection", "packet": after["packet"], "field": "tcp.seq"})
	d.shot("field")
	d.keys("h", "2")
	d.wait(event{"event": "panes", "tab": "diagnosis"})
	d.shot("fields")
	d.keys("Escape")
	d.wait(event{"event": "page", "page": "home"})
	d.shot("home-again")
	d.quit()
}

func TestOwnFilesByNameAndByDrop(t *testing.T) {
	home := t.TempDir()
	first := recording(t, home, "first one.pcapng", "trouble-third-packet-lost", 0)
	second := recording(t, home, "second.pcapng", "http-picture", 0)
	d := at(t, home, first)
	d.wait(event{"event": "opened", "file": "first one.pcapng", "packets": 64, "connections": 5})
	d.wait(event{"event": "chat", "connection": 0, "packets": 12})
	d.shot("named")
	drop(t, d.window, 700, 500, second)
	d.wait(event{"event": "opened", "file": "second.pcapng", "packets": 69, "connections": 1})
	d.wait(event{"event": "chat", "connection": 0, "packets": 69})
	drop(t, d.window, 700, 500, first, second) // of several the first; the others are offered
	d.wait(event{"event": "opened", "file": "first one.pcapng", "packets": 64})
	d.shot("several")
	d.keys("Escape")
	d.keys("bracketright")
	d.wait(event{"event": "chat", "connection": 1, "packets": 15})
	d.shot("dropped")
	d.quit()
}

// pictureSum is the SHA-256 of the picture that was served in the case http-picture.
const pictureSum = "9283dc30be213f3e953d0bc221a2ccf7f07f9230708433018de45c10c2d3a956"

func TestSavingThePicture(t *testing.T) {
	d := at(t, t.TempDir(), "--case", "http-picture")
	d.wait(event{"event": "opened"})
	d.wait(event{"event": "step", "case": "http-picture", "step": 0})
	d.keys("4")
	d.wait(event{"event": "files", "count": 1, "ready": true})
	d.shot("files")
	d.keys("ctrl+s")
	// Fyne's dialog tells nothing when it is there: Enter is for the chat until then, and does no harm.
	tries := 0
	d.waitDoing(event{"event": "saved"}, func() {
		d.shot("dialog")
		if tries++; tries%2 == 0 {
			d.keys("Return")
		}
	})
	b, err := os.ReadFile(filepath.Join(d.home, "lighthouses.png"))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != pictureSum {
		t.Errorf("%d bytes with the sum %x", len(b), sum)
	}
	if c, err := png.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != 480 || c.Height != 300 {
		t.Errorf("the picture is %d × %d, %v", c.Width, c.Height, err)
	}
	d.shot("saved")
	d.quit()
}

func TestFilesThatAreNotWhole(t *testing.T) {
	home := t.TempDir()
	d := at(t, home, file(t, home, "notes.txt", []byte("Dear diary, no packets today either.\n")))
	if e := d.wait(event{"event": "opened", "file": "notes.txt", "packets": 0}); e["error"] == nil {
		t.Errorf("no reason is told: %v", e)
	}
	d.shot("no-capture")
	drop(t, d.window, 700, 500, recording(t, home, "cut.pcapng", "http-picture", 30_000))
	e := d.wait(event{"event": "opened", "file": "cut.pcapng", "connections": 1})
	if n := e["packets"].(float64); e["error"] == nil || n < 20 || n > 68 {
		t.Errorf("a file that ends early: %v", e)
	}
	d.wait(event{"event": "chat", "connection": 0})
	d.shot("cut")
	d.quit()
}

func TestLanguageAndThemeSurviveARestart(t *testing.T) {
	home := t.TempDir()
	d := at(t, home)
	d.click(languageX, bottomY)
	d.wait(event{"event": "settings", "lang": "zh-Hans"})
	d.click(lightX, bottomY)
	d.wait(event{"event": "settings", "lang": "zh-Hans", "theme": "light"})
	d.shot("chinese")
	d.click(firstCardX, firstCardY)
	d.wait(event{"event": "opened"})
	d.wait(event{"event": "step", "step": 0})
	d.shot("case")
	d.keys("Right")
	d.wait(event{"event": "step", "step": 1})
	d.quit()

	d = at(t, home)
	d.click(firstCardX, firstCardY)
	d.wait(event{"event": "settings", "lang": "zh-Hans", "theme": "light"})
	d.wait(event{"event": "opened"})
	d.wait(event{"event": "step", "case": "basics-hello-7456", "step": 1}) // and the lesson goes on where it was left
	d.quit()
}

// TestALargeCapture opens the capture that TCPTALK_BIG names and measures.
func TestALargeCapture(t *testing.T) {
	path := os.Getenv("TCPTALK_BIG")
	if path == "" {
		t.Skip("TCPTALK_BIG names no large capture")
	}
	began := time.Now()
	d := start(t, t.TempDir(), path)
	t.Logf("the window is there after %v", time.Since(began))
	asked := time.Now()
	d.keys("bracketright") // the first connection, while the rest is being read
	chat := d.wait(event{"event": "chat"})
	t.Logf("a connection chosen after %v ms, %v after the key: %v", chat["ms"], time.Since(asked), chat)
	if slices.ContainsFunc(d.seen, func(e event) bool { return e["event"] == "opened" }) {
		t.Error("the key was answered only when all was read, or the capture is small")
	}
	opened := d.wait(event{"event": "opened"})
	t.Logf("opened after %v ms: %v", opened["ms"], opened)
	status, err := os.ReadFile("/proc/" + strconv.Itoa(d.cmd.Process.Pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmRSS") || strings.HasPrefix(line, "VmHWM") {
			t.Log(strings.TrimSpace(line))
		}
	}
	d.shot("large")
	d.quit()
}
