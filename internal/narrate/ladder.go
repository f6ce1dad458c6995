package narrate

import "os"

// Fate is what became of a segment, as far as the capture shows it.
type Fate uint8

// The fates.
const (
	Arrived  Fate = iota // nothing speaks against it
	Lost                 // it never arrived; another was sent in its place
	Resent               // nobody acknowledged it, so that it was sent again: it got lost, or its acknowledgment did
	Unseen               // it arrived, for it is acknowledged; only the capture lacks it
	Unclear              // it is missing, and nothing tells why
	Late                 // it was overtaken on its way
	NumFates = iota
)

// fateWords are what is said beside an arrow, and where it ends.
var fateWords = [NumFates]struct{ note, end Text }{
	Lost:    {Text{"sent again as ${n}", "重传为 ${n}"}, Text{"did not arrive", "没有到达"}},
	Resent:  {note: Text{"no ACK; sent again as ${n}", "无确认，重传为 ${n}"}},
	Unseen:  {note: Text{"not captured; ${n} ACKs it", "未抓到，但 ${n} 确认了它"}},
	Unclear: {note: Text{"lost, late or not captured", "丢失、迟到或未抓到"}},
	Late:    {note: Text{"overtaken by ${n}", "被 ${n} 超过"}},
}

// LadderFate says what became of a segment, by the frame that shows it; "" if it just arrived.
func LadderFate(l Lang, f Fate, by uint32) string {
	return os.Expand(fateWords[f].note.In(l), func(string) string { return Frame(by) })
}

// LadderEnd is what stands at the broken end of an arrow, "" if it is whole. missing says that the segment is not in the capture.
func LadderEnd(l Lang, f Fate, missing bool) string {
	if missing && f == Lost {
		return Text{"never arrived here", "没有到达这里"}.In(l)
	}
	return fateWords[f].end.In(l)
}

// LadderPackets counts the packets of a bundle.
func LadderPackets(l Lang, n int) string {
	return os.Expand(foldWords.packets.In(l), func(string) string { return Count(uint64(n)) })
}

// LadderBreak says that a pause is drawn shorter than it was.
func LadderBreak(l Lang) string { return Text{"not to scale", "未按比例"}.In(l) }
