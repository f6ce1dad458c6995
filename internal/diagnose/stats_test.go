package diagnose

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

func statsOf(t testing.TB, v *session.View) *Stats {
	t.Helper()
	s, err := MeasureStats(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStatsAsTshark holds the numbers of recordings against those of tshark, testdata/stats.txt.
func TestStatsAsTshark(t *testing.T) {
	b, err := os.ReadFile("testdata/stats.txt")
	if err != nil {
		t.Fatal(err)
	}
	sessions := map[string]*session.Session{}
	sides := 0
	for sc := bufio.NewScanner(strings.NewReader(string(b))); sc.Scan(); {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		var name, end string
		var stream int
		if _, err := fmt.Sscan(sc.Text(), &name, &stream, &end); err != nil {
			t.Fatal(err)
		}
		if sessions[name] == nil {
			sessions[name] = open(t, "testdata/"+name)
		}
		v, err := sessions[name].View(stream)
		if err != nil {
			t.Fatal(err)
		}
		dir := flow.ClientToServer
		if v.Conn.Server.String() == end {
			dir = flow.ServerToClient
		}
		s := &statsOf(t, v).Sides[dir]
		r := &s.RTT
		got := fmt.Sprint(name, " ", stream, " ", end, " ", s.Packets, " ", s.Bytes, " ", s.Payload, " rtt ", r.Count, " ",
			int64(r.Min), " ", int64(r.Median), " ", int64(r.P95), " ", int64(r.Max), " flight ", s.Flight, " labels")
		for _, l := range s.Labels {
			got += fmt.Sprint(" ", l.Count)
		}
		if got != sc.Text() {
			t.Errorf("got  %s\nwant %s", got, sc.Text())
		}
		sides++
	}
	if sides < 30 {
		t.Errorf("only %d sides compared", sides)
	}
}

func TestStatsOfTransfer(t *testing.T) {
	v := script(t,
		"1    > S  99  0    0    100", "11 < SA 499 100 0 1000", "13 > A 100 500 0 1000",
		"20   < PA 500 100 400 1000", "25 < PA 900 100 400 1000", "130 < PA 1300 100 200 1000",
		"140  > A  100 900  0    0",
		"300  < PA 900 100 400 1000", // again
		"340  > A  100 1500 0    600",
		"1100 < PA 1500 100 500 1000",
		"1200 > A  100 2000 0    0", "1400 > FA 100 2000 0 0",
	)
	st := statsOf(t, v)
	c, s := &st.Sides[flow.ClientToServer], &st.Sides[flow.ServerToClient]
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"payload", s.Payload, uint64(1900)},
		{"sent again", s.Again, uint64(400)},
		{"new", s.Fresh, uint64(1500)},
		{"segments with data", s.Data, uint64(5)},
		{"ACKs alone", c.ACKs, uint64(4)},
		{"headers", c.Headers, uint64(6 * 40)},
		{"retransmissions", s.Label(tcp.Retransmission), LabelStat{1, 7}},
		{"window closed", c.Closed, 400 * time.Millisecond},
		{"longest", c.Longest, 200 * time.Millisecond},
		{"longest from", c.LongestAt, 6},
		{"active", s.Active, 1080 * time.Millisecond},
		{"most in 100 ms and 1 s", s.Peaks, [2]uint64{800, 1000}},
		{"rate", int(s.Rate), 1388},
		{"round trips", s.RTT.Count, 4},
		{"median", s.RTT.Median, 100 * time.Millisecond},
		{"longest round trip", s.RTT.Max, 210 * time.Millisecond},
		{"in flight", s.Flight, uint32(1000)},
		{"its window", s.FlightWindow, uint32(1000)},
		{"handshake", st.Handshake.RTT, 12 * time.Millisecond},
		{"its parts", st.Handshake.Gaps, [2]time.Duration{10 * time.Millisecond, 2 * time.Millisecond}},
		{"duration", st.Duration, 1399 * time.Millisecond},
		{"place", st.Place.Code, OnPath},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestStatsOffer(t *testing.T) {
	s := open(t, "testdata/handshake_close3.pcap")
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	want := SYNOffer{MSS: 1460, Scale: 10, SACK: true, Timestamps: true}
	for d, side := range statsOf(t, v).Sides {
		if !side.SeenSYN || side.SYN != want {
			t.Errorf("side %d: %+v", d, side.SYN)
		}
	}
	none := statsOf(t, script(t, "0 > S 99 0 0 100", "1 > S 99 0 0 100"))
	if o := none.Sides[0].SYN; o != (SYNOffer{Scale: -1}) || none.Handshake.Again != 1 {
		t.Errorf("%+v, sent again %d", o, none.Handshake.Again)
	}
}

func TestStatsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v := script(t, "0 > S 99 0 0 100", "1 < SA 5 100 0 100")
	if _, err := MeasureStats(ctx, v); !errors.Is(err, context.Canceled) {
		t.Errorf("numbers: %v", err)
	}
	if _, err := Spend(ctx, v, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("times: %v", err)
	}
}

// TestSentRanges compares with a map of bytes.
func TestSentRanges(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var c sentRanges
		seen := map[int64]bool{}
		for range 60 {
			lo := rnd.Int64N(300)
			hi := lo + rnd.Int64N(40)
			want := int64(0)
			for i := lo; i < hi; i++ {
				if !seen[i] {
					seen[i] = true
					want++
				}
			}
			if got := c.add(lo, hi); got != want {
				t.Fatalf("[%d, %d): %d new, want %d", lo, hi, got, want)
			}
		}
	}
	var many sentRanges
	for i := range int64(3 * maxUnsent) {
		many.add(2*i, 2*i+1)
	}
	if len(many.holes) > maxUnsent {
		t.Errorf("%d holes are kept", len(many.holes))
	}
}

