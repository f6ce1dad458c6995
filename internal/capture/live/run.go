package live

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"tcptalk/internal/capture/pcapfile"
)

// Phase is how far a Run is.
type Phase uint8

// The phases.
const (
	Starting  Phase = iota // the program was started; nothing is captured yet
	Capturing              // packets are taken from now on
	Ended                  // there will be no more
)

// EndReason is why a capture ended without a problem.
type EndReason string

// The reasons.
const (
	EndAsked   EndReason = "asked"   // Stop was called
	EndPackets EndReason = "packets" // Limits.Packets
	EndBytes   EndReason = "bytes"   // Limits.Bytes
	EndTime    EndReason = "time"    // Limits.Duration
	EndItself  EndReason = "itself"  // the program ended in order
)

// NoticeKind is something that happened during a capture.
type NoticeKind string

// The notices.
const (
	// NoticeDropped: N packets were lost between the packets before Frame and Frame itself; at an unknown place if Frame is 0.
	NoticeDropped NoticeKind = "dropped"
	// NoticeClockBack: Frame is stamped N nanoseconds earlier than the packet before: the computer's clock was set back.
	NoticeClockBack NoticeKind = "clock-back"
	// NoticeWarning: Message is what the program said and that ends nothing.
	NoticeWarning NoticeKind = "warning"
	// NoticeDown: the interface Message went down, and the capture waits for it. NoticeUp: it came up again.
	NoticeDown NoticeKind = "down"
	NoticeUp   NoticeKind = "up"
	// NoticeInterface: one of several interfaces ended (Problem); the capture goes on with the others.
	NoticeInterface NoticeKind = "interface"
)

// Notice is something that happened during a capture, with its place.
type Notice struct {
	Kind NoticeKind
	// Frame counts all packets of the Run from 1, also those of files that a ring gave up.
	Frame   uint64
	N       uint64
	Message string
	Problem *Problem
}

// maxNotices bounds the notices that are remembered, so that a capture that drops all the time does not grow.
const maxNotices = 1000

// Counters say what the system counted, from the beginning of the capture.
type Counters struct {
	// Known says that the program tells its counts while it runs. dumpcap and tcpdump tell them at the end.
	Known bool
	// Received counts packets that passed the filter, with those of Dropped: the system had no room for them. IfDropped
	// were lost by the interface.
	Received, Dropped, IfDropped uint64
}

// State is how a Run stands.
type State struct {
	Phase Phase
	// Began is when the first moment of Capturing was, Finished when it ended.
	Began, Finished time.Time
	// Packets counts those that were kept, Bytes the files that are there.
	Packets uint64
	Bytes   int64
	Counters
	// Turned counts the files that a ring gave up. A capture opened before still has their packets, and their room on the
	// disk is free only when it is closed.
	Turned int
	// Problem is why the capture ended without being asked to, nil if it did not. End is why otherwise.
	Problem *Problem
	End     EndReason
	// Notices are in order; NoticesLeftOut counts those beyond the bound.
	Notices        []Notice
	NoticesLeftOut int
}

// Run is one capture. Its methods may be called from any goroutine.
type Run struct {
	spec  Spec
	name  string
	dir   *directory
	trail *trail
	cmd   *exec.Cmd
	stdin io.Closer // closing it ends our own helper and a far tcpdump; nil for others
	quit  chan struct{}
	done  chan struct{}

	stopOnce sync.Once
	messages *messages

	mu      sync.Mutex
	state   State
	changed chan struct{}
}

// Grace is how long a program that was asked to end may take before it is killed.
const grace = 3 * time.Second

// Start begins a capture into a private directory below base (see DefaultDir). It returns as soon as the program runs; whether
// it may capture shows in State, or in Ready. Errors are a *Problem.
func Start(base string, s Spec) (*Run, error) {
	if p := s.check(); p != nil {
		return nil, p
	}
	argv, err := s.command()
	if err != nil {
		return nil, err
	}
	dir, err := newDirectory(base, &s)
	if err != nil {
		return nil, writeProblem(err)
	}
	r := &Run{
		spec: s, name: s.Name(), dir: dir, trail: newTrail(true), quit: make(chan struct{}), done: make(chan struct{}),
		changed: make(chan struct{}),
	}
	k, err := newKeeper(r)
	if err != nil {
		return nil, errors.Join(writeProblem(err), r.trail.close(), dir.remove())
	}
	out, err := r.launch(argv)
	if err != nil {
		p := startOrEnd(err, "")
		if s.Remote != nil && p.Kind == NoTool {
			p.Kind = NoSSH
		}
		return nil, errors.Join(p, r.trail.close(), dir.remove())
	}
	go r.run(out, k)
	return r, nil
}

// command returns the program and its arguments.
func (s *Spec) command() ([]string, error) {
	switch {
	case s.Remote != nil:
		return s.Remote.argv(s), nil
	case s.Tool.Kind == Dumpcap:
		return append([]string{s.Tool.Path}, dumpcapArgs(s)...), nil
	}
	return append([]string{s.Tool.Path}, s.options("capture").Args()...), nil
}

// Name returns what is captured on, for people.
func (s *Spec) Name() string {
	name := strings.Join(s.Interfaces, ", ")
	if s.Remote != nil {
		name = s.Remote.Host + ": " + name
	}
	return name
}

