package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"tcptalk/internal/proto/all"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// A sidecar is the file with what a reader noted about a capture. It lies beside the capture, or, where that folder cannot be
// written to, with the settings under a name made of the capture's first bytes. The capture itself is never written to.
//
// Whatever a sidecar says is checked: it may be old, of another capture, or made to do harm.
type sidecar struct {
	// Version is sidecarVersion.
	Version int          `json:"tcptalk"`
	Capture sidecarOf    `json:"capture"`
	Marks   []savedMark  `json:"marks,omitempty"`
	Swapped []savedFrame `json:"swapped,omitempty"`
	Decoded []savedRule  `json:"decoded,omitempty"`
}

// sidecarOf says which capture a sidecar belongs to.
type sidecarOf struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Head string `json:"head"` // SHA-256 of its first bytes, in hex
}

// savedFrame is a packet: its number, and what its bytes hash to, so that a changed capture is noticed.
type savedFrame struct {
	Packet uint32 `json:"packet"`
	Bytes  string `json:"bytes"`
}

// savedRule is a connection, by its first packet, with the protocol that the reader chose for it.
type savedRule struct {
	savedFrame
	Protocol string `json:"protocol"`
}

type savedMark struct {
	savedFrame
	Marked bool   `json:"marked,omitempty"`
	Note   string `json:"note,omitempty"`
}

const (
	sidecarVersion = 1
	sidecarSuffix  = ".tcptalk.json"
	// maxSidecar bounds the file that is read, headBytes how much of the capture tells it from others.
	maxSidecar = 32 << 20
	headBytes  = 64 << 10
	// sumBytes is how much of a packet's hash is kept: enough that no two packets are taken for one another.
	sumBytes = 16
)

// keeping is what is known about where notes are kept, and what is kept without being shown.
type keeping struct {
	// loaded says that the notes of earlier days are there: before, nothing is written. dirty says that something was noted.
	loaded, dirty bool
	of            sidecarOf
	// beside is the file beside the capture, "" if there must be none; apart the one with the settings.
	beside, apart string
	// foreign are files that could not be understood: they are left alone.
	foreign []string
	sums    map[uint32]string
	lost    []savedMark
	// firsts are the first packets of connections of which something is kept, by stream.
	firsts map[int]savedFrame
	failed bool
}

func sumOf(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:sumBytes])
}

// know remembers what the bytes of a packet hash to.
func (k *keeping) know(frame uint32, data []byte) {
	if k.sums == nil {
		k.sums = map[uint32]string{}
	}
	k.sums[frame] = sumOf(data)
}

// found is what was kept about a capture.
type found struct {
	keeping  keeping
	marks    []timeline.Mark
	swapped  []int
	decoded  map[int]string // the protocols chosen for connections
	comments []session.Comment
	// changed says that the capture is not the one that the notes were made on.
	changed bool
}

// loadNotes looks for what was noted on a capture before, once it is read.
func (a *App) loadNotes(c *Capture) {
	if c.Session == nil {
		return
	}
	var f found
	look := a.notesOf(c)
	a.background(c.ctx, func() { f = look() }, func() { a.notesFound(c, &f) })
}

// notesOf returns what looks for the notes on a capture, on any goroutine.
func (a *App) notesOf(c *Capture) func() found {
	s, path, name, dir := c.Session, c.Path, c.Name, a.store.notesDir()
	return func() found {
		f := found{comments: s.Comments()}
		k := &f.keeping
		head := make([]byte, headBytes)
		n, err := s.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			n = 0
		}
		sum := sha256.Sum256(head[:n])
		k.of = sidecarOf{Name: name, Head: hex.EncodeToString(sum[:])}
		if st, err := os.Stat(path); path != "" && err == nil && st.Mode().IsRegular() {
			k.beside, k.of.Size = path+sidecarSuffix, st.Size()
		}
		if dir != "" && n > 0 {
			k.apart = filepath.Join(dir, k.of.Head[:2*sumBytes]+".json")
		}
		f.read(s)
		return f
	}
}

