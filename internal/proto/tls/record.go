package tls

import (
	"encoding/binary"

	"tcptalk/internal/flow"
)

// run collects neighbouring encrypted records.
type run struct {
	sum      *Encrypted // nil if there is none
	from, to int64
	reason   string // why it is not whole
}

// record takes the open record; reason is why it is not whole, if it is not.
func (d *Decoder) record(dir flow.Direction, s *side, reason string) {
	encrypted := d.encrypted(s)
	d.tell(dir, s, encrypted, reason)
	if encrypted {
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

// tell tells of the open record.
func (d *Decoder) tell(dir flow.Direction, s *side, encrypted bool, reason string) {
	if d.opt.Record == nil || s.old {
		return
	}
	d.opt.Record(dir, Record{
		Type: s.head[0], Version: Version(binary.BigEndian.Uint16(s.head[1:])), Length: int(s.size()),
		Encrypted: encrypted, Opaque: s.head[0] == typeApplicationData && d.version.Modern(),
		Start: s.start, End: s.pos, Broken: reason,
	})
}

// size is the length of the open record's fragment as its header announces it.
func (s *side) size() int64 { return s.got + s.gone + int64(s.left) }

// encrypted says whether the open record cannot be read. A ChangeCipherSpec in clear has one byte, an alert two. TLS 1.3
// disguises what it encrypts as application data, so that a handshake record is in clear whatever came before it.
func (d *Decoder) encrypted(s *side) bool {
	secret := s.secret && !d.version.Modern()
	switch {
	case s.old:
		return false
	case s.head[0] == typeChangeCipherSpec:
		return s.size() != 1
	case s.head[0] == typeAlert:
		return secret || s.size() != 2
	case s.head[0] != typeHandshake:
		return true
	case len(s.flight) > 0 || s.skip > 0 || d.version.Modern():
		return false
	case secret && d.version != 0:
		return true
	}
	return (secret || s.unsure) && !looksClear(s.body)
}

// looksClear reports that a handshake record begins with a hello, or holds whole messages of known types, of which the last
// may go on in the next record. A HelloRequest is not believed: it has no body, and many a nonce begins with zeros.
func looksClear(b []byte) bool {
	if len(b) >= helloStart && isHello(b) {
		return true
	}
	for len(b) > 0 {
		t := HandshakeType(b[0])
		if t == helloRequest || t.String() == "" {
			return false
		}
		if len(b) < handshakeHeader {
			return true
		}
		n := handshakeHeader + bodyLen(b)
		if n > len(b) {
			return n <= maxHandshake
		}
		b = b[n:]
	}
	return true
}

// extend adds the open record to the run.
func (s *side) extend(reason string) {
	r := &s.run
	if r.sum == nil {
		*r = run{sum: &Encrypted{}, from: s.start}
	}
	r.sum.Records++
	r.sum.Bytes += s.got
	r.sum.Missing += s.gone
	switch s.head[0] {
	case typeHandshake:
		r.sum.Handshakes++
	case typeAlert:
		r.sum.Alerts++
	}
	r.to, r.reason = s.pos, reason
}

// endRun emits the run.
func (d *Decoder) endRun(dir flow.Direction, s *side) {
	r := s.run
	if r.sum == nil {
		return
	}
	s.run = run{}
	r.sum.Protocol = d.inside
	d.send(dir, r.from, r.to, r.reason, r.sum)
}

// clear reads the open record, which is not encrypted.
func (d *Decoder) clear(dir flow.Direction, s *side, reason string) {
	var detail any
	switch {
	case s.old:
		h := readOldHello(s.body)
		d.client(h)
		detail = h
	case s.head[0] == typeHandshake && (len(s.body) > 0 || reason == ""):
		d.handshake(dir, s)
		if reason != "" {
			d.endFlight(dir, s, reason)
		}
		return
	case s.head[0] == typeChangeCipherSpec:
		d.endFlight(dir, s, BrokenSyntax)
		s.secret = true
		detail = &ChangeCipherSpec{Dummy: d.version.Modern()}
	case s.head[0] == typeAlert && len(s.body) == 2:
		detail = &Alert{Level: s.body[0], Description: s.body[1]}
	default:
		detail = &Unreadable{Bytes: recordHeader + s.got, Missing: s.gone}
	}
	d.send(dir, s.start, s.pos, reason, detail)
}
