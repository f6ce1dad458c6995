package session

import (
	"math"
	"slices"
)

// Changed returns a channel that is closed when Run has taken in more packets, or has returned. Ask for the channel first,
// then look at what there is: nothing is missed that way.
func (s *Session) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
		if s.over.Load() {
			close(s.changed) // and stays: there will be no more
		}
	}
	return s.changed
}

// tell wakes whoever waits for more. The caller holds mu.
func (s *Session) tell() {
	if s.changed == nil {
		return
	}
	select {
	case <-s.changed: // it was closed at the end already
	default:
		close(s.changed)
	}
	if !s.over.Load() {
		s.changed = nil
	}
}

// Drop says that packets were lost between the packets of an interface before Frame and Frame itself, as the capture says.
type Drop struct {
	Frame uint32
	Count uint64
}

// maxDrops bounds the places that are remembered: a machine that drops all the time says so several times a second.
const maxDrops = 1 << 16

// drops are the places, in order of Frame.
type drops struct{ list []Drop }

// add remembers a place. Beyond the bound the last one stands for all that follow.
func (d *drops) add(one Drop) {
	if len(d.list) < maxDrops {
		d.list = append(d.list, one)
		return
	}
	last := &d.list[len(d.list)-1]
	if last.Count > math.MaxUint64-one.Count {
		one.Count = math.MaxUint64 - last.Count
	}
	// Others may be reading the list.
	d.list = slices.Clone(d.list)
	d.list[len(d.list)-1].Count += one.Count
}

// Drops returns where packets were lost, as far as Run has come. The caller must not change it.
func (s *Session) Drops() []Drop {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.drops.list[:len(s.drops.list):len(s.drops.list)]
}
