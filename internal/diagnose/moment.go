package diagnose

import "tcptalk/internal/session"

// Moment is the part that a segment plays in the life of its connection.
type Moment uint8

// The moments, in the order of a life.
const (
	Nothing Moment = iota // data, plain acknowledgments

	Ask             // the first SYN
	AskAgain        // the same SYN again, no answer was seen
	AskUnheard      // the same SYN again although an answer was seen: it did not arrive
	AskToo          // the other end's SYN: simultaneous open
	Agree           // SYN-ACK
	AgreeAgain      // the same SYN-ACK again, nothing shows that the server lacks the third packet
	AgreeUnheard    // the same SYN-ACK again although the client had confirmed
	AgreeCrossing   // SYN-ACK by an end that had sent a SYN of its own: simultaneous open
	Confirm         // the third packet of the handshake
	ConfirmAgain    // the client's answer to a repeated SYN-ACK
	ConfirmCrossing // the acknowledgment of the other SYN-ACK in a simultaneous open
	HeardAtLast     // the first sign that an end that had repeated its SYN-ACK takes part after all

	AskAlive      // a keep-alive probe
	AskAliveAgain // a keep-alive probe after one without an answer
	AliveAnswer   // the answer to a keep-alive probe, whatever it looks like
	AskRoom       // a probe of a closed window
	NoRoom        // the answer to it: the window stays closed
	Room          // a closed window opens

	Close            // the first FIN
	CloseAgain       // a FIN repeated
	CloseCrossing    // the second FIN, sent before the first one was seen
	CloseUnaware     // a FIN after the other end's RST, which therefore did not arrive
	CloseAck         // acknowledges the first FIN, this side may still send
	CloseAckAgain    // acknowledges a repeated FIN
	CloseAckCrossing // acknowledges the other of two crossing FINs, its own is not acknowledged yet
	CloseAckHeard    // CloseAck, and the first sign that an end that had repeated its SYN-ACK takes part
	CloseBoth        // acknowledges the first FIN and is a FIN itself: three segments instead of four
	CloseToo         // the second FIN, the first one was acknowledged before
	CloseLast        // acknowledges the last FIN

	Refuse       // RST in answer to a SYN
	RefuseLate   // RST by an end for which, as its repeated SYN-ACKs show, the handshake was never finished
	Decline      // RST instead of the third packet
	Abort        // RST that ends an open connection
	AbortUnused  // RST by an end that heard of the finished handshake only through the FIN
	AbortInstead // RST instead of the second FIN
	AbortAnswer  // RST in answer to something that came after the end
	GiveUp       // RST after probes without an answer
	NumMoments   = iota
)

// Moments finds the moment of every segment of a connection, in the order of v.
func Moments(v *session.View) []Moment {
	var c Course
	return c.Moments(make([]Moment, 0, v.Len()), v)
}

// Course goes along a connection and can go on when that has grown. The zero value stands at its beginning; copies go on by themselves.
type Course struct {
	seen   int
	life   life
	flight inFlight
}

// Moments appends those of the segments that are new in v to ms, which are the ones before.
func (c *Course) Moments(ms []Moment, v *session.View) []Moment {
	for ; c.seen < v.Len(); c.seen++ {
		r := v.At(c.seen)
		ms = append(ms, c.life.next(r))
		c.flight.add(r)
	}
	return ms
}

// Unacked returns the bytes that each end sent and that were not acknowledged so far.
func (c *Course) Unacked() [2]uint32 { return c.flight.bytes() }
