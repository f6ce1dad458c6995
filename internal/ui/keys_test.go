package ui

import (
	"reflect"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/ui/widget"
)

func TestArrowKeysWalk(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	if c.Step != 0 || c.View.At(c.Packet).Frame != 4 {
		t.Fatalf("step %d, packet index %d", c.Step, c.Packet)
	}
	r.press("Right", "Right", "Left")
	if c.Step != 1 {
		t.Errorf("step %d after right, right, left", c.Step)
	}
	r.write("2") // a reader who looks for themselves: nothing is covered
	r.press("Down")
	if f := c.View.At(c.Packet).Frame; f <= 6 {
		t.Errorf("down leads from packet 6 to %d", f)
	}
	r.press("Up")
	if f := c.View.At(c.Packet).Frame; f != 6 {
		t.Errorf("up leads back to packet %d", f)
	}
	for range c.View.Len() + c.Chat.Len() {
		r.press("Down")
	}
	last := c.Packet
	if r.press("Up"); c.Packet >= last || last < c.View.Len()-5 {
		t.Errorf("many times down ends at packet index %d of %d, up leads to %d", last, c.View.Len(), c.Packet)
	}
}

func TestLettersAndFunctionKeys(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	for key, tab := range map[string]app.Tab{"2": app.DiagnosisTab, "3": app.StatsTab, "4": app.FilesTab, "1": app.LessonTab} {
		if r.write(key); c.Tab != tab {
			t.Errorf("%s shows %v", key, c.Tab)
		}
	}
	if r.write("]"); c.Stream != 1 {
		t.Errorf("] leads to connection %d", c.Stream)
	}
	if r.write("[["); c.Stream != 0 {
		t.Errorf("[[ leads to connection %d", c.Stream)
	}
	open := r.capture.drawerOpen()
	if r.write("d"); r.capture.drawerOpen() == open {
		t.Error("D leaves the packet's details as they were")
	}
	if r.write("h"); !r.capture.drawerOpen() || r.app.Settings.DrawerTab != app.FieldsTab {
		t.Error("H does not show the fields")
	}
	if r.write("H"); !r.capture.drawerOpen() || r.app.Settings.DrawerTab != app.HeaderTab {
		t.Error("H again does not show the header")
	}
	r.press("F1")
	if r.dialog == nil {
		t.Fatal("F1 shows no keys")
	}
	if r.press("Escape"); r.dialog != nil || r.app.Page != app.CapturePage {
		t.Error("Escape does not close just the dialog")
	}
	if r.press("Escape"); r.app.Page != app.Home {
		t.Error("Escape does not lead home")
	}
}

func TestKeysWorkWhereverTheFocusIs(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("trouble-third-packet-lost")
	p := r.capture
	for name, focus := range map[string]func(){
		"a click on the connections":   func() { r.clickAt(p.side.list, 100, 30) },
		"a click on a bubble":          func() { r.clickAt(p.middle.chat.rows, 300, 80) },
		"a click on a byte":            func() { r.clickAt(p.drawer.hex, 100, 30) },
		"a click on a button":          func() { r.click(p.bar.keys); r.closeDialog() },
		"a click on a tab":             func() { r.clickAt(p.right.tabs, 40, 20); r.app.ShowTab(app.LessonTab) },
		"the keyboard on a button":     func() { r.win.Canvas().Focus(p.bar.open) },
		"the keyboard on the donut":    func() { r.win.Canvas().Focus(p.side.donut) },
		"the keyboard on the packets":  func() { r.win.Canvas().Focus(p.middle.chat.rows) },
		"the keyboard on a list":       func() { r.win.Canvas().Focus(p.side.list) },
		"Escape in the search box":     func() { p.side.search.Focus(); r.write("x"); r.press("Escape", "Escape") },
		"a click into the lesson":      func() { r.clickText(p.right.lesson.text) },
		"the keyboard on the tab list": func() { r.win.Canvas().Focus(p.right.tabs) },
	} {
		r.app.GoToStep(0)
		r.win.Canvas().Unfocus() // where the keyboard was before
		focus()
		if r.app.Page != app.CapturePage || c.Filter != "" {
			t.Fatalf("%s: page %v, filter %q", name, r.app.Page, c.Filter)
		}
		if name == "a click on a byte" || name == "the keyboard on the tab list" { // these have a use for the arrows
			r.write("2")
			if c.Tab != app.DiagnosisTab {
				t.Errorf("%s: the key 2 shows %v", name, c.Tab)
			}
			r.write("1")
		} else if r.press("Right"); c.Question() == nil { // the one behind the first step
			t.Errorf("%s: the right arrow leads to step %d", name, c.Step)
		}
		if r.press("F1"); r.dialog == nil {
			t.Errorf("%s: F1 shows no keys", name)
		}
		r.closeDialog()
	}
	p.side.search.Focus()
	if r.press("F1"); r.dialog == nil {
		t.Error("F1 in the search box shows no keys")
	}
}

