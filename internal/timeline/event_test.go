package timeline

import (
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
)

// eventsOf returns the headings of events, and the line behind each, of the packets of a recording.
func eventsOf(t *testing.T, name string) map[uint32][]string {
	t.Helper()
	o := DefaultOptions()
	o.PayloadLines = maxExpanded
	c := chatOf(t, recording(t, name), 0, o)
	out := map[uint32][]string{}
	var r Row
	for i := range c.Len() {
		c.Row(i, &r)
		all := append([]string{r.Title}, r.Lines...)
		for k, line := range all {
			if strings.HasPrefix(line, "Server-sent event") {
				out[r.Frame] = append(out[r.Frame], line+" | "+all[k+1])
			}
		}
	}
	return out
}

// TestEventsAsTheyCome shows what a server's flush is good for: the same twelve events, one every 300 ms, and all at once.
func TestEventsAsTheyCome(t *testing.T) {
	flushed := eventsOf(t, "sse_gzip_flush.pcap")
	if len(flushed) != 12 {
		t.Errorf("events in %d packets", len(flushed))
	}
	for frame, want := range map[uint32]string{
		8:  `Server-sent event · tick · id 1 | {"n":1,`,
		10: "Server-sent event · tick · id 2 | 301 ms after the event before",
		30: "Server-sent event · tick · id 12 | 305 ms after the event before",
	} {
		if got := flushed[frame]; len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("packet %d: %q, want %s", frame, got, want)
		}
	}
	held := eventsOf(t, "sse_gzip_noflush.pcap")
	if len(held) != 1 || len(held[6]) != 12 {
		t.Fatalf("%v", held)
	}
	together := narrate.EventGap(narrate.English, 0, true)
	for i, line := range held[6] {
		if strings.HasSuffix(line, together) != (i > 0) {
			t.Errorf("event %d: %s", i+1, line)
		}
	}
}

// The body of an event stream is not shown twice.
func TestEventsAreNoBody(t *testing.T) {
	s := recording(t, "sse_identity.pcap")
	c := chatOf(t, s, 0, DefaultOptions())
	var r Row
	for i := range c.Len() {
		c.Row(i, &r)
		if r.Title == "HTTP response · goes on in later packets" && slices.ContainsFunc(r.Lines, func(l string) bool { return strings.HasPrefix(l, "data:") }) {
			t.Errorf("%q", r.Lines)
		}
	}
}
