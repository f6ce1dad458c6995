package lesson

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// fakeFacts is a capture of two connections in a few lines.
type fakeFacts struct {
	connections int
	packets     []Packet
	closings    map[uint32]Closing
	messages    map[uint32][]Message
	files       []File
	// counts are by filter or protocol and range, as in "tcp.len > 0 1-9".
	counts map[string]int
}

func (f *fakeFacts) Connections() int    { return f.connections }
func (f *fakeFacts) PacketCount() uint32 { return uint32(len(f.packets)) }
func (f *fakeFacts) Packet(n uint32) (Packet, bool) {
	if n == 0 || int(n) > len(f.packets) || f.packets[n-1].Sender == "" {
		return Packet{}, false
	}
	return f.packets[n-1], true
}

func (f *fakeFacts) Closing(stream uint32) (Closing, bool) {
	c, ok := f.closings[stream]
	return c, ok
}
func (f *fakeFacts) Messages(stream uint32) []Message { return f.messages[stream] }
func (f *fakeFacts) Others(protocol string, from, to uint32) int {
	return f.counts[fmt.Sprintf("%s %d-%d", protocol, from, to)]
}

func (f *fakeFacts) Count(filter string, from, to uint32) (int, error) {
	n, ok := f.counts[fmt.Sprintf("%s %d-%d", filter, from, to)]
	if !ok {
		return 0, errors.New("not understood: " + filter)
	}
	return n, nil
}
func (f *fakeFacts) Files() []File { return f.files }

func newFakeFacts() *fakeFacts {
	return &fakeFacts{
		connections: 2,
		packets: []Packet{
			{Stream: 0, Sender: Client, Flags: "S", ClientState: "SYN-SENT", ServerState: "LISTEN"},
			{Stream: 0, Sender: Server, Flags: "SA", Ack: 1, Labels: []string{"retransmission", "fast_retransmission"}, ClientState: "SYN-SENT", ServerState: "SYN-RECEIVED"},
			{}, // not TCP
			{Stream: 1, Sender: Client, Flags: "PA", Seq: 1, Ack: 1, Len: 9, ClientState: "ESTABLISHED", ServerState: "ESTABLISHED"},
		},
		closings: map[uint32]Closing{0: {Ending: "reset", By: Server}, 1: {Ending: "orderly", By: Client}},
		messages: map[uint32][]Message{1: {
			{Stream: 1, Protocol: "http", Packet: 4, Kind: "request", Method: "GET", URI: "/a"},
			{Stream: 1, Protocol: "http", Packet: 4, Kind: "request", Method: "GET", URI: "/b"},
			{Stream: 1, Protocol: "websocket", Packet: 4, Opcode: 0, Fin: true, Masked: true, Len: 0},
		}},
		files: []File{{Stream: 1, Name: "a.png", Size: 3, SHA256: "abc"}},
	}
}

func ptr[T any](v T) *T { return &v }

func TestExpectationsHold(t *testing.T) {
	e := Expectations{
		Connections:   2,
		Closing:       []ExpectedClosing{{0, "reset", ""}, {1, "orderly", Client}},
		Labels:        map[uint32][]string{2: {"fast_retransmission", "retransmission"}},
		NoOtherLabels: true,
		States:        map[uint32]ExpectedStates{1: {Client: "SYN-SENT"}, 2: {"SYN-SENT", "SYN-RECEIVED"}},
		Packets:       map[uint32]ExpectedPacket{2: {Flags: ptr("SA"), Ack: ptr(uint32(1))}, 4: {Seq: ptr(uint32(1)), Len: ptr(uint32(9))}},
		Messages: []ExpectedMessage{
			{Stream: 1, Protocol: "http", Packet: 4, Kind: "request", Method: "GET", URI: "/b"},
			{Stream: 1, Protocol: "websocket", Packet: 4, Opcode: ptr(0), Fin: ptr(true), Masked: ptr(true), Len: ptr(int64(0))},
		},
		Files: []ExpectedFile{{"a.png", 3, "abc"}},
	}
	for _, err := range e.Check(newFakeFacts()) {
		t.Error(err)
	}
	if errs := (&Expectations{}).Check(newFakeFacts()); len(errs) != 0 {
		t.Errorf("nothing expected: %v", errs)
	}
}

