package timeline

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// frame takes a frame of a WebSocket.
func (d *streamDecoder) frame(msg *session.Message, f *websocket.Frame) {
	if f.Unreadable {
		return
	}
	if f.Opcode.Control() {
		d.payload([]*session.Message{msg}, f.Payload, f.Truncated, f.Length, false)
		return
	}
	side := socketSide{msg.Dir, f.Stream}
	if f.Opcode != websocket.Continuation {
		d.unfinished(d.open[side])
		delete(d.open, side)
	}
	parts := append(d.open[side], msg)
	if !f.Fin {
		d.open[side] = parts
		return
	}
	delete(d.open, side)
	w := f.Whole
	switch {
	case w == nil:
		d.unfinished(parts)
	case len(w.Data) == 0 && w.Stop != "":
		d.undecoded(parts, narrate.WebSocketStop(d.s.lang, w.Stop))
	default:
		d.payload(parts, w.Data, w.Truncated, max(w.Inflated, w.Length), w.Compressed)
		if w.Stop != "" {
			last := &d.covers[msg.Dir][len(d.covers[msg.Dir])-len(parts)]
			last.blocks = append(last.blocks, d.words(StreamWarn, msg.Dir, last.Start, narrate.WebSocketStop(d.s.lang, w.Stop)))
		}
	}
}

// unfinished takes the frames of a message whose end is not there.
func (d *streamDecoder) unfinished(parts []*session.Message) {
	if len(parts) > 0 {
		d.undecoded(parts, narrate.EndMissing(d.s.lang))
	}
}

// undecoded says why frames are shown as on the wire.
func (d *streamDecoder) undecoded(parts []*session.Message, why string) {
	msg := parts[0]
	d.cover(msg.Dir, msg.Start, msg.Start, d.raw(msg.Dir, msg.Start, why))
}

// payload shows the content of frames in the place of the first one.
func (d *streamDecoder) payload(parts []*session.Message, data []byte, part bool, of int64, compressed bool) {
	first := parts[0]
	var blocks []streamBlockRows
	if id := first.Detail.(*websocket.Frame).Stream; d.h2.said[first.Dir] != id {
		d.h2.said[first.Dir] = id
		blocks = append(blocks, d.words(StreamNote, first.Dir, first.Start, narrate.HTTP2Stream(d.s.lang, id)))
	}
	if compressed && len(data) > 0 {
		var wire int64
		for _, msg := range parts {
			wire += msg.Detail.(*websocket.Frame).Length
		}
		blocks = append(blocks, d.words(StreamNote, first.Dir, first.Start, narrate.Encoded(d.s.lang, []string{"permessage-deflate"}, wire, of)))
	}
	if len(data) > 0 {
		blocks = append(blocks, d.block(first.Dir, first.Start, first.End, joinedFrames(parts, data, compressed)))
	}
	if part {
		blocks = append(blocks, d.kept(first.Dir, first.Start, int64(len(data)), of, false))
	}
	for i, msg := range parts {
		if i > 0 {
			blocks = nil
		}
		d.cover(msg.Dir, msg.Start, msg.End, blocks...)
	}
}

// joinedFrames is the content of frames. Where in the compressed ones a byte comes from is not known.
func joinedFrames(parts []*session.Message, data []byte, compressed bool) *decodedBlock {
	b := &decodedBlock{data: data, linear: !compressed}
	at := 0
	for _, msg := range parts {
		f := msg.Detail.(*websocket.Frame)
		b.linear = b.linear && f.Stream == 0 // otherwise headers of HTTP/2 may stand between its bytes
		if len(b.marks) == 0 || !compressed && f.Length > 0 && at < len(data) {
			b.marks = append(b.marks, decodedMark{at, msg.Start + int64(f.HeaderLen)})
		}
		at += int(min(f.Length, int64(len(data))))
	}
	return b
}
