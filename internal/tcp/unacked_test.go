package tcp

import (
	"math/rand/v2"
	"testing"

	"tcptalk/internal/packet"
	"tcptalk/internal/seqnum"
)

// plainList does what unacked promises in the most obvious way: it walks everything, newest first.
type plainList []sent

func (l *plainList) acknowledge(ack seqnum.Number) (match sent) {
	old := *l
	var kept []sent
	for i := len(old) - 1; i >= 0; i-- {
		e := old[i]
		switch {
		case ack == e.next:
			match = e
		case e.seq.Before(ack) && ack.Before(e.next):
			e.seq = ack
			kept = append(kept, e)
		case e.next.After(ack):
			kept = append(kept, e)
		}
	}
	*l = (*l)[:0]
	for i := len(kept) - 1; i >= 0; i-- {
		*l = append(*l, kept[i])
	}
	return match
}

func (l plainList) extremes(base seqnum.Number) (low, high uint32) {
	low = 1<<32 - 1
	for _, e := range l {
		low, high = min(low, e.seq.Distance(base)), max(high, e.next.Distance(base))
	}
	return low, high
}

// TestUnackedAgainstPlainList runs random histories through both lists: ordinary transfers, repetitions, partial and old
// acknowledgements, numbers from all over the sequence space, changes of the base.
func TestUnackedAgainstPlainList(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		var p pool
		list, plain := &unacked{}, plainList{}
		base := seqnum.Number(r.Uint32())
		next, ack := base, base
		wild := seed%3 == 2      // numbers anywhere
		burst := 1 << r.UintN(9) // segments between acknowledgements
		for step := range 4000 {
			if int(r.UintN(uint(burst+1))) > 0 && len(plain) < MaxUnacked {
				e := sent{frame: uint32(step + 1), seq: next}
				switch {
				case wild && r.UintN(4) == 0:
					e.seq = seqnum.Number(r.Uint32())
				case r.UintN(6) == 0:
					e.seq = next - seqnum.Number(r.UintN(40))*100
				}
				e.next = e.seq.Add(1 + uint32(r.UintN(2))*99 + uint32(r.UintN(3))*900)
				if e.next.After(next) {
					next = e.next
				}
				list.add(&p, e, base)
				plain = append(plain, e)
			} else {
				switch {
				case wild && r.UintN(8) == 0:
					ack = seqnum.Number(r.Uint32())
				case r.UintN(5) == 0:
					ack -= seqnum.Number(r.UintN(3000))
				case len(plain) > 0 && r.UintN(2) == 0:
					ack = plain[r.UintN(uint(len(plain)/(1+int(r.UintN(8))))+1)%uint(len(plain))].next
				default:
					ack += seqnum.Number(r.UintN(150))
				}
				got, want := list.acknowledge(&p, ack, base), plain.acknowledge(ack)
				if got.frame != want.frame {
					t.Fatalf("seed %d step %d: ack %d matched frame %d, want %d", seed, step, ack, got.frame, want.frame)
				}
			}
			if r.UintN(500) == 0 {
				base = seqnum.Number(r.Uint32())
				list.rebase(base)
			}
			compareLists(t, list, plain, base)
			if list.count == 0 && r.UintN(2) == 0 {
				p.freeList(list)
				list = p.list()
			}
			if t.Failed() {
				t.Fatalf("seed %d step %d", seed, step)
			}
		}
	}
}

func compareLists(t *testing.T, list *unacked, plain plainList, base seqnum.Number) {
	t.Helper()
	if list.count != len(plain) {
		t.Errorf("count is %d, want %d", list.count, len(plain))
		return
	}
	if len(plain) == 0 {
		return
	}
	if got := list.oldest(); got.frame != plain[0].frame {
		t.Errorf("oldest is frame %d, want %d", got.frame, plain[0].frame)
	}
	low, high := plain.extremes(base)
	if list.span != (span{low, high}) {
		t.Errorf("span is %v, want %d to %d", list.span, low, high)
	}
}

// TestUnackedBlocksStayFull checks that thinning out a full list does not leave thousands of nearly empty blocks behind.
func TestUnackedBlocksStayFull(t *testing.T) {
	var p pool
	list := &unacked{}
	for round := range 50 {
		for list.count < MaxUnacked {
			// Most entries end early, every 64th far away.
			seq := seqnum.Number(round * 1000)
			if list.count%blockLen == 0 {
				seq += 1 << 24
			}
			list.add(&p, sent{seq: seq, next: seq + 10, frame: 1}, 0)
		}
		list.acknowledge(&p, seqnum.Number(round*1000+10), 0)
		if most := 4*list.count/blockLen + 2; len(list.blocks) > most {
			t.Fatalf("round %d: %d entries in %d blocks, want at most %d", round, list.count, len(list.blocks), most)
		}
	}
}

// TestCarrierLooksThroughBlocks finds entries in blocks and in the tail, and stops at its bound.
func TestCarrierLooksThroughBlocks(t *testing.T) {
	var p pool
	list := &unacked{}
	for i := range uint32(maxCarrierSearch + 50) {
		seq := seqnum.Number(10 * i)
		list.add(&p, sent{seq: seq, next: seq + 10, frame: i + 1}, 0)
	}
	for _, c := range []struct {
		n    seqnum.Number
		want uint32
	}{{0, 1}, {9, 1}, {10, 2}, {10*blockLen + 5, blockLen + 1}, {10*maxCarrierSearch - 1, maxCarrierSearch}, {10 * maxCarrierSearch, 0}} {
		if got := list.carrier(c.n); got != c.want {
			t.Errorf("number %d was carried by frame %d, want %d", c.n, got, c.want)
		}
	}
	short := &unacked{}
	short.add(&p, sent{seq: 5, next: 8, frame: 7}, 0)
	if got := short.carrier(7); got != 7 {
		t.Errorf("in a short list: frame %d, want 7", got)
	}
}

// TestUnremembered counts the segments beyond the list, and only those.
func TestUnremembered(t *testing.T) {
	tr, seq := newTraffic(), seqnum.Number(1)
	for range MaxUnacked + 5 {
		tr.send(benchClient, benchServer, packet.ACK, seq, 1, 10)
		tr.send(benchClient, benchServer, packet.ACK, seq+10, 1, 0) // takes up no numbers
		seq += 10
	}
	if n := tr.tracker.Unremembered(); n != 5 {
		t.Errorf("%d segments are said to be forgotten, want 5", n)
	}
}
