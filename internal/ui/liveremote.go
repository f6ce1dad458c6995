package ui

import (
	"errors"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// remoteForm asks for another computer to capture on.
type remoteForm struct {
	w             *Window
	root          *fyne.Container
	face          *widget.Canvas
	fields        []*widget.Field
	sudo          *widget.Segmented
	start, cancel *widget.Button
	copy, local   *widget.Button
}

// Measures of the form, in pixels.
const (
	remoteWidth  = 760
	remoteHeight = 548
	remoteName   = 24 // from the name of a field to the field
	remoteRow    = 68
	remoteIntro  = 50
	remoteSudo   = remoteIntro + 2*remoteRow
	remoteBox    = remoteSudo + 40 + 54
	remoteGap    = 12
)

// remoteField is a field of the form: what it asks for, and what stands in it while it is empty.
type remoteField struct {
	name, hint narrate.Text
	value      *string
}

func remoteFields(r *app.RemoteChoice) []remoteField {
	return []remoteField{
		{liveWords.host, liveWords.hostHint, &r.Host},
		{liveWords.user, liveWords.userHint, &r.User},
		{liveWords.port, narrate.Text{"22", "22"}, &r.Port},
		{liveWords.remoteIface, liveWords.ifaceHint, &r.Interface},
		{liveWords.remoteFilter, liveWords.hint, &r.Filter},
	}
}

// remotePlaces are where the fields stand, with their names above them, in a form of the given width.
func remotePlaces(width float32) [5]struct{ x, y, w float32 } {
	w := width - 2*remoteGap
	host, user := w*0.44, w*0.4
	const first, second = float32(remoteIntro), float32(remoteIntro + remoteRow)
	return [5]struct{ x, y, w float32 }{
		{0, first, host},
		{host + remoteGap, first, user},
		{host + user + 2*remoteGap, first, w - host - user},
		{0, second, host},
		{host + remoteGap, second, width - host - remoteGap},
	}
}

// showRemote shows the form for a capture over ssh.
func (w *Window) showRemote() {
	f := &remoteForm{w: w}
	r := &w.app.Setup.Choice.Remote
	f.face = widget.NewCanvas(fyne.NewSize(0, 0), f.draw)
	for _, x := range remoteFields(r) {
		e := widget.NewField(w.t(x.hint))
		e.SetText(*x.value)
		e.OnChanged = func(text string) {
			w.app.SetLiveChoice(func(*app.LiveChoice) { *x.value = text })
			f.changed()
		}
		e.OnSubmitted = func(string) { f.begin() }
		f.fields = append(f.fields, e)
	}
	f.sudo = w.liveSwitch(r.Sudo, func(c *app.LiveChoice, on bool) { c.Remote.Sudo = on; f.changed() })
	f.start = widget.NewButton(widget.Primary, "play", w.t(liveWords.start), f.begin)
	f.cancel = widget.NewButton(widget.Plain, "", w.t(words.cancel), w.closeDialog)
	f.copy = widget.NewButton(widget.Plain, "copy", w.t(liveWords.copyCommand), func() {
		if line, err := w.app.Setup.RemoteCommand(); err == nil {
			w.copy(line)
		}
	})
	f.local = widget.NewButton(widget.Quiet, "live", w.t(liveWords.local), w.showLive)
	f.root = arrange(fyne.NewSize(0, 0), f.place, f.face, f.fields[0], f.fields[1], f.fields[2], f.fields[3], f.fields[4], f.sudo,
		f.local, f.copy, f.cancel, f.start)
	w.openDialog(fyne.NewSize(remoteWidth, remoteHeight), w.t(liveWords.remoteTitle), f.root)
	f.changed()
	w.win.Canvas().Focus(f.fields[0])
}

func (f *remoteForm) place(size fyne.Size) {
	put(f.face, 0, 0, size.Width, size.Height)
	for i, at := range remotePlaces(size.Width) {
		put(f.fields[i], at.x, at.y+remoteName, at.w, theme.FieldHeight)
	}
	sw := f.sudo.MinSize().Width
	put(f.sudo, size.Width-sw, remoteSudo, sw, theme.ButtonHeight)
	x, y := size.Width, size.Height-theme.ButtonHeight
	for _, b := range []*widget.Button{f.start, f.cancel, f.copy} {
		bw := b.MinSize().Width
		x -= bw
		put(b, x, y, bw, theme.ButtonHeight)
		x -= 8
	}
	put(f.local, -8, y, f.local.MinSize().Width, theme.ButtonHeight)
}

func (f *remoteForm) changed() {
	_, err := f.w.app.Setup.RemoteCommand()
	enable(f.start, err == nil)
	enable(f.copy, err == nil)
	f.face.Refresh()
}

// begin captures there.
func (f *remoteForm) begin() {
	if _, err := f.w.app.Setup.RemoteCommand(); err == nil {
		f.w.closeDialog()
		f.w.app.StartRemote()
	}
}

func (f *remoteForm) draw(p *widget.Pen, w, h float32) {
	t, s := f.w.t, &f.w.app.Setup
	p.Para(0, 0, w, 19, t(liveWords.remoteIntro), theme.Body, p.P.Text2, 2)
	for i, at := range remotePlaces(w) {
		p.T(at.x, at.y, at.w, 20, t(remoteFields(&s.Choice.Remote)[i].name), theme.Strong, p.P.Text, widget.Left)
	}
	p.T(0, remoteSudo, w-f.sudo.MinSize().Width-12, theme.ButtonHeight, t(liveWords.sudo), theme.Body, p.P.Text, widget.Left)
	y := float32(remoteSudo + 40)
	p.T(0, y+4, w/2, 20, t(liveWords.command), theme.Strong, p.P.Text, widget.Left)
	p.T(0, y+26, w, 18, t(liveWords.remoteText), theme.Small, p.P.Text2, widget.Left)
	y = remoteBox
	box := h - theme.ButtonHeight - 18 - y
	p.Panel(0, y, w, box, p.P.Inset, p.P.Edge, theme.RadiusInset)
	line, err := s.RemoteCommand()
	if err == nil {
		p.Para(12, y+8, w-24, 17, line, theme.Mono, p.P.Text, int((box-16)/17))
		return
	}
	r := &s.Choice.Remote
	if r.Host == "" || r.Interface == "" {
		p.T(12, y+8, w-24, 20, t(liveWords.notYet), theme.Body, p.P.Text2, widget.Left)
		return
	}
	title, message := f.w.problemText(err)
	p.Icon(12, y+11, 14, "warn", p.P.Warn)
	p.Para(34, y+8, w-46, 19, title+f.w.t(words.colon)+message, theme.Body, p.P.Text, 3)
}

// problemText words what keeps a capture from running: its name, and what the program or the system says.
func (w *Window) problemText(err error) (title, message string) {
	var p *live.Problem
	if !errors.As(err, &p) {
		return w.t(liveWords.ended), err.Error()
	}
	title, _ = narrate.CaptureProblem(w.lang(), p.Kind)
	return title, p.Message
}
