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

// Decoder is the proto.Decoder of TLS. It gives way where a direction does not begin with TLS at all: a web server answers a
// ClientHello on its port 80 in plain HTTP.
type Decoder struct {
	emit    proto.Emit
	side    [2]side
	version Version // that the server selected, 0 as long as it is not known
	rest    []byte  // the bytes of foreign that are no TLS
	foreign flow.Direction
	done    bool
}

type state uint8

const (
	header   state = iota
	fragment       // in a record
	guess          // behind a gap: in a header that may be none
	lost           // no records are found any more
	closed
)

// side is one direction.
type side struct {
	state  state
	spoken bool // a record was there
	pos    int64
	start  int64 // of the open record or lost region
	head   []byte
	left   int    // bytes of the record to come
	body   []byte // of the record, up to a gap, if it is of a type that is read
	got    int64  // captured bytes of the record or lost region
	gone   int64  // bytes of it that were not captured
	turned bool   // the other side spoke meanwhile

	secret  bool // a ChangeCipherSpec was there
	unsure  bool // it may have been in a gap
	flight  []byte
	began   int64 // where the record begins that holds the first byte of flight
	fed     int64 // where the record ends that holds its last byte
	skip    int   // bytes of a handshake message that is too long to be read
	run     *Encrypted
	runFrom int64
	runTo   int64
	reason  string // why the lost region is lost, or the run not complete
}

// New returns a decoder that starts at the given stream offsets, indexed by direction.
func New(start [2]int64, emit proto.Emit) *Decoder {
	d := &Decoder{emit: emit}
	for i := range d.side {
		d.side[i].pos = start[i]
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
	for len(b) > 0 && !d.done {
		switch s.state {
		case header, guess:
			b = d.header(dir, s, b)
		case fragment:
			n := min(len(b), s.left)
			if s.reads() && s.gone == 0 {
				s.body = append(s.body, b[:n]...)
			}
			s.advance(n)
			b = b[n:]
			if s.left == 0 {
				d.record(dir, s, "")
			}
		case lost:
			s.pos += int64(len(b))
			s.got += int64(len(b))
			return
		case closed:
			return
		}
	}
}

// advance counts n captured bytes of a record.
func (s *side) advance(n int) {
	s.pos += int64(n)
	s.got += int64(n)
	s.left -= n
}

// reads reports that the open record may be in clear.
func (s *side) reads() bool { return s.head[0] < typeApplicationData }

// turn ends the run of dir, now or when its open record ends.
func (d *Decoder) turn(dir flow.Direction) {
	s := &d.side[dir]
	if s.state == fragment {
		s.turned = true
		return
	}
	d.endRun(dir, s)
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
	case !plausible(s.head) && !s.spoken && s.state == header:
		d.giveWay(dir, s, b)
	case !plausible(s.head):
		d.lose(dir, s)
	case len(s.head) < recordHeader:
	default:
		s.spoken = true
		s.left, s.got, s.gone = int(binary.BigEndian.Uint16(s.head[3:])), 0, 0
		s.body = s.body[:0]
		s.state = fragment
		if s.left == 0 {
			d.record(dir, s, "")
		}
		return b
	}
	if d.done {
		return nil
	}
	return b
}

// plausible reports that a record's header may begin with b.
func plausible(b []byte) bool {
	return b[0] >= typeChangeCipherSpec && b[0] <= typeHeartbeat && (len(b) < 2 || b[1] == 3) &&
		(len(b) < recordHeader || int(binary.BigEndian.Uint16(b[3:])) <= maxRecord)
}

// giveWay leaves both directions to another protocol, from the header of dir on.
func (d *Decoder) giveWay(dir flow.Direction, s *side, b []byte) {
	s.pos = s.start
	d.rest, d.foreign, d.done = append(s.head, b...), dir, true
	s.head = nil
	d.end(dir.Reverse(), BrokenSyntax)
}

// lose gives up the records of the direction, from the header on.
func (d *Decoder) lose(dir flow.Direction, s *side) {
	reason := BrokenSyntax
	if s.state == guess {
		reason = proto.BrokenGap
	}
	d.endFlight(dir, s, reason)
	d.endRun(dir, s)
	s.got, s.gone = int64(len(s.head)), 0
	s.head, s.state, s.reason = nil, lost, reason
}

// record takes the open record; reason is why it is not whole, if it is not.
func (d *Decoder) record(dir flow.Direction, s *side, reason string) {
	if d.encrypted(s) {
		d.endFlight(dir, s, BrokenSyntax)
		s.extend(reason)
	} else {
		d.endRun(dir, s)
		d.clear(dir, s, reason)
	}
	if s.turned || reason != "" {
		d.endRun(dir, s)
	}
	s.turned, s.head, s.state = false, s.head[:0], header
}

// encrypted says whether the open record cannot be read. Alerts in clear have two bytes. TLS 1.3 disguises what it encrypts as
// application data, so that a handshake record is in clear whatever came before it.
func (d *Decoder) encrypted(s *side) bool {
	secret := s.secret && !d.version.modern()
	switch s.head[0] {
	case typeChangeCipherSpec:
		return false
	case typeAlert:
		return secret || s.got+s.gone+int64(s.left) != 2
	case typeHandshake:
		return secret || s.unsure && !looksClear(s.body)
	}
	return true
}

