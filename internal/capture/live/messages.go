package live

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"tcptalk/internal/capture/helper"
)

// messages is a program's standard error. Our own helper speaks in lines of JSON; of dumpcap, tcpdump and ssh the last
// words are kept, and the counts taken out of them.
type messages struct {
	r   *Run
	own bool

	mu      sync.Mutex
	partial []byte
	tail    tail
	failure *Problem
	counts  map[string]helper.Line // the latest of each interface
}

// maxLine bounds a line: nobody sends longer ones but a program gone wild, or another computer.
const maxLine = 64 << 10

func (m *messages) Write(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(b)
	for len(b) > 0 {
		line, rest, found := bytes.Cut(b, []byte{'\n'})
		m.partial = append(m.partial, line[:min(len(line), max(0, maxLine-len(m.partial)))]...)
		b = rest
		if found {
			m.line(m.partial)
			m.partial = m.partial[:0]
		}
	}
	return n, nil
}

// line takes one line in. The caller holds mu.
func (m *messages) line(b []byte) {
	l, ok := helper.ParseLine(b)
	if !m.own || !ok {
		_, _ = m.tail.Write(append(bytes.Clone(b), '\n')) // cannot fail
		m.counted(string(b))
		return
	}
	switch l.Type {
	case helper.Ready:
		m.r.begin()
	case helper.Stats, helper.End:
		m.count(l)
	case helper.Warning:
		m.r.notice(warning(&l))
	case helper.Failure:
		p := problemOf(&l)
		if m.failure == nil {
			m.failure = p
		}
		if len(m.r.spec.Interfaces) > 1 && l.Interface != "" {
			m.r.notice(Notice{Kind: NoticeInterface, Message: l.Message, Problem: p})
		}
	case helper.OK:
	}
}

// warning returns what a warning of the helper is.
func warning(l *helper.Line) Notice {
	switch l.Reason {
	case helper.ReasonInterfaceDown:
		return Notice{Kind: NoticeDown, Message: l.Interface}
	case helper.ReasonInterfaceUp:
		return Notice{Kind: NoticeUp, Message: l.Interface}
	default:
		return Notice{Kind: NoticeWarning, Message: l.Message}
	}
}

// count takes over an interface's counts.
func (m *messages) count(l helper.Line) {
	if m.counts == nil {
		m.counts = map[string]helper.Line{}
	}
	if _, known := m.counts[l.Interface]; !known && len(m.counts) >= len(m.r.spec.Interfaces) {
		return
	}
	m.counts[l.Interface] = l
	c := Counters{Known: true}
	for _, l := range m.counts {
		c.Received, c.Dropped, c.IfDropped = c.Received+l.Received, c.Dropped+l.Dropped, c.IfDropped+l.IfDropped
	}
	m.r.update(func(s *State) { s.Counters = c })
}

// What tcpdump and dumpcap say at the end.
var (
	tcpdumpCount = regexp.MustCompile(`^(\d+) packets? (received by filter|dropped by kernel|dropped by interface)$`)
	dumpcapCount = regexp.MustCompile(`^Packets received/dropped on interface .*: (\d+)/(\d+) \(`)
)

// counted takes over counts that another program tells.
func (m *messages) counted(line string) {
	line = strings.TrimSpace(line)
	if f := tcpdumpCount.FindStringSubmatch(line); f != nil {
		n, _ := strconv.ParseUint(f[1], 10, 64) // 0 if it is beyond all measure
		m.r.update(func(s *State) {
			switch f[2] {
			case "received by filter":
				s.Received = n
			case "dropped by kernel":
				s.Dropped = n
			default:
				s.IfDropped = n
			}
		})
	}
	if f := dumpcapCount.FindStringSubmatch(line); f != nil {
		received, _ := strconv.ParseUint(f[1], 10, 64)
		dropped, _ := strconv.ParseUint(f[2], 10, 64)
		// dumpcap counts what it received without what was dropped.
		m.r.update(func(s *State) { s.Received, s.Dropped = s.Received+received+dropped, s.Dropped+dropped })
	}
}

// all returns what the program said last, and the failure it named.
func (m *messages) all() (string, *Problem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tail.String() + strings.ToValidUTF8(string(m.partial), "\uFFFD"), m.failure
}
