package app

import (
	"cmp"
	"slices"

	"tcptalk/internal/proto/all"
	"tcptalk/internal/session"
)

// PortRule says that the connections to a port speak a protocol, whatever their first bytes look like.
type PortRule struct {
	Port     uint16 `json:"port"`
	Protocol string `json:"protocol"`
}

// maxRules bounds the rules that are kept: more is no choice of a person.
const maxRules = 100

// Protocols are the names that a rule may have.
func Protocols() []string { return all.Names() }

// validRules drops what an edited or future file may hold; the first rule for a port counts.
func validRules(rules []PortRule) []PortRule {
	var out []PortRule
	for _, r := range rules {
		known := slices.ContainsFunc(out, func(k PortRule) bool { return k.Port == r.Port })
		if !known && r.Port != 0 && slices.Contains(all.Names(), r.Protocol) && len(out) < maxRules {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b PortRule) int { return cmp.Compare(a.Port, b.Port) })
	return out
}

// DecodePortAs makes a rule for a port, applies it at once and keeps it; "" takes the rule away.
func (a *App) DecodePortAs(port uint16, protocol string) {
	rules := slices.DeleteFunc(slices.Clone(a.DecodeAs), func(r PortRule) bool { return r.Port == port })
	if protocol != "" {
		rules = append([]PortRule{{port, protocol}}, rules...)
	}
	if rules = validRules(rules); slices.Equal(rules, a.DecodeAs) {
		return
	}
	a.DecodeAs = rules
	a.save()
	if c := a.Capture; c != nil && c.Session != nil {
		a.decodeAnew(c)
	}
	a.changed(SettingsChanged)
}

// DecodeStreamAs says what one connection of the open capture speaks; "" lets its bytes or its port decide again. That is kept with
// the marks and notes on the capture.
func (a *App) DecodeStreamAs(stream int, protocol string) {
	c := a.Capture
	if c == nil || c.Session == nil || stream < 0 || stream >= c.Session.Streams() || c.decodeAs[stream] == protocol {
		return
	}
	if _, known := c.decodeAs[stream]; protocol != "" && (!slices.Contains(all.Names(), protocol) || !known && len(c.decodeAs) >= maxRules) {
		return
	}
	if c.decodeAs == nil {
		c.decodeAs = map[int]string{}
	}
	c.decodeAs[stream] = protocol // "" too: it counts more than what was kept and is not read yet
	a.decodeAnew(c)
	a.saveNotes(c)
}

// adoptRules takes over the protocols that were chosen for connections before. What the reader chose since counts more. It reports
// that there are any.
func (c *Capture) adoptRules(kept map[int]string) (any bool) {
	for stream, protocol := range kept {
		if _, chosen := c.decodeAs[stream]; !chosen {
			if c.decodeAs == nil {
				c.decodeAs = map[int]string{}
			}
			c.decodeAs[stream], any = protocol, true
		}
	}
	return any
}

// DecodedAs returns the protocol that the reader chose for a connection, "" for none, and the one for its port.
func (a *App) DecodedAs(stream int) (own, port string) {
	c := a.Capture
	conn := c.Session.Connection(stream)
	for _, r := range a.DecodeAs {
		if r.Port == conn.Server.Port() {
			port = r.Protocol
		}
	}
	return c.decodeAs[stream], port
}

// applyRules tells the session what the reader chose.
func (a *App) applyRules(c *Capture) {
	c.Session.SetDecodeAs(decodeRules(c.decodeAs, a.DecodeAs))
}

// decodeRules are the reader's choices for connections and for ports.
func decodeRules(chosen map[int]string, ports []PortRule) []session.DecodeAs {
	var rules []session.DecodeAs
	for stream, protocol := range chosen {
		if protocol == "" {
			continue
		}
		rules = append(rules, session.DecodeAs{Protocol: protocol, Stream: stream})
	}
	for _, r := range ports {
		rules = append(rules, session.DecodeAs{Protocol: r.Protocol, Stream: -1, Port: r.Port})
	}
	return rules
}

// decodeAnew reads the connection that is shown anew, as the rules say now.
func (a *App) decodeAnew(c *Capture) {
	a.applyRules(c)
	if c.wanted >= 0 {
		a.selectConnection(c.wanted)
	}
	a.list(c)
}
