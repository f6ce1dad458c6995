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

// maxObjects is how many objects a window of any size may draw: Fyne walks over all of them for every frame.
const maxObjects = 500

// largeSize is a window that fills a large screen.
var largeSize = fyne.NewSize(2560, 1440)

var windowSizes = []fyne.Size{firstSize, fyne.NewSize(1280, 800), minSize, largeSize}

// noFaults looks the whole window over, and the dialog that is open above it.
func (r *reader) noFaults(what string) {
	r.t.Helper()
	forget()
	for _, f := range lint.Check(r.layers, lint.Options{AllowCut: true}) {
		r.t.Errorf("%s: %s", what, f)
	}
	n := lint.Count(r.layers)
	if r.dialog != nil {
		n += lint.Count(r.dialog)
	}
	if n > maxObjects {
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
	const more = 30 // cases that may still come
	each := lint.Count(r.home.grid.tracks[0].cards[0])
	r.everyLook(func(look string) {
		r.noFaults(look)
		if n := lint.Count(r.layers) + more*each; n > maxObjects {
			t.Errorf("%s: %d objects with %d cases more", look, n, more)
		}
	})
}

func TestCasesHaveNoFaults(t *testing.T) {
	r := open(t, Options{})
	for _, c := range r.app.Cases {
		t.Run(c.ID, func(t *testing.T) {
			r.t = t
			r.openCase(c.ID)
			r.everyLook(func(look string) {
				for tab := app.LessonTab; tab <= app.StatesTab; tab++ {
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
		{largeSize, narrate.English, app.ThemeLight},
	}
	r := open(t, Options{})
	for _, c := range r.app.Cases {
		t.Run(c.ID, func(t *testing.T) {
			r.t = t
			r.openCase(c.ID)
			r.app.ShowTab(app.StatsTab)
			for _, look := range looks {
				r.win.Resize(look.size)
				r.app.Set(func(s *app.Settings) { s.Lang, s.Theme = look.lang, look.theme })
				for view := range app.ViewKind(app.NumViews) {
					r.showView(view)
					r.noFaults(fmt.Sprintf("%.0f×%.0f %s %s", look.size.Width, look.size.Height, look.lang, view))
				}
			}
		})
	}
}

// showView shows a view and waits until it has something to show.
func (r *reader) showView(view app.ViewKind) {
	r.t.Helper()
	c := r.app.Capture
	r.app.ShowView(view)
	r.until(view.String(), func() bool {
		switch view {
		case app.MessagesView:
			return c.Messages.Rows != nil
		case app.GraphsView:
			return c.Graphs.Data != nil
		case app.StreamView:
			return c.Bytes.Rows != nil
		case app.LadderView:
			return c.Ladder.Rows != nil
		case app.ChatView:
		}
		return true
	})
}

// TestEveryPageHasNoFaultsInAnyLook shows captures that have much to show in every combination of size, language, theme, view, tab
// and details of the packet.
func TestEveryPageHasNoFaultsInAnyLook(t *testing.T) {
	r := open(t, Options{})
	for _, c := range []struct {
		name string
		open func()
	}{
		{"busy", func() { r.app.OpenFile(busy(t)) }},
		{"databases", func() { r.app.OpenCase("other-three-databases") }},
		{"pictures", func() { r.app.OpenCase("http-picture") }},
		{"losses", func() { r.app.OpenCase("trouble-one-lost") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.t = t
			c.open()
			r.loaded()
			for _, size := range []fyne.Size{minSize, firstSize, largeSize} {
				r.win.Resize(size)
				for l := range narrate.Lang(narrate.NumLangs) {
					for _, theme := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
						r.app.Set(func(s *app.Settings) { s.Lang, s.Theme = l, theme })
						r.everyPage(fmt.Sprintf("%.0f×%.0f %s %s", size.Width, size.Height, l, theme))
					}
				}
			}
		})
	}
}

// everyPage looks over all that the open capture can show in the present look.
func (r *reader) everyPage(look string) {
	r.t.Helper()
	for view := range app.ViewKind(app.NumViews) {
		r.showView(view)
		for tab := app.LessonTab; tab <= app.FilesTab; tab++ {
			r.app.ShowTab(tab)
			r.loaded()
			r.noFaults(fmt.Sprintf("%s, %s, %s", look, view, tab))
		}
		r.app.Set(func(s *app.Settings) { s.DrawerTab = app.FieldsTab })
		r.noFaults(fmt.Sprintf("%s, %s, fields", look, view))
		r.capture.toggleDrawer()
		r.noFaults(fmt.Sprintf("%s, %s, no details", look, view))
		r.capture.toggleDrawer()
		r.app.Set(func(s *app.Settings) { s.DrawerTab = app.HeaderTab })
	}
}

// TestDialogsHaveNoFaults opens every dialog over a page that shows much.
func TestDialogsHaveNoFaults(t *testing.T) {
	r := open(t, Options{})
	r.openCase("trouble-third-packet-lost")
	r.app.ShowTab(app.StatsTab)
	packet := labelled(t, r.app.Capture)
	r.app.SelectPacket(packet)
	r.app.SetNote(r.app.Capture.View.At(packet).Frame, "look at this one again")
	dialogs := map[string]func(){
		"keys": r.showKeys, "settings": r.showSettings, "palette": r.showPalette, "form": r.showFilterForm, "rules": r.showRules,
		"help": func() { r.showHelp("") }, "help on bubbles": func() { r.showHelp("bubble") },
		"files": func() { r.offerFiles([]string{"/tmp/a.pcap", "/tmp/b.pcapng"}) },
		"note":  r.writeNote, "notes": r.showNotes, "protocol": func() { r.decodeConnectionAs(0) }, "why": r.why,
	}
	for _, size := range []fyne.Size{minSize, firstSize, largeSize} {
		r.win.Resize(size)
		for l := range narrate.Lang(narrate.NumLangs) {
			for _, theme := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
				r.app.Set(func(s *app.Settings) { s.Lang, s.Theme = l, theme })
				for name, show := range dialogs {
					what := fmt.Sprintf("%.0f×%.0f %s %s, %s", size.Width, size.Height, l, theme, name)
					if show(); r.dialog == nil {
						t.Fatalf("%s: nothing opens", what)
					}
					for _, f := range lint.Check(r.dialog, lint.Options{Whole: []string{r.rulesText(), r.Window.t(ruleWords.add), r.Window.t(noteWords.saveAs), r.Window.t(makeWords.title) + "…"}}) {
						t.Errorf("%s: %s", what, f)
					}
					r.noFaults(what)
					r.closeDialog()
				}
			}
		}
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
