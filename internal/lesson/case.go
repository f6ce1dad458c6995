// Package lesson holds the cases: small recordings, each with steps tied to packets, questions to guess before looking, and
// facts that the engine must find in the recording.
//
// Load reads every case of a file system and refuses what is not complete: both languages, steps tied to packets, unknown
// keys, texts longer than a reader takes in at once. It promises nothing about the recordings themselves; Expectations.Check
// does that, through the Facts that a caller reads out of an opened capture. Numbers of packets are frame numbers of the
// case's capture, from 1. Where to start: Load, Case.
package lesson

import "tcptalk/internal/narrate"

// Case is one lesson with its recording. It is read-only after Load.
type Case struct {
	// ID is the name of the case's folder, stable across versions: progress is kept under it.
	ID string
	// Number is the case's place in the list of all cases, from 1.
	Number int
	Track  Track
	// Level is 1 for beginners, 2 for working engineers, 3 for those who want it exact.
	Level int
	// Minutes is the time that a first reading takes.
	Minutes int
	// Tags are search words in lower case.
	Tags []string
	// Focus lists the connections that the lesson is about, as stream numbers; the first one is shown first.
	Focus          []uint32
	Title, Summary narrate.Text
	// Ladder is the small picture on the case's card, at most MaxArrows arrows.
	Ladder    []Arrow
	Steps     []Step
	Questions []Question
	// Shared says that it is somebody's own, from one file, and not one of the bundled cases.
	Shared bool
	// Try is what a reader could do next; empty where the case shows no fault.
	Try     narrate.Text
	Expect  Expectations
	Sources []string
}

// CapturePath is the path of the recording in the file system that the case was loaded from.
func (c *Case) CapturePath() string { return c.ID + "/" + captureName }

// Step is one idea, shown beside the packets that prove it.
type Step struct {
	// Stream is the connection shown during the step.
	Stream uint32
	// Packets are marked during the step, ascending; the first one is brought into view. There is at least one.
	Packets []uint32
	// Beside is a packet that is not TCP and is shown during the step, in its own conversation; 0 for none.
	Beside uint32
	// Field is the header field to point at, one of Fields; empty if none.
	Field string
	// Payload is the byte range [0] <= b < [1] of the first packet's TCP payload to point at; both 0 if none.
	Payload [2]int
	// Why says what the step is good for in practice; empty where the text says so itself.
	Title, Text, Why narrate.Text
}

// Fields are the names of header fields that a step can point at: those of RFC 9293 §3.1, some of the options, the payload, and two
// of IPv4 (RFC 791 §3.1).
func Fields() []string {
	return []string{
		"source_port", "destination_port", "seq", "ack", "flags", "window", "checksum", "urgent", "options", "mss", "sack", "timestamps", "timestamp_echo",
		"payload", "identification", "dont_fragment",
	}
}

// Question is asked before its answer can be seen.
type Question struct {
	// After is the index of the step behind which the question is asked. Questions are in this order.
	After  int
	Stream uint32
	// Before is the first packet that would give the answer away: it and all later ones are to be covered.
	Before uint32
	Ask    narrate.Text
	// Options are the answers to choose from, at least two.
	Options []Option
	// Compute says how the answer is found in the capture; its What is empty if Right says it, and its Packet then only what is shown
	// with the answer, 0 if the case names none.
	Compute Compute
	// Right is the index of the right option of a question that is not computed. Where its options have conditions, Right is
	// the one whose condition holds among the packets Within[0] to Within[1].
	Right   int
	Within  [2]uint32
	Because narrate.Text
}

// Proof is the packet that shows the answer: the one it is computed from or the case names, else the first of those that prove it and of those
// that were covered. It may be of another conversation.
func (q *Question) Proof() uint32 {
	switch from, to := q.Within[0], q.Within[1]; {
	case q.Compute.Packet != 0:
		return q.Compute.Packet
	case from == 0 || from < q.Before && to >= q.Before: // the proof begins before the cover and goes on behind it
		return q.Before
	default:
		return from
	}
}

// Option is one answer to choose from. Value is empty in questions that are not computed, Holds in those that are.
type Option struct {
	Value string
	Text  narrate.Text
	Holds Condition
}

// Compute names a value of one packet.
type Compute struct {
	// What is one of the Compute constants.
	What   string
	Packet uint32
}

// What a question can compute. The states are those after the packet, the next sender is the one of the packet.
const (
	ComputeAck         = "ack"
	ComputeSeq         = "seq"
	ComputeLen         = "len"
	ComputeFlags       = "flags"
	ComputeClientState = "state.client"
	ComputeServerState = "state.server"
	ComputeNextSender  = "next_sender"
)
