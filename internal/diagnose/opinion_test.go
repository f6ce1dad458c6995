package diagnose

import (
	"context"
	"errors"
	"slices"
	"testing"

	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// replay opens a recording of testdata/opinion, or with "../" in front of testdata.
//
// The recordings are real programs on real kernels, with the network's faults made on purpose, so that it is known what
// happened. Those larger than 150 kB are cut: s10b, s10c, s10d_*, s10v and s07j to the headers (96 bytes a packet), s10a_loss3
// also to its first 600 packets, s10d_bottleneck to 360, s10e to 60, s06a to its handshake and packets 400 to 416. The
// made_* files are handshake_close3 with every packet written twice: as a monitor port does it (+2 µs), before and behind a
// router (TTL one less, +7 µs), and by two interfaces (+3 µs).
func replay(t *testing.T, name string) *session.Session {
	t.Helper()
	return open(t, "testdata/opinion/"+name)
}

// verdict is one row of the table: what truly happened in one packet of a recording, and who is right about it.
type verdict struct {
	file   string
	stream int
	frame  uint32
	// label is Wireshark's, misleads says that it does not tell what truly happened.
	label    tcp.Labels
	misleads bool
	truth    string
	// opinions are ours, none where the label says all there is to say.
	opinions []said
}

type said struct {
	code OpinionCode
	how  Confidence
}

func TestVerdicts(t *testing.T) {
	sets := map[string]map[int]*OpinionSet{}
	views := map[string]map[int]*session.View{}
	for _, row := range verdicts {
		if sets[row.file] == nil {
			sets[row.file], views[row.file] = map[int]*OpinionSet{}, map[int]*session.View{}
			s := replay(t, row.file)
			for i := range s.Streams() {
				v, err := s.View(i)
				if err != nil {
					t.Fatal(err)
				}
				set, err := Opinions(context.Background(), v)
				if err != nil {
					t.Fatal(err)
				}
				sets[row.file][i], views[row.file][i] = set, v
			}
		}
		v, set := views[row.file][row.stream], sets[row.file][row.stream]
		i := v.Find(row.frame)
		if i < 0 {
			t.Errorf("%s: packet %d is not in connection %d", row.file, row.frame, row.stream)
			continue
		}
		if got := v.At(i).Labels; got != row.label {
			t.Errorf("%s #%d: Wireshark's labels are %v, the table says %v", row.file, row.frame, got.Names(), row.label.Names())
		}
		var got []said
		for _, o := range set.At(i) {
			got = append(got, said{o.Code, o.Confidence})
		}
		if !slices.Equal(got, row.opinions) {
			t.Errorf("%s #%d (%s): opinions %v, want %v", row.file, row.frame, row.truth, got, row.opinions)
		}
		if row.misleads && len(got) == 0 {
			t.Errorf("%s #%d: the label misleads, and nothing is said beside it", row.file, row.frame)
		}
	}
}

// whole says of whole recordings how often each opinion occurs in them. Nothing else may be said.
var whole = map[string]map[OpinionCode]int{
	"../handshake_close3.pcap":            {},
	"../keepalive_close4.pcapng":          {AnswersKeepAlive: 2},
	"../lost_ack_expired_fin_rst.pcap":    {AckWithoutEffect: 2, AnswersRepeat: 2},
	"../lost_ack_fin_ack_rst.pcap":        {AckWithoutEffect: 3, AnswersRepeat: 3},
	"../defer_accept.pcap":                {AckWithoutEffect: 1, AnswersRepeat: 1},
	"../lost_ack_data_recovers.pcap":      {AckWithoutEffect: 2, AnswersRepeat: 2, TimerResend: 6},
	"s06a_ws_echo_plain.pcap":             {HoleNotCaptured: 2, TailProbe: 1, NeedlessResend: 1},
	"s07j_truncated_and_early_close.pcap": {},
	"s10A_pmtu_icmp_frag_needed.pcap":     {CutSmaller: 12},
	"s10B_pmtu_blackhole_mtu_probing.pcap": {
		CutSmaller: 11, SentAnew: 7, TimerResend: 4, ReportsGap: 1,
	},
	"s10a_loss3_bulk_sender_side.pcap":    {SentAnew: 10, LossRepair: 1, ReportsGap: 5},
	"s10b_reorder.pcap":                   {HoleReordered: 6, LateOriginal: 6, NeedlessResend: 1, ReportsDuplicate: 1, ReportsGap: 47},
	"s10c_duplicates.pcap":                {DuplicatedOnWay: 11, SamePacketTwice: 2, ReportsDuplicate: 8},
	"s10d_bottleneck_taildrop.pcap":       {HoleLost: 13, SentAnew: 15, LossRepair: 4, ReportsGap: 55},
	"s10d_drop_acks_40pct.pcap":           {},
	"s10d_drop_fast.pcap":                 {HoleLost: 1, ReportsGap: 1},
	"s10d_drop_rto_sender_side.pcap":      {TailProbe: 1, TimerResend: 1, LossRepair: 1},
	"s10d_drop_tail_sender_side.pcap":     {LossRepair: 1, ReportsGap: 1},
	"s10d_drop_two.pcap":                  {HoleLost: 2, SentAnew: 2, ReportsGap: 32},
	"../request_lost_client_side.pcap":    {TimerResend: 1},
	"s10e_zero_window.pcap":               {TailProbe: 1, NeedlessResend: 1, WindowProbe: 5, AnswersWindowProbe: 4},
	"../rst_closed_port.pcap":             {},
	"../blackhole_syn_retries.pcap":       {TimerResend: 7},
	"s10h_rst_mid_transfer.pcap":          {},
	"../nagle_delayed_ack.pcap":           {},
	"../simultaneous_close.pcap":          {},
	"../simultaneous_open.pcap":           {OpensToo: 2, ReportsDuplicate: 2},
	"../time_wait_fin_retrans.pcap":       {AckWithoutEffect: 4, AnswersRepeat: 4},
	"../port_reuse.pcap":                  {},
	"../keepalive_dead_peer.pcap":         {AnswersKeepAlive: 1, TimerResend: 1},
	"s10v_gso_superpackets.pcap":          {OffloadedSegment: 13},
	"s10w_any_sll2.pcap":                  {OffloadedSegment: 3, HoleNotCaptured: 1},
	"s10x2_v6_loopback.pcap":              {HoleNotCaptured: 1},
	"s10y_mptcp.pcap":                     {SignalsMPTCP: 2, OffloadedSegment: 1},
	"s11c_postgres.pcap":                  {TailProbe: 1, NeedlessResend: 1},
	"../trust/s12c_two_interfaces.pcapng": {},
	"../starts_mid_stream.pcap":           {},
	"../one_direction.pcap":               {},
	"made_span_router.pcap":               {CapturedTwice: 6},
	"made_span_twice.pcap":                {CapturedTwice: 5},
	"made_two_interfaces_twice.pcapng":    {CapturedTwice: 6},
}

func TestNothingElseIsSaid(t *testing.T) {
	for file, want := range whole {
		got := map[OpinionCode]int{}
		s := replay(t, file)
		for i := range s.Streams() {
			v, err := s.View(i)
			if err != nil {
				t.Fatal(err)
			}
			set, err := Opinions(context.Background(), v)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range set.All {
				got[o.Code]++
				for _, f := range o.Evidence.Frames {
					if f != 0 && v.Find(f) < 0 {
						t.Errorf("%s: opinion %d refers to packet %d, which is not in the connection", file, o.Code, f)
					}
				}
				if o.Evidence.Rule == NoRule {
					t.Errorf("%s: opinion %d on packet %d has no rule", file, o.Code, v.At(int(o.Packet)).Frame)
				}
			}
		}
		for code := range OpinionCode(NumOpinions) {
			if got[code] != want[code] {
				t.Errorf("%s: opinion %d is given %d times, want %d", file, code, got[code], want[code])
			}
		}
	}
}

// TestEveryOpinionIsTried asks that the table leaves no opinion out.
func TestEveryOpinionIsTried(t *testing.T) {
	tried := map[OpinionCode]bool{NoOpinion: true}
	for _, row := range verdicts {
		for _, o := range row.opinions {
			tried[o.code] = true
		}
	}
	for code := range OpinionCode(NumOpinions) {
		if !tried[code] {
			t.Errorf("no row of the table has opinion %d", code)
		}
	}
}

func TestOpinionsEndWithTheirContext(t *testing.T) {
	s := replay(t, "s10b_reorder.pcap")
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Opinions(ctx, v); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after cancelling", err)
	}
}
