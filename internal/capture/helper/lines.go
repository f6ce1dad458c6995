package helper

import (
	"bytes"
	"encoding/json"
	"net/netip"
)

// Interface is something that packets can be captured on.
type Interface struct {
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Addresses   []netip.Prefix `json:"addresses,omitempty"`
	Loopback    bool           `json:"loopback,omitempty"`
	Up          bool           `json:"up,omitempty"`
	Wireless    bool           `json:"wireless,omitempty"`
	// LinkType is the number of its own link type, LinkName libpcap's name for it. -1 and "" where it could not be opened.
	LinkType int    `json:"link_type"`
	LinkName string `json:"link_name,omitempty"`
}

// Kind is the kind of a Line.
type Kind string

// The kinds. A capture says ready, then stats once a second for each interface, and ends with end for each or with an error.
const (
	Ready   Kind = "ready"   // the interface is open and the privilege is gone; packets are written from now on
	Stats   Kind = "stats"   // how the interface stands
	End     Kind = "end"     // the last stats of the interface: it was asked to stop
	Warning Kind = "warning" // something that the user should know and that ends nothing
	Failure Kind = "error"   // Reason and Message say why the helper ends
	OK      Kind = "ok"      // the answer of check and probe where nothing is wrong
)

// Reason is why something failed. The value is stable and fit as a key for translations.
type Reason string

// The reasons.
const (
	ReasonUsage         Reason = "usage"          // the command line is wrong
	ReasonPermission    Reason = "permission"     // this account may not capture
	ReasonNoInterface   Reason = "no-interface"   // there is no interface of that name
	ReasonNotUp         Reason = "not-up"         // the interface is not up
	ReasonInterfaceDown Reason = "interface-down" // the interface went away during the capture; of a warning: it went down
	ReasonInterfaceUp   Reason = "interface-up"   // of a warning: the interface came up again
	ReasonFilter        Reason = "filter"         // the filter is wrong: From, To
	ReasonName          Reason = "name"           // the filter has a host name, which is not looked up: From, To
	ReasonLinkType      Reason = "link-type"      // the interface does not have that link type
	ReasonOpen          Reason = "open"           // opening the interface failed otherwise
	ReasonRead          Reason = "read"           // reading packets failed
	ReasonWrite         Reason = "write"          // the packets could not be handed over
	ReasonPrivilege     Reason = "privilege"      // the privilege could not be given up
)

// Line is what the helper says on standard error, and the answer of check and probe on standard output.
type Line struct {
	Type      Kind   `json:"type"`
	Interface string `json:"interface,omitempty"`
	// Captured counts packets handed over, Received those that passed the filter (dropped ones too), Dropped those that the
	// kernel had no room for, IfDropped those that the interface lost. All count from the beginning of the capture.
	Captured  uint64 `json:"captured,omitempty"`
	Received  uint64 `json:"received,omitempty"`
	Dropped   uint64 `json:"dropped,omitempty"`
	IfDropped uint64 `json:"if_dropped,omitempty"`
	// Reason and Message belong to an error; the message is libpcap's or the system's.
	Reason  Reason `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// From and To are the bytes of the filter that are wrong.
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
}

// Append appends the line as JSON with a newline.
func (l *Line) Append(b []byte) []byte {
	text, err := json.Marshal(l)
	if err != nil { // strings and numbers only
		panic(err)
	}
	return append(append(b, text...), '\n')
}

// ParseLine reads a line of the helper; false for what is none, such as a message of the system's loader.
func ParseLine(b []byte) (Line, bool) {
	var l Line
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] != '{' || json.Unmarshal(b, &l) != nil || l.Type == "" {
		return Line{}, false
	}
	return l, true
}
