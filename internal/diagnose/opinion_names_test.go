package diagnose

import "testing"

func TestNames(t *testing.T) {
	for what, names := range map[string][]string{
		"opinion": opinionNames[1:], "confidence": confidenceNames[:], "rule": ruleNames[1:], "closing class": closingNames[:],
	} {
		seen := map[string]bool{}
		for i, n := range names {
			if n == "" || seen[n] {
				t.Errorf("%s %d is called %q", what, i, n)
			}
			seen[n] = true
		}
	}
	if NoOpinion.String() != "" || OpinionCode(200).String() != "" || Proven.String() != "proven" || ByIPID.String() != "ip_id" ||
		OffloadedSegment.String() != "offloaded_segment" || ByProtocol.String() != "protocol" || ResetUnused.String() != "reset_unused" {
		t.Error("names are shifted")
	}
}
