package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// filterForm builds a display filter from what is filled in.
type filterForm struct {
	w        *Window
	face     *widget.Canvas
	fields   []formField
	flags    []*widget.Button
	kind     *widget.Segmented
	use, add *widget.Button
	wipe     *widget.Button
	copy     *widget.Button
}

// formField is a line to fill in, and where it stands.
type formField struct {
	*widget.Field
	value       *string
	row         int
	left, width float32 // parts of the room right of the names
}

// formWords are the texts of the form.
var formWords = struct {
	title, connection, flags, payload, request, header, response, result,
	host, port, bytes, text, hex, method, path, name, value, status, body,
	use, add, wipe, copy, empty, mixed, flagHint narrate.Text
}{
	title:      narrate.Text{"Build a filter", "拼一个过滤器"},
	connection: narrate.Text{"Connection", "连接"},
	flags:      narrate.Text{"Flags", "标志"},
	payload:    narrate.Text{"Payload has", "载荷包含"},
	request:    narrate.Text{"HTTP request", "HTTP 请求"},
	header:     narrate.Text{"HTTP header", "HTTP 头部"},
	response:   narrate.Text{"HTTP response", "HTTP 响应"},
	result:     narrate.Text{"The filter", "过滤器"},
	host:       narrate.Text{"Address, network or host name", "地址、网段或主机名"},
	port:       narrate.Text{"Port: 80, 8000-8080", "端口：80, 8000-8080"},
	bytes:      narrate.Text{"Text or bytes", "文字或字节"},
	text:       narrate.Text{"Text", "文字"},
	hex:        narrate.Text{"Hex", "十六进制"},
	method:     narrate.Text{"Method: GET", "方法：GET"},
	path:       narrate.Text{"Part of path or query", "路径或查询的一部分"},
	name:       narrate.Text{"Name: Content-Type", "名称：Content-Type"},
	value:      narrate.Text{"Part of its value", "值的一部分"},
	status:     narrate.Text{"Status: 404, 5xx", "状态码：404、5xx"},
	body:       narrate.Text{"Part of a body", "正文的一部分"},
	use:        narrate.Text{"Find", "查找"},
	add:        narrate.Text{"Add to the search", "加到当前查找"},
	wipe:       narrate.Text{"Clear", "清空"},
	copy:       narrate.Text{"Copy", "复制"},
	empty:      narrate.Text{"Fill in what you know; everything given must hold for a packet.", "填写已知的部分；同一个包要满足所有填写的条件。"},
	mixed:      narrate.Text{"A request and its response are different packets: this finds none. Leave method and path or the status empty.", "请求和响应是不同的包，这样找不到任何包。请清空方法与路径，或清空状态码。"},
	flagHint:   narrate.Text{"1 set · 0 not set", "1 置位 · 0 未置位"},
}

// Measures of the form, in pixels.
const (
	formWidth  = 720
	formRow    = 44
	formNames  = 122
	formResult = 6 * formRow
)

// formFlags are the flags that the form offers.
var formFlags = [...]struct {
	flag packet.Flags
	name string
}{
	{packet.SYN, "SYN"},
	{packet.ACK, "ACK"},
	{packet.PSH, "PSH"},
	{packet.FIN, "FIN"},
	{packet.RST, "RST"},
	{packet.URG, "URG"},
}

// showFilterForm shows the form with what was filled in last.
func (w *Window) showFilterForm() {
	f := &filterForm{w: w}
	v := &w.form
	field := func(row int, left, width float32, hint narrate.Text, value *string) {
		e := widget.NewField(w.t(hint))
		e.SetText(*value)
		e.OnChanged = func(s string) { *value = s; f.update() }
		e.OnSubmitted = func(string) { f.find(false) }
		f.fields = append(f.fields, formField{e, value, row, left, width})
	}
	field(0, 0, 0.62, formWords.host, &v.Host)
	field(0, 0.64, 0.36, formWords.port, &v.Port)
	field(2, 0, 0.66, formWords.bytes, &v.Payload)
	field(3, 0, 0.3, formWords.method, &v.Method)
	field(3, 0.32, 0.68, formWords.path, &v.Path)
	field(4, 0, 0.42, formWords.name, &v.Header)
	field(4, 0.44, 0.56, formWords.value, &v.Value)
	field(5, 0, 0.3, formWords.status, &v.Status)
	field(5, 0.32, 0.68, formWords.body, &v.Body)
	for _, x := range formFlags {
		f.flags = append(f.flags, widget.NewButton(widget.Plain, "", x.name, func() { f.turn(x.flag) }))
	}
	kind := 0
	if v.Hex {
		kind = 1
	}
	f.kind = widget.NewSegmented([]string{w.t(formWords.text), w.t(formWords.hex)}, kind, func(i int) { v.Hex = i == 1; f.update() })
	f.face = widget.NewCanvas(fyne.NewSize(0, 0), f.draw)
	f.use = widget.NewButton(widget.Primary, "search", w.t(formWords.use), func() { f.find(false) })
	f.add = widget.NewButton(widget.Plain, "plus", w.t(formWords.add), func() { f.find(true) })
	f.copy = widget.NewButton(widget.Plain, "copy", w.t(formWords.copy), func() { w.copy(v.Text()) })
	f.wipe = widget.NewButton(widget.Quiet, "", w.t(formWords.wipe), f.clear)
	f.update()
	w.openDialog(fyne.NewSize(formWidth, 64+formResult+96+theme.ButtonHeight+28), w.t(formWords.title), f.content())
	w.win.Canvas().Focus(f.fields[0].Field)
}

