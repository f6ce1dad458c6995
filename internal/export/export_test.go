package export

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func newWriter(t *testing.T) (*Writer, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "made", "here")
	w, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w, dir
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// listing is the directory as "name=content" lines.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Name()+"="+string(b))
	}
	return strings.Join(lines, "\n")
}

func TestWriterNumbersNames(t *testing.T) {
	w, dir := newWriter(t)
	if err := os.WriteFile(filepath.Join(dir, "b.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("y", 255)
	for _, tt := range []struct{ name, want string }{
		{"a.txt", "a.txt"},
		{"a.txt", "a(1).txt"},
		{"a.txt", "a(2).txt"},
		{"b.txt", "b(1).txt"},
		{"none", "none"},
		{"none", "none(1)"},
		{"..", ".%2e"},
		{".", "%2e"},
		{"", "_"},
		{"../../etc/passwd", "..%2f..%2fetc%2fpasswd"},
		{long, long},
		{long, long[:252] + "(1)"},
	} {
		final, n, err := w.Write(tt.name, text("hi"))
		if err != nil || final != tt.want || n != 2 {
			t.Errorf("Write(%.30q) = %.30q, %d, %v, want %.30q", tt.name, final, n, err, tt.want)
		}
	}
	if got := listing(t, dir); !strings.Contains(got, "b.txt=mine") || strings.Contains(got, tempPrefix) {
		t.Errorf("the directory holds\n%s", got)
	}
}

// ToFile writes over nothing unless told to, and never over what is no plain file.
func TestToFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "a.txt")
	if err := ToFile(path, false, text("one")); err != nil {
		t.Fatal(err)
	}
	if err := ToFile(path, false, text("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if got := listing(t, filepath.Dir(path)); got != "a.txt=one" {
		t.Errorf("the directory holds %q", got)
	}
	if err := ToFile(path, true, text("two")); err != nil {
		t.Error(err)
	}
	if got := listing(t, filepath.Dir(path)); got != "a.txt=two" {
		t.Errorf("the directory holds %q", got)
	}
	if err := os.Symlink("a.txt", filepath.Join(dir, "new", "link")); err != nil {
		t.Skip(err)
	}
	if err := ToFile(filepath.Join(dir, "new", "link"), true, text("three")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if got := listing(t, filepath.Dir(path)); got != "a.txt=two\nlink=two" {
		t.Errorf("the directory holds %q", got)
	}
}

// Somebody may be quicker between the look and the writing.
func TestCreateTakesNoName(t *testing.T) {
	w, dir := newWriter(t)
	err := w.Create("a", func(out io.Writer) error {
		if err := os.WriteFile(filepath.Join(dir, "a"), []byte("theirs"), 0o600); err != nil {
			t.Fatal(err)
		}
		return text("ours")(out)
	})
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if got := listing(t, dir); got != "a=theirs" {
		t.Errorf("the directory holds %q", got)
	}
}

// A name that somebody chose is used as it is.
func TestReplaceKeepsTheName(t *testing.T) {
	w, dir := newWriter(t)
	for _, name := range []string{"图片.png", "half%2f.txt", "caf\u00e9"} {
		if err := w.Replace(name, text("old")); err != nil {
			t.Error(err)
		}
		fail := errors.New("no more")
		if err := w.Replace(name, func(io.Writer) error { return fail }); !errors.Is(err, fail) {
			t.Errorf("%v", err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != "old" {
			t.Errorf("%s holds %q, %v", name, b, err)
		}
	}
	if err := w.Replace("../outside", text("x")); err == nil {
		t.Error("a file outside the directory is replaced")
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := w.Replace("folder", text("x")); err == nil || strings.Contains(err.Error(), tempPrefix) {
		t.Errorf("a folder is replaced: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, tempPrefix+"*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Whoever is killed while writing must not leave an empty file that looks like a whole one.
func TestAnUnfinishedFileHasNoFinalName(t *testing.T) {
	w, dir := newWriter(t)
	_, _, err := w.Write("a.txt", func(out io.Writer) error {
		if got := listing(t, dir); !strings.HasPrefix(got, tempPrefix) || strings.Contains(got, "a.txt") {
			t.Errorf("the directory holds %q", got)
		}
		return text("hi")(out)
	})
	if got := listing(t, dir); err != nil || got != "a.txt=hi" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNamesAreClaimedWhereFilesHaveOneNameOnly(t *testing.T) {
	w, dir := newWriter(t)
	temp, _, err := w.fill(text("whole"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "taken"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.claim(temp, "taken"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if err := w.claim("not there", "free"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if err := w.claim(temp, "free"); err != nil {
		t.Error(err)
	}
	if got := listing(t, dir); got != "free=whole\ntaken=mine" {
		t.Errorf("the directory holds\n%s", got)
	}
}

func TestWriterStaysInside(t *testing.T) {
	w, dir := newWriter(t)
	outside := filepath.Join(filepath.Dir(dir), "outside.txt")
	if err := os.Symlink("../outside.txt", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	final, _, err := w.Write("link", text("hi"))
	if err != nil || final != "link(1)" {
		t.Errorf("wrote %q, %v", final, err)
	}
	if _, err := os.Stat(outside); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is outside: %v", err)
	}
}

func TestWriterDiskFull(t *testing.T) {
	w, dir := newWriter(t)
	if _, _, err := w.Write("first", text("12345")); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.Write("second", func(out io.Writer) error {
		if _, err := io.WriteString(out, "half"); err != nil {
			return err
		}
		return &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	})
	var we *WriteError
	if !errors.As(err, &we) || !errors.Is(err, syscall.ENOSPC) || we.Files != 1 || we.Bytes != 5 {
		t.Fatalf("got %#v", err)
	}
	want := `cannot write "second" into ` + dir + `: no space left on device; whole files written before it: 1, together 5 bytes`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if got := listing(t, dir); got != "first=12345" {
		t.Errorf("left behind:\n%s", got)
	}
}

func TestNewWriterErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewWriter(filepath.Join(file, "dir")); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
}

// A name that somebody chose is taken as it is, and only if it is free.
func TestCreate(t *testing.T) {
	w, dir := newWriter(t)
	hello := func(out io.Writer) error { _, err := io.WriteString(out, "hello"); return err }
	if err := w.Create("a b.har", hello); err != nil {
		t.Fatal(err)
	}
	made := false
	if err := w.Create("a b.har", func(io.Writer) error { made = true; return nil }); !errors.Is(err, fs.ErrExist) || made {
		t.Errorf("a second time: %v, made %v", err, made)
	}
	taken := func(out io.Writer) error { return w.Create("c", hello) } // somebody else is faster
	if err := w.Create("c", taken); !errors.Is(err, fs.ErrExist) {
		t.Errorf("while it is made: %v", err)
	}
	broken := errors.New("broken")
	if err := w.Create("d", func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if err := w.Create("../e", hello); err == nil {
		t.Error("a file outside the directory")
	}
	if got := listing(t, dir); got != "a b.har=hello\nc=hello" {
		t.Errorf("the directory holds %s", got)
	}
}
