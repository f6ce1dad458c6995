package app

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/helper"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
)

// computer is one that captures what a test says.
type computer struct {
	t     *testing.T
	tools bool
	// specs are what was asked for; tapes what was recorded.
	specs     []live.Spec
	tapes     []*tape
	refuse    *live.Problem
	leftovers []Leftover

	mu      sync.Mutex
	traffic map[string]live.Traffic
}

func (c *computer) Examine(context.Context) (live.Diagnosis, error) {
	d := live.Diagnosis{Interface: "lo"}
	if c.tools {
		d.Tool = live.Tool{Kind: live.Own, Path: "/bin/tcptalk-capture"}
		d.Tried = []live.Attempt{{Tool: d.Tool}}
		return d, nil
	}
	d.Tried = []live.Attempt{{Tool: live.Tool{Kind: live.Own, Path: "/bin/tcptalk-capture"}, Problem: &live.Problem{Kind: live.NoPermission}}}
	d.Advice = []live.Advice{{Kind: live.AdviceGrant, Commands: []string{"sudo setcap cap_net_raw+ep /bin/tcptalk-capture"}}}
	return d, nil
}

func (c *computer) List(context.Context, live.Tool) ([]helper.Interface, error) {
	return []helper.Interface{{Name: "lo", Loopback: true, Up: true, LinkName: "EN10MB"}, {Name: "eth0", Up: true}, {Name: "any", Up: true}}, nil
}

func (c *computer) Activity() (map[string]live.Traffic, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.traffic, c.traffic != nil
}

func (c *computer) count(traffic map[string]live.Traffic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.traffic = traffic
}

func (c *computer) CheckFilter(_ context.Context, _ live.Tool, _, _, filter string) error {
	if at := strings.Index(filter, "prt"); at >= 0 {
		return &live.Problem{Kind: live.BadFilter, Message: "syntax error", From: at, To: at + 3}
	}
	return nil
}

func (c *computer) Start(s live.Spec) (Recording, error) {
	if c.refuse != nil {
		return nil, c.refuse
	}
	c.specs = append(c.specs, s)
	r := newTape(c.t)
	r.set(func(s *live.State) { s.Phase, s.Began = live.Capturing, time.Now() })
	c.tapes = append(c.tapes, r)
	return r, nil
}

func (c *computer) Leftovers() ([]Leftover, error) { return c.leftovers, nil }

// tape is a recording that holds what a test puts on it.
type tape struct {
	t *testing.T
	w *pcapfile.Writer

	mu           sync.Mutex
	more         *sync.Cond
	written, out bytes.Buffer
	// from is where the first file that a ring has kept begins, part where the last one does.
	from, part         int64
	before, beforePart pcapfile.Before
	ended              bool
	closed, kept       bool
	state              live.State
}

func newTape(t *testing.T) *tape {
	r := &tape{t: t}
	r.more = sync.NewCond(&r.mu)
	var err error
	if r.w, err = pcapfile.NewWriter(&r.written, pcapfile.Section{}); err == nil {
		_, err = r.w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeEthernet})
	}
	if err != nil {
		t.Fatal(err)
	}
	r.flush()
	return r
}

func (r *tape) flush() {
	if err := r.w.Flush(); err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = r.written.WriteTo(&r.out)
	r.state.Bytes = int64(r.out.Len())
	r.more.Broadcast()
}

// play records packets from to of a capture file.
func (r *tape) play(b []byte, from, to int) {
	r.t.Helper()
	f, err := pcapfile.OpenBytes(b, "played")
	if err != nil {
		r.t.Fatal(err)
	}
	var batch pcapfile.Batch
	for n := 0; n < to; {
		if err := f.NextBatch(&batch); err != nil {
			r.t.Fatal(err)
		}
		for i := range batch.Packets {
			if p := batch.Packets[i]; n >= from && n < to {
				p.Interface = 0
				if err := r.w.WritePacket(&p); err != nil {
					r.t.Fatal(err)
				}
				r.set(func(s *live.State) { s.Packets++; s.Received++; s.Known = true })
			}
			n++
		}
	}
	r.flush()
}

// record records frames.
func (r *tape) record(frames ...[]byte) {
	r.t.Helper()
	for _, b := range frames {
		n := r.State().Packets + 1
		p := capture.Packet{Time: int64(n) * int64(time.Millisecond), OrigLen: uint32(len(b)), Data: b, LinkType: capture.LinkTypeEthernet}
		if err := r.w.WritePacket(&p); err != nil {
			r.t.Fatal(err)
		}
		r.set(func(s *live.State) { s.Packets, s.Received, s.Known = n, n, true })
	}
	r.flush()
}

