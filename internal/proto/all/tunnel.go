package all

import (
	"maps"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/proto/websocket"
)

// Bounds of the WebSockets over one HTTP/2 connection (RFC 8441). The frames of those beyond are there all the same.
const (
	// maxTunnels is how many are read at a time: above the number of streams that servers allow.
	maxTunnels = 256
	// maxTunnelled is how many bytes all their frames and messages that have not ended may take.
	maxTunnelled = 64 << 20
)

// tunnel is a WebSocket in a stream of HTTP/2.
type tunnel struct {
	frames *websocket.Decoder
	why    string // why both directions end, if that is not as the decoder has it
	ended  [2]bool
}

// opensWebSocket reports an answer that makes its stream a WebSocket (RFC 8441 §5).
func opensWebSocket(m *proto.Message, f *http2.Frame) bool {
	q, status := f.Request, f.Value(":status")
	return m.Dir == flow.ServerToClient && q != nil && q.Method == "CONNECT" && q.Protocol == websocket.Name &&
		len(status) == 3 && status[0] == '2' && (f.Type != http2.Headers || !f.Has(http2.FlagEndStream))
}

// openTunnel begins to read a stream as WebSocket.
func (c *Conversation) openTunnel(f *http2.Frame) {
	o := &c.bodies
	if len(o.tunnels) >= maxTunnels || o.tunnels[f.Stream] != nil {
		return
	}
	if o.tunnels == nil {
		o.tunnels, o.pool = map[uint32]*tunnel{}, websocket.NewPool(maxTunnelled)
	}
	opt := websocket.Options{Keep: c.opt.Keep, Hash: c.opt.Hash, Stream: f.Stream, Pool: o.pool}
	opt.Deflate, opt.OtherExtensions = websocket.ParseExtensions([]string{http2Value(f, "sec-websocket-extensions")})
	t := &tunnel{}
	t.frames = websocket.New([2]int64{}, func(m proto.Message) {
		if !m.Complete && t.why != "" && m.Broken != proto.BrokenGap {
			m.Broken = t.why
		}
		c.emit(m)
	}, opt)
	o.tunnels[f.Stream] = t
}

// tunnelled looks at the bytes of a stream that may be a WebSocket.
func (o *bodies) tunnelled(p http2.Piece) {
	t := o.tunnels[p.Stream]
	if t == nil {
		return
	}
	if len(p.Bytes) > 0 || p.Missing > 0 {
		t.frames.Skip(p.Dir, p.At)
		t.frames.Gap(p.Dir, p.Missing)
		t.frames.Data(p.Dir, p.Bytes)
	}
	if p.End {
		o.endTunnel(p.Stream, p.Dir, "")
	}
}

// loseTunnels says that bytes of any stream may be missing in dir.
func (o *bodies) loseTunnels(dir flow.Direction) {
	for _, id := range slices.Sorted(maps.Keys(o.tunnels)) {
		o.tunnels[id].frames.Lost(dir)
	}
}

// endTunnel ends one direction of a WebSocket; why is the reason if it did not end itself.
func (o *bodies) endTunnel(id uint32, dir flow.Direction, why string) {
	t := o.tunnels[id]
	if t == nil || t.ended[dir] {
		return
	}
	if t.why = why; why == "" {
		t.frames.Close(dir)
	} else {
		t.frames.Cut(dir)
	}
	if t.ended[dir] = true; t.ended[dir.Reverse()] {
		delete(o.tunnels, id)
	}
}

// endTunnels ends one direction of all WebSockets.
func (o *bodies) endTunnels(dir flow.Direction, why string) {
	for _, id := range slices.Sorted(maps.Keys(o.tunnels)) {
		o.endTunnel(id, dir, why)
	}
}
