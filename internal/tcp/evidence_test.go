package tcp_test

import (
	"context"
	"path/filepath"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// recordings are those with every kind of label; the table of the second opinion uses them too.
const recordings = "../diagnose/testdata/opinion/"

// explainAll hands every labelled segment of a recording over with its evidence.
func explainAll(t *testing.T, name string, f func(r *session.Record, x *tcp.Explainer, list []tcp.Evidence)) {
	t.Helper()
	s, err := session.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i := range s.Streams() {
		v, err := s.View(i)
		if err != nil {
			t.Fatal(err)
		}
		x := tcp.NewExplainer()
		if err := v.Feed(context.Background(), func(i int, _ flow.Direction, seg *packet.Segment) bool {
			f(v.At(i), x, x.Explain(seg, v.At(i).Labels))
			return true
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryLabelIsExplained follows all recordings again: the same labels come out, each with one evidence whose numbers and
// packets are plausible.
func TestEveryLabelIsExplained(t *testing.T) {
	var files []string
	for _, folder := range []string{recordings, recordings + "../"} {
		found, err := filepath.Glob(folder + "*.pcap*")
		if err != nil || len(found) == 0 {
			t.Fatalf("no recordings found: %v", err)
		}
		files = append(files, found...)
	}
	seen := tcp.Labels(0)
	for _, file := range files {
		explainAll(t, file, func(r *session.Record, x *tcp.Explainer, list []tcp.Evidence) {
			if x.Labels()&^tcp.ReusedPorts != r.Labels&^tcp.ReusedPorts {
				t.Errorf("%s #%d: followed again it is %v, in the first pass %v", file, r.Frame, x.Labels().Names(), r.Labels.Names())
			}
			covered := tcp.Labels(0)
			for _, e := range list {
				if covered.Any(e.Label) || e.Reason == tcp.NoReason || e.Reason.String() == "" {
					t.Errorf("%s #%d: bad evidence %+v", file, r.Frame, e)
				}
				covered |= e.Label
				if e.Original >= r.Frame || e.Acknowledged >= r.Frame {
					t.Errorf("%s #%d: evidence refers to a later packet: %+v", file, r.Frame, e)
				}
			}
			want := r.Labels
			if want.Any(tcp.FastRetransmission | tcp.SpuriousRetransmission) {
				want &^= tcp.Retransmission
			}
			if covered != want {
				t.Errorf("%s #%d: labels %v, evidence for %v", file, r.Frame, want.Names(), covered.Names())
			}
			seen |= covered
		})
	}
	for _, name := range []string{"fast_retransmission", "spurious_retransmission", "retransmission", "out_of_order", "window_full", "keep_alive", "reused_ports"} {
		if l, _ := tcp.LabelNamed(name); !seen.Has(l) {
			t.Errorf("no recording has the label %s", name)
		}
	}
}

func TestEvidence(t *testing.T) {
	for _, want := range []struct {
		file                   string
		frame                  uint32
		label                  tcp.Labels
		reason                 tcp.Reason
		original, acknowledged uint32
		quantities             map[tcp.QuantityKind]int64
	}{
		{
			"s10b_reorder.pcap", 169, tcp.SpuriousRetransmission, tcp.AlreadyAcked, 96, 97,
			map[tcp.QuantityKind]int64{tcp.QSeq: 60817, tcp.QNextSeq: 62265, tcp.QLastAck: 136113},
		},
		{
			"s10b_reorder.pcap", 96, tcp.FastRetransmission, tcp.SentBeforeAfterDups, 0, 95,
			map[tcp.QuantityKind]int64{tcp.QSeq: 60817, tcp.QLastAck: 60817, tcp.QDupAcks: 6, tcp.QElapsed: 2998000, tcp.QLimit: 20e6},
		},
		{
			"s10b_reorder.pcap", 80, tcp.LostSegment, tcp.BeyondExpected, 78, 0,
			map[tcp.QuantityKind]int64{tcp.QSeq: 62265, tcp.QExpectedSeq: 60817, tcp.QMissing: 1448},
		},
		{
			"../lost_ack_data_recovers.pcap", 7, tcp.Retransmission, tcp.SentBefore, 4, 0,
			map[tcp.QuantityKind]int64{tcp.QSeq: 1, tcp.QExpectedSeq: 79, tcp.QElapsed: 837118000, tcp.QLimit: 23000},
		},
		{
			"../keepalive_close4.pcapng", 7, tcp.DuplicateAck, tcp.RepeatsAck, 0, 2,
			map[tcp.QuantityKind]int64{tcp.QAck: 1, tcp.QWindow: 64, tcp.QDupAcks: 1},
		},
		{
			"../keepalive_close4.pcapng", 6, tcp.KeepAliveAck, tcp.AnswersLabelledKeepAlive, 5, 0,
			map[tcp.QuantityKind]int64{tcp.QAck: 1, tcp.QWindow: 63, tcp.QElapsed: 18000},
		},
		{
			"s10e_zero_window.pcap", 22, tcp.WindowFull, tcp.EndsAtWindow, 0, 13,
			map[tcp.QuantityKind]int64{tcp.QNextSeq: 20273, tcp.QWindowEnd: 20273},
		},
	} {
		found := false
		explainAll(t, recordings+want.file, func(r *session.Record, _ *tcp.Explainer, list []tcp.Evidence) {
			for _, e := range list {
				if r.Frame != want.frame || e.Label != want.label {
					continue
				}
				found = true
				if e.Reason != want.reason || e.Original != want.original || e.Acknowledged != want.acknowledged {
					t.Errorf("%s #%d: got %v, packets %d and %d; want %v, %d and %d", want.file, want.frame,
						e.Reason, e.Original, e.Acknowledged, want.reason, want.original, want.acknowledged)
				}
				got := map[tcp.QuantityKind]int64{}
				for _, q := range e.Quantities {
					got[q.Kind] = q.Value
				}
				for kind, value := range want.quantities {
					if got[kind] != value {
						t.Errorf("%s #%d: %v is %d, want %d", want.file, want.frame, kind, got[kind], value)
					}
				}
			}
		})
		if !found {
			t.Errorf("%s #%d has no evidence for %v", want.file, want.frame, want.label.Names())
		}
	}
}
