package timeline

import (
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// maxOpenBodies bounds how many bodies of HTTP/2 are decoded at the same time.
const maxOpenBodies = 256

// streamDecoder2 is what a streamDecoder knows of HTTP/2.
type streamDecoder2 struct {
	tunnels map[uint32]bool // streams whose content is shown frame of WebSocket by frame
	bodies  map[halfKey]*codedBody
	running int       // how many bodies are being decoded
	said    [2]uint32 // the stream that a side's rows are of
}

// codedBody is a body whose codings are taken off.
type codedBody struct {
	codings []string
	stream  *body.Stream // nil before its first bytes, and when nothing more comes out
	// over says that no more of it is shown, raw that the rest is shown as on the wire.
	over, raw bool
	out       []byte
	given     int
}

func (h *streamDecoder2) init(talk *session.Conversation) {
	h.tunnels, h.bodies = map[uint32]bool{}, map[halfKey]*codedBody{}
	for k := range talk.Messages {
		if f, ok := talk.Messages[k].Detail.(*websocket.Frame); ok && f.Stream != 0 {
			h.tunnels[f.Stream] = true
		}
	}
}

// release ends what still runs.
func (h *streamDecoder2) release() {
	for _, b := range h.bodies {
		h.end(b)
	}
}

// end ends the decoding of a body.
func (h *streamDecoder2) end(b *codedBody) {
	if b.stream != nil {
		b.stream.Release()
		b.stream = nil
		h.running--
	}
	b.over = true
}

// frame2 takes a frame of HTTP/2.
func (d *streamDecoder) frame2(msg *session.Message, f *http2.Frame) {
	if f.Preface || f.Unreadable {
		return
	}
	if f.Type == http2.Data {
		d.data2(msg, f)
		return
	}
	blocks := []streamBlockRows{d.words(StreamNote, msg.Dir, msg.Start, narrate.HTTP2Frame(d.s.lang, f))}
	if f.Stream != 0 {
		d.h2.said[msg.Dir] = f.Stream
	}
	if len(f.Fields) > 0 {
		if d.held >= maxDecodedHeld {
			d.cover(msg.Dir, msg.Start, msg.Start, d.raw(msg.Dir, msg.Start, narrate.DecodedLimit(d.s.lang)))
			return
		}
		b := &decodedBlock{marks: []decodedMark{{0, msg.Start}}}
		for i := range f.Fields {
			b.data = append(b.data, narrate.HTTP2Field(d.s.lang, &f.Fields[i])+"\n"...)
		}
		d.held += len(b.data)
		blocks = append(blocks, d.block(msg.Dir, msg.Start, msg.End, b))
		if left := f.FieldCount - len(f.Fields); left > 0 {
			blocks = append(blocks, d.words(StreamWarn, msg.Dir, msg.Start, narrate.HTTP2FieldsLeft(d.s.lang, left)))
		}
	}
	if f.Type == http2.Headers || f.Type == http2.Continuation {
		d.coding2(halfKey{msg.Dir, f.Stream, false}, f)
	}
	if f.Type == http2.RSTStream {
		for dir := range flow.Direction(2) {
			d.end2(halfKey{dir, f.Stream, false})
		}
	}
	d.cover(msg.Dir, msg.Start, msg.End, blocks...)
}

// coding2 notes how the body behind a header block is encoded.
func (d *streamDecoder) coding2(key halfKey, f *http2.Frame) {
	if codings := body.Codings(f.Value("content-encoding")); len(codings) > 0 && !f.Has(http2.FlagEndStream) {
		d.end2(key)
		d.h2.bodies[key] = &codedBody{codings: codings}
	}
	if f.Has(http2.FlagEndStream) {
		d.end2(key)
	}
}

// end2 forgets a body.
func (d *streamDecoder) end2(key halfKey) {
	if b := d.h2.bodies[key]; b != nil {
		d.h2.end(b)
		delete(d.h2.bodies, key)
	}
}

// data2 takes a DATA frame.
func (d *streamDecoder) data2(msg *session.Message, f *http2.Frame) {
	if d.h2.tunnels[f.Stream] {
		d.cover(msg.Dir, msg.Start, msg.End)
		return
	}
	var blocks []streamBlockRows
	if d.h2.said[msg.Dir] != f.Stream {
		d.h2.said[msg.Dir] = f.Stream
		blocks = append(blocks, d.words(StreamNote, msg.Dir, msg.Start, narrate.HTTP2Frame(d.s.lang, f)))
	}
	payload := msg.Start + http2FrameHeader
	if f.Has(http2.FlagPadded) {
		payload++
	}
	key := halfKey{msg.Dir, f.Stream, false}
	from := &decodedBlock{data: f.Data, marks: []decodedMark{{0, payload}}, linear: true}
	if b := d.h2.bodies[key]; b != nil {
		shown, why := d.coded2(msg, f, b, from)
		blocks = append(blocks, shown...)
		if f.Has(http2.FlagEndStream) {
			d.end2(key)
		}
		if why != "" {
			blocks = append(blocks, d.raw(msg.Dir, msg.Start, why))
		}
		if b.raw && len(shown) == 0 { // the frame stays as it is
			d.cover(msg.Dir, msg.Start, msg.Start, blocks...)
			return
		}
	} else if len(f.Data) > 0 {
		blocks = append(blocks, d.block(msg.Dir, msg.Start, msg.End, from))
		if f.DataLen > int64(len(f.Data)) {
			blocks = append(blocks, d.kept(msg.Dir, msg.Start, int64(len(f.Data)), f.DataLen, false))
		}
	}
	d.cover(msg.Dir, msg.Start, msg.End, blocks...)
}

// http2FrameHeader is the length of a frame's header (RFC 9113 §4.1).
const http2FrameHeader = 9

// begin2 begins to decode a body, unless it has begun; it returns why it cannot.
func (d *streamDecoder) begin2(b *codedBody) (why string) {
	if b.stream != nil {
		return ""
	}
	if why = d.cannot(b.codings); why == "" && d.h2.running >= maxOpenBodies {
		why = narrate.DecodedLimit(d.s.lang)
	}
	if why != "" {
		d.h2.end(b)
		b.raw = true
		return why
	}
	d.h2.running++
	b.stream = body.NewStream(b.codings, maxMessageText, func(out []byte, _ int64) { b.out = append(b.out, out...) })
	return ""
}

// coded2 returns what comes out of an encoded body with a frame, and why nothing does from there on.
func (d *streamDecoder) coded2(msg *session.Message, f *http2.Frame, b *codedBody, from *decodedBlock) (blocks []streamBlockRows, why string) {
	if b.over {
		return nil, ""
	}
	if why = d.begin2(b); why != "" {
		return nil, why
	}
	begins := b.given == 0
	b.stream.Write(f.Data)
	short := f.DataLen > int64(len(f.Data)) || f.Missing > 0
	if f.Has(http2.FlagEndStream) && !short {
		b.stream.Close()
	}
	stop, _ := b.stream.Stop()
	if n := len(b.out); n > 0 {
		if begins {
			blocks = append(blocks, d.words(StreamNote, msg.Dir, msg.Start, narrate.Encoded(d.s.lang, b.codings, 0, -1)))
		}
		d.held += n
		b.given += n
		blocks = append(blocks, d.block(msg.Dir, msg.Start, msg.End, &decodedBlock{data: slices.Clip(b.out), marks: from.marks}))
	}
	b.out = nil
	switch {
	case stop == body.Trailing || stop == body.Whole && !short:
		return blocks, ""
	case stop == body.TooLarge || stop == body.Whole:
		blocks = append(blocks, d.kept(msg.Dir, msg.Start, int64(b.given), 0, true))
	default:
		b.raw, why = true, narrate.Broken(d.s.lang, string(stop))
	}
	d.h2.end(b)
	return blocks, why
}
