package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// said opens a case and shows its messages.
func said(t *testing.T, id string) (*App, *host, *Capture) {
	t.Helper()
	a, h := newApp(t, nil)
	a.OpenCase(id)
	c := a.Capture
	h.until("the case is read", func() bool { return !c.Loading && c.Talk != nil })
	if c.Messages.Rows != nil {
		t.Fatal("the rows are made before anybody looks")
	}
	a.FlipMessages()
	h.until("the rows are made", func() bool { return c.Messages.Rows != nil })
	return a, h, c
}

// messageRow returns the row of a message.
func messageRow(c *Capture, item int) timeline.MessageRow {
	var r timeline.MessageRow
	c.Messages.Rows.Row(c.Messages.Rows.RowOf(item), &r)
	return r
}

func TestMessagesShareTheSelection(t *testing.T) {
	a, h, c := said(t, "streaming-websocket")
	m := &c.Messages
	a.SelectMessage(2)
	if r := messageRow(c, m.At); m.At != 2 || r.Title != "Hello, WebSocket!" || c.View.At(c.Packet).Frame != 8 {
		t.Errorf("message %d is selected: %q, packet %d", m.At, r.Title, c.View.At(c.Packet).Frame)
	}
	if r, ok := c.MessageBytes(); !ok || r.Dir != flow.ClientToServer || r.End-r.Start != 17+6 {
		t.Errorf("its bytes are %+v, %v", r, ok)
	}
	if from, to, ok := c.MessageInPacket(); !ok || from != 0 || to != 17+6 {
		t.Errorf("in the packet they are %d to %d, %v", from, to, ok)
	}
	a.FlipMessages()
	if c.Shows != ChatView || c.View.At(c.Packet).Frame != 8 {
		t.Errorf("the chat shows packet %d", c.View.At(c.Packet).Frame)
	}
	if _, ok := c.MessageBytes(); ok {
		t.Error("bytes of a message are marked although none is shown")
	}
	a.SelectFrame(10) // the client acknowledges what the server said in #9
	a.FlipMessages()
	if r := messageRow(c, m.At); c.View.At(c.Packet).Frame != 10 || r.Dir != flow.ServerToClient || r.Title != "Hello, WebSocket!" {
		t.Errorf("behind packet 10 the message is %q, the packet %d", r.Title, c.View.At(c.Packet).Frame)
	}
	a.SelectFrame(11)
	if r := messageRow(c, m.At); r.Title != "你好，世界" {
		t.Errorf("packet 11 carries %q", r.Title)
	}
	h.changes = 0
	a.SelectMessage(-1)
	a.SelectMessage(m.Rows.Items())
	a.SelectMessage(m.At)
	if h.changes != 0 {
		t.Error("selecting nothing changes something")
	}
}

// A message of several packets stays selected while its packets are gone through.
func TestPacketsOfOneMessage(t *testing.T) {
	a, _, c := said(t, "http-picture")
	a.SelectMessage(1)
	first := c.Packet
	for p := first; p < c.View.Len(); p++ {
		if c.Messages.Rows.Carries(1, p) {
			a.SelectPacket(p)
		}
	}
	if c.Messages.At != 1 || c.Packet == first {
		t.Errorf("message %d, packet %d", c.Messages.At, c.Packet)
	}
}

func TestMessagesFollowTheSettings(t *testing.T) {
	a, h, c := said(t, "streaming-websocket")
	m := &c.Messages
	fold := -1
	for i := range m.Rows.Len() {
		if m.Rows.Shape(i).Kind == timeline.MessageFold {
			fold = i
		}
	}
	if fold < 0 {
		t.Fatal("no pings are folded")
	}
	n := m.Rows.Len()
	a.ToggleMessage(fold)
	if m.Rows.Len() <= n {
		t.Error("nothing was unfolded")
	}
	n = m.Rows.Len()
	a.SelectMessage(3)
	rows := m.Rows
	a.Set(func(s *Settings) { s.Lang = narrate.Chinese })
	h.until("the rows are made in Chinese", func() bool { return m.Rows != rows })
	if m.Rows.Len() != n || m.At != 3 {
		t.Errorf("%d rows, message %d", m.Rows.Len(), m.At)
	}
	if r := messageRow(c, 3); r.Tag != "文本" {
		t.Errorf("the tag is %q", r.Tag)
	}
	h.changes = 0
	a.ToggleMessage(0)
	a.ToggleMessage(0)
	if h.changes&MessagesChanged == 0 {
		t.Error("the header fields are not unfolded")
	}
	var text string
	a.MessagesText(func(s string, rows, of int) {
		if text = s; rows != of {
			t.Errorf("%d of %d rows", rows, of)
		}
	})
	h.until("the text is made", func() bool { return text != "" })
	if !strings.Contains(text, "#8 客户端") || !strings.Contains(text, "Hello, WebSocket!") {
		t.Errorf("the text is %.300q", text)
	}
}

