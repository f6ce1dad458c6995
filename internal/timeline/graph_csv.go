package timeline

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"tcptalk/internal/session"
)

// WriteCSV writes the entries of a graph, a line each, for other programs: time in seconds since the connection's first packet,
// what it is, the packet's number in the capture, and the numbers. Sequence numbers are relative.
func (g *Graph) WriteCSV(w io.Writer, v *session.View) error {
	b := bufio.NewWriter(w)
	line := func(at int64, kind string, packet int32, from, to string, labels []string) {
		b.WriteString(secondsExact(at) + "," + kind + "," + strconv.FormatUint(uint64(v.At(int(packet)).Frame), 10) + "," + from + "," + to + "," + strings.Join(labels, " ") + "\n")
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	b.WriteString("seconds,kind,packet,from,to,labels\n")
	for _, s := range g.Segments {
		line(s.At, "segment", s.Packet, number(s.Lo), number(s.Hi), s.Labels.Names())
	}
	for _, a := range g.Acks {
		line(a.At, "ack_and_window_edge", a.Packet, number(a.Lo), number(a.Hi), nil)
	}
	for _, r := range g.SACKs {
		line(r.At, "sack", r.Packet, number(r.Lo), number(r.Hi), nil)
	}
	for _, r := range g.RTTs {
		line(r.At, "rtt_seconds", r.Packet, secondsExact(r.Value), "", nil)
	}
	for _, f := range g.Flight {
		line(f.At, "bytes_in_flight", f.Packet, number(f.Value), "", nil)
	}
	return b.Flush()
}

// secondsExact writes nanoseconds as seconds with nine decimals.
func secondsExact(ns int64) string {
	sign := ""
	if ns < 0 {
		sign, ns = "-", -ns
	}
	frac := strconv.FormatInt(ns%1e9, 10)
	return sign + strconv.FormatInt(ns/1e9, 10) + "." + strings.Repeat("0", 9-len(frac)) + frac
}
