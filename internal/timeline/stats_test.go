package timeline

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// statsOfLoss are the numbers of a short connection with a repetition and a closed window.
func statsOfLoss(t *testing.T) (*diagnose.Stats, *diagnose.Spent) {
	t.Helper()
	const data, ms = packet.PSH | packet.ACK, 1e6
	v := view(t, made(t, []seg{
		{at: 1 * ms, flags: packet.SYN, seq: 99, window: 100},
		{at: 11 * ms, server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100, window: 200},
		{at: 13 * ms, flags: packet.ACK, seq: 100, ack: 500, window: 300},
		{at: 20 * ms, flags: data, seq: 100, ack: 500, window: 300, size: 50},
		{at: 500 * ms, flags: data, seq: 100, ack: 500, window: 300, size: 50},
		{at: 510 * ms, server: true, flags: packet.ACK, seq: 500, ack: 150, window: 0},
		{at: 910 * ms, server: true, flags: packet.ACK, seq: 500, ack: 150, window: 200},
	}), 0)
	st, err := diagnose.MeasureStats(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	sp, err := diagnose.Spend(context.Background(), v, nil)
	if err != nil {
		t.Fatal(err)
	}
	return st, sp
}

// row returns the row called name.
func row(t *testing.T, groups []StatsGroup, name string) StatsRow {
	t.Helper()
	for i := range groups {
		for _, r := range groups[i].Rows {
			if r.Name == name {
				return r
			}
		}
	}
	t.Fatalf("no row %q", name)
	return StatsRow{}
}

func TestStatsGroups(t *testing.T) {
	st, sp := statsOfLoss(t)
	groups := StatsGroups(narrate.English, st, sp)
	for _, tt := range []struct {
		name    string
		values  [2]string
		packets [2]int
		bad     [2]bool
	}{
		{"Packets", [2]string{"4", "3"}, nowhere, [2]bool{}},
		{"Sent twice", [2]string{"50 B · 50 %", "0 B"}, nowhere, [2]bool{}},
		{"Retransmission", [2]string{"1 · 50 %", "0"}, [2]int{4, -1}, [2]bool{true, false}},
		{"Time at zero", [2]string{"0", "400 ms"}, nowhere, [2]bool{false, true}},
		{"longest", [2]string{"", "400 ms"}, [2]int{-1, 5}, [2]bool{}},
		{"Most in flight", [2]string{"50", "0"}, [2]int{3, -1}, [2]bool{}},
		{"of window", [2]string{"25 %", ""}, nowhere, [2]bool{}},
		{"Largest", [2]string{"490 ms", "2 ms"}, [2]int{5, 2}, [2]bool{}},
		{"Handshake", [2]string{"12 ms", ""}, nowhere, [2]bool{}},
		{"MSS", [2]string{"no", "no"}, nowhere, [2]bool{}},
	} {
		r := row(t, groups, tt.name)
		if r.Values != tt.values || r.Packets != tt.packets || r.Bad != tt.bad {
			t.Errorf("%s: %q at %v, %v", tt.name, r.Values, r.Packets, r.Bad)
		}
	}
	part := 0.0
	for _, r := range groups[0].Rows {
		part += r.Part
	}
	if !groups[0].Parts || part < 0.999 || part > 1.001 {
		t.Errorf("the parts of the time add up to %v", part)
	}
}

// TestStatsAreWorded asks that every number has a name and a sentence about it in every language.
func TestStatsAreWorded(t *testing.T) {
	st, sp := statsOfLoss(t)
	for p := range sp.Phases {
		sp.Phases[p] = time.Millisecond
	}
	st.Handshake.Again = 1
	st.Sides[0].SYN.FastOpen = true
	for d := range st.Sides {
		for i := range st.Sides[d].Labels {
			st.Sides[d].Labels[i].Count = 1
		}
	}
	var all [narrate.NumLangs][]StatsGroup
	for l := range narrate.Lang(narrate.NumLangs) {
		all[l] = StatsGroups(l, st, sp)
		for _, g := range all[l] {
			if g.Title == "" || g.Note == "" || strings.Contains(g.Note, "${") {
				t.Errorf("%v: group %q: %q", l, g.Title, g.Note)
			}
			for _, r := range g.Rows {
				if r.Name == "" || r.Meaning == "" || strings.Contains(r.Meaning, "${") {
					t.Errorf("%v: %q means %q", l, r.Name, r.Meaning)
				}
			}
		}
	}
	for i, g := range all[narrate.English] {
		for k, r := range g.Rows {
			if other := all[narrate.Chinese][i].Rows[k]; other.Meaning == r.Meaning {
				t.Errorf("%s is not translated", r.Name)
			}
		}
	}
}

func TestStatsMarkdown(t *testing.T) {
	st, sp := statsOfLoss(t)
	sp.Slowest = []diagnose.SlowExchange{{Method: "GET", Target: "/a|b\n<script>`", Total: time.Second}}
	text := StatsMarkdown(narrate.English, [2]string{"10.0.0.1:5", "10.0.0.2:80"}, StatsGroups(narrate.English, st, sp))
	lines := strings.Split(text, "\n")
	for _, want := range []string{"# 10.0.0.1:5 – 10.0.0.2:80", "## Volume", "| | client | server |", "| Packets | 4 | 3 |", "| GET /a\\|b &lt;script>\\` | 1 s | no answer |"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
}
