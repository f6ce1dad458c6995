package widget

import (
	"tcptalk/internal/ui/theme"
)

// Connection is what a row of the list of conversations says.
type Connection struct {
	Host, Duration string // first line
	Facts          string // second line: protocol, packets, bytes
	Badges         []Badge
	Peer           string // the client's address or port, beside the badges
}

// ConnectionHeight is the height of a row drawn by DrawConnection, in pixels.
const ConnectionHeight = 70

// DrawConnection draws a row of the list of conversations.
func DrawConnection(p *Pen, c Connection, w float32, _ RowState) {
	const left, right = 20, 16
	dw := p.Width(c.Duration, theme.Tiny)
	p.T(w-right-dw, 6, 0, 20, c.Duration, theme.Tiny, p.P.Text3, Left)
	p.T(left, 6, w-left-right-dw-8, 20, c.Host, theme.Strong, p.P.Text, Left)
	p.T(left, 25, w-left-right, 16, c.Facts, theme.Tiny, p.P.Text2, Left)
	pw := p.Width(c.Peer, theme.MonoTiny)
	end := p.Badges(left, 44, w-right, c.Badges)
	if len(c.Badges) == 0 {
		end = left - 8
	}
	if end+8+pw <= w-right {
		p.T(w-right-pw, 44, 0, badgeHeight, c.Peer, theme.MonoTiny, p.P.Text3, Left)
	}
}

// Entry is a row of a short list of things with an icon: a recent file, an interface.
type Entry struct {
	Icon, Name, Detail string
	// Dim shows the icon and name as not available.
	Dim bool
}

// EntryHeight is the height of a row drawn by DrawEntry, in pixels.
const EntryHeight = 48

// DrawEntry draws a name over a detail, with an icon before them.
func DrawEntry(p *Pen, e Entry, w float32, _ RowState) {
	const left, text, right = 20, 46, 12
	fg := p.P.Text
	if e.Dim {
		fg = p.P.Text3
	}
	p.Icon(left, 7, 16, e.Icon, p.P.Text3)
	p.T(text, 4, w-text-right, 20, e.Name, theme.Body, fg, Left)
	p.T(text, 23, w-text-right, 18, e.Detail, theme.Small, p.P.Text3, Left)
}

// FileRow is a row of the table of files.
type FileRow struct {
	Icon, Name, Type, Size, Packets string
	Badge                           Badge
	// Child indents a part of the file above it.
	Child bool
}

// FileHeight is the height of a row drawn by DrawFile, in pixels.
const FileHeight = 35

// fileColumns are the left edges of type and packets, and the right edge of the size, as shares of the width.
const (
	fileTypeAt    = .35
	fileSizeAt    = .60
	filePacketsAt = .63
)

// DrawFile draws a row of the table of files.
func DrawFile(p *Pen, f FileRow, w float32, _ RowState) {
	const left, text, right = 14, 40, 14
	h := float32(FileHeight)
	name, face := float32(text), theme.Strong
	if f.Child {
		name, face = text+16, theme.Mono
	} else {
		p.Icon(left, (h-16)/2, 16, f.Icon, p.P.Text3)
	}
	typeX, sizeX, packX := round(w*fileTypeAt), round(w*fileSizeAt), round(w*filePacketsAt)
	p.T(name, 0, typeX-name-8, h, f.Name, face, p.P.Text, Left)
	sw := p.Width(f.Size, theme.Mono)
	p.T(typeX, 0, sizeX-sw-8-typeX, h, f.Type, theme.Small, p.P.Text2, Left)
	p.T(sizeX-sw, 0, 0, h, f.Size, theme.Mono, p.P.Text2, Left)
	bw := float32(0)
	if f.Badge.Text != "" {
		bw = p.BadgeWidth(f.Badge)
		p.Badge(w-right-bw, (h-badgeHeight)/2, f.Badge)
	}
	if room := w - right - bw - 8 - packX; room > 0 {
		p.T(packX, 0, room, h, f.Packets, theme.Mono, p.P.Accent, Left)
	}
	p.HLine(left, h-1, w-left-right, p.P.Line)
}
