package lesson

import (
	"strings"
	"testing"
)

// segment writes a packet of a connection: who sends it, its flags, where it begins, how long it is, what it acknowledges.
func segment(sender, flags string, seq, length, ack uint32, labels ...string) Packet {
	return Packet{Sender: sender, Flags: flags, Seq: seq, Len: length, Ack: ack, Labels: labels, ClientState: "ESTABLISHED", ServerState: "ESTABLISHED"}
}

// burst is a transfer whose every segment is acknowledged.
func burst() *fakeFacts {
	return &fakeFacts{connections: 1, packets: []Packet{
		segment(Server, "A", 1, 100, 1), segment(Client, "A", 1, 0, 101),
		segment(Server, "A", 101, 100, 1), segment(Client, "A", 1, 0, 201),
		segment(Server, "PA", 201, 50, 1), segment(Client, "A", 1, 0, 251),
	}, messages: map[uint32][]Message{0: {{Protocol: "http", Packet: 5, Kind: "response", Status: 200}}}}
}

// burstCase says something about each kind of thing.
func burstCase(drift ...string) *Case {
	return &Case{
		Steps: []Step{{Packets: []uint32{1, 2, 4}}, {Packets: []uint32{5, 6}}},
		Expect: Expectations{
			Connections: 1, NoOtherLabels: true, MayDrift: drift,
			Packets:  map[uint32]ExpectedPacket{5: {Flags: ptr("PA"), Seq: ptr(uint32(201)), Len: ptr(uint32(50))}, 6: {Flags: ptr("A"), Ack: ptr(uint32(251))}},
			Messages: []ExpectedMessage{{Protocol: "http", Packet: 5, Status: 200}},
		},
	}
}