// launch starts the program and returns its standard output.
func (r *Run) launch(argv []string) (*os.File, error) {
	out, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	widen(out)
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:gosec // a program that Tools found, or ssh
	cmd.Env = plainEnv()
	apart(cmd)
	r.messages = &messages{r: r, own: r.spec.Remote == nil && r.spec.Tool.Kind != Dumpcap}
	cmd.Stdout, cmd.Stderr = theirs, r.messages
	// A master of shared ssh connections keeps standard error open when ssh ends.
	cmd.WaitDelay = time.Second
	if far := r.spec.Remote; r.messages.own || far != nil && far.endsByInput() {
		if r.stdin, err = cmd.StdinPipe(); err != nil {
			return nil, errors.Join(err, out.Close(), theirs.Close())
		}
	}
	r.cmd = cmd
	if err := errors.Join(cmd.Start(), theirs.Close()); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

// run takes packets until the program ends.
func (r *Run) run(out *os.File, k *keeper) {
	ended := make(chan error, 1)
	go func() {
		err := r.cmd.Wait()
		// Whatever the program started may hold its standard output open.
		_ = out.SetReadDeadline(time.Now().Add(time.Second))
		ended <- err
	}()
	if d := r.spec.Limits.Duration; d > 0 {
		limit := time.AfterFunc(d, func() { r.stop(EndTime) })
		defer limit.Stop()
	}
	problem := k.takeAll(out)
	if problem != nil || k.full != "" {
		r.stop(k.full)
	}
	_, _ = io.Copy(io.Discard, out) // so that the program can end in order
	err := <-ended
	_ = out.Close()
	// Its last messages have the last counts, also of packets that were lost.
	if p := k.finish(); problem == nil {
		problem = p
	}
	r.conclude(problem, k.source, err)
	r.trail.end()
	close(r.done)
}

// conclude notes why the capture ended. kept is why packets could not be kept, source why reading them ended, err how the
// program ended.
func (r *Run) conclude(kept *Problem, source, err error) {
	own := r.why(source, err) // what it would mean if nobody had asked for the end
	r.update(func(s *State) {
		s.Phase, s.Finished = Ended, time.Now()
		switch {
		case kept != nil:
			s.Problem, s.End = kept, ""
		case s.End != "":
			// It was asked to: whatever it says about that is no problem.
		case own != nil:
			s.Problem = own
		default:
			s.End = EndItself
		}
	})
}

// why finds out why the program ended by itself, nil if it did so in order.
func (r *Run) why(source, err error) *Problem {
	text, failure := r.messages.all()
	var p *Problem
	var broken *pcapfile.Error
	switch {
	case failure != nil:
		return failure
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		p = startOrEnd(err, text)
	case errors.As(source, &broken) && broken.Kind == pcapfile.Truncated:
		p = &Problem{Kind: HelperKilled, Message: broken.Message(), Err: source}
	case source != nil && source != io.EOF:
		p = &Problem{Kind: Garbled, Message: source.Error(), Err: source}
	}
	if p != nil && r.spec.Remote != nil {
		r.spec.Remote.explain(p, err, r.State().Phase != Starting)
	}
	return p
}

// update changes the state and wakes whoever waits for that.
func (r *Run) update(f func(s *State)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.state)
	close(r.changed)
	r.changed = make(chan struct{})
}

// notice remembers something that happened.
func (r *Run) notice(n Notice) {
	r.update(func(s *State) {
		if len(s.Notices) >= maxNotices {
			s.NoticesLeftOut++
			return
		}
		s.Notices = append(s.Notices, n)
	})
}

// State returns how the capture stands.
func (r *Run) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	s.Notices = s.Notices[:len(s.Notices):len(s.Notices)]
	return s
}

// Changed returns a channel that is closed when State has changed: ask for the channel first, then for the state.
func (r *Run) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

// Done is closed when the capture has ended and everything is written.
func (r *Run) Done() <-chan struct{} { return r.done }

// Ready waits until packets are taken. It returns the Problem if it does not come to that.
func (r *Run) Ready(ctx context.Context) error {
	for {
		changed := r.Changed()
		switch s := r.State(); {
		case s.Phase == Ended && s.Problem != nil:
			return s.Problem
		case s.Phase != Starting:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Spec returns what is captured.
func (r *Run) Spec() Spec { return r.spec }

// Open opens the capture from its first packet that is kept on; reading it waits for more packets until the capture ends.
// Packets have the same numbers whenever it is opened: what a ring gave up counts (Info.Before). It can be opened several times.
// Close every File before the Run.
func (r *Run) Open() (*pcapfile.File, error) { return r.trail.open(r.name) }

// Save writes what is kept by now to path as a pcapng, which must not exist, or replaces it if over is set. The file is there
// whole or not at all.
func (r *Run) Save(path string, over bool) error {
	f, err := r.Open()
	if err != nil {
		return err
	}
	return errors.Join(save(f, path, over), f.Close())
}

// Stop ends the capture: packets that came before that are still taken. It does not wait.
func (r *Run) Stop() { r.stop(EndAsked) }

func (r *Run) stop(why EndReason) {
	r.stopOnce.Do(func() {
		r.update(func(s *State) {
			if s.Phase != Ended { // else it has a reason, or a problem
				s.End = why
			}
		})
		close(r.quit)
		if r.stdin != nil {
			_ = r.stdin.Close() // ends it, or it is gone already
		} else {
			_ = stopSignal(r.cmd.Process)
		}
		go func() {
			timer := time.NewTimer(grace)
			defer timer.Stop()
			select {
			case <-r.done:
			case <-timer.C:
				_ = r.cmd.Process.Kill()
			}
		}()
	})
}

// Leave ends the capture and leaves its files where they are: the next process finds them as a Leftover. It returns the
// directory.
func (r *Run) Leave() (dir string, err error) {
	r.Stop()
	<-r.done
	r.trail.mu.Lock()
	r.trail.removes = false
	r.trail.mu.Unlock()
	return r.dir.path, errors.Join(r.trail.close(), r.dir.lock.Close())
}

// Close ends the capture and removes what was not saved.
func (r *Run) Close() error {
	r.Stop()
	<-r.done
	return errors.Join(r.trail.close(), r.dir.remove())
}
