package timeline

import (
	"bytes"
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// StreamForm is how the bytes of a stream are written.
type StreamForm uint8

// The forms.
const (
	StreamText StreamForm = iota
	StreamHex
	StreamBoth // hexadecimal with the characters beside it
	NumStreamForms
)

// StreamSides says whose bytes are shown.
type StreamSides uint8

// The choices.
const (
	BothSides StreamSides = iota
	ClientSide
	ServerSide
	NumStreamSides
)

// StreamOptions say what a Stream shows.
type StreamOptions struct {
	Form  StreamForm
	Sides StreamSides
	// Decoded says that what the messages say is shown in the place of their bytes on the wire.
	Decoded bool
}

// hides reports that a side is not shown.
func (o StreamOptions) hides(dir flow.Direction) bool {
	return o.Sides == ClientSide && dir != flow.ClientToServer || o.Sides == ServerSide && dir != flow.ServerToClient
}

// Measures of a Stream's rows.
const (
	// streamBlock is how many bytes are read at once; a line that long is broken there.
	streamBlock = 64 << 10
	// streamColumns is where long lines are broken, in bytes.
	streamColumns = 120
	hexColumns    = 32
	bothColumns   = 16
)

// StreamKind says what a row of a Stream is.
type StreamKind uint8

// The kinds.
const (
	StreamTurn StreamKind = iota // the other side begins to speak
	StreamData
	StreamGap  // bytes that were not captured
	StreamNote // says what was decoded here
	StreamWarn // says what was not decoded, or not all of it
)

// StreamRow is one row of a Stream.
type StreamRow struct {
	Kind StreamKind
	Dir  flow.Direction
	// Packet is the index of the packet that brought the row's first byte, Last that of the one with its last byte; -1 for a gap.
	Packet, Last int
	// Offset is that of the row's first byte in what is shown of its side, Len how many bytes the row shows.
	Offset int64
	Len    int
	// Text is what stands in the row.
	Text string
}

// Stream is the bytes that the two sides sent, as rows. Making it may read the whole connection once; a row's bytes are read
// when it is asked for. It may be used from several goroutines.
type Stream struct {
	Options StreamOptions
	// Decodable says that the connection has something that Options.Decoded shows otherwise.
	Decodable bool

	lang   narrate.Lang
	view   *session.View
	talk   *session.Conversation
	blocks []streamBlockRows

	mu      sync.Mutex // the streams and what was read last
	streams *session.Streams
	read    int // the block in bytes, -1 for none
	bytes   []byte
	pieces  []session.Piece
	lines   []span
}

// streamBlockRows is a run of one side's bytes, a gap, or a row of words.
type streamBlockRows struct {
	session.Piece
	row  int   // the index of its first row
	at   int64 // the offset of its first byte in what is shown of its side
	turn bool  // its first row says who speaks
	gap  bool
	// decoded has what is shown in the place of the bytes on the wire, nil where those are shown themselves.
	decoded *decodedBlock
}

// size is how many bytes the block shows, or lacks.
func (b *streamBlockRows) size() int64 {
	if b.decoded != nil {
		return int64(len(b.decoded.data))
	}
	return b.End - b.Start
}

// span is a range of a block's bytes that makes a row.
type span struct{ start, end int }

// NewStream makes the rows of a connection. It ends early, with an error, if ctx ends.
func NewStream(ctx context.Context, v *session.View, talk *session.Conversation, o StreamOptions, l narrate.Lang) (*Stream, error) {
	s := &Stream{Options: o, Decodable: decodable(talk), lang: l, view: v, talk: talk, streams: talk.Streams(), read: -1}
	if s.streams == nil {
		return s, nil
	}
	var covers [2][]cover
	if o.Decoded && s.Decodable {
		var err error
		if covers, err = s.decode(ctx); err != nil {
			return nil, err
		}
	}
	s.collect(covers)
	row := 0
	for i := range s.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := &s.blocks[i]
		b.row = row
		n, err := s.countRows(i)
		if err != nil {
			return nil, err
		}
		row += n
	}
	s.blocks = append(s.blocks, streamBlockRows{row: row}) // the end
	return s, nil
}

