package http2

import "tcptalk/internal/flow"

// Window is how much a sender may still send (§6.9).
type Window struct {
	// Left is in bytes. Below 0 the receiver has shrunk it, or the sender does not keep to it.
	Left int64
	// Known says that everything which the window is made of was captured.
	Known bool
}

// Stall is a time in which a sender had used up a window.
type Stall struct {
	Dir flow.Direction // who had to wait
	// From, Until and Resumed are the caller's marks: of the DATA frame that used the window up, of the frame that opened it
	// again, and of the next DATA frame. -1 where that did not come.
	From, Until, Resumed int
}

// Bounds of flow control.
const (
	defaultWindow = 1<<16 - 1 // §6.9.2
	// maxUnacknowledged is how many SETTINGS may wait for their acknowledgement. Programs send one.
	maxUnacknowledged = 64
	// maxGrowths is how often an initial window may grow before it is no longer followed: each time all open streams have to
	// be looked at. Programs change it once or twice.
	maxGrowths = 1000
)

// windows are those of a connection, indexed by sender.
type windows struct {
	// started says that the connection's beginning was seen: before that nothing is known.
	started bool
	conn    [2]Window
	initial [2]Window
	// due are the initial windows that a sender was told and has not acknowledged, -1 for SETTINGS without one.
	due     [2][]int64
	growths int
	stalls  []Stall
}

func newWindows() windows {
	w := Window{defaultWindow, true}
	return windows{conn: [2]Window{w, w}, initial: [2]Window{w, w}}
}

// Windows returns what dir may still send on the connection, and on s, which may be nil.
func (t *Tracker) Windows(dir flow.Direction, s *Stream) (conn, stream Window) {
	w := &t.windows
	conn = w.conn[dir]
	conn.Known = conn.Known && w.started
	if s != nil {
		stream = t.streamWindow(dir, s)
		stream.Known = stream.Known && w.started
	}
	return conn, stream
}

func (t *Tracker) streamWindow(dir flow.Direction, s *Stream) Window {
	w := t.windows.initial[dir]
	return Window{w.Left + s.credit[dir], w.Known && s.epoch == t.epoch}
}

// loseWindows says that frames are missing. They may have been of any kind, so that nothing is known from here on.
func (t *Tracker) loseWindows() {
	w := &t.windows
	t.epoch++
	for dir := range flow.Direction(2) {
		w.conn[dir].Known, w.initial[dir].Known, w.due[dir] = false, false, nil
	}
}

// spend takes a DATA frame off the windows of its sender. The whole payload counts, padding too (§6.9).
func (t *Tracker) spend(dir flow.Direction, s *Stream, f *Frame, first, last int) {
	w := &t.windows
	resume(w.stalls, dir, first)
	w.conn[dir].Left -= f.Length
	conn, stream := t.Windows(dir, s)
	ends := f.Has(FlagEndStream)
	if conn.Known && conn.Left <= 0 && !ends {
		w.stalls = stall(w.stalls, dir, last)
	}
	if s == nil {
		return
	}
	resume(s.Stalls, dir, first)
	s.credit[dir] -= f.Length
	stream.Left -= f.Length
	if stream.Known && stream.Left <= 0 && !ends {
		s.Stalls = stall(s.Stalls, dir, last)
	}
	if f.Length > 0 && (conn.Known && conn.Left < 0 || stream.Known && stream.Left < 0) {
		s.note(Overrun)
	}
}

// grant adds what a WINDOW_UPDATE from the receiver allows dir.
func (t *Tracker) grant(dir flow.Direction, s *Stream, f *Frame, last int) {
	n := int64(f.Increment)
	if f.Stream == 0 {
		w := &t.windows
		w.conn[dir].Left += n
		if w.conn[dir].Left > 0 {
			relieve(w.stalls, dir, last)
		}
	} else if s != nil {
		s.credit[dir] += n
		t.relieveStream(dir, s, last)
	}
}

func (t *Tracker) relieveStream(dir flow.Direction, s *Stream, last int) {
	if t.streamWindow(dir, s).Left > 0 {
		relieve(s.Stalls, dir, last)
	}
}

// settings notes the initial window that from wants of its peer. It counts once the peer acknowledges it (§6.5.3).
func (t *Tracker) settings(from flow.Direction, list []Setting) {
	value := int64(-1)
	for _, set := range list {
		if set.ID == InitialWindowSize {
			value = int64(set.Value)
		}
	}
	due := &t.windows.due[from.Reverse()]
	if len(*due) == maxUnacknowledged {
		t.loseWindows()
	}
	*due = append(*due, value)
}

// acknowledge applies the oldest settings that dir had not acknowledged.
func (t *Tracker) acknowledge(dir flow.Direction, last int) {
	w := &t.windows
	if len(w.due[dir]) == 0 {
		return
	}
	value := w.due[dir][0]
	w.due[dir] = w.due[dir][1:]
	if value < 0 {
		return
	}
	grown := value > w.initial[dir].Left
	w.initial[dir].Left = value
	if !grown {
		return
	}
	if w.growths++; w.growths > maxGrowths {
		t.loseWindows()
		return
	}
	for _, s := range t.open {
		if len(s.Stalls) > 0 {
			t.relieveStream(dir, s, last)
		}
	}
}

// stall opens a stall unless one is open.
func stall(list []Stall, dir flow.Direction, at int) []Stall {
	if open := openStall(list, dir); open != nil || len(list) == maxStalls {
		return list
	}
	return append(list, Stall{Dir: dir, From: at, Until: -1, Resumed: -1})
}

// relieve ends the open stall.
func relieve(list []Stall, dir flow.Direction, at int) {
	if s := openStall(list, dir); s != nil {
		s.Until = at
	}
}

// resume notes where the sender that had to wait goes on.
func resume(list []Stall, dir flow.Direction, at int) {
	for i := len(list) - 1; i >= 0; i-- {
		if s := &list[i]; s.Dir == dir {
			if s.Until >= 0 && s.Resumed < 0 {
				s.Resumed = at
			}
			return
		}
	}
}

func openStall(list []Stall, dir flow.Direction) *Stall {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Dir == dir {
			if list[i].Until < 0 {
				return &list[i]
			}
			return nil
		}
	}
	return nil
}
