package app

// ViewKind is a way to show the connection in the middle of the capture window. All show the same packets with the same
// selection.
type ViewKind uint8

// The views, in the order of the switch.
const (
	ChatView ViewKind = iota
	MessagesView
	LadderView
	GraphsView
	StreamView
	NumViews = iota
)

var viewNames = [NumViews]string{"chat", "messages", "ladder", "graphs", "stream"}

// String returns the name used in traces.
func (v ViewKind) String() string { return viewNames[v] }

// ShowView shows the connection in another way.
func (a *App) ShowView(v ViewKind) {
	c := a.Capture
	if c == nil || c.Shows == v || v >= NumViews {
		return
	}
	c.Shows = v
	a.changed(ViewChanged)
	if v == StreamView && c.Bytes.Rows == nil {
		a.makeBytes(c)
	}
	if v == MessagesView && c.Messages.Rows == nil {
		a.makeMessages(c, false)
	}
	a.seekMessages(c)
	a.makeOtherMessages(c)
	if v == LadderView {
		a.followLadder()
	}
	if v == GraphsView && c.Graphs.Data == nil {
		a.makeGraphs(c)
	}
}
