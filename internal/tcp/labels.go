package tcp

// Labels is the set of remarks on one segment, named as in Wireshark's tcp.analysis.
type Labels uint32

// The labels. A fast or a spurious retransmission also has Retransmission.
const (
	Retransmission Labels = 1 << iota
	FastRetransmission
	SpuriousRetransmission
	OutOfOrder
	ReusedPorts
	LostSegment
	AckLostSegment
	WindowUpdate
	WindowFull
	KeepAlive
	KeepAliveAck
	DuplicateAck
	ZeroWindow
	ZeroWindowProbe
	ZeroWindowProbeAck
	TFOSyn
	TFOAck
	TFOIgnored
	numLabels = iota
)

var labelNames = [numLabels]string{
	"retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "reused_ports", "lost_segment",
	"ack_lost_segment", "window_update", "window_full", "keep_alive", "keep_alive_ack", "duplicate_ack", "zero_window",
	"zero_window_probe", "zero_window_probe_ack", "tfo_syn", "tfo_ack", "tfo_ignored",
}

// Has reports that all labels of m are set.
func (l Labels) Has(m Labels) bool { return l&m == m }

// Any reports that at least one label of m is set.
func (l Labels) Any(m Labels) bool { return l&m != 0 }

// Names returns the names of the set labels, in a fixed order.
func (l Labels) Names() []string { return l.AppendNames(nil) }

// AppendNames appends the names of the set labels to dst, in a fixed order.
func (l Labels) AppendNames(dst []string) []string {
	for i, n := range labelNames {
		if l&(1<<i) != 0 {
			dst = append(dst, n)
		}
	}
	return dst
}

// LabelNamed returns the label called name in Wireshark, and whether there is one.
func LabelNamed(name string) (Labels, bool) {
	for i, n := range labelNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}
