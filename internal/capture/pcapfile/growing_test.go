package pcapfile

import (
	"bytes"
	"io"
	"sync"
	"testing"

	"tcptalk/internal/capture"
)

// slowly is a Growing that hands out what the test gives it.
type slowly struct {
	mu     sync.Mutex
	more   sync.Cond
	bytes  []byte
	ended  bool
	asleep chan struct{} // told whenever somebody begins to wait
}

func newSlowly() *slowly {
	s := &slowly{asleep: make(chan struct{}, 1)}
	s.more.L = &s.mu
	return s
}

func (s *slowly) add(b []byte, end bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes, s.ended = append(s.bytes, b...), end
	s.more.Broadcast()
}

func (s *slowly) Wait(have int64) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for int64(len(s.bytes)) <= have && !s.ended {
		select {
		case s.asleep <- struct{}{}:
		default:
		}
		s.more.Wait()
	}
	return int64(len(s.bytes)), s.ended
}

func (s *slowly) Length() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.bytes))
}

func (s *slowly) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.NewReader(s.bytes).ReadAt(p, off)
}

func (s *slowly) Close() error {
	s.add(nil, true)
	return nil
}

// TestGrowing hands a pcapng over packet by packet: each can be read before the next one exists, and again later.
func TestGrowing(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, Section{Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddInterface(Interface{LinkType: capture.LinkTypeEthernet}); err != nil {
		t.Fatal(err)
	}
	g := newSlowly()
	hand := func() {
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		g.add(file.Bytes(), false)
		file.Reset()
	}
	hand()
	f, err := OpenGrowing(g, "live")
	if err != nil {
		t.Fatal(err)
	}
	var b Batch
	var offsets []int64
	for i := range 5 {
		sent := capture.Packet{Time: int64(i), OrigLen: 3, Data: []byte{byte(i), 1, 2}, Dropped: uint64(i)}
		if err := w.WritePacket(&sent); err != nil {
			t.Fatal(err)
		}
		hand()
		if err := f.NextBatch(&b); err != nil || len(b.Packets) != 1 {
			t.Fatalf("packet %d: %d packets, %v", i, len(b.Packets), err)
		}
		p := &b.Packets[0]
		if p.Number != uint32(i+1) || p.Data[0] != byte(i) || p.Dropped != uint64(i) {
			t.Errorf("packet %d came as %+v", i, p)
		}
		offsets = append(offsets, p.Offset)
	}
	if _, total := f.Progress(); total != -1 {
		t.Errorf("the length of a growing capture is %d, not unknown", total)
	}
	again, err := f.Again()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for p := (capture.Packet{}); ; n++ {
		if err := again.Next(&p); err != nil {
			break
		}
	}
	if n != 5 {
		t.Errorf("read again: %d packets of 5", n)
	}
	ended := make(chan error)
	go func() { ended <- f.NextBatch(&b) }()
	<-g.asleep // the reader waits for more
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != io.EOF {
		t.Errorf("closing ends a reader that waits with %v", err)
	}
	buf := make([]byte, 3)
	for i, off := range offsets {
		if err := f.ReadPacketAt(off, buf); err != nil || buf[0] != byte(i) {
			t.Errorf("packet %d again: % x, %v", i, buf, err)
		}
	}
}

// TestOnce reads a pipe without keeping a copy.
func TestOnce(t *testing.T) {
	var file bytes.Buffer
	w, _ := NewWriter(&file, Section{})
	if _, err := w.AddInterface(Interface{LinkType: capture.LinkTypeRaw}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := w.WritePacket(&capture.Packet{OrigLen: 1, Data: []byte{byte(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	f, err := OpenOnce(&file, "pipe")
	if err != nil {
		t.Fatal(err)
	}
	var p capture.Packet
	for i := range 3 {
		if err := f.Next(&p); err != nil || p.Data[0] != byte(i) {
			t.Fatalf("packet %d: %v, %v", i, p.Data, err)
		}
	}
	if err := f.Next(&p); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if err := f.ReadPacketAt(p.Offset, make([]byte, 1)); err == nil {
		t.Error("a packet that was not kept can be read again")
	}
}
