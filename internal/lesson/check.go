package lesson

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Check compares the case with its capture: everything expected, packets of steps, and answers of questions. It returns one
// error per disagreement, none if the capture is as the case says.
func (c *Case) Check(facts Facts) []error {
	errs := c.Expect.Check(facts)
	for i, s := range c.Steps {
		for _, n := range s.Packets {
			p, ok := facts.Packet(n)
			switch {
			case !ok:
				errs = append(errs, fmt.Errorf("step %d: packet %d is not a TCP segment of this capture", i+1, n))
			case p.Stream != s.Stream:
				errs = append(errs, fmt.Errorf("step %d: packet %d belongs to connection %d, not %d", i+1, n, p.Stream, s.Stream))
			}
		}
	}
	for i, s := range c.Steps {
		if _, tcp := facts.Packet(s.Beside); s.Beside != 0 && (tcp || s.Beside > facts.PacketCount()) {
			errs = append(errs, fmt.Errorf("step %d: packet %d is none besides TCP", i+1, s.Beside))
		}
	}
	for i := range c.Questions {
		q := &c.Questions[i]
		if _, err := q.Answer(facts); err != nil {
			errs = append(errs, fmt.Errorf("question %d: %w", i+1, err))
		}
		if q.Within != [2]uint32{} {
			if err := q.prove(facts); err != nil {
				errs = append(errs, fmt.Errorf("question %d: %w", i+1, err))
			}
		}
	}
	return errs
}

// Check compares what is expected with the capture, one error per disagreement.
func (e *Expectations) Check(facts Facts) []error {
	var errs []error
	if got := facts.Connections(); e.Connections != 0 && got != e.Connections {
		errs = append(errs, fmt.Errorf("%d connections, want %d", got, e.Connections))
	}
	for _, want := range e.Closing {
		errs = append(errs, want.check(facts)...)
	}
	errs = append(errs, e.checkLabels(facts)...)
	for _, n := range slices.Sorted(maps.Keys(e.States)) {
		errs = append(errs, e.States[n].check(n, facts)...)
	}
	for _, n := range slices.Sorted(maps.Keys(e.Packets)) {
		errs = append(errs, e.Packets[n].check(n, facts)...)
	}
	for _, want := range e.Messages {
		if err := want.check(facts); err != nil {
			errs = append(errs, err)
		}
	}
	for _, want := range e.Files {
		if err := want.check(facts); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func (w ExpectedClosing) check(facts Facts) []error {
	got, ok := facts.Closing(w.Stream)
	if !ok {
		return []error{fmt.Errorf("there is no connection %d", w.Stream)}
	}
	var errs []error
	if got.Ending != w.Ending {
		errs = append(errs, fmt.Errorf("connection %d: ending %q, want %q", w.Stream, got.Ending, w.Ending))
	}
	if w.By != "" && got.By != w.By {
		errs = append(errs, fmt.Errorf("connection %d: ended by %q, want %q", w.Stream, got.By, w.By))
	}
	return errs
}

// checkLabels compares the labels of the packets named and, if no others are allowed, of all packets.
func (e *Expectations) checkLabels(facts Facts) []error {
	var errs []error
	for _, n := range slices.Sorted(maps.Keys(e.Labels)) {
		if _, ok := facts.Packet(n); !ok {
			errs = append(errs, fmt.Errorf("packet %d is not a TCP segment of this capture", n))
		}
	}
	for n := uint32(1); n <= facts.PacketCount(); n++ {
		want, named := e.Labels[n]
		p, ok := facts.Packet(n)
		if !ok || (!named && !e.NoOtherLabels) {
			continue
		}
		if !slices.Equal(sorted(p.Labels), sorted(want)) {
			errs = append(errs, fmt.Errorf("packet %d: labels [%s], want [%s]", n, strings.Join(sorted(p.Labels), " "), strings.Join(sorted(want), " ")))
		}
	}
	return errs
}

func (w ExpectedStates) check(n uint32, facts Facts) []error {
	p, ok := facts.Packet(n)
	if !ok {
		return []error{fmt.Errorf("packet %d is not a TCP segment of this capture", n)}
	}
	return join(
		differs(n, "client state", p.ClientState, optional(w.Client)),
		differs(n, "server state", p.ServerState, optional(w.Server)),
	)
}

func (w ExpectedPacket) check(n uint32, facts Facts) []error {
	p, ok := facts.Packet(n)
	if !ok {
		return []error{fmt.Errorf("packet %d is not a TCP segment of this capture", n)}
	}
	return join(
		differs(n, "flags", p.Flags, w.Flags),
		differs(n, "seq", p.Seq, w.Seq),
		differs(n, "ack", p.Ack, w.Ack),
		differs(n, "len", p.Len, w.Len),
	)
}

// check looks for a message that agrees in everything asked for.
func (w ExpectedMessage) check(facts Facts) error {
	var seen []string
	for _, m := range facts.Messages(w.Stream) {
		if m.Protocol != w.Protocol || m.Packet != w.Packet {
			continue
		}
		if w.agrees(m) {
			return nil
		}
		seen = append(seen, fmt.Sprintf("%+v", m))
	}
	if seen == nil {
		return fmt.Errorf("connection %d: no %s message ends in packet %d", w.Stream, w.Protocol, w.Packet)
	}
	return fmt.Errorf("connection %d, packet %d: no %s message as expected among %s", w.Stream, w.Packet, w.Protocol, strings.Join(seen, ", "))
}

func (w ExpectedMessage) agrees(m Message) bool {
	return sameUnlessZero(m.Kind, w.Kind) && sameUnlessZero(m.Method, w.Method) && sameUnlessZero(m.URI, w.URI) && sameUnlessZero(m.Status, w.Status) &&
		sameIf(m.Opcode, w.Opcode) && sameIf(m.Fin, w.Fin) && sameIf(m.Masked, w.Masked) && sameIf(m.Len, w.Len)
}

func (w ExpectedFile) check(facts Facts) error {
	for _, f := range facts.Files() {
		if f.Name != w.Name {
			continue
		}
		if f.Size != w.Size || f.SHA256 != w.SHA256 {
			return fmt.Errorf("file %s: %d bytes with hash %s, want %d with %s", w.Name, f.Size, f.SHA256, w.Size, w.SHA256)
		}
		return nil
	}
	return fmt.Errorf("no file %s can be taken out", w.Name)
}

// differs returns an error if a value is asked for and got is another one.
func differs[T comparable](n uint32, name string, got T, want *T) error {
	if sameIf(got, want) {
		return nil
	}
	return fmt.Errorf("packet %d: %s %v, want %v", n, name, got, *want)
}

// sameIf reports that got is as wanted, or that nothing is wanted.
func sameIf[T comparable](got T, want *T) bool { return want == nil || got == *want }

// sameUnlessZero reports that got is as wanted; a zero value wants nothing.
func sameUnlessZero[T comparable](got, want T) bool {
	var zero T
	return want == zero || got == want
}

// optional makes an empty string ask for nothing.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// join keeps the errors that are some.
func join(errs ...error) []error {
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// sorted returns a sorted copy.
func sorted[T cmp.Ordered](s []T) []T {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}
