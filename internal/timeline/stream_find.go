package timeline

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// maxStreamFinds bounds the places found in a stream: nobody steps through more.
const maxStreamFinds = 10_000

// StreamFind is a range of the bytes shown of a side that were looked for, by the row it begins in.
type StreamFind struct {
	stream.Range
	Row int
}

// StreamPattern turns what a reader looks for into bytes: hexadecimal digits in pairs behind 0x, or as text with a space between
// the pairs; anything else is text, whose ASCII letters are found in either case.
func StreamPattern(text string) (pattern []byte, fold bool) {
	digits, ok := strings.CutPrefix(strings.ToLower(text), "0x")
	if !ok && strings.Contains(strings.TrimSpace(text), " ") {
		digits, ok = text, true
		for pair := range strings.FieldsSeq(text) {
			ok = ok && len(pair) == 2
		}
	}
	if ok {
		if b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", "")); err == nil && len(b) > 0 {
			return b, false
		}
	}
	return bytes.ToLower([]byte(text)), true
}

// Find returns the places of a pattern in the sides that are shown, in the order of their rows, and whether there are more. What
// lies across a gap is not found. It reads the streams again, apart from the rows that are being drawn.
func (s *Stream) Find(ctx context.Context, talk *session.Conversation, pattern []byte, fold bool) (found []StreamFind, more bool, err error) {
	streams := talk.Streams()
	if streams == nil || len(pattern) == 0 {
		return nil, false, nil
	}
	var tail [2][]byte // the end of what each side said last
	for k := range max(len(s.blocks)-1, 0) {
		b := &s.blocks[k]
		if b.gap || b.decoded.words() {
			tail[b.Dir] = nil
			continue
		}
		start := b.at - int64(len(tail[b.Dir]))
		data := tail[b.Dir]
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		if b.decoded != nil {
			data = append(data, b.decoded.data...)
		} else if err := streams.Within(ctx, b.Dir, b.Start, b.End, func(_ session.Piece, piece []byte) bool {
			data = append(data, piece...)
			return true
		}); err != nil {
			return nil, false, err
		}
		if fold {
			data = lowerASCII(data)
		}
		for at := 0; ; {
			i := bytes.Index(data[at:], pattern)
			if i < 0 {
				break
			}
			if len(found) == maxStreamFinds {
				return found, true, nil
			}
			found = append(found, s.found(k, start+int64(at+i), len(pattern)))
			at += i + len(pattern)
		}
		keep := min(len(pattern)-1, len(data))
		tail[b.Dir] = append(tail[b.Dir][:0:0], data[len(data)-keep:]...)
	}
	return found, false, nil
}

// found is a find of n bytes that end in block k.
func (s *Stream) found(k int, at int64, n int) StreamFind {
	dir := s.blocks[k].Dir
	for s.blocks[k].Dir != dir || s.blocks[k].at > at {
		k--
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return StreamFind{stream.Range{Dir: dir, Start: at, End: at + int64(n)}, s.rowIn(k, int(at-s.blocks[k].at))}
}

// blockWith returns the block that shows the byte at an offset of what is shown of a side, -1 if there is none.
func (s *Stream) blockWith(dir flow.Direction, at int64) int {
	return slices.IndexFunc(s.blocks, func(b streamBlockRows) bool {
		return b.Dir == dir && b.at <= at && at < b.at+b.size()
	})
}

// PacketOf returns the packet that brought the first byte of what was found, -1 if that cannot be said.
func (s *Stream) PacketOf(f StreamFind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.blockWith(f.Dir, f.Start)
	if k < 0 || s.load(k) != nil {
		return -1
	}
	return s.packetAt(k, int(f.Start-s.blocks[k].at))
}

// lowerASCII makes letters small in place.
func lowerASCII(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}
