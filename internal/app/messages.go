package app

import (
	"bytes"
	"context"
	"io"
	"path"
	"strconv"
	"strings"

	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
	"tcptalk/internal/stream"
	"tcptalk/internal/timeline"
)

// messageLines is how many lines of a content are shown before "show more".
const messageLines = 6

// Messages is what the view of the messages shows.
type Messages struct {
	// Rows are of the connection and the settings, nil while they are being made. Err is why they could not be.
	Rows *timeline.Messages
	Err  error
	// At is the selected message, -1 for none.
	At int
	// starts are where the parts before the one shown begin, in messages, of a connection with more than fit; from is where this
	// one does.
	starts []messagePart
	from   int
	// seeking says that the part of the selected packet is to be shown, forward that it was looked for behind another one.
	seeking, forward bool

	// pictures are those of messages that were asked for, order the messages, oldest first; loading is what is being decoded.
	pictures map[int]*MessagePicture
	order    []int
	making   context.CancelFunc
}

// MessagePicture is a picture that a message carries, or why there is none.
type MessagePicture struct {
	export.Preview
	// Ready says that nothing is being decoded any more; without Preview.Picture it cannot be shown.
	Ready bool
}

// maxPictures is how many pictures of messages are kept: more than fit into a window.
const maxPictures = 32

// Making says that the rows are on their way.
func (m *Messages) Making() bool { return m.making != nil && m.Rows == nil && m.Err == nil }

func (s Settings) messageOptions() timeline.MessageOptions {
	return timeline.MessageOptions{Lang: s.Lang, Silence: timeline.DefaultOptions().Silence, Lines: messageLines, Time: s.timeFormat()}
}

