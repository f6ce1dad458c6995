package diagnose

import "tcptalk/internal/tcp"

// Sets of Wireshark's labels as they stand on one packet.
const (
	fast     = tcp.Retransmission | tcp.FastRetransmission
	spurious = tcp.Retransmission | tcp.SpuriousRetransmission
)

// verdicts is the proof: for each recording what truly happened, what Wireshark says, and what we say. Where the label alone
// says what happened there is no opinion.
var verdicts = []verdict{
	// Keep-alives.
	{"../keepalive_close4.pcapng", 0, 4, tcp.KeepAlive, false, "the client asks whether the server is there", nil},
	{"../keepalive_close4.pcapng", 0, 5, tcp.KeepAlive, false, "the server asks at the same moment", nil},
	{"../keepalive_close4.pcapng", 0, 6, tcp.KeepAliveAck, false, "the client answers", nil},
	{"../keepalive_close4.pcapng", 0, 7, tcp.DuplicateAck, true, "the server answers #4: the probes crossed", []said{{AnswersKeepAlive, Proven}}},
	{"../keepalive_close4.pcapng", 0, 11, tcp.DuplicateAck, true, "the server answers #8: the probes crossed", []said{{AnswersKeepAlive, Proven}}},
	{"../keepalive_close4.pcapng", 0, 13, tcp.KeepAliveAck, false, "the answer to the only probe", nil},
	{"../keepalive_dead_peer.pcap", 0, 5, tcp.WindowUpdate, true, "answers keep-alive #4; its window is the first that is scaled", []said{{AnswersKeepAlive, Proven}}},
	{"../keepalive_dead_peer.pcap", 0, 6, tcp.KeepAlive, false, "a probe into the dark", nil},
	{"../keepalive_dead_peer.pcap", 0, 13, tcp.Retransmission, false, "FIN again after its timer: the RSTs are dropped", []said{{TimerResend, Likely}}},

	// A closed window.
	{"s10e_zero_window.pcap", 0, 26, tcp.Retransmission | tcp.WindowFull, true, "a tail loss probe; nothing was lost", []said{{TailProbe, Proven}, {NeedlessResend, Proven}}},
	{"s10e_zero_window.pcap", 0, 27, tcp.ZeroWindow, false, "the reader sleeps", nil},
	{"s10e_zero_window.pcap", 0, 28, tcp.KeepAlive, true, "Linux probes the closed window without data", []said{{WindowProbe, Proven}}},
	{"s10e_zero_window.pcap", 0, 29, tcp.ZeroWindow, false, "answers the probe", []said{{AnswersWindowProbe, Proven}}},
	{"s10e_zero_window.pcap", 0, 30, tcp.KeepAlive, true, "a probe whose answer the rate limit held back", []said{{WindowProbe, Proven}}},
	{"s10e_zero_window.pcap", 0, 35, tcp.KeepAlive, true, "the last probe before the window opens", []said{{WindowProbe, Proven}}},
	{"s10e_zero_window.pcap", 0, 37, tcp.WindowUpdate, false, "the reader woke up", nil},

	// Reordering: 3 % of the packets are held back 6 ms, none is lost.
	{"s10b_reorder.pcap", 0, 80, tcp.LostSegment, true, "nothing was lost: 60817 is held back until #96", []said{{HoleReordered, Proven}}},
	{"s10b_reorder.pcap", 0, 96, fast, true, "the packet held back, sent once", []said{{LateOriginal, Proven}}},
	{"s10b_reorder.pcap", 0, 98, tcp.LostSegment, true, "nothing was lost: 76745 is held back until #117", []said{{HoleReordered, Proven}}},
	{"s10b_reorder.pcap", 0, 110, tcp.WindowUpdate, true, "a duplicate ACK whose window changed too", []said{{ReportsGap, Proven}}},
	{"s10b_reorder.pcap", 0, 117, fast, true, "the packet held back, sent once", []said{{LateOriginal, Proven}}},
	{"s10b_reorder.pcap", 0, 169, spurious, false, "needless: the original came in #96", []said{{NeedlessResend, Proven}}},
	{"s10b_reorder.pcap", 0, 170, tcp.DuplicateAck, true, "reports that 60817 came twice", []said{{ReportsDuplicate, Proven}}},
	{"s10b_reorder.pcap", 0, 243, tcp.OutOfOrder, false, "the packet held back", []said{{LateOriginal, Proven}}},

	// Duplication: the emulator sends 6 % of the packets twice. No sender repeats anything.
	{"s10c_duplicates.pcap", 0, 16, spurious, true, "#14, doubled by the network", []said{{DuplicatedOnWay, Proven}}},
	{"s10c_duplicates.pcap", 0, 17, tcp.DuplicateAck, true, "reports that 7241 came twice", []said{{ReportsDuplicate, Proven}}},
	{"s10c_duplicates.pcap", 0, 192, tcp.Retransmission, true, "#191, doubled by the network", []said{{DuplicatedOnWay, Proven}}},
	{"s10c_duplicates.pcap", 0, 251, tcp.Retransmission, true, "#250, doubled by the network", []said{{SamePacketTwice, Proven}}},

	// Loss. Recorded at the sender every repetition is one: nothing can be reordered there.
	{"s10a_loss3_bulk_sender_side.pcap", 0, 28, tcp.OutOfOrder, true, "sent again at its sender", []said{{SentAnew, Proven}}},
	{"s10a_loss3_bulk_sender_side.pcap", 0, 36, tcp.OutOfOrder, true, "sent again at its sender", []said{{SentAnew, Proven}}},
	{"s10a_loss3_bulk_sender_side.pcap", 0, 181, fast, false, "sent again after duplicate ACKs", nil},
	{"s10a_loss3_bulk_sender_side.pcap", 0, 256, tcp.Retransmission, false, "sent again because later data was reported", []said{{LossRepair, Likely}}},
	{"s10d_bottleneck_taildrop.pcap", 0, 106, tcp.LostSegment, false, "the queue was full", []said{{HoleLost, Proven}}},
	{"s10d_bottleneck_taildrop.pcap", 0, 174, tcp.OutOfOrder, true, "sent again for what the queue dropped", []said{{SentAnew, Proven}}},
	{"s10d_bottleneck_taildrop.pcap", 0, 198, tcp.Retransmission, false, "sent again for what the queue dropped", []said{{LossRepair, Likely}}},
	{"s10d_drop_fast.pcap", 0, 42, tcp.LostSegment, false, "the 20th data packet was dropped", []said{{HoleLost, Proven}}},
	{"s10d_drop_fast.pcap", 0, 43, tcp.DuplicateAck, false, "asks for it", nil},
	{"s10d_drop_fast.pcap", 0, 47, tcp.WindowUpdate, true, "asks for it, and the window changed too", []said{{ReportsGap, Proven}}},
	{"s10d_drop_fast.pcap", 0, 61, fast, false, "sent again at once", nil},
	{"s10d_drop_two.pcap", 0, 129, fast, false, "the first of three lost ones, again", nil},
	{"s10d_drop_two.pcap", 0, 131, tcp.OutOfOrder, true, "the second of three lost ones, again", []said{{SentAnew, Proven}}},
	{"s10d_drop_two.pcap", 0, 133, tcp.OutOfOrder, true, "the third of three lost ones, again", []said{{SentAnew, Proven}}},
	// #275 is not the last segment sent (that one is reported in #274), so it is no tail loss probe: RACK's timer ran out.
	{"s10d_drop_tail_sender_side.pcap", 0, 275, tcp.Retransmission, false, "sent again because the segment behind it was reported", []said{{LossRepair, Likely}}},
	{"s10d_drop_rto_sender_side.pcap", 0, 250, tcp.Retransmission, false, "a tail loss probe, itself lost", []said{{TailProbe, Proven}}},
	{"s10d_drop_rto_sender_side.pcap", 0, 251, tcp.Retransmission, false, "the retransmission time-out", []said{{TimerResend, Likely}}},
	{"s10d_drop_rto_sender_side.pcap", 0, 253, tcp.Retransmission, false, "the next one after the time-out", []said{{LossRepair, Likely}}},
	{"../request_lost_client_side.pcap", 0, 5, tcp.Retransmission, false, "the request again, after its timer", []said{{TimerResend, Likely}}},
	{"s06a_ws_echo_plain.pcap", 0, 17, tcp.Retransmission, true, "a tail loss probe; the ACK was only delayed", []said{{TailProbe, Proven}, {NeedlessResend, Proven}}},
	{"s11c_postgres.pcap", 0, 28, tcp.Retransmission, true, "a tail loss probe; the ACK was only delayed", []said{{TailProbe, Proven}, {NeedlessResend, Proven}}},

	// The path takes smaller segments only.
	{"s10A_pmtu_icmp_frag_needed.pcap", 0, 24, tcp.Retransmission, true, "cut to 1300-byte packets as the router asked by ICMP", []said{{CutSmaller, Likely}}},
	{"s10A_pmtu_icmp_frag_needed.pcap", 0, 36, tcp.Retransmission, true, "cut to 1300-byte packets as the router asked by ICMP", []said{{CutSmaller, Likely}}},
	{"s10B_pmtu_blackhole_mtu_probing.pcap", 0, 15, tcp.Retransmission, false, "the time-out: the ICMP messages are dropped", []said{{TimerResend, Likely}}},
	{"s10B_pmtu_blackhole_mtu_probing.pcap", 0, 17, tcp.Retransmission, false, "the time-out, backing off", []said{{TimerResend, Proven}}},
	{"s10B_pmtu_blackhole_mtu_probing.pcap", 0, 19, tcp.Retransmission, true, "the sender tries 1024 bytes", []said{{CutSmaller, Likely}}},
	{"s10B_pmtu_blackhole_mtu_probing.pcap", 0, 26, tcp.OutOfOrder, true, "sent again in smaller segments", []said{{SentAnew, Proven}}},

	// ACKs that were captured and did not arrive, or were not accepted.
	{"../lost_ack_expired_fin_rst.pcap", 0, 4, tcp.Retransmission, true, "the server never saw ACK #3", []said{{AckWithoutEffect, Likely}}},
	{"../lost_ack_expired_fin_rst.pcap", 0, 5, tcp.DuplicateAck, true, "answers the repeated SYN-ACK", []said{{AnswersRepeat, Likely}}},
	{"../lost_ack_fin_ack_rst.pcap", 0, 8, tcp.Retransmission, true, "the server never saw ACK #3", []said{{AckWithoutEffect, Likely}}},
	{"../defer_accept.pcap", 1, 14, tcp.Retransmission, true, "the server set ACK #13 aside: it waits for data", []said{{AckWithoutEffect, Likely}}},
	{"../lost_ack_data_recovers.pcap", 0, 7, tcp.Retransmission, false, "the request's timer, backing off", []said{{TimerResend, Proven}}},
	{"../lost_ack_data_recovers.pcap", 0, 8, tcp.Retransmission, true, "the server never saw ACK #3", []said{{AckWithoutEffect, Likely}}},
	{"../time_wait_fin_retrans.pcap", 0, 10, tcp.Retransmission, true, "ACK #9 was dropped behind the capture point", []said{{AckWithoutEffect, Proven}}},
	{"../time_wait_fin_retrans.pcap", 0, 11, tcp.DuplicateAck, true, "answers the repeated FIN out of TIME-WAIT", []said{{AnswersRepeat, Likely}}},
	{"../blackhole_syn_retries.pcap", 2, 6, tcp.Retransmission, false, "the SYN's timer", []said{{TimerResend, Likely}}},
	{"../blackhole_syn_retries.pcap", 2, 12, tcp.Retransmission, false, "the SYN's timer, backing off", []said{{TimerResend, Proven}}},

	// Both open at once.
	{"../simultaneous_open.pcap", 0, 3, tcp.Retransmission, true, "answers the other SYN, for the first time", []said{{OpensToo, Proven}}},
	{"../simultaneous_open.pcap", 0, 4, tcp.Retransmission, true, "answers the other SYN, for the first time", []said{{OpensToo, Proven}}},
	{"../simultaneous_open.pcap", 0, 5, tcp.WindowUpdate, true, "reports that the SYN's number came twice", []said{{ReportsDuplicate, Proven}}},

	// The capture, not the network.
	{"s10v_gso_superpackets.pcap", 0, 4, 0, false, "five segments, cut by the network card after the capture point", []said{{OffloadedSegment, Proven}}},
	{"s10v_gso_superpackets.pcap", 0, 21, 0, false, "45 segments", []said{{OffloadedSegment, Proven}}},
	{"s10w_any_sll2.pcap", 0, 10, tcp.LostSegment, true, "the capture has no FIN of the server; the client acknowledged it", []said{{HoleNotCaptured, Proven}}},
	{"s10x2_v6_loopback.pcap", 0, 6, 0, false, "loopback takes 65,476 bytes: nothing is cut", nil},
	{"s10x2_v6_loopback.pcap", 0, 23, tcp.LostSegment, true, "the capture dropped packets; the client had them", []said{{HoleNotCaptured, Proven}}},
	{"../trust/s12c_two_interfaces.pcapng", 0, 6, 0, false, "two interfaces, each with its own connection", nil},
	{"../trust/s12c_two_interfaces.pcapng", 1, 69, 0, false, "two interfaces, each with its own connection", nil},
	{"made_two_interfaces_twice.pcapng", 0, 2, tcp.Retransmission, true, "#1 on the other interface", []said{{CapturedTwice, Proven}}},
	{"made_two_interfaces_twice.pcapng", 0, 6, tcp.DuplicateAck, true, "#5 on the other interface", []said{{CapturedTwice, Proven}}},
	{"made_span_router.pcap", 0, 8, tcp.Retransmission, true, "#7 behind the router", []said{{CapturedTwice, Proven}}},
	{"made_span_twice.pcap", 0, 8, tcp.Retransmission, true, "#7 once more by the monitor port", []said{{CapturedTwice, Likely}}},
	{"made_span_twice.pcap", 0, 12, tcp.DuplicateAck, true, "#11 once more by the monitor port", []said{{CapturedTwice, Likely}}},

	// Multipath TCP.
	{"s10y_mptcp.pcap", 0, 8, tcp.DuplicateAck, true, "acknowledges for the connection above", []said{{SignalsMPTCP, Likely}}},
}
