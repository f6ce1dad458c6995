package narrate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode"
)

func TestCause(t *testing.T) {
	dir := t.TempDir()
	_, missing := os.Open(filepath.Join(dir, "no.pcap"))
	folder := os.WriteFile(dir, nil, 0o600)
	for _, c := range []struct {
		err              error
		english, chinese string
	}{
		{missing, "no such file or folder (" + dir + "/no.pcap)", "没有这个文件或文件夹（" + dir + "/no.pcap）"},
		{folder, "there is a folder of that name (" + dir + ")", "那是一个文件夹（" + dir + "）"},
		{fmt.Errorf("cannot write: %w", &fs.PathError{Op: "write", Path: "a.har", Err: syscall.ENOSPC}), "the disk is full (a.har)", "磁盘已满（a.har）"},
		{fs.ErrPermission, "permission denied", "没有权限"},
		{errors.New("odd"), "odd", "odd"},
	} {
		if got := Cause(English, c.err); got != c.english {
			t.Errorf("%v: %q", c.err, got)
		}
		if got := Cause(Chinese, c.err); got != c.chinese {
			t.Errorf("%v: %q", c.err, got)
		}
	}
	for _, c := range causes {
		if s := c.text[Chinese]; !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || c.text[English] == "" {
			t.Errorf("%v: %q", c.err, c.text)
		}
	}
}
