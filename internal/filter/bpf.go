package filter

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// bpf says what a field is in the language of capture filters (pcap-filter).
type bpf struct {
	why    narrate.NoBPF // why there is nothing, if that is known
	exists string        // what says that the field is there
	addr   string        // what stands before "host" or "net"
	port   string
	number string // something to compare
	v4     bool   // number is there over IPv4 only
	// tcp is the offset in the TCP header of a field of size bytes; mask are its bits, 0 for all.
	tcp, size int
	mask      int64
	flags     packet.Flags
}