// content lays the form out; the order of its objects is that of the Tab key.
func (f *filterForm) content() fyne.CanvasObject {
	objects := []fyne.CanvasObject{f.face, f.fields[0].Field, f.fields[1].Field}
	for _, b := range f.flags {
		objects = append(objects, b)
	}
	objects = append(objects, f.fields[2].Field, f.kind)
	for _, e := range f.fields[3:] {
		objects = append(objects, e.Field)
	}
	objects = append(objects, f.use, f.add, f.copy, f.wipe)
	return arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(f.face, 0, 0, size.Width, size.Height)
		room := size.Width - formNames
		for _, e := range f.fields {
			put(e.Field, formNames+room*e.left, float32(e.row)*formRow, room*e.width, theme.FieldHeight)
		}
		x := float32(formNames)
		for _, b := range f.flags {
			put(b, x, formRow, 62, theme.ButtonHeight)
			x += 68
		}
		kw := f.kind.MinSize().Width
		put(f.kind, size.Width-kw, 2*formRow, kw, theme.ButtonHeight)
		x, y := size.Width, size.Height-theme.ButtonHeight
		for _, b := range []*widget.Button{f.use, f.add, f.copy} {
			bw := b.MinSize().Width
			x -= bw
			put(b, x, y, bw, theme.ButtonHeight)
			x -= 8
		}
		put(f.wipe, 0, y, f.wipe.MinSize().Width, theme.ButtonHeight)
	}, objects...)
}

// turn goes to the next state of a flag: any, set, not set.
func (f *filterForm) turn(flag packet.Flags) {
	v := &f.w.form
	switch {
	case v.Set&flag != 0:
		v.Set, v.Clear = v.Set&^flag, v.Clear|flag
	case v.Clear&flag != 0:
		v.Clear &^= flag
	default:
		v.Set |= flag
	}
	f.update()
}

// update shows what the form stands for.
func (f *filterForm) update() {
	v := &f.w.form
	for i, x := range formFlags {
		b := f.flags[i]
		switch {
		case v.Set&x.flag != 0:
			b.SetKind(widget.Tonal)
			b.SetText(x.name + " 1")
		case v.Clear&x.flag != 0:
			b.SetKind(widget.Tonal)
			b.SetText(x.name + " 0")
		default:
			b.SetKind(widget.Plain)
			b.SetText(x.name)
		}
	}
	c := f.w.app.Capture
	good := v.Text() != "" && v.Problem(f.w.lang()) == ""
	enable(f.use, good)
	enable(f.copy, good)
	enable(f.add, good && c != nil && c.Search.Query.Filter != nil)
	f.face.Refresh()
}

func enable(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// clear empties the form.
func (f *filterForm) clear() {
	f.w.form = app.Form{}
	for _, e := range f.fields {
		e.SetText("")
	}
	f.kind.SetSelected(0)
	f.update()
}

// find puts the filter into the search box, alone or behind the one that is there.
func (f *filterForm) find(also bool) {
	text := f.w.form.Text()
	if text == "" || f.w.form.Problem(f.w.lang()) != "" {
		return
	}
	if c := f.w.app.Capture; also && c != nil && c.Search.Query.Filter != nil {
		text = "(" + c.Search.Query.Filter.String() + ") && " + text
	}
	f.w.closeDialog()
	f.w.app.SetFilter(text)
	f.w.app.KeepSearch()
	f.w.capture.find.reset()
}

func (f *filterForm) draw(p *widget.Pen, w, h float32) {
	t := f.w.t
	for i, name := range []narrate.Text{
		formWords.connection, formWords.flags, formWords.payload, formWords.request, formWords.header, formWords.response,
	} {
		p.T(0, float32(i)*formRow, formNames-10, theme.FieldHeight, t(name), theme.Body, p.P.Text2, widget.Left)
	}
	x := formNames + float32(len(formFlags))*68 + 8
	p.T(x, formRow, w-x, theme.FieldHeight, t(formWords.flagHint), theme.Tiny, p.P.Text3, widget.Left)
	v := &f.w.form
	const boxed = 84
	y := float32(formResult)
	p.Panel(0, y, w, boxed, p.P.Inset, p.P.Edge, theme.RadiusInset)
	text, face, fg := v.Text(), theme.Mono, p.P.Text
	if text == "" {
		text, face, fg = t(formWords.empty), theme.Body, p.P.Text2
	}
	note := v.Problem(f.w.lang())
	lines := 4
	if note == "" && v.Mixed() {
		note = t(formWords.mixed)
	}
	if note != "" {
		lines = 2
	}
	p.Para(12, y+8, w-24, 18, text, face, fg, lines)
	if note != "" {
		p.Icon(12, y+boxed-36, 14, "warn", p.P.Warn)
		p.Para(34, y+boxed-38, w-46, 17, note, theme.Small, p.P.Text, 2)
	}
}
