package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
)

// liveFlags say what to capture while it is read.
type liveFlags struct {
	Live      bool          `help:"Capture now, and print what comes as it comes, until Ctrl-C. The argument is then a capture filter such as 'port 8000'; without --interface and --ssh it is a pipe or - to follow."`
	Interface []string      `short:"i" sep:"none" placeholder:"NAME" help:"With --live: interface to capture on, such as lo; may be repeated."`
	SSH       string        `name:"ssh" placeholder:"[USER@]HOST[:PORT]" help:"With --live: capture on another computer, with its tcpdump, through your ssh."`
	Sudo      bool          `help:"With --ssh: run tcpdump through \"sudo -n\" there."`
	SnapLen   int           `placeholder:"BYTES" help:"With --live: keep this many bytes of each packet."`
	Count     uint64        `placeholder:"N" help:"With --live: stop after N packets."`
	For       time.Duration `placeholder:"TIME" help:"With --live: stop after this long, such as 30s or 5m."`
	MaxSize   int64         `placeholder:"MB" help:"With --live: stop before more than this many megabytes are written."`
	Save      string        `placeholder:"FILE" help:"With --live: save what was captured as a pcapng in the end."`
}

// given says that one of the flags that need --live was used.
func (c *liveFlags) given() bool {
	return len(c.Interface) > 0 || c.SSH != "" || c.Sudo || c.SnapLen != 0 || c.Count != 0 || c.For != 0 || c.MaxSize != 0 || c.Save != ""
}

// needsFile says what is missing without --live.
func (c *liveFlags) needsFile(file string) error {
	switch {
	case c.given():
		return errors.New(errNotLive)
	case file == "":
		return errors.New(noCapture())
	}
	return nil
}

// growing is a session over a capture that is still coming in.
type growing struct {
	*session.Session
	run *live.Run // nil for a pipe
	// over has the end of the session's Run.
	over chan error
	// stop asks the capture to end; it may be called again and again.
	stop func()
}

// begin starts to capture, or to follow a pipe. observe may be nil.
func (c *liveFlags) begin(ctx context.Context, e *env, d *decodeFlags, arg string, observe func(*session.Observation)) (*growing, error) {
	rules, err := d.rules()
	if err != nil {
		return nil, err
	}
	g := &growing{over: make(chan error, 1)}
	if len(c.Interface) == 0 && c.SSH == "" {
		if arg == "" || c.given() {
			return nil, errors.New(errNoInterface)
		}
		g.Session, err = open(e, arg)
	} else {
		err = g.capture(ctx, c, arg)
	}
	if err != nil {
		return nil, err
	}
	g.SetDecodeAs(rules)
	g.Observe(observe)
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	g.stop = cancel
	if g.run != nil {
		g.stop = g.run.Stop // what has come by then is still read
	}
	go func() {
		defer cancel()
		g.over <- g.Run(running)
	}()
	return g, nil
}

// capture starts a capture and a session on it.
func (g *growing) capture(ctx context.Context, c *liveFlags, filter string) error {
	if _, err := os.Lstat(c.Save); c.Save != "" && !errors.Is(err, fs.ErrNotExist) {
		return errors.New(savedAlready(c.Save))
	}
	spec, err := c.spec(ctx, filter)
	if err != nil {
		return err
	}
	base, err := live.DefaultDir()
	if err != nil {
		return err
	}
	run, err := live.Start(base, spec)
	if err != nil {
		return err
	}
	if err := run.Ready(ctx); err != nil {
		return errors.Join(helpless(ctx, err), run.Close())
	}
	f, err := run.Open()
	if err != nil {
		return errors.Join(err, run.Close())
	}
	g.run, g.Session = run, session.New(f)
	return nil
}

// spec makes a request of the flags.
func (c *liveFlags) spec(ctx context.Context, filter string) (live.Spec, error) {
	s := live.Spec{
		Interfaces: c.Interface, Filter: filter, SnapLen: c.SnapLen,
		Limits: live.Limits{Packets: c.Count, Bytes: c.MaxSize * 1_000_000, Duration: c.For},
	}
	if c.SSH != "" {
		var err error
		s.Remote, err = parseRemote(c.SSH, c.Sudo)
		return s, err
	}
	d, err := live.Examine(ctx)
	if err != nil {
		return s, err
	}
	if !d.Ready() {
		return s, errors.New(cannotCapture(&d))
	}
	s.Tool = d.Tool
	return s, nil
}

