package diagnose

import (
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// TrustCode names something that decides how far a capture can be believed, or what its times mean.
type TrustCode uint8

// The codes, the gravest first. N is TrustFinding.Count, Of is TrustFinding.Of.
const (
	PacketsDropped   TrustCode = iota // the file says that N packets were dropped, of Of that arrived; only of a capture
	OneWay                            // only By is heard
	SeenTwice                         // most packets are in the capture twice: N of Of looked at
	PacketsMissing                    // N holes, Size bytes that the other end acknowledged and that are not here
	HandshakeMissing                  // the connection began before the capture
	PacketsCut                        // N of Of packets were cut, the longest kept Size bytes
	ClockBack                         // N times the clock went back, by Time at most
	ManyUnacked                       // N segments were not remembered: Limit of their direction waited for their ACK
	ManyFragments                     // N datagrams were given up incomplete, more than Limit at once
	ManyLayers                        // N packets have more than Limit headers
	ChecksumsWrong                    // N of Of looked at were damaged on their way
	Oversized                         // N segments are larger than the MSS of Limit bytes (0 if not known), the largest has Size
	ChecksumsLeft                     // N of Of looked at have the checksum that a kernel leaves to the network card
	SomeTwice                         // N packets of Of looked at are in the capture twice
	OnLoopback                        // taken on the machine of both ends, the traffic never left it
	NearBoth                          // both gaps of the handshake are short
	NearClient                        // the client answered at once, the server's answer took the time
	NearServer                        // the other way round
	OnPath                            // both gaps are long
	NumTrustCodes    = iota
)

// TrustFinding is one thing to know about a capture before believing it.
type TrustFinding struct {
	Code     TrustCode
	Severity Severity
	// By is the side concerned, where Both is not set.
	By   flow.Direction
	Both bool
	// Count and Of count packets of the connection; the codes say which.
	Count, Of uint64
	// Size is a number of bytes, and so is Limit unless the code says otherwise.
	Size, Limit uint64
	// Time is the largest step back of the clock. Gaps are the handshake's two: SYN to SYN-ACK, SYN-ACK to ACK.
	Time time.Duration
	Gaps [2]time.Duration
	// First says, where it is not 0, that only the first First packets of the connection were looked at.
	First uint64
	// Frames are packets that show it, at most maxEvidence.
	Frames []uint32
	// Connections is 0 in what Trust returns. In a finding of TrustCapture it counts the connections concerned, of Among that
	// were looked at, where the finding is about connections; the numbers above are then those of all of them together.
	Connections, Among uint64
}

// Bounds of what is looked at for the trust of one connection. Beyond them findings say First.
const (
	maxTrustRecords = 1 << 20 // a second's work; a trouble of the capture shows long before
	maxTrustPackets = 2048    // packets read and decoded again
	maxTrustBytes   = 8 << 20 // their captured bytes: packets may have 64 kB
)

// Trust says how far the capture of one connection can be believed, the gravest first. It reads a bounded number of its packets
// again; where that fails it leaves out what it would have told.
func Trust(v *session.View) []TrustFinding {
	left := budget{packets: maxTrustPackets, bytes: maxTrustBytes}
	return trust(v, maxTrustRecords, &left, true)
}

// budget is what may still be read of the capture.
type budget struct{ packets, bytes int }

// trust looks at the first limit records of v; checksums are verified if sums is set.
func trust(v *session.View, limit int, left *budget, sums bool) []TrustFinding {
	n := min(limit, v.Len())
	if n == 0 {
		return nil
	}
	sv := survey{v: v, n: n}
	for d := range sv.gaps {
		sv.gaps[d].dir = flow.Direction(d)
	}
	for i := range n {
		sv.record(i)
	}
	var fs []TrustFinding
	if f, ok := oneWay(&v.Conn); ok {
		f.Frames = sv.firstFrames()
		fs = append(fs, f)
	}
	l := lookAt(v, left, sums)
	fs = append(fs, l.twice()...)
	fs = append(fs, sv.missing()...)
	if beganBefore(&v.Conn) {
		fs = append(fs, TrustFinding{Code: HandshakeMissing, Severity: Warn, Frames: []uint32{v.At(0).Frame}})
	}
	fs = append(fs, sv.cutPackets()...)
	fs = append(fs, sv.clockBack()...)
	fs = append(fs, l.damaged()...)
	fs = append(fs, sv.oversized()...)
	fs = append(fs, l.leftToCard()...)
	fs = append(fs, l.someTwice()...)
	if f, ok := capturePoint(v); ok {
		fs = append(fs, f)
	}
	return fs
}

// sawSyn is a bit of tcp.Connection.Completeness.
const sawSyn = 1

// beganBefore reports that the connection has no handshake in the capture, because that began later. Where there is a SYN and no
// answer to it the capture missed that, as PacketsMissing says.
func beganBefore(c *tcp.Connection) bool {
	if _, half := oneWay(c); half {
		return false // the other half of the handshake is missing like everything else of that side
	}
	return heard(c) && c.Completeness&sawSyn == 0
}

// heard reports that there was more than an attempt to connect, or a last word to a connection long gone.
func heard(c *tcp.Connection) bool {
	return c.Ending != tcp.NoAnswer && c.Packets[0]+c.Packets[1] > 1
}

// minOneWay is how many packets one side must have sent for the silence of the other one to be the capture's: less may be the
// first or last moment of a capture.
const minOneWay = 3

// oneWay reports that the capture holds only one direction of a conversation that went both ways.
func oneWay(c *tcp.Connection) (TrustFinding, bool) {
	for d := flow.ClientToServer; d <= flow.ServerToClient; d++ {
		// A side that only asks to connect acknowledges nothing, so its loneliness is real.
		if c.Packets[d.Reverse()] == 0 && c.Packets[d] >= minOneWay && c.Ending != tcp.NoAnswer {
			n := uint64(c.Packets[d])
			return TrustFinding{Code: OneWay, Severity: Warn, By: d, Count: n, Of: n}, true
		}
	}
	return TrustFinding{}, false
}
