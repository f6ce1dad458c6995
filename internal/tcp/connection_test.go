package tcp

import (
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// TestConnectionSums plays a transfer with two RTTs, a repetition, duplicates and a closed window, and reads the sums.
func TestConnectionSums(t *testing.T) {
	tr := newTraffic()
	at := func(ms int, from, to int, flags packet.Flags, seq, ack seqnum.Number, n uint32, win uint16) {
		s := tr.seg
		s.Frame, s.Time, s.Flags, s.Seq, s.Ack, s.Len, s.Window = tr.seg.Frame+1, int64(ms)*1e6+1, flags, seq, ack, n, win
		s.Src, s.Dst = benchClient, benchServer
		if from > to {
			s.Src, s.Dst = benchServer, benchClient
		}
		s.FrameLen = 54 + n
		tr.seg.Frame++
		tr.tracker.Track(&s, &tr.out)
	}
	const c, s = 0, 1
	at(0, c, s, packet.ACK, 100, 300, 10, 500)
	at(30, s, c, packet.ACK, 300, 110, 0, 500) // RTT 30 ms
	at(40, c, s, packet.ACK, 110, 300, 10, 500)
	at(50, s, c, packet.ACK, 300, 120, 0, 500) // RTT 10 ms
	at(60, s, c, packet.ACK, 300, 120, 0, 500) // duplicate
	at(70, c, s, packet.ACK, 120, 300, 10, 500)
	at(90, s, c, packet.ACK, 300, 130, 0, 0)    // RTT 20 ms, closed
	at(300, c, s, packet.ACK, 129, 300, 0, 500) // keep-alive
	at(400, c, s, packet.ACK, 110, 300, 10, 500)
	got := tr.tracker.Connection(0)
	want := Connection{
		Packets: [2]uint32{5, 4}, Bytes: [2]uint64{5*54 + 40, 4 * 54}, Payload: [2]uint64{40, 0},
		Retransmissions: [2]uint32{1, 0}, DuplicateAcks: [2]uint32{0, 1}, ZeroWindows: [2]uint32{0, 1}, KeepAlives: [2]uint32{1, 0},
		RTTMin: [2]time.Duration{10 * time.Millisecond}, RTTSum: [2]time.Duration{60 * time.Millisecond}, RTTCount: [2]uint32{3},
		Labels: Retransmission | SpuriousRetransmission | DuplicateAck | ZeroWindow | KeepAlive,
	}
	if got.Packets != want.Packets || got.Bytes != want.Bytes || got.Payload != want.Payload {
		t.Errorf("packets %v, bytes %v, payload %v; want %v, %v, %v",
			got.Packets, got.Bytes, got.Payload, want.Packets, want.Bytes, want.Payload)
	}
	if got.Retransmissions != want.Retransmissions || got.DuplicateAcks != want.DuplicateAcks ||
		got.ZeroWindows != want.ZeroWindows || got.KeepAlives != want.KeepAlives || got.OutOfOrders != want.OutOfOrders {
		t.Errorf("counters differ: got %+v", got)
	}
	if got.RTTMin != want.RTTMin || got.RTTSum != want.RTTSum || got.RTTCount != want.RTTCount {
		t.Errorf("RTT min %v sum %v count %v; want %v, %v, %v",
			got.RTTMin, got.RTTSum, got.RTTCount, want.RTTMin, want.RTTSum, want.RTTCount)
	}
	if got.Labels != want.Labels {
		t.Errorf("labels %v, want %v", got.Labels.Names(), want.Labels.Names())
	}
}

// TestFullList hits the bound of remembered segments: what comes behind it is not remembered, and a FIN not counted.
func TestFullList(t *testing.T) {
	tr := newTraffic()
	for i := range seqnum.Number(MaxUnacked) {
		tr.send(benchClient, benchServer, packet.ACK, 1000+10*i, 1, 10)
	}
	if want := uint32(10 * MaxUnacked); tr.out.BytesInFlight != want {
		t.Fatalf("%d bytes in flight before the bound, want %d", tr.out.BytesInFlight, want)
	}
	end := seqnum.Number(1000 + 10*MaxUnacked)
	tr.send(benchClient, benchServer, packet.ACK|packet.FIN, end, 1, 10)
	if want := uint32(10*MaxUnacked - 1); tr.out.BytesInFlight != want {
		t.Errorf("%d bytes in flight beyond the bound, want %d", tr.out.BytesInFlight, want)
	}
	tr.send(benchServer, benchClient, packet.ACK, 1, end+11, 0)
	if tr.out.AcksFrame != 0 || tr.out.Labels != AckLostSegment {
		t.Errorf("acknowledges frame %d, labels %v; want none, as the FIN was not counted", tr.out.AcksFrame, tr.out.Labels.Names())
	}
	if c := tr.tracker.Connection(0); c.States[flow.ClientToServer].State() != FinWait2 {
		t.Errorf("the client is in %v, want FIN-WAIT-2", c.States[flow.ClientToServer].State())
	}
}

func TestLabelNames(t *testing.T) {
	all := Labels(1<<numLabels - 1)
	if names := all.Names(); len(names) != numLabels {
		t.Errorf("%d names for %d labels", len(names), numLabels)
	}
	for i := range numLabels {
		l := Labels(1 << i)
		names := l.Names()
		if back, ok := LabelNamed(names[0]); !ok || back != l || len(names) != 1 {
			t.Errorf("label %d is called %v, which is label %d", i, names, back)
		}
	}
	if _, ok := LabelNamed("no_such_label"); ok {
		t.Error("a label of no meaning was found")
	}
	if !all.Has(KeepAlive|TFOSyn) || !KeepAlive.Any(KeepAlive|TFOSyn) || KeepAlive.Has(KeepAlive|TFOSyn) {
		t.Error("Has asks for all, Any for one")
	}
}