func TestCheckAgain(t *testing.T) {
	answer := func(packet uint32) map[uint32][]Message {
		return map[uint32][]Message{0: {{Protocol: "http", Packet: packet, Kind: "response", Status: 200}}}
	}
	// One acknowledgment for two segments.
	fewer := &fakeFacts{connections: 1, messages: answer(4), packets: []Packet{
		segment(Server, "A", 1, 100, 1), segment(Server, "A", 101, 100, 1), segment(Client, "A", 1, 0, 201, "window_update"),
		segment(Server, "PA", 201, 50, 1), segment(Client, "A", 1, 0, 251),
	}}
	// The same with more data.
	longer := &fakeFacts{connections: 1, messages: answer(4), packets: []Packet{
		segment(Server, "A", 1, 100, 1), segment(Server, "A", 101, 100, 1), segment(Client, "A", 1, 0, 201),
		segment(Server, "PA", 201, 70, 1), segment(Client, "A", 1, 0, 271),
	}}
	// PSH somewhere else.
	pushed := burst()
	pushed.packets[0].Flags, pushed.packets[4].Flags = "PA", "A"
	// A repetition that the case does not have.
	repeated := burst()
	repeated.packets = append(repeated.packets, segment(Server, "PA", 201, 50, 1, "retransmission"))
	// What a case can never allow.
	reset := burst()
	reset.packets[5] = segment(Client, "R", 1, 0, 251)
	for _, c := range []struct {
		name  string
		again *fakeFacts
		drift []string
		want  string // of the first difference; empty: none
		Again
	}{
		{"the same", burst(), nil, "", Again{}},
		{"the same, and may drift", burst(), Drifts(), "", Again{Values: 3}},
		{"an acknowledgment fewer", fewer, nil, "", Again{}},
		{"an acknowledgment fewer, allowed", fewer, []string{DriftAcks}, "", Again{Moved: 4, Missing: 1}},
		{"longer", longer, []string{DriftAcks}, "packet 5", Again{}},
		{"longer, allowed", longer, []string{DriftAcks, DriftSizes}, "", Again{Moved: 4, Missing: 1, Values: 3}},
		{"pushed", pushed, []string{DriftAcks}, "packet 5: flags A, want PA", Again{}},
		{"pushed, allowed", pushed, []string{DriftPushes}, "", Again{}},
		{"repeated", repeated, []string{DriftAcks}, "packet 7 of the new recording: label retransmission", Again{Added: 1}},
		{"repeated, allowed", repeated, []string{DriftRepeats}, "", Again{Added: 1}},
		{"reset", reset, Drifts(), "packet 6", Again{}},
	} {
		got := burstCase(c.drift...).CheckAgain(burst(), c.again)
		switch {
		case c.name == "an acknowledgment fewer":
			if len(got.Differences) == 0 {
				t.Errorf("%s: no difference", c.name)
			}
		case c.want == "" && len(got.Differences) > 0:
			t.Errorf("%s: %v", c.name, got.Differences)
		case c.want != "" && (len(got.Differences) == 0 || !strings.Contains(got.Differences[0].Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, got.Differences, c.want)
		case c.want == "" && got.Exact != strings.HasPrefix(c.name, "the same"):
			t.Errorf("%s: exact %v", c.name, got.Exact)
		case c.want == "" && (got.Moved != c.Moved || got.Missing != c.Missing || got.Added != c.Added || got.Values != c.Values):
			t.Errorf("%s: %+v, want %+v", c.name, got, c.Again)
		}
	}
}

// TestOvertakers: a repetition is found although it came earlier than in the case's recording.
func TestOvertakers(t *testing.T) {
	repetition := segment(Server, "A", 1, 100, 1, "fast_retransmission", "retransmission")
	first := &fakeFacts{connections: 1, packets: []Packet{
		segment(Server, "A", 101, 100, 1), segment(Server, "A", 201, 100, 1), segment(Server, "A", 301, 100, 1), repetition,
		segment(Client, "A", 1, 0, 401),
	}}
	again := &fakeFacts{connections: 1, packets: []Packet{
		segment(Server, "A", 101, 100, 1), repetition, segment(Client, "A", 1, 0, 201), segment(Server, "A", 201, 100, 1),
		segment(Server, "A", 301, 100, 1), segment(Client, "A", 1, 0, 401),
	}}
	c := &Case{Steps: []Step{{Packets: []uint32{4, 5}}}, Expect: Expectations{
		MayDrift: []string{DriftAcks, DriftSizes}, Labels: map[uint32][]string{4: {"fast_retransmission", "retransmission"}}, NoOtherLabels: true,
	}}
	if got := c.CheckAgain(first, again); len(got.Differences) > 0 || got.Missing > 0 || got.Added != 1 {
		t.Errorf("%+v", got)
	}
}

// TestSpares: a connection on which nothing is said may be there or not, wherever it stands; one on which something is said must.
func TestSpares(t *testing.T) {
	// of makes a recording with these connections: those with something to say, and those without.
	of := func(talks ...bool) *fakeFacts {
		f := &fakeFacts{connections: len(talks), closings: map[uint32]Closing{}, messages: map[uint32][]Message{}}
		for i, talk := range talks {
			stream := uint32(i)
			f.closings[stream] = Closing{Ending: "reset", By: Client}
			add := func(p Packet) {
				p.Stream = stream
				f.packets = append(f.packets, p)
			}
			add(segment(Client, "S", 0, 0, 0))
			if talk {
				add(segment(Client, "PA", 1, 50, 1))
				f.closings[stream] = Closing{Ending: "orderly", By: Server}
				f.messages[stream] = []Message{{Stream: stream, Protocol: "http", Packet: uint32(len(f.packets)), Kind: "request"}}
			}
		}
		return f
	}
	c := &Case{Steps: []Step{{Stream: 1, Packets: []uint32{2, 3}}}, Expect: Expectations{
		Connections: 2,
		Closing:     []ExpectedClosing{{Stream: 0, Ending: "reset", By: Client}, {Stream: 1, Ending: "orderly", By: Server}},
		Messages:    []ExpectedMessage{{Stream: 1, Protocol: "http", Packet: 3, Kind: "request"}},
	}}
	for _, x := range []struct {
		again *fakeFacts
		drift []string
		ok    bool
	}{
		{of(false, true), []string{DriftSpares}, true},
		{of(true), []string{DriftSpares}, true},
		{of(true, false), []string{DriftSpares, DriftSizes}, true},
		{of(false, false, true, false), []string{DriftSpares}, true},
		{of(true), []string{DriftAcks}, false},
		{of(true, true), []string{DriftSpares}, false},
		{of(false, false), []string{DriftSpares}, false},
	} {
		c.Expect.MayDrift = x.drift
		if got := c.CheckAgain(of(false, true), x.again); (len(got.Differences) == 0) != x.ok {
			t.Errorf("%d connections, %v: %v", x.again.connections, x.drift, got.Differences)
		}
	}
}

// TestWithin: a range goes from the first partner to the last one, and holds those of connections beside them.
func TestWithin(t *testing.T) {
	first := &fakeFacts{}
	for _, stream := range []uint32{0, 0, 1, 0, 0, 1} {
		first.packets = append(first.packets, Packet{Stream: stream, Sender: Client})
	}
	p := &pairs{first: first, partner: map[uint32]uint32{1: 5, 2: 12, 3: 3, 4: 9, 6: 20}}
	for _, c := range [][4]uint32{{1, 2, 5, 12}, {1, 4, 3, 9}, {1, 5, 3, 9}, {2, 4, 3, 9}, {1, 6, 3, 20}, {3, 3, 3, 3}, {3, 4, 3, 9}, {5, 5, 1, 0}, {7, 9, 1, 0}} {
		if from, to := p.within(c[0], c[1]); from != c[2] || to != c[3] {
			t.Errorf("%d to %d: %d to %d", c[0], c[1], from, to)
		}
	}
}
