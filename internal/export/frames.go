package export

import (
	"context"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"tcptalk/internal/session"
)

// Frames is a set of frames of one capture, by their numbers. It takes a bit a frame.
type Frames struct {
	s *session.Session
	// before and last bound the numbers: those of the capture lie behind before.
	before, last uint32
	bits         []uint64
}

// NewFrames returns an empty set for the frames that s has by now.
func NewFrames(s *session.Session) *Frames {
	before := s.Before()
	last := max(s.Counts().Last, before)
	return &Frames{s: s, before: before, last: last, bits: make([]uint64, (last-before)/64+1)}
}

// Has reports that a frame is in the set.
func (f *Frames) Has(frame uint32) bool {
	if frame <= f.before || frame > f.last {
		return false
	}
	i := frame - f.before
	return f.bits[i/64]>>(i%64)&1 != 0
}

// Len returns how many frames are in the set.
func (f *Frames) Len() (n int) {
	for _, b := range f.bits {
		n += bits.OnesCount64(b)
	}
	return n
}

// highest returns the highest number in the set, 0 if it is empty.
func (f *Frames) highest() uint32 {
	for i := len(f.bits) - 1; i >= 0; i-- {
		if b := f.bits[i]; b != 0 {
			return f.before + uint32(i*64+bits.Len64(b)-1)
		}
	}
	return 0
}

// Add adds a frame, and those with the other IP fragments of the segment that it completes.
func (f *Frames) Add(frame uint32) {
	f.set(frame)
	for _, k := range f.s.Fragments(frame) {
		f.set(k)
	}
}

func (f *Frames) set(frame uint32) {
	if f.before < frame && frame <= f.last {
		i := frame - f.before
		f.bits[i/64] |= 1 << (i % 64)
	}
}

// AddAll adds every frame of the capture.
func (f *Frames) AddAll() {
	for n := f.before; n < f.last; n++ {
		f.set(n + 1)
	}
}

// Keep drops the frames that other does not have.
func (f *Frames) Keep(other *Frames) {
	for i := range f.bits {
		if i < len(other.bits) {
			f.bits[i] &= other.bits[i]
		} else {
			f.bits[i] = 0
		}
	}
}

// AddConnection adds the segments of a connection.
func (f *Frames) AddConnection(stream int) error {
	v, err := f.s.View(stream)
	if err != nil {
		return err
	}
	for i := range v.Len() {
		f.Add(v.At(i).Frame)
	}
	return nil
}

// AddErrors adds the ICMP errors that quote a segment of one of these connections.
func (f *Frames) AddErrors(streams []int) {
	wanted := make(map[uint32]bool, len(streams))
	for _, s := range streams {
		wanted[uint32(s)] = true
	}
	f.s.EachQuote(func(stream, frame uint32) {
		if wanted[stream] {
			f.set(frame)
		}
	})
}

// AddMatching adds the segments that match says yes to; it is asked about segment i of every connection. progress is told how
// many connections were looked at; it may be nil.
func (f *Frames) AddMatching(ctx context.Context, match func(v *session.View, i int) bool, progress func(done, total int)) error {
	n := f.s.Streams()
	for stream := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		v, err := f.s.View(stream)
		if err != nil {
			return err
		}
		for i := range v.Len() {
			if match(v, i) {
				f.Add(v.At(i).Frame)
			}
		}
		if progress != nil {
			progress(stream+1, n)
		}
	}
	return nil
}

// Touches reports that the set has a segment of the connection.
func (f *Frames) Touches(v *session.View) bool {
	for i := range v.Len() {
		if f.Has(v.At(i).Frame) {
			return true
		}
	}
	return false
}

// RangeError says which part of a list of frames cannot be read.
type RangeError struct{ Part string }

func (e *RangeError) Error() string {
	return fmt.Sprintf("%q is no frame number and no range of them", e.Part)
}

// AddList adds the frames of a list such as "1-5,9,20-": numbers and ranges, of which one end may be left out. What the
// capture does not have is left out.
func (f *Frames) AddList(list string) error {
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		from, to, ranged := strings.Cut(part, "-")
		if part == "" || part == "-" {
			return &RangeError{part}
		}
		first, ok := frameNumber(from, 1)
		last := first
		if ranged && ok {
			last, ok = frameNumber(to, f.last)
		}
		if !ok || ranged && to != "" && last < first {
			return &RangeError{part}
		}
		for n := max(uint64(first), uint64(f.before)+1); n <= min(uint64(last), uint64(f.last)); n++ {
			f.Add(uint32(n))
		}
	}
	return nil
}

// frameNumber reads a frame number, from 1; otherwise is what an empty text stands for.
func frameNumber(text string, otherwise uint32) (uint32, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err == nil && n > 0
}
