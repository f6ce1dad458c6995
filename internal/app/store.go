package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"tcptalk/internal/narrate"
)

// Store keeps settings, recent files and progress in one small JSON file. A nil Store keeps nothing.
type Store struct {
	path string
	lang narrate.Lang
}

// Saved is what a Store keeps.
type Saved struct {
	Settings Settings                `json:"settings"`
	Recent   []Recent                `json:"recent"`
	Done     map[string]CaseProgress `json:"cases"`
	Searches []string                `json:"searches"`
	DecodeAs []PortRule              `json:"decode_as,omitempty"`
	Live     LiveChoice              `json:"live,omitzero"`
}

// maxStore bounds the file that is read: ours is a few kilobytes.
const maxStore = 1 << 20

// NewStore keeps state in dir, usually os.UserConfigDir()/tcptalk; lang is the system's language, used until the reader
// chooses one.
func NewStore(dir string, lang narrate.Lang) *Store {
	return &Store{filepath.Join(dir, "state.json"), lang}
}

// Load reads what was kept. What cannot be read is as if it had never been kept: a broken settings file must not keep the
// app from starting.
func (s *Store) Load() Saved {
	if s == nil {
		return Saved{Settings: DefaultSettings(narrate.English)}
	}
	saved := Saved{Settings: DefaultSettings(s.lang)}
	st, err := os.Stat(s.path)
	if err != nil || st.Size() > maxStore {
		return saved
	}
	b, err := os.ReadFile(s.path)
	if err != nil || json.Unmarshal(b, &saved) != nil {
		return Saved{Settings: DefaultSettings(s.lang)}
	}
	saved.Settings, saved.DecodeAs = saved.Settings.valid(), validRules(saved.DecodeAs)
	saved.Recent = saved.Recent[:min(len(saved.Recent), maxRecent)]
	saved.Searches = saved.Searches[:min(len(saved.Searches), maxSearches)]
	saved.Live = saved.Live.valid()
	for i := range saved.Recent {
		saved.Recent[i].Missing = missing(saved.Recent[i].Path)
	}
	return saved
}

// missing reports that a file is not there. One that cannot be looked at may be there: opening it says what is wrong.
func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// OpenRecent opens a recent file and reports that it is there. One that is not leaves the list; what was seen at the start
// does not count, because disks come and go.
func (a *App) OpenRecent(path string) bool {
	if missing(path) {
		a.Forget(path)
		return false
	}
	a.OpenFile(path)
	return true
}

// Save keeps the state: in a temporary file first, so that a crash leaves the old one.
func (s *Store) Save(v Saved) error {
	if s == nil {
		return nil
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return replaceFile(s.path, append(b, '\n'))
}

// notesDir is the folder for notes on captures that cannot have them beside themselves, "" if there is none.
func (s *Store) notesDir() string {
	if s == nil {
		return ""
	}
	return filepath.Join(filepath.Dir(s.path), "notes")
}

// save keeps the state and tells once if that fails.
func (a *App) save() {
	err := a.store.Save(Saved{a.Settings, a.Recent, a.Done, a.Searches, a.DecodeAs, a.Setup.Choice})
	if err != nil && !a.saveFailed {
		a.saveFailed = true
		a.host.Notify(Notice{Bad: true, Text: noticeNotSaved, Detail: a.cause(err)})
	}
}
