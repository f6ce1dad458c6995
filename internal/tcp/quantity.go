package tcp

// Quantity is one number that a rule looked at, with its name.
type Quantity struct {
	Kind  QuantityKind
	Value int64
}

// QuantityKind says what a Quantity is. Times are nanoseconds, sequence numbers relative as in Analysis.
type QuantityKind uint8

// The quantities. Those that begin with QOther belong to the segment compared with.
const (
	NoQuantity QuantityKind = iota
	QSeq
	QNextSeq
	QExpectedSeq // the number expected next from this sender
	QAck
	QLastAck // the acknowledgment number last seen from the side that is meant
	QWindow
	QLastWindow // the window announced before
	QWindowEnd  // the number up to which the receiver lets the sender send
	QMissing    // bytes
	QLength     // bytes
	QOtherLength
	QElapsed // since the segment compared with
	QLimit   // what Elapsed was compared with
	QRoundTrip
	QDupAcks
	QIPID
	QOtherIPID
	QTSVal
	QOtherTSVal
	QInterface
	QOtherInterface
	QTTL
	QOtherTTL
	QMSS
	QPieces
	QLeftEdge // of a SACK block
	QRightEdge
	QRepetitions
	numQuantities = iota
)

var quantityNames = [numQuantities]string{
	"", "seq", "nextseq", "expected_seq", "ack", "last_ack", "window", "last_window", "window_end", "missing", "len",
	"other_len", "elapsed", "limit", "rtt", "dup_acks", "ip_id", "other_ip_id", "tsval", "other_tsval", "interface", "other_interface",
	"ttl", "other_ttl", "mss", "pieces", "left_edge", "right_edge", "repetitions",
}

// String returns the quantity's name as data formats write it.
func (k QuantityKind) String() string {
	if int(k) < len(quantityNames) {
		return quantityNames[k]
	}
	return ""
}

// IsTime reports that the value is nanoseconds.
func (k QuantityKind) IsTime() bool { return k == QElapsed || k == QLimit || k == QRoundTrip }
