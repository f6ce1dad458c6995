package app

import (
	"encoding/json"
	"io"
	"time"
)

// Trace writes what the app shows as one JSON object a line, for tests and measurements. A nil Trace writes nothing.
//
// Every line has "event" and "ms", milliseconds since the process started. Events: "page" (page), "opened" (file, packets,
// connections, error, took_ms), "chat" (connection, rows), "view" (view), "selection" (connection, packet: the frame number,
// field), "step" (case, step, of), "question" (quiz: it is one of a quiz, not of the lesson; question: from 0, answered, right;
// score and of: how many are right of how many there are), "quiz" (score, of: it is over), "play" (playing), "panes" (tab,
// drawer), "files" (count), "settings" (lang, theme), "search" (text: what is looked for, error, column: what is wrong with the
// text in the box and where, running, done and total in bytes, part: it was stopped; matches, connections: how many have some;
// at and of: which match of the connection is selected), "live" (running, paused, packets, received, dropped, bytes, end,
// problem, saved), "quit".
type Trace struct {
	w     io.Writer
	start time.Time
}

// NewTrace writes to w; start is when the process started.
func NewTrace(w io.Writer, start time.Time) *Trace { return &Trace{w, start} }

// event writes one line. A trace that cannot be written must not disturb the app: errors end nothing.
func (t *Trace) event(name string, fields map[string]any) {
	if t == nil {
		return
	}
	if fields == nil {
		fields = map[string]any{}
	}
	fields["event"] = name
	fields["ms"] = float64(time.Since(t.start).Microseconds()) / 1000
	b, err := json.Marshal(fields)
	if err != nil {
		return
	}
	_, _ = t.w.Write(append(b, '\n'))
}

func (t *Trace) page(a *App) {
	if t == nil {
		return
	}
	name := "home"
	switch a.Page {
	case CapturePage:
		name = "capture"
	case LabPage:
		name = "lab"
	default:
	}
	t.event("page", map[string]any{"page": name, "cases": len(a.Cases)})
}

func (t *Trace) quit() { t.event("quit", nil) }

// change writes an event for each part of the state that is new.
func (t *Trace) change(a *App, c Change) {
	if t == nil {
		return
	}
	if c&PageChanged != 0 {
		t.page(a)
	}
	if c&SettingsChanged != 0 {
		t.event("settings", map[string]any{"lang": a.Settings.Lang.String(), "theme": a.Settings.Theme})
	}
	if a.Capture != nil {
		t.capture(a.Capture, c)
	}
}

func (t *Trace) capture(p *Capture, c Change) {
	if c&LiveChanged != 0 && p.Live != nil {
		t.live(p.Live)
	}
	if c&(ChatChanged|TailChanged) != 0 && p.Chat != nil {
		t.event("chat", map[string]any{"connection": p.Stream, "rows": p.Chat.Len(), "packets": p.View.Len()})
	}
	if c&ViewChanged != 0 {
		t.event("view", map[string]any{"view": p.Shows.String()})
	}
	if c&SelectionChanged != 0 && p.View != nil {
		frame := uint32(0)
		if p.Packet >= 0 {
			frame = p.View.At(p.Packet).Frame
		}
		t.event("selection", map[string]any{"connection": p.Stream, "packet": frame, "field": p.Field})
	}
	if c&LessonChanged != 0 {
		t.lesson(p)
	}
	if c&PlayChanged != 0 {
		t.event("play", map[string]any{"playing": p.Playing.On})
	}
	if c&PanesChanged != 0 {
		t.event("panes", map[string]any{"tab": p.Tab.String()})
	}
	if c&SearchChanged != 0 {
		t.search(p)
	}
	if c&FilesChanged != 0 {
		t.event("files", map[string]any{"count": len(p.Files), "ready": p.FilesReady})
	}
}

// lesson tells which step of the lesson is shown and which question, of the lesson or a quiz, if one is, and that a quiz is over.
func (t *Trace) lesson(p *Capture) {
	if p.Case != nil {
		t.event("step", map[string]any{"case": p.Case.ID, "step": p.Step, "of": len(p.Case.Steps)})
	}
	score, of := p.Score()
	at := p.Asking
	if p.Quiz != nil {
		at = p.Quiz.At
		if p.Quiz.Over() {
			t.event("quiz", map[string]any{"score": score, "of": of})
		}
	}
	if p.Question() == nil {
		return
	}
	given, answered := p.Answer()
	t.event("question", map[string]any{
		"quiz": p.Quiz != nil, "question": at, "answered": answered, "right": given.Right, "score": score, "of": of,
	})
}

func (t *Trace) live(l *Live) {
	s := &l.State
	fields := map[string]any{
		"running": l.Running(), "paused": l.Paused, "packets": s.Packets, "received": s.Received, "dropped": s.Dropped, "bytes": s.Bytes,
		"end": s.End, "saved": l.Saved,
	}
	if s.Problem != nil {
		fields["problem"] = s.Problem.Kind
	}
	t.event("live", fields)
}

func (t *Trace) search(p *Capture) {
	s := &p.Search
	at, of := p.MatchPlace()
	fields := map[string]any{
		"text": s.Text, "running": s.Running, "done": s.Done, "total": s.Total, "part": s.Part, "matches": s.Count,
		"connections": len(s.Found), "at": at, "of": of,
	}
	if s.Err != nil {
		fields["error"], fields["column"] = s.Err.Error(), s.Err.Column
	}
	t.event("search", fields)
}

// opened tells that a capture was read, or could not be.
func (t *Trace) opened(c *Capture) {
	fields := map[string]any{"file": c.Name, "took_ms": float64(c.Took.Microseconds()) / 1000, "packets": c.Frames}
	if c.Session != nil {
		fields["connections"] = c.Session.Streams()
	}
	if c.Err != nil {
		fields["error"] = c.Err.Error()
	}
	t.event("opened", fields)
}
