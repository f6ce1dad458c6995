package app

import (
	"context"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"tcptalk/internal/export"
)

// HasFoundPackets reports that a search has ended and found packets.
func (c *Capture) HasFoundPackets() bool {
	if c == nil || c.Session == nil || c.Search.Running {
		return false
	}
	for _, m := range c.Search.Found {
		if len(m.Packets) > 0 {
			return true
		}
	}
	return false
}

// SaveFound saves the packets that were found as a pcapng, with the other fragments of theirs, replacing what is there: the reader
// chose the name. The capture that is open is not replaced by a part of itself.
func (a *App) SaveFound(path string) {
	c := a.Capture
	if !c.HasFoundPackets() {
		return
	}
	if abs, err := filepath.Abs(path); err != nil || abs == c.Path {
		a.host.Notify(Notice{Bad: true, Text: noticeSaveOver, Detail: path})
		return
	}
	s, found := c.Session, maps.Clone(c.Search.Found)
	a.saveSlowly(c, path, func(ctx context.Context, step func(done, total int)) error {
		frames := export.NewFrames(s)
		for _, stream := range slices.Sorted(maps.Keys(found)) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			v, err := s.View(stream)
			if err != nil {
				return err
			}
			for _, p := range found[stream].Packets {
				if int(p) < v.Len() {
					frames.Add(v.At(int(p)).Frame)
				}
			}
		}
		return replaceWith(path, func(out io.Writer) error {
			_, err := export.Packets(ctx, s, frames, export.PcapNG, out, step)
			return err
		})
	})
}
