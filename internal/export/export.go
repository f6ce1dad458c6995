// Package export writes what leaves tcptalk as files.
//
// HTTPObjects writes the bodies of HTTP messages under the names that Wireshark's "Export Objects" gives them; Writer puts
// files into one directory and never outside it, never over another file, and never half; Lines writes messages as JSON. Start
// with NewHTTPObjects and Lines.
package export

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tempPrefix begins the names of unfinished files; they are renamed when they are whole.
const tempPrefix = ".tcptalk-part-"

// Writer writes files into one directory. Names come from the wire, so nothing in them is trusted. A file has its final name
// only once it is whole; a process that is killed leaves at most files whose names begin with ".tcptalk-part-" behind.
type Writer struct {
	root  *os.Root
	dir   string
	next  map[string]int // the number to try first for a name that was taken
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

// Write creates a file called name (made safe by SafeName; with "(n)" before the extension if that is taken) with what
// fill writes, and returns its final name and size. If fill or the disk fails no file is left behind.
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
	temp, _, err := w.fill(fill)
	if err == nil {
		if err = w.root.Rename(temp, name); err != nil {
			_ = w.root.Remove(temp) // the first error is the one to tell
		}
	}
	if err != nil {
		return &WriteError{name, w.dir, w.files, w.bytes, reason(err)}
	}
	return nil
}

// Create writes a file under exactly this name, which somebody chose and no capture: only that it stays in the directory is
// seen to. If there is one already it is left alone, and the error is fs.ErrExist; nothing is made for it in that case.
func (w *Writer) Create(name string, fill func(io.Writer) error) error {
	err := fs.ErrExist
	if _, lerr := w.root.Lstat(name); errors.Is(lerr, fs.ErrNotExist) {
		err = w.create(name, fill)
	} else if lerr != nil {
		err = lerr
	}
	if err != nil {
		return &WriteError{name, w.dir, w.files, w.bytes, reason(err)}
	}
	return nil
}

func (w *Writer) create(name string, fill func(io.Writer) error) error {
	temp, _, err := w.fill(fill)
	if err != nil {
		return err
	}
	if err = w.root.Link(temp, name); err != nil && !errors.Is(err, fs.ErrExist) {
		err = w.claim(temp, name)
	}
	_ = w.root.Remove(temp) // of no use any more; after a failure that is the one to tell
	return err
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

// place gives a temporary file the first free name, or removes it. It gets a second name and loses the first one: no other
// way takes a name only if it is free with the whole file behind it at once.
func (w *Writer) place(temp, name string) (final string, err error) {
	for n := w.next[name]; ; n++ {
		if final = numbered(name, n); final == "." || final == ".." {
			continue
		}
		if err = w.root.Link(temp, final); err != nil && !errors.Is(err, fs.ErrExist) {
			err = w.claim(temp, final)
		}
		if !errors.Is(err, fs.ErrExist) {
			w.next[name] = n + 1
			_ = w.root.Remove(temp) // of no use any more; after a failure that is the one to tell
			return final, err
		}
	}
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

// maxName is the longest file name that common file systems take, in bytes; Wireshark's limit too.
const maxName = 255

// SafeName turns a name from the wire into a file name as Wireshark does: characters that mean something to some file
// system, and control characters, become % and two hex digits; bytes that are not ASCII become U+FFFD; the stem is cut so
// that the whole has at most 255 bytes, between two characters. The result may be ".", "..", or taken: see Writer.
func SafeName(name string) string {
	name, _, _ = strings.Cut(name, "\x00")
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c < 0x20 || strings.IndexByte(`<>:"/\|?*`, c) >= 0:
			fmt.Fprintf(&b, "%%%02x", c)
		case c >= 0x80:
			b.WriteString("\ufffd")
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() == 0 {
		return "."
	}
	return fit(b.String(), "")
}

// numbered is the nth name to try for base: base itself, then with "(n)" before the extension.
func numbered(base string, n int) string {
	if n == 0 {
		return base
	}
	return fit(base, "("+strconv.Itoa(n)+")")
}

// fit puts mark before the extension, which begins at the last dot, and cuts the stem if the whole gets too long.
func fit(name, mark string) string {
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		stem, ext = name[:i], name[i:]
	}
	if len(mark)+len(ext) > maxName {
		stem, ext = name, "" // no extension is that long
	}
	if over := len(stem) + len(mark) + len(ext) - maxName; over > 0 {
		end := len(stem) - over
		for end > 0 && !utf8.RuneStart(stem[end]) {
			end--
		}
		stem = stem[:end]
	}
	return stem + mark + ext
}
