package proof

import (
	"errors"

	"tcptalk/internal/lesson"
	"tcptalk/internal/session"
)

// Talk is one connection, for a quiz: what can be asked about it, and what its packets answer. It reads nothing but the view.
type Talk struct{ v *session.View }

// NewTalk makes a Talk of a connection.
func NewTalk(v *session.View) *Talk { return &Talk{v} }

// Stream implements lesson.Talk.
func (t *Talk) Stream() uint32 { return t.v.Conn.Stream }

// Guessed implements lesson.Talk.
func (t *Talk) Guessed() bool { return t.v.Conn.ClientGuessed }

// Len implements lesson.Talk.
func (t *Talk) Len() int { return t.v.Len() }

// At implements lesson.Talk.
func (t *Talk) At(i int) lesson.Segment {
	r := t.v.At(i)
	return lesson.Segment{
		Frame: r.Frame, Dir: r.Dir(), Flags: r.Flags, Labels: r.Shown(), Seq: r.Seq, Ack: r.Ack, Len: r.Len, Window: r.Window, Next: r.NextSeq(),
		Numbers: r.HasNumbers() && !r.Partial(), States: t.v.States(i),
	}
}

// Connections implements lesson.Facts.
func (t *Talk) Connections() int { return 1 }

// PacketCount implements lesson.Facts.
func (t *Talk) PacketCount() uint32 { return uint32(t.v.Len()) }

// Packet implements lesson.Facts.
func (t *Talk) Packet(n uint32) (lesson.Packet, bool) {
	i := t.v.Find(n)
	if i < 0 {
		return lesson.Packet{}, false
	}
	return packetOf(t.v, i), true
}

// Closing implements lesson.Facts.
func (t *Talk) Closing(stream uint32) (lesson.Closing, bool) {
	return closingOf(t.v), stream == t.v.Conn.Stream
}

// Messages implements lesson.Facts: a quiz asks about no messages.
func (t *Talk) Messages(uint32) []lesson.Message { return nil }

// Count implements lesson.Facts: a quiz asks for no conditions.
func (t *Talk) Count(string, uint32, uint32) (int, error) { return 0, errNoCount }

var errNoCount = errors.New("a quiz counts no packets")

// Others implements lesson.Facts: a quiz asks about TCP.
func (t *Talk) Others(string, uint32, uint32) int { return 0 }

// Files implements lesson.Facts: a quiz asks about no files.
func (t *Talk) Files() []lesson.File { return nil }