// parseRemote reads [USER@]HOST[:PORT]; an IPv6 address with a port is in brackets.
func parseRemote(text string, sudo bool) (*live.Remote, error) {
	r := &live.Remote{Host: text, Sudo: sudo}
	if user, host, ok := strings.Cut(r.Host, "@"); ok {
		r.User, r.Host = user, host
	}
	host, port := r.Host, ""
	if in, after, ok := strings.Cut(strings.TrimPrefix(r.Host, "["), "]"); ok && strings.HasPrefix(r.Host, "[") {
		host, port = in, strings.TrimPrefix(after, ":")
	} else if h, p, ok := strings.Cut(r.Host, ":"); ok && !strings.Contains(p, ":") {
		host, port = h, p
	}
	r.Host = host
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return nil, errors.New(badRemote(text))
		}
		r.Port = int(n)
	}
	return r, nil
}

// helpless adds to a problem what to do about it.
func helpless(ctx context.Context, err error) error {
	var p *live.Problem
	if !errors.As(err, &p) || p.Kind != live.NoPermission {
		return err
	}
	if d, e := live.Examine(ctx); e == nil && !d.Ready() {
		return errors.New(cannotCapture(&d))
	}
	return err
}

// end closes the session and the capture, after saving it if that was asked for, and returns why the capture ended.
func (c *liveFlags) end(ctx context.Context, e *env, g *growing, damage error) error {
	if g.run == nil {
		if ctx.Err() != nil && errors.Is(damage, context.Canceled) {
			damage = nil // Ctrl-C is how a pipe that is followed ends
		}
		return errors.Join(damage, g.Close())
	}
	<-g.run.Done()
	state := g.run.State()
	errs := []error{damage}
	if state.Problem != nil {
		errs = append(errs, state.Problem)
	}
	e.tell(liveSum(&state, g.Session))
	if c.Save != "" {
		if err := g.run.Save(c.Save, false); err != nil {
			dir, left := g.run.Leave()
			return errors.Join(append(errs, errors.New(notSaved(c.Save, dir, err)), g.Close(), left)...)
		}
	}
	return errors.Join(append(errs, g.Close(), g.run.Close())...)
}

const (
	// talkLimit is how long a connection may be for its messages to be read again whenever it grows.
	talkLimit = 4000
	// gather is how long rows wait for others, so that a busy capture is not read again for every packet.
	gather = 20 * time.Millisecond
)

// liveChat prints rows as they come.
type liveChat struct {
	t     *terminal
	g     *growing
	shown map[int]int // packets printed, by connection
	ended map[int]bool
	last  int // the connection printed last, -1 for none
	drops int // places printed
}

// showLive prints what comes until the capture ends.
func (c *showCmd) showLive(ctx context.Context, e *env) error {
	t, err := newTerminal(e, &c.chatFlags)
	if err != nil {
		return err
	}
	g, err := c.begin(ctx, e, &c.decodeFlags, c.File, nil)
	if err != nil {
		return err
	}
	l := &liveChat{t: t, g: g, shown: map[int]int{}, ended: map[int]bool{}, last: -1}
	damage, err := l.follow(ctx)
	if err != nil {
		g.stop()
		damage = errors.Join(err, damage)
	}
	return c.end(ctx, e, g, damage)
}

// follow prints until the session is over, and returns why that ended. err is why it could not print.
func (l *liveChat) follow(ctx context.Context) (damage, err error) {
	done := ctx.Done()
	for {
		changed := l.g.Changed()
		began := time.Now()
		if err := l.round(context.WithoutCancel(ctx)); err != nil {
			l.g.stop()
			return <-l.g.over, err
		}
		// Reading a connection again for a few packets more must not take most of the time.
		pause := time.NewTimer(max(gather, 2*time.Since(began)))
		for waiting := true; waiting; {
			select {
			case damage = <-l.g.over:
				pause.Stop()
				return damage, l.round(context.WithoutCancel(ctx))
			case <-done:
				l.g.stop()
				done = nil
			case <-pause.C:
				waiting = false
			}
		}
		select {
		case damage = <-l.g.over:
			return damage, l.round(context.WithoutCancel(ctx))
		case <-done:
			l.g.stop()
			done = nil
		case <-changed:
		}
	}
}

