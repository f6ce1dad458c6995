package session

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/tcp"
)

// behind is the capture of a session from the packet behind n on, as a ring of files has it when those before are gone.
func behind(t *testing.T, s *Session, n int) *Session {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapfile.NewWriter(&b, pcapfile.Section{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range s.Info().Interfaces {
		i.OffsetSeconds = 0
		if _, err := w.AddInterface(i); err != nil {
			t.Fatal(err)
		}
	}
	before := pcapfile.Before{}
	err = s.Packets(func(p *capture.Packet) (bool, error) {
		if p.Number == 1 {
			before.Start = p.Time
		}
		if int(p.Number) > n {
			return true, w.WritePacket(p)
		}
		before.Packets = p.Number
		return true, nil
	})
	if err == nil || err == io.EOF {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b.Bytes(), "behind")
	if err != nil {
		t.Fatal(err)
	}
	f.Follow(before)
	return New(f)
}

// shown is what a reader sees of a packet and would miss if it changed when those before it are gone.
func shown(s *Session, r *Record) string {
	c := s.Connection(int(r.Stream))
	return fmt.Sprintf("%v-%v %v began %d: seq %d ack %d win %d %v %v", c.Client, c.Server, c.ClientGuessed, c.FirstTime, r.Seq, r.Ack, r.Window,
		r.Dir(), r.States)
}

// Whatever the first packet is that is left of a capture: what is there looks as before, and so it does after the next ones are gone.
func TestWhatIsLeftLooksAsBefore(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "..", "cases", "*", "capture.pcapng"))
	if len(files) == 0 {
		t.Fatal("no captures")
	}
	compared, labels := 0, 0
	for _, file := range files {
		whole, err := Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := whole.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := whole.Counts().Frames
		for _, at := range []int{n / 5, n / 2, n * 4 / 5} {
			part := behind(t, whole, at/2)
			part.Continue(whole)
			if err := part.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			rest := behind(t, whole, at)
			rest.Continue(part)
			if err := rest.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			n, other := sameShown(t, file, whole, rest)
			compared, labels = compared+n, labels+other
			for i := range rest.Others() {
				o := rest.Other(i)
				v, err := rest.OtherView(i)
				if err != nil {
					t.Fatal(err)
				}
				_, was := whole.Locate(v.At(0).Frame)
				if w := whole.Other(was); w.Ends != o.Ends || w.FirstTime != o.FirstTime || w.Protocol != o.Protocol {
					t.Errorf("%s behind %d: %v since %d became %v since %d", file, at, w.Ends, w.FirstTime, o.Ends, o.FirstTime)
				}
			}
			if err := part.Close(); err != nil {
				t.Error(err)
			}
			if err := rest.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := whole.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d packets compared, %d have other labels", compared, labels)
	// Of what waits for its acknowledgement only the numbers are handed on: a label that looks further back may be another one.
	if compared == 0 || labels > compared/200 {
		t.Errorf("of %d packets %d have other labels", compared, labels)
	}
}

// sameShown compares the packets of a capture with what they were when all of it was there.
func sameShown(t *testing.T, file string, whole, rest *Session) (compared, labels int) {
	t.Helper()
	if rest.Counts().Origin != whole.Counts().Origin {
		t.Errorf("%s: times count from another packet", file)
	}
	x := rest.Index()
	for i := range x.Len() {
		r := x.At(i)
		stream, _ := whole.Locate(r.Frame)
		v, err := whole.View(stream)
		if err != nil {
			t.Fatal(err)
		}
		w := v.At(v.Find(r.Frame))
		if v.Conn.Labels.Has(tcp.ReusedPorts) {
			continue // an end that counts anew within a connection
		}
		compared++
		if got, want := shown(rest, r), shown(whole, w); got != want {
			t.Errorf("%s behind %d, packet %d:\n%s became\n%s", file, rest.Before(), r.Frame, want, got)
		}
		if r.Labels != w.Labels {
			labels++
		}
		if name, want := rest.ServerName(int(r.Stream)), whole.ServerName(stream); name != want {
			t.Fatalf("%s behind %d: %q became %q", file, rest.Before(), want, name)
		}
	}
	return compared, labels
}
