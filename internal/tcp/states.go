package tcp

// State is a connection state of one end (RFC 9293 §3.3.2).
type State uint8

// The states. Unknown stands for an end of which nothing was captured yet.
const (
	Unknown State = iota
	Closed
	Listen
	SynSent
	SynReceived
	Established
	FinWait1
	FinWait2
	CloseWait
	Closing
	LastAck
	TimeWait
	NumStates = iota
)

var stateNames = [NumStates]string{
	"?", "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
	"CLOSING", "LAST-ACK", "TIME-WAIT",
}

// String returns the RFC's name.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "?"
}

// EndState is the state of one end, with a mark where the capture cannot prove it.
type EndState uint8

const inferredBit EndState = 0x80

// Proven and Inferred make an EndState.
func Proven(s State) EndState   { return EndState(s) }
func Inferred(s State) EndState { return EndState(s) | inferredBit }

// State returns the state without the mark.
func (e EndState) State() State { return State(e &^ inferredBit) }

// Inferred reports that the capture does not prove the state.
func (e EndState) Inferred() bool { return e&inferredBit != 0 }
