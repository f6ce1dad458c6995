package filter

import (
	"context"
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// Mode says how the text of a search is meant.
type Mode uint8

// The modes.
const (
	Text    Mode = iota // as it stands
	Hex                 // hexadecimal bytes
	Pattern             // a regular expression (RE2)
)

// maxPattern bounds the text of a search in bytes.
const maxPattern = 4 << 10

// Search looks for something in addresses, payload and decoded messages. It may be used by several goroutines at once.
type Search struct {
	text   string
	mode   Mode
	needle *needle
	lean   bool           // without hits
	re     *regexp.Regexp // nil if needle is enough; otherwise needle, if there is one, is in every match
	// prefix, if there is one, begins every match of re; at is re for a place where the prefix was found.
	prefix *needle
	at     *regexp.Regexp
}

// ParseSearch makes a Search. exact makes the case of letters count; bytes are always exact. An error is an *Error.
func ParseSearch(text string, mode Mode, exact bool) (*Search, error) {
	s, err := parseSearch(text, mode, exact)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func parseSearch(text string, mode Mode, exact bool) (*Search, *Error) {
	s := &Search{text: text, mode: mode}
	fail := func(p narrate.FilterProblem, f narrate.FilterFacts) (*Search, *Error) {
		return nil, problem(text, 0, len(text), p, f)
	}
	switch {
	case len(text) > maxPattern:
		return fail(narrate.FilterTooLong, narrate.FilterFacts{Other: narrate.Count(maxPattern)})
	case text == "":
		return fail(narrate.FilterEmpty, narrate.FilterFacts{})
	case mode == Hex:
		b, ok := parseHex(strings.Join(strings.Fields(text), " "))
		if !ok || len(b) == 0 {
			return fail(narrate.FilterBadHex, narrate.FilterFacts{})
		}
		s.needle = newNeedle(b, false)
	case mode == Text && (exact || !foldsWide(text)):
		s.needle = newNeedle([]byte(text), !exact)
	default:
		if mode == Text {
			text = regexp.QuoteMeta(text)
		}
		flags := "(?m:"
		if !exact {
			flags = "(?mi:"
		}
		re, err := regexp.Compile(flags + text + ")")
		if err != nil {
			return fail(narrate.FilterBadRegexp, narrate.FilterFacts{Text: patternFault(err)})
		}
		s.re, s.needle = re, required(flags+text+")")
		s.prefix, s.at = prefixed(flags + text + ")")
	}
	return s, nil
}

// patternFault is what the engine says of a bad expression, without its own introduction.
func patternFault(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return string(e.Code) + ": " + e.Expr
	}
	return err.Error()
}

// foldsWide reports that s has letters outside ASCII that have a case.
func foldsWide(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII && unicode.SimpleFold(r) != r }) >= 0
}

// String returns the text that is searched for.
func (s *Search) String() string { return s.text }

// WithoutHits returns the same search as one whose results have no Hits, but every packet in which a match begins. That takes
// little memory however much is found.
func (s *Search) WithoutHits() *Search {
	lean := *s
	lean.lean = true
	return &lean
}

func (s *Search) scanner() scanner {
	if s.re != nil {
		return &patternScanner{s: s}
	}
	return &literalScanner{n: s.needle}
}

// Where says in what a search found something.
type Where uint8

// The places.
const (
	InAddress Where = iota // the addresses and ports of the connection
	InPayload              // what was sent, as it was sent
	InHeader               // a header field that is compressed on the wire (HTTP/2)
	InBody                 // a body that was chunked or compressed
	InMessage              // a message that was masked, compressed or cut into frames (WebSocket)
	NumWhere  = iota
)

// Hit is one place where a search found something.
type Hit struct {
	Where Where
	// Packet is the index of the packet in the connection's View in which the match begins or, for what is not in the payload
	// as it stands, of the one in which it was complete; -1 for an address.
	Packet int
	Dir    flow.Direction
	// Start and End are the range [Start, End) in the stream of Dir; for what is not in the payload, in the body or message.
	Start, End int64
	// Excerpt are some bytes around the match, which is Excerpt[From:To].
	Excerpt  []byte
	From, To int
}

const (
	// maxHits is how many places of a connection are kept; the others are counted.
	maxHits = 1000
	// excerptSide is how many bytes are kept before and behind a match, excerptMatch how many of the match itself.
	excerptSide  = 40
	excerptMatch = 200
)

// Find searches what the session has read so far. Results come as those of Filter.Packets do.
func (s *Search) Find(ctx context.Context, sess *session.Session, progress Progress, yield func(Result) bool) error {
	x := sess.Index()
	q := newQueue(x)
	replay := session.Replay{
		Pick: func(stream int, c *tcp.Connection) session.Player {
			p := newSearchPlayer(s, sess, q, stream, c)
			if noPayload(c) {
				p.deliver()
				return nil
			}
			return p
		},
		Step: q.step(progress, yield),
	}
	return q.finish(ctx, replay.Run(ctx, x), yield)
}

// sortResults brings results into the order of their connections.
func sortResults(list []Result) {
	slices.SortFunc(list, func(a, b Result) int { return a.Stream - b.Stream })
}

// inAddresses looks at the ends of a connection.
func (s *Search) inAddresses(c *tcp.Connection, f found) {
	if s.mode == Hex {
		return
	}
	b := c.Server.AppendTo(append(c.Client.AppendTo(nil), ' '))
	sc := s.scanner()
	sc.feed(b, f)
	sc.end(f)
}