// makeMessages makes the rows of the messages in the background, if that view is shown and the messages are decoded. again says
// that they are of the same connection as before: what is folded and selected stays.
func (a *App) makeMessages(c *Capture, again bool) {
	m := &c.Messages
	if m.making != nil {
		m.making()
		m.making = nil
	}
	old := m.Rows
	if !again {
		old, m.At, m.starts, m.from, m.seeking, m.forward = nil, -1, nil, 0, true, false
	}
	m.pictures, m.order = nil, nil
	shown := c.Shows == MessagesView
	if shown && !again || m.Rows != nil && (!shown || !again) || m.Err != nil {
		m.Rows, m.Err = nil, nil
		a.changed(MessagesChanged)
	}
	if !shown || c.Talk == nil {
		if m.Err = c.talkErr; shown && m.Err != nil {
			a.changed(MessagesChanged)
		}
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	m.making = cancel
	v, talk, o := c.View, c.Talk, a.Settings.messageOptions()
	o.Marks, o.From, o.Most = c.Notes.Marks, m.from, a.mostMessages
	s := c.Session
	var rows *timeline.Messages
	var err error
	a.background(ctx, func() {
		if rows, err = partOf(ctx, s, v, talk, o); err == nil {
			rows = rows.Like(old)
		}
	}, func() {
		cancel()
		m.Rows, m.Err = rows, err
		m.follow(c.Packet)
		a.changed(MessagesChanged)
		a.seekMessages(c)
	})
}

// follow selects the message that a packet carries, unless it carries the selected one.
func (m *Messages) follow(packet int) {
	if m.Rows != nil && packet >= 0 && !m.Rows.Carries(m.At, packet) {
		m.At = m.Rows.OfPacket(packet)
	}
}

// SelectMessage selects a message, and with it the packet in which it begins, unless a packet of it is selected.
func (a *App) SelectMessage(item int) {
	c := a.Capture
	if c == nil || c.Messages.Rows == nil || item < 0 || item >= c.Messages.Rows.Items() || item == c.Messages.At {
		return
	}
	m := &c.Messages
	m.At = item
	before := c.Packet
	a.SelectPacket(m.Rows.First(item))
	if c.Packet == before {
		a.changed(SelectionChanged)
	}
}

// ToggleMessage folds or unfolds row i of the messages.
func (a *App) ToggleMessage(i int) {
	c := a.Capture
	if c == nil || c.Messages.Rows == nil {
		return
	}
	if rows := c.Messages.Rows.Toggled(i); rows != c.Messages.Rows {
		c.Messages.Rows = rows
		a.changed(MessagesChanged)
	}
}

// FlipMessages shows the messages, or from them the chat, at the same place.
func (a *App) FlipMessages() {
	c := a.Capture
	switch {
	case c == nil:
	case c.Shows == MessagesView:
		a.ShowView(ChatView)
	default:
		a.ShowView(MessagesView)
	}
}

// MessageBytes is the part of the selected message that the selected packet brought, as a range of its sender's stream; false
// while the messages are not shown.
func (c *Capture) MessageBytes() (stream.Range, bool) {
	m := &c.Messages
	if c.Shows != MessagesView || m.Rows == nil || c.Packet < 0 {
		return stream.Range{}, false
	}
	return m.Rows.Within(m.At, c.Packet)
}

// MessageInPacket is where MessageBytes stand in the payload of the selected packet; false if there are none.
func (c *Capture) MessageInPacket() (from, to int, ok bool) {
	r, ok := c.MessageBytes()
	if !ok {
		return 0, 0, false
	}
	from, to, err := c.Talk.Streams().InPayload(c.Packet, r)
	return from, to, err == nil && from < to
}

// MessagesText words the rows of the messages in the background, as many as fit into 16 MiB, and hands them to done with how many
// there are.
func (a *App) MessagesText(done func(text string, rows, of int)) {
	c := a.Capture
	if c == nil || c.Messages.Rows == nil {
		return
	}
	if c.wording != nil {
		c.wording()
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.wording = cancel
	rows := c.Messages.Rows
	var text string
	var n int
	a.background(ctx, func() { text, n = rows.AllText(ctx, maxText) }, func() {
		cancel()
		done(text, n, rows.Len())
	})
}

// MessageCurl returns a command that sends the HTTP request of a message again, "" if it is none. inFile says that the command
// reads the body from a file called export.CurlBody.
func (a *App) MessageCurl(item int) (command string, inFile bool) {
	c := a.Capture
	if c == nil || c.Messages.Rows == nil {
		return "", false
	}
	x := c.Messages.Rows.Asks(item)
	if x == nil {
		return "", false
	}
	return export.Curl(x), export.CurlBodyInFile(x)
}

// MessageFile returns the name under which the content of a message is to be saved; false if it has none.
func (c *Capture) MessageFile(item int) (name string, ok bool) {
	if c.Messages.Rows == nil {
		return "", false
	}
	at, ok := c.Messages.Rows.Content(item)
	if !ok {
		return "", false
	}
	target, _, _ := strings.Cut(at.Target, "?")
	if base := path.Base(target); at.Target != "" && base != "/" && base != "." && at.Kind != timeline.WebContent {
		return export.SafeName(base), true
	}
	return "message-" + strconv.FormatUint(uint64(at.Frame), 10) + extension(&at), true
}

// extension is that of a file with the content of a message that has no name.
func extension(at *timeline.Content) string {
	mediaType, _, _ := strings.Cut(at.MediaType, ";")
	_, subtype, _ := strings.Cut(strings.TrimSpace(mediaType), "/")
	switch {
	case at.Picture != "":
		return "." + strings.ToLower(at.Picture)
	case strings.HasSuffix(subtype, "json"):
		return ".json"
	case subtype == "html":
		return ".html"
	case at.Text, strings.HasPrefix(mediaType, "text/"):
		return ".txt"
	}
	return ".bin"
}

// contentOf says where the content of a message is, for package export.
func contentOf(at timeline.Content) export.MessageContent {
	return export.MessageContent{
		Dir: at.Dir, Start: at.Start, End: at.End, HTTP: at.Kind == timeline.HTTP1Content, Web: at.Kind == timeline.WebContent,
		Stream: at.Stream, Codings: at.Codings,
	}
}

// SaveMessage saves the content of a message under the given path, replacing what is there: the reader chose the name.
func (a *App) SaveMessage(c *Capture, item int, path string) {
	if c.Messages.Rows == nil {
		return
	}
	at, ok := c.Messages.Rows.Content(item)
	if !ok {
		return
	}
	ctx, v, talk := c.ctx, c.View, c.Talk
	a.saveFrom(c, path, func() error {
		return writeTo(path, func(w io.Writer) error { return export.WriteContent(ctx, v, talk, contentOf(at), w, 0) })
	})
}

// MessagePicture returns the picture that a message carries. If it was not asked for before it is decoded in the background, and
// MessagesChanged tells when it is there.
func (a *App) MessagePicture(item int) *MessagePicture {
	c := a.Capture
	if c == nil || c.Messages.Rows == nil {
		return &MessagePicture{}
	}
	m := &c.Messages
	if p := m.pictures[item]; p != nil {
		return p
	}
	p := &MessagePicture{}
	if m.pictures == nil {
		m.pictures = map[int]*MessagePicture{}
	}
	if len(m.order) == maxPictures {
		delete(m.pictures, m.order[0])
		m.order = m.order[1:]
	}
	m.pictures[item], m.order = p, append(m.order, item)
	at, ok := m.Rows.Content(item)
	if !ok {
		p.Ready = true
		return p
	}
	ctx, v, talk := c.ctx, c.View, c.Talk
	var preview export.Preview
	a.background(ctx, func() {
		c.previews.Lock() // one at a time: each may need a lot of memory
		defer c.previews.Unlock()
		var b bytes.Buffer
		if err := export.WriteContent(ctx, v, talk, contentOf(at), &b, export.MaxPicture+1); err == nil {
			preview, _ = export.Picture(b.Bytes())
		}
	}, func() {
		p.Preview, p.Ready = preview, true
		if m.pictures[item] == p {
			a.changed(MessagesChanged)
		}
	})
	return p
}

// NoMessages says why a connection carries no message that can be read.
func (c *Capture) NoMessages(l narrate.Lang) string {
	conn := &c.View.Conn
	return narrate.NoMessages(l, conn.Ending, conn.Payload[0]+conn.Payload[1] > 0)
}
