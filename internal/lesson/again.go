package lesson

import (
	"fmt"
	"maps"
	"slices"
)

// Again is what came of holding another recording against a case.
type Again struct {
	// Differences are those that the case does not allow.
	Differences []error
	// Moved is how many packets of the case stand elsewhere in the other recording, Missing how many are not there and Added
	// how many the other one has besides.
	Moved, Missing, Added int
	// Values is how many sequence numbers and lengths that the case names were not compared, because they may drift.
	Values int
	// Exact says that nothing drifted that the case speaks of: the recording could take the place of the case's own.
	Exact bool
}

// CheckAgain holds another recording of the same story, again, against the case. What its expectations say may drift is looked
// for where it is: each packet of the case's recording, first, is paired with the one of the other that says the same, in order,
// and everything the case says is then said of the partner. Without anything that may drift it is Check.
func (c *Case) CheckAgain(first, again Facts) Again {
	if len(c.Expect.MayDrift) == 0 {
		differences := c.Check(again)
		return Again{Differences: differences, Exact: len(differences) == 0}
	}
	p := pairUp(first, again, c.Expect.MayDrift)
	result := Again{Missing: len(p.missing), Added: len(p.added), Exact: len(c.Check(again)) == 0}
	for old, now := range p.partner {
		if old != now {
			result.Moved++
		}
	}
	// A copy: what drifts is taken out of it.
	d := *c
	d.Expect.Labels = p.labels(c)
	d.Steps = slices.Clone(c.Steps)
	for i := range d.Steps {
		d.Steps[i].Packets = p.shown(d.Steps[i].Packets)
	}
	if p.may(DriftSizes) {
		result.Values = d.withoutNumbers(p)
	}
	if !result.Exact {
		result.Differences = append(d.Check(p), p.strangeLabels(c)...)
	}
	return result
}

// labels are those that a case expects, without the ones that drifted away.
func (p *pairs) labels(c *Case) map[uint32][]string {
	kept := maps.Clone(c.Expect.Labels)
	maps.DeleteFunc(kept, func(n uint32, want []string) bool {
		if _, ok := p.partner[n]; ok {
			return false
		}
		repeat := p.may(DriftRepeats) && slices.Equal(want, []string{retransmission}) && !c.shows(n)
		return repeat || p.elsewhere(c.Expect.Labels, n, want)
	})
	return kept
}

// withoutNumbers takes out of the case, which is a copy, what sizes decide about. It returns how many numbers that were.
func (c *Case) withoutNumbers(again Facts) (values int) {
	packets := make(map[uint32]ExpectedPacket, len(c.Expect.Packets))
	for n, e := range c.Expect.Packets {
		for _, v := range []*uint32{e.Seq, e.Ack, e.Len} {
			if v != nil {
				values++
			}
		}
		packets[n] = ExpectedPacket{Flags: e.Flags}
	}
	c.Expect.Packets = packets
	c.Expect.Messages = slices.DeleteFunc(slices.Clone(c.Expect.Messages), func(w ExpectedMessage) bool { return w.found(again) })
	questions := slices.DeleteFunc(slices.Clone(c.Questions), func(q Question) bool {
		return slices.Contains([]string{ComputeSeq, ComputeAck, ComputeLen}, q.Compute.What)
	})
	values += len(c.Questions) - len(questions)
	c.Questions = questions
	return values
}

// pairs is another recording under the packet numbers of the first. It implements Facts.
type pairs struct {
	Facts // the other recording

	first          Facts
	stream         map[uint32]uint32 // the connections of the first, in the other one
	more           int               // connections that the other one has besides, apart from spares
	partner        map[uint32]uint32 // by number in the first
	number         map[uint32]uint32 // the other way
	missing, added []uint32
	drift          []string // what may be otherwise
}

func (p *pairs) may(drift string) bool { return slices.Contains(p.drift, drift) }

