package narrate

import (
	"context"
	"errors"
	"io/fs"
	"syscall"
)

// causes word what the system says when a file cannot be written or read, in this order.
var causes = []struct {
	err  error
	text Text
}{
	{fs.ErrPermission, Text{"permission denied", "没有权限"}},
	{fs.ErrNotExist, Text{"no such file or folder", "没有这个文件或文件夹"}},
	{fs.ErrExist, Text{"there is something of that name already", "已有同名文件"}},
	{fs.ErrClosed, Text{"the file was closed meanwhile", "文件已在此期间关闭"}},
	{syscall.ENOSPC, Text{"the disk is full", "磁盘已满"}},
	{syscall.EROFS, Text{"nothing can be written there: the disk is read-only", "磁盘只读，无法写入"}},
	{syscall.EISDIR, Text{"there is a folder of that name", "那是一个文件夹"}},
	{syscall.ENOTDIR, Text{"a part of the path is no folder", "路径中有一段不是文件夹"}},
	{syscall.ENAMETOOLONG, Text{"the name is too long", "文件名太长"}},
	{syscall.EIO, Text{"the disk reports an error", "磁盘出错"}},
	{context.Canceled, Text{"it was stopped", "已停止"}},
}

// Cause words an error for a reader: what is wrong, and with which file where that is known. What tcptalk has no words for stays as the
// system says it.
func Cause(l Lang, err error) string {
	var said interface{ Say(l Lang) string }
	if errors.As(err, &said) {
		return said.Say(l)
	}
	for _, c := range causes {
		if errors.Is(err, c.err) {
			return placed(l, c.text.In(l), err)
		}
	}
	return err.Error()
}

// placed adds the path that an error names.
func placed(l Lang, text string, err error) string {
	var at *fs.PathError
	if !errors.As(err, &at) || at.Path == "" {
		return text
	}
	return text + Text{" (", "（"}.In(l) + at.Path + Text{")", "）"}.In(l)
}