// read reads the newer one of the two files and checks what it says.
func (f *found) read(s *session.Session) {
	k := &f.keeping
	k.loaded = true
	kept := k.newest()
	if kept == nil {
		return
	}
	kept.shift(s.Before())
	f.changed = kept.Capture.Head != k.of.Head || kept.Capture.Size != k.of.Size && k.of.Size != 0
	seen := map[uint32]bool{}
	for _, m := range kept.Marks[:min(len(kept.Marks), maxMarks)] {
		if seen[m.Packet] {
			continue
		}
		seen[m.Packet] = true
		m.Note = validNote(m.Note)
		at, ok := k.check(s, m.savedFrame)
		if !ok {
			k.lost = append(k.lost, m)
		} else if m.Marked || m.Note != "" {
			f.marks = append(f.marks, timeline.Mark{Frame: m.Packet, Time: at, Starred: m.Marked, Note: m.Note})
		}
	}
	for _, p := range kept.Swapped[:min(len(kept.Swapped), maxMarks)] {
		if _, ok := k.check(s, p); ok {
			if stream, _ := s.Locate(p.Packet); stream >= 0 {
				f.swapped = append(f.swapped, stream)
			}
		}
	}
	f.readRules(s, kept.Decoded)
}

// readRules takes over which protocols were chosen for connections.
func (f *found) readRules(s *session.Session, rules []savedRule) {
	for _, r := range rules[:min(len(rules), maxRules)] {
		if !slices.Contains(all.Names(), r.Protocol) {
			continue // of a later version
		}
		if _, ok := f.keeping.check(s, r.savedFrame); ok {
			if stream, _ := s.Locate(r.Packet); stream >= 0 {
				if f.decoded == nil {
					f.decoded = map[int]string{}
				}
				f.decoded[stream] = r.Protocol
			}
		}
	}
}

// newest reads the newer one of the files with notes, nil if there is none.
func (k *keeping) newest() *sidecar {
	var kept *sidecar
	var newest int64
	for _, path := range []string{k.beside, k.apart} {
		if path == "" {
			continue
		}
		side, written, err := readSidecar(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			k.foreign = append(k.foreign, path)
		case kept == nil || written > newest:
			kept, newest = side, written
		}
	}
	return kept
}

// check reports that a packet is in the capture as it was, and when it was captured.
func (k *keeping) check(s *session.Session, p savedFrame) (at int64, ok bool) {
	data, at, err := s.Frame(p.Packet)
	if err != nil || sumOf(data) != p.Bytes {
		return 0, false
	}
	k.know(p.Packet, data)
	return at, true
}

// readSidecar reads a file with notes, and when it was written.
func readSidecar(path string) (*sidecar, int64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !st.Mode().IsRegular() || st.Size() > maxSidecar {
		return nil, 0, fmt.Errorf("%s is no file with notes", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSidecar))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, 0, err
	}
	var s sidecar
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, 0, err
	}
	if s.Version != sidecarVersion {
		return nil, 0, fmt.Errorf("%s is of version %d", path, s.Version)
	}
	return &s, st.ModTime().UnixNano(), nil
}

// adopt takes over what was kept. What the reader noted since the capture was opened counts more. It returns the connections
// whose ends changed places.
func (n *Notes) adopt(s *session.Session, f *found) (swapped []int) {
	k := f.keeping
	for frame, sum := range n.keeping.sums {
		if k.sums == nil {
			k.sums = map[uint32]string{}
		}
		k.sums[frame] = sum
	}
	k.dirty, k.firsts = n.keeping.dirty, n.keeping.firsts
	n.keeping, n.Comments, n.Lost = k, f.comments, len(k.lost)
	n.Marks = timeline.NewMarks(append(f.marks, n.Marks.All()...))
	for _, stream := range f.swapped {
		if s.SetSwapped(stream, true) {
			swapped = append(swapped, stream)
		}
	}
	return swapped
}

// notesFound shows what was kept.
func (a *App) notesFound(c *Capture, f *found) {
	swapped := c.Notes.adopt(c.Session, f)
	if len(f.marks)+len(f.comments) > 0 {
		a.setMarks(c, c.Notes.Marks.All(), 0)
	}
	for _, stream := range swapped {
		a.swapped(c, stream)
	}
	if c.adoptRules(f.decoded) {
		a.decodeAnew(c)
	}
	k := &c.Notes.keeping
	switch lost := len(k.lost); {
	case len(k.foreign) > 0:
		a.host.Notify(Notice{Bad: true, Text: noticeForeignNotes, Detail: k.foreign[0]})
	case lost > 0 || f.changed && len(f.marks) > 0:
		a.host.Notify(Notice{Bad: lost > 0, Text: numbered(noticeChanged, len(f.marks), len(f.marks)+lost)})
	}
	if k.dirty {
		a.saveNotes(c)
	}
}

