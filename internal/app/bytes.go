package app

import (
	"context"

	"tcptalk/internal/timeline"
)

// Bytes is what the view of the byte streams shows.
type Bytes struct {
	// Rows are of the connection and the options below, nil while they are being made. Err is why they could not be.
	Rows *timeline.Stream
	Err  error
	// Decodable says that the messages of the connection say something else than their bytes on the wire: Options.Decoded changes
	// what is shown. It stays while rows are made anew.
	Decodable bool
	// Options are the reader's choice.
	Options timeline.StreamOptions
	// Find is what is looked for, Found where it is, of which At was gone to last, -1 for none. More says that there are more places
	// than Found holds, Finding that the search goes on.
	Find    string
	Found   []timeline.StreamFind
	At      int
	More    bool
	Finding bool

	making, finding context.CancelFunc
	busy            bool // rows are being made
}

// Making says that the rows are on their way.
func (b *Bytes) Making() bool { return b.making != nil && b.Rows == nil && b.Err == nil }

// SetBytes chooses whose bytes are shown, and how.
func (a *App) SetBytes(o timeline.StreamOptions) {
	c := a.Capture
	if c == nil || c.Bytes.Options == o {
		return
	}
	c.Bytes.Options = o
	a.makeBytes(c)
}

// DecodeBytes switches between what the messages say and their bytes on the wire.
func (a *App) DecodeBytes() {
	if c := a.Capture; c != nil && c.Bytes.Decodable {
		o := c.Bytes.Options
		o.Decoded = !o.Decoded
		a.SetBytes(o)
	}
}

// makeBytes makes the rows of the byte streams in the background, if that view is shown and the messages are there.
func (a *App) makeBytes(c *Capture) {
	b := &c.Bytes
	if b.making != nil {
		b.making()
	}
	b.busy = false
	shown := c.Shows == StreamView
	if c.keeping && shown { // the same connection, longer
		b.making = nil
	} else if shown || b.Rows != nil || b.Err != nil {
		b.Rows, b.Err, b.Found, b.At, b.making = nil, nil, nil, -1, nil
		a.changed(BytesChanged)
	}
	if !shown || c.Talk == nil {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	b.making, b.busy = cancel, true
	v, talk, o, l := c.View, c.Talk, b.Options, a.Lang()
	var rows *timeline.Stream
	var err error
	a.background(ctx, func() { rows, err = timeline.NewStream(ctx, v, talk, o, l) }, func() {
		b.busy = false
		cancel()
		b.Rows, b.Err = rows, err
		b.Decodable = rows != nil && rows.Decodable
		a.changed(BytesChanged)
		a.findBytes(c)
	})
}

// FindBytes looks for text, or for bytes in hexadecimal, in the byte streams; "" ends that.
func (a *App) FindBytes(text string) {
	c := a.Capture
	if c == nil || c.Bytes.Find == text {
		return
	}
	c.Bytes.Find = text
	a.findBytes(c)
}

func (a *App) findBytes(c *Capture) {
	b := &c.Bytes
	if b.finding != nil {
		b.finding()
	}
	b.Found, b.At, b.More = nil, -1, false
	b.Finding = b.Find != "" && b.Rows != nil
	a.changed(BytesChanged)
	if !b.Finding {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	b.finding = cancel
	rows, talk := b.Rows, c.Talk
	pattern, fold := timeline.StreamPattern(b.Find)
	var found []timeline.StreamFind
	var more bool
	var err error
	a.background(ctx, func() { found, more, err = rows.Find(ctx, talk, pattern, fold) }, func() {
		cancel()
		b.Found, b.More, b.Err, b.Finding = found, more, err, false
		a.changed(BytesChanged)
		a.FoundBytesBy(1)
	})
}

// BytesText words the rows of the byte streams in the background, as many as fit into 16 MiB, and hands them to done with how
// many there are.
func (a *App) BytesText(done func(text string, rows, of int)) {
	c := a.Capture
	if c == nil || c.Bytes.Rows == nil {
		return
	}
	if c.wording != nil {
		c.wording()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.wording = cancel
	rows := c.Bytes.Rows
	var text string
	var n int
	a.background(ctx, func() { text, n = rows.PlainText(ctx, maxText) }, func() {
		cancel()
		done(text, n, rows.Len())
	})
}

// FoundBytesBy goes n places on, around the ends, and selects the packet that begins there.
func (a *App) FoundBytesBy(n int) {
	c := a.Capture
	if c == nil || len(c.Bytes.Found) == 0 {
		return
	}
	b := &c.Bytes
	b.At = (max(b.At, min(-n, 0)) + n + len(b.Found)) % len(b.Found)
	if p := b.Rows.PacketOf(b.Found[b.At]); p >= 0 {
		a.SelectPacket(p)
	}
	a.changed(BytesChanged)
}
