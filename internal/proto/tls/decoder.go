package tls

import (
	"encoding/binary"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// Bounds of what a decoder reads and keeps, per direction.
const (
	recordHeader    = 5
	handshakeHeader = 4
	// maxRecord is the longest fragment of a record: 2^14 bytes and what encryption may add (RFC 5246 §6.2.3).
	maxRecord = 1<<14 + 2048
	// maxHandshake is the longest handshake message that is read; the longest in use are chains of certificates.
	maxHandshake = 128 << 10
)

// Options are those of a Decoder.
type Options struct {
	// Record, if set, is told of every record that ends, also of those that messages count together, before the message that
	// it ends. It is not told of a ClientHello in the form of SSL 2.0.
	Record func(dir flow.Direction, r Record)
}

// Record is one record.
type Record struct {
	// Type is the content type in its header; Version is what stands there, whatever is spoken.
	Type    uint8
	Version Version
	// Length is that of the fragment as the header announces it.
	Length int
	// Encrypted says that it cannot be read; Opaque that its type is the disguise of TLS 1.3.
	Encrypted, Opaque bool
	// Start and End are the record's byte range in the stream; Broken is why it is not whole, as in proto.Message.
	Start, End int64
	Broken     string
}

// Decoder is the proto.Decoder of TLS. It may start in the middle of a connection: behind a STARTTLS or SSLRequest that another
// decoder read, or wherever the capture begins. It gives way where a ClientHello is answered in plain text: a web server does
// that on its port 80.
type Decoder struct {
	emit    proto.Emit
	opt     Options
	side    [2]side
	hello   bool    // a ClientHello was there
	id      string  // the session ID in it
	version Version // that the server selected, 0 as long as it is not known
	inside  string  // the protocol that ALPN chose, "" if it is not known
	rest    []byte  // the bytes of foreign that are no TLS
	foreign flow.Direction
	done    bool
}

type state uint8

const (
	header   state = iota
	fragment       // in a record
	lost           // it is not known where a record begins
	probe          // the same, but one may begin with the bytes in head
	closed
)

// side is one direction.
type side struct {
	state  state
	spoken bool // a record was there
	pos    int64
	start  int64 // of the open header or record
	head   []byte
	old    bool   // the record is a ClientHello in the form of SSL 2.0
	left   int    // bytes of the record to come
	body   []byte // of the record, up to a gap, if it is of a type that is read
	got    int64  // captured bytes of the record
	gone   int64  // bytes of it that were not captured
	turned bool   // the other side spoke meanwhile
	region region

	secret bool // a ChangeCipherSpec was there
	unsure bool // it may have been before the first record or in a gap
	flight []byte
	began  int64 // where the message begins of which flight has the first bytes
	fed    int64 // where the record ends that holds its last byte
	skip   int   // bytes of a handshake message that is too long to be read
	run    run
}

// region is what lies where no records are found.
type region struct {
	from      int64
	got, gone int64
	reason    string
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit, opt Options) *Decoder {
	d := &Decoder{emit: emit, opt: opt}
	for i := range d.side {
		d.side[i].pos, d.side[i].unsure = start[i], true
	}
	return d
}

// Done implements proto.Yielder.
func (d *Decoder) Done() bool { return d.done }

// Rest implements proto.Yielder.
func (d *Decoder) Rest(dir flow.Direction) (start int64, b []byte) {
	if dir == d.foreign {
		b = d.rest
	}
	return d.side[dir].pos, b
}

// Data implements proto.Decoder.
func (d *Decoder) Data(dir flow.Direction, b []byte) {
	if d.done || len(b) == 0 {
		return
	}
	d.turn(dir.Reverse())
	s := &d.side[dir]
	if s.state == lost && s.turned { // what answers the other side most likely begins with a record
		s.state, s.turned = probe, false
	}
	for len(b) > 0 && !d.done {
		switch s.state {
		case header, probe:
			b = d.header(dir, s, b)
		case fragment:
			n := min(len(b), s.left)
			if s.reads() && s.gone == 0 {
				s.body = append(s.body, b[:n]...)
			}
			s.pos += int64(n)
			s.got += int64(n)
			s.left -= n
			b = b[n:]
			if s.left == 0 {
				d.record(dir, s, "")
			}
		case lost:
			s.pos += int64(len(b))
			s.region.got += int64(len(b))
			return
		case closed:
			return
		}
	}
}

// reads reports that the open record may be in clear.
func (s *side) reads() bool { return s.old || s.head[0] < typeApplicationData }

// turn notes that the other side of dir speaks: that ends its run, now or when its open record ends.
func (d *Decoder) turn(dir flow.Direction) {
	switch s := &d.side[dir]; s.state {
	case fragment, lost:
		s.turned = true
	case header, probe, closed:
		d.endRun(dir, s)
	}
}

// header collects a record's header and, when it is whole, opens the record.
func (d *Decoder) header(dir flow.Direction, s *side, b []byte) (rest []byte) {
	if len(s.head) == 0 {
		s.start = s.pos
	}
	n := min(len(b), recordHeader-len(s.head))
	s.head = append(s.head, b[:n]...)
	s.pos += int64(n)
	b = b[n:]
	switch {
	case len(s.head) == recordHeader && d.open(dir, s):
		if s.left == 0 {
			d.record(dir, s, "")
		}
	case len(s.head) < recordHeader && d.mayOpen(s):
	case s.state == probe:
		s.region.got += int64(len(s.head))
		s.state, s.head, s.turned = lost, s.head[:0], false
	case s.spoken:
		d.lose(dir, s, BrokenSyntax)
	case d.hello && isText(s.head):
		d.giveWay(dir, s, b)
		return nil
	default:
		d.lose(dir, s, BrokenNotTLS)
	}
	return b
}

// first reports that the open header is the first of its direction.
func (s *side) first() bool { return !s.spoken && s.state == header }

// mayOpen reports that the bytes in head may begin a header, or text that giveWay wants to see more of.
func (d *Decoder) mayOpen(s *side) bool {
	return recordType(s.head[0]) || s.first() && (s.head[0]&0x80 != 0 || d.hello)
}

// open begins the record whose header is in head; it reports false if that is none.
func (d *Decoder) open(dir flow.Direction, s *side) bool {
	s.old = s.first() && oldHello(s.head)
	if !s.old && !plausible(s.head) {
		return false
	}
	if s.state == probe {
		d.endRegion(dir, s)
	}
	s.left, s.body = int(binary.BigEndian.Uint16(s.head[3:])), s.body[:0]
	if s.old {
		s.left, s.body = oldHeader+oldLen(s.head)-recordHeader, append(s.body, s.head[oldHeader:]...)
	}
	s.got, s.gone, s.spoken, s.turned, s.state = 0, 0, true, false, fragment
	return true
}

// recordType reports a content type that is in use.
func recordType(b byte) bool { return b >= typeChangeCipherSpec && b <= typeHeartbeat }

// plausible reports that b begins with a record's header.
func plausible(b []byte) bool {
	return recordType(b[0]) && b[1] == 3 && b[2] <= 4 && int(binary.BigEndian.Uint16(b[3:])) <= maxRecord
}

// isText reports printable ASCII.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// giveWay leaves both directions to another protocol, from the header of dir on.
func (d *Decoder) giveWay(dir flow.Direction, s *side, b []byte) {
	s.pos = s.start
	d.rest, d.foreign, d.done = append(s.head, b...), dir, true
	s.head = nil
	d.end(dir.Reverse(), BrokenSyntax)
}

// lose gives up the records of the direction, from the header on, until the conversation turns.
func (d *Decoder) lose(dir flow.Direction, s *side, reason string) {
	d.endFlight(dir, s, reason)
	d.endRun(dir, s)
	s.region = region{from: s.pos - int64(len(s.head)), got: int64(len(s.head)), reason: reason}
	s.head, s.turned, s.unsure, s.state = s.head[:0], false, true, lost
}

// endRegion tells of the bytes in which no records were found, up to the open header.
func (d *Decoder) endRegion(dir flow.Direction, s *side) {
	r := &s.region
	end := s.pos - int64(len(s.head))
	d.send(dir, r.from, end, r.reason, &Unreadable{Bytes: r.got, Missing: r.gone})
	s.region = region{}
}

// Gap implements proto.Decoder.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if d.done || s.state == closed || n <= 0 {
		return
	}
	if s.state == fragment {
		k := min(n, int64(s.left))
		s.pos += k
		s.gone += k
		s.left -= int(k)
		n -= k
		if s.left == 0 {
			d.record(dir, s, proto.BrokenGap)
		}
		if n == 0 {
			return
		}
	}
	// Records are gone. Try whether one begins behind the hole.
	if s.state == header {
		d.lose(dir, s, proto.BrokenGap)
	}
	s.region.got += int64(len(s.head))
	s.region.gone += n
	s.pos += n
	s.head, s.state = s.head[:0], probe
}

