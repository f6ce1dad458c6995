package app

import (
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
)

// pictureBytes opens the case of the picture and shows its byte streams.
func pictureBytes(t *testing.T) (*App, *host, *Capture) {
	t.Helper()
	a, h := newApp(t, nil)
	a.OpenCase("http-picture")
	c := a.Capture
	h.until("the case is read", func() bool { return !c.Loading && c.Talk != nil })
	if c.Bytes.Rows != nil {
		t.Fatal("the rows are made before anybody looks")
	}
	a.ShowView(StreamView)
	h.until("the rows are made", func() bool { return c.Bytes.Rows != nil })
	return a, h, c
}

func TestTheBytesAreShown(t *testing.T) {
	a, h, c := pictureBytes(t)
	if got := c.Bytes.Rows.Row(1).Text; got != "GET /lighthouses.png HTTP/1.1" {
		t.Errorf("the second row is %q", got)
	}
	a.SetBytes(timeline.StreamOptions{Form: timeline.StreamHex, Sides: timeline.ServerSide})
	if c.Bytes.Rows != nil || !c.Bytes.Making() {
		t.Error("the old rows are still shown")
	}
	h.until("the rows are made again", func() bool { return c.Bytes.Rows != nil })
	if r := c.Bytes.Rows.Row(1); r.Dir != flow.ServerToClient || !strings.HasPrefix(r.Text, "00000000  48 54 54 50") {
		t.Errorf("the second row is %+v", r)
	}
	a.Set(func(s *Settings) { s.Lang = narrate.Chinese })
	h.until("the rows are made in Chinese", func() bool { return c.Bytes.Rows != nil })
	if got := c.Bytes.Rows.Row(0).Text; !strings.HasPrefix(got, "服务器") {
		t.Errorf("the first row is %q", got)
	}
	var text string
	a.BytesText(func(s string, rows, of int) {
		if text = s; rows != of {
			t.Errorf("%d of %d rows", rows, of)
		}
	})
	h.until("the text is made", func() bool { return text != "" })
	if strings.Count(text, "\n") != c.Bytes.Rows.Len() {
		t.Errorf("%d lines for %d rows", strings.Count(text, "\n"), c.Bytes.Rows.Len())
	}
}

func TestBytesAreFound(t *testing.T) {
	a, h, c := pictureBytes(t)
	a.SelectPacket(0)
	a.FindBytes("http/1.1")
	h.until("the search ends", func() bool { return !c.Bytes.Finding })
	b := &c.Bytes
	if len(b.Found) != 2 || b.At != 0 || b.More || c.View.At(c.Packet).Dir() != flow.ClientToServer {
		t.Fatalf("%+v, packet %d", b, c.Packet)
	}
	request := c.Packet
	a.FoundBytesBy(1)
	if b.At != 1 || c.View.At(c.Packet).Dir() != flow.ServerToClient {
		t.Errorf("the second place: %d, packet %d", b.At, c.Packet)
	}
	a.FoundBytesBy(1)
	if b.At != 0 || c.Packet != request {
		t.Errorf("behind the last one: %d, packet %d", b.At, c.Packet)
	}
	a.FoundBytesBy(-1)
	if b.At != 1 {
		t.Errorf("before the first one: %d", b.At)
	}
	a.SetBytes(timeline.StreamOptions{Sides: timeline.ServerSide})
	h.until("it is looked for again", func() bool { return b.Rows != nil && !b.Finding && len(b.Found) > 0 })
	if len(b.Found) != 1 {
		t.Errorf("%d places in what the server sent", len(b.Found))
	}
	a.FindBytes("no such thing")
	h.until("the search ends", func() bool { return !b.Finding })
	a.FoundBytesBy(1)
	if len(b.Found) != 0 || b.At != -1 {
		t.Errorf("%+v", b)
	}
	a.FindBytes("")
	if b.Finding {
		t.Error("nothing is looked for")
	}
}

func TestViewsAreSwitched(t *testing.T) {
	a, h := newApp(t, nil)
	a.ShowView(StreamView) // nothing is open
	a.OpenCase("http-picture")
	c := a.Capture
	h.until("the case is read", func() bool { return !c.Loading })
	h.changes = 0
	a.ShowView(NumViews)
	a.ShowView(ChatView)
	if c.Shows != ChatView || h.changes != 0 {
		t.Errorf("shows %v, changes %b", c.Shows, h.changes)
	}
	a.ShowView(LadderView)
	if c.Shows != LadderView || h.changes != ViewChanged {
		t.Errorf("shows %v, changes %b", c.Shows, h.changes)
	}
}

func TestBytesAreDecoded(t *testing.T) {
	a, h := newApp(t, nil)
	a.DecodeBytes() // nothing is open
	a.OpenCase("streaming-websocket-deflate")
	c := a.Capture
	h.until("the case is read", func() bool { return !c.Loading && c.Talk != nil })
	a.ShowView(StreamView)
	h.until("the rows are made", func() bool { return c.Bytes.Rows != nil })
	const said = "part0 part0 part0"
	a.FindBytes(said)
	h.until("the search ends", func() bool { return !c.Bytes.Finding })
	if len(c.Bytes.Found) != 0 || !c.Bytes.Decodable {
		t.Fatalf("on the wire: %v, decodable %v", c.Bytes.Found, c.Bytes.Decodable)
	}
	a.SelectPacket(0)
	a.DecodeBytes()
	h.until("it is found in what is decoded", func() bool { return c.Bytes.Rows != nil && !c.Bytes.Finding && len(c.Bytes.Found) > 0 })
	if got := c.Bytes.Rows.Row(c.Bytes.Found[0].Row).Text; !strings.HasPrefix(got, said) || c.View.At(c.Packet).Frame != 16 {
		t.Errorf("%q in packet %d", got, c.View.At(c.Packet).Frame)
	}
	a.DecodeBytes()
	h.until("the wire is shown again", func() bool { return c.Bytes.Rows != nil })
	if c.Bytes.Options.Decoded {
		t.Error("still decoded")
	}
}

func TestWhatHasNoCodingIsNotDecoded(t *testing.T) {
	a, _, c := pictureBytes(t)
	a.DecodeBytes()
	if c.Bytes.Decodable || c.Bytes.Options.Decoded || c.Bytes.Rows == nil {
		t.Errorf("decodable %v, %+v", c.Bytes.Decodable, c.Bytes.Options)
	}
}
