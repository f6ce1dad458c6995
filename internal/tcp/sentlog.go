package tcp

import "tcptalk/internal/seqnum"

// Sent is one stretch of numbers that an end sent: when first, and when last.
type Sent struct {
	// Seq and Next bound the numbers, raw. SYN and FIN take one.
	Seq, Next seqnum.Number
	// Frame and Time are those of the first transmission, LastFrame and LastTime those of the latest one.
	Frame, LastFrame uint32
	Time, LastTime   int64
	// Gap is the time between the latest transmission and the one before it.
	Gap int64
	// Index is the caller's number for the first transmission; Resent counts the later ones.
	Index, Resent int32
	// TSVal and IPID are those of the first transmission, HasTSVal says that it had timestamps.
	TSVal    uint32
	IPID     uint16
	HasTSVal bool
}

// maxSentLog bounds what a SentLog remembers: more than the largest usual window of full segments (14 MB).
const maxSentLog = 10_000

// SentLog remembers what one end sent, ordered by sequence number, newest last. It forgets the oldest beyond a bound. The
// zero value is empty.
type SentLog struct {
	entries []Sent
	head    int
}

// Add appends a stretch that begins at or after the end of the last one; any other one it does not take and reports false.
func (l *SentLog) Add(s Sent) bool {
	if n := len(l.entries); n > l.head && s.Seq.Before(l.entries[n-1].Next) {
		return false
	}
	// Positions are told by the distance from the oldest entry, so that all must lie in half of the number space.
	for l.head < len(l.entries) && s.Next.Distance(l.entries[l.head].Seq) >= halfSpace {
		l.head++
	}
	if len(l.entries)-l.head >= maxSentLog {
		l.head++
	}
	if l.head >= maxSentLog || l.head == len(l.entries) {
		l.entries = append(l.entries[:0], l.entries[l.head:]...)
		l.head = 0
	}
	l.entries = append(l.entries, s)
	return true
}

// Find returns the stretch that holds number n, or nil. It stays valid until the next Add.
func (l *SentLog) Find(n seqnum.Number) *Sent {
	i := l.search(n)
	if i > l.head && n.Before(l.entries[i-1].Next) {
		return &l.entries[i-1]
	}
	return nil
}

// Above returns the first stretch that begins at n or later, or nil. It stays valid until the next Add.
func (l *SentLog) Above(n seqnum.Number) *Sent {
	i := l.search(n)
	if i > l.head && l.entries[i-1].Seq == n {
		i--
	}
	if i < len(l.entries) {
		return &l.entries[i]
	}
	return nil
}

// search returns the index of the first entry that begins after n.
func (l *SentLog) search(n seqnum.Number) int {
	lo, hi := l.head, len(l.entries)
	if lo == hi || n.Before(l.entries[lo].Seq) {
		return lo
	}
	at := n.Distance(l.entries[l.head].Seq)
	for lo < hi {
		if m := (lo + hi) / 2; l.entries[m].Seq.Distance(l.entries[l.head].Seq) <= at {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}
