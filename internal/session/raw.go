package session

import "tcptalk/internal/packet"

// Raw are numbers of a segment as they stand in its header; those of a Record are relative and scaled. They cannot be worked out
// from each other: an end may begin to count anew within a connection.
type Raw struct {
	Seq, Ack uint32
	Window   uint16
}

// Raw reads the numbers of segment i again. False if the packet cannot be read or decoded any more.
func (v *View) Raw(i int) (Raw, bool) {
	d := segments{v: v, decoder: packet.NewDecoder()}
	seg, err := d.at(i)
	if err != nil || seg == nil {
		return Raw{}, false
	}
	return Raw{uint32(seg.Seq), uint32(seg.Ack), seg.Window}, true
}
