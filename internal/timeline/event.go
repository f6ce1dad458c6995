package timeline

import (
	"sort"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/session"
)

// isEvents reports a response whose body is shown as the events that it consists of.
func isEvents(h *http1.Head) bool {
	t, _ := h.Get("Content-Type")
	return h.Kind == http1.Response && sse.IsMediaType(t)
}

// withGap puts in front of the lines of event i of ms, which begin in one packet, when it came: how long after the event before
// it on the connection.
func (c *Chat) withGap(ms []session.Message, i int, lines []string) []string {
	all := c.talk.Messages
	here := i + sort.Search(len(all), func(k int) bool { return all[k].First >= ms[0].First })
	for k := here - 1; k >= 0; k-- {
		if o := &all[k]; o.Protocol == sse.Name {
			gap := time.Duration(c.view.At(ms[i].Ended).Time - c.view.At(o.Ended).Time)
			return append([]string{narrate.EventGap(c.options.Lang, gap, o.Ended == ms[i].Ended)}, lines...)
		}
	}
	return lines
}
