package tcp

import "tcptalk/internal/packet"

// The bits of Connection.Completeness, Wireshark's tcp.completeness.
const (
	completeSyn = 1 << iota
	completeSynAck
	completeAck
	completeData
	completeFin
	completeRst
)

// complete adds the segment to the completeness of its connection.
func (a *analyzer) complete(isNew bool) {
	c, flags := a.conn, a.seg.Flags
	syn, ack := flags.Has(packet.SYN), flags.Has(packet.ACK)
	data := a.seg.Len > 0 && a.out.HasNumbers
	if isNew {
		if syn && !ack {
			c.Completeness |= completeSyn
			if data && !a.out.Labels.Has(ReusedPorts) {
				c.Completeness |= completeData
			}
		}
		return
	}
	switch {
	case syn && ack:
		c.Completeness |= completeSynAck
	case ack && data:
		c.Completeness |= completeData
	case ack:
		c.Completeness |= completeAck
	}
	if ack && flags.Has(packet.FIN) {
		c.Completeness |= completeFin
	}
	if flags.Has(packet.RST) {
		c.Completeness |= completeRst
	}
}
