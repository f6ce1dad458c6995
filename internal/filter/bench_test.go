package filter

import (
	"context"
	"os"
	"testing"
	"time"

	"tcptalk/internal/session"
)

// benchSession opens the capture that TCPTALK_BENCH names, or a generated one that is small enough for every machine.
func benchSession(b *testing.B) (s *session.Session, size int64) {
	b.Helper()
	name := os.Getenv("TCPTALK_BENCH")
	if name == "" {
		k := newBuilder(b)
		const flows, segments, length = 200, 24, 1448
		k.bulk(flows, segments, length)
		data := k.capture(b)
		return ran(b, data), int64(len(data))
	}
	s, err := session.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	if err := s.Run(context.Background()); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	return s, info.Size()
}

// BenchmarkIndex runs filters that never read the capture.
func BenchmarkIndex(b *testing.B) {
	s, _ := benchSession(b)
	for _, text := range []string{
		"tcp.analysis.retransmission", "tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp.port == 80 && tcp.len > 1000",
		"ip.addr == 192.168.0.0/16", "frame.time_relative > 1 && tcp.window_size < 1000", "tcp.stream in {5, 100..110}",
	} {
		f := mustParse(b, text)
		b.Run(text, func(b *testing.B) {
			packets := 0
			for b.Loop() {
				packets = 0
				if err := f.Packets(context.Background(), s, nil, func(r Result) bool {
					packets += r.Count
					return true
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(packets), "found")
		})
	}
}

// BenchmarkDeep runs filters that read the capture again.
func BenchmarkDeep(b *testing.B) {
	s, size := benchSession(b)
	for _, text := range []string{`tcp.payload contains "brown fox 77"`, `http.request.method == "GET"`, `tcp.analysis.retransmission && tcp.payload contains "fox"`} {
		f := mustParse(b, text)
		b.Run(text, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if err := f.Connections(context.Background(), s, nil, func(Result) bool { return true }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSearch searches everything.
func BenchmarkSearch(b *testing.B) {
	s, size := benchSession(b)
	for _, c := range []struct {
		name, text string
		mode       Mode
		exact      bool
	}{
		{"absent", "no such words", Text, false},
		{"absent exact", "no such words", Text, true},
		{"hex", "de ad be ef", Hex, false},
		{"once per connection", "GET /index", Text, false},
		{"pattern", `fox 9+\d`, Pattern, false},
	} {
		q, err := ParseSearch(c.text, c.mode, c.exact)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(size)
			var first time.Duration
			for b.Loop() {
				begin := time.Now()
				first = 0
				if err := q.Find(context.Background(), s, nil, func(Result) bool {
					if first == 0 {
						first = time.Since(begin)
					}
					return true
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(first.Milliseconds()), "ms-to-first")
		})
	}
}

// BenchmarkCancel measures how long a search takes to end once it is cancelled in its midst.
func BenchmarkCancel(b *testing.B) {
	s, _ := benchSession(b)
	q, err := ParseSearch("no such words", Text, false)
	if err != nil {
		b.Fatal(err)
	}
	var longest time.Duration
	for b.Loop() {
		ctx, cancel := context.WithCancel(context.Background())
		steps := 0
		var at time.Time
		err := q.Find(ctx, s, func(int64, int64) {
			if steps++; steps == 3 {
				cancel()
				at = time.Now()
			}
		}, func(Result) bool { return true })
		if err == nil && steps >= 3 {
			b.Fatal("the search went on")
		}
		cancel()
		if !at.IsZero() {
			longest = max(longest, time.Since(at))
		}
	}
	b.ReportMetric(float64(longest.Microseconds()), "µs-longest")
}
