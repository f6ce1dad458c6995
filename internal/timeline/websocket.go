package timeline

import (
	"bytes"
	"encoding/json"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// frame shows a WebSocket frame; compressed content is shown inflated where that was possible, and a message of several frames
// as a whole with its last one.
func (c *Chat) frame(m *session.Message, f *websocket.Frame) FrameRow {
	l := c.options.Lang
	row := FrameRow{
		Fin: narrate.Bit(f.Fin), Opcode: narrate.Opcode(l, f.Opcode), Mask: narrate.YesNo(l, f.Masked),
		Length: narrate.Count(uint64(max(f.Length, 0))),
	}
	kind, data, before := f.Opcode, f.Payload, ""
	if w := f.Whole; w != nil && (w.Frames > 1 || w.Compressed) {
		kind, data = w.Opcode, w.Data
		if w.Compressed {
			row.Opcode = narrate.OpcodeCompressed(l, f.Opcode)
		}
		if w.Frames > 1 {
			before = narrate.WholeMessage(l, w)
		}
		if w.Stop != "" {
			before += "⚠ " + narrate.WebSocketStop(l, w.Stop) + " "
		}
	}
	switch {
	case f.Opcode == websocket.Close:
		row.Payload = narrate.CloseReason(l, f.CloseCode, f.CloseReason)
	case kind == websocket.Binary || !printable(data):
		row.Payload = hexPreview(data)
	default:
		row.Payload = cut(clean(string(data)))
	}
	if f.Stream != 0 {
		before = narrate.HTTP2Stream(l, f.Stream) + " · " + before
	}
	row.Payload = before + row.Payload
	if s := c.pong(m, f); s != "" {
		row.Payload += " · " + s
	}
	for _, p := range f.Problems {
		row.Payload = "⚠ " + narrate.WebSocketProblem(l, p) + " " + row.Payload
	}
	return row
}

// count counts the messages of a protocol.
func count(ms []session.Message, protocol string) (n int) {
	for i := range ms {
		if ms[i].Protocol == protocol {
			n++
		}
	}
	return n
}

// pong says what a pong answers.
func (c *Chat) pong(m *session.Message, f *websocket.Frame) string {
	l := c.options.Lang
	if f.Unasked {
		return narrate.PongUnasked(l)
	}
	if f.Answers == nil {
		return ""
	}
	packets := c.talk.Packets(m.Dir.Reverse(), f.Answers.End-1, f.Answers.End)
	if len(packets) == 0 {
		return ""
	}
	ping := c.view.At(packets[0])
	return narrate.PongAnswers(l, ping.Frame, time.Duration(c.view.At(m.Ended).Time-ping.Time))
}

// hasLayout reports that a frame ends a message of JSON that has more than one line when it is laid out.
func hasLayout(f *websocket.Frame) bool {
	return f.Whole != nil && f.Whole.Format == websocket.FormatJSON && jsonLines(f.Whole.Data) > 1
}

// prettyJSON returns the lines of a message of JSON, laid out.
func prettyJSON(f *websocket.Frame) []string {
	var b bytes.Buffer
	if err := json.Indent(&b, f.Whole.Data, "", "  "); err != nil {
		return nil // the decoder looked: it is valid
	}
	return textLines(b.Bytes())
}

// jsonLines counts the lines of valid JSON when it is laid out, without doing that: the height of a bubble is asked for far more
// often than its text.
func jsonLines(data []byte) int {
	n := 1
	inText, opened := false, false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
			opened = false
		case inText, c == ' ', c == '\t', c == '\r', c == '\n':
		case c == '{' || c == '[':
			n += 2
			opened = true
		case (c == '}' || c == ']') && opened: // empty: both stay on the line
			n -= 2
			opened = false
		default:
			if c == ',' {
				n++
			}
			opened = false
		}
	}
	return n
}
