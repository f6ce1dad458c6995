package websocket

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
)

const (
	// window is deflate's history: what a message may refer back to in the one before.
	window = 32 << 10
	// maxInflated bounds what a message may inflate to.
	maxInflated = 64 << 20
	// freeInflated is what all messages of a direction may inflate to; beyond it each may only be maxRatio times as long as
	// its compressed bytes. Deflate reaches ten times that, and time goes with it.
	freeInflated = 256 << 20
	maxRatio     = 100
)

// deflateTail is what a sender takes off each compressed message (RFC 7692 §7.2.1), and behind it an empty last block, which
// lets the reader see an end.
var deflateTail = []byte{0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff}

// message is the text or binary message that is being put together in one direction.
type message struct {
	open       bool
	compressed bool
	unknown    bool // compressed, but not agreed on
	opcode     Opcode
	start      int64
	frames     int
	length     int64
	data       []byte // compressed: all of it; otherwise what is kept
	stop       Stop
	pool       *Pool
	taken      int  // from pool, for data
	limit      int  // of the length of data, for the open frame
	full       bool // pool was used up

	takeover bool   // messages build on earlier ones
	noTrack  bool   // the history is not known any more
	history  []byte // the last inflated bytes, up to two windows of them
	inflater *inflater
	inflated int64 // by all messages so far, beyond maxRatio
}

// inflater is what decompressing takes, kept from message to message: small ones come by the thousand.
type inflater struct {
	flate io.ReadCloser
	in    bytes.Reader
	buf   [4 << 10]byte
}

// inflate writes what data decompresses to, up to limit bytes and one more.
func (z *inflater) inflate(dst io.Writer, data, dict []byte, limit int64) (int64, error) {
	z.in.Reset(data)
	if z.flate == nil {
		z.flate = flate.NewReaderDict(&z.in, dict)
	} else if err := z.flate.(flate.Resetter).Reset(&z.in, dict); err != nil {
		return 0, err
	}
	return io.CopyBuffer(dst, io.LimitReader(z.flate, limit+1), z.buf[:])
}

// begin opens a message at its first frame, or notes one more frame. Of the content up to keep bytes are kept, or, to be
// inflated, all.
func (m *message) begin(f *Frame, start int64, deflate bool, keep int) {
	switch {
	case f.Opcode == Continuation && m.open:
		m.frames++
	case f.Opcode <= Binary:
		m.drop()
		m.full = false
		m.open, m.opcode, m.start, m.frames, m.length, m.stop = true, f.Opcode, start, 1, 0, ""
		m.compressed = f.RSV&4 != 0
		m.unknown = m.compressed && !deflate
		if f.Opcode == Continuation {
			m.stop = StopGap // its beginning is somewhere else
		}
	}
	if f.Opcode <= Binary {
		m.reserve(f.Length, keep)
	}
}

// reserve takes memory for the frame that begins.
func (m *message) reserve(length int64, keep int) {
	if m.compressed && !m.unknown {
		keep = maxMessage
	}
	m.limit = len(m.data)
	if n := int(min(int64(max(keep-len(m.data), 0)), length)); n > 0 && !m.full {
		got := m.pool.take(n)
		m.taken, m.limit, m.full = m.taken+got, m.limit+got, got < n
	}
}

// add takes payload bytes.
func (m *message) add(b []byte) {
	n := min(max(m.limit-len(m.data), 0), len(b))
	if m.compressed && n < len(b) {
		m.spoil(StopLarge)
	}
	m.data = append(m.data, b[:n]...)
}

// drop lets go of what was kept.
func (m *message) drop() {
	m.pool.give(m.taken)
	m.data, m.taken = nil, 0
}

// spoil notes why the content will not be complete; the first reason counts.
func (m *message) spoil(why Stop) {
	if m.stop == "" {
		m.stop = why
	}
}

// loseTrack notes that frames are missing: the open message and the history of later ones cannot be trusted.
func (m *message) loseTrack() {
	m.drop()
	m.open, m.noTrack = false, true
}

// end closes the message and returns it.
func (m *message) end(keep int) *Whole {
	w := &Whole{Opcode: m.opcode, Start: m.start, Frames: m.frames, Length: m.length, Compressed: m.compressed, Stop: m.stop}
	switch {
	case m.unknown:
		w.Stop = StopUnknown
	case m.compressed:
		m.inflate(w, max(keep, 0))
	default:
		w.Data, w.Truncated = m.data, int64(len(m.data)) < m.length
	}
	m.drop()
	m.open = false
	w.Format = format(w)
	return w
}

// inflate decompresses the message into w.
func (m *message) inflate(w *Whole, keep int) {
	var dict []byte
	if m.takeover {
		dict = m.history[max(len(m.history)-window, 0):]
		if m.noTrack {
			w.Stop = StopContext
		}
	}
	if w.Stop != "" {
		m.noTrack = true
		return
	}
	if m.inflater == nil {
		m.inflater = &inflater{}
	}
	fair := maxRatio * int64(len(m.data))
	limit := min(maxInflated, max(freeInflated-m.inflated, 0)+fair)
	sink := &inflated{keep: keep}
	n, err := m.inflater.inflate(sink, append(m.data, deflateTail...), dict, limit)
	m.inflated = max(m.inflated+n-fair, 0)
	w.Inflated, w.Data, w.Truncated = n, sink.data, n > int64(len(sink.data))
	switch {
	case err != nil:
		w.Stop = StopDamaged
	case n > limit:
		w.Stop = StopLarge
	}
	if w.Stop != "" {
		m.noTrack = true
		return
	}
	if m.takeover {
		if m.history = append(m.history, sink.tail...); len(m.history) > 2*window {
			m.history = lastBytes(m.history, window)
		}
	}
}

// inflated keeps the first bytes for display and the last ones as history.
type inflated struct {
	keep       int
	data, tail []byte
}

func (s *inflated) Write(b []byte) (int, error) {
	if room := s.keep - len(s.data); room > 0 {
		s.data = append(s.data, b[:min(room, len(b))]...)
	}
	s.tail = append(s.tail, lastBytes(b, window)...)
	if len(s.tail) > 4*window {
		s.tail = lastBytes(s.tail, window)
	}
	return len(b), nil
}

// lastBytes returns the last n bytes of b in their own array if that frees anything.
func lastBytes(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	return append([]byte(nil), b[len(b)-n:]...)
}

// format looks at the content of a message.
func format(w *Whole) Format {
	data := w.Data
	if w.Truncated { // the cut may go through a character
		for i := 1; i < utf8.UTFMax && i <= len(data); i++ {
			if c := data[len(data)-i]; utf8.RuneStart(c) {
				if !utf8.FullRune(data[len(data)-i:]) {
					data = data[:len(data)-i]
				}
				break
			}
		}
	}
	if w.Opcode != Text || w.Stop == StopUnknown || !utf8.Valid(data) {
		return FormatBinary
	}
	if t := bytes.TrimSpace(data); !w.Truncated && len(t) > 0 && (t[0] == '{' || t[0] == '[') && json.Valid(t) {
		return FormatJSON
	}
	return FormatText
}
