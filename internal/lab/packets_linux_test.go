package lab_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/helper/helpertest"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/lab"
	"tcptalk/internal/lab/space"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

func TestMain(m *testing.M) { helpertest.Main(m) }

// settled is how long it must be quiet before a recording ends: longer than an acknowledgment may be held back.
const settled = 250 * time.Millisecond

// recorded plays a scenario in a network namespace of its own and reads what passed the loopback interface.
func recorded(t *testing.T, id string, v lab.Values) *session.Session {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("recording packets is for root; run this test as root")
	}
	room, err := space.New()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this root may not make network namespaces (CAP_SYS_ADMIN is missing):", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer room.Close()
	helper := helpertest.Program(t)
	s, ok := lab.Find(id)
	if !ok {
		t.Fatalf("there is no scenario %s", id)
	}
	recording, err := room.Record(t.Context(), helper, "lo")
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, lab.Place{AtClient: room.Do, AtServer: room.Do}, v)
	frames, err := recording.Stop(settled)
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, frames)
}

// opened reads frames as a capture.
func opened(t *testing.T, frames []space.Frame) *session.Session {
	t.Helper()
	var file bytes.Buffer
	w, err := pcapfile.NewWriter(&file, pcapfile.Section{})
	if err == nil {
		_, err = w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeEthernet, Name: "lo"})
	}
	for _, f := range frames {
		if err == nil {
			err = w.WritePacket(&capture.Packet{Time: f.Time, Data: f.Data, OrigLen: uint32(f.Length)})
		}
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(file.Bytes(), t.Name())
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	t.Cleanup(func() { _ = s.Close() }) // it was only read
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// segments are those of one connection.
func segments(t *testing.T, s *session.Session, stream int) []*session.Record {
	t.Helper()
	v, err := s.View(stream)
	if err != nil {
		t.Fatal(err)
	}
	var all []*session.Record
	for i := range v.Len() {
		all = append(all, v.At(i))
	}
	return all
}

// connections fails unless the recording has so many.
func connections(t *testing.T, s *session.Session, want int) {
	t.Helper()
	if got := s.Streams(); got != want {
		t.Fatalf("%d connections, want %d", got, want)
	}
}

// flags are the segments of a connection as "> S", "< SA", "> A", ...
func flags(t *testing.T, s *session.Session, stream int) []string {
	t.Helper()
	var all []string
	for _, r := range segments(t, s, stream) {
		arrow := "> "
		if r.Dir() == flow.ServerToClient {
			arrow = "< "
		}
		all = append(all, arrow+string(r.Flags.AppendLetters(nil, packet.FlagLetters)))
	}
	return all
}

func TestCloseInThreeSegments(t *testing.T) {
	t.Parallel()
	for value, want := range map[int64][]string{
		int64(lab.Client): {"> S", "< SA", "> A", "> FA", "< FA", "> A"},
		int64(lab.Server): {"> S", "< SA", "> A", "< FA", "> FA", "< A"},
	} {
		// On a busy machine the other end may be late, and its kernel acknowledges before it closes.
		const tries = 5
		var s *session.Session
		var got []string
		for range tries {
			s = recorded(t, "close-in-three", lab.Values{"first": value})
			connections(t, s, 1)
			if got = flags(t, s, 0); slices.Equal(got, want) {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("first=%d: %q, want %q", value, got, want)
		}
		if c := s.Connection(0); c.Ending != tcp.Orderly {
			t.Errorf("first=%d: ended as %v", value, c.Ending)
		}
	}
}

func TestCloseInFourSegments(t *testing.T) {
	t.Parallel()
	s := recorded(t, "close-in-four", nil)
	if got, want := flags(t, s, 0), []string{"> S", "< SA", "> A", "> FA", "< A", "< FA", "> A"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestHalfCloseSendsOn(t *testing.T) {
	t.Parallel()
	s := recorded(t, "half-close", nil)
	after, closed := 0, false
	for _, r := range segments(t, s, 0) {
		switch {
		case r.Dir() == flow.ClientToServer:
			closed = closed || r.Flags.Has(packet.FIN)
			if closed && r.Flags.Has(packet.RST) {
				t.Errorf("the client answers frame %d with RST", r.Frame)
			}
		case closed:
			after += int(r.Len)
		}
	}
	if after != 5*1000 {
		t.Errorf("%d bytes came after the client's FIN", after)
	}
	if c := s.Connection(0); c.Ending != tcp.Orderly || c.EndedBy != flow.ClientToServer {
		t.Errorf("ended as %v by %v", c.Ending, c.EndedBy)
	}
}

func TestKeepAliveIsProbed(t *testing.T) {
	t.Parallel()
	for _, dir := range []flow.Direction{flow.ClientToServer, flow.ServerToClient} {
		s := recorded(t, "keep-alive", lab.Values{"who": int64(dir), "quiet": 2500})
		probes := 0
		for _, r := range segments(t, s, 0) {
			if r.Labels.Has(tcp.KeepAlive) {
				probes++
				if r.Dir() != dir {
					t.Errorf("frame %d: a probe of the wrong end", r.Frame)
				}
			}
		}
		if c := s.Connection(0); probes != 2 || !c.Labels.Has(tcp.KeepAliveAck) {
			t.Errorf("%d probes in 2.5 s of silence, labels %v", probes, c.Labels.Names())
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	s := recorded(t, "refused", nil)
	connections(t, s, 3)
	for i := range 3 {
		if got, want := flags(t, s, i), []string{"> S", "< RA"}; !slices.Equal(got, want) {
			t.Errorf("connection %d: %q, want %q", i, got, want)
		}
	}
}

func TestResetHasNoFin(t *testing.T) {
	t.Parallel()
	for _, dir := range []flow.Direction{flow.ClientToServer, flow.ServerToClient} {
		s := recorded(t, "reset", lab.Values{"who": int64(dir)})
		all := segments(t, s, 0)
		if last := all[len(all)-1]; !last.Flags.Has(packet.RST) || last.Dir() != dir {
			t.Errorf("the last segment is %q", flags(t, s, 0)[len(all)-1])
		}
		if got := strings.Join(flags(t, s, 0), " "); strings.Contains(got, "F") {
			t.Errorf("a FIN in %s", got)
		}
	}
}

func TestSlowReaderHasZeroWindow(t *testing.T) {
	t.Parallel()
	s := recorded(t, "slow-reader", nil)
	c := s.Connection(0)
	if c.ZeroWindows[flow.ClientToServer] == 0 {
		t.Errorf("no zero window of the client; labels %v", c.Labels.Names())
	}
	if !c.Labels.Any(tcp.ZeroWindowProbe | tcp.KeepAlive) {
		t.Errorf("nobody asks whether the window is open again; labels %v", c.Labels.Names())
	}
}

// TestNagleWaits: with Nagle's algorithm second pieces wait for the acknowledgment of the first, without they do not.
func TestNagleWaits(t *testing.T) {
	t.Parallel()
	s := recorded(t, "nagle", nil)
	connections(t, s, 2)
	waits := func(stream int) (n int) {
		var last int64
		for _, r := range segments(t, s, stream) {
			if r.Dir() == flow.ClientToServer && r.Len == 30 && r.Time-last >= int64(35*time.Millisecond) {
				n++
			}
			if r.Dir() == flow.ClientToServer && r.Len == 20 {
				last = r.Time
			}
		}
		return n
	}
	if with, without := waits(0), waits(1); with < 6 || without != 0 {
		t.Errorf("%d of 12 second pieces waited with Nagle's algorithm, %d without", with, without)
	}
}

// said lists the messages of a connection: "> GET", "< 200", "> text", "< text…", "< events", ... A frame that is not the
// last of its message ends in "…".
func said(t *testing.T, s *session.Session, stream int) (words []string, times []int64) {
	t.Helper()
	v, err := s.View(stream)
	if err != nil {
		t.Fatal(err)
	}
	talk, err := s.Conversation(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range talk.Messages {
		word := m.Protocol
		switch d := m.Detail.(type) {
		case *http1.Head:
			word = d.Method
			if d.Kind == http1.Response {
				word = strconv.Itoa(d.Status)
			}
		case *websocket.Frame:
			word = map[websocket.Opcode]string{0: "more", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}[d.Opcode]
			if d.RSV&4 != 0 {
				word = "deflated " + word
			}
			if !d.Fin {
				word += "…"
			}
		}
		words = append(words, map[flow.Direction]string{flow.ClientToServer: "> ", flow.ServerToClient: "< "}[m.Dir]+word)
		times = append(times, v.At(m.Last).Time)
	}
	return words, times
}

// TestMessages: what the scenarios of HTTP and WebSocket promise, as the decoders see it, and who ends the connection.
func TestMessages(t *testing.T) {
	t.Parallel()
	fourTimes := []string{"> GET", "< 200", "> GET", "< 200", "> GET", "< 200", "> GET", "< 200"}
	upgrade := []string{"> GET", "< 101"}
	goodbye := []string{"> close", "< close"}
	for _, c := range []struct {
		id          string
		values      lab.Values
		connections int
		want        []string // on the first connection
		closer      flow.Direction
	}{
		{id: "http-keep-alive", connections: 1, want: fourTimes, closer: flow.ClientToServer},
		{id: "http-keep-alive", values: lab.Values{"first": int64(lab.Server)}, connections: 1, want: fourTimes, closer: flow.ServerToClient},
		{id: "http-close", connections: 4, want: fourTimes[:2], closer: flow.ServerToClient},
		{id: "bad-header", connections: 1, want: []string{"> POST", "< 400"}, closer: flow.ServerToClient},
		// The empty line ends the headers, so that the server sees a request without a body and then something that is none.
		{id: "bad-header", values: lab.Values{"fault": 1}, connections: 1, want: []string{"> POST", "> ", "< 200", "< 400"}, closer: flow.ServerToClient},
		{id: "download", values: lab.Values{"chunked": 1}, connections: 1, want: fourTimes[:2], closer: flow.ClientToServer},
		{id: "upload", connections: 1, want: []string{"> POST", "< 100", "< 201"}, closer: flow.ClientToServer},
		{id: "upload", values: lab.Values{"expect": 0, "form": 1}, connections: 1, want: []string{"> POST", "< 201"}, closer: flow.ClientToServer},
		{id: "websocket-echo", values: lab.Values{"ping": 0}, connections: 1, closer: flow.ServerToClient, want: slices.Concat(upgrade, []string{
			"> text", "< text", "> binary", "< binary", "> text…", "> more…", "> more", "< text",
		}, goodbye)},
		{id: "websocket-echo", values: lab.Values{"compress": 1, "ping": 0}, connections: 1, closer: flow.ServerToClient, want: slices.Concat(upgrade, []string{
			"> deflated text", "< deflated text", "> deflated binary", "< deflated binary", "> deflated text", "< deflated text",
		}, goodbye)},
		{id: "websocket-chat", connections: 3, closer: flow.ServerToClient, want: slices.Concat(upgrade, []string{
			"> text", "< text", "< text", "< text", // hello
			"> text", "< text", "< text", "< text", "> text", "< text", "< text", "< text",
		}, goodbye)},
	} {
		scenario, _ := lab.Find(c.id)
		values := quick(scenario)
		maps.Copy(values, c.values)
		s := recorded(t, c.id, values)
		name := c.id + " " + fmt.Sprint(c.values)
		connections(t, s, c.connections)
		if got, _ := said(t, s, 0); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if conn := s.Connection(0); conn.Ending != tcp.Orderly || conn.EndedBy != c.closer {
			t.Errorf("%s: ended as %v by %v", name, conn.Ending, conn.EndedBy)
		}
	}
}

// TestPing: a ping is answered, wherever among the messages the pong stands.
func TestPing(t *testing.T) {
	t.Parallel()
	words, _ := said(t, recorded(t, "websocket-echo", nil), 0)
	ping, pong := slices.Index(words, "> ping"), slices.Index(words, "< pong")
	if ping < 0 || pong < ping || len(words) != 14 {
		t.Errorf("%q", words)
	}
}

// TestEventsComeInTime: events that are not held leave when they are written, held ones all at the end.
func TestEventsComeInTime(t *testing.T) {
	t.Parallel()
	for id, held := range map[string]bool{"sse": false, "sse-gzip": false, "sse-gzip-held": true} {
		s := recorded(t, id, lab.Values{"pause": 100})
		words, times := said(t, s, 0)
		var events []int64
		for i, w := range words {
			if w == "< sse" {
				events = append(events, times[i])
			}
		}
		if len(events) != 8 {
			t.Errorf("%s: %d events among %q", id, len(events), words)
			continue
		}
		// Seven pauses lie between the first event and the last.
		if spread := time.Duration(events[7] - events[0]); (spread < 500*time.Millisecond) != held {
			t.Errorf("%s: the events came within %v", id, spread)
		}
	}
}