// pairUp finds the partners of the packets of all connections.
func pairUp(first, again Facts, drift []string) *pairs {
	p := &pairs{Facts: again, first: first, drift: drift, stream: map[uint32]uint32{}, partner: map[uint32]uint32{}, number: map[uint32]uint32{}}
	mine, theirs := byStream(first), byStream(again)
	p.pairStreams(mine, theirs)
	for stream, a := range mine {
		if now, ok := p.stream[stream]; ok {
			p.align(first, a, theirs[now])
		}
	}
	for _, numbers := range mine {
		for _, n := range numbers {
			if _, ok := p.partner[n]; !ok {
				p.missing = append(p.missing, n)
			}
		}
	}
	for _, numbers := range theirs {
		for _, n := range numbers {
			if _, ok := p.number[n]; !ok {
				p.added = append(p.added, n)
			}
		}
	}
	slices.Sort(p.missing)
	slices.Sort(p.added)
	return p
}

// pairStreams pairs the connections in their order; if there may be others on which nothing is said, without all those.
func (p *pairs) pairStreams(mine, theirs map[uint32][]uint32) {
	a, b := slices.Sorted(maps.Keys(mine)), slices.Sorted(maps.Keys(theirs))
	if p.may(DriftSpares) {
		silent := func(f Facts, packets []uint32) bool {
			return !slices.ContainsFunc(packets, func(n uint32) bool { x, _ := f.Packet(n); return x.Len > 0 })
		}
		a = slices.DeleteFunc(a, func(stream uint32) bool { return silent(p.first, mine[stream]) })
		b = slices.DeleteFunc(b, func(stream uint32) bool { return silent(p.Facts, theirs[stream]) })
	}
	for i := range min(len(a), len(b)) {
		p.stream[a[i]] = b[i]
	}
	p.more = len(b) - len(a)
}

func byStream(f Facts) map[uint32][]uint32 {
	streams := map[uint32][]uint32{}
	for n := uint32(1); n <= f.PacketCount(); n++ {
		if p, ok := f.Packet(n); ok {
			streams[p.Stream] = append(streams[p.Stream], n)
		}
	}
	return streams
}

