package session

import (
	"bytes"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// TestDrops reads where packets were lost, and tells who waits that the pass is over.
func TestDrops(t *testing.T) {
	var b bytes.Buffer
	w, err := pcapfile.NewWriter(&b, pcapfile.Section{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeRaw}); err != nil {
		t.Fatal(err)
	}
	const packets = maxDrops + 10
	for i := range packets {
		p := capture.Packet{OrigLen: 4, Data: []byte("none"), Dropped: uint64(i % 2 * 3)}
		if i >= packets/2 {
			p.Dropped = 3
		}
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b.Bytes(), "drops")
	if err != nil {
		t.Fatal(err)
	}
	s := New(f)
	defer s.Close()
	first := s.Changed()
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-first
	<-s.Changed() // the pass is over: nobody waits any more
	<-s.Changed()
	got := s.Drops()
	if len(got) == 0 || got[0] != (Drop{Frame: 2, Count: 3}) || got[1] != (Drop{Frame: 4, Count: 3}) {
		t.Fatalf("%d places, the first %+v", len(got), got[:min(2, len(got))])
	}
	sum := uint64(0)
	for _, d := range got {
		sum += d.Count
	}
	if want := uint64(packets/2+packets/4) * 3; len(got) > maxDrops || sum < want-3 || sum > want+3 {
		t.Errorf("%d lost in %d places, not about %d", sum, len(got), want)
	}
	var d drops
	for range maxDrops + 1 {
		d.add(Drop{Frame: 1, Count: 1})
	}
	held := d.list
	d.add(Drop{Frame: 2, Count: 1<<64 - 1})
	if last := d.list[maxDrops-1].Count; len(d.list) != maxDrops || last != 1<<64-1 || held[maxDrops-1].Count != 2 {
		t.Errorf("beyond the bound: %d places, %d at the last, %d for who read it before", len(d.list), last, held[maxDrops-1].Count)
	}
}
