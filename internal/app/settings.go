package app

import (
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
	// RawNumbers, Notes, FoldRuns and Time are timeline.Options.
	RawNumbers bool                `json:"raw_numbers"`
	Notes      bool                `json:"notes"`
	FoldRuns   bool                `json:"fold_runs"`
	Time       timeline.TimeFormat `json:"time"`
	// Drawer says that the packet drawer is open, DrawerTab what it shows.
	Drawer    bool      `json:"drawer"`
	DrawerTab DrawerTab `json:"drawer_tab"`
	// Zoom is the size of everything, in percent; one of Zooms.
	Zoom int `json:"zoom"`
}

// DrawerTab is a view of one packet.
type DrawerTab uint8

// The views.
const (
	HeaderTab DrawerTab = iota
	FieldsTab
)

// DefaultSettings are what a newcomer gets; lang is the system's language.
func DefaultSettings(lang narrate.Lang) Settings {
	o := timeline.DefaultOptions()
	return Settings{Lang: lang, Theme: ThemeAuto, Notes: o.Notes, FoldRuns: o.FoldRuns, Drawer: true, Zoom: normalZoom}
}

// valid repairs what an edited or future file may hold.
func (s Settings) valid() Settings {
	if s.Lang >= narrate.NumLangs {
		s.Lang = narrate.English
	}
	if s.Theme != ThemeDark && s.Theme != ThemeLight {
		s.Theme = ThemeAuto
	}
	if s.Time > timeline.ClockLocal {
		s.Time = timeline.SinceStart
	}
	s.Zoom = validZoom(s.Zoom)
	if s.DrawerTab > FieldsTab {
		s.DrawerTab = HeaderTab
	}
	return s
}

func (s Settings) options() timeline.Options {
	o := timeline.DefaultOptions()
	o.Lang, o.RawNumbers, o.Notes, o.FoldRuns, o.Time = s.Lang, s.RawNumbers, s.Notes, s.FoldRuns, s.Time
	return o
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
		a.Capture.rebuild(a)
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
	// When is the last visit.
	When time.Time `json:"when"`
}
