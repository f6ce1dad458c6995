package session

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// playedSegments notes what a player gets.
type playedSegments struct {
	list    []string
	ended   int
	dropped int
}

func describe(i int, r *Record, seg *packet.Segment) string {
	if seg == nil {
		return fmt.Sprintf("%d: frame %d cannot be decoded", i, r.Frame)
	}
	return fmt.Sprintf("%d: frame %d %v seq %d %x", i, r.Frame, r.Dir(), seg.Seq, sha256.Sum256(seg.Payload))
}

func (p *playedSegments) Segment(_ context.Context, i int, r *Record, frame []byte, seg *packet.Segment) {
	p.list = append(p.list, describe(i, r, seg))
	if frame != nil && len(frame) != int(r.CapLen) {
		p.list = append(p.list, "a frame of the wrong length")
	}
}

func (p *playedSegments) End(context.Context) { p.ended++ }

func (p *playedSegments) Drop() { p.dropped++ }

// TestReplay compares a replay through windows of many sizes with reading every connection by itself.
func TestReplay(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	b := newBuilder(t)
	var talks []*talk
	for n := range 9 {
		k := b.talk(t, n).handshake()
		switch n {
		case 3:
			k.fragment = 24
		case 4:
			k.cut = 60
		}
		talks = append(talks, k)
	}
	for range 200 {
		talks[r.IntN(len(talks))].data(r.IntN(2), string(make([]byte, 1+r.IntN(900))))
	}
	s := ran(t, b.capture(t))
	for _, size := range [][2]int{{1, 0}, {100, 10}, {2000, 500}, {1 << 20, 1 << 20}, {0, 0}} {
		players := make([]*playedSegments, s.Streams())
		err := Replay{window: size[0], gap: size[1], Pick: func(stream int, c *tcp.Connection) Player {
			if int(c.Stream) != stream || players[stream] != nil {
				t.Errorf("connection %d is picked as %d, or twice", c.Stream, stream)
			}
			if stream%3 == 2 {
				return nil
			}
			players[stream] = &playedSegments{}
			return players[stream]
		}}.Run(context.Background(), s.Index())
		if err != nil {
			t.Fatal(err)
		}
		for stream, p := range players {
			if p == nil {
				continue
			}
			var want []string
			v := viewOf(t, s, stream)
			if err := v.Feed(context.Background(), func(i int, _ flow.Direction, seg *packet.Segment) bool {
				want = append(want, describe(i, v.At(i), seg))
				return true
			}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.list, want) || p.ended != 1 || p.dropped != 0 {
				t.Errorf("windows of %d: connection %d is played\n%v (ended %d times), want\n%v", size[0], stream, p.list, p.ended, want)
			}
		}
	}
}

// troupe is the players of a replay.
type troupe []*playedSegments

func (t *troupe) pick(int, *tcp.Connection) Player {
	p := &playedSegments{}
	*t = append(*t, p)
	return p
}

// check says whether every player was told once that it is over, and whether some were told so before their connection ended.
func (t troupe) check(tt *testing.T, wantDropped bool) {
	tt.Helper()
	dropped := 0
	for i, p := range t {
		if p.ended+p.dropped != 1 {
			tt.Errorf("player %d of %d ended %d times and was dropped %d times", i, len(t), p.ended, p.dropped)
		}
		dropped += p.dropped
	}
	if (dropped > 0) != wantDropped {
		tt.Errorf("%d of %d players were dropped", dropped, len(t))
	}
}

// TestReplayEnds ends replays from the outside.
func TestReplayEnds(t *testing.T) {
	b := newBuilder(t)
	var talks []*talk
	for n := range 50 {
		talks = append(talks, b.talk(t, n).handshake())
	}
	for range 100 {
		for _, k := range talks {
			k.data(0, "and more")
		}
	}
	s := ran(t, b.capture(t))
	for _, size := range []int{200, 20_000, 1 << 20} {
		steps := 0
		var stopped troupe
		err := Replay{window: size, Pick: stopped.pick, Step: func(int64, int64) bool { steps++; return steps < 3 }}.Run(context.Background(), s.Index())
		if last := size == 1<<20; err != nil || !last && steps != 3 {
			t.Errorf("windows of %d: %v after %d steps", size, err, steps)
		}
		stopped.check(t, size != 1<<20)

		ctx, cancel := context.WithCancel(context.Background())
		var once sync.Once
		var cancelled troupe
		err = Replay{window: size, Pick: cancelled.pick, Step: func(int64, int64) bool { once.Do(cancel); return true }}.Run(ctx, s.Index())
		if !errors.Is(err, context.Canceled) {
			t.Errorf("windows of %d, cancelled: %v", size, err)
		}
		cancelled.check(t, size != 1<<20)
	}
	var nobody troupe
	if err := (Replay{Pick: nobody.pick}).Run(context.Background(), ran(t, newBuilder(t).capture(t)).Index()); err != nil {
		t.Errorf("no packets: %v", err)
	}
}

// TestReplayCutFile reads a capture again that somebody cut short meanwhile.
func TestReplayCutFile(t *testing.T) {
	b := newBuilder(t)
	for n := range 50 {
		b.talk(t, n).handshake().data(0, "hello")
	}
	data := b.capture(t)
	name := filepath.Join(t.TempDir(), "cut.pcap")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, int64(len(data)/2)); err != nil {
		t.Fatal(err)
	}
	windows := 0
	var players troupe
	err = Replay{window: 200, Pick: players.pick, Step: func(int64, int64) bool { windows++; return true }}.Run(context.Background(), s.Index())
	var bad *pcapfile.Error
	if !errors.As(err, &bad) || windows == 0 {
		t.Errorf("%v after %d windows", err, windows)
	}
	players.check(t, true)
}
