package cli

import (
	"bufio"
	"io"
	"net/netip"
	"strconv"
	"time"
	"unicode/utf8"

	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// jsonLines writes one JSON object a line, appending to a reused buffer: millions of packets go through here.
type jsonLines struct {
	w *bufio.Writer
	b []byte
	// names caches the JSON list of each label set met.
	names map[tcp.Labels][]byte
}

// jsonBuffer is how many bytes are written at once, for a stream of millions of records.
const jsonBuffer = 1 << 18

func newJSONLines(w io.Writer, buffer int) *jsonLines {
	return &jsonLines{w: bufio.NewWriterSize(w, buffer), names: map[tcp.Labels][]byte{}}
}

// begin starts an object of the given type; end writes it.
func (j *jsonLines) begin(kind string) {
	j.b = append(append(append(j.b[:0], `{"type":"`...), kind...), '"')
}

func (j *jsonLines) end() error {
	j.b = append(j.b, '}', '\n')
	_, err := j.w.Write(j.b)
	return err
}

func (j *jsonLines) key(k string) {
	j.b = append(append(append(j.b, ',', '"'), k...), '"', ':')
}

func (j *jsonLines) num(k string, v int64) {
	j.key(k)
	j.b = strconv.AppendInt(j.b, v, 10)
}

// numIf writes a number unless it is zero.
func (j *jsonLines) numIf(k string, v uint32) {
	if v != 0 {
		j.num(k, int64(v))
	}
}

func (j *jsonLines) bool(k string, v bool) {
	j.key(k)
	j.b = strconv.AppendBool(j.b, v)
}

// str writes a string, with every byte that is not UTF-8 replaced by U+FFFD.
func (j *jsonLines) str(k, v string) {
	j.key(k)
	j.b = appendJSONString(j.b, v)
}

// time writes nanoseconds as a string of seconds with nine decimals.
func (j *jsonLines) time(k string, ns int64) {
	j.key(k)
	j.b = append(appendSeconds(append(j.b, '"'), ns), '"')
}

// durationIf writes a duration unless it is zero.
func (j *jsonLines) durationIf(k string, d time.Duration) {
	if d != 0 {
		j.time(k, int64(d))
	}
}

func (j *jsonLines) addr(k string, a netip.Addr) {
	j.key(k)
	j.b = append(a.AppendTo(append(j.b, '"')), '"')
}

// endpoint writes ip:port, [ip]:port for IPv6.
func (j *jsonLines) endpoint(k string, a netip.AddrPort) {
	j.key(k)
	j.b = append(a.AppendTo(append(j.b, '"')), '"')
}

// appendSeconds writes ns as seconds with nine decimals.
func appendSeconds(b []byte, ns int64) []byte {
	u := uint64(ns)
	if ns < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendUint(b, u/1e9, 10)
	b = append(b, ".000000000"...)
	for i, frac := len(b)-1, uint32(u%1e9); frac > 0; i, frac = i-1, frac/10 {
		b[i] = byte('0' + frac%10)
	}
	return b
}

const hexDigits = "0123456789abcdef"

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
			i++
		case c < 0x20 || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			i++
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r) // RuneError is U+FFFD
			i += n
		}
	}
	return append(b, '"')
}

// segment writes the packet record of one segment.
func (j *jsonLines) segment(o *session.Observation) error {
	s, a := o.Segment, o.Analysis
	j.begin("packet")
	j.num("frame", int64(s.Frame))
	j.time("time", s.Time)
	j.num("stream", int64(a.Stream))
	j.addr("src", s.Src.Addr())
	j.num("sport", int64(s.Src.Port()))
	j.addr("dst", s.Dst.Addr())
	j.num("dport", int64(s.Dst.Port()))
	j.key("flags")
	j.b = append(s.Flags.AppendLetters(append(j.b, '"'), packet.FlagLetters), '"')
	j.num("seq", int64(a.Seq))
	j.num("ack", int64(a.Ack))
	if s.HasLen {
		j.num("len", int64(s.Len))
		j.num("nextseq", int64(a.NextSeq))
	}
	j.num("win", int64(a.Window))
	j.key("analysis")
	j.b = append(j.b, j.labels(a)...)
	if !s.Flags.Has(packet.SYN) && !a.Partial {
		j.num("wscale", int64(a.WindowScale))
	}
	if !a.Hidden {
		j.measures(a)
	}
	j.time("time_relative", int64(a.SinceFirst))
	j.time("time_delta", int64(a.SincePrevious))
	return j.end()
}

// measures writes the optional values of the analysis.
func (j *jsonLines) measures(a *tcp.Analysis) {
	j.durationIf("rtt", a.RTT)
	j.numIf("acks_frame", a.AcksFrame)
	j.numIf("bytes_in_flight", a.BytesInFlight)
	j.numIf("push_bytes", a.PushBytes)
	if a.DupAckNum != 0 {
		j.num("dup_ack_num", int64(a.DupAckNum))
		j.num("dup_ack_frame", int64(a.DupAckFrame))
	}
	if a.RTO != 0 {
		j.time("rto", int64(a.RTO))
		j.num("rto_frame", int64(a.RTOFrame))
	}
}

func (j *jsonLines) labels(a *tcp.Analysis) []byte {
	l := a.Labels
	if a.Hidden {
		l &= tcp.TFOSyn | tcp.TFOAck | tcp.TFOIgnored
	}
	if b, ok := j.names[l]; ok {
		return b
	}
	b := []byte{'['}
	for i, n := range l.Names() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), n...), '"')
	}
	b = append(b, ']')
	j.names[l] = b
	return b
}
