package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/tcp"
)

// twoTalks is a capture of two connections whose packets alternate: 2*(3+2*n) frames.
func twoTalks(t testing.TB, n int) []byte {
	b := newBuilder(t)
	a, c := b.talk(t, 0).handshake(), b.talk(t, 1).handshake()
	for i := range n {
		a.data(0, fmt.Sprintf("a%d", i))
		c.data(0, fmt.Sprintf("c%d", i))
		a.data(1, fmt.Sprintf("A%d", i))
		c.data(1, fmt.Sprintf("C%d", i))
	}
	return b.capture(t)
}

func TestRecord(t *testing.T) {
	if size := unsafe.Sizeof(packet.Segment{}); size > perReassembled {
		t.Errorf("a reassembled segment has %d bytes", size)
	}
	if size := unsafe.Sizeof(Record{}); size != 64 {
		t.Errorf("a Record has %d bytes; millions of them are kept", size)
	}
	s := ran(t, twoTalks(t, 2))
	if got := s.Streams(); got != 2 {
		t.Fatalf("%d connections", got)
	}
	v := viewOf(t, s, 1)
	if v.Len() != 7 || v.Bases != [2]seqnum.Number{14000, 18000} {
		t.Fatalf("%d segments, bases %v", v.Len(), v.Bases)
	}
	r := v.At(3)
	if r.Frame != 8 || r.Stream != 1 || r.Seq != 1 || r.Ack != 1 || r.Len != 2 || r.NextSeq() != 3 || r.Window != 60000 ||
		r.Time != 1e18+8e6 || r.CapLen != 42 || r.OrigLen != 42 || r.Dir() != flow.ClientToServer || !r.HasNumbers() || r.PureAck() {
		t.Errorf("%+v", r)
	}
	if r := v.At(1); r.Dir() != flow.ServerToClient || r.NextSeq() != 1 || r.Flags != packet.SYN|packet.ACK {
		t.Errorf("%+v", r)
	}
	if r := v.At(2); !r.PureAck() || r.States[flow.ClientToServer].State() != tcp.Established {
		t.Errorf("%+v", r)
	}
}

func TestViewFinds(t *testing.T) {
	s := ran(t, twoTalks(t, 100))
	for stream := range 2 {
		v := viewOf(t, s, stream)
		for i := range v.Len() {
			if got := v.Find(v.At(i).Frame); got != i {
				t.Fatalf("segment %d of %d is found at %d", i, stream, got)
			}
			if other := v.At(i).Frame + 1; other < 200 && i > 2 && v.Find(other) >= 0 {
				t.Fatalf("frame %d belongs to the other connection", other)
			}
		}
	}
	for _, stream := range []int{-1, 2} {
		if _, err := s.View(stream); err == nil || !strings.Contains(err.Error(), "the capture has 2, counted from 0") {
			t.Errorf("connection %d: %v", stream, err)
		}
	}
}

func TestPacketAndPayload(t *testing.T) {
	b := twoTalks(t, 2)
	s := ran(t, b)
	v := viewOf(t, s, 1)
	p, err := v.Packet(3)
	if err != nil || p.Number != 8 || p.OrigLen != 42 || p.LinkType != capture.LinkTypeRaw || p.Time != 1e18+8e6 || string(p.Data[40:]) != "c0" {
		t.Errorf("%+v, %v", p, err)
	}
	got := make([]byte, 2)
	if _, err := s.ReadAt(got, v.At(3).Offset+40); err != nil || string(got) != "c0" {
		t.Errorf("%q, %v", got, err)
	}
	for i, want := range []string{"", "", "", "c0", "C0", "c1", "C1"} {
		if got, err := v.Payload(i); err != nil || string(got) != want {
			t.Errorf("payload %d is %q, %v; want %q", i, got, err, want)
		}
	}
}

