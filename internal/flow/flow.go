// Package flow names the two directions of a connection.
//
// It exists so that tcp, stream and the protocol decoders mean the same thing by "from the client" without importing each
// other. The client is the active opener (RFC 9293 §3.5, the sender of the first SYN); where no SYN was captured package
// tcp guesses and says so.
package flow

// Direction says who sent something. It is an array index: state kept per direction lives in [2]T.
type Direction uint8

const (
	// ClientToServer is what the active opener sent.
	ClientToServer Direction = 0
	// ServerToClient is what the passive opener sent.
	ServerToClient Direction = 1
)

// Reverse returns the other direction.
func (d Direction) Reverse() Direction { return d ^ 1 }

// String returns "client" or "server", the sender's side.
func (d Direction) String() string {
	if d == ServerToClient {
		return "server"
	}
	return "client"
}
