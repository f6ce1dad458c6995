package cli

import "tcptalk/internal/proto/sse"

// event writes what a server-sent event says; the contract has no record for it.
func (j *jsonLines) event(e *sse.Event) {
	j.str("event", e.Name())
	if e.HasID {
		j.str("id", e.ID)
	}
	j.bool("dispatched", e.Dispatched)
	j.num("len", e.DataLen)
	j.num("together", int64(e.Together))
}
