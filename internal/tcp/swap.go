package tcp

// Swap makes the client the server and the other way round: for a connection whose client was guessed, and guessed wrong.
// Segments keep their relative numbers, which count by sender.
func (c *Connection) Swap() {
	c.Client, c.Server = c.Server, c.Client
	c.FirstFrom, c.EndedBy = c.FirstFrom.Reverse(), c.EndedBy.Reverse()
	c.States[0], c.States[1] = c.States[1], c.States[0]
	for _, n := range [...]*[2]uint32{
		&c.Packets, &c.Retransmissions, &c.OutOfOrders, &c.DuplicateAcks, &c.ZeroWindows, &c.KeepAlives, &c.RTTCount,
	} {
		n[0], n[1] = n[1], n[0]
	}
	c.Bytes[0], c.Bytes[1] = c.Bytes[1], c.Bytes[0]
	c.Payload[0], c.Payload[1] = c.Payload[1], c.Payload[0]
	c.RTTMin[0], c.RTTMin[1] = c.RTTMin[1], c.RTTMin[0]
	c.RTTSum[0], c.RTTSum[1] = c.RTTSum[1], c.RTTSum[0]
}
