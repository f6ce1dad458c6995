package live

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tcptalk/internal/capture/pcapfile"
)

// Names in a run's directory.
const (
	lockName    = "lock"     // locked while the process that captures is there
	specName    = "run.json" // the Spec
	partPattern = "%06d.pcapng"
	runPattern  = "run-*"
)

// DefaultDir returns where captures are kept until they are saved: a folder of this account's own.
func DefaultDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "tcptalk", "live"), nil
}

// directory is the private directory of one run.
type directory struct {
	path string
	lock *os.File
}

// newDirectory makes a private directory below base, and locks it.
func newDirectory(base string, s *Spec) (*directory, error) {
	if err := os.MkdirAll(base, 0o700); err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(base, runPattern) // with mode 0700
	if err != nil {
		return nil, err
	}
	d := &directory{path: path}
	if err := d.begin(s); err != nil {
		return nil, errors.Join(err, d.remove())
	}
	return d, nil
}

func (d *directory) begin(s *Spec) error {
	lock, err := os.OpenFile(filepath.Join(d.path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	d.lock = lock
	if err := tryLock(lock); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.path, specName), text, 0o600)
}

// part creates file number n.
func (d *directory) part(n int) (string, *os.File, error) {
	path := filepath.Join(d.path, fmt.Sprintf(partPattern, n))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	return path, f, err
}

// remove removes the directory with everything in it.
func (d *directory) remove() error {
	var err error
	if d.lock != nil {
		err = d.lock.Close()
	}
	return errors.Join(err, os.RemoveAll(d.path))
}

// Leftover is a capture whose process ended without saving or discarding it.
type Leftover struct {
	Spec Spec
	// Bytes is how much was captured, Last when the last packet was written.
	Bytes int64
	Last  time.Time

	dir   *directory
	files []string
}

// Leftovers returns what processes that are gone have left below base, the latest first. Those without a packet are removed. A
// Leftover is locked until it is discarded or released, so that no other process offers it too.
func Leftovers(base string) ([]*Leftover, error) {
	entries, err := os.ReadDir(base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var out []*Leftover
	for _, e := range entries {
		if ok, _ := filepath.Match(runPattern, e.Name()); ok && e.IsDir() {
			if l := leftover(filepath.Join(base, e.Name())); l != nil {
				out = append(out, l)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Leftover) int { return b.Last.Compare(a.Last) })
	return out, nil
}

// leftover returns what is in a run's directory, nil if its process is there, or if there is nothing to keep.
func leftover(path string) *Leftover {
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR, 0)
	if err != nil {
		return nil // somebody is just making or removing it
	}
	if tryLock(lock) != nil {
		_ = lock.Close() // its owner has it
		return nil
	}
	l := &Leftover{dir: &directory{path: path, lock: lock}}
	if text, err := os.ReadFile(filepath.Join(path, specName)); err == nil {
		_ = json.Unmarshal(text, &l.Spec) // what it says is shown, no more
	}
	names, _ := filepath.Glob(filepath.Join(escapeGlob(path), "*.pcapng"))
	slices.Sort(names)
	for _, name := range names {
		st, err := os.Stat(name)
		if err != nil || !st.Mode().IsRegular() {
			continue
		}
		l.files, l.Bytes = append(l.files, name), l.Bytes+st.Size()
		if st.ModTime().After(l.Last) {
			l.Last = st.ModTime()
		}
	}
	if !l.hasPackets() {
		_ = l.Discard() // nobody would miss it
		return nil
	}
	return l
}

// escapeGlob makes a path match itself.
func escapeGlob(path string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(path)
}

func (l *Leftover) hasPackets() bool {
	f, err := l.Open()
	if err != nil {
		return false
	}
	defer f.Close()
	var b pcapfile.Batch
	return f.NextBatch(&b) == nil
}

// Open opens the capture up to its last whole packet. It can be opened several times.
func (l *Leftover) Open() (*pcapfile.File, error) {
	t := newTrail(false)
	for _, name := range l.files {
		file, err := os.Open(name)
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		length, _, err := whole(file)
		if err != nil {
			return nil, errors.Join(err, file.Close(), t.close())
		}
		t.add(name, file, length, pcapfile.Before{})
	}
	t.end()
	f, err := pcapfile.OpenGrowing(&closing{t.follow(), t}, "recovered capture")
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return f, nil
}

// closing is a follower that closes its trail too.
type closing struct {
	*follower
	t *trail
}

func (c *closing) Close() error { return errors.Join(c.follower.Close(), c.t.close()) }

// Save writes the capture to path, which must not exist, or replaces it if over is set. The file is there whole or not at all.
func (l *Leftover) Save(path string, over bool) error {
	f, err := l.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	return save(f, path, over)
}

// Discard removes the capture.
func (l *Leftover) Discard() error { return l.dir.remove() }

// Release leaves the capture where it is, for the next time.
func (l *Leftover) Release() error { return l.dir.lock.Close() }

// whole returns how many bytes of a file of ours are whole blocks, and how many packets are in them: what was being written
// when its process was killed, or when the disk was full, may be cut.
func whole(file *os.File) (length int64, packets uint64, err error) {
	const enhancedPacket, simplePacket = 6, 3
	r := bufio.NewReaderSize(io.NewSectionReader(file, 0, 1<<62), 1<<16)
	for {
		head, err := r.Peek(8)
		if err == io.EOF {
			return length, packets, nil
		} else if err != nil {
			return 0, 0, err
		}
		kind, size := binary.LittleEndian.Uint32(head), int64(binary.LittleEndian.Uint32(head[4:]))
		if size < 12 || size%4 != 0 {
			return length, packets, nil
		}
		if n, err := r.Discard(int(size)); int64(n) < size && err == io.EOF {
			return length, packets, nil
		} else if err != nil {
			return 0, 0, err
		}
		length += size
		if kind == enhancedPacket || kind == simplePacket {
			packets++
		}
	}
}

// save writes what f holds by now to path, atomically.
func save(f *pcapfile.File, path string, over bool) (err error) {
	if !over {
		if _, err := os.Lstat(path); err == nil {
			return &fs.PathError{Op: "save", Path: path, Err: fs.ErrExist}
		}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tcptalk-*.pcapng")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	if err := copyWhole(tmp, f); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if !over {
		// Unlike a rename this does not replace what came there meanwhile.
		if err := os.Link(tmp.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
			return errors.Join(err, os.Remove(tmp.Name()))
		}
	}
	return os.Rename(tmp.Name(), path)
}

// copyWhole copies the capture from its first byte to the last one that can be read.
func copyWhole(w io.Writer, f *pcapfile.File) error {
	buf := make([]byte, 1<<20)
	for off := int64(0); ; {
		n, err := f.ReadAt(buf, off)
		if _, werr := w.Write(buf[:n]); werr != nil {
			return werr
		}
		off += int64(n)
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
