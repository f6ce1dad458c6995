package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/narrate"
)

// events reads a trace.
func events(t *testing.T, b []byte) (list []map[string]any) {
	t.Helper()
	for _, line := range bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n")) {
		var e map[string]any
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, e)
	}
	return list
}

func TestTrace(t *testing.T) {
	var out bytes.Buffer
	h := newHost(t)
	a, err := New(h, cases.FS(), nil, NewTrace(&out, time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	a.OpenCase("http-picture")
	c := loaded(a, h)
	a.StepBy(1)
	a.SelectField("tcp.seq")
	a.ShowTab(FilesTab)
	h.until("files are found", func() bool { return c.FilesReady })
	a.Set(func(s *Settings) { s.Lang, s.Theme = narrate.Chinese, ThemeDark })
	a.GoHome()
	openFile(a, h, write(t, "notes.txt", []byte("Dear diary, no packets today either.\n")))
	a.Quit()

	want := []map[string]any{
		{"event": "page", "page": "home", "cases": float64(len(a.Cases))},
		{"event": "page", "page": "capture"},
		{"event": "opened", "file": "http-picture", "packets": 69., "connections": 1.},
		{"event": "chat", "connection": 0., "packets": 69.},
		{"event": "selection", "connection": 0., "packet": 4.},
		{"event": "step", "case": "http-picture", "step": 0., "of": 8.},
		{"event": "selection", "packet": 6., "field": ""},
		{"event": "step", "step": 1.},
		{"event": "selection", "packet": 6., "field": "tcp.seq"},
		{"event": "panes", "tab": "files"},
		{"event": "files", "count": 1., "ready": true},
		{"event": "settings", "lang": "zh-Hans", "theme": "dark"},
		{"event": "page", "page": "home"},
		{"event": "page", "page": "capture"},
		{"event": "opened", "file": "notes.txt", "packets": 0.},
		{"event": "quit"},
	}
	list, last, lastMS := events(t, out.Bytes()), map[string]any{}, 0.
	for _, e := range list {
		ms, ok := e["ms"].(float64)
		if !ok || ms < lastMS {
			t.Errorf("time runs backwards at %v", e)
		}
		lastMS = ms
		if len(want) > 0 && holds(e, want[0]) {
			want = want[1:]
		}
		if e["event"] == "opened" {
			last = e
		}
	}
	if len(want) > 0 {
		t.Errorf("missing, in this order: %v in\n%s", want, out.Bytes())
	}
	if last["error"] == "" || last["error"] == nil {
		t.Errorf("no reason why %v could not be opened", last)
	}
}

// holds reports that an event has all the wanted fields.
func holds(e, want map[string]any) bool {
	for k, v := range want {
		if e[k] != v {
			return false
		}
	}
	return true
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestATraceThatCannotBeWrittenDisturbsNothing(t *testing.T) {
	h := newHost(t)
	a, err := New(h, cases.FS(), nil, NewTrace(fullDisk{}, time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Quit()
	a.OpenCase("http-picture")
	if c := loaded(a, h); c.Frames != 69 || len(h.notices) > 0 {
		t.Errorf("%d packets, %+v", c.Frames, h.notices)
	}
}
