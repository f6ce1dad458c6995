package cli

import (
	"crypto/sha256"
	"encoding/hex"

	"tcptalk/internal/flow"
	"tcptalk/internal/seqnum"
	"tcptalk/internal/session"
	"tcptalk/internal/stream"
)

// followers hash both byte streams of every connection while the capture is read.
type followers struct{ all []*stream.Follower }

func newFollowers() *followers { return &followers{} }

// emptySum is the hash of a side that sent nothing.
var emptySum = sha256.Sum256(nil)

func (f *followers) add(o *session.Observation) {
	seg, a := o.Segment, o.Analysis
	if !a.HasNumbers || seg.HeaderCut || seg.Options.Malformed || a.Partial {
		return
	}
	for len(f.all) <= int(a.Stream) {
		f.all = append(f.all, nil)
	}
	if f.all[a.Stream] == nil {
		f.all[a.Stream] = stream.NewFollower()
	}
	f.all[a.Stream].Segment(a.Dir, seqnum.Number(a.Seq), seqnum.Number(a.Ack), seg.Len, seg.Payload, seg.Flags)
}

// sum returns the hash in hexadecimal and the length of what d sent on a connection.
func (f *followers) sum(s uint32, d flow.Direction) (string, int64) {
	if int(s) >= len(f.all) || f.all[s] == nil {
		return hex.EncodeToString(emptySum[:]), 0
	}
	sum, n := f.all[s].Sum(d)
	return hex.EncodeToString(sum[:]), n
}
