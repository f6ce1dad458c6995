package diagnose

import (
	"context"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// LabelEvidence says why packet i of a connection carries its labels: for each one the rule, the numbers, and the packets that it
// was compared with. It reads the connection up to there; ctx ends that.
func LabelEvidence(ctx context.Context, v *session.View, i int) ([]tcp.Evidence, error) {
	x := tcp.NewExplainer()
	var found []tcp.Evidence
	err := v.Feed(ctx, func(k int, _ flow.Direction, seg *packet.Segment) bool {
		evidence := x.Explain(seg, v.At(k).Labels)
		if k == i {
			found = slices.Clone(evidence)
		}
		return k < i
	})
	return found, err
}
