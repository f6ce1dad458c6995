package app

import (
	"maps"
	"slices"
)

// MatchedOther reports that packet i of the conversation shown that is not TCP was found.
func (c *Capture) MatchedOther(i int) bool {
	_, found := slices.BinarySearch(c.Search.Others[c.Other.Index].Packets, uint32(max(i, 0)))
	return found
}

// matchesHere are the packets found in what stands in the middle, and the one that is selected.
func (c *Capture) matchesHere() (packets []uint32, at int) {
	if c.Other.Shown() {
		return c.Search.Others[c.Other.Index].Packets, c.Other.Packet
	}
	return c.Search.Found[c.Stream].Packets, c.Packet
}

// matchesOf are the packets found in a conversation of a family.
func (c *Capture) matchesOf(f Family, conversation int) []uint32 {
	if f == TCPFamily {
		return c.Search.Found[conversation].Packets
	}
	return c.Search.Others[conversation].Packets
}

// foundIn are the conversations of a family in which packets were found, by their numbers.
func (c *Capture) foundIn(f Family) []int {
	matches := c.Search.Found
	if f != TCPFamily {
		matches = c.Search.Others
	}
	var out []int
	for _, i := range slices.Sorted(maps.Keys(matches)) {
		if len(matches[i].Packets) > 0 && (f == TCPFamily || familyOf(c.Session.Other(i).Kind) == f) {
			out = append(out, i)
		}
	}
	return out
}

// foundBeyond goes to the nearest conversation with a match: in the list as far as it goes, then in the other families, then around the
// end of the list.
func (a *App) foundBeyond(c *Capture, step int) bool {
	listed, family := c.Listed(), c.Side.Family
	shown, of := c.Stream, TCPFamily
	if c.Other.Shown() {
		shown, of = c.Other.Index, familyOf(c.Other.View.Kind)
	}
	row := -1
	if of == family {
		row = slices.Index(listed, shown)
	}
	if row < 0 && step < 0 {
		row = len(listed)
	}
	for next := row + step; next >= 0 && next < len(listed); next += step {
		if len(c.matchesOf(family, listed[next])) > 0 {
			a.toMatch(c, family, listed[next], step)
			return true
		}
	}
	for n := range Family(NumFamilies - 1) {
		f := (family + 1 + n) % NumFamilies
		if step < 0 {
			f = (family + NumFamilies - 1 - n) % NumFamilies
		}
		if found := c.foundIn(f); len(found) > 0 {
			a.ShowFamily(f)
			a.toMatch(c, f, found[landing(step, len(found))], step)
			return true
		}
	}
	next := 0
	if step < 0 {
		next = len(listed) - 1
	}
	for range listed {
		if len(c.matchesOf(family, listed[next])) > 0 {
			a.toMatch(c, family, listed[next], step)
			return true
		}
		next += step
	}
	return false
}

// toMatch goes to the first match in a conversation, or to the last one.
func (a *App) toMatch(c *Capture, f Family, conversation, step int) {
	packets := c.matchesOf(f, conversation)
	packet := int(packets[landing(step, len(packets))])
	switch {
	case f == TCPFamily:
		a.leaveOther(c)
		if conversation == c.Stream && c.wanted == conversation {
			a.SelectPacket(packet)
			return
		}
		c.Search.land = step
		a.SelectConnection(conversation)
	case conversation == c.Other.Index && c.Other.Shown():
		a.SelectOtherPacket(packet)
	default:
		v, err := c.Session.OtherView(conversation)
		if err != nil || packet >= v.Len() {
			return // the capture is gone
		}
		c.Other.goTo = v.At(packet).Frame
		a.SelectOther(conversation)
	}
}