func TestWhatAMessageCarriesIsSaved(t *testing.T) {
	a, h, c := said(t, "http-picture")
	if _, ok := c.MessageFile(0); ok {
		t.Error("the request has a content")
	}
	name, ok := c.MessageFile(1)
	if !ok || name != "lighthouses.png" {
		t.Errorf("the name is %q, %v", name, ok)
	}
	path := filepath.Join(t.TempDir(), name)
	a.SaveMessage(c, 1, path)
	h.until("it is saved", func() bool { return len(h.notices) > 0 })
	b, err := os.ReadFile(path)
	if err != nil || h.notices[0].Bad || !strings.HasPrefix(string(b), "\x89PNG") || !strings.HasSuffix(string(b), "IEND\xaeB`\x82") {
		t.Errorf("%d bytes, %v, %+v", len(b), err, h.notices)
	}
	if command, inFile := a.MessageCurl(0); !strings.HasPrefix(command, "curl ") || !strings.Contains(command, "pictures.example") || inFile {
		t.Errorf("the command is %q, %v", command, inFile)
	}
	if command, _ := a.MessageCurl(1); command != "" {
		t.Errorf("a response as a command: %q", command)
	}
}

func TestPicturesOfMessages(t *testing.T) {
	a, h, c := said(t, "http-picture")
	if p := a.MessagePicture(1); p.Ready || p.Picture != nil {
		t.Errorf("a picture before it is decoded: %+v", p)
	}
	h.until("it is decoded", func() bool { return a.MessagePicture(1).Ready })
	if p := a.MessagePicture(1); p.Picture == nil || p.Format != "png" || p.Width != 480 {
		t.Errorf("%+v", p)
	}
	if p := a.MessagePicture(0); !p.Ready || p.Picture != nil {
		t.Errorf("the request has a picture: %+v", p)
	}
	for i := range 2 * maxPictures { // asked for more than are kept: the oldest go
		a.MessagePicture(100 + i)
	}
	if n := len(c.Messages.pictures); n != maxPictures || len(c.Messages.order) != n {
		t.Errorf("%d pictures are kept", n)
	}
}

func TestAConnectionWithoutMessages(t *testing.T) {
	a, h := newApp(t, nil)
	a.FlipMessages() // nothing is open
	a.SelectMessage(0)
	a.ToggleMessage(0)
	a.OpenCase("trouble-third-packet-lost")
	c := a.Capture
	h.until("the case is read", func() bool { return !c.Loading && c.Talk != nil })
	a.ShowView(MessagesView)
	h.until("the rows are made", func() bool { return c.Messages.Rows != nil })
	if c.Messages.Making() || c.Messages.Err != nil {
		t.Errorf("%+v", c.Messages)
	}
	if c.Messages.Rows.Len() == 0 && c.NoMessages(narrate.English) == "" {
		t.Error("nothing says why there is no message")
	}
}

func TestMessagesThatCannotBeRead(t *testing.T) {
	a, h := newApp(t, nil)
	path := write(t, "gone.pcap", generated(t, 64))
	openFile(a, h, path)
	c := a.Capture
	a.ShowView(MessagesView)
	h.until("the rows are made", func() bool { return c.Messages.Rows != nil })
	if c.Messages.Rows.Len() == 0 {
		t.Error("bytes of no known protocol are no rows")
	}
	if err := os.Truncate(path, 24); err != nil {
		t.Fatal(err)
	}
	a.SelectConnection(1)
	h.until("it fails", func() bool { return c.Messages.Err != nil })
	if c.Messages.Rows != nil || c.Messages.Making() {
		t.Errorf("%+v", c.Messages)
	}
}
