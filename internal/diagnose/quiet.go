package diagnose

import (
	"time"

	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// What counts as a silence.
const (
	// quietTrips is how many round trips of silence are remarkable: a question, its answer and some work take fewer.
	quietTrips = 4
	// quietMost is the longest silence that passes for normal however long the round trip is.
	quietMost = 3 * time.Second
	// quietTimer is the shortest silence that is remarkable because a timer ended it: the shortest delayed acknowledgments.
	quietTimer = ackHeldLeast
)

// IsSilence reports that the time between segments i-1 and i of v is worth telling of. It is if it is long both absolutely, least,
// and for this connection, four round trips; longer than three seconds it always is. A shorter one is if the segment behind it
// shows that a timer ended it: somebody waited for nothing else.
func IsSilence(v *session.View, ms []Moment, i int, least time.Duration) bool {
	took := time.Duration(v.At(i).Time - v.At(i-1).Time)
	if took < min(least, quietTimer) {
		return false
	}
	trips := quietTrips * trip(&v.Conn)
	switch {
	case took >= max(least, min(trips, quietMost)):
		return true
	case took < max(quietTimer, trips):
		return false
	}
	w, _ := Silence(v, ms, i)
	return w == SendsAgain || w == HoldsAck || w == AsksRoom
}

// trip is the round trip between the ends: the sum of what was measured on the two sides of the capture point; 0 if unknown.
func trip(c *tcp.Connection) time.Duration {
	if t := c.RTTMin[0] + c.RTTMin[1]; t > 0 {
		return t
	}
	return max(c.InitialRTT, 0)
}
