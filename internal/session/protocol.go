package session

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/all"
)

// glance bounds the segments looked at to tell a connection's protocol for a list.
const glance = 32

// Protocol tells from the first data of a connection what it speaks, "" if that is not known. The answer is remembered.
func (s *Session) Protocol(stream int) string {
	s.mu.RLock()
	name, known := s.protocols[stream]
	before := s.inherited[stream].protocol
	s.mu.RUnlock()
	if known {
		return name
	}
	if before != "" {
		if conn := s.Connection(stream); s.decodedAs(&conn) == "" {
			return before
		}
	}
	name, sure := s.glance(stream)
	if sure || s.over.Load() {
		s.remember(stream, name)
	}
	return name
}

// remember keeps a connection's protocol for Protocol: after an upgrade the one it went on with.
func (s *Session) remember(stream int, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.protocols == nil {
		s.protocols = map[int]string{}
	}
	s.protocols[stream] = name
}

// glance reads the first data of both sides; sure says that later packets cannot change the answer.
func (s *Session) glance(stream int) (name string, sure bool) {
	v, err := s.viewOf(stream, glance)
	if err != nil {
		return "", false
	}
	var first [2][]byte
	d := segments{v: v, decoder: packet.NewDecoder()}
	for i := range v.Len() {
		r := v.At(i)
		if r.Len == 0 || len(first[r.Dir()]) > 0 || r.Labels != 0 {
			continue
		}
		seg, err := d.at(i)
		if err != nil || seg == nil {
			return "", false
		}
		first[r.Dir()] = append([]byte(nil), seg.Payload...)
	}
	for _, det := range all.Detectors(all.Options{As: s.decodedAs(&v.Conn)}) {
		if det.Detect(first[flow.ClientToServer], first[flow.ServerToClient], v.Conn.Server.Port()) == proto.Yes {
			return det.Name(), true
		}
	}
	return "", v.Len() == glance
}
