package session

import (
	"context"
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/proto/dns"
)

// maxPaired is how many packets of a conversation are looked at to find which one answers which: more than a person scrolls
// through.
const maxPaired = 200_000

// Asking says whether a packet asks for something.
type Asking uint8

// The answers to that.
const (
	AsksNothing Asking = iota
	AsksOnce
	AsksAgain // the same was asked again before an answer came
)

// askKey is what a request and its answer have in common.
type askKey struct {
	from    flow.Direction // who asked
	id, seq uint16
	name    string
}

// Pairs tells which packet answers which: for each one the index of the request, or -1. DNS queries, pings and ARP requests are
// known. It is nil for other conversations, and shorter than the view if that is very long.
func (v *OtherView) Pairs(ctx context.Context) ([]int32, error) {
	pairs, _, err := v.Asked(ctx)
	return pairs, err
}

// Asked is Pairs, and tells of each packet whether it is a request, and whether the same was asked again later.
func (v *OtherView) Asked(ctx context.Context) (pairs []int32, asks []Asking, err error) {
	ask := v.asking()
	if ask == nil {
		return nil, nil, nil
	}
	n := min(v.Len(), maxPaired)
	pairs, asks = make([]int32, n), make([]Asking, n)
	open, answered := map[askKey]int32{}, make([]bool, n)
	err = v.Feed(ctx, func(i int, o *packet.Other) bool {
		if i == n {
			return false
		}
		pairs[i] = -1
		key, request, reply := ask(o)
		key.from = v.At(i).Dir()
		if request {
			asks[i] = AsksOnce
			if before, ok := open[key]; ok && !answered[before] {
				asks[before] = AsksAgain
			}
			open[key] = int32(i)
		}
		if reply {
			key.from = key.from.Reverse()
			if asked, ok := open[key]; ok {
				pairs[i], answered[asked] = asked, true
			}
		}
		return true
	})
	return pairs, asks, err
}

// asking returns what tells requests and replies in this conversation, nil if that is not known.
func (v *OtherView) asking() func(*packet.Other) (key askKey, request, reply bool) {
	switch {
	case v.Kind == packet.OtherICMP, v.Kind == packet.OtherICMPv6:
		return askICMP
	case v.Kind == packet.OtherARP:
		return askARP
	case v.Protocol == dns.Name, v.Protocol == dns.LLMNR, v.Protocol == dns.NBNS:
		return askDNS
	}
	return nil
}

func askICMP(o *packet.Other) (key askKey, request, reply bool) {
	m, ok := packet.ParseICMP(o.Payload, o.Kind == packet.OtherICMPv6)
	if ok {
		request, reply = m.Echo()
	}
	return askKey{id: m.ID, seq: m.Seq}, request, reply
}

func askARP(o *packet.Other) (key askKey, request, reply bool) {
	m, ok := packet.ParseARP(o.Payload)
	return askKey{}, ok && m.Operation == packet.ARPRequest, ok && m.Operation == packet.ARPReply
}

// askDNS asks for the name too: numbers of 16 bits come again.
func askDNS(o *packet.Other) (key askKey, request, reply bool) {
	m, ok := dns.Parse(o.Payload, dns.Name)
	if !ok {
		return key, false, false
	}
	key.id = m.ID
	if len(m.Questions) > 0 {
		key.name = strings.ToLower(m.Questions[0].Name)
	}
	return key, !m.Response, m.Response
}
