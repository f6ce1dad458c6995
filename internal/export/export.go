// Package export writes what leaves tcptalk as files.
//
// HTTP writes the bodies of HTTP messages under the names that Wireshark's "Export Objects" gives them, Packets packets as a
// capture, Stream the bytes of a connection, HAR exchanges and Lines messages as JSON. Writer puts files into one directory and
// never outside it, never over another file, and never half; their names are good on every system. Start with HTTP, Packets,
// Stream or Lines.
package export

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// tempPrefix begins the names of unfinished files; they are renamed when they are whole.
const tempPrefix = ".tcptalk-part-"

// Writer writes files into one directory. Names come from the wire, so nothing in them is trusted. A file has its final name
// only once it is whole; a process that is killed leaves at most files whose names begin with ".tcptalk-part-" behind.
type Writer struct {
	root  *os.Root
	dir   string
	next  map[string]int // the number to try first for a name that was taken, by folded name
	taken map[string]bool
	temps int
	files int
	bytes int64
}

// NewWriter opens dir, which is created if it does not exist.
func NewWriter(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("cannot create the directory %s: %w", dir, reason(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot write into %s: %w", dir, reason(err))
	}
	return &Writer{root: root, dir: dir, next: make(map[string]int)}, nil
}

// Close lets go of the directory.
func (w *Writer) Close() error { return w.root.Close() }

// WriteError says which file could not be written and how far the Writer got before.
type WriteError struct {
	Name  string
	Dir   string
	Files int   // whole files written before
	Bytes int64 // their sizes
	Err   error
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("cannot write %q into %s: %v; whole files written before it: %d, together %d bytes", e.Name, e.Dir, e.Err, e.Files, e.Bytes)
}

func (e *WriteError) Unwrap() error { return e.Err }

// Write creates a file called name (made safe by SafeName; with "(n)" before the extension if that is taken, or differs from
// a name that is taken only in a way that some file system does not see) with what fill writes, and returns its final name
// and size. If fill or the disk fails no file is left behind.
func (w *Writer) Write(name string, fill func(io.Writer) error) (final string, size int64, err error) {
	return w.write(SafeName(name), fill)
}

// write is Write for a name that is safe already.
func (w *Writer) write(name string, fill func(io.Writer) error) (final string, size int64, err error) {
	temp, size, err := w.fill(fill)
	if err == nil {
		final, err = w.place(temp, name)
	}
	if err != nil {
		return "", 0, &WriteError{name, w.dir, w.files, w.bytes, reason(err)}
	}
	w.files++
	w.bytes += size
	return final, size, nil
}

// Replace writes a file under exactly this name, which somebody chose and no capture: only that it stays in the directory is
// seen to. What was there before stays until the new file is complete.
func (w *Writer) Replace(name string, fill func(io.Writer) error) error {
	return w.exactly(name, fill, func(temp string) error { return w.root.Rename(temp, name) })
}

// Create is Replace for a name that nothing may have yet: if there is a file by then the error is fs.ErrExist. Where it is there
// already nothing is made for it.
func (w *Writer) Create(name string, fill func(io.Writer) error) error {
	if _, err := w.root.Lstat(name); err == nil {
		return &WriteError{name, w.dir, w.files, w.bytes, fs.ErrExist}
	}
	return w.exactly(name, fill, func(temp string) error {
		err := w.claimed(temp, name)
		if err == nil {
			_ = w.root.Remove(temp) // it has its final name, and may have lost this one already
		}
		return err
	})
}

// exactly writes a temporary file and lets put give it its name.
func (w *Writer) exactly(name string, fill func(io.Writer) error, put func(temp string) error) error {
	temp, size, err := w.fill(fill)
	if err == nil {
		if err = put(temp); err != nil {
			_ = w.root.Remove(temp) // the first error is the one to tell
		}
	}
	if err != nil {
		return &WriteError{name, w.dir, w.files, w.bytes, reason(err)}
	}
	w.files++
	w.bytes += size
	return nil
}

// ToFile writes the file at path, which somebody chose. Without replace nothing may be there yet (fs.ErrExist), with replace
// it must be a plain file: a device or a link that somebody named by mistake stays what it is.
func ToFile(path string, replace bool, fill func(io.Writer) error) error {
	w, err := NewWriter(filepath.Dir(path))
	if err != nil {
		return err
	}
	name := filepath.Base(path)
	switch st, serr := w.root.Lstat(name); {
	case errors.Is(serr, fs.ErrNotExist):
		err = w.Create(name, fill)
	case serr == nil && !replace, serr == nil && !st.Mode().IsRegular():
		err = &WriteError{name, w.dir, 0, 0, fs.ErrExist}
	case serr == nil:
		err = w.Replace(name, fill)
	default:
		err = &WriteError{name, w.dir, 0, 0, reason(serr)}
	}
	return errors.Join(err, w.Close())
}

// fill writes a temporary file and returns its name; none is left if that fails.
func (w *Writer) fill(fill func(io.Writer) error) (temp string, size int64, err error) {
	temp, f, err := w.temp()
	if err != nil {
		return "", 0, err
	}
	out := &counting{w: f}
	err = fill(out)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = w.root.Remove(temp) // the first error is the one to tell
	}
	return temp, out.n, err
}

// temp creates a new file for something unfinished.
func (w *Writer) temp() (name string, f *os.File, err error) {
	for {
		w.temps++
		name = tempPrefix + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(w.temps)
		f, err = w.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return name, f, err
		}
	}
}

// place gives a temporary file the first free name, or removes it.
func (w *Writer) place(temp, name string) (final string, err error) {
	w.look()
	base := folded(name)
	for n := w.next[base]; ; n++ {
		final = numbered(name, n)
		key := folded(final)
		if w.taken[key] {
			continue
		}
		err = w.claimed(temp, final)
		if err == nil || errors.Is(err, fs.ErrExist) {
			w.taken[key] = true
		}
		if !errors.Is(err, fs.ErrExist) {
			w.next[base] = n + 1
			_ = w.root.Remove(temp) // of no use any more; after a failure that is the one to tell
			return final, err
		}
	}
}

// look notes the names that are in the directory already. Where it cannot be read they are found out one by one.
func (w *Writer) look() {
	if w.taken != nil {
		return
	}
	w.taken = make(map[string]bool)
	d, err := w.root.Open(".")
	if err != nil {
		return
	}
	names, _ := d.Readdirnames(-1) // those that were read count
	_ = d.Close()                  // nothing was written
	for _, name := range names {
		w.taken[folded(name)] = true
	}
}

// claimed gives a temporary file a name that is free. It gets a second name, and the caller takes the first one away: no
// other way takes a name only if it is free with the whole file behind it at once.
func (w *Writer) claimed(temp, final string) error {
	err := w.root.Link(temp, final)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return w.claim(temp, final)
	}
	return err
}

// claim renames a temporary file to a name that is free. Not every file system, such as FAT, lets a file have two names: here
// an empty file keeps the name until it is replaced.
func (w *Writer) claim(temp, final string) error {
	f, err := w.root.OpenFile(final, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if err = f.Close(); err == nil {
		err = w.root.Rename(temp, final)
	}
	if err != nil {
		_ = w.root.Remove(final) // the first error is the one to tell
	}
	return err
}

// reason takes the operation and path off a file error: they are named in the sentence around it.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}

type counting struct {
	w io.Writer
	n int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
