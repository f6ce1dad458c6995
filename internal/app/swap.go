package app

// SwapSides lets client and server of a connection change places where the client is a guess, or puts them back.
func (a *App) SwapSides(stream int) {
	c := a.Capture
	if c == nil || c.Session == nil || stream < 0 || stream >= c.Session.Streams() || !c.Session.SetSwapped(stream, !c.Session.Swapped(stream)) {
		return
	}
	a.swapped(c, stream)
	a.saveNotes(c)
}

// swapped shows a connection anew whose ends changed places.
func (a *App) swapped(c *Capture, stream int) {
	if c.wanted == stream {
		a.selectConnection(stream)
	}
	a.list(c)
}
