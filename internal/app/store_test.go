package app

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

func TestLoadOfWhatIsNoStoreGivesDefaults(t *testing.T) {
	for name, content := range map[string]string{
		"empty":            "",
		"no JSON":          "{\"settings\": {\"la",
		"other JSON":       "[1, 2, 3]",
		"wrong types":      `{"settings": "dark", "recent": 7}`,
		"too large a file": `{"recent": []}` + strings.Repeat(" ", maxStore),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "state.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got := NewStore(dir, narrate.Chinese).Load()
		if want := (Saved{Settings: DefaultSettings(narrate.Chinese)}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLoadWithoutFileOrStoreGivesDefaults(t *testing.T) {
	if got := NewStore(filepath.Join(t.TempDir(), "not", "there"), narrate.Chinese).Load(); got.Settings.Lang != narrate.Chinese || got.Recent != nil {
		t.Errorf("%+v", got)
	}
	var none *Store
	if got := none.Load(); got.Settings != DefaultSettings(narrate.English) {
		t.Errorf("%+v", got)
	}
	if err := none.Save(Saved{}); err != nil {
		t.Error(err)
	}
}

func TestLoadRepairsWhatAFutureFileHolds(t *testing.T) {
	dir := t.TempDir()
	const content = `{"settings": {"lang": 9, "theme": "sepia", "time": 77, "fold_after": -4, "drawer_tab": 8, "notes": true, "gadget": 1},
		"cases": {"gone-case": {"step": 3}}}`
	if err := os.WriteFile(filepath.Join(dir, "state.json"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s := NewStore(dir, narrate.English).Load()
	want := Settings{Lang: narrate.English, Theme: ThemeAuto, Time: timeline.SinceStart, DrawerTab: HeaderTab, Notes: true, Zoom: 100}
	want.FoldRuns, want.Drawer, want.FoldAfter, want.States = true, true, 7, true
	if s.Settings != want {
		t.Errorf("%+v", s.Settings)
	}
	if s.Done["gone-case"].Step != 3 {
		t.Errorf("progress in a case that is not bundled is lost: %+v", s.Done)
	}
}

func TestSaveAndLoadAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	store := NewStore(dir, narrate.English)
	there := write(t, "there.pcap", []byte("x"))
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	in := Saved{
		Settings: Settings{Lang: narrate.Chinese, Theme: ThemeDark, RawNumbers: true, Time: timeline.ClockUTC, Local: true, FoldAfter: 50, DrawerTab: FieldsTab, Zoom: 120},
		Recent:   []Recent{{Path: there, Size: 1, When: when}, {Path: there + ".gone", When: when}},
		Done:     map[string]CaseProgress{"http-picture": {Step: 2, When: when}},
		Searches: []string{"tcp"},
	}
	if err := store.Save(in); err != nil {
		t.Fatal(err)
	}
	want := in
	want.Recent = []Recent{in.Recent[0], in.Recent[1]}
	want.Recent[1].Missing = true
	if got := store.Load(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 1 {
		t.Errorf("beside the file lie others: %q, %v", left, err)
	}
}

func TestSettingsApplyAndSurvive(t *testing.T) {
	dir := t.TempDir()
	a, h := newApp(t, NewStore(dir, narrate.English))
	a.OpenCase("basics-hello-7456")
	c := loaded(a, h)
	before := c.Chat
	h.changes = 0
	a.Set(func(s *Settings) { s.Theme = ThemeLight })
	if h.changes != SettingsChanged || c.Chat != before {
		t.Errorf("another theme changed %b", h.changes)
	}
	h.changes = 0
	a.Set(func(s *Settings) { s.Lang = narrate.Chinese })
	if h.changes != SettingsChanged|ChatChanged || c.Chat == before {
		t.Errorf("another language changed %b", h.changes)
	}
	var row timeline.Row
	c.Chat.Row(0, &row)
	if strings.ContainsAny(row.Text, "abcdefghijk") {
		t.Errorf("a Chinese chat begins with %q", row.Text)
	}
	h.changes = 0
	a.Set(func(s *Settings) { s.Theme = "sepia" })
	if a.Settings.Theme != ThemeAuto {
		t.Errorf("theme %q", a.Settings.Theme)
	}
	a.Set(func(*Settings) {})
	if h.changes != SettingsChanged {
		t.Errorf("no change changed %b", h.changes)
	}
	b, _ := newApp(t, NewStore(dir, narrate.English))
	if b.Settings != a.Settings || b.Settings.Lang != narrate.Chinese {
		t.Errorf("after a restart %+v, before %+v", b.Settings, a.Settings)
	}
}

func TestAStoreThatFailsIsToldOnce(t *testing.T) {
	file := write(t, "file", []byte("no folder"))
	a, h := newApp(t, NewStore(filepath.Join(file, "tcptalk"), narrate.English))
	a.Set(func(s *Settings) { s.Notes = !s.Notes })
	a.Set(func(s *Settings) { s.Notes = !s.Notes })
	if len(h.notices) != 1 || !h.notices[0].Bad || h.notices[0].Detail == "" {
		t.Errorf("%+v", h.notices)
	}
}
