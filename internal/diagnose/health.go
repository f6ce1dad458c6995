package diagnose

import "tcptalk/internal/tcp"

// Health is the class of a connection. Every connection is in exactly one.
type Health uint8

// The classes.
const (
	Healthy    Health = iota // it worked
	Troubled                 // it worked, with losses or waiting
	Failed                   // it never worked, or was ended by force
	Unfinished               // the capture ended first, and nothing was wrong until then
	NumHealths = iota
)

// troubling are the labels that make a connection slow or lossy.
const troubling = tcp.Retransmission | tcp.OutOfOrder | tcp.LostSegment | tcp.ZeroWindow | tcp.WindowFull

// HealthOf classifies a connection.
func HealthOf(c *tcp.Connection) Health {
	switch {
	case c.Ending == tcp.Reset || c.Ending == tcp.Refused || c.Ending == tcp.NoAnswer:
		return Failed
	case c.Labels.Any(troubling):
		return Troubled
	case c.Ending == tcp.Orderly || c.Ending == tcp.Simultaneous:
		return Healthy
	}
	return Unfinished
}
