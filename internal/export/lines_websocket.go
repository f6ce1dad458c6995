package export

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/websocket"
)

// webSocketMembers describe a WebSocket frame. The frame that ends a text or binary message carries the whole message,
// inflated: whoever is not interested in fragments passes over the lines with "fin":false.
type webSocketMembers struct {
	// H2Stream is the stream of HTTP/2 that carries the WebSocket, if one does.
	H2Stream uint32           `json:"h2_stream,omitempty"`
	Opcode   websocket.Opcode `json:"opcode"`
	// Kind names the opcode of the frame, or of the message that it ends.
	Kind   string `json:"kind"`
	Fin    bool   `json:"fin"`
	Masked bool   `json:"masked"`
	// Length is that of the payload as sent, Missing what was not captured of it.
	Length  int64 `json:"length"`
	Missing int64 `json:"missing,omitempty"`
	// MessageStart and Fragments are where a message of several frames begins and how many they are.
	MessageStart *int64 `json:"message_start,omitempty"`
	Fragments    int    `json:"fragments,omitempty"`
	// Compressed says that the message was; Data is inflated, or, in a fragment, is not.
	Compressed bool `json:"compressed,omitempty"`
	content
	// Stop says why Data ends early or is not there.
	Stop websocket.Stop `json:"stop,omitempty"`
	// Answers is where in the other side's stream the ping stands that a pong answers.
	Answers     *rangeMember        `json:"answers,omitempty"`
	CloseCode   uint16              `json:"close_code,omitempty"`
	CloseReason string              `json:"close_reason,omitempty"`
	Problems    []websocket.Problem `json:"problems,omitempty"`
}

// rangeMember is a byte range [Start, End) of a stream.
type rangeMember struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

func webSocketLine(f *websocket.Frame) webSocketMembers {
	m := webSocketMembers{
		H2Stream: f.Stream, Opcode: f.Opcode, Kind: narrate.Opcode(narrate.English, f.Opcode), Fin: f.Fin, Masked: f.Masked, Length: f.Length,
		Missing: f.Missing, Compressed: f.RSV&4 != 0, CloseCode: f.CloseCode, CloseReason: f.CloseReason, Problems: f.Problems,
	}
	if a := f.Answers; a != nil {
		m.Answers = &rangeMember{a.Start, a.End}
	}
	w := f.Whole
	if w == nil {
		m.content = contentOf(f.Payload, f.Truncated)
		return m
	}
	m.Kind, m.Compressed, m.Stop = narrate.Opcode(narrate.English, w.Opcode), w.Compressed, w.Stop
	m.content = contentOf(w.Data, w.Truncated)
	if w.Frames > 1 {
		m.MessageStart, m.Fragments = &w.Start, w.Frames
	}
	return m
}
