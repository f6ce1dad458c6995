package timeline

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// ladderOf makes the ladder of a chat, with our own opinion of its packets.
func ladderOf(t testing.TB, c *Chat, o LadderOptions) *Ladder {
	t.Helper()
	ctx := context.Background()
	facts, err := NewLadderFacts(ctx, c.View())
	if err != nil {
		t.Fatal(err)
	}
	if c.opinions == nil {
		own, err := diagnose.Opinions(ctx, c.View())
		if err != nil {
			t.Fatal(err)
		}
		c = c.WithOpinions(own)
	}
	l, err := NewLadder(ctx, c, facts, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// checkLadder holds a ladder against what every ladder promises.
func checkLadder(t *testing.T, l *Ladder) {
	t.Helper()
	var r LadderRow
	for i := range l.Len() {
		if l.Row(i, &r); l.Height(i) <= 0 {
			t.Fatalf("row %d is %d high", i, l.Height(i))
		}
		for _, columns := range []int{0, 20, 40, 100} {
			if s := r.Label(columns); strings.Count(s, "  ") > 0 && len(s) > columns {
				t.Fatalf("row %d: %q in %d columns", i, s, columns)
			}
		}
	}
	for p := range l.chat.View().Len() {
		row := l.RowOf(p)
		g := l.rows[row]
		if own := g.kind == LadderSegment && int(g.first) == p; !own && (g.kind == LadderMissing || int(g.first) > p || int(g.last) < p) {
			t.Fatalf("packet %d is said to be in row %d: %+v", p, row, g)
		}
		if first := l.PacketOf(row); first < 0 || first > p {
			t.Fatalf("row %d of packet %d shows packet %d first", row, p, first)
		}
		if !strings.HasPrefix(l.Describe(p), narrate.Frame(l.chat.View().At(p).Frame)+" ") {
			t.Fatalf("packet %d is described as %q", p, l.Describe(p))
		}
	}
	if l.RowOf(-1) != -1 || l.RowOf(l.chat.View().Len()) != -1 || l.PacketOf(-1) != -1 || l.PacketOf(l.Len()) != -1 || l.FoldOf(l.Len()) != -1 {
		t.Error("rows and packets that are not there are found")
	}
}

// TestLadders goes through the recordings, in every way to show them.
func TestLadders(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		s := recording(t, e.Name())
		for stream := range s.Streams() {
			for k, o := range variants() {
				c := chatOf(t, s, stream, o)
				for _, lo := range []LadderOptions{{}, {Scale: true}, {Scale: true, Zoom: 9}, {Scale: true, Zoom: -99}} {
					t.Run(fmt.Sprintf("%s/%d/%d/%v", e.Name(), stream, k, lo), func(t *testing.T) { checkLadder(t, ladderOf(t, c, lo)) })
				}
			}
		}
	}
}

// find returns the first row of a kind whose packet has that number.
func (l *Ladder) find(t *testing.T, kind LadderKind, frame uint32) LadderRow {
	t.Helper()
	var r LadderRow
	for i := range l.Len() {
		if l.Row(i, &r); r.Kind == kind && r.Packet >= 0 && l.chat.View().At(r.Packet).Frame == frame {
			return r
		}
	}
	t.Fatalf("no row %d of packet #%d", kind, frame)
	return r
}

// TestLoss checks how a loss is drawn: tshark says that #42 jumps from 27,513 to 28,961, that #43 and #45 report by SACK what they
// hold, that #61 brings the missing bytes, and that #62 acknowledges 46,337.
func TestLoss(t *testing.T) {
	l := ladderOf(t, chatOf(t, recording(t, "drop_fast.pcap"), 0, DefaultOptions()), LadderOptions{})
	r := l.find(t, LadderMissing, 42)
	if r.Fate != narrate.Lost || r.By != 61 || r.Label(40) != "seq 27,513  len 1,448" {
		t.Errorf("in front of #42: fate %d by #%d, %q", r.Fate, r.By, r.Label(40))
	}
	if s := l.find(t, LadderSegment, 45).SACK; s == nil || s.N != 1 || s.Blocks[0] != [2]uint32{28961, 31857} || s.Lo != 27513 || s.Filled {
		t.Errorf("#45 holds %+v", s)
	}
	c := l.Chat().Revealing(l.Chat().View().Find(62))
	l = ladderOf(t, c, LadderOptions{})
	if s := l.find(t, LadderSegment, 62).SACK; s == nil || !s.Filled || s.Gain != 46337-27513 {
		t.Errorf("#62 holds %+v", s)
	}
	if got := l.find(t, LadderSegment, 61); got.Fate != narrate.Arrived || got.Label(60) != "seq 27,513  ack 1  len 1,448  win 65,536" {
		t.Errorf("#61: fate %d, %q", got.Fate, got.Label(60))
	}
}

// lossy is a download of four segments of 100 bytes that the server's side captured: the first does not arrive, and three duplicate
// ACKs make the server send it again.
func lossy() []seg {
	s := bulk(0, 0)
	at := int64(1e7)
	for i := range 4 {
		s = append(s, seg{at: at + int64(i)*1e5, server: true, flags: packet.ACK, seq: 500 + uint32(i)*100, ack: 100, window: 65000, size: 100})
	}
	for i := range 3 {
		s = append(s, seg{at: at + 1e7 + int64(i)*1e5, flags: packet.ACK, seq: 100, ack: 500, window: 65000})
	}
	return append(s,
		seg{at: at + 1e7 + 4e5, server: true, flags: packet.ACK, seq: 500, ack: 100, window: 65000, size: 100},
		seg{at: at + 2e7, flags: packet.ACK, seq: 100, ack: 900, window: 65000})
}

// TestLossOnTheWay checks that the arrow of a captured segment breaks only if the receiver showed that it lacks it.
func TestLossOnTheWay(t *testing.T) {
	l := ladderOf(t, chatOf(t, made(t, lossy()), 0, DefaultOptions()), LadderOptions{})
	if r := l.find(t, LadderSegment, 4); r.Fate != narrate.Lost || r.By != 11 {
		t.Errorf("fast retransmission: fate %d by #%d", r.Fate, r.By)
	}
	timer := append(bulk(0, 0),
		seg{at: 1e7, flags: packet.ACK | packet.PSH, seq: 100, ack: 500, window: 65000, size: 10},
		seg{at: 3e8, flags: packet.ACK | packet.PSH, seq: 100, ack: 500, window: 65000, size: 10},
		seg{at: 3.1e8, server: true, flags: packet.ACK, seq: 500, ack: 110, window: 65000})
	l = ladderOf(t, chatOf(t, made(t, timer), 0, DefaultOptions()), LadderOptions{})
	if r := l.find(t, LadderSegment, 4); r.Fate != narrate.Resent || r.By != 5 {
		t.Errorf("retransmission timer: fate %d by #%d", r.Fate, r.By)
	}
}

// TestPulledOut checks that what got lost is seen although it is in a fold.
func TestPulledOut(t *testing.T) {
	s := lossy()
	tail := s[3:]
	s = bulk(12, 1000)
	shift, seq := s[len(s)-1].at, uint32(12*1000)
	for _, g := range tail {
		g.at += shift
		if g.server {
			g.seq += seq
		} else {
			g.ack += seq
		}
		s = append(s, g)
	}
	c := chatOf(t, made(t, s), 0, DefaultOptions())
	l := ladderOf(t, c, LadderOptions{})
	r := l.find(t, LadderSegment, 22)
	if r.Fate != narrate.Lost {
		t.Fatalf("fate %d", r.Fate)
	}
	row := l.RowOf(r.Packet)
	if l.FoldOf(row-1) < 0 || l.RowOf(r.Packet+1) != row-1 || l.RowOf(r.Packet-1) != row-1 {
		t.Errorf("the row of packet %d is %d, those of its neighbours %d and %d", r.Packet, row, l.RowOf(r.Packet-1), l.RowOf(r.Packet+1))
	}
	checkLadder(t, l)
	if open := ladderOf(t, c.Toggled(l.FoldOf(row-1)), LadderOptions{}); open.Len() <= l.Len() {
		t.Error("unfolding adds no rows")
	}
}

// TestOvertaken checks that a late segment's arrow begins where it was overtaken.
func TestOvertaken(t *testing.T) {
	s := append(bulk(0, 0),
		seg{at: 1e7, server: true, flags: packet.ACK, seq: 500, ack: 100, window: 65000, size: 100},
		seg{at: 1e7 + 1000, server: true, flags: packet.ACK, seq: 700, ack: 100, window: 65000, size: 100},
		seg{at: 1e7 + 2000, server: true, flags: packet.ACK, seq: 600, ack: 100, window: 65000, size: 100})
	c := chatOf(t, made(t, s), 0, DefaultOptions())
	facts, err := NewLadderFacts(context.Background(), c.View())
	if err != nil {
		t.Fatal(err)
	}
	l, err := NewLadder(context.Background(), c, facts, LadderOptions{}) // without opinions, which need more than these packets tell
	if err != nil {
		t.Fatal(err)
	}
	if r := l.find(t, LadderSegment, 6); r.Fate != narrate.Late || r.By != 5 || r.Rise != ladderRow+ladderMissing {
		t.Errorf("fate %d by #%d, rises %d", r.Fate, r.By, r.Rise)
	}
	// tshark labels #243, #271, #287 and #403 of this recording out_of_order; its IP numbers prove that they were sent in order.
	l = ladderOf(t, chatOf(t, recording(t, "../../diagnose/testdata/opinion/s10b_reorder.pcap"), 0, DefaultOptions()), LadderOptions{})
	for frame, by := range map[uint32]uint32{243: 217, 271: 247} {
		if r := l.find(t, LadderSegment, frame); r.Fate != narrate.Late || r.By != by || r.Rise == 0 || r.Rise > maxRise {
			t.Errorf("#%d: fate %d by #%d, rises %d", frame, r.Fate, r.By, r.Rise)
		}
	}
	for i := range l.rows {
		if l.rows[i].kind == LadderMissing {
			t.Errorf("row %d: something is said to be missing, but all of it comes late", i)
		}
	}
}

// TestTimeScale checks distances on the time scale: a round trip is 120 pixels, half as much again with each step of the zoom.
func TestTimeScale(t *testing.T) {
	const trip = int64(20 * time.Millisecond)
	s := []seg{
		{at: 0, flags: packet.SYN, seq: 99, window: 65000},
		{at: trip, server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100, window: 65000},
		{at: trip + 1, flags: packet.ACK, seq: 100, ack: 500, window: 65000},
		{at: trip + trip/2, flags: packet.ACK | packet.PSH, seq: 100, ack: 500, window: 65000, size: 10},
		{at: 50 * trip, server: true, flags: packet.ACK, seq: 500, ack: 110, window: 65000},
	}
	c := chatOf(t, made(t, s), 0, DefaultOptions())
	for zoom, want := range map[int]string{
		0:  "0 segment 119 |1 bundle 59 |3 segment 42 |4 break 34 |4 segment 42 |5 other 58 |",
		-1: "0 segment 79 |1 bundle 39 |3 segment 42 |4 break 34 |4 segment 42 |5 other 58 |",
	} {
		l := ladderOf(t, c, LadderOptions{Scale: true, Zoom: zoom})
		var got strings.Builder
		for i, g := range l.rows {
			fmt.Fprintf(&got, "%d %s %d |", g.first, [...]string{"segment", "bundle", "missing", "break", "other"}[g.kind], l.Height(i))
		}
		if got.String() != want {
			t.Errorf("zoom %d: %s\nwant %s", zoom, got.String(), want)
		}
	}
	l := ladderOf(t, c, LadderOptions{Scale: true})
	var r LadderRow
	if l.Row(1, &r); r.Count != [2]int{1, 1} || r.Text+r.Detail != "#2–#32 packets" {
		t.Errorf("bundle: %v, %s%s", r.Count, r.Text, r.Detail)
	}
	if l.Row(3, &r); r.Text+" "+r.Detail != "970 ms the client waits for an acknowledgment" {
		t.Errorf("break: %s %s", r.Text, r.Detail)
	}
}

// TestTimeScaleNearby checks that ends without a network between them do not leave every pause cut: the usual one takes 60 pixels.
func TestTimeScaleNearby(t *testing.T) {
	s := bulk(0, 0)
	for i := range 10 {
		s = append(s, seg{at: int64(i+1) * 1e8, flags: packet.ACK | packet.PSH, seq: 100 + uint32(i)*10, ack: 500, window: 65000, size: 10})
	}
	l := ladderOf(t, chatOf(t, made(t, s), 0, DefaultOptions()), LadderOptions{Scale: true})
	for p := 3; p < 12; p++ {
		if g := l.rows[l.RowOf(p)]; g.kind != LadderSegment || g.height != 60 {
			t.Errorf("packet %d: %+v", p, g)
		}
	}
}

// TestClockGoesBack checks that a clock that is set back does not put all that follows into one row.
func TestClockGoesBack(t *testing.T) {
	s := bulk(0, 0)
	for i := range s {
		s[i].at += 5e9
	}
	for i := range 10 {
		s = append(s, seg{at: 1e9 + int64(i)*1e8, server: true, flags: packet.ACK, seq: 500 + uint32(i)*10, ack: 100, window: 65000, size: 10})
	}
	l := ladderOf(t, chatOf(t, made(t, s), 0, DefaultOptions()), LadderOptions{Scale: true})
	checkLadder(t, l)
	if r := l.rows[l.RowOf(3)]; r.first != 3 || r.last != 3 {
		t.Errorf("the first packet behind is in row %+v", r)
	}
}

// TestLadderStops checks that making a ladder can be cancelled.
func TestLadderStops(t *testing.T) {
	c := chatOf(t, made(t, bulk(300, 10)), 0, DefaultOptions())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewLadderFacts(ctx, c.View()); err == nil {
		t.Error("reading goes on")
	}
	if _, err := NewLadder(ctx, c, &LadderFacts{view: c.View()}, LadderOptions{}); err == nil {
		t.Error("making rows goes on")
	}
}

func BenchmarkLadder(b *testing.B) {
	c := chatOf(b, made(b, bulk(100_000, 10)), 0, DefaultOptions())
	facts, err := NewLadderFacts(context.Background(), c.View())
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range []LadderOptions{{}, {Scale: true}} {
		b.Run(fmt.Sprint(o), func(b *testing.B) {
			for b.Loop() {
				if _, err := NewLadder(context.Background(), c, facts, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
