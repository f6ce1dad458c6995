package timeline

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// maxDecodedHeld is how many bytes a Stream holds of what was decoded for it alone. Beyond it bodies are shown as on the wire.
const maxDecodedHeld = 32 << 20

// decodedBlock is what is shown in the place of bytes on the wire: bytes, or a row of words.
type decodedBlock struct {
	kind StreamKind // StreamNote or StreamWarn for a row of words
	text string
	data []byte
	// marks say where on the wire the bytes come from, ascending. linear says that the bytes behind a mark stand there one by one;
	// otherwise a mark is the place up to which the wire had to be read.
	marks  []decodedMark
	linear bool
}

// markSize is how many bytes a decodedMark takes.
const markSize = 16

// decodedMark is a place in a decodedBlock with its place in the stream.
type decodedMark struct {
	at   int
	wire int64
}

// words reports a row of words. A nil block is none.
func (d *decodedBlock) words() bool {
	return d != nil && (d.kind == StreamNote || d.kind == StreamWarn)
}

// wire returns where in the stream a byte comes from.
func (d *decodedBlock) wire(at int) int64 {
	i := max(sort.Search(len(d.marks), func(i int) bool { return d.marks[i].at > at })-1, 0)
	if d.linear {
		return d.marks[i].wire + int64(at-d.marks[i].at)
	}
	return d.marks[i].wire
}

// shown returns the byte that comes from a place in the stream, or one near it.
func (d *decodedBlock) shown(wire int64) int {
	if d.words() {
		return 0
	}
	if !d.linear { // the first byte for which that place was needed
		i := min(sort.Search(len(d.marks), func(i int) bool { return d.marks[i].wire >= wire }), len(d.marks)-1)
		return d.marks[i].at
	}
	i := max(sort.Search(len(d.marks), func(i int) bool { return d.marks[i].wire > wire })-1, 0)
	return min(d.marks[i].at+int(min(max(wire-d.marks[i].wire, 0), int64(len(d.data)))), len(d.data)-1)
}

// cover is a range of a stream with what is shown in its place, which may be nothing.
type cover struct {
	stream.Range
	blocks []streamBlockRows
}

// decodable reports that messages say something else than their bytes on the wire.
func decodable(talk *session.Conversation) bool {
	return talk != nil && slices.ContainsFunc(talk.Messages, func(m session.Message) bool {
		switch d := m.Detail.(type) {
		case *http1.Head:
			return coded(d)
		case *websocket.Frame:
			return !d.Unreadable
		case *http2.Frame:
			return !d.Unreadable && !d.Preface
		}
		return false
	})
}

// coded reports a body that the wire does not show as it is.
func coded(h *http1.Head) bool {
	return h.Kind != http1.Unreadable && h.Body.Range.End > h.Body.Range.Start &&
		(h.Body.Kind == http1.Chunked || len(h.Body.Codings)+len(h.Body.Transfer) > 0)
}

// streamDecoder makes the covers of a connection.
type streamDecoder struct {
	s      *Stream
	covers [2][]cover
	held   int
	open   map[socketSide][]*session.Message // the frames of a WebSocket message that has begun
	h2     streamDecoder2
}

// decode makes what is shown in the place of the bytes on the wire, ascending for each side.
func (s *Stream) decode(ctx context.Context) ([2][]cover, error) {
	d := &streamDecoder{s: s, open: map[socketSide][]*session.Message{}}
	d.h2.init(s.talk)
	defer d.h2.release()
	for k := range s.talk.Messages {
		if err := ctx.Err(); err != nil {
			return d.covers, err
		}
		msg := &s.talk.Messages[k]
		switch m := msg.Detail.(type) {
		case *http1.Head:
			if coded(m) {
				d.body(msg, m)
			}
		case *websocket.Frame:
			d.frame(msg, m)
		case *http2.Frame:
			d.frame2(msg, m)
		}
	}
	for _, parts := range d.open {
		d.unfinished(parts)
	}
	for dir := range d.covers {
		slices.SortStableFunc(d.covers[dir], func(a, b cover) int { return cmp.Compare(a.Start, b.Start) })
	}
	return d.covers, nil
}