// looksClear reports that a handshake record begins with a message that ends in it.
func looksClear(b []byte) bool {
	return len(b) >= handshakeHeader && HandshakeType(b[0]).String() != "" && handshakeHeader+bodyLen(b) <= len(b)
}

// bodyLen is the length that a handshake header announces.
func bodyLen(b []byte) int { return int(b[1])<<16 | int(b[2])<<8 | int(b[3]) }

// extend adds the open record to the run.
func (s *side) extend(reason string) {
	if s.run == nil {
		s.run, s.runFrom, s.reason = &Encrypted{}, s.start, ""
	}
	s.run.Records++
	s.run.Bytes += s.got
	s.run.Missing += s.gone
	if s.head[0] == typeAlert {
		s.run.Alerts++
	}
	s.runTo = s.pos
	s.reason = reason
}

// endRun emits the run.
func (d *Decoder) endRun(dir flow.Direction, s *side) {
	if s.run == nil {
		return
	}
	run := s.run
	s.run = nil
	d.send(dir, s.runFrom, s.runTo, s.reason, run)
}

// clear reads the open record, which is not encrypted.
func (d *Decoder) clear(dir flow.Direction, s *side, reason string) {
	var detail any
	switch {
	case s.head[0] == typeHandshake && (len(s.body) > 0 || reason == ""):
		d.handshake(dir, s)
		if reason != "" {
			d.endFlight(dir, s, reason)
		}
		return
	case s.head[0] == typeChangeCipherSpec:
		s.secret = true
		detail = &ChangeCipherSpec{}
	case len(s.body) == 2:
		detail = &Alert{Level: s.body[0], Description: s.body[1]}
	default:
		detail = &Unreadable{Bytes: recordHeader + s.got, Missing: s.gone}
	}
	d.send(dir, s.start, s.pos, reason, detail)
}

func (d *Decoder) send(dir flow.Direction, start, end int64, reason string, detail any) {
	d.emit(proto.Message{Protocol: Name, Dir: dir, Start: start, End: end, Complete: reason == "", Broken: reason, Detail: detail})
}

// handshake emits the handshake messages that end in the open record and keeps the beginning of one that does not.
func (d *Decoder) handshake(dir flow.Direction, s *side) {
	b := s.body
	n := min(s.skip, len(b))
	s.skip -= n
	b = b[n:]
	if len(s.flight) == 0 {
		s.began = s.start
	}
	s.flight = append(s.flight, b...)
	s.fed = s.pos
	for len(s.flight) >= handshakeHeader {
		n := handshakeHeader + bodyLen(s.flight)
		if n > maxHandshake {
			t := &Handshake{Type: HandshakeType(s.flight[0]), Length: n - handshakeHeader}
			s.skip = max(n-len(s.flight), 0)
			s.flight = s.flight[min(n, len(s.flight)):]
			d.send(dir, s.began, s.pos, BrokenSyntax, t)
			s.began = s.start
			continue
		}
		if n > len(s.flight) {
			return
		}
		d.send(dir, s.began, s.pos, "", d.read(s.flight[:n]))
		s.flight, s.began = s.flight[n:], s.start
	}
}

// read reads one handshake message, of which at least the header is there.
func (d *Decoder) read(b []byte) any {
	t, body := HandshakeType(b[0]), b[handshakeHeader:]
	switch t {
	case ClientHello, ServerHello:
		h := readHello(t, body)
		if t == ServerHello && !h.Malformed {
			d.version = h.Version()
		}
		return h
	case certificate:
		return &Handshake{Type: t, Length: bodyLen(b), Certificate: readCertificate(body)}
	default:
		return &Handshake{Type: t, Length: bodyLen(b)}
	}
}

// endFlight emits a handshake message that will not become whole.
func (d *Decoder) endFlight(dir flow.Direction, s *side, reason string) {
	b := s.flight
	s.flight, s.skip = nil, 0
	switch {
	case len(b) == 0:
	case len(b) < handshakeHeader:
		d.send(dir, s.began, s.fed, reason, &Unreadable{Bytes: int64(len(b))})
	default:
		d.send(dir, s.began, s.fed, reason, d.read(b))
	}
}

// Gap implements proto.Decoder.
func (d *Decoder) Gap(dir flow.Direction, n int64) {
	s := &d.side[dir]
	if d.done || s.state == closed || n <= 0 {
		return
	}
	if s.state == lost {
		s.pos += n
		s.gone += n
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
	// Records are gone. Report the hole, and try whether a record begins behind it.
	d.endFlight(dir, s, proto.BrokenGap)
	d.endRun(dir, s)
	start := s.pos - int64(len(s.head))
	s.pos += n
	hole := &Unreadable{Bytes: int64(len(s.head)), Missing: n}
	s.head, s.state, s.unsure = s.head[:0], guess, true
	d.send(dir, start, s.pos, proto.BrokenGap, hole)
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
	case lost:
		d.send(dir, s.start, s.pos, s.reason, &Unreadable{Bytes: s.got, Missing: s.gone})
	case header, guess: // the part of a header that is there comes below
	}
	d.endFlight(dir, s, reason)
	d.endRun(dir, s)
	if len(s.head) > 0 {
		d.send(dir, s.start, s.pos, reason, &Unreadable{Bytes: int64(len(s.head))})
	}
	s.state, s.head, s.body = closed, nil, nil
}
