package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/lab/space"
)

// recipe says how the recording of a case is made.
type recipe struct {
	id    string
	needs []string // programs besides the kernel and this one
	takes []take   // set one after the other, in time too
}

// take is one recording of a recipe.
type take struct {
	// what says in a sentence what was run; it goes into the file.
	what string
	net  network
	play func(*stage) error
	// keep is how many packets are kept from the beginning; 0 keeps all.
	keep int
	// cut is how many bytes of each frame are kept, for stories that need no contents; 0 keeps all.
	cut int
	// drop leaves frames out that are not of the story; nil keeps all.
	drop func(frame []byte) bool
}

const (
	// apart is the time between the last packet of a take and the first of the next.
	apart = 2 * time.Second
	// takeLimit is more than the longest take, a handshake given up after 65 s, needs.
	takeLimit = 3 * time.Minute
	// quiet is how long nothing may pass before a recording ends: longer than an acknowledgment is held back.
	quiet = 300 * time.Millisecond
)

// record plays the takes and writes them as one capture. helper is the program to capture with.
func (r *recipe) record(ctx context.Context, helper string) ([]byte, error) {
	var frames []space.Frame
	var notes []string
	for i, t := range r.takes {
		taken, note, err := t.record(ctx, helper)
		if err != nil {
			return nil, fmt.Errorf("take %d (%s): %w", i+1, t.what, err)
		}
		if len(taken) == 0 {
			return nil, fmt.Errorf("take %d (%s): nothing was recorded", i+1, t.what)
		}
		frames = append(frames, behind(frames, taken)...)
		notes = append(notes, strings.TrimSpace(t.what+" "+note))
	}
	return write(r.id, notes, frames)
}

// behind moves frames in time so that they follow others.
func behind(before, frames []space.Frame) []space.Frame {
	if len(before) == 0 {
		return frames
	}
	shift := before[len(before)-1].Time + int64(apart) - frames[0].Time
	for i := range frames {
		frames[i].Time += shift
	}
	return frames
}

// record plays one take and returns what passed.
func (t *take) record(ctx context.Context, helper string) (frames []space.Frame, note string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, takeLimit, fmt.Errorf("the take was not over after %v", takeLimit))
	defer cancel()
	s, err := t.net.build(ctx)
	if err != nil {
		return nil, "", err
	}
	defer func() {
		s.cancel = cancel
		err = errors.Join(err, s.close())
	}()
	s.cancel = cancel
	recording, err := s.record(helper)
	if err != nil {
		return nil, "", err
	}
	if err = t.play(s); ctx.Err() != nil {
		err = errors.Join(err, context.Cause(ctx))
	}
	frames, recordErr := recording.Stop(quiet)
	if err = errors.Join(err, recordErr); err != nil {
		return nil, "", err
	}
	frames = slices.DeleteFunc(frames, func(f space.Frame) bool {
		return housekeeping(f.Data) || t.drop != nil && t.drop(f.Data)
	})
	if t.keep > 0 && len(frames) > t.keep {
		frames = frames[:t.keep]
	}
	for i := range frames {
		if t.cut > 0 && len(frames[i].Data) > t.cut {
			frames[i].Data = frames[i].Data[:t.cut]
		}
	}
	return frames, s.note(), nil
}

// housekeeping is what an IPv6 host says to its network on its own: multicast listeners, routers and neighbours.
func housekeeping(frame []byte) bool {
	const etherIPv6, hopByHop, icmpv6 = 0x86dd, 0, 58
	if len(frame) < 14+40+8 || int(frame[12])<<8|int(frame[13]) != etherIPv6 {
		return false
	}
	next, rest := frame[14+6], frame[14+40:]
	if next == hopByHop {
		next, rest = rest[0], rest[8:]
	}
	if next != icmpv6 || len(rest) == 0 {
		return false
	}
	kind := rest[0]
	return kind >= 130 && kind <= 137 || kind == 143
}

// kernel names the system that recorded.
func kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "Linux"
	}
	return "Linux " + unix.ByteSliceToString(u.Release[:])
}

// write makes a pcapng of frames. What was run and on which kernel stands in the section's comment.
func write(id string, notes []string, frames []space.Frame) ([]byte, error) {
	system := kernel()
	var file bytes.Buffer
	w, err := pcapfile.NewWriter(&file, pcapfile.Section{
		OS: system, Application: "tcptalk-record", Comment: id + ", recorded on " + system + "\n" + strings.Join(notes, "\n"),
	})
	if err != nil {
		return nil, err
	}
	numbers := map[string]uint32{}
	for _, f := range frames {
		if _, known := numbers[f.On]; !known && err == nil {
			numbers[f.On], err = w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeEthernet, Name: f.On})
		}
		if err == nil {
			err = w.WritePacket(&capture.Packet{Interface: numbers[f.On], Time: f.Time, Data: f.Data, OrigLen: uint32(f.Length)})
		}
	}
	err = errors.Join(err, w.Flush())
	return file.Bytes(), err
}
