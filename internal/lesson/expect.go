package lesson

// Expectations are the facts of a case that the engine must find. A zero field expects nothing.
type Expectations struct {
	// Connections is the number of TCP connections.
	Connections int
	Closing     []ExpectedClosing
	// Labels are the exact labels of packets.
	Labels map[uint32][]string
	// NoOtherLabels says that packets missing in Labels have none.
	NoOtherLabels bool
	States        map[uint32]ExpectedStates
	Packets       map[uint32]ExpectedPacket
	Messages      []ExpectedMessage
	Files         []ExpectedFile
	// MayDrift says what another recording of the same story need not share with this one; see CheckAgain.
	MayDrift []string
}

// What may be otherwise in another recording of the same story. The recording of the case itself is held to all of it.
const (
	// DriftAcks: how many segments without data there are and behind which segment they stand.
	DriftAcks = "acks"
	// DriftSizes: how data is cut into segments and how much of it is on the way, and so sequence and acknowledgment numbers.
	DriftSizes = "sizes"
	// DriftPushes: which segments of a longer transfer carry PSH.
	DriftPushes = "pushes"
	// DriftRepeats: whether something was sent again because its acknowledgment was slow, where no step is about that.
	DriftRepeats = "repeats"
	// DriftSpares: how many connections there are on which nothing was said, as browsers open them in advance.
	DriftSpares = "spares"
)

// Drifts are the names that MayDrift can hold.
func Drifts() []string {
	return []string{DriftAcks, DriftSizes, DriftPushes, DriftRepeats, DriftSpares}
}

// ExpectedClosing is how a connection ended.
type ExpectedClosing struct {
	Stream uint32
	Ending string
	// By is empty where the case does not say.
	By string
}

// ExpectedStates are the states of both ends after a packet; an empty one is not checked.
type ExpectedStates struct {
	Client, Server string
}

// ExpectedPacket is part of one segment; nil fields are not checked.
type ExpectedPacket struct {
	Flags         *string
	Seq, Ack, Len *uint32
}

// ExpectedMessage is one message of a connection; empty and nil fields are not checked.
type ExpectedMessage struct {
	Stream            uint32
	Protocol          string
	Packet            uint32
	Kind, Method, URI string
	Status            int
	Opcode            *int
	Fin, Masked       *bool
	Len               *int64
}

// ExpectedFile is a file that can be taken out of the capture.
type ExpectedFile struct {
	Name   string
	Size   int64
	SHA256 string
}
