package timeline

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
)

// talk is a handshake, a request, its answer, and the close.
var talk = []seg{
	{at: 0, flags: packet.SYN, seq: 100, window: 1000},
	{at: 1e6, server: true, flags: packet.SYN | packet.ACK, seq: 500, ack: 101, window: 1000},
	{at: 2e6, flags: packet.ACK, seq: 101, ack: 501, window: 1000},
	{at: 3e6, flags: packet.ACK | packet.PSH, seq: 101, ack: 501, window: 1000, text: "hello"},
	{at: 4e6, server: true, flags: packet.ACK | packet.PSH, seq: 501, ack: 106, window: 1000, text: "world"},
	{at: 5e6, flags: packet.ACK | packet.FIN, seq: 106, ack: 506, window: 1000},
	{at: 6e6, server: true, flags: packet.ACK | packet.FIN, seq: 506, ack: 107, window: 1000},
	{at: 7e6, flags: packet.ACK, seq: 107, ack: 507, window: 1000},
}

// withDrops opens the first n segments of talk as a pcapng that says how many packets were lost in front of each.
func withDrops(t *testing.T, n int, lost map[int]uint64) *session.Session {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapfile.NewWriter(&b, pcapfile.Section{})
	if err == nil {
		_, err = w.AddInterface(pcapfile.Interface{LinkType: linkIPv4})
	}
	for i := 0; i < n && err == nil; i++ {
		p := talk[i].bytes()
		err = w.WritePacket(&capture.Packet{Number: uint32(i + 1), Time: talk[i].at + 1, OrigLen: uint32(len(p)), Data: p, Dropped: lost[i]})
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b.Bytes(), "made up")
	if err != nil {
		t.Fatal(err)
	}
	return read(t, session.New(f))
}

// kindsOf are the kinds of a chat's rows.
func kindsOf(c *Chat) []Kind {
	var kinds []Kind
	for i := range c.Len() {
		kinds = append(kinds, c.Shape(i).Kind)
	}
	return kinds
}

func TestWhatTheCaptureLostHasARow(t *testing.T) {
	s := withDrops(t, len(talk), map[int]uint64{0: 3, 4: 1, 6: 1200})
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	c := NewChat(v, nil, DefaultOptions(), nil)
	want := []Kind{
		Dropped, Divider, Bubble, Bubble, Bubble, Divider, Bubble, Dropped, Bubble, Divider, Bubble, Dropped, Bubble, Bubble, Closing,
	}
	if got := kindsOf(c); !slices.Equal(got, want) {
		t.Fatalf("rows %v, not %v", got, want)
	}
	var r Row
	for row, text := range map[int]string{0: "lost 3 packets", 7: "lost 1 packet here", 11: "lost 1,200 packets"} {
		if c.Row(row, &r); !strings.Contains(r.Text, text) || r.RowSeverity != Warn || r.Packet >= 0 {
			t.Errorf("row %d says %q of packet %d", row, r.Text, r.Packet)
		}
	}
	if c.RowOf(4) != 8 || c.PacketOf(8) != 4 {
		t.Errorf("packet 4 is in row %d", c.RowOf(4))
	}
}

func TestAnOpenConnectionHasNoEndWhileTheCaptureGoesOn(t *testing.T) {
	for n, over := range map[int]bool{5: false, len(talk): true} {
		v, err := withDrops(t, n, nil).View(0)
		if err != nil {
			t.Fatal(err)
		}
		o := DefaultOptions()
		o.Growing = true
		c := NewChat(v, nil, o, nil)
		if has := slices.Contains(kindsOf(c), Closing); has != over {
			t.Errorf("%d segments: it has an end: %v", n, has)
		}
		if kinds := kindsOf(c.With(nil, DefaultOptions())); kinds[len(kinds)-1] != Closing {
			t.Errorf("%d segments: the capture has ended, and the chat does not say so: %v", n, kinds)
		}
	}
}