// Close implements proto.Decoder: a FIN ended dir.
func (d *Decoder) Close(dir flow.Direction) { d.end(dir, proto.BrokenClosed) }

// Cut implements proto.Cutter: dir ended without a FIN.
func (d *Decoder) Cut(dir flow.Direction) { d.end(dir, proto.BrokenCutOff) }

func (d *Decoder) end(dir flow.Direction, reason string) {
	s := &d.side[dir]
	switch s.state {
	case closed:
		return
	case fragment:
		if s.gone > 0 {
			reason = proto.BrokenGap
		}
		d.record(dir, s, reason)
	case lost, probe:
		s.region.got += int64(len(s.head))
		s.head = nil
		d.endRegion(dir, s)
	case header: // the part of a header that is there comes below
	}
	d.endFlight(dir, s, reason)
	d.endRun(dir, s)
	if len(s.head) > 0 {
		d.send(dir, s.start, s.pos, reason, &Unreadable{Bytes: int64(len(s.head))})
	}
	*s = side{state: closed, pos: s.pos}
}

func (d *Decoder) send(dir flow.Direction, start, end int64, reason string, detail any) {
	d.emit(proto.Message{Protocol: Name, Dir: dir, Start: start, End: end, Complete: reason == "", Broken: reason, Detail: detail})
}