// align pairs the packets of one connection so that their order stays and they are as alike as can be, by the algorithm of
// Needleman and Wunsch.
func (p *pairs) align(first Facts, a, b []uint32) {
	sizes := p.may(DriftSizes)
	best := make([][]int, len(a)+1) // of the rests from i and j on
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	alike := func(i, j int) int {
		x, _ := first.Packet(a[i])
		y, _ := p.Facts.Packet(b[j])
		return likeness(&x, &y, sizes)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if l := alike(i, j); l > 0 {
				best[i][j] = max(best[i][j], best[i+1][j+1]+l)
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch l := alike(i, j); {
		case l > 0 && best[i][j] == best[i+1][j+1]+l:
			p.partner[a[i]], p.number[b[j]] = b[j], a[i]
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	p.overtakers(a, b, alike)
	if sizes {
		p.answers(first, a, b, alike)
	}
}

// answers pairs acknowledgments that stand right behind partners, however much they acknowledge.
func (p *pairs) answers(first Facts, a, b []uint32, alike func(i, j int) int) {
	for i := 1; i < len(a); i++ {
		j := slices.Index(b, p.partner[a[i-1]]) + 1
		x, _ := first.Packet(a[i])
		if p.partner[a[i]] != 0 || x.Len > 0 || j == 0 || j == len(b) || alike(i, j) == different {
			continue
		}
		delete(p.partner, p.number[b[j]]) // of somewhere else
		p.partner[a[i]], p.number[b[j]] = b[j], a[i]
	}
}

// overtakers pairs what is left and says the same, such as segments around a repetition that came some of them earlier or later.
func (p *pairs) overtakers(a, b []uint32, alike func(i, j int) int) {
	for i, n := range a {
		for j, m := range b {
			if p.partner[n] == 0 && p.number[m] == 0 && alike(i, j) > alikePlace {
				p.partner[n], p.number[m] = m, n
			}
		}
	}
}

// What two packets can have in common, by how much it says.
const (
	different   = 0
	alikeDetail = 1 // a field
	alikeLabel  = 24
	alikePlace  = 8 // they end at the same byte, or acknowledge it
)

// likeness says how much two packets say the same: 0 if they cannot be partners.
func likeness(a, b *Packet, sizes bool) int {
	if a.Sender != b.Sender || without(a.Flags, "APUEC") != without(b.Flags, "APUEC") || (a.Len == 0) != (b.Len == 0) {
		return different
	}
	n := alikeDetail
	x, y := telling(a.Labels), telling(b.Labels)
	switch same := a.Seq+a.Len == b.Seq+b.Len && (a.Len > 0 || a.Ack == b.Ack); {
	case same:
		n += alikePlace
	case !sizes || !slices.Equal(x, y):
		return different
	}
	if slices.Equal(x, y) {
		n += alikeDetail + alikeLabel*len(x)
	}
	for _, same := range []bool{a.Seq == b.Seq, a.Ack == b.Ack, a.Len == b.Len, a.Flags == b.Flags} {
		if same {
			n += alikeDetail
		}
	}
	return n
}

func without(flags, letters string) string {
	return string(slices.DeleteFunc([]byte(flags), func(b byte) bool { return slices.Contains([]byte(letters), b) }))
}

// windowUpdate is what an acknowledgment is called that came a moment too late to be an ordinary one.
const windowUpdate = "window_update"

const (
	duplicateAck   = "duplicate_ack"
	retransmission = "retransmission"
)

// windowFull says that a segment used what the last acknowledgment allowed.
const windowFull = "window_full"

// telling are labels that do not come and go with the number of acknowledgments.
func telling(labels []string) []string {
	return slices.DeleteFunc(sorted(labels), func(l string) bool { return l == windowUpdate || l == windowFull })
}

// elsewhere reports that another packet of the connection with the same labels has a partner, so that there are only fewer.
func (p *pairs) elsewhere(labels map[uint32][]string, n uint32, want []string) bool {
	of, _ := p.first.Packet(n)
	if len(telling(want)) == 0 {
		return (p.may(DriftSizes) || of.Len == 0) && without(of.Flags, "AP") == ""
	}
	for m, other := range labels {
		x, ok := p.first.Packet(m)
		_, paired := p.partner[m]
		if ok && paired && x.Stream == of.Stream && slices.Equal(sorted(other), sorted(want)) {
			return true
		}
	}
	return false
}

// shows reports that a step is about a packet.
func (c *Case) shows(n uint32) bool {
	return slices.ContainsFunc(c.Steps, func(s Step) bool { return slices.Contains(s.Packets, n) })
}

// found reports that a message of the connection is as expected, in whatever packet it ends.
func (w ExpectedMessage) found(f Facts) bool {
	return slices.ContainsFunc(f.Messages(w.Stream), func(m Message) bool { return m.Protocol == w.Protocol && w.agrees(m) })
}

// shown are the packets of a step without those that are missing while another one of the same kind is there.
func (p *pairs) shown(packets []uint32) []uint32 {
	return slices.DeleteFunc(slices.Clone(packets), func(n uint32) bool {
		a, _ := p.first.Packet(n)
		return p.partner[n] == 0 && slices.ContainsFunc(packets, func(m uint32) bool {
			b, _ := p.first.Packet(m)
			if p.may(DriftSizes) && a.Len > 0 && len(telling(a.Labels)) == 0 {
				return p.partner[m] != 0 // one segment fewer was on the way
			}
			return p.partner[m] != 0 && a.Stream == b.Stream && a.Sender == b.Sender && (a.Len == 0) == (b.Len == 0) &&
				slices.Equal(telling(a.Labels), telling(b.Labels))
		})
	})
}

// strangeLabels reports packets that the case's recording does not have, with labels that the case does not know.
func (p *pairs) strangeLabels(c *Case) (errs []error) {
	if !c.Expect.NoOtherLabels {
		return nil
	}
	var known []string
	for _, l := range c.Expect.Labels {
		known = append(known, l...)
	}
	if p.may(DriftRepeats) {
		known = append(known, retransmission)
	}
	for _, n := range p.added {
		x, _ := p.Facts.Packet(n)
		for _, l := range telling(x.Labels) {
			if !slices.Contains(known, l) {
				errs = append(errs, fmt.Errorf("packet %d of the new recording: label %s, which no packet of the case has", n, l))
			}
		}
	}
	return errs
}

// PacketCount implements Facts: there are as many numbers as the first recording has.
func (p *pairs) PacketCount() uint32 { return p.first.PacketCount() }

// Packet implements Facts.
func (p *pairs) Packet(n uint32) (Packet, bool) {
	x, ok := p.Facts.Packet(p.partner[n]) // there is no packet 0
	if !ok {
		return x, false
	}
	// Whether an acknowledgment is a window update too is how many there are.
	old, _ := p.first.Packet(n)
	if p.may(DriftPushes) && x.Len > 0 && without(x.Flags, "P") == without(old.Flags, "P") {
		x.Flags = old.Flags
	}
	x.Stream, x.Labels = old.Stream, telling(x.Labels)
	if slices.Contains(old.Labels, windowFull) {
		x.Labels = append(x.Labels, windowFull)
	}
	switch {
	case !slices.Contains(old.Labels, windowUpdate):
	case len(x.Labels) == 0, slices.Equal(x.Labels, []string{duplicateAck}):
		// A duplicate that has the window changed too is called an update.
		x.Labels = []string{windowUpdate}
	}
	return x, true
}

// Connections implements Facts.
func (p *pairs) Connections() int { return p.first.Connections() + p.more }

// Closing implements Facts. How a spare connection ended is not compared.
func (p *pairs) Closing(stream uint32) (Closing, bool) {
	if now, ok := p.stream[stream]; ok {
		return p.Facts.Closing(now)
	}
	if p.may(DriftSpares) {
		return p.first.Closing(stream)
	}
	return Closing{}, false
}

// Messages implements Facts.
func (p *pairs) Messages(stream uint32) []Message {
	now, ok := p.stream[stream]
	if !ok {
		return nil
	}
	all := slices.Clone(p.Facts.Messages(now))
	for i := range all {
		all[i].Packet = p.number[all[i].Packet]
	}
	return all
}

// Count implements Facts.
func (p *pairs) Count(filter string, from, to uint32) (int, error) {
	from, to = p.within(from, to)
	return p.Facts.Count(filter, from, to)
}

// Others implements Facts.
func (p *pairs) Others(protocol string, from, to uint32) int {
	from, to = p.within(from, to)
	return p.Facts.Others(protocol, from, to)
}

// within are the numbers of a range in the other recording: from the first partner to the last one, and further where partners of
// other connections stand before and behind these, for they run beside each other.
func (p *pairs) within(from, to uint32) (first, last uint32) {
	for from <= to && p.partner[from] == 0 {
		from++
	}
	for to > from && p.partner[to] == 0 {
		to--
	}
	if from > to || p.partner[from] == 0 {
		return 1, 0
	}
	first, last = p.partner[from], p.partner[to]
	begin, _ := p.first.Packet(from)
	end, _ := p.first.Packet(to)
	for n := from; n <= to; n++ {
		x, _ := p.first.Packet(n)
		now := p.partner[n]
		if now != 0 && x.Stream != begin.Stream {
			first = min(first, now)
		}
		if x.Stream != end.Stream {
			last = max(last, now)
		}
	}
	return first, last
}