func TestExpectationsFail(t *testing.T) {
	tests := []struct {
		name string
		e    Expectations
		want string
	}{
		{"connections", Expectations{Connections: 3}, "2 connections, want 3"},
		{"ending", Expectations{Closing: []ExpectedClosing{{0, "orderly", ""}}}, `connection 0: ending "reset", want "orderly"`},
		{"ended by", Expectations{Closing: []ExpectedClosing{{0, "reset", Client}}}, `connection 0: ended by "server", want "client"`},
		{"no connection", Expectations{Closing: []ExpectedClosing{{7, "reset", ""}}}, "there is no connection 7"},
		{"label missing", Expectations{Labels: map[uint32][]string{1: {"keep_alive"}}}, "packet 1: labels [], want [keep_alive]"},
		{"label too many", Expectations{Labels: map[uint32][]string{2: {"retransmission"}}}, "packet 2: labels [fast_retransmission retransmission]"},
		{"label elsewhere", Expectations{NoOtherLabels: true}, "packet 2: labels [fast_retransmission retransmission], want []"},
		{"label on no segment", Expectations{Labels: map[uint32][]string{3: {}}}, "packet 3 is not a TCP segment"},
		{"label behind the end", Expectations{Labels: map[uint32][]string{9: {}}}, "packet 9 is not a TCP segment"},
		{"client state", Expectations{States: map[uint32]ExpectedStates{1: {Client: "CLOSED"}}}, "packet 1: client state SYN-SENT, want CLOSED"},
		{"server state", Expectations{States: map[uint32]ExpectedStates{2: {Server: "LISTEN"}}}, "packet 2: server state SYN-RECEIVED, want LISTEN"},
		{"state of no segment", Expectations{States: map[uint32]ExpectedStates{3: {}}}, "packet 3 is not a TCP segment"},
		{"flags", Expectations{Packets: map[uint32]ExpectedPacket{1: {Flags: ptr("SA")}}}, "packet 1: flags S, want SA"},
		{"seq", Expectations{Packets: map[uint32]ExpectedPacket{4: {Seq: ptr(uint32(0))}}}, "packet 4: seq 1, want 0"},
		{"ack", Expectations{Packets: map[uint32]ExpectedPacket{4: {Ack: ptr(uint32(0))}}}, "packet 4: ack 1, want 0"},
		{"len", Expectations{Packets: map[uint32]ExpectedPacket{4: {Len: ptr(uint32(8))}}}, "packet 4: len 9, want 8"},
		{"no segment", Expectations{Packets: map[uint32]ExpectedPacket{3: {}}}, "packet 3 is not a TCP segment"},
		{"no message", Expectations{Messages: []ExpectedMessage{{Stream: 1, Protocol: "http", Packet: 2}}}, "no http message ends in packet 2"},
		{"other message", Expectations{Messages: []ExpectedMessage{{Stream: 1, Protocol: "http", Packet: 4, URI: "/c"}}}, "no http message as expected"},
		{"opcode 0 is asked for", Expectations{Messages: []ExpectedMessage{{Stream: 1, Protocol: "websocket", Packet: 4, Opcode: ptr(1)}}}, "no websocket message as expected"},
		{"false is asked for", Expectations{Messages: []ExpectedMessage{{Stream: 1, Protocol: "websocket", Packet: 4, Masked: ptr(false)}}}, "no websocket message as expected"},
		{"no file", Expectations{Files: []ExpectedFile{{"b.png", 3, "abc"}}}, "no file b.png"},
		{"file size", Expectations{Files: []ExpectedFile{{"a.png", 4, "abc"}}}, "file a.png: 3 bytes"},
		{"file hash", Expectations{Files: []ExpectedFile{{"a.png", 3, "abd"}}}, "file a.png: 3 bytes with hash abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			errs := tt.e.Check(newFakeFacts())
			if len(errs) != 1 || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("errors %v, want one with %q", errs, tt.want)
			}
		})
	}
}

func TestCaseCheck(t *testing.T) {
	computed := Question{Options: []Option{{Value: "0"}, {Value: "9"}}, Compute: Compute{ComputeLen, 4}}
	good := Case{
		Expect:    Expectations{Connections: 2},
		Steps:     []Step{{Stream: 0, Packets: []uint32{1, 2}}, {Stream: 1, Packets: []uint32{4}, Beside: 3}},
		Questions: []Question{computed},
	}
	if errs := good.Check(newFakeFacts()); len(errs) != 0 {
		t.Errorf("good case: %v", errs)
	}
	bad := Case{
		Expect: Expectations{Connections: 1},
		Steps:  []Step{{Stream: 0, Packets: []uint32{3}, Beside: 4}, {Stream: 0, Packets: []uint32{4}, Beside: 99}},
		Questions: []Question{
			{Options: []Option{{Value: "0"}}, Compute: Compute{ComputeLen, 4}},
		},
	}
	wants := []string{"2 connections", "step 1: packet 3 is not", "step 2: packet 4 belongs to connection 1, not 0", "step 1: packet 4 is none besides TCP", "step 2: packet 99 is none besides TCP", `question 1: the capture says len is "9" in packet 4`}
	errs := bad.Check(newFakeFacts())
	if len(errs) != len(wants) {
		t.Fatalf("errors %v, want %d", errs, len(wants))
	}
	for i, want := range wants {
		if !strings.Contains(errs[i].Error(), want) {
			t.Errorf("error %q, want %q", errs[i], want)
		}
	}
}