// cover shows blocks in the place of the bytes [start, end).
func (d *streamDecoder) cover(dir flow.Direction, start, end int64, blocks ...streamBlockRows) {
	d.covers[dir] = append(d.covers[dir], cover{stream.Range{Dir: dir, Start: start, End: end}, blocks})
}

// words is a row of words at a place of the stream.
func (d *streamDecoder) words(kind StreamKind, dir flow.Direction, at int64, text string) streamBlockRows {
	return d.block(dir, at, at, &decodedBlock{kind: kind, text: text})
}

// raw says why the bytes from a place on are shown as they are.
func (d *streamDecoder) raw(dir flow.Direction, at int64, why string) streamBlockRows {
	return d.words(StreamWarn, dir, at, narrate.NotDecoded(d.s.lang, why))
}

// block is a decodedBlock in the place of [start, end), by the packet that brought the first of these bytes, or the one before.
func (d *streamDecoder) block(dir flow.Direction, start, end int64, b *decodedBlock) streamBlockRows {
	p := -1
	for at := start; p < 0 && at >= max(start-1, 0); at-- {
		if packets := d.s.talk.Packets(dir, at, at+1); len(packets) > 0 {
			p = packets[0]
		}
	}
	return streamBlockRows{Piece: session.Piece{Range: stream.Range{Dir: dir, Start: start, End: end}, Packet: p}, decoded: b}
}

// shownBody is a body of HTTP/1 as it is shown.
type shownBody struct {
	*decodedBlock
	// end is up to where it stands for the wire, raw why it does not go on, "" if it does.
	end int64
	raw string
	// note says what was decoded, cut why the body ends early; part says that there is more than is kept.
	note, cut string
	part      bool
}

// body takes the chunks and the codings off a body of HTTP/1.
func (d *streamDecoder) body(msg *session.Message, h *http1.Head) {
	l, at := d.s.lang, h.Body.Range
	b := shownBody{decodedBlock: &decodedBlock{data: h.Body.Bytes, marks: []decodedMark{{0, at.Start}}, linear: true}, end: at.End}
	if h.Body.Kind == http1.Chunked {
		b.marks = d.chunks(msg.Dir, at.Start, at.End, h.Body.Bytes)
	}
	if kept := b.wire(len(h.Body.Bytes)); h.Body.Missing > 0 && len(d.s.talk.Packets(msg.Dir, kept, kept+1)) == 0 {
		b.end, b.raw = kept, narrate.BehindGap(l) // what is kept ends at the hole
	}
	b.note, b.part = narrate.ChunksJoined(l), b.raw == "" && h.Body.Truncated
	codings := slices.Concat(h.Body.Codings, h.Body.Transfer)
	if len(codings) > 0 {
		if why := d.cannot(codings); why != "" {
			d.cover(msg.Dir, at.Start, at.Start, d.raw(msg.Dir, at.Start, why))
			return
		}
		d.inflate(codings, &b, msg.Broken, h.Body.Length)
		if len(b.data) == 0 && b.raw != "" {
			d.cover(msg.Dir, at.Start, at.Start, d.raw(msg.Dir, at.Start, b.raw))
			return
		}
	}
	blocks := []streamBlockRows{d.words(StreamNote, msg.Dir, at.Start, b.note)}
	if len(b.data) > 0 {
		blocks = append(blocks, d.block(msg.Dir, at.Start, b.end, b.decodedBlock))
	}
	blocks = append(blocks, d.trailers(msg.Dir, h)...)
	switch {
	case b.raw != "":
		blocks = append(blocks, d.raw(msg.Dir, b.end, b.raw))
	case b.cut != "":
		blocks = append(blocks, d.words(StreamWarn, msg.Dir, at.Start, b.cut))
	case b.part:
		blocks = append(blocks, d.kept(msg.Dir, at.Start, int64(len(b.data)), h.Body.Length, len(codings) > 0))
	}
	d.cover(msg.Dir, at.Start, b.end, blocks...)
}

