package export

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http2"
)

// http2Members describe an HTTP/2 frame.
type http2Members struct {
	// Title says in words what the frame is.
	Title     string        `json:"title"`
	FrameType http2.Type    `json:"frame_type"`
	Flags     uint8         `json:"flags"`
	H2Stream  uint32        `json:"h2_stream"`
	Length    int64         `json:"length"`
	Missing   int64         `json:"missing,omitempty"`
	Headers   []fieldMember `json:"headers,omitempty"`
	// Request is what a response answers.
	Request  *askedMembers   `json:"request,omitempty"`
	Problems []http2.Problem `json:"problems,omitempty"`
	content
}

func http2Line(f *http2.Frame) http2Members {
	m := http2Members{
		Title: narrate.HTTP2Frame(narrate.English, f), FrameType: f.Type, Flags: f.Flags, H2Stream: f.Stream, Length: f.Length,
		Missing: f.Missing, Problems: f.Problems, content: contentOf(f.Data, int64(len(f.Data)) < f.DataLen),
	}
	if q := f.Request; q != nil && f.Value(":status") != "" {
		m.Request = &askedMembers{q.Method, q.Target}
	}
	for i := range f.Fields {
		m.Headers = append(m.Headers, newFieldMember(f.Fields[i].Name, f.Fields[i].Value))
	}
	return m
}