// round prints what is new.
func (l *liveChat) round(ctx context.Context) error {
	for drops := l.g.Drops(); l.drops < len(drops); l.drops++ {
		l.t.centred(fmt.Sprintf(chatWords.dropped.In(l.t.lang), drops[l.drops].Count, drops[l.drops].Frame), l.t.dim)
	}
	var grown []int
	l.g.EachConnection(0, func(c *tcp.Connection) bool {
		if n := int(c.Packets[0]) + int(c.Packets[1]); n > l.shown[int(c.Stream)] {
			grown = append(grown, int(c.Stream))
		}
		return true
	})
	for _, stream := range grown {
		if err := l.connection(ctx, stream); err != nil {
			return err
		}
	}
	return l.t.flush()
}

// connection prints the rows of a connection that are new.
func (l *liveChat) connection(ctx context.Context, stream int) error {
	v, err := l.g.View(stream)
	if err != nil {
		return err
	}
	var talk *session.Conversation
	if v.Len() <= talkLimit {
		if talk, err = l.g.Conversation(ctx, v); err != nil {
			return err
		}
	}
	o := timeline.DefaultOptions()
	o.Lang, o.FoldRuns, o.Growing = l.t.lang, false, true
	chat := timeline.NewChat(v, talk, o, nil)
	if stream != l.last {
		l.last = stream
		l.t.line("")
		l.t.centred(fmt.Sprintf("● %d: %v → %v ■", stream, v.Conn.Client, v.Conn.Server), func(s string) string { return l.t.paint(ansiBold, s) })
	}
	var row timeline.Row
	first := 0
	if shown := l.shown[stream]; shown > 0 {
		first = chat.RowOf(shown-1) + 1
	}
	for i := first; i < chat.Len(); i++ {
		chat.Row(i, &row)
		if row.Kind == timeline.Closing && l.ended[stream] {
			continue
		}
		l.ended[stream] = l.ended[stream] || row.Kind == timeline.Closing
		l.t.row(chat, &row)
	}
	l.shown[stream] = v.Len()
	return l.t.err
}

// liveNDJSON prints a packet record for every segment as it comes, and the rest in the end.
func (c *analyzeCmd) liveNDJSON(ctx context.Context, e *env) error {
	j := newJSONLines(e.stdout, jsonBuffer)
	streams := newFollowers()
	var failed error
	quiet := make(chan struct{}, 1)
	quiet <- struct{}{} // whoever has it may use j
	g, err := c.begin(ctx, e, &c.decodeFlags, c.File, func(o *session.Observation) {
		<-quiet
		if failed == nil {
			failed = j.segment(o)
		}
		streams.add(o)
		quiet <- struct{}{}
	})
	if err != nil {
		return errors.Join(j.damage(err), err)
	}
	damage := flushing(ctx, g, func() error {
		<-quiet
		if failed == nil {
			failed = j.w.Flush()
		}
		quiet <- struct{}{}
		return failed
	})
	if failed == nil {
		failed = c.rest(context.WithoutCancel(ctx), j, g.Session, streams)
	}
	if failed == nil {
		failed = j.w.Flush()
	}
	return errors.Join(failed, c.end(ctx, e, g, damage))
}

// flushing calls flush whenever the session has grown, until it is over, and returns why it ended.
func flushing(ctx context.Context, g *growing, flush func() error) error {
	done := ctx.Done()
	for {
		changed := g.Changed()
		if flush() != nil {
			g.stop()
			done = nil
		}
		select {
		case damage := <-g.over:
			return damage
		case <-done:
			g.stop()
			done = nil
		case <-changed:
		}
	}
}
