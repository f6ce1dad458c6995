package timeline

import (
	"reflect"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// foldTexts are the fold rows of a chat.
func foldTexts(c *Chat) []string {
	var out []string
	var r Row
	for i := range c.Len() {
		if c.Row(i, &r); r.Kind == Fold {
			out = append(out, r.PlainText(narrate.English))
		}
	}
	return out
}

// TestStorm folds a storm of duplicate ACKs: of the six that tshark finds, the first three stay (#43, #45, #49), and with the fourth
// (#51) a fold begins that ends in front of the fast retransmission (#61).
func TestStorm(t *testing.T) {
	c := chatOf(t, recording(t, "drop_fast.pcap"), 0, DefaultOptions())
	want := []string{
		"#4–#41  38 packets · 28 kB from the server",
		"#50–#60  11 packets · 12 kB from the server · duplicate ACKs: 3",
		"#62–#100  39 packets · 30 kB from the server",
	}
	got := foldTexts(c)
	if len(got) < len(want) || !reflect.DeepEqual(got[:len(want)], want) {
		t.Errorf("%q", got)
	}
}

// TestProbes folds keep-alive probes with the silences between them.
func TestProbes(t *testing.T) {
	segments := bulk(0, 0)
	for i := range 7 {
		at := int64(i+1) * 15e9
		segments = append(segments,
			seg{at: at, flags: packet.ACK, seq: 99, ack: 500, window: 65000},
			seg{at: at + 1e6, server: true, flags: packet.ACK, seq: 500, ack: 100, window: 65000})
	}
	c := chatOf(t, made(t, segments), 0, DefaultOptions())
	if got, want := foldTexts(c), []string{"#4–#17  14 packets · keep-alive probes: 7 · answers: 7"}; !reflect.DeepEqual(got, want) {
		t.Fatalf("%q", got)
	}
	count := func(c *Chat) (silences int) {
		for _, r := range c.rows.all() {
			if r.kind == Silence {
				silences++
			}
		}
		return silences
	}
	if got := count(c); got != 1 {
		t.Errorf("%d silences beside the fold, want the one in front of it", got)
	}
	open := c.Revealing(5)
	if got := count(open); got != 7 {
		t.Errorf("%d silences in the open fold, want 7", got)
	}
	check(t, open)
}

// What the reader has unfolded stays so while packets come, and what comes is shown.
func TestGrownChatsKeepTheirFolds(t *testing.T) {
	whole := bulk(0, 0)
	for i := range 7 {
		at := int64(i+1) * 15e9
		whole = append(whole,
			seg{at: at, flags: packet.ACK, seq: 99, ack: 500, window: 65000},
			seg{at: at + 1e6, server: true, flags: packet.ACK, seq: 500, ack: 100, window: 65000})
	}
	c := chatOf(t, made(t, whole), 0, DefaultOptions())
	fold := -1
	for i, r := range c.rows.all() {
		if r.kind == Fold {
			fold = i
		}
	}
	if fold < 0 {
		t.Fatal("nothing is folded")
	}
	open := c.Toggled(fold)
	more := chatOf(t, made(t, append(whole, seg{at: 200e9, flags: packet.PSH | packet.ACK, seq: 100, ack: 500, text: "more"})), 0, DefaultOptions())
	got, want := open.Grown(more.View()), more.Toggled(fold)
	if !reflect.DeepEqual(got.told(), want.told()) || got.Len() <= open.Len() {
		t.Errorf("%d rows grew from %d, want %d", got.Len(), open.Len(), want.Len())
	}
	if !reflect.DeepEqual(got.moments, want.moments) {
		t.Error("the moments are those of before")
	}
}