// collect makes the blocks of what is shown: of the bytes that covers have no other content for they are as on the wire.
func (s *Stream) collect(covers [2][]cover) {
	var shown [2]int64 // how much there is of each side
	add := func(b streamBlockRows) {
		n := len(s.blocks)
		b.at, b.turn = shown[b.Dir], n == 0 || s.blocks[n-1].Dir != b.Dir
		shown[b.Dir] += b.size()
		s.blocks = append(s.blocks, b)
	}
	var covered [2]int64 // up to where covers have begun
	for _, p := range s.streams.Pieces() {
		if s.Options.hides(p.Dir) {
			continue
		}
		if p.Packet < 0 {
			add(streamBlockRows{Piece: p, gap: true})
			continue
		}
		for at := p.Start; at < p.End; {
			if list := covers[p.Dir]; len(list) > 0 && list[0].Start <= at {
				for _, b := range list[0].blocks {
					add(b)
				}
				covered[p.Dir] = max(covered[p.Dir], list[0].End)
				covers[p.Dir] = list[1:]
				continue
			}
			end := p.End
			if list := covers[p.Dir]; len(list) > 0 {
				end = min(end, list[0].Start)
			}
			if covered[p.Dir] > at {
				at = min(end, covered[p.Dir])
				continue
			}
			if n := len(s.blocks); n == 0 || !s.blocks[n-1].extend(p.Dir, at, end) {
				add(streamBlockRows{Piece: session.Piece{Range: stream.Range{Dir: p.Dir, Start: at, End: end}, Packet: p.Packet}})
			} else {
				shown[p.Dir] += end - at
			}
			at = end
		}
	}
}

// extend adds the bytes that follow on a block's to it, unless it is of another kind or large enough.
func (b *streamBlockRows) extend(dir flow.Direction, start, end int64) bool {
	if b.gap || b.decoded != nil || b.Dir != dir || b.End != start || end-b.Start > streamBlock {
		return false
	}
	b.End = end
	return true
}

// countRows returns how many rows block i has. Only text has to be read for that.
func (s *Stream) countRows(i int) (int, error) {
	b := &s.blocks[i]
	n := 0
	switch size := int(b.size()); {
	case b.gap || b.decoded.words():
		n = 1
	case s.Options.Form == StreamText:
		if err := s.load(i); err != nil {
			return 0, err
		}
		n = len(s.lines)
	default:
		n = (size + s.columns() - 1) / s.columns()
	}
	if b.turn {
		n++
	}
	return n, nil
}

// columns is how many bytes a row of hexadecimal digits has.
func (s *Stream) columns() int {
	if s.Options.Form == StreamHex {
		return hexColumns
	}
	return bothColumns
}

// load reads the bytes of block i, unless they were the last ones read.
func (s *Stream) load(i int) error {
	if s.read == i {
		return nil
	}
	b := &s.blocks[i]
	s.read, s.bytes, s.pieces, s.lines = -1, s.bytes[:0], s.pieces[:0], s.lines[:0]
	if b.decoded != nil {
		s.bytes = append(s.bytes, b.decoded.data...)
	} else {
		err := s.streams.Within(context.Background(), b.Dir, b.Start, b.End, func(p session.Piece, data []byte) bool {
			s.pieces = append(s.pieces, p)
			n := int(p.End - p.Start)
			s.bytes = append(s.bytes, data...)
			s.bytes = append(s.bytes, make([]byte, n-len(data))...) // cannot be read any more
			return true
		})
		if err != nil {
			return err
		}
	}
	if s.Options.Form == StreamText {
		s.lines = textSpans(s.lines, s.bytes)
	} else {
		for at := 0; at < len(s.bytes); at += s.columns() {
			s.lines = append(s.lines, span{at, min(at+s.columns(), len(s.bytes))})
		}
	}
	s.read = i
	return nil
}

// textSpans appends the rows that text is broken into: at line ends, and where a line is longer than a row.
func textSpans(out []span, b []byte) []span {
	for at := 0; at < len(b); {
		end := len(b)
		if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		for end-at > streamColumns+1 {
			cut := at + streamColumns
			for k := 0; k < utf8.UTFMax-1 && !utf8.RuneStart(b[cut]); k++ {
				cut--
			}
			out = append(out, span{at, cut})
			at = cut
		}
		out = append(out, span{at, end})
		at = end
	}
	return out
}

// Len returns the number of rows.
func (s *Stream) Len() int {
	if len(s.blocks) == 0 {
		return 0
	}
	return s.blocks[len(s.blocks)-1].row
}

// blockOf returns the block that row i belongs to.
func (s *Stream) blockOf(i int) int {
	return sort.Search(len(s.blocks), func(k int) bool { return s.blocks[k].row > i }) - 1
}

// Row makes row i. What cannot be read any more says why in its place.
func (s *Stream) Row(i int) StreamRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.blockOf(i)
	b := &s.blocks[k]
	r := StreamRow{Kind: StreamData, Dir: b.Dir, Packet: b.Packet, Last: b.Packet, Offset: b.at}
	at := i - b.row
	switch {
	case b.turn && at == 0:
		r.Kind = StreamTurn
		r.Text = s.turn(k)
		return r
	case b.turn:
		at--
	}
	if b.gap {
		r.Kind, r.Len = StreamGap, int(b.End-b.Start)
		r.Text = narrate.GapBytes(s.lang, b.End-b.Start)
		return r
	}
	if b.decoded.words() {
		r.Kind, r.Text = b.decoded.kind, b.decoded.text
		return r
	}
	if err := s.load(k); err != nil || at >= len(s.lines) {
		if err != nil {
			r.Text = narrate.Failure(s.lang, err).Sentences[0]
		}
		return r
	}
	line := s.lines[at]
	r.Offset, r.Len = b.at+int64(line.start), line.end-line.start
	r.Packet, r.Last = s.packetAt(k, line.start), s.packetAt(k, max(line.start, line.end-1))
	r.Text = s.write(s.bytes[line.start:line.end], r.Offset)
	return r
}

