package app

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
)

// flood is a capture that grows by a rate and was never written: one connection in which each segment of data is acknowledged. Every
// byte of it can be told from its place, so that millions of packets take no memory in the test that has to measure that of the app.
type flood struct {
	head []byte // the section, the interface, the handshake
	pair []byte // the blocks of one segment and of its acknowledgment
	rate int    // packets a second

	began  time.Time
	over   atomic.Int64 // how long it grew, 0 while it does
	closed atomic.Bool
}

// floodPayload is how many bytes a segment of data carries.
const floodPayload = 100

// floodOpening is how many packets a flood has in front of its pairs.
const floodOpening = 3

// newFlood begins to grow at once.
func newFlood(t *testing.T, rate int) *flood {
	t.Helper()
	f := &flood{rate: rate}
	var out bytes.Buffer
	w, err := pcapfile.NewWriter(&out, pcapfile.Section{})
	if err == nil {
		_, err = w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeEthernet, SnapLen: 256})
	}
	put := func(frame []byte) {
		if err == nil {
			err = w.WritePacket(&capture.Packet{Time: int64(1e18), Data: frame, OrigLen: uint32(len(frame)), LinkType: capture.LinkTypeEthernet})
		}
	}
	put(connectionFrame(true, 0x02, 0, 0, nil))
	put(connectionFrame(false, 0x12, 0, 1, nil))
	put(connectionFrame(true, 0x10, 1, 1, nil))
	if err = w.Flush(); err != nil {
		t.Fatal(err)
	}
	head := out.Len()
	put(connectionFrame(true, 0x18, 1, 1, make([]byte, floodPayload)))
	put(connectionFrame(false, 0x10, 1, 1, nil))
	if err = w.Flush(); err != nil {
		t.Fatal(err)
	}
	f.head, f.pair = out.Bytes()[:head], out.Bytes()[head:]
	f.began = time.Now()
	return f
}

// Where in the blocks of a pair the numbers stand that are others in each: within a block the frame begins after 28 bytes.
const (
	blockFrame = 28
	blockTime  = 12
	frameID    = 14 + 4
	frameTCP   = 14 + 20
)

// fill writes pair i.
func (f *flood) fill(b []byte, i int) {
	copy(b, f.pair)
	second := int(binary.LittleEndian.Uint32(b[4:])) // the first block's length
	for k, block := range [][]byte{b[:second], b[second:]} {
		at := uint64(1e18) + uint64(2*i+k+1)*uint64(time.Second)/uint64(f.rate)
		binary.LittleEndian.PutUint32(block[blockTime:], uint32(at>>32))
		binary.LittleEndian.PutUint32(block[blockTime+4:], uint32(at))
		frame := block[blockFrame:]
		tcp := frame[frameTCP:]
		binary.BigEndian.PutUint16(frame[frameID:], uint16(i+1))
		sent := 1 + uint32(i)*floodPayload
		if k == 0 {
			binary.BigEndian.PutUint32(tcp[4:], sent)
		} else {
			binary.BigEndian.PutUint32(tcp[8:], sent+floodPayload)
		}
		now := uint32(at / uint64(time.Millisecond))
		binary.BigEndian.PutUint32(tcp[24:], now)
		binary.BigEndian.PutUint32(tcp[28:], now)
	}
}

// packets is how many there are by now.
func (f *flood) packets() int {
	grown := time.Duration(f.over.Load())
	if grown == 0 {
		grown = time.Since(f.began)
	}
	return floodOpening + 2*int(grown.Seconds()*float64(f.rate)/2)
}

// Length implements pcapfile.Growing.
func (f *flood) Length() int64 {
	return int64(len(f.head) + (f.packets()-floodOpening)/2*len(f.pair))
}

// ReadAt implements pcapfile.Growing.
func (f *flood) ReadAt(b []byte, off int64) (n int, err error) {
	if f.closed.Load() {
		return 0, os.ErrClosed
	}
	length, pair := f.Length(), make([]byte, len(f.pair))
	for n < len(b) && off < length {
		from, at := f.head, int(off)
		if behind := at - len(f.head); behind >= 0 {
			f.fill(pair, behind/len(pair))
			from, at = pair, behind%len(pair)
		}
		m := copy(b[n:], from[at:])
		n, off = n+m, off+int64(m)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Wait implements pcapfile.Growing.
func (f *flood) Wait(have int64) (int64, bool) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for f.Length() <= have && f.over.Load() == 0 && !f.closed.Load() {
		<-tick.C
	}
	return f.Length(), f.over.Load() != 0 || f.closed.Load()
}

// Close implements pcapfile.Growing and Recording.
func (f *flood) Close() error {
	f.closed.Store(true)
	return nil
}

// State implements Recording.
func (f *flood) State() live.State {
	n := uint64(f.packets())
	s := live.State{Phase: live.Capturing, Began: f.began, Packets: n, Bytes: f.Length(), Counters: live.Counters{Known: true, Received: n}}
	if grown := f.over.Load(); grown != 0 {
		s.Phase, s.End, s.Finished = live.Ended, live.EndAsked, f.began.Add(time.Duration(grown))
	}
	return s
}

// Open implements Recording.
func (f *flood) Open() (*pcapfile.File, error) { return pcapfile.OpenGrowing(f, "flood") }

// Stop implements Recording.
func (f *flood) Stop() { f.over.CompareAndSwap(0, int64(time.Since(f.began))) }

// Keep implements Recording.
func (f *flood) Keep() error {
	f.Stop()
	return nil
}

// flooded is a computer on which floods are captured.
type flooded struct {
	*computer
	t    *testing.T
	rate int
}

// Start implements Capturer.
func (c flooded) Start(live.Spec) (Recording, error) { return newFlood(c.t, c.rate), nil }

// TestLoadFed follows a connection as busy as a system can have one, whatever this machine captures beside the tests: its chat grows
// by as many packets a second as are promised, and memory and patience are bounded as they are there.
func TestLoadFed(t *testing.T) {
	seconds := loadSeconds(t)
	a, h, pc := capturingApp(t)
	a.UseCapturer(flooded{pc, t, loadPackets})
	w := watched(t)
	a.StartLive()
	h.until("it grows", func() bool { return a.Capture.Live.State.Packets > 0 && a.Capture.View != nil })
	over := make(chan error)
	defer time.AfterFunc(time.Duration(seconds*float64(time.Second)), func() { close(over) }).Stop()
	w.follow(h, over)
	a.StopLive()
	c := a.Capture
	h.until("it is over", func() bool { return !c.Live.Running() && c.View.Len() == c.Frames })
	w.judge(c)
	if s := &c.Live.State; uint64(c.Frames) != s.Packets {
		t.Errorf("%d of %d packets are shown", c.Frames, s.Packets)
	}
}
