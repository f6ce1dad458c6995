package app

import (
	"regexp"
	"strings"

	find "tcptalk/internal/filter"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

// Expressions say in the languages of Wireshark and tcpdump how to find the same things.
type Expressions struct {
	// Display is a display filter for this capture, Anywhere one that holds in others too; "" if there is none.
	Display, Anywhere string
	// Tcpdump is a capture filter; "" if there is none, for the reason NoTcpdump.
	Tcpdump   string
	NoTcpdump string
}

// SearchExpressions are those of what is looked for; ok is false if nothing is.
func (a *App) SearchExpressions() (e Expressions, ok bool) {
	c := a.Capture
	if c == nil || !c.Search.Active() {
		return e, false
	}
	if s := c.Search.Query.Search; s != nil {
		e.Display = textFilter(s.String())
		e.NoTcpdump = narrate.WhyNoBPF(a.Lang(), narrate.BPFPayload, "tcp.payload")
		return e, true
	}
	f := c.Search.Query.Filter
	e.Display = strings.TrimSpace(f.String())
	dump, err := f.Tcpdump()
	if e.Tcpdump = dump; err != nil {
		e.Tcpdump, e.NoTcpdump = "", inLang(a.Lang(), err)
	}
	return e, true
}

// inLang words an error in the reader's language, if it can.
func inLang(l narrate.Lang, err error) string {
	if w, ok := err.(interface{ In(l narrate.Lang) string }); ok { //nolint:errorlint // the filter returns its own, never wrapped
		return w.In(l)
	}
	return err.Error()
}

// textFilter is the display filter that finds a text in payload, in any case, as a search does.
func textFilter(text string) string {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(text), `"`, `\x22`)
	return `tcp.payload matches r"` + pattern + `"`
}

// PacketExpressions are those of packet i of the connection shown.
func (a *App) PacketExpressions(i int) (e Expressions, ok bool) {
	c := a.Capture
	if c == nil || c.View == nil || i < 0 || i >= c.View.Len() {
		return e, false
	}
	r := c.View.At(i)
	e.Display = find.ForFrames([]uint32{r.Frame})
	if c.Session.Before() > 0 { // in a file that is saved of it packets have other numbers
		e.Display = find.ForTime(max(r.Time, 0))
	}
	e.NoTcpdump = narrate.WhyNoBPF(a.Lang(), narrate.BPFPacketNumbers, "frame.number")
	return e, true
}

// ConnectionExpressions are those of a connection.
func (a *App) ConnectionExpressions(stream int) (e Expressions, ok bool) {
	c := a.Capture
	if c == nil || c.Session == nil || stream < 0 || stream >= c.Session.Streams() {
		return e, false
	}
	conn := c.Session.Connection(stream)
	e.Display, e.Anywhere, e.Tcpdump = find.ForConnection(&conn)
	if c.Session.Before() > 0 { // as connections have
		e.Display = e.Anywhere
	}
	return e, true
}

// LabelFilter is the display filter that finds the packets with a label.
func LabelFilter(l tcp.Labels) string { return "tcp.analysis." + l.Names()[0] }
