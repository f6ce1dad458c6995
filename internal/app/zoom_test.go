package app

import (
	"testing"

	"tcptalk/internal/narrate"
)

func TestZoom(t *testing.T) {
	dir := t.TempDir()
	a, _ := newApp(t, NewStore(dir, narrate.English))
	if a.Settings.Zoom != 100 {
		t.Fatalf("it begins at %d %%", a.Settings.Zoom)
	}
	for _, step := range []struct{ by, want int }{{1, 110}, {1, 120}, {-1, 110}, {0, 100}, {-9, 80}, {-1, 80}, {99, 200}} {
		if a.ZoomBy(step.by); a.Settings.Zoom != step.want {
			t.Errorf("by %d: %d %%, want %d", step.by, a.Settings.Zoom, step.want)
		}
	}
	if again, _ := newApp(t, NewStore(dir, narrate.English)); again.Settings.Zoom != 200 {
		t.Errorf("kept is %d %%", again.Settings.Zoom)
	}
	for in, want := range map[int]int{0: 100, -5: 100, 1: 80, 96: 100, 160: 150, 1 << 40: 200} {
		if got := (Settings{Zoom: in}).valid().Zoom; got != want {
			t.Errorf("%d becomes %d, want %d", in, got, want)
		}
	}
}
