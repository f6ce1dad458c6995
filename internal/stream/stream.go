// Package stream puts the segments of one connection together into its two ordered byte streams.
//
// Assembler delivers bytes in order, gaps as gaps, with a way back from every byte to its packet. Follower computes what
// Wireshark's "follow TCP stream" shows, quirks included. Both take the segments of one connection in capture order.
// Start with Assembler.
//
// Assembler is written here and does not stand on gopacket/reassembly (v1.1.19), because that package reads captures in
// ways which cannot be mended from outside: among waiting segments the later copy of a byte overwrites the first; across
// the wrap of sequence numbers its distances are one short (it wraps at 2^32-1), so a byte is lost; a payload cut by the
// snapshot length cannot be told from a short segment; it starts only at a SYN or where it is told to; and a byte leads
// back to a capture time, not to a packet.
package stream

import "tcptalk/internal/flow"

// Sink receives the streams of one connection.
type Sink interface {
	// Data hands over the next in-order bytes of dir, borrowed until it returns.
	Data(dir flow.Direction, b []byte)
	// Gap says that n bytes of dir were never captured.
	Gap(dir flow.Direction, n int64)
	// Close says that dir has ended.
	Close(dir flow.Direction)
}

// Cutter is a Sink that wants to know how a direction ended: Cut is called instead of Close where no FIN ended it (an RST
// did, or the capture stopped first).
type Cutter interface {
	Cut(dir flow.Direction)
}
