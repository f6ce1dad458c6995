package websocket

// Pool is memory that several decoders share, such as those of the WebSockets of one HTTP/2 connection: what is kept of frames
// and messages that have not ended. Where it is used up, what follows is not kept. A nil Pool has no bound.
type Pool struct{ left int }

// NewPool returns a Pool of n bytes.
func NewPool(n int) *Pool { return &Pool{left: n} }

// take takes up to n bytes and returns how many.
func (p *Pool) take(n int) int {
	if p == nil {
		return n
	}
	n = min(n, p.left)
	p.left -= n
	return n
}

// give gives n bytes back.
func (p *Pool) give(n int) {
	if p != nil {
		p.left += n
	}
}