// A payload put together from IP fragments stands nowhere in the capture; it is kept, up to a bound.
func TestFragments(t *testing.T) {
	build := func() []byte {
		b := newBuilder(t)
		k := b.talk(t, 0).handshake()
		k.fragment = 16
		k.data(0, "GET /in/fragments HTTP/1.0\r\n\r\n")
		k.data(1, "HTTP/1.0 204 No Content\r\n\r\n")
		return b.capture(t)
	}
	s := ran(t, build())
	v := viewOf(t, s, 0)
	if got, err := v.Payload(3); err != nil || !strings.HasPrefix(string(got), "GET /in/fragments") {
		t.Errorf("%q, %v", got, err)
	}
	if r := v.At(3); r.Frame != 7 {
		t.Errorf("the request is in frame %d, want that of the last fragment", r.Frame)
	}
	talk, err := s.Conversation(context.Background(), v)
	if err != nil || len(talk.Messages) != 2 || !talk.Messages[0].Complete || !talk.Messages[1].Complete {
		t.Errorf("%+v, %v", talk, err)
	}

	full := opened(t, build())
	full.defrag.room = 2*perReassembled + 40
	if err := full.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	v = viewOf(t, full, 0)
	if got, err := v.Payload(3); err != nil || len(got) != 30 {
		t.Errorf("within the bound: %q, %v", got, err)
	}
	if got, err := v.Payload(4); err != nil || got != nil {
		t.Errorf("beyond the bound: %q, %v", got, err)
	}
}

func TestCounts(t *testing.T) {
	b := newBuilder(t)
	k := b.talk(t, 0).handshake()
	k.cut = 45
	k.data(0, "cut off")
	b.frame -= 3 // the clock goes back
	k.data(1, "early")
	c := ran(t, b.capture(t)).Counts()
	if c.Frames != 5 || c.Segments != 5 || c.Streams != 1 || c.Bytes != 3*40+47+45 || c.Cut != 1 || c.Backwards != 1 ||
		c.Start != 1e18+1e6 || c.End != 1e18+4e6 || c.Outcomes[packet.OutcomeTCP] != 5 || len(c.UnknownLinks) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestProgress(t *testing.T) {
	b := twoTalks(t, 3000)
	s := opened(t, b)
	if _, total, frames, over := s.Progress(); total != int64(len(b)) || frames != 0 || over {
		t.Errorf("before: total %d, %d frames, over %v", total, frames, over)
	}
	last, calls := 0, 0
	s.Observe(func(*Observation) {
		calls++
		_, _, frames, over := s.Progress()
		if frames < last || over {
			t.Fatalf("%d frames after %d, over %v", frames, last, over)
		}
		last = frames
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if read, total, frames, over := s.Progress(); read != total || frames != 12006 || !over || calls != 12006 {
		t.Errorf("after: %d of %d bytes, %d frames, over %v, %d observations", read, total, frames, over, calls)
	}
}

func TestCancelKeepsWhatWasRead(t *testing.T) {
	s := opened(t, twoTalks(t, 20000))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.Observe(func(o *Observation) {
		if o.Segment.Frame == 5000 {
			cancel()
		}
	})
	if err := s.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Run: %v", err)
	}
	n := s.Counts().Frames
	if n < 5000 || n > 5000+4096 || s.Damage() != nil { // a batch is taken in as a whole
		t.Errorf("%d frames were read, damage %v", n, s.Damage())
	}
	if _, _, _, over := s.Progress(); !over {
		t.Error("a cancelled pass is not over")
	}
	v := viewOf(t, s, 0)
	if got, err := v.Payload(v.Len() - 1); err != nil || len(got) == 0 {
		t.Errorf("the last payload is %q, %v", got, err)
	}
}

// A pipe that has nothing to say keeps neither Run from being cancelled nor readers from reading.
func TestSilentPipe(t *testing.T) {
	in, out := io.Pipe()
	b := twoTalks(t, 1)
	fed := make(chan error, 1)
	go func() {
		_, err := out.Write(b)
		fed <- err
	}()
	f, err := pcapfile.OpenReader(in, "pipe")
	if err != nil {
		t.Fatal(err)
	}
	s := New(f)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	all := make(chan struct{})
	s.Observe(func(o *Observation) {
		if o.Segment.Frame == 10 {
			close(all)
		}
	})
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	<-all
	if err := <-fed; err != nil {
		t.Fatal(err)
	}
	if n := viewOf(t, s, 0).Len(); n != 5 { // waits for the batch, not for the pipe
		t.Errorf("%d segments while the pipe is silent", n)
	}
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Run waits for a pipe that says nothing")
	}
	if err := errors.Join(out.Close(), s.Close()); err != nil {
		t.Error(err)
	}
}

// Everything can be asked for while the pass goes on; run with -race.
func TestReadersBesideRun(t *testing.T) {
	s := opened(t, twoTalks(t, 10000))
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				readAll(t, s)
			}
		})
	}
	err := s.Run(context.Background())
	close(stop)
	readers.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if n := viewOf(t, s, 1).Len(); n != 20003 {
		t.Errorf("%d segments", n)
	}
}

