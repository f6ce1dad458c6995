package narrate

import (
	"os"
	"strings"

	"tcptalk/internal/flow"
)

// Fold is what a row of folded segments holds.
type Fold struct {
	Packets int
	// Payload is in bytes, by sender.
	Payload [2]uint64
	// Duplicates, Again, Probes and Answers count duplicate acknowledgments, segments sent again, probes and their answers. Room says that the
	// probes ask for room, not for a sign of life.
	Duplicates, Again, Probes, Answers int
	Room                               bool
}

var foldWords = struct{ packets, from, acks, duplicates, again, alive, room, answers Text }{
	packets:    Text{"${n} packets", "${n} 个包"},
	from:       Text{"${n} from the ${who}", "${who}发送 ${n}"},
	acks:       Text{"acknowledgments only", "只有确认"},
	duplicates: Text{"duplicate ACKs: ${n}", "${n} 个重复 ACK"},
	again:      Text{"sent again: ${n}", "重传 ${n} 个"},
	alive:      Text{"keep-alive probes: ${n}", "${n} 个保活探测"},
	room:       Text{"zero-window probes: ${n}", "${n} 个零窗口探测"},
	answers:    Text{"answers: ${n}", "${n} 个应答"},
}

// Folded describes segments folded into one row: how many, the payload bytes of each side, and what stands out.
func Folded(l Lang, f Fold) string {
	words := func(t Text, n string, who flow.Direction) string {
		return os.Expand(t.In(l), func(name string) string {
			if name == "who" {
				return Side(l, who)
			}
			return n
		})
	}
	parts := []string{words(foldWords.packets, Count(uint64(f.Packets)), 0)}
	for d := flow.ClientToServer; d <= flow.ServerToClient; d++ {
		if f.Payload[d] > 0 && f.Probes == 0 {
			parts = append(parts, words(foldWords.from, Bytes(f.Payload[d]), d))
		}
	}
	probes := foldWords.alive
	if f.Room {
		probes = foldWords.room
	}
	for _, c := range []struct {
		n    int
		text Text
	}{{f.Duplicates, foldWords.duplicates}, {f.Again, foldWords.again}, {f.Probes, probes}, {f.Answers, foldWords.answers}} {
		if c.n > 0 {
			parts = append(parts, words(c.text, Count(uint64(c.n)), 0))
		}
	}
	if len(parts) == 1 {
		parts = append(parts, foldWords.acks.In(l))
	}
	return strings.Join(parts, " · ")
}
