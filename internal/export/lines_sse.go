package export

import "tcptalk/internal/proto/sse"

// eventMembers describe a server-sent event, or a comment between events.
type eventMembers struct {
	Event string `json:"event"`
	// ID and Retry, in milliseconds, are there if the event sets them.
	ID    *string `json:"id,omitempty"`
	Retry *int64  `json:"retry,omitempty"`
	content
	Comments []string `json:"comments,omitempty"`
	Ignored  []string `json:"ignored,omitempty"`
	// Left counts comments and ignored lines that are not listed.
	Left int `json:"lines_left,omitempty"`
	// Dispatched says that a browser's handlers see the event. Together is its place among those that became readable with the
	// same byte.
	Dispatched bool `json:"dispatched"`
	Together   int  `json:"together,omitempty"`
}

func eventLine(e *sse.Event) eventMembers {
	m := eventMembers{
		Event: e.Name(), content: contentOf([]byte(e.Data), e.Truncated()), Comments: e.Comments, Ignored: e.Ignored, Left: e.Left,
		Dispatched: e.Dispatched, Together: e.Together,
	}
	m.Truncated = m.Truncated || e.Cut
	if e.HasID {
		m.ID = &e.ID
	}
	if e.HasRetry {
		m.Retry = &e.Retry
	}
	return m
}
