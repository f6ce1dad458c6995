package lesson

// Path returns cases in the order in which they are best read: track by track, within a track as they are given.
func Path(cases []*Case) []*Case {
	out := make([]*Case, 0, len(cases))
	for _, t := range Tracks() {
		for _, c := range cases {
			if c.Track.ID == t.ID {
				out = append(out, c)
			}
		}
	}
	return out
}

// Next returns the case to read after a given one (nil: from the start of the path) among those that are not done: the next one
// of the path, else the first. It is nil if nothing is left.
func Next(cases []*Case, after *Case, done func(c *Case) bool) *Case {
	var first *Case
	passed := after == nil
	for _, c := range Path(cases) {
		switch {
		case c == after:
			passed = true
		case done(c):
		case passed:
			return c
		case first == nil:
			first = c
		}
	}
	return first
}
