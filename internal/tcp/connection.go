package tcp

import (
	"net/netip"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
)

// Ending says how a connection ended, as far as the capture shows.
type Ending uint8

// The endings.
const (
	StillOpen    Ending = iota // the capture ended first
	NoAnswer                   // SYNs that nobody answered
	Refused                    // RST in answer to the SYN
	Orderly                    // FIN both ways, both acknowledged
	Simultaneous               // as Orderly, but the two FINs crossed
	HalfClosed                 // one end's FIN is acknowledged, the other direction is not closed yet
	Reset                      // RST ended it
	NumEndings   = iota
)

// Connection is everything the tracker knows about one TCP connection. Fields are updated as segments arrive.
type Connection struct {
	// Stream is Wireshark's tcp.stream, the index of the connection in the capture.
	Stream uint32
	// Client is the active opener; ClientGuessed says that no SYN proved it.
	Client, Server netip.AddrPort
	ClientGuessed  bool
	// FirstFrom is the sender of the first segment whose length is known and whose header is complete (Wireshark's "node 0").
	FirstFrom flow.Direction
	// FirstTime and LastTime are those of the first and last segment in capture order, nanoseconds since 1970.
	FirstTime, LastTime int64
	// Packets counts segments, indexed by sender; Bytes sums the original frame lengths, Payload the payload bytes sent
	// (retransmissions included). Segments quoted in ICMP errors are not counted: a connection known from them alone has none.
	Packets [2]uint32
	Bytes   [2]uint64
	Payload [2]uint64
	// Completeness is Wireshark's tcp.completeness: 1 SYN, 2 SYN+ACK, 4 ACK, 8 data, 16 FIN, 32 RST.
	Completeness uint8
	// InitialRTT is the time from the last SYN to the first ACK after it; 0 if unknown, negative if the clock went back.
	InitialRTT time.Duration
	// States are the present states of both ends.
	States [2]EndState
	// Labels holds every label that occurred on a segment that is not Hidden; the counters below follow the same rule.
	Labels Labels
	// Retransmissions, OutOfOrder, DuplicateAcks, ZeroWindows and KeepAlives count segments, indexed by sender.
	Retransmissions, OutOfOrders, DuplicateAcks, ZeroWindows, KeepAlives [2]uint32
	// Ending says how it ended. EndedBy is the sender of the first FIN or RST and EndFrame that segment; 0 before there is one.
	Ending   Ending
	EndedBy  flow.Direction
	EndFrame uint32
	// RTTMin, RTTSum and RTTCount summarise the RTT of ACKs, indexed by the side whose data was acknowledged.
	RTTMin, RTTSum [2]time.Duration
	RTTCount       [2]uint32
}

// conn is a connection with what the analysis needs to go on. It is kept small: see the test of its size.
type conn struct {
	Connection
	// ends is indexed by flow.Direction: what each end sent.
	ends [2]sender
	// lastSyn is the time of the last SYN without ACK, 0 if there was none, as in Wireshark.
	lastSyn int64
	// mptcp is the set of MPTCP operations seen in either direction.
	mptcp uint16
	// proven are the last states the capture proved.
	proven [2]State
	// nodeKnown says that FirstFrom is final.
	nodeKnown bool
	// tfoData says that a SYN with a TFO cookie carried data.
	tfoData bool
	// unheard says that a SYN,ACK was sent again after it had been acknowledged: the ACK did not arrive.
	unheard bool
	// crossed says that the second FIN was sent without knowledge of the first.
	crossed bool
}

// between reports that the connection has these two endpoints, in either order.
func (c *conn) between(a, b netip.AddrPort) bool {
	return c.Client == a && c.Server == b || c.Client == b && c.Server == a
}

// start prepares a new connection whose first segment has these flags. It decides who is the client.
func (c *conn) start(seg *packet.Segment) {
	c.ends[0].init()
	c.ends[1].init()
	c.FirstTime, c.LastTime = seg.Time, seg.Time
	c.Client, c.Server = seg.Src, seg.Dst
	switch {
	case !seg.Flags.Has(packet.SYN):
		c.ClientGuessed = true
		if servesRather(seg.Src.Port(), seg.Dst.Port()) {
			c.Client, c.Server = seg.Dst, seg.Src
		}
	case seg.Flags.Has(packet.ACK):
		c.Client, c.Server = seg.Dst, seg.Src
	}
	c.FirstFrom = c.direction(seg)
}

// servesRather reports that port a looks more like a server's than port b: servers have the lower, fixed numbers, clients
// take theirs from the upper, ephemeral range (RFC 6335 §6).
func servesRather(a, b uint16) bool { return a < b }

// direction says which end sent the segment. Where both endpoints are one and the same, everything is from the client.
func (c *conn) direction(seg *packet.Segment) flow.Direction {
	if seg.Src == c.Client {
		return flow.ClientToServer
	}
	return flow.ServerToClient
}

// tally adds the segment to the connection's counters.
func (c *conn) tally(seg *packet.Segment, out *Analysis) {
	dir := out.Dir
	if !c.nodeKnown {
		c.nodeKnown = out.HasNumbers && !seg.HeaderCut
		if c.nodeKnown || c.Packets == [2]uint32{} {
			c.FirstFrom = dir
		}
	}
	c.Packets[dir]++
	c.Bytes[dir] += uint64(seg.FrameLen)
	if out.HasNumbers {
		c.Payload[dir] += uint64(seg.Len)
	}
	if out.Hidden || out.Partial {
		return
	}
	if out.Labels != 0 {
		c.countLabels(dir, out.Labels)
	}
	if out.RTT > 0 {
		data := dir.Reverse()
		if c.RTTCount[data] == 0 || out.RTT < c.RTTMin[data] {
			c.RTTMin[data] = out.RTT
		}
		c.RTTSum[data] += out.RTT
		c.RTTCount[data]++
	}
}

// countLabels counts the labels that say something about the quality of the connection.
func (c *conn) countLabels(dir flow.Direction, labels Labels) {
	c.Labels |= labels
	for _, n := range [...]struct {
		label   Labels
		counter *[2]uint32
	}{
		{Retransmission, &c.Retransmissions},
		{OutOfOrder, &c.OutOfOrders},
		{DuplicateAck, &c.DuplicateAcks},
		{ZeroWindow, &c.ZeroWindows},
		{KeepAlive, &c.KeepAlives},
	} {
		if labels.Has(n.label) {
			n.counter[dir]++
		}
	}
}
