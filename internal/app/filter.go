package app

import (
	"bytes"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"tcptalk/internal/tcp"
)

// filter is the text in the filter box, taken apart once for all connections. All of it must hold. It keeps memory for its
// work: it is used by one goroutine.
type filter struct {
	ports []int        // each is that of one of the ends; -1 for what is no port
	addrs []netip.Addr // likewise; the zero Addr for what is no address
	words []string     // each occurs in what text says of the connection; in lower case

	line   []byte
	labels []string
}

// condition is "tcp.port == 7456" or "ip.addr == 10.0.0.1" in a filter, as in Wireshark's display filters.
var condition = regexp.MustCompile(`\b(tcp\.port|ip\.addr|ipv6\.addr)\s*==\s*(\S+)`)

// parseFilter takes a filter apart: conditions, and words in any case.
func parseFilter(text string) *filter {
	f := &filter{}
	for _, m := range condition.FindAllStringSubmatch(text, -1) {
		if m[1] == "tcp.port" {
			port, err := strconv.ParseUint(m[2], 10, 16)
			if err != nil {
				f.ports = append(f.ports, -1)
			} else {
				f.ports = append(f.ports, int(port))
			}
			continue
		}
		addr, _ := netip.ParseAddr(m[2]) // what is no address is that of no end
		f.addrs = append(f.addrs, addr)
	}
	text = condition.ReplaceAllString(strings.ReplaceAll(text, "&&", " "), " ")
	f.words = strings.Fields(strings.ToLower(text))
	return f
}

// matches reports that a connection meets the filter.
func (f *filter) matches(t *tcp.Connection) bool {
	for _, p := range f.ports {
		if int(t.Client.Port()) != p && int(t.Server.Port()) != p {
			return false
		}
	}
	for _, a := range f.addrs {
		if t.Client.Addr() != a && t.Server.Addr() != a {
			return false
		}
	}
	if len(f.words) == 0 {
		return true
	}
	f.describe(t)
	for _, word := range f.words {
		if !bytes.Contains(f.line, []byte(word)) {
			return false
		}
	}
	return true
}

// describe puts into f.line what a reader may look for, in lower case: addresses and ports, the ending, labels, the number.
func (f *filter) describe(t *tcp.Connection) {
	f.line = append(t.Client.AppendTo(f.line[:0]), ' ')
	f.line = append(t.Server.AppendTo(f.line), ' ')
	f.line = append(f.line, endingWords[t.Ending]...)
	f.labels = t.Labels.AppendNames(f.labels[:0])
	for _, name := range f.labels {
		f.line = append(append(f.line, ' '), name...)
	}
	f.line = strconv.AppendUint(append(f.line, " #"...), uint64(t.Stream), 10)
}

// endingWords are what a reader may type to find connections that ended so.
var endingWords = [tcp.NumEndings]string{
	tcp.StillOpen: "open", tcp.NoAnswer: "no answer syn only", tcp.Refused: "refused rst", tcp.Orderly: "closed fin ok",
	tcp.Simultaneous: "closed simultaneous fin", tcp.HalfClosed: "half closed fin", tcp.Reset: "reset rst",
}
