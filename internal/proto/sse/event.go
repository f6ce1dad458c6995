// Package sse reads server-sent events (HTML Living Standard §9.2), the content of a text/event-stream.
//
// Reader takes the stream of text, in pieces of any size, and gives an Event for every block of fields and for every comment
// between them. The text rides in the body of an HTTP response, perhaps compressed; where its bytes stand in the connection
// is known to whoever feeds the Reader, who says so with each piece. Start with New and Event.
package sse

import "strings"

// Name is the protocol's name in proto.Message.
const Name = "sse"

// MediaType is the Content-Type of an event stream.
const MediaType = "text/event-stream"

// BrokenUnfinished is the reason of an event behind which the empty line is missing that would have ended it, although the
// response is complete: browsers drop it (HTML §9.2.6).
const BrokenUnfinished = "unfinished event"

// Event is a block of fields up to an empty line, or a comment that stands between blocks. Strings hold the bytes of the wire,
// which need not be valid UTF-8.
type Event struct {
	// Type is what "event" named, "" for the default: "message".
	Type string
	// Data are the "data" lines joined by LF, up to the reader's limit. DataLen is the length of all of it.
	Data    string
	DataLen int64
	HasData bool
	// ID is the last event ID that the event sets; HasID tells an empty one from none.
	ID    string
	HasID bool
	// Retry is the reconnection time in milliseconds; HasRetry tells 0 from none.
	Retry    int64
	HasRetry bool
	// Comments are the lines that begin with a colon, Ignored those that the standard says to ignore, both as far as they are
	// kept. Left counts those that are not.
	Comments, Ignored []string
	Left              int
	// Dispatched says that a browser's handlers get to see the event: it has data, and the empty line came.
	Dispatched bool
	// Cut says that a field or a comment is longer than what is kept of it; of Data, DataLen tells.
	Cut bool
	// Together is the place of an event among several that became readable with the same byte: a compressed block, say. 0 is
	// the first.
	Together int
}

// Name returns the event's type as handlers are registered for it.
func (e *Event) Name() string {
	if e.Type == "" {
		return "message"
	}
	return e.Type
}

// Truncated reports that there is more data than Data holds.
func (e *Event) Truncated() bool { return int64(len(e.Data)) < e.DataLen }

// Kept returns about how many bytes of memory the event takes.
func (e *Event) Kept() int {
	const perLine = 16 // besides its text
	n := len(e.Type) + len(e.Data) + len(e.ID)
	for _, lines := range [...][]string{e.Comments, e.Ignored} {
		for _, s := range lines {
			n += perLine + len(s)
		}
	}
	return n
}

// IsMediaType reports that a Content-Type is that of an event stream, whatever its parameters.
func IsMediaType(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.Trim(t, " \t"), MediaType)
}
