package diagnose

import (
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/tcp"
)

// TestClosings says of each recording how its connections really ended. The made_reset_* files are rst_mid_transfer without its last two
// ACKs, close_with_unread_data_rst with the reset a minute later, and close_with_unread_data_rst without its data.
func TestClosings(t *testing.T) {
	const client, server = flow.ClientToServer, flow.ServerToClient
	for _, want := range []struct {
		file    string
		stream  int
		class   ClosingClass
		how     Confidence
		by      flow.Direction
		frame   uint32
		state   tcp.State // of the side that closed or reset, in front of that
		unacked [2]uint32
	}{
		{"../rst_closed_port.pcap", 0, EndedRefused, Proven, server, 2, tcp.Listen, [2]uint32{}},
		{"../blackhole_syn_retries.pcap", 2, EndedUnanswered, Proven, client, 0, tcp.SynSent, [2]uint32{}},
		{"../blackhole_syn_retries.pcap", 1, EndedRefused, Proven, server, 4, tcp.Listen, [2]uint32{}},
		{"../handshake_close3.pcap", 0, EndedInThree, Proven, client, 4, tcp.Established, [2]uint32{}},
		{"../keepalive_close4.pcapng", 0, EndedInFour, Proven, server, 16, tcp.Established, [2]uint32{}},
		{"../time_wait_fin_retrans.pcap", 0, EndedInFour, Proven, client, 6, tcp.Established, [2]uint32{}},
		{"../simultaneous_close.pcap", 0, EndedCrossing, Proven, client, 8, tcp.Established, [2]uint32{}},
		{"../half_close.pcap", 0, EndedHalfClosed, Proven, client, 6, tcp.Established, [2]uint32{}},
		// The server's program resets 50 ms after its last byte was acknowledged: nothing on the wire is cut short.
		{"s10h_rst_mid_transfer.pcap", 0, ResetDelivered, Proven, server, 70, tcp.Established, [2]uint32{}},
		{"../port_reuse.pcap", 2, ResetDelivered, Proven, client, 29, tcp.Established, [2]uint32{}},
		{"../close_with_unread_data_rst.pcap", 0, ResetUnread, Likely, server, 6, tcp.Established, [2]uint32{}},
		{"../write_after_peer_closed.pcap", 0, ResetClosedSocket, Proven, server, 9, tcp.FinWait2, [2]uint32{12, 0}},
		{"../lost_ack_expired_fin_rst.pcap", 0, ResetClosedSocket, Proven, server, 9, tcp.SynReceived, [2]uint32{}},
		{"../lost_ack_fin_ack_rst.pcap", 0, ResetClosing, Proven, server, 12, tcp.CloseWait, [2]uint32{}},
		{"../keepalive_dead_peer.pcap", 0, ResetKeepAlive, Proven, client, 10, tcp.Established, [2]uint32{}},
		{"made_reset_in_flight.pcap", 0, ResetMidTransfer, Proven, server, 68, tcp.Established, [2]uint32{0, 31040}},
		{"made_reset_idle.pcap", 0, ResetIdle, Proven, server, 6, tcp.Established, [2]uint32{}},
		{"made_reset_unused.pcap", 0, ResetUnused, Proven, server, 4, tcp.Established, [2]uint32{}},
		{"s07j_truncated_and_early_close.pcap", 1, ResetClosedSocket, Proven, client, 202, tcp.FinWait2, [2]uint32{0, 129}},
		{"s07j_truncated_and_early_close.pcap", 2, ResetUnread, Likely, client, 200, tcp.Established, [2]uint32{}},
		{"s10w_any_sll2.pcap", 0, EndedOneWay, Proven, client, 9, tcp.Established, [2]uint32{}},
		{"../starts_mid_stream.pcap", 0, EndedInThree, Proven, client, 15, tcp.Established, [2]uint32{}},
	} {
		v, err := replay(t, want.file).View(want.stream)
		if err != nil {
			t.Fatal(err)
		}
		got := ClosingOf(v)
		frame := uint32(0)
		if got.Packet >= 0 {
			frame = v.At(got.Packet).Frame
		}
		if got.Class != want.class || got.Confidence != want.how || got.By != want.by || frame != want.frame ||
			got.States[want.by].State() != want.state || got.Unacked != want.unacked {
			t.Errorf("%s, connection %d: class %d (%d) by %v in packet %d, states %v %v, unacknowledged %v; want %+v", want.file, want.stream,
				got.Class, got.Confidence, got.By, frame, got.States[0].State(), got.States[1].State(), got.Unacked, want)
		}
	}
}

// TestClosingOfCutRecordings ends recordings in the middle.
func TestClosingOfCutRecordings(t *testing.T) {
	v, err := replay(t, "s10d_bottleneck_taildrop.pcap").View(0)
	if err != nil {
		t.Fatal(err)
	}
	got := ClosingOf(v)
	if got.Class != EndedOpen || got.Packet != -1 || got.Time != v.At(v.Len()-1).Time {
		t.Errorf("a transfer cut off by the end of the capture: %+v", got)
	}
	if got.Unacked[flow.ServerToClient] == 0 || got.Unacked[flow.ClientToServer] != 0 {
		t.Errorf("bytes under way at the end of the capture: %v", got.Unacked)
	}
	v, err = replay(t, "../keepalive_dead_peer.pcap").View(0)
	if err != nil {
		t.Fatal(err)
	}
	if got = ClosingOf(v); got.Probes != 4 || got.Silence < time.Second || got.Frames != [maxClosingFrames]uint32{6, 9, 10} {
		t.Errorf("keep-alives in front of the reset: %+v", got)
	}
}
