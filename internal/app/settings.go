package app

import (
	"slices"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// ThemeMode is the reader's choice of colours.
type ThemeMode string

// The modes.
const (
	ThemeAuto  ThemeMode = "auto"
	ThemeDark  ThemeMode = "dark"
	ThemeLight ThemeMode = "light"
)

// Settings are what the reader chose; they persist. The zero value is not useful: see DefaultSettings.
type Settings struct {
	Lang  narrate.Lang `json:"lang"`
	Theme ThemeMode    `json:"theme"`
	// RawNumbers, Notes, FoldRuns, FoldAfter, Plain and Time are timeline.Options; Time is never timeline.ClockLocal.
	RawNumbers bool                `json:"raw_numbers"`
	Notes      bool                `json:"notes"`
	FoldRuns   bool                `json:"fold_runs"`
	FoldAfter  int                 `json:"fold_after"`
	Plain      bool                `json:"plain"`
	Time       timeline.TimeFormat `json:"time"`
	// Local tells times of day in the local zone, States shows the states of both ends.
	Local  bool `json:"local"`
	States bool `json:"states"`
	// Drawer says that the packet drawer is open, DrawerTab what it shows.
	Drawer    bool      `json:"drawer"`
	DrawerTab DrawerTab `json:"drawer_tab"`
	// PlaySpeed is one of PlaySpeeds, FullPauses plays pauses as long as they were.
	PlaySpeed  int  `json:"play_speed"`
	FullPauses bool `json:"full_pauses"`
	// Zoom is the size of everything, in percent; one of Zooms.
	Zoom int `json:"zoom"`
}

// FoldAfters are the longest runs of packets that can be chosen to be shown in full.
var FoldAfters = [...]int{3, 7, 15, 50}

// DrawerTab is a view of one packet.
type DrawerTab uint8

// The views.
const (
	HeaderTab DrawerTab = iota
	FieldsTab
)

// DrawerShows is the view of the packet that is shown: the one that the reader chose, unless the step of a lesson points at what
// stands in the other one only.
func (a *App) DrawerShows() DrawerTab {
	if a.Capture != nil && a.Capture.Outside {
		return FieldsTab
	}
	return a.Settings.DrawerTab
}

// ShowDrawerTab shows a view of the packet.
func (a *App) ShowDrawerTab(tab DrawerTab) {
	if c := a.Capture; c != nil && c.Outside {
		c.Outside = false
		a.changed(SelectionChanged)
	}
	a.Set(func(s *Settings) { s.DrawerTab = tab })
}

// DefaultSettings are what a newcomer gets; lang is the system's language.
func DefaultSettings(lang narrate.Lang) Settings {
	o := timeline.DefaultOptions()
	return Settings{Lang: lang, Theme: ThemeAuto, Notes: o.Notes, FoldRuns: o.FoldRuns, FoldAfter: o.FoldAfter, States: true, Drawer: true, Zoom: normalZoom}
}

// valid repairs what an edited or future file may hold.
func (s Settings) valid() Settings {
	if s.Lang >= narrate.NumLangs {
		s.Lang = narrate.English
	}
	if s.Theme != ThemeDark && s.Theme != ThemeLight {
		s.Theme = ThemeAuto
	}
	switch {
	case s.Time >= timeline.NumTimeFormats:
		s.Time = timeline.SinceStart
	case s.Time == timeline.ClockLocal: // of days when the zone was no choice of its own
		s.Time, s.Local = timeline.ClockUTC, true
	}
	if !slices.Contains(FoldAfters[:], s.FoldAfter) {
		s.FoldAfter = timeline.DefaultOptions().FoldAfter
	}
	if s.PlaySpeed < 0 || s.PlaySpeed >= len(PlaySpeeds) {
		s.PlaySpeed = 0
	}
	s.Zoom = validZoom(s.Zoom)
	if s.DrawerTab > FieldsTab {
		s.DrawerTab = HeaderTab
	}
	return s
}

func (s Settings) options() timeline.Options {
	o := timeline.DefaultOptions()
	o.Lang, o.RawNumbers, o.Notes, o.FoldRuns, o.FoldAfter = s.Lang, s.RawNumbers, s.Notes, s.FoldRuns, s.FoldAfter
	o.Plain, o.Time = s.Plain, s.timeFormat()
	return o
}

// timeFormat is the format with the zone that the reader chose.
func (s Settings) timeFormat() timeline.TimeFormat {
	if s.Time == timeline.ClockUTC && s.Local {
		return timeline.ClockLocal
	}
	return s.Time
}

// Set changes the settings, applies them at once and keeps them.
func (a *App) Set(change func(s *Settings)) {
	before := a.Settings
	change(&a.Settings)
	a.Settings = a.Settings.valid()
	if a.Settings == before {
		return
	}
	a.save()
	c := Change(SettingsChanged)
	if a.Capture != nil && a.Settings.options() != before.options() {
		a.remake(a.Capture)
		a.otherAgain(a.Capture)
		c |= ChatChanged
	}
	a.changed(c)
	if a.Capture != nil && a.Settings.messageOptions() != before.messageOptions() {
		a.makeMessages(a.Capture, true)
	}
	if a.Capture != nil && a.Settings.Lang != before.Lang {
		a.makeBytes(a.Capture)
	}
}

// Recent is a file that was opened before.
type Recent struct {
	Path string    `json:"path"`
	Size int64     `json:"size"`
	When time.Time `json:"when"`
	// Missing says that the file was not there when the app looked last.
	Missing bool `json:"-"`
}

// maxRecent bounds the list to what fits on Home.
const maxRecent = 12

// CaseProgress is how far the reader came in a case.
type CaseProgress struct {
	// Step is the last step seen, from 0; Done that all were.
	Step int  `json:"step"`
	Done bool `json:"done"`
	// Answers are those of the best reading, by the question's index.
	Answers map[int]Given `json:"answers,omitempty"`
	// When is the last visit.
	When time.Time `json:"when"`
}