func TestSearchBox(t *testing.T) {
	r := open(t, Options{})
	r.focusSearch()
	if r.win.Canvas().Focused() != r.home.search {
		t.Fatal("the search box of Home has no focus")
	}
	if r.write("png"); len(r.home.visible()) != 1 {
		t.Errorf("%d cases match png", len(r.home.visible()))
	}
	if r.press("Escape"); len(r.home.visible()) != len(r.app.Cases) {
		t.Errorf("Escape leaves %d cases", len(r.home.visible()))
	}
	c := r.openCase("trouble-third-packet-lost")
	r.focusSearch()
	if r.write("6.2"); len(c.Shown) != 1 {
		t.Errorf("connections %v match", c.Shown)
	}
	r.press("Return")
	if c.Stream != 1 {
		t.Errorf("Enter shows connection %d", c.Stream)
	}
	if r.press("Escape", "Escape"); len(c.Shown) != 5 || r.win.Canvas().Focused() != nil || r.app.Page != app.CapturePage {
		t.Errorf("Escape twice: %d connections, focus on %v", len(c.Shown), r.win.Canvas().Focused())
	}
}

func TestDrawerLinksHeaderAndBytes(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	d := r.capture.drawer
	// The TCP header lies behind 14 bytes of Ethernet and 20 of IP: the sequence number is bytes 38 to 41.
	r.clickAt(d.grid, 300, gridRow(1))
	if c.Field != "tcp.seq" {
		t.Errorf("the second row of the header is %q", c.Field)
	}
	if from, n := marked(d.hex); from != 38 || n != 4 {
		t.Errorf("marked are %d bytes from %d", n, from)
	}
	d.pickByte(42)
	if c.Field != "tcp.ack" || number(d.grid, "selected") != d.index("tcp.ack") {
		t.Errorf("byte 42 is %q, in the header field %d", c.Field, number(d.grid, "selected"))
	}
	d.pickByte(0)
	if c.Field != "eth.dst" || number(d.grid, "selected") != d.index("eth.dst") {
		t.Errorf("byte 0 is %q", c.Field)
	}
	r.app.Set(func(s *app.Settings) { s.DrawerTab = app.FieldsTab })
	r.app.SelectField("tcp.window_size_value")
	if from, n := marked(d.hex); from != 48 || n != 2 {
		t.Errorf("the window's bytes are %d from %d", n, from)
	}
	r.app.SelectPacket(c.Packet + 1)
	if _, n := marked(d.hex); n != 0 || d.selected() != nil {
		t.Errorf("another packet keeps %d bytes marked", n)
	}
}

// gridRow is the middle of a row of the header grid.
func gridRow(n int) float32 { return 16 + float32(n)*21 + 10 }

// marked returns which bytes a hex dump marks.
func marked(h *widget.Hex) (from, n int) { return number(h, "from"), number(h, "n") }

// number reads a number that a widget keeps for itself and draws.
func number(widget any, field string) int {
	return int(reflect.ValueOf(widget).Elem().FieldByName(field).Int())
}

// A key for which the view that is shown has no use ends there.
func TestAKeyWithoutAUseIsHandledOnce(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("basics-hello-7456")
	r.win.Canvas().Unfocus()
	for i := range c.View.Len() {
		r.app.SelectPacket(i)
		r.press(fyne.KeyReturn, fyne.KeyEnter) // most packets have nothing to open
	}
	if c.Packet != c.View.Len()-1 {
		t.Errorf("packet %d is selected", c.Packet)
	}
}
