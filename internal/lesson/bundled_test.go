package lesson_test

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"tcptalk/cases"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
)

func TestBundledCasesLoad(t *testing.T) {
	all, err := lesson.Load(cases.FS())
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for _, c := range all {
		numbers = append(numbers, c.Number)
	}
	if want := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38}; !slices.Equal(numbers, want) {
		t.Errorf("cases %v, want %v", numbers, want)
	}
}

// maxCaptureSize is what one recording may add to the program.
const maxCaptureSize = 150 << 10

// maxWords is how much a step may ask a reader to read, with what it is good for.
const maxWords = 90

// TestBundledCasesMatchTheirRecordings reads each recording with gopacket and checks what needs no engine: packets exist,
// belong to the connection named, hold the payload bytes pointed at, and have the flags, numbers and computed answers that
// the lesson says.
func TestBundledCasesMatchTheirRecordings(t *testing.T) {
	all, err := lesson.Load(cases.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			info, err := fs.Stat(cases.FS(), c.CapturePath())
			if err != nil {
				t.Fatal(err)
			}
			if info.Size() > maxCaptureSize {
				t.Errorf("recording has %d bytes", info.Size())
			}
			for i, step := range c.Steps {
				text := step.Text.In(narrate.English) + " " + step.Why.In(narrate.English)
				if words := len(strings.Fields(text)); words > maxWords {
					t.Errorf("step %d has %d words", i+1, words)
				}
			}
			facts := readRecording(t, c.CapturePath())
			if got := facts.Connections(); got != c.Expect.Connections {
				t.Errorf("%d connections, want %d", got, c.Expect.Connections)
			}
			checkable := *c
			checkable.Expect = lesson.Expectations{Packets: c.Expect.Packets}
			checkable.Questions = slices.DeleteFunc(slices.Clone(c.Questions), func(q lesson.Question) bool {
				return q.Compute.What == lesson.ComputeClientState || q.Compute.What == lesson.ComputeServerState || q.Compute.What == ""
			})
			for _, err := range checkable.Check(facts) {
				t.Error(err)
			}
			for i, s := range c.Steps {
				if p := facts.packets[s.Packets[0]-1]; s.Payload[1] > int(p.Len) {
					t.Errorf("step %d: payload byte %d of packet %d, which has %d", i+1, s.Payload[1], s.Packets[0], p.Len)
				}
			}
			for i, q := range c.Questions {
				if p, ok := facts.Packet(q.Before); !ok || p.Stream != q.Stream {
					t.Errorf("question %d: packet %d is not in connection %d", i+1, q.Before, q.Stream)
				}
			}
			for _, f := range c.Focus {
				if int(f) >= facts.Connections() {
					t.Errorf("focus: there is no connection %d", f)
				}
			}
			for n := range c.Expect.Labels {
				if _, ok := facts.Packet(n); !ok {
					t.Errorf("expect: labels: there is no packet %d", n)
				}
			}
			for n := range c.Expect.States {
				if _, ok := facts.Packet(n); !ok {
					t.Errorf("expect: states: there is no packet %d", n)
				}
			}
			for _, m := range c.Expect.Messages {
				if p, ok := facts.Packet(m.Packet); !ok || p.Stream != m.Stream {
					t.Errorf("expect: messages: packet %d is not in connection %d", m.Packet, m.Stream)
				}
			}
		})
	}
}

// recording is a recording seen through gopacket: no labels, no states, no messages.
type recording struct {
	packets     []lesson.Packet // no sender: not TCP
	connections int
}

func (r *recording) Connections() int                      { return r.connections }
func (r *recording) PacketCount() uint32                   { return uint32(len(r.packets)) }
func (r *recording) Closing(uint32) (lesson.Closing, bool) { return lesson.Closing{}, false }
func (r *recording) Messages(uint32) []lesson.Message      { return nil }
func (r *recording) Others(string, uint32, uint32) int     { return 0 }
func (r *recording) Count(string, uint32, uint32) (int, error) {
	return 0, errors.New("without the engine nothing is counted")
}
func (r *recording) Files() []lesson.File { return nil }
func (r *recording) Packet(n uint32) (lesson.Packet, bool) {
	if n == 0 || int(n) > len(r.packets) {
		return lesson.Packet{}, false
	}
	return r.packets[n-1], r.packets[n-1].Sender != ""
}

// direction is one direction of a connection.
type direction struct {
	net, transport gopacket.Flow
}

type opened struct {
	stream     uint32
	sender     string
	seq0, ack0 uint32
}

// readRecording needs recordings whose TCP connections are there from their SYN on, each with its own ports.
func readRecording(t *testing.T, path string) *recording {
	t.Helper()
	f, err := cases.FS().Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reader, err := pcapgo.NewNgReader(f, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	r := &recording{}
	ends := map[direction]*opened{}
	for {
		data, _, err := reader.ReadPacketData()
		if err == io.EOF {
			return r
		}
		if err != nil {
			t.Fatal(err)
		}
		p := gopacket.NewPacket(data, reader.LinkType(), gopacket.Default)
		tcp, ok := p.TransportLayer().(*layers.TCP)
		if !ok {
			r.packets = append(r.packets, lesson.Packet{})
			continue
		}
		r.add(p.NetworkLayer(), tcp, ends)
	}
}

func (r *recording) add(net gopacket.NetworkLayer, tcp *layers.TCP, ends map[direction]*opened) {
	here := direction{net.NetworkFlow(), tcp.TransportFlow()}
	there := direction{here.net.Reverse(), here.transport.Reverse()}
	if ends[here] == nil {
		stream := uint32(r.connections)
		ends[here] = &opened{stream: stream, sender: lesson.Client, seq0: tcp.Seq}
		ends[there] = &opened{stream: stream, sender: lesson.Server, ack0: tcp.Seq}
		r.connections++
	}
	e := ends[here]
	if tcp.SYN && tcp.ACK {
		e.seq0, ends[there].ack0 = tcp.Seq, tcp.Seq
	}
	p := lesson.Packet{Stream: e.stream, Sender: e.sender, Flags: flags(tcp), Seq: tcp.Seq - e.seq0, Len: payloadLen(net, tcp)}
	if tcp.ACK {
		p.Ack = tcp.Ack - e.ack0
	}
	r.packets = append(r.packets, p)
}

// payloadLen is the length of a segment's payload on the wire, of which a recording may keep only the beginning.
func payloadLen(net gopacket.NetworkLayer, tcp *layers.TCP) uint32 {
	header := int(tcp.DataOffset) * 4
	switch ip := net.(type) {
	case *layers.IPv4:
		if ip.Length != 0 { // 0: more than the field can say, cut up by the card
			return uint32(int(ip.Length) - int(ip.IHL)*4 - header)
		}
	case *layers.IPv6:
		if ip.Length != 0 {
			return uint32(int(ip.Length) - header)
		}
	}
	return uint32(len(tcp.Payload))
}

func flags(tcp *layers.TCP) string {
	s := ""
	for _, f := range []struct {
		set    bool
		letter string
	}{
		{tcp.FIN, "F"},
		{tcp.SYN, "S"},
		{tcp.RST, "R"},
		{tcp.PSH, "P"},
		{tcp.ACK, "A"},
		{tcp.URG, "U"},
		{tcp.ECE, "E"},
		{tcp.CWR, "C"},
		{tcp.NS, "N"},
	} {
		if f.set {
			s += f.letter
		}
	}
	return s
}
