package session

// Grown returns the view of the connection of v with the segments that came since, in time that depends on their number only. The two
// share memory, so that of one view others are made one after the other. It reads everything again where the ends of the connection
// changed places, or where v is of another session.
func (s *Session) Grown(v *View) (*View, error) {
	stream := int(v.Conn.Stream)
	if v.own != nil || v.s != s || v.ids.n == 0 || s.Swapped(stream) {
		return s.View(stream)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := s.summary(stream)
	n.ids = v.ids
	most := int(n.Conn.Packets[0]) + int(n.Conn.Packets[1])
	for id := s.records.at(v.ids.at(v.ids.n - 1)).next.Load(); id != 0; id = s.records.at(id - 1).next.Load() {
		n.ids.add(id-1, most-n.ids.n-1)
	}
	return n, nil
}