// connectionFrame is a frame of a connection on loopback, with TCP timestamps as every system sends them.
func connectionFrame(toServer bool, flags byte, seq, ack uint32, payload []byte) []byte {
	frame := make([]byte, 14+20+32, 14+20+32+len(payload))
	binary.BigEndian.PutUint16(frame[12:], 0x0800)
	ip, tcp := frame[14:], frame[34:]
	ip[0], ip[8], ip[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)+len(payload)))
	copy(ip[12:], []byte{127, 0, 0, 1, 127, 0, 0, 1})
	from, to := uint16(40000), uint16(9000)
	if !toServer {
		from, to = to, from
	}
	binary.BigEndian.PutUint16(tcp, from)
	binary.BigEndian.PutUint16(tcp[2:], to)
	binary.BigEndian.PutUint32(tcp[4:], seq)
	binary.BigEndian.PutUint32(tcp[8:], ack)
	tcp[12], tcp[13] = 8<<4, flags
	binary.BigEndian.PutUint16(tcp[14:], 512)
	copy(tcp[20:], []byte{1, 1, 8, 10})
	return append(frame, payload...)
}

func (r *tape) set(change func(s *live.State)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.state)
}

func (r *tape) State() live.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// next begins another file of a ring; start is the time of the first packet of all.
func (r *tape) next(start int64) {
	r.t.Helper()
	if err := r.w.BeginSection(pcapfile.Section{}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeEthernet}); err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	r.part, r.beforePart = int64(r.out.Len()), pcapfile.Before{Packets: uint32(r.state.Packets), Start: start}
	r.mu.Unlock()
	r.flush()
}

// turn gives up everything before the last file, as a ring that turned once.
func (r *tape) turn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.from, r.before = r.part, r.beforePart
	r.state.Turned += RingFiles
}

func (r *tape) Open() (*pcapfile.File, error) {
	r.mu.Lock()
	from, before := r.from, r.before
	r.mu.Unlock()
	f, err := pcapfile.OpenGrowing(&follower{r: r, from: from}, "tape")
	if err == nil {
		f.Follow(before)
	}
	return f, err
}

func (r *tape) Stop() { r.end(live.EndAsked, nil) }

// end ends the recording, unless it has ended.
func (r *tape) end(why live.EndReason, p *live.Problem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	r.ended = true
	r.state.Phase, r.state.End, r.state.Problem, r.state.Finished = live.Ended, why, p, time.Now()
	r.more.Broadcast()
}

func (r *tape) Close() error {
	r.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return nil
}

func (r *tape) Keep() error {
	r.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = true
	return nil
}

// fate says what became of the recording.
func (r *tape) fate() (closed, kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed, r.kept
}

// gone says that a recording was closed.
func gone(t *testing.T, a *App, r *tape) {
	t.Helper()
	a.searches.Wait()
	if closed, kept := r.fate(); !closed || kept {
		t.Errorf("the recording is closed: %v, kept: %v", closed, kept)
	}
}

// follower reads a tape.
type follower struct {
	r      *tape
	from   int64
	closed bool
}

func (f *follower) ReadAt(b []byte, off int64) (int, error) {
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	if f.closed {
		return 0, os.ErrClosed
	}
	if off += f.from; off >= int64(f.r.out.Len()) {
		return 0, io.EOF
	}
	n := copy(b, f.r.out.Bytes()[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (f *follower) Wait(have int64) (int64, bool) {
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	for int64(f.r.out.Len())-f.from <= have && !f.r.ended && !f.closed {
		f.r.more.Wait()
	}
	return int64(f.r.out.Len()) - f.from, f.r.ended || f.closed
}

func (f *follower) Length() int64 {
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	return int64(f.r.out.Len()) - f.from
}

func (f *follower) Close() error {
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	f.closed = true
	f.r.more.Broadcast()
	return nil
}

// capturingApp is an app on a computer that can capture.
func capturingApp(t *testing.T) (*App, *host, *computer) {
	t.Helper()
	a, h := newApp(t, nil)
	pc := &computer{t: t, tools: true}
	a.UseCapturer(pc)
	a.Examine()
	h.until("the examination is over", func() bool { return !a.Setup.Examining })
	return a, h, pc
}

// capturing starts a capture with the settings of the dialog.
func capturing(t *testing.T) (*App, *host, *computer, *tape) {
	t.Helper()
	a, h, pc := capturingApp(t)
	a.StartLive()
	h.until("the capture runs", func() bool {
		return a.Capture.Session != nil && a.Capture.Live.State.Phase == live.Capturing
	})
	return a, h, pc, pc.tapes[0]
}

// shown says that the connection shown has that many packets.
func shown(a *App, n int) func() bool {
	return func() bool { c := a.Capture; return c.View != nil && c.View.Len() == n && c.Talk != nil }
}
