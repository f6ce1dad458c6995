//go:build e2e

package e2e

import (
	"bytes"
	"io/fs"
	"testing"

	"tcptalk/cases"
	"tcptalk/internal/lesson"
)

// TestALessonIsReadAnsweredAndKept reads the first case up to its second question, answers one right and one wrong, lets the
// packets play as far as they may be seen, and finds its place and its score again after a restart.
func TestALessonIsReadAnsweredAndKept(t *testing.T) {
	home := t.TempDir()
	d := at(t, home)
	d.click(firstCardX, firstCardY)
	d.wait(event{"event": "opened", "file": "basics-hello-7456"})
	d.wait(event{"event": "step", "step": 0})
	for range 4 { // three steps more, then the question
		d.keys("Right")
	}
	d.wait(event{"event": "question", "question": 0, "answered": false, "score": 0, "of": 4})
	d.shot("question")
	d.keys("3") // what would show the answer is covered
	d.wait(event{"event": "panes", "tab": "statistics"})
	d.shot("covered")
	d.keys("1")
	d.wait(event{"event": "panes", "tab": "lesson"})
	d.keys("b")
	d.wait(event{"event": "question", "question": 0, "answered": true, "right": true, "score": 1})
	d.shot("right")
	for range 3 {
		d.keys("Right")
	}
	d.wait(event{"event": "question", "question": 1, "answered": false})
	d.keys("a")
	d.wait(event{"event": "selection", "packet": 5})
	d.wait(event{"event": "question", "question": 1, "answered": true, "right": false, "score": 1})
	d.shot("wrong")
	d.keys("space")
	d.wait(event{"event": "play", "playing": true})
	d.wait(event{"event": "selection", "packet": 6})
	d.wait(event{"event": "selection", "packet": 8})
	d.wait(event{"event": "play", "playing": false}) // packet 9 is what the next question asks for
	d.shot("played")
	d.quit()

	d = at(t, home)
	d.click(firstCardX, firstCardY)
	d.wait(event{"event": "opened", "file": "basics-hello-7456"})
	d.wait(event{"event": "step", "step": 5})
	d.keys("Right")
	d.wait(event{"event": "question", "question": 1, "answered": true, "right": false, "score": 1, "of": 4})
	d.shot("again")
	d.quit()
}

// TestACaseFromAFile opens somebody's case by its name, as a double-click does.
func TestACaseFromAFile(t *testing.T) {
	all, err := lesson.Load(cases.FS())
	if err != nil {
		t.Fatal(err)
	}
	recording, err := fs.ReadFile(cases.FS(), all[0].CapturePath())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := lesson.WriteBundle(&b, all[0], recording); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	d := at(t, home, file(t, home, "mine.tcpcase", b.Bytes()))
	d.wait(event{"event": "opened", "file": "mine.tcpcase", "connections": 1})
	d.wait(event{"event": "step", "case": "file:" + all[0].ID, "step": 0})
	d.keys("Right")
	d.wait(event{"event": "step", "step": 1})
	d.shot("opened")
	d.quit()
}
