package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
)

// sectioned is a pcapng of two sections: packets of two link types, with comments, to the nanosecond, before 1970, without a time,
// and an interface that nothing came from.
func sectioned(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := pcapfile.NewWriter(&out, pcapfile.Section{Application: "first", Comment: "a section"})
	add := func(i pcapfile.Interface) {
		if err == nil {
			_, err = w.AddInterface(i)
		}
	}
	put := func(p capture.Packet) {
		p.Data = []byte(fmt.Sprintf("packet of %d bytes", p.OrigLen))
		p.OrigLen = max(p.OrigLen, uint32(len(p.Data)))
		if err == nil {
			err = w.WritePacket(&p)
		}
	}
	add(pcapfile.Interface{LinkType: capture.LinkTypeEthernet, Name: "unused"})
	add(pcapfile.Interface{LinkType: capture.LinkTypeEthernet, Name: "eth1", Filter: "tcp", SnapLen: 64, Comment: "c", OffsetSeconds: -100})
	put(capture.Packet{Interface: 1, Time: 1_700_000_000_123_456_789, OrigLen: 1500, Comment: "one\ntwo"})
	put(capture.Packet{Interface: 1, Time: -99_999_999_999, OrigLen: 1})
	put(capture.Packet{Interface: 0, TimeIssue: capture.TimeMissing})
	if err == nil {
		err = w.WriteStatistics(1, 5, 100, 7)
	}
	if err == nil {
		err = w.BeginSection(pcapfile.Section{Application: "second", OS: "os"})
	}
	add(pcapfile.Interface{LinkType: capture.LinkTypeLinuxSLL, Name: "any"})
	put(capture.Packet{Time: 5})
	put(capture.Packet{Time: 6, Comment: "last"})
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sessionOf reads a capture.
func sessionOf(t *testing.T, b []byte) *session.Session {
	t.Helper()
	f, err := pcapfile.OpenBytes(b, "test")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// packetsOf lists packets with what a capture says about them, except where they stand in the file.
func packetsOf(t *testing.T, s *session.Session) (list []capture.Packet) {
	t.Helper()
	err := s.Packets(func(p *capture.Packet) (bool, error) {
		q := *p
		q.Data, q.Offset = bytes.Clone(p.Data), 0
		list = append(list, q)
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPacketsKeepEverything(t *testing.T) {
	s := sessionOf(t, sectioned(t))
	frames := NewFrames(s)
	frames.AddAll()
	var out bytes.Buffer
	sum, err := Packets(context.Background(), s, frames, PcapNG, &out, nil)
	if err != nil || sum.Packets != 5 || frames.Len() != 5 {
		t.Fatalf("%+v, %v", sum, err)
	}
	again := sessionOf(t, out.Bytes())
	if got, want := packetsOf(t, again), packetsOf(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("the packets are\n%+v\nwant\n%+v", got, want)
	}
	got, want := again.Info(), s.Info()
	for i := range got.Sections {
		got.Sections[i].Offset, want.Sections[i].Offset = 0, 0
	}
	if !reflect.DeepEqual(got.Sections, want.Sections) || !reflect.DeepEqual(got.Interfaces, want.Interfaces) {
		t.Errorf("the capture says %+v, want %+v", got, want)
	}
}

// Interfaces keep their numbers though sections without wanted packets are left out.
func TestNotesBecomeComments(t *testing.T) {
	s := sessionOf(t, sectioned(t))
	var out bytes.Buffer
	sum, err := Noted(context.Background(), s, func(frame uint32) string { return map[uint32]string{1: "a note", 4: "另一个\nnote"}[frame] }, &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, after := packetsOf(t, s), packetsOf(t, sessionOf(t, out.Bytes()))
	if sum.Packets != len(before) || len(after) != len(before) {
		t.Fatalf("%d packets written, %d read, of %d", sum.Packets, len(after), len(before))
	}
	for i, want := range []string{"one\ntwo\na note", "", "", "另一个\nnote", "last"} {
		if after[i].Comment != want || !bytes.Equal(after[i].Data, before[i].Data) || after[i].Time != before[i].Time {
			t.Errorf("packet %d: %q", i+1, after[i].Comment)
		}
	}
}

func TestPacketsOfALaterSection(t *testing.T) {
	s := sessionOf(t, sectioned(t))
	frames := NewFrames(s)
	if err := frames.AddList("5-"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if sum, err := Packets(context.Background(), s, frames, PcapNG, &out, nil); err != nil || sum.Packets != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	again := sessionOf(t, out.Bytes())
	list, info := packetsOf(t, again), again.Info()
	if len(list) != 1 || list[0].Comment != "last" || list[0].Interface != 0 || len(info.Interfaces) != 1 || info.Interfaces[0].Name != "any" {
		t.Errorf("%+v, %+v", list, info)
	}
}

func TestPacketsAsPcap(t *testing.T) {
	s := sessionOf(t, sectioned(t))
	frames := NewFrames(s)
	if err := frames.AddList("1,3"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	sum, err := Packets(context.Background(), s, frames, Pcap, &out, nil)
	if err != nil || sum.Packets != 2 || sum.Comments != 1 || sum.Untimed != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	again := sessionOf(t, out.Bytes())
	list := packetsOf(t, again)
	if again.Info().Format != pcapfile.PcapNano || len(list) != 2 || list[0].Time != 1_700_000_000_123_456_789 || list[0].OrigLen != 1500 {
		t.Errorf("%v: %+v", again.Info().Format, list)
	}

	frames.AddAll()
	var link *LinkTypeError
	frames = NewFrames(s)
	if err := frames.AddList("1,4-5"); err != nil {
		t.Fatal(err)
	}
	if _, err := Packets(context.Background(), s, frames, Pcap, &out, nil); !errors.As(err, &link) || link.Frame != 4 {
		t.Errorf("two link types: %v", err)
	}
}

// Nothing wanted is a capture without packets.
func TestNoPackets(t *testing.T) {
	for _, format := range []PacketFormat{PcapNG, Pcap} {
		for _, b := range [][]byte{sectioned(t), nil} {
			s := sessionOf(t, b)
			var out bytes.Buffer
			sum, err := Packets(context.Background(), s, NewFrames(s), format, &out, nil)
			if err != nil || sum.Packets != 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			if again := sessionOf(t, out.Bytes()); again.Counts().Frames != 0 || len(again.Info().Interfaces) == 0 {
				t.Errorf("format %d: %+v", format, again.Info())
			}
		}
	}
}

func TestPacketsEnd(t *testing.T) {
	s := recording(t, "http-picture")
	frames := NewFrames(s)
	frames.AddAll()
	full := errors.New("disk full")
	if _, err := Packets(context.Background(), s, frames, PcapNG, failing{full}, nil); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Packets(ctx, s, frames, PcapNG, io.Discard, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A connection of a cut capture comes out as far as it was read.
func TestPacketsOfACutCapture(t *testing.T) {
	whole := recording(t, "http-picture")
	list := packetsOf(t, whole)
	var out bytes.Buffer
	frames := NewFrames(whole)
	frames.AddAll()
	if _, err := Packets(context.Background(), whole, frames, PcapNG, &out, nil); err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(out.Bytes()[:out.Len()-10], "cut")
	if err != nil {
		t.Fatal(err)
	}
	cut := session.New(f)
	defer cut.Close()
	if err := cut.Run(context.Background()); err == nil {
		t.Fatal("a cut capture was read to its end")
	}
	out.Reset()
	frames = NewFrames(cut)
	frames.AddAll()
	if sum, err := Packets(context.Background(), cut, frames, PcapNG, &out, nil); err != nil || sum.Packets != len(list)-1 {
		t.Errorf("%d of %d packets, %v", sum.Packets, len(list), err)
	}
}

func TestFrameLists(t *testing.T) {
	s := sessionOf(t, sectioned(t))
	for list, want := range map[string]string{
		"1": "1", "1,3": "1 3", "2-4": "2 3 4", "-2": "1 2", "4-": "4 5", " 1 - 2 , 5 ": "1 2 5", "9": "", "4-4294967295": "4 5", "3,3-3": "3",
		"": "!", "-": "!", "1,": "!", "0": "!", "x": "!", "5-4": "!", "1-2-3": "!", "4294967296": "!", "+1": "!", "9-": "",
	} {
		frames := NewFrames(s)
		var got []string
		if err := frames.AddList(list); err != nil {
			got = []string{"!"}
		} else {
			for n := range uint32(10) {
				if frames.Has(n) {
					got = append(got, fmt.Sprint(n))
				}
			}
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q: frames %q, want %q", list, g, want)
		}
	}
}

func TestFramesMatching(t *testing.T) {
	s := recording(t, "http-bad-header")
	frames := NewFrames(s)
	var steps int
	server := func(v *session.View, i int) bool { return v.Conn.Stream == 1 && v.At(i).Len > 0 }
	if err := frames.AddMatching(context.Background(), server, func(done, total int) { steps = done*100 + total }); err != nil {
		t.Fatal(err)
	}
	v, err := s.View(1)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range v.Len() {
		if has := frames.Has(v.At(i).Frame); has != (v.At(i).Len > 0) {
			t.Errorf("packet %d: %v", v.At(i).Frame, has)
		} else if has {
			n++
		}
	}
	if n == 0 || n != frames.Len() || steps != 101*s.Streams() {
		t.Errorf("%d frames, %d in the set, progress %d", n, frames.Len(), steps)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := frames.AddMatching(ctx, server, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := frames.AddConnection(99); err == nil {
		t.Error("a connection that is not there has frames")
	}
}

// TestFramesOfWhatIsLeft takes packets out of a capture of which the first million is gone: they go by their numbers there, and the
// file that is written counts from 1.
func TestFramesOfWhatIsLeft(t *testing.T) {
	const gone = 1_000_000
	f, err := pcapfile.OpenBytes(sectioned(t), "test")
	if err != nil {
		t.Fatal(err)
	}
	f.Follow(pcapfile.Before{Packets: gone, Start: 1})
	s := session.New(f)
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for list, want := range map[string]int{"1": 0, "1000000": 0, "1000001": 1, "-": -1, "1-1000002": 2, "1000004-": 2, "-1000003": 3} {
		frames := NewFrames(s)
		if err := frames.AddList(list); (err != nil) != (want < 0) || err == nil && frames.Len() != want {
			t.Errorf("%q: %d frames, %v", list, frames.Len(), err)
		}
		if len(frames.bits) > 1 {
			t.Errorf("%q: room for %d frames", list, 64*len(frames.bits))
		}
	}
	frames := NewFrames(s)
	frames.Add(gone + 4)
	if frames.Has(4) || !frames.Has(gone+4) || frames.highest() != gone+4 {
		t.Errorf("frame 4 of what is left is not %d", frames.highest())
	}
	var out bytes.Buffer
	if sum, err := Packets(context.Background(), s, frames, PcapNG, &out, nil); err != nil || sum.Packets != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	got, want := packetsOf(t, sessionOf(t, out.Bytes())), packetsOf(t, s)[3]
	if want.Number != gone+4 || len(got) != 1 || got[0].Number != 1 || !bytes.Equal(got[0].Data, want.Data) {
		t.Errorf("%+v became %+v", want, got)
	}
	all := NewFrames(s)
	if all.AddAll(); all.Len() != 5 {
		t.Errorf("all are %d", all.Len())
	}
}