// readAll asks a session for everything it has.
func readAll(t *testing.T, s *Session) {
	s.Progress()
	s.Counts()
	s.EachConnection(0, func(c *tcp.Connection) bool { return c.Packets[0] > 0 })
	for stream := range s.Streams() {
		_ = s.Connection(stream)
		s.Protocol(stream)
		s.ServerName(stream)
		v, err := s.View(stream)
		if err != nil {
			t.Error(err)
			return
		}
		frame := uint32(0)
		for i := range v.Len() {
			if r := v.At(i); r.Stream != uint32(stream) || r.Frame <= frame {
				t.Errorf("segment %d is %+v", i, r)
				return
			}
			frame = v.At(i).Frame
		}
		if n := v.Len(); n > 3 {
			if b, err := v.Payload(n - 1); err != nil || len(b) == 0 {
				t.Errorf("the last payload is %q, %v", b, err)
			}
		}
	}
}

func TestDamageIsRemembered(t *testing.T) {
	b := twoTalks(t, 2)
	s := opened(t, b[:len(b)-1])
	err := s.Run(context.Background())
	var damage *pcapfile.Error
	if !errors.As(err, &damage) || damage.Kind != pcapfile.Truncated || s.Damage() != err {
		t.Errorf("Run: %v, Damage: %v", err, s.Damage())
	}
	if n := s.Counts().Frames; n != 13 {
		t.Errorf("%d frames in front of the damage", n)
	}
}

func TestOpen(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.pcap")
	if err := os.WriteFile(name, twoTalks(t, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Run(context.Background()), s.Close()); err != nil {
		t.Error(err)
	}
	if s.Info().Name != name || s.Counts().Frames != 10 {
		t.Errorf("%+v, %+v", s.Info(), s.Counts())
	}
	if _, err := viewOf(t, s, 0).Payload(3); err == nil {
		t.Error("a payload can be read from a closed session")
	}
	if _, err := Open(name + "x"); err == nil {
		t.Error("a file that is not there was opened")
	}
}

func BenchmarkRun(b *testing.B) {
	capture := bytes.Clone(twoTalks(b, 50000))
	b.SetBytes(int64(len(capture)))
	for range b.N {
		ran(b, capture)
	}
}

// TestStatesOfWhoNeverListened: what a server turns out to be holds from the first packet on.
func TestStatesOfWhoNeverListened(t *testing.T) {
	b := newBuilder(t)
	b.talk(t, 0).handshake()
	refused, silent := b.talk(t, 1), b.talk(t, 2)
	refused.send(0, packet.SYN, "")
	refused.send(1, packet.RST|packet.ACK, "")
	silent.send(0, packet.SYN, "")
	silent.seq[0]-- // and again
	silent.send(0, packet.SYN, "")
	s := ran(t, b.capture(t))
	for stream, want := range []tcp.State{tcp.Listen, tcp.Closed, tcp.Unknown} {
		v := viewOf(t, s, stream)
		got := v.States(0)[flow.ServerToClient]
		if got != tcp.Inferred(want) || v.Unheard() != got || v.States(0)[flow.ClientToServer] != tcp.Proven(tcp.SynSent) {
			t.Errorf("connection %d (%v): the server is in %v, not %v", stream, v.Conn.Ending, got.State(), want)
		}
	}
}
