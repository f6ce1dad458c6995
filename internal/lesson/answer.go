package lesson

import (
	"fmt"
	"strconv"
)

// Answer returns the index of the right option, read from the capture where the question is computed.
func (q *Question) Answer(facts Facts) (int, error) {
	if q.Compute.What == "" {
		return q.Right, nil
	}
	value, err := q.Compute.value(facts)
	if err != nil {
		return 0, err
	}
	for i, o := range q.Options {
		if o.Value == value {
			return i, nil
		}
	}
	return 0, fmt.Errorf("the capture says %s is %q in packet %d, and no option says so", q.Compute.What, value, q.Compute.Packet)
}

// value reads the value from the capture.
func (c Compute) value(facts Facts) (string, error) {
	p, ok := facts.Packet(c.Packet)
	if !ok {
		return "", fmt.Errorf("packet %d is not a TCP segment of this capture", c.Packet)
	}
	switch c.What {
	case ComputeAck:
		return number(p.Ack), nil
	case ComputeSeq:
		return number(p.Seq), nil
	case ComputeLen:
		return number(p.Len), nil
	case ComputeFlags:
		return p.Flags, nil
	case ComputeClientState:
		return p.ClientState, nil
	case ComputeServerState:
		return p.ServerState, nil
	case ComputeNextSender:
		return p.Sender, nil
	}
	return "", fmt.Errorf("nobody can compute %q", c.What)
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
