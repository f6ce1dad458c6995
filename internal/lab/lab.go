// Package lab makes real TCP traffic on purpose: small scenarios between a client and a server that both live here, each
// showing one thing in the packets, so that somebody can capture beside it and look.
//
// A scenario is bounded in time, ends when its context does and leaves neither connection nor goroutine behind. It uses one
// server port, which is open before the first packet, so that a capture filter can be made and a capture started in time.
// What is promised of the packets holds for Linux; other kernels may acknowledge at other moments. The package knows no
// user interface, captures nothing and sends nothing but to the addresses that it is given. Where to start: All,
// Scenario.Prepare, Run.Play.
package lab

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Text is a text in English and Chinese, in this order.
type Text [2]string

// End is one of the two programs of a scenario.
type End uint8

// The ends.
const (
	Client End = iota
	Server
)

// Step says what an end has just done or seen.
type Step struct {
	// At is the time since the scenario began.
	At   time.Duration
	Who  End
	Text Text
}

// Scenario is one thing that can be made to happen. It is read-only.
type Scenario struct {
	// ID names the scenario, stable across versions.
	ID string
	// Title names it for a person, Summary says in one sentence what it shows.
	Title, Summary Text
	// Params can be changed, in this order; every one has a default.
	Params []Param
	// Case is the ID of the bundled case whose recording shows the same thing.
	Case string
	// takes is about how long the pauses of a run add up to.
	takes func(Values) time.Duration
	play  func(*bench) error
}

// patience is the time that a run may take beyond its own pauses: everything happens within one machine, so what takes longer
// hangs.
const patience = 20 * time.Second

// Takes returns about how long a run with these values will take, apart from the work of the machine.
func (s *Scenario) Takes(v Values) time.Duration { return s.takes(v) }

// All returns every scenario in the order in which they are best tried.
func All() []*Scenario {
	return slices.Concat(closings(), keepAlives(), resets(), pushes(), https(), badHeaders(), eventStreams(), webSockets(), transfers())
}

// Find returns the scenario with that ID.
func Find(id string) (*Scenario, bool) {
	all := All()
	i := slices.IndexFunc(all, func(s *Scenario) bool { return s.ID == id })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// Failure says why a scenario could not be played to its end.
type Failure struct {
	What Text
	// Err is the cause; nil if What says all.
	Err error
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return f.What[0]
	}
	return fmt.Sprintf("%s: %v", f.What[0], f.Err)
}

func (f *Failure) Unwrap() error { return f.Err }

// Prepare opens the server's port. The caller plays the run or closes it.
func (s *Scenario) Prepare(ctx context.Context, p Place, v Values) (*Run, error) {
	values, err := s.complete(v)
	if err != nil {
		return nil, err
	}
	b, err := newBench(ctx, p, values)
	if err != nil {
		return nil, err
	}
	return &Run{scenario: s, bench: b}, nil
}

// Run is a scenario with its port open, to be played once.
type Run struct {
	scenario *Scenario
	bench    *bench
}

// Ports returns the ports of the server.
func (r *Run) Ports() []uint16 { return []uint16{r.bench.port} }

// Filter returns a capture filter, in the language of tcpdump, for everything that the run will send.
func (r *Run) Filter() string { return fmt.Sprintf("tcp port %d", r.bench.port) }

// Close gives the port back; a run that was played needs no Close.
func (r *Run) Close() { r.bench.closeAll() }

// Play makes the traffic and returns when it is over: nil, the context's error, or a *Failure. It calls tell for each step,
// from several goroutines but never at the same time. Everything the run opened is closed when Play returns.
func (r *Run) Play(ctx context.Context, tell func(Step)) error {
	limit := patience + r.scenario.takes(r.bench.values)
	inner, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r.bench.begin(inner, cancel, tell)
	// Closing what is open is what ends a read or a write that waits.
	stop := context.AfterFunc(inner, r.bench.closeAll)
	err := r.scenario.play(r.bench)
	stop()
	r.bench.closeAll()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case inner.Err() == context.DeadlineExceeded:
		return &Failure{What: Text{
			fmt.Sprintf("it took longer than %v and was stopped", limit),
			fmt.Sprintf("超过 %v 仍未结束，已停止", limit),
		}}
	}
	return asFailure(err)
}

func asFailure(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := err.(*Failure); ok {
		return f
	}
	return &Failure{What: Text{"the scenario failed", "实验失败"}, Err: err}
}
