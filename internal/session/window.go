package session

import "tcptalk/internal/packet"

// RawWindow reads the window field of segment i again, as it stands in the header: the Window of its Record is scaled. False if
// the packet cannot be read or decoded any more.
func (v *View) RawWindow(i int) (uint16, bool) {
	d := segments{v: v, decoder: packet.NewDecoder()}
	seg, err := d.at(i)
	if err != nil || seg == nil {
		return 0, false
	}
	return seg.Window, true
}
