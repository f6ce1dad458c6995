package lab_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/lab"
	"tcptalk/internal/lesson"
)

// quick shortens every pause to the least that is allowed, and keeps what the scenario needs to be itself.
func quick(s *lab.Scenario) lab.Values {
	v := lab.Values{}
	for i := range s.Params {
		if p := &s.Params[i]; p.Kind == lab.Pause {
			v[p.Name] = p.Min
		}
	}
	return v
}

func TestEachScenarioPlays(t *testing.T) {
	for _, s := range lab.All() {
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			steps := play(t, s, lab.Place{}, quick(s))
			who := map[lab.End]bool{}
			for i, step := range steps {
				who[step.Who] = true
				if step.Text[0] == "" || step.Text[1] == "" || strings.Contains(step.Text[0]+step.Text[1], "%!") {
					t.Errorf("step %d: %q", i+1, step.Text)
				}
				if i > 0 && step.At < steps[i-1].At {
					t.Errorf("step %d is earlier than the one before", i+1)
				}
			}
			if !who[lab.Client] {
				t.Errorf("the client has not been heard of in %d steps", len(steps))
			}
		})
	}
}

// TestEachChoicePlays tries every choice and switch, one at a time.
func TestEachChoicePlays(t *testing.T) {
	for _, s := range lab.All() {
		for i := range s.Params {
			p := &s.Params[i]
			if p.Kind != lab.OneOf && p.Kind != lab.Switch {
				continue
			}
			for value := p.Min; value <= p.Max; value++ {
				if value == p.Default {
					continue
				}
				t.Run(s.ID+"/"+p.Name+"="+p.Format(value), func(t *testing.T) {
					t.Parallel()
					v := quick(s)
					v[p.Name] = value
					play(t, s, lab.Place{}, v)
				})
			}
		}
	}
}

// TestEachLimitPlays tries the least and the most of numbers and sizes that do not take long.
func TestEachLimitPlays(t *testing.T) {
	for _, s := range lab.All() {
		for i := range s.Params {
			p := &s.Params[i]
			for _, value := range []int64{p.Min, p.Max} {
				if (p.Kind != lab.Count && p.Kind != lab.Size) || value > 1<<20 {
					continue
				}
				t.Run(s.ID+"/"+p.Name+"="+p.Format(value), func(t *testing.T) {
					t.Parallel()
					v := quick(s)
					v[p.Name] = value
					play(t, s, lab.Place{}, v)
				})
			}
		}
	}
}

func play(t *testing.T, s *lab.Scenario, p lab.Place, v lab.Values) []lab.Step {
	t.Helper()
	run, err := s.Prepare(t.Context(), p, v)
	if err != nil {
		t.Fatal(err)
	}
	if ports := run.Ports(); len(ports) != 1 || ports[0] == 0 {
		t.Errorf("ports %v", ports)
	}
	var steps []lab.Step
	if err := run.Play(t.Context(), func(s lab.Step) { steps = append(steps, s) }); err != nil {
		t.Fatalf("%v\n%v", err, steps)
	}
	return steps
}

// TestIPv6 plays one over ::1.
func TestIPv6(t *testing.T) {
	if l, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Skip("this machine has no IPv6 loopback:", err)
	} else {
		l.Close()
	}
	s, _ := lab.Find("close-in-three")
	play(t, s, lab.Place{Client: netip.IPv6Loopback(), Server: netip.IPv6Loopback()}, quick(s))
}

// TestCancel ends every scenario in the middle of its longest pauses, and looks for what was left behind.
func TestCancel(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, s := range lab.All() {
		t.Run(s.ID, func(t *testing.T) {
			v := lab.Values{}
			for i := range s.Params {
				if p := &s.Params[i]; p.Kind == lab.Pause {
					v[p.Name] = p.Max
				}
			}
			run, err := s.Prepare(t.Context(), lab.Place{}, v)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			begin := time.Now()
			// The first step is the moment to stop.
			err = run.Play(ctx, func(lab.Step) { cancel() })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
			if d := time.Since(begin); d > 2*time.Second {
				t.Errorf("took %v to stop", d)
			}
			l, err := net.Listen("tcp", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), run.Ports()[0]).String())
			if err != nil {
				t.Errorf("the port is still taken: %v", err)
			} else {
				l.Close()
			}
		})
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// TestClosedUnplayed gives a port back that was never used.
func TestClosedUnplayed(t *testing.T) {
	s, _ := lab.Find("download")
	run, err := s.Prepare(t.Context(), lab.Place{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prepare(t.Context(), lab.Place{Port: run.Ports()[0]}, nil); err == nil {
		t.Error("a port that is taken was given again")
	}
	run.Close()
	again, err := s.Prepare(t.Context(), lab.Place{Port: run.Ports()[0]}, nil)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestScenariosAreComplete(t *testing.T) {
	bundled, err := lesson.Load(cases.FS())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range lab.All() {
		if seen[s.ID] {
			t.Errorf("%s stands there twice", s.ID)
		}
		seen[s.ID] = true
		if !slices.ContainsFunc(bundled, func(c *lesson.Case) bool { return c.ID == s.Case }) {
			t.Errorf("%s: there is no case %q", s.ID, s.Case)
		}
		texts := []lab.Text{s.Title, s.Summary}
		for i := range s.Params {
			p := &s.Params[i]
			texts = append(texts, p.Label, p.Range())
			for _, c := range p.Choices {
				texts = append(texts, c.Label)
			}
			for _, v := range []int64{p.Min, p.Default, p.Max} {
				if got, err := p.Parse(p.Format(v)); err != nil || got != v {
					t.Errorf("%s: %s=%d is written as %q and read as %d, %v", s.ID, p.Name, v, p.Format(v), got, err)
				}
			}
		}
		for _, text := range texts {
			if text[0] == "" || text[1] == "" {
				t.Errorf("%s: a text lacks a language: %q", s.ID, text)
			}
		}
	}
}

func TestParse(t *testing.T) {
	s, _ := lab.Find("slow-reader")
	for _, c := range []struct {
		assignment string
		name       string
		want       int64 // 0: refused
	}{
		{"size=64k", "size", 64 << 10},
		{"size=1M", "size", 1 << 20},
		{"size=100000", "size", 100000},
		{"size=10", "size", 0},
		{"size=9999999999999999999M", "size", 0},
		{"size=-1", "size", 0},
		{"size=", "size", 0},
		{"size", "size", 0},
		{"sleep=1.5s", "sleep", 1500},
		{"sleep=1", "sleep", 0},
		{"sleep=1h", "sleep", 0},
		{"colour=red", "colour", 0},
	} {
		v := lab.Values{}
		err := s.Set(v, c.assignment)
		if (err == nil) != (c.want != 0) || v[c.name] != c.want {
			t.Errorf("%s: %v, %v", c.assignment, v, err)
		}
	}
	for _, v := range []lab.Values{{"size": 1}, {"colour": 1}} {
		if run, err := s.Prepare(t.Context(), lab.Place{}, v); err == nil {
			run.Close()
			t.Errorf("%v was accepted", v)
		}
	}
}