// keepNotes writes down what was noted on a capture that is closed before its earlier notes were looked for.
func (a *App) keepNotes(c *Capture) {
	if k := &c.Notes.keeping; k.dirty && !k.loaded && c.Session != nil {
		f := a.notesOf(c)()
		c.Notes.adopt(c.Session, &f)
		c.adoptRules(f.decoded)
		a.saveNotes(c)
	}
}

// saveNotes writes down what is noted on a capture, at once.
func (a *App) saveNotes(c *Capture) {
	k := &c.Notes.keeping
	k.dirty = true
	if !k.loaded {
		return // once it is: what is kept already must not be lost
	}
	k.dirty = false
	side := k.compose(c)
	b, err := json.MarshalIndent(side, "", " ")
	if err == nil {
		err = k.write(b, len(side.Marks)+len(side.Swapped)+len(side.Decoded) == 0)
	}
	if err != nil && !k.failed {
		k.failed = true
		a.host.Notify(Notice{Bad: true, Text: noticeNotesNotSaved, Detail: a.cause(err)})
	}
}

// compose collects what is to be kept.
func (k *keeping) compose(c *Capture) *sidecar {
	side := &sidecar{Version: sidecarVersion, Capture: k.of, Marks: slices.Clone(k.lost)}
	for _, m := range c.Notes.Marks.All() {
		side.Marks = append(side.Marks, savedMark{savedFrame{m.Frame, k.sums[m.Frame]}, m.Starred, m.Note})
	}
	for _, stream := range c.Session.AllSwapped() {
		if p, ok := k.first(c.Session, stream); ok {
			side.Swapped = append(side.Swapped, p)
		}
	}
	for _, stream := range slices.Sorted(maps.Keys(c.decodeAs)) {
		if p, ok := k.first(c.Session, stream); ok && c.decodeAs[stream] != "" {
			side.Decoded = append(side.Decoded, savedRule{p, c.decodeAs[stream]})
		}
	}
	side.shift(-c.Session.Before())
	return side
}

// shift changes the numbers of all packets: a file counts from 1, also one that was saved of a ring of files that goes on from others.
func (s *sidecar) shift(by uint32) {
	for i := range s.Marks {
		s.Marks[i].Packet += by
	}
	for i := range s.Swapped {
		s.Swapped[i].Packet += by
	}
	for i := range s.Decoded {
		s.Decoded[i].Packet += by
	}
}

// first names a connection by its first packet.
func (k *keeping) first(s *session.Session, stream int) (savedFrame, bool) {
	if p, ok := k.firsts[stream]; ok {
		return p, true
	}
	v, err := s.View(stream)
	if err != nil || v.Len() == 0 {
		return savedFrame{}, false
	}
	frame := v.At(0).Frame
	data, _, err := s.Frame(frame)
	if err != nil {
		return savedFrame{}, false
	}
	if k.firsts == nil {
		k.firsts = map[int]savedFrame{}
	}
	k.firsts[stream] = savedFrame{frame, sumOf(data)}
	return k.firsts[stream], true
}

// write writes the file beside the capture, or where that cannot be the one with the settings. Where nothing is left to keep the
// file goes.
func (k *keeping) write(b []byte, empty bool) error {
	err := errors.New("there is no folder for notes")
	for _, path := range []string{k.beside, k.apart} {
		if path == "" || slices.Contains(k.foreign, path) {
			continue
		}
		if empty {
			if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			continue
		}
		if path == k.apart {
			if err = os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				continue
			}
		}
		if err = replaceFile(path, b); err == nil {
			return nil
		}
	}
	return err
}

// replaceFile puts bytes in place of a file: in a temporary file first, so that a crash leaves the old one.
func replaceFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // the first error is the one to tell
	}
	return err
}
