package ui

import (
	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// The ways to look at a file, in the order of their switch; the last one only for files that were joined from ranges.
const (
	lookPreview = iota
	lookHex
	lookRanges
)

// rangesList lists the ranges that a file was joined from, and what is missing between them. A click goes to the packet.
type rangesList struct {
	w     *Window
	list  *widget.List
	file  *export.Object
	parts []export.RangePart
}

const rangeRow = 46

// rangesWords are the texts of the list.
var rangesWords = struct{ ranges, missing, packets, packet narrate.Text }{
	ranges:  narrate.Text{"Ranges (${n})", "范围（${n}）"},
	missing: narrate.Text{"missing", "缺失"},
	packets: narrate.Text{"packets ${n}–${of}", "包 ${n}–${of}"},
	packet:  narrate.Text{"packet ${n}", "包 ${n}"},
}

func newRangesList(w *Window) *rangesList {
	r := &rangesList{w: w, list: widget.NewList(rangeRow)}
	r.list.Flat = true
	r.list.Count = func() int { return len(r.parts) }
	r.list.Draw = r.draw
	r.list.OnSelect = r.goTo
	r.list.OnOpen = r.goTo
	r.list.OnCopy = func(i int) { w.copy(r.place(i) + "  " + r.source(i)) }
	return r
}

// changed shows the ranges of another file.
func (r *rangesList) changed(file *export.Object) {
	if file == r.file {
		return
	}
	if r.file, r.parts = file, nil; file != nil {
		r.parts = file.Parts()
	}
	r.list.Select(-1)
	r.list.Refresh()
}

// goTo shows the packet in which a range begins.
func (r *rangesList) goTo(i int) {
	if i >= 0 && i < len(r.parts) && !r.parts[i].Absent {
		r.w.app.GoTo(r.parts[i].First)
	}
}

// place is which bytes a part are, as HTTP counts them: the last one is the last that is there.
func (r *rangesList) place(i int) string {
	p := &r.parts[i]
	return narrate.Count(uint64(p.Start)) + "–" + narrate.Count(uint64(p.End-1))
}

// source says which packets brought a part.
func (r *rangesList) source(i int) string {
	p := &r.parts[i]
	switch {
	case p.Absent:
		return r.w.t(rangesWords.missing)
	case p.First == p.Last:
		return fill(r.w.lang(), rangesWords.packet, narrate.Frame(p.First), "")
	}
	return fill(r.w.lang(), rangesWords.packets, narrate.Frame(p.First), narrate.Frame(p.Last))
}

func (r *rangesList) draw(p *widget.Pen, i int, w float32, _ widget.RowState) {
	part := &r.parts[i]
	const x, line, top = 34, 20, 3
	icon, fg, second := "ok", p.P.OK, p.P.Accent
	if part.Absent {
		icon, fg, second = "warn", p.P.Warn, p.P.Warn
	}
	p.Icon(12, top+3, 14, icon, fg)
	p.T(x, top, w-x-12, line, r.place(i), theme.Mono, p.P.Text, widget.Left)
	size := narrate.Bytes(uint64(part.End - part.Start))
	sw := p.T(x, top+line, 0, line-2, size, theme.Small, p.P.Text2, widget.Left)
	p.T(x+sw+10, top+line, w-x-sw-22, line-2, r.source(i), theme.Small, second, widget.Left)
}

// looks is how the selected file is looked at.
func (f *filesPane) looks() int {
	if f.lookAs == lookRanges && len(f.parts.parts) == 0 {
		return lookPreview
	}
	return f.lookAs
}

// offerLooks offers the ways there are to look at a file.
func (f *filesPane) offerLooks(file *export.Object) {
	names := []string{f.w.t(filesWords.look), f.w.t(filesWords.hex)}
	if n := len(file.Ranges); n > 0 {
		names = append(names, fill(f.w.lang(), rangesWords.ranges, itoa(n), ""))
	}
	f.look.SetItems(names)
	f.look.SetSelected(f.looks())
}
