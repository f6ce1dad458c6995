package ui

import (
	"io/fs"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget"
	"tcptalk/internal/ui/widget/lint"
)

func TestThePointerLeavesTheDrawerAfterTheCaptureIsClosed(t *testing.T) {
	for _, tab := range []app.DrawerTab{app.HeaderTab, app.FieldsTab} {
		r := open(t, Options{})
		r.app.Set(func(s *app.Settings) { s.DrawerTab = tab })
		r.openCase("http-picture")
		d := r.capture.drawer
		under := map[app.DrawerTab]desktop.Hoverable{app.HeaderTab: d.grid, app.FieldsTab: d.tree}[tab]
		under.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, 30)}})
		if _, n := marked(d.hex); n == 0 {
			t.Fatalf("%v: the field under the pointer marks no bytes", tab)
		}
		r.press("Escape")
		under.MouseOut()
		if _, n := marked(d.hex); n != 0 || r.app.Capture != nil {
			t.Errorf("%v: on Home %d bytes are marked", tab, n)
		}
	}
}

func TestTheDrawerIsWordedInBothLanguages(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	for _, look := range []struct {
		lang  narrate.Lang
		words [4]string
	}{
		{narrate.Chinese, [...]string{"偏移 8", "保留", " · 载荷 ", "无法重新读取这个包的字节："}},
		{narrate.English, [...]string{"off 8", "rsv", " · len ", "The bytes of this packet cannot be read again: "}},
	} {
		r.app.Set(func(s *app.Settings) { s.Lang = look.lang })
		shown := strings.Join(lint.Texts(r.capture.drawer.root), "\n")
		r.capture.drawer.err = fs.ErrClosed
		r.capture.drawer.bar.Refresh()
		shown += strings.Join(lint.Texts(r.capture.drawer.root), "\n")
		for _, want := range look.words {
			if !strings.Contains(shown, want) {
				t.Errorf("packet %d: nothing says %q in\n%s", c.View.At(c.Packet).Frame, want, shown)
			}
		}
	}
}

// TestTheDrawerLinksWhatThePointerIsOn explains the field under the pointer in the bytes, tints it in header and tree, and goes back
// to the selected one when the pointer leaves.
func TestTheDrawerLinksWhatThePointerIsOn(t *testing.T) {
	r := open(t, Options{})
	r.openCase("http-picture")
	r.app.SelectPacket(0)
	d := r.capture.drawer
	at := d.index("tcp.seq")
	if at < 0 {
		t.Fatal("the packet has no sequence number")
	}
	r.app.SelectField("tcp.window_size_value")
	explained := func() string { return strings.Join(lint.Texts(d.card), " ") }
	if !strings.Contains(explained(), "How many bytes this side can still take") {
		t.Fatalf("the selected field is explained as %q", explained())
	}
	d.hex.OnHover(d.fields[at].Offset)
	if d.over != at || !strings.Contains(explained(), "RFC 9293") || !strings.Contains(explained(), "The number of the first byte") {
		t.Errorf("over field %d, want %d; explained as %q", d.over, at, explained())
	}
	d.hex.OnHover(-1)
	if d.over != widget.NoField || !strings.Contains(explained(), "How many bytes this side can still take") {
		t.Errorf("the pointer is gone, over field %d; explained as %q", d.over, explained())
	}
	ttl := d.index("ip.ttl") // in a layer that is folded
	d.hex.OnHover(d.fields[ttl].Offset)
	if !strings.Contains(explained(), "How many more routers") {
		t.Errorf("a folded field is explained as %q", explained())
	}
	d.grid.OnHover(at)
	if _, n := marked(d.hex); n != 4 || !strings.Contains(explained(), "The number of the first byte") {
		t.Errorf("%d bytes are marked; explained as %q", n, explained())
	}
}

// TestTheDrawerMarksTheBytesOfAStep: a lesson that speaks of bytes shows them, until the reader looks elsewhere.
func TestTheDrawerMarksTheBytesOfAStep(t *testing.T) {
	r := open(t, Options{})
	r.openCase("tls-what-can-be-read")
	c := r.app.Capture
	r.app.GoToStep(3)
	offset, n := marked(r.capture.drawer.hex)
	p, err := c.View.Packet(c.Packet)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.Data[offset : offset+n]); got != "test.example" {
		t.Errorf("marked is %q", got)
	}
	r.app.SelectPacket(c.Packet + 1)
	if _, n := marked(r.capture.drawer.hex); n != 0 {
		t.Errorf("in another packet %d bytes are marked", n)
	}
}

// TestALowWindowNamesTheFieldOfAStep: where there is no room for the header, its line names what the step points at.
func TestALowWindowNamesTheFieldOfAStep(t *testing.T) {
	r := open(t, Options{})
	r.win.Resize(minSize)
	r.openCase("basics-hello-7456")
	bar := func() string { return strings.Join(lint.Texts(r.capture.drawer.bar), " ") }
	if r.capture.drawerOpen() || !strings.Contains(bar(), "Destination port") || !strings.Contains(bar(), "7456") {
		t.Errorf("open %v, the line says %q", r.capture.drawerOpen(), bar())
	}
	r.app.GoToStep(7)
	if want := "raw 64 × 1,024 = 65,536 bytes"; !strings.Contains(bar(), want) {
		t.Errorf("the line says %q, want %q", bar(), want)
	}
	if r.write("d"); !r.capture.drawerOpen() || strings.Contains(bar(), "raw") {
		t.Errorf("open %v, the line says %q", r.capture.drawerOpen(), bar())
	}
}

// TestTheFlagsAreFramedAsOne: the header has a box for each flag, the field is all of them.
func TestTheFlagsAreFramedAsOne(t *testing.T) {
	r := open(t, Options{})
	r.openCase("basics-hello-7456")
	r.app.SelectField("")
	without := lint.Count(r.capture.drawer.grid)
	if r.app.SelectField("tcp.flags"); lint.Count(r.capture.drawer.grid) != without+1 {
		t.Errorf("%d objects with the flags selected, %d without", lint.Count(r.capture.drawer.grid), without)
	}
}

// TestTheDrawerShowsWhatSACKSays counts the edges of a SACK block as the chat counts, frames the whole option and brings it into view.
func TestTheDrawerShowsWhatSACKSays(t *testing.T) {
	r := open(t, Options{})
	r.openCase("trouble-one-lost")
	r.app.GoToStep(4)
	d := r.capture.drawer
	shown := strings.Join(lint.Texts(d.root), "\n")
	for _, want := range []string{"28,961  (1,579,833,445)", "30,409  (1,579,834,893)", "28,961–30,409 (relative, server)"} {
		if !strings.Contains(shown, want) {
			t.Errorf("nothing says %q in\n%s", want, shown)
		}
	}
	top, bottom, ok := d.grid.Selected()
	if !ok || top < d.scroll.Offset.Y || bottom > d.scroll.Offset.Y+d.scroll.Size().Height {
		t.Errorf("selected is %v to %v, in view %v to %v", top, bottom, d.scroll.Offset.Y, d.scroll.Offset.Y+d.scroll.Size().Height)
	}
	r.capture.toggleDrawer()
	if shown := strings.Join(lint.Texts(d.root), "\n"); !strings.Contains(shown, "28,961–30,409 (relative, server)") {
		t.Errorf("closed it says\n%s", shown)
	}
}