// inflate takes codings off a body of that length. No more than maxMessageText comes out.
func (d *streamDecoder) inflate(codings []string, b *shownBody, broken string, length int64) {
	l, from := d.s.lang, b.decodedBlock
	out := &decodedBlock{}
	st := body.NewStream(codings, maxMessageText, func(b []byte, used int64) {
		out.marks = append(out.marks, decodedMark{len(out.data), from.wire(max(int(used)-1, 0))})
		out.data = append(out.data, b...)
	})
	defer st.Release()
	st.Write(from.data)
	if !b.part && b.raw == "" {
		st.Close()
	}
	d.held += len(out.data) + markSize*len(out.marks)
	stop, _ := st.Stop()
	switch stop {
	case body.Whole, body.Trailing:
	case body.TooLarge:
		b.part = true
	case body.Truncated:
		b.cut = narrate.Broken(l, cmp.Or(broken, string(stop)))
	default:
		b.end, b.raw, b.part = from.wire(int(st.Used())), narrate.Broken(l, string(stop)), false
	}
	inside := int64(len(out.data))
	if b.part || b.raw != "" || b.cut != "" {
		inside = -1
	}
	b.note, b.decodedBlock = narrate.Encoded(l, codings, length, inside), out
}

// trailers are the lines behind the last chunk.
func (d *streamDecoder) trailers(dir flow.Direction, h *http1.Head) []streamBlockRows {
	if len(h.Trailers) == 0 {
		return nil
	}
	b := &decodedBlock{}
	for i := range h.Trailers {
		f := &h.Trailers[i]
		b.marks = append(b.marks, decodedMark{len(b.data), f.Line.Start})
		b.data = append(b.data, f.Name+": "+f.Value+"\n"...)
	}
	d.held += len(b.data)
	return []streamBlockRows{d.block(dir, h.Trailers[0].Line.Start, h.Body.Range.End, b)}
}

// kept says that only the first n bytes of a content are shown, of as many as there are; inside an encoded one that is not known.
func (d *streamDecoder) kept(dir flow.Direction, at, n, of int64, encoded bool) streamBlockRows {
	if encoded {
		of = -1
	}
	return d.words(StreamWarn, dir, at, narrate.KeptOf(d.s.lang, n, of))
}

// cannot says why codings are not taken off, "" if they are.
func (d *streamDecoder) cannot(codings []string) string {
	switch {
	case !body.AllKnown(codings):
		return narrate.Broken(d.s.lang, string(body.Unknown))
	case d.held >= maxDecodedHeld:
		return narrate.DecodedLimit(d.s.lang)
	}
	return ""
}

// chunks returns where the chunks stand that a body was put together from: sizes in front of them, line ends behind. The last mark
// may be that of the next chunk.
func (d *streamDecoder) chunks(dir flow.Direction, start, end int64, data []byte) []decodedMark {
	var raw []byte
	end = min(end, start+4*int64(len(data))+streamBlock) // chunks that are smaller than their sizes are placed as far as that
	err := d.s.streams.Within(context.Background(), dir, start, end, func(_ session.Piece, b []byte) bool {
		raw = append(raw, b...)
		return len(b) > 0
	})
	marks := []decodedMark{{0, start}}
	for at, got := 0, 0; err == nil; {
		line := bytes.IndexByte(raw[at:], '\n')
		if line < 0 {
			break
		}
		digits, _, _ := strings.Cut(string(raw[at:at+line]), ";")
		size, err := strconv.ParseInt(strings.TrimSpace(digits), 16, 64)
		at += line + 1
		n := int(min(size, int64(len(data)-got), int64(len(raw)-at)))
		if err != nil || n < 0 || !bytes.Equal(raw[at:at+n], data[got:got+n]) {
			break
		}
		marks = append(marks, decodedMark{got, start + int64(at)})
		if got == 0 {
			marks = marks[1:]
		}
		got, at = got+n, at+n
		end := bytes.IndexByte(raw[at:], '\n')
		if n == 0 || int64(n) < size || end < 0 {
			break
		}
		at += end + 1
	}
	return marks
}