// TestStatsSpent says where the time went, in milliseconds: connecting, TLS, request, wait, response, idle.
func TestStatsSpent(t *testing.T) {
	hello := []string{"0 > S 99 0 0 100", "10 < SA 499 100 0 1000", "12 > A 100 500 0 1000"}
	for _, tt := range []struct {
		name  string
		lines []string
		want  [NumPhases]int
	}{
		{"answers", append(hello[:3:3],
			"20 > PA 100 500 10 1000", "30 > PA 110 500 10 1000", "100 < PA 500 120 400 1000", "110 < PA 900 120 400 1000",
			"200 > PA 120 1300 10 1000", "260 < PA 1300 130 10 1000", "300 > FA 130 1310 0 1000", "400 < FA 1310 131 0 1000",
		), [NumPhases]int{12, 0, 10, 130, 10, 238}},
		{"a server that speaks first", append(hello[:3:3], "50 < PA 500 100 10 1000", "60 > PA 100 510 10 1000"), [NumPhases]int{12, 0, 0, 38, 0, 10}},
		{"no answer", append(hello[:3:3], "20 > PA 100 500 10 1000", "5020 > FA 110 500 0 1000"), [NumPhases]int{12, 0, 0, 5000, 0, 8}},
		{"a pause between two events", append(hello[:3:3],
			"20 < PA 500 100 10 1000", "21 > A 100 510 0 1000", "3020 < PA 510 100 10 1000", "3100 < PA 520 100 10 1000",
		), [NumPhases]int{12, 0, 0, 8, 80, 3000}},
		{"a stall with data under way", append(hello[:3:3], "20 < PA 500 100 10 1000", "3020 < PA 510 100 10 1000"), [NumPhases]int{12, 0, 0, 8, 3000, 0}},
		{"the same bytes again change nothing", append(hello[:3:3],
			"20 > PA 100 500 10 1000", "40 < PA 500 110 10 1000", "50 > PA 100 500 10 1000", "60 < PA 510 110 10 1000",
		), [NumPhases]int{12, 0, 0, 20, 20, 8}},
		{"nobody answers", []string{"0 > S 99 0 0 100", "1000 > S 99 0 0 100"}, [NumPhases]int{1000}},
		{"the middle of a connection", []string{"0 > PA 100 500 10 1000", "40 < PA 500 110 10 1000"}, [NumPhases]int{0, 0, 0, 40}},
	} {
		sp, err := Spend(context.Background(), script(t, tt.lines...), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got [NumPhases]int
		for p, d := range sp.Phases {
			got[p] = int(d / time.Millisecond)
		}
		if got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestStatsSpentInExchanges tells the phases of requests from the requests themselves.
func TestStatsSpentInExchanges(t *testing.T) {
	s := open(t, "../exchange/testdata/streams.pcap")
	v, err := s.View(0)
	if err != nil {
		t.Fatal(err)
	}
	sp, err := Spend(context.Background(), v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if sp.Exchanges == 0 || len(sp.Slowest) == 0 || len(sp.Slowest) > maxSlowest {
		t.Fatalf("%+v", sp)
	}
	total, longest := time.Duration(0), sp.Slowest[0].Total
	for _, d := range sp.Phases {
		total += d
	}
	if want := time.Duration(v.Conn.LastTime - v.Conn.FirstTime); total != want {
		t.Errorf("phases add up to %v of %v", total, want)
	}
	for _, x := range sp.Slowest {
		if x.Total > longest || x.Method == "" {
			t.Errorf("%+v among the slowest", x)
		}
		longest = x.Total
	}
}

// TestStatsSpentInTLS compares with the times of the hello and of what ends the handshake, as tshark prints them.
func TestStatsSpentInTLS(t *testing.T) {
	for _, tt := range []struct {
		name  string
		took  time.Duration
		trips int
	}{
		{"tls12", 58093*time.Microsecond - 40059*time.Microsecond, 2},
		{"tls13", 4112*time.Microsecond - 1634*time.Microsecond, 1},
	} {
		s := open(t, "testdata/stats/"+tt.name+".pcapng")
		v, err := s.View(0)
		if err != nil {
			t.Fatal(err)
		}
		talk, err := s.Conversation(context.Background(), v)
		if err != nil {
			t.Fatal(err)
		}
		sp, err := Spend(context.Background(), v, talk)
		if err != nil {
			t.Fatal(err)
		}
		if got := sp.Phases[PhaseTLS]; got != tt.took || sp.Secure != tt.trips || sp.Connect != 1 {
			t.Errorf("%s: %v in %d round trips behind %d, want %v in %d behind 1", tt.name, got, sp.Secure, sp.Connect, tt.took, tt.trips)
		}
	}
}
