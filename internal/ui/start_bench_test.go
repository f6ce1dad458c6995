package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"tcptalk/cases"
)

// BenchmarkOpen makes the window with Home in it, which is what a start takes besides the display's own work.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		w, err := Open(test.NewTempApp(b), Options{Cases: cases.FS(), post: func(func()) {}})
		if err != nil {
			b.Fatal(err)
		}
		w.app.Quit()
	}
}