func TestAnswer(t *testing.T) {
	tests := []struct {
		compute Compute
		value   string
	}{
		{Compute{ComputeAck, 2}, "1"},
		{Compute{ComputeSeq, 4}, "1"},
		{Compute{ComputeLen, 4}, "9"},
		{Compute{ComputeFlags, 2}, "SA"},
		{Compute{ComputeClientState, 1}, "SYN-SENT"},
		{Compute{ComputeServerState, 2}, "SYN-RECEIVED"},
		{Compute{ComputeNextSender, 2}, Server},
	}
	for _, tt := range tests {
		q := Question{Compute: tt.compute, Options: []Option{{Value: "wrong"}, {Value: tt.value}}}
		if got, err := q.Answer(newFakeFacts()); err != nil || got != 1 {
			t.Errorf("%v: option %d, %v, want 1", tt.compute, got, err)
		}
	}
	told := Question{Right: 2}
	if got, err := told.Answer(newFakeFacts()); err != nil || got != 2 {
		t.Errorf("told answer: %d, %v", got, err)
	}
	for _, c := range []Compute{{ComputeAck, 3}, {ComputeAck, 5}, {"colour", 1}} {
		q := Question{Compute: c, Options: []Option{{Value: ""}}}
		if _, err := q.Answer(newFakeFacts()); err == nil {
			t.Errorf("%v: no error", c)
		}
	}
}

func TestProof(t *testing.T) {
	tests := []struct {
		name string
		q    Question
		want uint32
	}{
		{"computed", Question{Before: 5, Compute: Compute{ComputeAck, 7}}, 7},
		{"told", Question{Before: 5}, 5},
		{"before the cover", Question{Before: 8, Within: [2]uint32{1, 6}}, 1},
		{"far behind the cover", Question{Before: 16, Within: [2]uint32{59, 59}}, 59},
		{"on both sides of the cover", Question{Before: 8, Within: [2]uint32{6, 10}}, 8},
		{"all that is covered", Question{Before: 8, Within: [2]uint32{8, 10}}, 8},
	}
	for _, tt := range tests {
		if got := tt.q.Proof(); got != tt.want {
			t.Errorf("%s: packet %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestChoicesAreProved(t *testing.T) {
	facts := newFakeFacts()
	facts.counts = map[string]int{"tcp.len > 0 4-9": 3, "tcp.flags.reset == 1 4-9": 0, "arp 4-9": 2}
	option := func(c Condition) Option { return Option{Holds: c} }
	three, none, arp := option(Condition{Filter: "tcp.len > 0", Least: 3, Most: 3}), option(some("tcp.flags.reset == 1", "")), option(some("", "arp"))
	tests := []struct {
		name    string
		options []Option
		right   int
		want    string
	}{
		{"the right one", []Option{none, three}, 1, ""},
		{"of another protocol", []Option{arp, none}, 0, ""},
		{"another one", []Option{none, three}, 0, "question 1: answer: choice 1, the capture proves [2 (3 packets)]"},
		{"two hold", []Option{arp, three}, 1, "the capture proves [1 (2 packets), 2 (3 packets)]"},
		{"none holds", []Option{none, option(Condition{Filter: "tcp.len > 0", Least: 1, Most: 2})}, 0, "the capture proves []"},
		{"no filter", []Option{option(some("tcp.colour", "")), three}, 1, "option 1: not understood"},
	}
	for _, tt := range tests {
		c := Case{Questions: []Question{{Options: tt.options, Right: tt.right, Within: [2]uint32{4, 9}}}}
		errs := c.Check(facts)
		switch {
		case tt.want == "" && len(errs) != 0:
			t.Errorf("%s: %v", tt.name, errs)
		case tt.want != "" && (len(errs) == 0 || !strings.Contains(errs[0].Error(), tt.want)):
			t.Errorf("%s: %v, want %q", tt.name, errs, tt.want)
		}
	}
}
