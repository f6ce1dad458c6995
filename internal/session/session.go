// Package session is one open capture: the pass over its packets, the connections found, and everything about them that is
// computed on demand.
//
// Run makes the opening pass: record, decode, track; it keeps a Record of 64 bytes per segment and never payload. While it
// runs everything read so far can already be asked for from other goroutines. A conversation's messages are made when
// someone asks (Conversation). Start with Open and Run.
package session

import (
	"io"
	"sync"
	"sync/atomic"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// Session is one open capture. Its methods may be called from any goroutine; Run is called once.
type Session struct {
	file    *pcapfile.File
	before  pcapfile.Before
	observe func(*Observation)
	bounds  bounds

	frames atomic.Int64 // for Progress, ahead of counts
	over   atomic.Bool  // Run has returned

	mu      sync.RWMutex
	tracker *tcp.Tracker
	records recordList
	streams []links
	others  others
	// linkTypes are those of the capture's interfaces, as far as packets came from them.
	linkTypes []capture.LinkType
	defrag    reassembled
	comments  comments
	kin       kin
	counts    Counts
	drops     drops
	damage    error
	// inherited is of connections that began before the capture's first packet.
	inherited map[int]inherited
	// changed is closed when the pass has taken in more; nil while nobody waits for that.
	changed chan struct{}
	// protocols remembers the answers of Protocol.
	protocols map[int]string
	// serverNames remembers those of ServerName.
	serverNames map[int]string
	rules       []DecodeAs
	// swapped are the connections whose ends changed places; it is replaced, never changed.
	swapped map[uint32]bool
}

// links are the ends of a connection's list of records, each plus one.
type links struct{ first, last uint32 }

// Counts sums up what the pass has seen so far.
type Counts struct {
	// Frames counts packet records, Segments TCP segments, Streams connections with segments of their own (Session.Streams
	// also counts numbers without any), Bytes the frames' original lengths.
	Frames, Segments, Streams int
	// Last is the number of the last frame: more than Frames where records that are no packets have numbers too.
	Last  uint32
	Bytes uint64
	// Start and End are the times of the first frame and of the latest one, nanoseconds since 1970. Origin is what times in the
	// capture count from: Start, or the first frame of those that came before the capture's own.
	Start, End, Origin int64
	// Outcomes counts frames by what they hold.
	Outcomes [packet.NumOutcomes]int
	// UnknownLinks counts frames by link type where no decoder knows it.
	UnknownLinks map[capture.LinkType]int
	// Cut counts frames of which not every byte was captured, Backwards those with an earlier time than the frame before.
	Cut, Backwards int
	// Limits and Unremembered say how often a bound was reached: of the decoder, and of the tracker's memory for segments that
	// wait for their acknowledgement.
	Limits       packet.Limits
	Unremembered uint64
}

// Observation is what the pass found out about one segment. All of it is borrowed for the length of the call.
type Observation struct {
	Packet   *capture.Packet
	Segment  *packet.Segment
	Analysis *tcp.Analysis
}

// Open opens the capture file called name, without reading its packets yet.
func Open(name string) (*Session, error) {
	f, err := pcapfile.Open(name)
	if err != nil {
		return nil, err
	}
	return New(f), nil
}

// New makes a session of an opened capture. The session closes it.
func New(f *pcapfile.File) *Session {
	return &Session{
		file: f, before: f.Info().Before, tracker: tcp.NewTracker(), bounds: defaultBounds, others: newOthers(), defrag: reassembled{room: maxReassembled}, kin: kin{room: maxKin},
	}
}

// Observe makes Run call f for every segment, on Run's goroutine. It must be set before Run.
func (s *Session) Observe(f func(*Observation)) { s.observe = f }

// Close releases the capture. Nothing that reads packets works afterwards; a Run that is under way ends.
func (s *Session) Close() error { return s.file.Close() }

// Info describes the capture file.
func (s *Session) Info() pcapfile.Info { return s.file.Info() }

// Before returns how many packets came before the capture's first one and are not in it any more, though they have numbers. A file
// that is written of the capture numbers its packets from 1.
func (s *Session) Before() uint32 { return s.before.Packets }

// Progress returns how far Run has come: bytes read, bytes in all (0 if unknown), frames, and whether Run has returned.
func (s *Session) Progress() (read, total int64, frames int, over bool) {
	read, total = s.file.Progress()
	return read, total, int(s.frames.Load()), s.over.Load()
}

// Counts returns what was seen so far.
func (s *Session) Counts() Counts {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := s.counts
	c.UnknownLinks = make(map[capture.LinkType]int, len(s.counts.UnknownLinks))
	for k, v := range s.counts.UnknownLinks {
		c.UnknownLinks[k] = v
	}
	return c
}

// Damage returns why the capture could not be read to its end, nil if it could or Run is not that far yet.
func (s *Session) Damage() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.damage
}

// Streams returns how many connections have a number so far. Some may have no segment: they are known from a quotation in
// an ICMP error or from a request to a proxy.
func (s *Session) Streams() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.streams)
}

// Connection returns a copy of what is known about a connection.
func (s *Session) Connection(stream int) tcp.Connection {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.connection(stream, s.swapped)
}

// connection returns a copy of what is known about a connection. The caller holds mu.
func (s *Session) connection(stream int, swapped map[uint32]bool) tcp.Connection {
	c := *s.tracker.Connection(stream)
	if swapped[uint32(stream)] {
		c.Swap()
	}
	return c
}

// EachConnection calls f for the connections from on, in order of their stream numbers, until f returns false. f must not
// keep c nor call the session.
func (s *Session) EachConnection(from int, f func(c *tcp.Connection) bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := from; i < len(s.streams); i++ {
		c := s.tracker.Connection(i)
		if s.swapped[uint32(i)] {
			copied := *c
			c = &copied
			c.Swap()
		}
		if !f(c) {
			return
		}
	}
}

// ReadAt reads bytes of the uncompressed capture.
func (s *Session) ReadAt(b []byte, off int64) (int, error) { return s.file.ReadAt(b, off) }

var _ io.ReaderAt = (*Session)(nil)
