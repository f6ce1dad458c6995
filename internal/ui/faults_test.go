package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

// maxObjects is how many objects a window may draw: Fyne walks over all of them for every frame. One that is four times as large
// as the first may draw some more.
const maxObjects, maxLargeObjects = 500, 650

var windowSizes = []fyne.Size{firstSize, fyne.NewSize(1280, 800), minSize}

// noFaults looks the whole window over.
func (r *reader) noFaults(what string) {
	r.t.Helper()
	o := r.layers
	for _, f := range lint.Check(o, lint.Options{AllowCut: true}) {
		r.t.Errorf("%s: %s", what, f)
	}
	most := maxObjects
	if r.win.Canvas().Size().Height > firstSize.Height {
		most = maxLargeObjects
	}
	if n := lint.Count(o); n > most {
		r.t.Errorf("%s: %d objects", what, n)
	}
}

// everyLook shows the window in both languages and all sizes, and in both themes at the first size: themes move nothing.
func (r *reader) everyLook(do func(look string)) {
	for _, size := range windowSizes {
		r.win.Resize(size)
		for l := range narrate.Lang(narrate.NumLangs) {
			for _, theme := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
				if theme == app.ThemeLight && size != firstSize {
					continue
				}
				r.app.Set(func(s *app.Settings) { s.Lang, s.Theme = l, theme })
				do(fmt.Sprintf("%.0f×%.0f %s %s", size.Width, size.Height, l, theme))
			}
		}
	}
}

func TestHomeHasNoFaults(t *testing.T) {
	r := open(t, Options{})
	r.everyLook(func(look string) { r.noFaults(look) })
}

func TestCasesHaveNoFaults(t *testing.T) {
	r := open(t, Options{})
	for _, c := range r.app.Cases {
		t.Run(c.ID, func(t *testing.T) {
			r.t = t
			r.openCase(c.ID)
			r.everyLook(func(look string) {
				for tab := app.LessonTab; tab <= app.FilesTab; tab++ {
					r.app.ShowTab(tab)
					r.loaded()
					for drawer, name := range []string{"header", "fields"} {
						r.app.Set(func(s *app.Settings) { s.DrawerTab = app.DrawerTab(drawer) })
						if !r.capture.drawerOpen() {
							r.capture.toggleDrawer()
						}
						r.noFaults(fmt.Sprintf("%s, %s, %s", look, tab, name))
					}
				}
			})
		})
	}
}

// TestViewsHaveNoFaults shows every case in every view, and its statistics.
func TestViewsHaveNoFaults(t *testing.T) {
	looks := []struct {
		size  fyne.Size
		lang  narrate.Lang
		theme app.ThemeMode
	}{
		{minSize, narrate.Chinese, app.ThemeLight},
		{firstSize, narrate.English, app.ThemeDark},
		{fyne.NewSize(2560, 1440), narrate.English, app.ThemeLight},
	}
	r := open(t, Options{})
	for _, c := range r.app.Cases {
		t.Run(c.ID, func(t *testing.T) {
			r.t = t
			capture := r.openCase(c.ID)
			r.app.ShowTab(app.StatsTab)
			for _, look := range looks {
				r.win.Resize(look.size)
				r.app.Set(func(s *app.Settings) { s.Lang, s.Theme = look.lang, look.theme })
				for view := range app.ViewKind(app.NumViews) {
					r.app.ShowView(view)
					r.until(view.String(), func() bool {
						switch view {
						case app.MessagesView:
							return capture.Messages.Rows != nil
						case app.GraphsView:
							return capture.Graphs.Data != nil
						case app.StreamView:
							return capture.Bytes.Rows != nil
						case app.LadderView:
							return capture.Ladder.Rows != nil
						case app.ChatView:
						}
						return true
					})
					r.noFaults(fmt.Sprintf("%.0f×%.0f %s %s", look.size.Width, look.size.Height, look.lang, view))
				}
			}
		})
	}
}

func TestBrokenFilesHaveNoFaults(t *testing.T) {
	r := open(t, Options{})
	notes := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(notes, []byte("Dear diary, no packets today either.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		chat  bool
		title [narrate.NumLangs]string
	}{
		{notes, false, [...]string{"This file cannot be opened", "无法打开这个文件"}},
		{file(t, "cut.pcapng", "http-picture", 30_000), true, [...]string{"Damaged file.", "文件损坏。"}},
		{file(t, "head.pcapng", "http-picture", 200), false, [...]string{"", ""}},
	} {
		r.app.OpenFile(c.path)
		capture := r.loaded()
		if capture.Err == nil || (capture.Chat != nil) != c.chat {
			t.Errorf("%s: err %v, chat %v", c.path, capture.Err, capture.Chat != nil)
		}
		r.everyLook(func(look string) {
			r.noFaults(look + ", " + capture.Name)
			if c.chat {
				for _, f := range lint.Check(r.capture.banner, lint.Options{}) {
					t.Errorf("%s, %s, banner: %s", look, capture.Name, f)
				}
			}
			if shown := strings.Join(lint.Texts(r.layers), "\n"); !strings.Contains(shown, c.title[r.lang()]) {
				t.Errorf("%s, %s: nothing says %q in\n%s", look, capture.Name, c.title[r.lang()], shown)
			}
		})
	}
}
