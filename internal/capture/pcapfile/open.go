package pcapfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"sync/atomic"
)

// Stdin is the name that makes Open read standard input.
const Stdin = "-"

// Open opens the named capture, or standard input if name is "-". What is not a regular file is read as a pipe. Errors are
// always an *Error; a file that ends inside its header is one already here. An empty file is a capture without packets.
func Open(name string) (*File, error) { return openWith(name, defaultLimits, "") }

func openWith(name string, lim limits, tempDir string) (*File, error) {
	if name == Stdin {
		return openStream(os.Stdin, name, -1, lim, tempDir)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, openError(name, err)
	}
	f, err := openFile(file, name, lim, tempDir)
	if err != nil {
		_ = file.Close() // nothing was written: its error would say nothing
		return nil, err
	}
	return f, nil
}

func openFile(file *os.File, name string, lim limits, tempDir string) (*File, error) {
	stat, err := file.Stat()
	if err != nil {
		return nil, openError(name, err)
	}
	if stat.IsDir() {
		return nil, &Error{Kind: Unreadable, Reason: ReasonDirectory, Name: name, Size: -1}
	}
	if !stat.Mode().IsRegular() {
		return openStream(file, name, -1, lim, tempDir, file)
	}
	head := make([]byte, headSize)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, openError(name, err)
	}
	if compressionOf(head[:n]) != uncompressed {
		return openStream(file, name, stat.Size(), lim, tempDir, file)
	}
	return begin(&fileSource{file: file, length: stat.Size()}, name, uncompressed, lim)
}

// OpenReader reads a capture from r, a pipe for instance; name is for messages. It keeps a copy of the bytes so that ReadAt
// works, in memory or in a temporary file. The caller closes r after the File, or before to end a waiting Next.
func OpenReader(r io.Reader, name string) (*File, error) {
	return openStream(r, name, -1, defaultLimits, "")
}

// OpenBytes reads a capture that lies in memory; name is for messages. b must not change until Close.
func OpenBytes(b []byte, name string) (*File, error) { return openBytes(b, name, defaultLimits) }

func openBytes(b []byte, name string, lim limits) (*File, error) {
	if compressionOf(b) != uncompressed {
		return openStream(bytes.NewReader(b), name, int64(len(b)), lim, "")
	}
	return begin(newBytesSource(b), name, uncompressed, lim)
}

// openStream opens bytes that come once. total is their number, -1 if not known. It closes nothing if it fails.
func openStream(r io.Reader, name string, total int64, lim limits, tempDir string, closes ...io.Closer) (*File, error) {
	consumed := new(atomic.Int64)
	packed := bufio.NewReaderSize(countingReader{in: r, count: consumed}, windowSize)
	// Peek waits for no more than it needs: a live capture begins with a whole file header.
	head, err := packed.Peek(4)
	if err != nil && err != io.EOF {
		return nil, named(err, name)
	}
	how := compressionOf(head)
	s := &spool{
		in:     &unpacker{how: how, packed: packed, consumed: consumed, limits: lim},
		limits: lim, dir: tempDir, consumed: consumed,
	}
	s.total.Store(total)
	f, err := begin(s, name, how, lim)
	if err != nil {
		_ = s.Close() // only its temporary file
		return nil, err
	}
	s.closes = closes
	return f, nil
}

// headSize is how many bytes tell what a file is: the longest file header of the pcap variants.
const headSize = 28

// begin reads the file header and returns a File that stands before the first packet.
func begin(src source, name string, how compression, lim limits) (*File, error) {
	f := &File{name: name, src: src, limits: lim, win: window{src: src}, facts: factKeeper{left: lim.facts}}
	f.info.Name, f.info.Compression = name, string(how)
	if err := f.readHeader(); err != nil {
		return nil, named(err, name)
	}
	return f, nil
}

// readHeader recognises the format and consumes the file header.
func (f *File) readHeader() error {
	err := f.win.fill(len(magic{}))
	head := f.win.buf[:f.win.w]
	if len(head) == 0 && err == io.EOF {
		return nil // an empty file: no packets
	}
	if err != nil && err != io.EOF {
		return f.located(err)
	}
	if len(head) < len(magic{}) {
		if !beginsMagic(head) {
			return f.notCapture(head)
		}
		return f.cutHeader(pcapHeaderLen)
	}
	if format, ok := pcapMagics[magic(head)]; ok {
		return f.beginPcap(format)
	}
	if bytes.HasPrefix(head, ngMagic[:]) {
		return f.beginNG()
	}
	return f.notCapture(head)
}

// beginsMagic reports whether head, too short to tell, may be the start of a capture.
func beginsMagic(head []byte) bool {
	for m := range pcapMagics {
		if bytes.HasPrefix(m[:], head) {
			return true
		}
	}
	return bytes.HasPrefix(ngMagic[:], head)
}

// cutHeader is the error for an input that ends inside its file header of want bytes.
func (f *File) cutHeader(want int) error {
	if f.win.err != nil && f.win.err != io.EOF {
		return f.located(f.win.err)
	}
	return &Error{
		Kind: Truncated, Reason: ReasonHeaderCut, Size: f.src.size(), Have: uint64(f.win.buffered()), Want: uint64(want),
	}
}

// located adds the place to an error of the source.
func (f *File) located(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Offset, e.Size = f.win.offset()+int64(f.win.buffered()), f.src.size()
	}
	return err
}

// shownLength is how many bytes Error.Head holds at most.
const shownLength = 16

// notCapture is the error for an input that begins with head. More of it is read, if there is more, to show it.
func (f *File) notCapture(head []byte) error {
	// An error here says that there is no more to show.
	if f.win.fill(shownLength) == nil {
		head = f.win.buf[:f.win.w]
	}
	head = bytes.Clone(head[:min(len(head), shownLength)])
	return &Error{Kind: Unreadable, Reason: ReasonNotCapture, Size: f.src.size(), Head: head, Looks: looksLike(head)}
}

// foreign lists beginnings of files that people try to open.
var foreign = []struct {
	begin string
	is    Looks
}{
	{"PK\x03\x04", LooksZIP},
	{"\x1f\x8b", LooksGzip},
	{"\x28\xb5\x2f\xfd", LooksZstd},
	{"BZh", LooksBzip2},
	{"\xfd7zXZ\x00", LooksXZ},
	{"\x04\x22\x4d\x18", LooksLZ4},
	{"7z\xbc\xaf\x27\x1c", Looks7Zip},
	{"snoop\x00\x00\x00", LooksSnoop},
	{"GMBU", LooksNetMon},
	{"RTSS", LooksNetMon},
	{"version https://git-lfs", LooksLFS},
	{"<!DOCTYPE", LooksWeb},
	{"<html", LooksWeb},
}

// looksLike names well-known contents, "" if unknown.
func looksLike(head []byte) Looks {
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.begin[:min(len(f.begin), shownLength)])) {
			return f.is
		}
	}
	return ""
}

// named adds the file's name to an *Error.
func named(err error, name string) error {
	var e *Error
	if errors.As(err, &e) {
		e.Name = name
	}
	return err
}
