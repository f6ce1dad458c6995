package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"tcptalk/internal/export"
	"tcptalk/internal/filter"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/all"
	"tcptalk/internal/session"
)

// decodeFlags say what protocols connections speak, where their first bytes do not tell.
type decodeFlags struct {
	DecodeAs []string `short:"d" sep:"none" placeholder:"RULE" help:"Read connections as a protocol: PORT=PROTOCOL, or tcp.port==PORT,PROTOCOL as in tshark, or tcp.stream==N,PROTOCOL. May be repeated; the first that fits counts."`
}

// tsharkNames are the names of protocols that tshark calls otherwise.
var tsharkNames = map[string]string{"resp": "redis", "pgsql": "postgres", "ssl": "tls"}

// rules reads the flags.
func (d *decodeFlags) rules() ([]session.DecodeAs, error) {
	var rules []session.DecodeAs
	for _, text := range d.DecodeAs {
		r, err := decodeRule(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// decodeRule reads one rule.
func decodeRule(text string) (session.DecodeAs, error) {
	r := session.DecodeAs{Stream: -1}
	const byPort, byStream = "tcp.port", "tcp.stream"
	layer := byPort
	value, protocol, found := strings.Cut(text, "=")
	if selector, name, tshark := strings.Cut(text, ","); tshark {
		protocol = name
		layer, value, found = strings.Cut(selector, "==")
	}
	layer, value, protocol = strings.TrimSpace(layer), strings.TrimSpace(value), strings.ToLower(strings.TrimSpace(protocol))
	if !found || layer != byPort && layer != byStream {
		return r, errors.New(badDecodeAs(text))
	}
	r.Protocol = protocol
	if name, ok := tsharkNames[protocol]; ok {
		r.Protocol = name
	}
	if known := all.Names(); !slices.Contains(known, r.Protocol) {
		return r, errors.New(unknownProtocol(protocol, known))
	}
	bits := 31
	if layer == byPort {
		bits = 16
	}
	n, err := strconv.ParseUint(value, 10, bits)
	if err != nil || layer == byPort && n == 0 {
		return r, errors.New(badDecodeAs(text))
	}
	if layer == byPort {
		r.Port = uint16(n)
	} else {
		r.Stream = int(n)
	}
	return r, nil
}

// open is open with the rules of the flags.
func (d *decodeFlags) open(e *env, name string) (*session.Session, error) {
	rules, err := d.rules()
	if err != nil {
		return nil, err
	}
	s, err := open(e, name)
	if err == nil {
		s.SetDecodeAs(rules)
	}
	return s, err
}

// load opens a capture and reads it. Damage does not keep it from being used: it is returned beside the session. err means
// that there is nothing to use.
func (d *decodeFlags) load(ctx context.Context, e *env, name string) (s *session.Session, damage, err error) {
	s, err = d.open(e, name)
	if err != nil {
		return nil, nil, err
	}
	return read(ctx, s)
}

// chooseFlags are those of every export.
type chooseFlags struct {
	decodeFlags `embed:""`
	Filter      string `placeholder:"EXPR" help:"Only what belongs to packets that match a display filter (see \"tcptalk find --help\")."`
}

// load is that of decodeFlags. choice is what the filter matches, nil if there is none. If no packet does there is nothing to
// export: err says so, or what is wrong with the capture. whole says that messages will be decoded with their content.
func (c *chooseFlags) load(ctx context.Context, e *env, name string, whole bool) (s *session.Session, choice *export.Choice, damage, err error) {
	var f *filter.Filter
	if c.Filter != "" {
		if f, err = filter.Parse(c.Filter); err != nil {
			return nil, nil, nil, misplaced(err, c.Filter, narrate.English)
		}
	}
	if s, damage, err = c.decodeFlags.load(ctx, e, name); err != nil || f == nil {
		return s, nil, damage, err
	}
	frames, err := matching(ctx, e, s, f)
	if err == nil && frames.Len() == 0 {
		if err = damage; err == nil {
			err = errNothingFound
		}
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, s.Close())
	}
	return s, &export.Choice{Frames: frames, Concerns: f.Concerning(s, whole)}, damage, nil
}

// matching returns the packets that match a filter.
func matching(ctx context.Context, e *env, s *session.Session, f *filter.Filter) (*export.Frames, error) {
	frames := export.NewFrames(s)
	step, end := e.progress()
	defer end()
	var progress filter.Progress
	if step != nil {
		const mega = 1 << 20 // an int need not hold the bytes of a capture
		progress = func(done, total int64) { step(int(done/mega), int(max(total/mega, 1))) }
	}
	var failed error
	err := f.Packets(ctx, s, progress, func(r filter.Result) bool {
		v, err := s.View(r.Stream)
		if err != nil {
			failed = err
			return false
		}
		for _, i := range r.Packets {
			frames.Add(v.At(int(i)).Frame)
		}
		return true
	})
	return frames, errors.Join(failed, err)
}
