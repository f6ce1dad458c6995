package live

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"tcptalk/internal/capture/pcapfile"
)

// trail is a capture in files, one after the other, of which the last one grows and the first ones may go. It is read as one
// run of bytes.
type trail struct {
	mu    sync.Mutex
	parts []*part
	ended bool
	// followers are those that are open: each gets every file that is added, so that none goes before it was read.
	followers []*follower
	// changed is closed and replaced whenever there is something new to read.
	changed chan struct{}
	// removes says that files are removed when nobody needs them any more; otherwise they are only closed.
	removes bool
}

// part is one file of a trail. The trail's mu guards it.
type part struct {
	path   string
	file   *os.File
	start  int64 // of its first byte in the trail
	length int64 // of what may be read: whole blocks
	before pcapfile.Before
	// readers counts who holds it besides the trail; gone says that the trail gave it up.
	readers int
	gone    bool
}

func newTrail(removes bool) *trail { return &trail{changed: make(chan struct{}), removes: removes} }

// add begins another file behind the others; before is what they had, with those that went.
func (t *trail) add(path string, file *os.File, length int64, before pcapfile.Before) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := &part{path: path, file: file, length: length, before: before}
	if n := len(t.parts); n > 0 {
		p.start = t.parts[n-1].start + t.parts[n-1].length
	}
	t.parts = append(t.parts, p)
	for _, f := range t.followers {
		f.take(p)
	}
	t.tell()
}

// publish says that the last file can be read up to length.
func (t *trail) publish(length int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.parts[len(t.parts)-1].length = length
	t.tell()
}

// end says that there will be no more.
func (t *trail) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.tell()
}

// tell wakes everybody who waits. The caller holds mu.
func (t *trail) tell() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// length returns how many bytes the files that are kept have.
func (t *trail) length() (n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.parts {
		n += p.length
	}
	return n
}

// keep removes the first files until at most n are left, and returns how many it removed. Whoever reads one of them can go on.
func (t *trail) keep(n int) (removed int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	for len(t.parts) > n {
		errs = append(errs, t.drop())
		removed++
	}
	return removed, errors.Join(errs...)
}

// drop gives up the first file. The caller holds mu.
func (t *trail) drop() error {
	p := t.parts[0]
	t.parts = slices.Delete(t.parts, 0, 1)
	p.gone = true
	return t.release(p)
}

// release closes a file that the trail and all readers gave up. The caller holds mu.
func (t *trail) release(p *part) error {
	if !p.gone || p.readers > 0 {
		return nil
	}
	err := p.file.Close()
	if t.removes {
		if e := os.Remove(p.path); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// follow returns the trail from the first file that is there on.
func (t *trail) follow() *follower {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := &follower{t: t}
	for _, p := range t.parts {
		f.take(p)
	}
	t.followers = append(t.followers, f)
	return f
}

// open opens the trail from the first file that is there on.
func (t *trail) open(name string) (*pcapfile.File, error) {
	f := t.follow()
	file, err := pcapfile.OpenGrowing(f, name)
	if err != nil {
		return nil, err
	}
	file.Follow(f.before())
	return file, nil
}

// follower reads a trail from one of its files on.
type follower struct {
	t *trail
	// The trail's mu guards what follows.
	parts  []*part
	closed bool
}

var _ pcapfile.Growing = (*follower)(nil)

// take takes hold of a file. The caller holds the trail's mu.
func (f *follower) take(p *part) {
	p.readers++
	f.parts = append(f.parts, p)
}

// before returns what came before the follower's first file.
func (f *follower) before() pcapfile.Before {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	if len(f.parts) == 0 {
		return pcapfile.Before{}
	}
	return f.parts[0].before
}

// reach returns how many bytes the follower can read. The caller holds the trail's mu.
func (f *follower) reach() int64 {
	if len(f.parts) == 0 {
		return 0
	}
	last := f.parts[len(f.parts)-1]
	return last.start + last.length - f.parts[0].start
}

func (f *follower) Wait(have int64) (length int64, ended bool) {
	for {
		f.t.mu.Lock()
		length, ended = f.reach(), f.t.ended || f.closed
		changed := f.t.changed
		f.t.mu.Unlock()
		if length > have || ended {
			return length, ended
		}
		<-changed
	}
}

func (f *follower) Length() int64 {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	return f.reach()
}

func (f *follower) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		file, at, room := f.find(off + int64(n))
		if room <= 0 {
			return n, io.EOF
		}
		if file == nil {
			return n, os.ErrClosed
		}
		got, err := file.ReadAt(b[n:min(len(b), n+int(min(room, int64(len(b)))))], at)
		n += got
		if got == 0 {
			return n, err
		}
	}
	return n, nil
}

// find returns the file that holds byte off, where in it, and how many bytes it has from there on.
func (f *follower) find(off int64) (file *os.File, at, room int64) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	if f.closed {
		return nil, 0, 1
	}
	if len(f.parts) == 0 {
		return nil, 0, 0
	}
	off += f.parts[0].start
	i, exact := slices.BinarySearchFunc(f.parts, off, func(p *part, off int64) int {
		switch {
		case p.start < off:
			return -1
		case p.start > off:
			return 1
		}
		return 0
	})
	if !exact {
		i--
	}
	if i < 0 {
		return nil, 0, 0
	}
	// Of files without bytes that begin at the same place the last one has what comes.
	for i+1 < len(f.parts) && f.parts[i].length == 0 && f.parts[i+1].start == off {
		i++
	}
	p := f.parts[i]
	return p.file, off - p.start, p.start + p.length - off
}

// Close gives the files back and wakes a Wait.
func (f *follower) Close() error {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	f.t.followers = slices.DeleteFunc(f.t.followers, func(other *follower) bool { return other == f })
	var errs []error
	for _, p := range f.parts {
		p.readers--
		errs = append(errs, f.t.release(p))
	}
	f.t.tell()
	return errors.Join(errs...)
}

// close ends the trail and gives up all files; whoever reads one of them can go on.
func (t *trail) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.tell()
	var errs []error
	for len(t.parts) > 0 {
		errs = append(errs, t.drop())
	}
	return errors.Join(errs...)
}
