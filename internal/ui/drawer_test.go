package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tcptalk/internal/app"
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
