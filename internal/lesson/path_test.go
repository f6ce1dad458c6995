package lesson

import (
	"slices"
	"testing"

	"tcptalk/internal/narrate"
)

func TestNextFollowsThePath(t *testing.T) {
	of := func(track, id string) *Case {
		tr, ok := trackNamed(track)
		if !ok {
			t.Fatalf("there is no track %s", track)
		}
		return &Case{ID: id, Track: tr}
	}
	http, first, second := of("http", "h"), of("basics", "b1"), of("basics", "b2")
	all := []*Case{http, first, second}
	if got := Path(all); !slices.Equal(got, []*Case{first, second, http}) {
		t.Fatalf("path %v", got)
	}
	done := map[*Case]bool{}
	next := func(after *Case) *Case { return Next(all, after, func(c *Case) bool { return done[c] }) }
	for i, tt := range []struct {
		done        []*Case
		after, want *Case
	}{
		{nil, nil, first},
		{nil, first, second},
		{nil, second, http},
		{nil, http, first},
		{[]*Case{first, second}, http, nil},
		{[]*Case{first}, nil, second},
		{[]*Case{http}, second, first},
	} {
		clear(done)
		for _, c := range tt.done {
			done[c] = true
		}
		if tt.after != nil {
			done[tt.after] = true
		}
		if got := next(tt.after); got != tt.want {
			t.Errorf("%d: %v, want %v", i, got, tt.want)
		}
	}
}

// TestTracksBuildOnEarlierOnes checks that whoever reads the tracks in their order knows what each builds on.
func TestTracksBuildOnEarlierOnes(t *testing.T) {
	seen := map[string]bool{}
	for i, tr := range Tracks() {
		for _, on := range tr.BuildsOn {
			if !seen[on] {
				t.Errorf("%s builds on %q, which does not come before it", tr.ID, on)
			}
		}
		if (i == 0) != (len(tr.BuildsOn) == 0) {
			t.Errorf("%s builds on %v", tr.ID, tr.BuildsOn)
		}
		seen[tr.ID] = true
		for l := range narrate.Lang(narrate.NumLangs) {
			if tr.About.In(l) == "" {
				t.Errorf("%s does not say in %v what it is about", tr.ID, l)
			}
		}
	}
}
