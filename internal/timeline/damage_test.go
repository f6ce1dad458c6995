package timeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// The tests here take damaged captures the whole way, from bytes to words: nothing may panic or hang, and what stands before the
// damage must be told as before.

// told is everything that was said about a capture, by frame where it belongs to one.
type told struct {
	// segments are what the layers up to tcp know of every segment, in capture order; ends is where its frame ends in the file.
	segments []string
	frames   []uint32
	ends     map[uint32]int64
	// bubbles are what the chats say of every frame, apart from decoded contents, which may depend on later packets.
	bubbles map[uint32][]string
	// messages are the whole messages, by the frame that completed them.
	messages map[uint32][]string
	damage   error
}

// tell takes a capture the whole way, with the fields of every packet that ends behind position from. It returns nil if the bytes
// are no capture.
func tell(t testing.TB, file []byte, from int64) *told {
	f, err := pcapfile.OpenReader(bytes.NewReader(file), "damaged")
	if err != nil {
		wordless(t, narrate.Failure(narrate.Chinese, err).Title)
		return nil
	}
	s := session.New(f)
	defer s.Close()
	out := &told{ends: map[uint32]int64{}, bubbles: map[uint32][]string{}, messages: map[uint32][]string{}}
	follower := stream.NewFollower()
	s.Observe(func(o *session.Observation) {
		p, seg := o.Packet, o.Segment
		out.segments = append(out.segments, fmt.Sprintf("%d %d %d %d %v→%v %d %d %v %d %x %+v %+v", p.Number, p.Time, p.OrigLen, p.Interface,
			seg.Src, seg.Dst, seg.Seq, seg.Ack, seg.Flags, seg.Len, seg.Payload, seg.Options, *o.Analysis))
		out.frames = append(out.frames, p.Number)
		out.ends[p.Number] = p.Offset + int64(len(p.Data))
		if o.Analysis.HasNumbers {
			follower.Segment(o.Analysis.Dir, seqnum.Number(o.Analysis.Seq), seqnum.Number(o.Analysis.Ack), seg.Len, seg.Payload, seg.Flags)
		}
		if p.Offset+int64(len(p.Data)) > from {
			tree := packet.Dissect(p)
			wordsOfTree(t, tree.Layers)
			packet.Headers(p)
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if out.damage = s.Run(ctx); errors.Is(out.damage, context.DeadlineExceeded) {
		t.Fatalf("still reading %d bytes after %v", len(file), patience)
	}
	for d := range flow.Direction(2) {
		follower.Sum(d)
	}
	for _, f := range diagnose.TrustCapture(s) {
		line, _ := narrate.Trust(narrate.Chinese, f)
		wordless(t, line)
	}
	for i := range min(s.Streams(), maxToldStreams) {
		s.Protocol(i)
		out.stream(ctx, t, s, i)
	}
	return out
}

// maxToldStreams bounds the connections told: damaged addresses make many.
const maxToldStreams = 64

// patience is how long one small capture may take on a busy machine. What takes longer hangs.
const patience = 30 * time.Second

// wordless fails if there should be words and are none.
func wordless(t testing.TB, words string) {
	t.Helper()
	if words == "" {
		t.Fatal("nothing is said")
	}
}

func wordsOfTree(t testing.TB, fields []packet.Field) {
	for i := range fields {
		f := &fields[i]
		wordless(t, narrate.FieldName(narrate.Chinese, f.ID, f.Name))
		wordsOfTree(t, f.Children)
	}
}

// stream tells one connection: messages, findings, and the rows in both languages.
func (o *told) stream(ctx context.Context, t testing.TB, s *session.Session, number int) {
	v, err := s.View(number)
	if err != nil {
		t.Fatal(err)
	}
	talk, err := s.Conversation(ctx, v)
	if err != nil {
		t.Fatal(err)
	}
	for i := range talk.Messages {
		if m := &talk.Messages[i]; m.Complete {
			frame := v.At(m.Ended).Frame
			o.messages[frame] = append(o.messages[frame], fmt.Sprintf("%d/%d %s %d %d %d", number, m.Dir, m.Protocol, m.Start, m.End, v.At(m.First).Frame))
		}
	}
	for _, f := range diagnose.Trust(v) {
		_, text := narrate.Trust(narrate.English, f)
		wordless(t, text)
	}
	options := DefaultOptions()
	folded := NewChat(v, talk, options, o.damage)
	options.Lang, options.RawNumbers, options.FoldRuns = narrate.Chinese, true, false
	for _, f := range diagnose.Connection(v, folded.Moments()) {
		title, _ := narrate.Finding(narrate.Chinese, f)
		wordless(t, title)
	}
	eachRow(t, folded, func(r *Row) { wordless(t, r.PlainText(narrate.English)) })
	eachRow(t, folded.With(talk, options), func(r *Row) {
		if r.Kind == Bubble {
			o.bubbles[r.Frame] = append(o.bubbles[r.Frame], fmt.Sprint(r.Dir, r.Flags, r.Meta, r.Time, r.Delta, r.States, r.Chips, r.Note))
		}
	})
}

// eachRow fills all rows and compares them with their shapes.
func eachRow(t testing.TB, chat *Chat, f func(r *Row)) {
	var r Row
	for i := range chat.Len() {
		chat.Row(i, &r)
		shape := chat.Shape(i)
		if shape.Kind != r.Kind || r.Kind == Bubble && shape.Note != r.Note || int(shape.Lines) != len(r.Lines) {
			t.Fatalf("row %d: the shape %+v is not that of %+v", i, shape, r)
		}
		f(&r)
	}
}

// before compares what is told of the frames that end before position at of the file.
func (o *told) before(t *testing.T, damaged *told, at int64) {
	t.Helper()
	n := 0
	for n < len(o.segments) && o.ends[o.frames[n]] <= at-trailer {
		n++
	}
	if n == 0 {
		return
	}
	if damaged == nil || len(damaged.segments) < n {
		t.Fatalf("%d segments before the damage, damaged: %+v", n, damaged)
	}
	answered := map[string]int{} // the directions of every connection that have a whole message before the damage
	for i := range n {
		if o.segments[i] != damaged.segments[i] {
			t.Fatalf("segment %d before the damage:\n%s\ndamaged:\n%s", i, o.segments[i], damaged.segments[i])
		}
		frame := o.frames[i]
		if got, want := damaged.bubbles[frame], o.bubbles[frame]; !slices.Equal(got, want) {
			t.Fatalf("frame %d before the damage:\n%s\ndamaged:\n%s", frame, want, got)
		}
		for _, m := range o.messages[frame] {
			connection, dir, _ := strings.Cut(m, "/")
			answered[connection] |= 1 << (dir[0] - '0')
		}
	}
	for _, frame := range o.frames[:n-1] {
		for _, m := range o.messages[frame] {
			// Which protocol it is may be sure only when both sides have spoken.
			connection, _, _ := strings.Cut(m, "/")
			if answered[connection] == 3 && !slices.Contains(damaged.messages[frame], m) {
				t.Fatalf("frame %d completes the message %s, damaged: %q", frame, m, damaged.messages[frame])
			}
		}
	}
}

// trailer is what may follow a packet's bytes in its pcapng block: padding, the end of the options and the length again.
const trailer = 3 + 4 + 4

// recordings are small captures of both formats, with every protocol.
func recordings(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range []string{
		"../diagnose/testdata/trust/s01b_handshake_close3_v6_lo.pcap", "../diagnose/testdata/trust/s12b_snaplen96.pcap", "testdata/s06b_ws_echo_deflate.pcap",
	} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = b
	}
	for _, name := range []string{"basics-hello-7456", "http-bad-header", "trouble-third-packet-lost"} {
		b, err := fs.ReadFile(cases.FS(), name+"/capture.pcapng")
		if err != nil {
			t.Fatal(err)
		}
		all[name] = b
	}
	return all
}

// How many places of every recording are cut, and how many damaged. TCPTALK_DAMAGE=all takes every byte, which lasts minutes.
const (
	cutPlaces    = 200
	damagePlaces = 100
)

// places returns n positions spread over a file.
func places(size, n int) (at []int) {
	switch {
	case os.Getenv("TCPTALK_DAMAGE") == "all":
		n = size
	case testing.Short():
		n /= 10
	}
	n = min(n, size)
	for i := range n {
		at = append(at, i*size/n)
	}
	return at
}

func TestCutAnywhere(t *testing.T) {
	for name, file := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := tell(t, file, 0)
			if whole == nil || len(whole.segments) == 0 || whole.damage != nil {
				t.Fatalf("the recording itself: %+v", whole)
			}
			for _, at := range places(len(file), cutPlaces) {
				whole.before(t, tell(t, file[:at], int64(at)), int64(at))
			}
		})
	}
}

func TestDamageAnywhere(t *testing.T) {
	for name, file := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := tell(t, file, 0)
			random := rand.New(rand.NewPCG(20, uint64(len(file))))
			for _, at := range places(len(file), damagePlaces) {
				damaged := bytes.Clone(file)
				for i := at; i < len(file) && i < at+1+random.IntN(4); i++ {
					damaged[i] ^= byte(1 + random.IntN(255))
				}
				whole.before(t, tell(t, damaged, int64(at)), int64(at))
			}
		})
	}
}

// FuzzWholeWay takes any bytes from the reader to the words.
func FuzzWholeWay(f *testing.F) {
	for _, file := range recordings(f) {
		f.Add(file[:min(len(file), 4096)])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		tell(t, file, 0)
	})
}