// packetAt returns the packet that brought a byte of block k, which is loaded.
func (s *Stream) packetAt(k, at int) int {
	b := &s.blocks[k]
	offset := b.Start + int64(at)
	if b.decoded != nil {
		if packets := s.talk.Packets(b.Dir, b.decoded.wire(at), b.decoded.wire(at)+1); len(packets) > 0 {
			return packets[0]
		}
		return b.Packet
	}
	i := sort.Search(len(s.pieces), func(i int) bool { return s.pieces[i].End > offset })
	if i == len(s.pieces) {
		return -1
	}
	return s.pieces[i].Packet
}

// turn words the row above what one side says, up to where the other one speaks.
func (s *Stream) turn(k int) string {
	b := &s.blocks[k]
	var n int64
	for ; k < len(s.blocks)-1 && s.blocks[k].Dir == b.Dir; k++ {
		n += s.blocks[k].size()
	}
	frame := ""
	if b.Packet >= 0 {
		frame = " · " + narrate.Frame(s.view.At(b.Packet).Frame)
	}
	return narrate.Side(s.lang, b.Dir) + " · " + narrate.Bytes(uint64(n)) + frame
}

// write writes the bytes of a row.
func (s *Stream) write(b []byte, offset int64) string {
	switch s.Options.Form {
	case StreamText:
		return streamText(b)
	case StreamHex:
		return fmt.Sprintf("%08x  %s", offset, hexGroups(b, hexColumns))
	default:
		return fmt.Sprintf("%08x  %s %s", offset, hexGroups(b, bothColumns), ascii(b))
	}
}

// streamText writes a line of text. Of a line that is none only ASCII is shown: what else binary data happens to spell no font
// need have.
func streamText(b []byte) string {
	line := bytes.TrimRight(b, "\r\n")
	if len(line) > 0 && !printable(line) {
		return ascii(line)
	}
	return clean(string(line))
}

// hexGroups writes bytes in hexadecimal, in groups of eight, as wide as columns bytes are.
func hexGroups(b []byte, columns int) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	out.Grow(3*columns + columns/8)
	for i := range columns {
		if i > 0 && i%8 == 0 {
			out.WriteByte(' ')
		}
		if i < len(b) {
			out.WriteByte(digits[b[i]>>4])
			out.WriteByte(digits[b[i]&15])
		} else {
			out.WriteString("  ")
		}
		out.WriteByte(' ')
	}
	return out.String()
}

// RowAt returns the row that shows the byte at an offset of dir's stream, or the nearest one; -1 if that side is not shown.
func (s *Stream) RowAt(dir flow.Direction, offset int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := -1
	for k := range max(len(s.blocks)-1, 0) {
		b := &s.blocks[k]
		if b.Dir != dir || b.Start > offset {
			continue
		}
		if found = k; offset < b.End && !b.decoded.words() {
			break
		}
	}
	if found < 0 {
		return -1
	}
	b := &s.blocks[found]
	if b.decoded != nil {
		return s.rowIn(found, b.decoded.shown(offset))
	}
	return s.rowIn(found, int(min(offset, b.End-1)-b.Start))
}

// rowIn returns the row that shows a byte of block k.
func (s *Stream) rowIn(k, at int) int {
	b := &s.blocks[k]
	row := b.row
	if b.turn {
		row++
	}
	if b.gap || b.decoded.words() || s.load(k) != nil {
		return row
	}
	return row + sort.Search(len(s.lines), func(i int) bool { return s.lines[i].end > at })
}

// RowOf returns the row where the bytes of packet p begin, -1 if it brought none that are shown.
func (s *Stream) RowOf(talk *session.Conversation, p int) int {
	for _, r := range talk.Places(p) {
		if row := s.RowAt(r.Dir, r.Start); row >= 0 {
			return row
		}
	}
	return -1
}

// PlainText returns the first rows as text, as many as fit into limit bytes, and how many that were. It ends early if ctx ends.
func (s *Stream) PlainText(ctx context.Context, limit int) (text string, rows int) {
	var b strings.Builder
	for ; rows < s.Len() && ctx.Err() == nil; rows++ {
		row := s.Row(rows).Text
		if b.Len()+len(row) >= limit {
			break
		}
		b.WriteString(row + "\n")
	}
	return b.String(), rows
}
