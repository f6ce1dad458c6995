// Package proof reads out of a session what lessons ask for: the answers of questions and what a case expects.
//
// It promises that what it says is what the engine found, nothing of its own. Where to start: Facts for everything, Packets for
// the answers alone.
package proof

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"

	"tcptalk/internal/export"
	"tcptalk/internal/flow"
	"tcptalk/internal/lesson"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Facts returns what a session that has been read to its end says, for the questions and expectations of a lesson. All of
// it is computed at once and kept, but for what Count is asked: it is meant for the small recordings of cases, whose answers
// and expectations the tests hold against it. The session must stay open as long as somebody counts.
func Facts(ctx context.Context, s *session.Session) (lesson.Facts, error) {
	f := &facts{counter: counter{s}, frames: uint32(s.Counts().Frames), packets: map[uint32]lesson.Packet{}}
	for i := range s.Streams() {
		v, err := s.View(i)
		if err != nil {
			return nil, err
		}
		f.connection(v)
		talk, err := s.Conversation(ctx, v)
		if err != nil {
			return nil, err
		}
		f.messages = append(f.messages, messages(v, talk))
	}
	if err := f.collect(ctx, s); err != nil {
		return nil, err
	}
	return f, nil
}

// Packets returns the packets of a session that has been read to its end, and how its connections ended: all that questions need.
func Packets(s *session.Session) (lesson.Facts, error) {
	f := &facts{counter: counter{s}, frames: uint32(s.Counts().Frames), packets: map[uint32]lesson.Packet{}}
	for i := range s.Streams() {
		v, err := s.View(i)
		if err != nil {
			return nil, err
		}
		f.connection(v)
	}
	return f, nil
}

// facts implements lesson.Facts.
type facts struct {
	counter

	frames   uint32
	packets  map[uint32]lesson.Packet // by frame number
	closings []lesson.Closing         // by stream number
	messages [][]lesson.Message
	files    []lesson.File
}

// connection takes over the segments of a connection and how it ended.
func (f *facts) connection(v *session.View) {
	for i := range v.Len() {
		r := v.At(i)
		if _, inner := f.packets[r.Frame]; inner {
			continue // of a frame with several TCP headers the outermost one counts
		}
		f.packets[r.Frame] = packetOf(v, i)
	}
	f.closings = append(f.closings, closingOf(v))
}

func packetOf(v *session.View, i int) lesson.Packet {
	r, states := v.At(i), v.States(i)
	return lesson.Packet{
		Stream: v.Conn.Stream, Sender: side(r.Dir()), Flags: string(r.Flags.AppendLetters(nil, packet.FlagLetters)), Seq: r.Seq, Ack: r.Ack, Len: r.Len,
		Labels:      r.Labels.Names(),
		ClientState: states[flow.ClientToServer].State().String(),
		ServerState: states[flow.ServerToClient].State().String(),
	}
}

func closingOf(v *session.View) lesson.Closing {
	c := lesson.Closing{Ending: endingName(v.Conn.Ending)}
	if v.Conn.EndFrame != 0 {
		c.By = side(v.Conn.EndedBy)
	}
	return c
}

// collect takes over the files of the capture.
func (f *facts) collect(ctx context.Context, s *session.Session) error {
	found, err := export.Collect(ctx, s, nil)
	if err != nil {
		return err
	}
	for i, o := range found.Objects {
		if !o.Complete {
			continue
		}
		sum, sumErr := hash(found, i)
		if err = sumErr; err != nil {
			break
		}
		f.files = append(f.files, lesson.File{Stream: o.Stream, Name: o.Name, Size: o.Size, SHA256: sum})
	}
	return errors.Join(err, found.Close())
}

// hash returns the SHA-256 of file i in lower-case hex.
func hash(c *export.Collection, i int) (string, error) {
	r, err := c.Open(i)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, r.Close())
}

func (f *facts) Connections() int { return len(f.closings) }

func (f *facts) PacketCount() uint32 { return f.frames }

func (f *facts) Packet(n uint32) (lesson.Packet, bool) {
	p, ok := f.packets[n]
	return p, ok
}

func (f *facts) Closing(stream uint32) (lesson.Closing, bool) {
	if uint64(stream) >= uint64(len(f.closings)) {
		return lesson.Closing{}, false
	}
	return f.closings[stream], true
}

func (f *facts) Messages(stream uint32) []lesson.Message {
	if uint64(stream) >= uint64(len(f.messages)) {
		return nil
	}
	return f.messages[stream]
}

func (f *facts) Files() []lesson.File { return f.files }

// messages words a conversation as lessons do.
func messages(v *session.View, talk *session.Conversation) []lesson.Message {
	var out []lesson.Message
	for i := range talk.Messages {
		m := &talk.Messages[i]
		l := lesson.Message{Stream: v.Conn.Stream, Protocol: m.Protocol, Packet: v.At(m.Last).Frame}
		switch d := m.Detail.(type) {
		case *http1.Head:
			l.Kind = kindName(d.Kind)
			l.Method, l.URI, l.Status = d.Method, d.Target, d.Status
			if d.Body.Kind == http1.UntilClose {
				l.Packet = closingFrame(v, m)
			}
		case *websocket.Frame:
			l.Opcode, l.Fin, l.Masked, l.Len = int(d.Opcode), d.Fin, d.Masked, d.Length
		case *http2.Frame:
			l.Kind = kindOf(m.Dir)
			l.Method, l.URI = d.Value(":method"), d.Value(":path")
			l.Status, _ = strconv.Atoi(d.Value(":status"))
		default:
			l.Kind = kindOf(m.Dir)
		}
		out = append(out, l)
	}
	return out
}

// closingFrame returns the packet that completed a message whose end is the end of its direction: that with the FIN, or the
// message's last one if there is none.
func closingFrame(v *session.View, m *session.Message) uint32 {
	for i := m.Last; i < v.Len(); i++ {
		if r := v.At(i); r.Dir() == m.Dir && r.Flags.Has(packet.FIN) {
			return r.Frame
		}
	}
	return v.At(m.Last).Frame
}

// kindOf is the kind of a message of a protocol in which the client asks and the server answers.
func kindOf(d flow.Direction) string {
	if d == flow.ServerToClient {
		return kindName(http1.Response)
	}
	return kindName(http1.Request)
}

// kindName is "" for what is neither a request nor a response.
func kindName(k http1.Kind) string {
	switch k {
	case http1.Request:
		return "request"
	case http1.Response:
		return "response"
	default:
		return ""
	}
}

func side(d flow.Direction) string {
	if d == flow.ServerToClient {
		return lesson.Server
	}
	return lesson.Client
}

// endingName returns lesson's name of an ending.
func endingName(e tcp.Ending) string {
	switch e {
	case tcp.NoAnswer:
		return "no-answer"
	case tcp.Refused:
		return "refused"
	case tcp.Orderly:
		return "orderly"
	case tcp.Simultaneous:
		return "simultaneous"
	case tcp.HalfClosed:
		return "half-closed"
	case tcp.Reset:
		return "reset"
	default:
		return "still-open"
	}
}
