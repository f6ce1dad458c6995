package http2

import "tcptalk/internal/flow"

// Piece is a part of a body on its way: bytes, or a hole, or the end.
type Piece struct {
	Dir    flow.Direction
	Stream uint32
	// Bytes are the next bytes of the body, without padding; At is where they stand in the connection's stream, or where the
	// body ends. They are borrowed.
	Bytes []byte
	At    int64
	// Missing counts bytes that were not captured and stand here instead. Where not even the padding's length was captured,
	// padding counts. On stream 0, which has no body, they are bytes between frames that can be read: any body of this
	// direction that has not ended may lack some of them, or have ended there.
	Missing int64
	// End says that the sender ended the body here, by END_STREAM on a DATA frame. A body whose stream ends by HEADERS
	// (trailers, or no body at all), by RST_STREAM or with the connection gets no End.
	End bool
}

// paddingUnknown is side.padding where the byte that tells its length was not captured.
const paddingUnknown = -1

// hand tells Options.Body of the part of the open frame's payload that comes next: b, or a hole of as many bytes.
func (d *Decoder) hand(dir flow.Direction, s *side, b []byte, hole int64) {
	f := s.frame
	if d.opt.Body == nil || f.Type != Data || f.Stream == 0 {
		return
	}
	left, at := s.left, s.pos
	if f.Has(FlagPadded) && left == f.Length {
		s.padding = paddingUnknown
		if hole == 0 {
			s.padding, b = int64(b[0]), b[1:]
			at++
		} else {
			hole--
		}
		left--
		if s.padding > left { // does not fit: BadPadding, and all of it is read as data
			s.padding = 0
		}
	}
	if s.padding == paddingUnknown {
		b, hole = nil, hole+int64(len(b))
	} else {
		data := max(left-s.padding, 0) // from here to the padding
		b, hole = b[:min(int64(len(b)), data)], min(hole, data)
	}
	if len(b) > 0 || hole > 0 {
		d.opt.Body(Piece{Dir: dir, Stream: f.Stream, Bytes: b, At: at, Missing: hole})
	}
}

// handEnd tells Options.Body that a DATA frame ended at offset at, if the body does with it.
func (d *Decoder) handEnd(dir flow.Direction, f *Frame, at int64) {
	if d.opt.Body != nil && f.Type == Data && f.Stream != 0 && f.Has(FlagEndStream) {
		d.opt.Body(Piece{Dir: dir, Stream: f.Stream, At: at, End: true})
	}
}
