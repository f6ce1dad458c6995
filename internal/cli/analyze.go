package cli

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// analyzeCmd prints what a capture holds.
type analyzeCmd struct {
	File     string `arg:"" optional:"" help:"Capture file, - for standard input. With --live a capture filter."`
	Format   string `enum:"text,ndjson" default:"text" help:"text: connections and totals; ndjson: every segment, connection and message as JSON."`
	Summary  bool   `help:"Connections and totals as text (the default)."`
	Evidence bool   `help:"Also say why each packet has its labels, what else can be proven of it, and how each connection ended."`

	liveFlags   `embed:""`
	decodeFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *analyzeCmd) Help() string { return helpAnalyze }

func (c *analyzeCmd) run(ctx context.Context, e *env) (err error) {
	if c.Live {
		if c.Format != "ndjson" || c.Summary {
			return errors.New(errLiveText)
		}
		return c.liveNDJSON(ctx, e)
	}
	if err := c.needsFile(c.File); err != nil {
		return err
	}
	if c.Format == "ndjson" && !c.Summary {
		return c.ndjson(ctx, e)
	}
	s, damage, err := c.load(ctx, e, c.File)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if err := summary(ctx, e, s); err != nil {
		return err
	}
	if c.Evidence {
		if err := printEvidence(ctx, e, s); err != nil {
			return err
		}
	}
	return damage
}

// ndjson prints the records of the contract: packets while the capture is read, the rest afterwards.
func (c *analyzeCmd) ndjson(ctx context.Context, e *env) (err error) {
	j := newJSONLines(e.stdout, jsonBuffer)
	defer func() {
		if e := j.w.Flush(); err == nil {
			err = e
		}
	}()
	s, err := c.open(e, c.File)
	if err != nil {
		return errors.Join(j.damage(err), err)
	}
	defer closing(s, &err)
	streams := newFollowers()
	var failed error
	s.Observe(func(o *session.Observation) {
		if failed == nil {
			failed = j.segment(o)
		}
		streams.add(o)
	})
	damage := s.Run(ctx)
	if failed != nil || errors.Is(damage, context.Canceled) {
		return errors.Join(failed, damage)
	}
	return errors.Join(c.rest(ctx, j, s, streams), j.damage(damage), damage)
}

// rest prints what is known of a capture when it has been read.
func (c *analyzeCmd) rest(ctx context.Context, j *jsonLines, s *session.Session, streams *followers) error {
	if err := j.connections(s, streams); err != nil {
		return err
	}
	if err := j.messages(ctx, s); err != nil {
		return err
	}
	if err := j.datagrams(ctx, s); err != nil {
		return err
	}
	if c.Evidence {
		if err := j.evidence(ctx, s); err != nil {
			return err
		}
	}
	return j.unknownLinks(s.Counts())
}

// damage writes the error record of the contract.
func (j *jsonLines) damage(err error) error {
	var d *pcapfile.Error
	if !errors.As(err, &d) {
		return nil
	}
	status := d.Kind.String()
	if d.Kind == pcapfile.Failed {
		status = "truncated"
	}
	j.begin("error")
	j.str("status", status)
	j.num("frame", int64(d.Frame))
	j.str("message", d.Message())
	return j.end()
}

func (j *jsonLines) unknownLinks(c session.Counts) error {
	for _, link := range sortedLinks(&c) {
		j.begin("error")
		j.str("status", "unsupported")
		j.num("frame", int64(c.Frames))
		j.str("message", unknownLink(link, c.UnknownLinks[link]))
		if err := j.end(); err != nil {
			return err
		}
	}
	return nil
}

// sortedLinks returns the link types that nothing could decode, in order, so that every run prints the same.
func sortedLinks(c *session.Counts) []capture.LinkType {
	return slices.Sorted(maps.Keys(c.UnknownLinks))
}

// connections writes a stream record for every connection that has a packet.
func (j *jsonLines) connections(s *session.Session, streams *followers) (err error) {
	s.EachConnection(0, func(c *tcp.Connection) bool {
		if c.Packets == [2]uint32{} {
			return true
		}
		node := [2]string{"client", "server"}
		ends := [2]netip.AddrPort{c.Client, c.Server}
		first := c.FirstFrom
		j.begin("stream")
		j.num("stream", int64(c.Stream))
		j.endpoint("client", ends[first])
		j.endpoint("server", ends[first.Reverse()])
		j.num("packets", int64(c.Packets[0])+int64(c.Packets[1]))
		j.num("bytes", int64(c.Bytes[0]+c.Bytes[1]))
		j.num("completeness", int64(c.Completeness))
		j.durationIf("initial_rtt", max(c.InitialRTT, 0))
		for i, d := range [2]flow.Direction{first, first.Reverse()} {
			sum, length := streams.sum(c.Stream, d)
			j.str(node[i]+"_bytes_sha256", sum)
			j.num(node[i]+"_len", length)
		}
		err = j.end()
		return err == nil
	})
	return err
}

// summary prints the connections and totals.
func summary(ctx context.Context, e *env, s *session.Session) error {
	c := s.Counts()
	p := printer{w: newBufferedWriter(e.stdout)}
	if c.Streams == 0 {
		return noConnections(e, s)
	}
	p.line("%s", captureFacts(s, &c))
	p.line("%s", connectionFacts(&c))
	for _, link := range sortedLinks(&c) {
		p.line("%s", unknownLink(link, c.UnknownLinks[link]))
	}
	for _, l := range trustLines(narrate.English, s) {
		p.line("%s", l)
	}
	p.line("")
	p.line("%6s  %-47s %-47s %9s %10s %10s  %s", listHeads...)
	if p.err == nil {
		p.err = inRuns(ctx, p.w, s.Streams(), func(_ context.Context, from, to int, out *bytes.Buffer) error {
			listConnections(s, from, to, out)
			return nil
		})
	}
	var totals [tcp.NumEndings]int
	var again, rttCount uint64
	eachListed(s, 0, s.Streams(), func(c *tcp.Connection) {
		totals[c.Ending]++
		again += uint64(c.Retransmissions[0]) + uint64(c.Retransmissions[1])
		rttCount += uint64(c.RTTCount[0]) + uint64(c.RTTCount[1])
	})
	p.line("")
	for ending, n := range totals {
		if n > 0 {
			p.line("%9s  %s", narrate.Count(uint64(n)), narrate.EndingName(narrate.English, tcp.Ending(ending)))
		}
	}
	p.line("%9s  %s", narrate.Count(again), nameRetransmissions)
	p.line("%9s  %s", narrate.Count(rttCount), nameRoundTrips)
	listOthers(&p, s)
	return p.flush()
}

// eachListed calls f for the connections from from on, up to to, that have a packet of their own.
func eachListed(s *session.Session, from, to int, f func(c *tcp.Connection)) {
	s.EachConnection(from, func(c *tcp.Connection) bool {
		if int(c.Stream) < to && c.Packets != [2]uint32{} {
			f(c)
		}
		return int(c.Stream)+1 < to
	})
}

// listConnections writes the rows of the connections from from on, up to to.
func listConnections(s *session.Session, from, to int, out *bytes.Buffer) {
	const usual = 256 // bytes of a row
	eachListed(s, from, to, func(c *tcp.Connection) {
		out.Grow(usual)
		out.Write(appendConnection(out.AvailableBuffer(), c))
	})
}
