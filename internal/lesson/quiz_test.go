package lesson

import (
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// talk is a connection made by hand.
type talk struct {
	segments []Segment
	guessed  bool
}

func (t *talk) Stream() uint32   { return 7 }
func (t *talk) Guessed() bool    { return t.guessed }
func (t *talk) Len() int         { return len(t.segments) }
func (t *talk) At(i int) Segment { return t.segments[i] }

const (
	fromClient = flow.ClientToServer
	fromServer = flow.ServerToClient
)

// add appends a segment with numbers.
func (t *talk) add(d flow.Direction, flags packet.Flags, seq, ack, length uint32, states [2]tcp.EndState, labels tcp.Labels) {
	s := Segment{
		Frame: uint32(len(t.segments) + 1), Dir: d, Flags: flags, Labels: labels, Seq: seq, Ack: ack, Len: length, Window: 1000, Numbers: true,
		Next: seq + length, States: states,
	}
	if flags.Any(packet.SYN | packet.FIN) {
		s.Next++
	}
	t.segments = append(t.segments, s)
}

// opened is a handshake, a request and its answer.
func opened() *talk {
	t := &talk{}
	pair := func(c, s tcp.State) [2]tcp.EndState { return [2]tcp.EndState{tcp.Proven(c), tcp.Proven(s)} }
	t.add(fromClient, packet.SYN, 0, 0, 0, pair(tcp.SynSent, tcp.Listen), 0)
	t.add(fromServer, packet.SYN|packet.ACK, 0, 1, 0, pair(tcp.SynSent, tcp.SynReceived), 0)
	t.add(fromClient, packet.ACK, 1, 1, 0, pair(tcp.Established, tcp.Established), 0)
	t.add(fromClient, packet.PSH|packet.ACK, 1, 1, 10, pair(tcp.Established, tcp.Established), 0)
	t.add(fromServer, packet.ACK, 1, 11, 0, pair(tcp.Established, tcp.Established), 0)
	t.add(fromServer, packet.PSH|packet.ACK, 1, 11, 20, pair(tcp.Established, tcp.Established), 0)
	t.add(fromServer, packet.PSH|packet.ACK, 21, 11, 5, pair(tcp.Established, tcp.Established), 0)
	return t
}

// asked collects what quizzes with many seeds ask, by the kind of value and the packet: "ack 5".
func asked(t *testing.T, of *talk) map[string]*Question {
	t.Helper()
	all := map[string]*Question{}
	for seed := range uint64(40) {
		questions := Quiz(of, seed)
		if len(questions) > QuizLength {
			t.Fatalf("%d questions", len(questions))
		}
		for i := range questions {
			q := &questions[i]
			if i > 0 && q.Before < questions[i-1].Before {
				t.Fatalf("question %d is about packet %d, the one before it about %d", i, q.Before, questions[i-1].Before)
			}
			if q.Stream != of.Stream() {
				t.Fatalf("stream %d", q.Stream)
			}
			what := q.Compute.What
			if what == "" {
				what = strings.Join(strings.Fields(q.Options[q.Right].Text.In(narrate.English))[:1], "")
			}
			all[what+" "+number(q.Before)] = q
		}
	}
	return all
}

func TestQuizAsksWhatThePacketsProve(t *testing.T) {
	got := asked(t, opened())
	for _, want := range []string{"next_sender 2", "state.server 2", "next_sender 3", "state.client 3", "ack 3", "ack 5", "seq 7"} {
		if got[want] == nil {
			t.Errorf("nobody asks for %s", want)
		}
	}
	for name := range got {
		if name == "seq 4" || name == "seq 6" { // 1, always
			t.Errorf("asks for %s", name)
		}
	}
	q := got["ack 5"]
	var values []string
	for _, o := range q.Options {
		values = append(values, o.Value)
	}
	if strings.Join(values, " ") != "1 10 11 12" {
		t.Errorf("options %v", values)
	}
	if text := q.Ask.In(narrate.English); !strings.Contains(text, "Packet 4 of the client carries PSH, ACK, seq 1, ack 1, len 10.") {
		t.Errorf("%q", text)
	}
	if text := q.Because.In(narrate.English); !strings.Contains(text, "1 begins the packet, 10 is what it takes up") {
		t.Errorf("%q", text)
	}
}

func TestQuizDoesNotAskWhatTheCaptureCannotProve(t *testing.T) {
	cases := map[string]func(of *talk){
		"the client is guessed": func(of *talk) { of.guessed = true },
		"no handshake":          func(of *talk) { of.segments = of.segments[3:]; of.guessed = true },
		"states inferred": func(of *talk) {
			for i := range of.segments {
				for d, s := range of.segments[i].States {
					of.segments[i].States[d] = tcp.Inferred(s.State())
				}
			}
		},
		"a gap":      func(of *talk) { of.segments[3].Labels = tcp.LostSegment },
		"no numbers": func(of *talk) { of.segments[1].Numbers = false },
		"a SYN-ACK that was not captured": func(of *talk) {
			of.segments = append(of.segments[:1:1], of.segments[2:]...)
		},
	}
	not := map[string][]string{
		"the client is guessed":           {"ack", "seq", "state.client", "state.server", "next_sender"},
		"no handshake":                    {"ack", "seq", "state.client", "state.server", "next_sender"},
		"states inferred":                 {"state.client", "state.server"},
		"a gap":                           {"ack 5", "ack 6", "seq 7"},
		"no numbers":                      {""},
		"a SYN-ACK that was not captured": {"ack", "seq"},
	}
	for name, spoil := range cases {
		of := opened()
		spoil(of)
		for what := range asked(t, of) {
			for _, bad := range not[name] {
				if strings.HasPrefix(what, bad) {
					t.Errorf("%s: asks for %s", name, what)
				}
			}
		}
	}
}

func TestQuizAboutLabelsAndWindows(t *testing.T) {
	of := opened()
	est := [2]tcp.EndState{tcp.Proven(tcp.Established), tcp.Proven(tcp.Established)}
	of.add(fromServer, packet.ACK, 21, 11, 5, est, tcp.Retransmission|tcp.FastRetransmission)
	of.add(fromClient, packet.ACK, 11, 26, 0, est, tcp.ZeroWindow)
	of.segments[8].Window = 0
	got := asked(t, of)
	fast := got["Fast 8"]
	if fast == nil {
		t.Fatal("nobody asks for the label of packet 8")
	}
	for i, o := range fast.Options {
		if name := o.Text.In(narrate.English); i != fast.Right && strings.Contains(name, "etransmission") {
			t.Errorf("%s is offered as wrong", name)
		}
	}
	if got["Acknowledgments 9"] == nil {
		t.Error("nobody asks what the window of 0 means")
	}
}

func TestQuizOfNothing(t *testing.T) {
	for _, of := range []*talk{{}, {segments: make([]Segment, 1)}, {segments: make([]Segment, 3)}} {
		if q := Quiz(of, 1); len(q) > 0 {
			t.Errorf("%d segments: %v", of.Len(), q)
		}
	}
}
