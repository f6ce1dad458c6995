package session

// maxComments bounds the text of packet comments that a session keeps. People write sentences; beyond the bound comments are
// left out.
const maxComments = 16 << 20

// comments keeps the comments of packets, by frame number.
type comments struct {
	text map[uint32]string
	size int
}

func (c *comments) keep(frame uint32, text string) {
	if text == "" || c.size+len(text) > maxComments {
		return
	}
	if c.text == nil {
		c.text = map[uint32]string{}
	}
	c.size += len(text)
	c.text[frame] = text
}

// Comment returns the comment that the capture holds on the packet of segment i, "" if there is none.
func (v *View) Comment(i int) string {
	if !v.commented {
		return ""
	}
	v.s.mu.RLock()
	defer v.s.mu.RUnlock()
	return v.s.comments.text[v.At(i).Frame]
}
