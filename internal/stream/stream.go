// Package stream puts the segments of one connection together into its two ordered byte streams.
//
// Assembler stands on gopacket/reassembly and delivers bytes in order, gaps as gaps, with a way back from every byte to its
// packet. Follower computes what Wireshark's "follow TCP stream" shows, quirks included. Both take segments in capture
// order. Start with Assembler.
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
