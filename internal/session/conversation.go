package session

import (
	"sort"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/stream"
)

// Conversation is what the two programs said to each other on one connection: its messages in the order in which they began.
// A nil Conversation is one without messages.
type Conversation struct {
	Messages []Message
	// Protocol is the protocol of the last message, "" if none was recognised.
	Protocol string
	// Conflicts are the contradictions between bytes that were sent twice, in order of the packets that cause them; at most
	// maxConflicts.
	Conflicts []Conflict
	// Limited says that decoding stopped at a bound: there may be more messages. Skipped is how many lie in front of these.
	Limited bool
	Skipped int

	view    *View
	streams *stream.Assembler
}

// Message is a decoded message with the packets that carry it.
type Message struct {
	proto.Message
	// First and Last are indexes of packets in the connection's View: the first and the last that carries bytes of it. Ended
	// is the one that completed it: Last, or a FIN after it where only the end of the connection ends the message.
	First, Last, Ended int
}

// Starting returns the messages that begin in packet i of the connection.
func (c *Conversation) Starting(i int) []Message {
	if c == nil {
		return nil
	}
	lo := sort.Search(len(c.Messages), func(k int) bool { return c.Messages[k].First >= i })
	hi := lo
	for hi < len(c.Messages) && c.Messages[hi].First == i {
		hi++
	}
	return c.Messages[lo:hi]
}

// Carried returns the messages of which packet i carries bytes, in the order in which they began.
func (c *Conversation) Carried(i int) []*Message {
	if c == nil {
		return nil
	}
	places := c.Places(i)
	var out []*Message
	for k := range c.Messages {
		m := &c.Messages[k]
		if i < m.First || i > m.Last {
			continue
		}
		for _, r := range places {
			if r.Dir == m.Dir && r.Start < m.End && m.Start < r.End {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

// Places returns the ranges of the two byte streams that packet i brought, none if it brought nothing new.
func (c *Conversation) Places(i int) []stream.Range {
	if c == nil || c.streams == nil {
		return nil
	}
	return c.streams.Places(uint32(i))
}

// Packets returns the packets that the bytes [start, end) of dir's stream came from, in stream order; bytes that were not
// captured have none.
func (c *Conversation) Packets(dir flow.Direction, start, end int64) []int {
	if c == nil || c.streams == nil {
		return nil
	}
	ids := c.streams.Packets(nil, dir, start, end)
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = int(id)
	}
	return out
}

// Unknown reports that no protocol was recognised, so that the payload itself is all there is to show.
func (c *Conversation) Unknown() bool { return c == nil || len(c.Messages) == 0 }
