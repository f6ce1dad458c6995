// Package capture defines what a packet capture is made of: packets, their link types, and a Source of them.
//
// It promises nothing about where packets come from. Package pcapfile reads them from files and pipes; a live capture is
// the same thing over a growing file. Start with Packet.
package capture

// Packet is one captured record.
type Packet struct {
	// Number counts the packet records of the capture from 1, whatever they hold (Wireshark's frame number). It grows from
	// packet to packet, but may skip numbers: pcapng has records that are no packets and yet are counted.
	Number uint32
	// Interface is the index of the interface in the whole capture; pcapng sections continue counting. 0 for pcap.
	Interface uint32
	// LinkType says how Data begins.
	LinkType LinkType
	// Time is nanoseconds since 1970-01-01 UTC; negative before. Packets need not be in order of time.
	Time int64
	// OrigLen is the length in bytes on the wire; at least len(Data) in a sound capture.
	OrigLen uint32
	// Offset is the position of Data[0] in the uncompressed capture, for reading the bytes again later.
	Offset int64
	// Data holds the captured bytes. It is borrowed: valid until the Source's next call.
	Data []byte
	// Comment holds the packet's pcapng comments joined by newlines, "" if none.
	Comment string
	// TimeIssue says what is wrong with Time; TimeSound if nothing is.
	TimeIssue TimeIssue
	// Dropped is how many packets of the interface were lost between the one before and this one, as far as the capture
	// says so (the pcapng option epb_dropcount).
	Dropped uint64
}

// TimeIssue says why a packet's time cannot be taken at its word.
type TimeIssue uint8

// The issues a time can have.
const (
	// TimeSound: Time is what the capture says.
	TimeSound TimeIssue = iota
	// TimeMissing: the capture holds no time for this packet (a pcapng Simple Packet Block); Time is 0.
	TimeMissing
	// TimeClamped: the time lies outside the years 1677 to 2262; Time is the nearest value it can hold.
	TimeClamped
	// TimeOdd: the part below a second is a second or more. Time is the plain sum, so it may lie out of order.
	TimeOdd
)

// Source yields packets in capture order. Next returns io.EOF after the last one; any other error ends the capture there,
// and everything returned before stays valid.
type Source interface {
	Next(p *Packet) error
}
