package all

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/sse"
)

// events reads the body of one response as server-sent events while it comes.
type events struct {
	dir    flow.Direction
	emit   proto.Emit
	reader *sse.Reader
	stream *body.Stream // takes off the codings; nil if there are none
	failed bool         // nothing can be read any more

	// The piece that is being read begins at stream offset at; base bytes of the body were captured before it.
	at, base, size int64
}

// newEvents returns a reader of a response's body, nil if it is no event stream, or none that can be read. keep is
// Options.Keep.
func newEvents(contentType string, codings []string, dir flow.Direction, emit proto.Emit, keep int) *events {
	if !sse.IsMediaType(contentType) || !body.AllKnown(codings) {
		return nil
	}
	e := &events{dir: dir, emit: emit}
	e.reader = sse.New(e.event, keep)
	if len(codings) > 0 {
		e.stream = body.NewStream(codings, 0, e.unpacked)
	}
	return e
}

// event passes an event on as a message.
func (e *events) event(d *sse.Event, at sse.Place, broken string) {
	e.emit(proto.Message{
		Protocol: sse.Name, Dir: e.dir, Start: at.Start, End: at.End, Complete: broken == "", Broken: broken, Detail: d,
	})
}

// unpacked takes text that became readable with the last of used bytes of the body. Its place is that byte: what a sender
// writes behind a flush to fill up its last byte comes with this event and not with the next, whoever it belongs to.
func (e *events) unpacked(b []byte, used int64) {
	e.reader.Packed(b, e.byteBefore(used))
}

// byteBefore is the place of the last of used bytes of the body.
func (e *events) byteBefore(used int64) sse.Place {
	end := e.at + used - e.base
	return sse.Place{Start: end - 1, End: end}
}

// write takes the next bytes of the body; they stand at stream offset at. gap says that some are missing in front of them.
func (e *events) write(b []byte, at int64, gap bool) {
	if e.failed || len(b) == 0 {
		return
	}
	e.at, e.base, e.size = at, e.base+e.size, int64(len(b))
	switch {
	case e.stream == nil:
		if gap {
			e.reader.Gap()
		}
		e.reader.Plain(b, at)
	case gap:
		e.fail(proto.BrokenGap, sse.Place{Start: at, End: at + 1})
	default:
		e.stream.Write(b)
		if e.stream.Over() {
			why, _ := e.stream.Stop()
			e.fail(string(why), e.byteBefore(e.stream.Used()))
		}
	}
}

// fail gives up the body.
func (e *events) fail(why string, at sse.Place) {
	e.failed = true
	e.release()
	e.reader.Fail(why, at)
}

// end says that the body has ended; why is the reason if it is not complete.
func (e *events) end(why string) {
	if e.failed {
		return
	}
	if e.stream == nil {
		e.reader.Close(why)
		return
	}
	e.stream.Close()
	if stop, _ := e.stream.Stop(); stop != body.Whole && why == "" {
		e.fail(string(stop), e.byteBefore(e.stream.Used()))
		return
	}
	e.reader.Close(why)
}

// release ends the reading without looking at what is open.
func (e *events) release() {
	if e != nil && e.stream != nil {
		e.stream.Release()
	}
}
