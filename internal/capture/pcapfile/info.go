package pcapfile

import (
	"strings"

	"tcptalk/internal/capture"
)

// Format is the kind of capture file.
type Format string

// The formats that are read.
const (
	FormatNone   Format = ""         // the input is empty
	Pcap         Format = "pcap"     // microseconds
	PcapNano     Format = "pcap-ns"  // nanoseconds
	PcapModified Format = "pcap-mod" // Kuznetsov's patched pcap: 24-byte packet headers
	PcapNG       Format = "pcapng"
	PcapIxia     Format = "pcap-ixia"    // Ixia software capture, microseconds
	PcapIxiaHard Format = "pcap-ixia-hw" // Ixia hardware capture, nanoseconds
)

// Info holds what a capture says about itself. Of a pcapng it grows while packets are read.
type Info struct {
	// Name is the file's name as given.
	Name   string
	Format Format
	// Compression is "", "gzip" or "zstd".
	Compression string
	// Size is the length of the input (compressed if it is) in bytes, -1 if not known: a pipe that has not ended.
	Size int64
	// Sections are those of a pcapng; a pcap has one.
	Sections []Section
	// Interfaces of all sections, as Packet.Interface counts them; a pcap has one.
	Interfaces []Interface
	// Secrets counts Decryption Secrets Blocks.
	Secrets int
	// SkippedBlocks counts pcapng blocks that hold no packet and are not understood.
	SkippedBlocks int
	// FactsOmitted is true if texts were left out because there were too many.
	FactsOmitted bool
	// Before is what came before the first packet and is not here any more.
	Before Before
}

// Before says of a capture that begins in the middle of a longer one what was before it. The zero value is nothing.
type Before struct {
	// Packets is how many packets came before: the numbers go on behind theirs.
	Packets uint32
	// Start is the time of the first one of all, nanoseconds since 1970.
	Start int64
}

// Section is a pcapng section: what one run of a capture program wrote. Texts are valid UTF-8 and "" if absent.
type Section struct {
	// Offset is the section's position in the uncompressed capture, in bytes.
	Offset       int64
	BigEndian    bool
	Hardware, OS string
	// Application is the program that captured.
	Application string
	Comment     string
}

// Interface is what packets were captured on. Texts are valid UTF-8 and "" if absent.
type Interface struct {
	// Section is an index into Info.Sections.
	Section  int
	LinkType capture.LinkType
	// SnapLen is the length in bytes at which packets were cut; 0 for no limit.
	SnapLen           uint32
	Name, Description string
	// Filter is the capture filter, in the words of whatever applied it.
	Filter       string
	Hardware, OS string
	Comment      string
	// UnitsPerSecond is the resolution of times; 0 if it is finer than 10^-19 seconds or 2^-63 seconds.
	UnitsPerSecond uint64
	// OffsetSeconds was added to every time.
	OffsetSeconds int64
	// Received and Dropped are the counts of the last Interface Statistics Block: packets that arrived, and packets lost by
	// the interface and by the operating system together. Valid if HasStatistics.
	Received, Dropped uint64
	HasStatistics     bool
}

// factKeeper bounds the memory for texts.
type factKeeper struct {
	left    int
	omitted bool
}

// text returns b as a string the caller owns, or "" if the bound is reached.
func (k *factKeeper) text(b []byte) string {
	if len(b) > k.left {
		k.omitted = true
		return ""
	}
	k.left -= len(b)
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
