package sse

import (
	"bytes"
	"strconv"
)

// field takes a line of the open event (HTML §9.2.6); left counts bytes of it that were not kept.
func (r *Reader) field(line []byte, left int64) {
	e := r.event
	if line[0] == ':' {
		e.comment(line, left)
		return
	}
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "data":
		r.addData(value, left)
		return
	case "event":
		e.Type = e.short(value, left)
	case "id":
		if bytes.IndexByte(value, 0) >= 0 {
			e.ignore(line, left)
			return
		}
		e.ID, e.HasID = e.short(value, left), true
	case "retry":
		n, err := strconv.ParseUint(string(value), 10, 63)
		if err != nil {
			e.ignore(line, left)
			return
		}
		e.Retry, e.HasRetry = int64(n), true
	default:
		e.ignore(line, left)
	}
}

// addData adds a line of data.
func (r *Reader) addData(value []byte, left int64) {
	e := r.event
	if e.HasData {
		value = append([]byte("\n"), value...)
	}
	e.HasData = true
	e.DataLen += int64(len(value)) + left
	r.data.Write(value[:min(len(value), r.keep-r.data.Len())])
}

// comment notes a line that begins with a colon.
func (e *Event) comment(line []byte, left int64) {
	e.note(&e.Comments, bytes.TrimPrefix(line[1:], []byte(" ")), left)
}

// ignore notes a line that the standard says to ignore.
func (e *Event) ignore(line []byte, left int64) { e.note(&e.Ignored, line, left) }

func (e *Event) note(list *[]string, line []byte, left int64) {
	if len(e.Comments)+len(e.Ignored) == maxLines {
		e.Left++
		return
	}
	*list = append(*list, e.short(line, left))
}

// short returns as much of a value as is kept.
func (e *Event) short(value []byte, left int64) string {
	e.Cut = e.Cut || left > 0 || len(value) > maxField
	return string(value[:min(len(value), maxField)])
}
