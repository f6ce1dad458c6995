package app

import "time"

// Bounds of what is done again and again while a capture grows, in the background, for the whole connection.
const (
	paceLeast = time.Second // from one beginning to the next
	paceShare = 10          // it takes one of so many parts of the time
)

// pace keeps to those bounds. The zero value is due.
type pace struct {
	began   time.Time
	took    time.Duration
	running bool
}

// due reports that it may be done again.
func (p *pace) due(now time.Time) bool {
	return !p.running && now.Sub(p.began) >= max(paceLeast, paceShare*p.took)
}

func (p *pace) begin(now time.Time) { p.began, p.running = now, true }

func (p *pace) end(now time.Time) {
	if p.running {
		p.took, p.running = now.Sub(p.began), false
	}
}
