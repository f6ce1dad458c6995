package ui

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"math"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// graphsPane draws a connection over time.
type graphsPane struct {
	w       *Window
	root    *fyne.Container
	kind    *widget.Segmented
	dir     *widget.Segmented
	whole   *widget.Button
	save    *widget.Button
	head    *widget.Canvas
	plot    *widget.Plot
	drawn   *[2]timeline.Graph // what plot shows
	kindOf  app.GraphKind
	dirOf   flow.Direction
	binned  []float64 // throughput in view
	binFrom int64
	binStep int64
}

// Measures of the view, in pixels.
const (
	graphBar    = 84
	graphLegend = 30
)

// graphBins is how many spans the throughput in view is summed up in.
const graphBins = 160

// graphWords are the texts of the view.
var graphWords = struct {
	kinds                                                                             [app.NumGraphKinds]narrate.Text
	titles                                                                            [app.NumGraphKinds]narrate.Text
	fromClient, fromServer, whole, save, asPNG, asSVG, asCSV, making, failed, nothing narrate.Text
	segment, again, ack, window, sack, found                                          narrate.Text
}{
	kinds: [app.NumGraphKinds]narrate.Text{
		{"Sequence", "序列号"}, {"Stevens", "Stevens"}, {"Throughput", "吞吐量"}, {"Round trip", "往返时间"}, {"Window", "窗口"}, {"In flight", "在途字节"},
	},
	titles: [app.NumGraphKinds]narrate.Text{
		{"sent, acknowledged and allowed over time", "已发送、已确认、允许发送的范围"},
		{"sequence number of every segment over time", "每个报文段的序列号随时间的变化"},
		{"new data, bytes per second", "新数据，每秒字节数"},
		{"time from a segment to its acknowledgment", "从报文段发出到被确认的时间"},
		{"receive window announced by the other side, bytes", "对方通告的接收窗口，字节"},
		{"bytes sent and not yet acknowledged", "已发送但尚未确认的字节"},
	},
	fromClient: narrate.Text{"Client's data", "客户端的数据"},
	fromServer: narrate.Text{"Server's data", "服务器的数据"},
	whole:      narrate.Text{"Show all", "显示全部"},
	save:       narrate.Text{"Save…", "保存…"},
	asPNG:      narrate.Text{"Picture (PNG)", "图片（PNG）"},
	asSVG:      narrate.Text{"Drawing (SVG)", "矢量图（SVG）"},
	asCSV:      narrate.Text{"Numbers (CSV)", "数据（CSV）"},
	making:     narrate.Text{"Reading the connection for its graphs…", "正在读取连接以绘制图表…"},
	failed:     narrate.Text{"The packets could not be read again: ", "无法重新读取这些包："},
	nothing:    narrate.Text{"Nothing to draw: this side sent no data that was measured.", "没有可绘制的内容：这一方没有可测量的数据。"},
	segment:    narrate.Text{"segment", "报文段"},
	again:      narrate.Text{"sent again", "重传"},
	ack:        narrate.Text{"acknowledged", "已确认"},
	window:     narrate.Text{"end of the window", "窗口右沿"},
	sack:       narrate.Text{"reported by SACK", "SACK 报告"},
	found:      narrate.Text{"found", "找到的包"},
}

func newGraphsPane(w *Window) *graphsPane {
	g := &graphsPane{w: w}
	names := make([]string, app.NumGraphKinds)
	for i := range names {
		names[i] = w.t(graphWords.kinds[i])
	}
	g.kind = widget.NewSegmented(names, 0, func(i int) { w.app.SetGraph(app.GraphKind(i), w.app.Capture.Graphs.Dir) })
	g.dir = widget.NewSegmented([]string{w.t(graphWords.fromClient), w.t(graphWords.fromServer)}, 0,
		func(i int) { w.app.SetGraph(w.app.Capture.Graphs.Kind, flow.Direction(i)) })
	g.plot = widget.NewPlot()
	g.plot.Overlay = w.overlay
	g.plot.XText = axisTime
	g.plot.OnPick = w.app.SelectPacket
	g.plot.Describe = g.describe
	g.plot.OnZoom = g.zoomed
	g.whole = widget.NewButton(widget.Quiet, "", w.t(graphWords.whole), func() { g.plot.DoubleTapped(nil) })
	g.save = widget.NewButton(widget.Plain, "save", w.t(graphWords.save), nil)
	g.save.OnTapped = g.saveMenu
	g.head = widget.NewCanvas(fyne.NewSize(0, 0), g.drawHead)
	g.root = arrange(fyne.NewSize(0, 0), g.place, g.head, g.plot, g.kind, g.dir, g.whole, g.save)
	return g
}

func (g *graphsPane) object() fyne.CanvasObject { return g.root }

// key steps through the packets, and leaves the rest to the plot.
func (g *graphsPane) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp:
		g.w.packetBy(-1)
	case fyne.KeyDown:
		g.w.packetBy(1)
	case fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyPlus, fyne.KeyEqual, fyne.KeyMinus, fyne.Key0:
		g.plot.TypedKey(e)
	}
}

func (g *graphsPane) place(size fyne.Size) {
	put(g.head, 0, 0, size.Width, size.Height)
	x := float32(theme.ViewMargin)
	put(g.kind, x, 7, g.kind.MinSize().Width, streamControl)
	put(g.dir, x, 45, g.dir.MinSize().Width, streamControl)
	right := size.Width - theme.ViewMargin
	for _, b := range []*widget.Button{g.save, g.whole} {
		w := b.MinSize().Width
		put(b, right-w, 45, w, streamControl)
		right -= w + 8
	}
	put(g.plot, 8, graphBar+graphLegend, size.Width-16, max(0, size.Height-graphBar-graphLegend-8))
	show(g.plot, g.w.app.Capture != nil && g.w.app.Capture.Graphs.Data != nil)
}

func (g *graphsPane) changed(ch app.Change) {
	c := g.w.app.Capture
	if ch&(app.GraphsChanged|app.PageChanged|app.SettingsChanged) != 0 {
		s := &c.Graphs
		g.kind.SetSelected(int(s.Kind))
		g.dir.SetSelected(int(s.Dir))
		if s.Data != nil {
			keep := g.drawn == s.Data // the same time, seen in another way
			g.drawn, g.kindOf, g.dirOf = s.Data, s.Kind, s.Dir
			g.draw(keep)
		}
		again(g.root)
		g.head.Refresh()
	}
	if ch&(app.SearchChanged|app.GraphsChanged|app.PageChanged) != 0 && c.Graphs.Data != nil {
		g.plot.SetFound(c.MatchTimes())
		g.head.Refresh()
	}
	if ch&(app.SelectionChanged|app.GraphsChanged|app.PageChanged) != 0 && c.Graphs.Data != nil && c.Packet >= 0 {
		g.plot.Mark(c.View.At(c.Packet).Time-c.View.At(0).Time, ch&app.SelectionChanged != 0)
	}
}

// graph is what is drawn.
func (g *graphsPane) graph() *timeline.Graph { return &g.drawn[g.dirOf] }

// draw gives the plot the series of the graph chosen.
func (g *graphsPane) draw(keep bool) {
	d := g.graph()
	g.plot.YText = map[app.GraphKind]func(float64) string{
		app.GraphThroughput: func(v float64) string { return narrate.Bytes(uint64(max(v, 0))) + "/s" },
		app.GraphRTT:        func(v float64) string { return narrate.Duration(time.Duration(v)) },
	}[g.kindOf]
	if g.plot.YText == nil {
		g.plot.YText = func(v float64) string { return axisNumber(v) }
	}
	if g.kindOf == app.GraphThroughput {
		if !keep {
			g.plot.SetSeries(nil, 0, d.End, true, false)
		}
		g.bin()
	}
	g.plot.SetSeries(g.series(), 0, d.End, g.kindOf > app.GraphStevens, keep || g.kindOf == app.GraphThroughput)
}

// zoomed sums the throughput up anew for the time in view.
func (g *graphsPane) zoomed() {
	if g.drawn != nil && g.kindOf == app.GraphThroughput {
		g.bin()
		g.plot.SetSeries(g.series(), 0, g.graph().End, true, true)
	}
}

func (g *graphsPane) bin() {
	from, to := g.plot.Span()
	g.binned, g.binFrom, g.binStep = g.graph().Throughput(from, to, graphBins), from, max((to-from)/graphBins, 1)
}

// repeated are the labels of segments that were sent before.
const repeated = tcp.Retransmission | tcp.FastRetransmission | tcp.SpuriousRetransmission

func (g *graphsPane) series() []widget.Series {
	d := g.graph()
	own, peer := widget.InkClient, widget.InkServer
	if d.Dir == flow.ServerToClient {
		own, peer = peer, own
	}
	switch g.kindOf {
	case app.GraphThroughput:
		return []widget.Series{{Kind: widget.Steps, Ink: own, Thick: true, Len: len(g.binned), Entry: func(i int) (int64, float64, float64, int) {
			return g.binFrom + int64(i)*g.binStep, 0, g.binned[i], -1
		}}}
	case app.GraphRTT:
		return []widget.Series{values(widget.Dots, own, d.RTTs)}
	case app.GraphFlight:
		return []widget.Series{values(widget.Lines, own, d.Flight)}
	case app.GraphWindow:
		return []widget.Series{{Kind: widget.Steps, Ink: peer, Len: len(d.Acks), Entry: func(i int) (int64, float64, float64, int) {
			a := &d.Acks[i]
			return a.At, 0, float64(a.Window()), int(a.Packet)
		}}}
	default: // the two graphs of sequence numbers
	}
	var again []timeline.GraphSegment
	for _, s := range d.Segments {
		if s.Labels.Any(repeated) {
			again = append(again, s)
		}
	}
	if g.kindOf == app.GraphStevens {
		return []widget.Series{segments(widget.Dots, own, d.Segments, false), segments(widget.Dots, widget.InkFail, again, true)}
	}
	return []widget.Series{
		{Kind: widget.Steps, Ink: widget.InkOK, Len: len(d.Acks), Entry: func(i int) (int64, float64, float64, int) {
			a := &d.Acks[i]
			return a.At, 0, float64(a.Lo), int(a.Packet)
		}},
		{Kind: widget.Steps, Ink: widget.InkWarn, Len: len(d.Acks), Entry: func(i int) (int64, float64, float64, int) {
			a := &d.Acks[i]
			return a.At, 0, float64(a.Hi), int(a.Packet)
		}},
		{Kind: widget.Bars, Ink: widget.InkInfo, Len: len(d.SACKs), Thick: true, Entry: func(i int) (int64, float64, float64, int) {
			r := &d.SACKs[i]
			return r.At, float64(r.Lo), float64(r.Hi), int(r.Packet)
		}},
		segments(widget.Bars, own, d.Segments, false),
		segments(widget.Bars, widget.InkFail, again, true),
	}
}

func segments(kind widget.SeriesKind, ink widget.Ink, list []timeline.GraphSegment, thick bool) widget.Series {
	return widget.Series{Kind: kind, Ink: ink, Thick: thick, Len: len(list), Entry: func(i int) (int64, float64, float64, int) {
		s := &list[i]
		return s.At, float64(s.Lo), float64(s.Hi), int(s.Packet)
	}}
}

func values(kind widget.SeriesKind, ink widget.Ink, list []timeline.GraphValue) widget.Series {
	return widget.Series{Kind: kind, Ink: ink, Len: len(list), Entry: func(i int) (int64, float64, float64, int) {
		v := &list[i]
		return v.At, 0, float64(v.Value), int(v.Packet)
	}}
}

func (g *graphsPane) drawHead(p *widget.Pen, w, h float32) {
	c := g.w.app.Capture
	if c == nil {
		return
	}
	p.HLine(0, graphBar-1, w, p.P.Line)
	s := &c.Graphs
	const x = theme.ViewMargin
	switch {
	case s.Err != nil:
		p.Para(x, graphBar+20, w-2*x, 20, g.w.t(graphWords.failed)+why(g.w.lang(), s.Err), theme.Body, p.P.Fail, 4)
		return
	case s.Data == nil:
		p.Para(x, graphBar+20, w-2*x, 20, g.w.t(graphWords.making), theme.Body, p.P.Text2, 4)
		return
	}
	if g.empty(&s.Data[s.Dir], s.Kind) {
		p.T(x, graphBar, w-2*x, graphLegend, g.w.t(graphWords.nothing), theme.Small, p.P.Text2, widget.Left)
		return
	}
	at := float32(x) + p.T(x, graphBar, w-2*x, graphLegend, g.w.t(graphWords.titles[s.Kind]), theme.Small, p.P.Text2, widget.Left) + 20
	for _, e := range g.legend(s) {
		text := g.w.t(e.text)
		need := 16 + p.Width(text, theme.Tiny) + 14
		if at+need > w-x {
			break
		}
		p.Rect(at, graphBar+graphLegend/2-2, 10, 4, e.ink.Color(p.P), 1)
		p.T(at+16, graphBar, 0, graphLegend, text, theme.Tiny, p.P.Text2, widget.Left)
		at += need
	}
}

// legendEntry is a colour and what it stands for.
type legendEntry struct {
	ink  widget.Ink
	text narrate.Text
}

func (g *graphsPane) legend(s *app.Graphs) []legendEntry {
	own := widget.InkClient
	if s.Dir == flow.ServerToClient {
		own = widget.InkServer
	}
	var found []legendEntry
	if c := g.w.app.Capture; len(c.Search.Found[c.Stream].Packets) > 0 {
		found = []legendEntry{{widget.InkAccent, graphWords.found}}
	}
	switch s.Kind {
	case app.GraphTrace:
		return append(found, []legendEntry{
			{own, graphWords.segment},
			{widget.InkFail, graphWords.again},
			{widget.InkOK, graphWords.ack},
			{widget.InkWarn, graphWords.window},
			{widget.InkInfo, graphWords.sack},
		}...)
	case app.GraphStevens:
		return append(found, legendEntry{own, graphWords.segment}, legendEntry{widget.InkFail, graphWords.again})
	default:
		return found
	}
}

// empty reports that a graph has no entry.
func (g *graphsPane) empty(d *timeline.Graph, kind app.GraphKind) bool {
	switch kind {
	case app.GraphRTT:
		return len(d.RTTs) == 0
	case app.GraphFlight:
		return len(d.Flight) == 0
	case app.GraphWindow:
		return len(d.Acks) == 0
	default:
		return len(d.Segments) == 0
	}
}

// describe says what is known of a packet.
func (g *graphsPane) describe(packet int) string {
	c := g.w.app.Capture
	if c == nil || c.View == nil || packet >= c.View.Len() {
		return ""
	}
	r := c.View.At(packet)
	text := narrate.Frame(r.Frame) + "  " + narrate.Side(g.w.lang(), r.Dir()) + "  " + narrate.Duration(time.Duration(r.Time-c.View.At(0).Time)) +
		"\nseq " + narrate.Count(uint64(r.Seq)) + "  ack " + narrate.Count(uint64(r.Ack)) + "  len " + narrate.Count(uint64(r.Len)) + "  win " + narrate.Count(uint64(r.Window))
	for _, name := range r.Labels.Names() {
		text += "\n" + name
	}
	return text
}

// saveMenu offers the forms in which the graph can be saved.
func (g *graphsPane) saveMenu() {
	c := g.w.app.Capture
	if c == nil || c.Graphs.Data == nil {
		return
	}
	name := "tcptalk-" + strconv.Itoa(c.Stream) + "-" + graphWords.kinds[c.Graphs.Kind][narrate.English]
	at := g.w.fyne.Driver().AbsolutePositionForObject(g.save).AddXY(0, streamControl)
	g.w.showMenu(at,
		menuItem{g.w.t(graphWords.asPNG), func() { g.w.saveAs(name+".png", func(path string) { g.savePNG(path) }) }},
		menuItem{g.w.t(graphWords.asSVG), func() { g.w.saveAs(name+".svg", func(path string) { g.saveSVG(path) }) }},
		menuItem{g.w.t(graphWords.asCSV), func() { g.w.saveAs(name+".csv", g.w.app.SaveGraph) }},
	)
}

// savePNG saves what the window shows of the plot.
func (g *graphsPane) savePNG(path string) {
	canvas := g.w.win.Canvas()
	at, size := g.w.fyne.Driver().AbsolutePositionForObject(g.plot), g.plot.Size()
	scale := canvas.Scale()
	px := func(v float32) int { return int(math.Round(float64(v * scale))) }
	part := image.Rect(px(at.X), px(at.Y), px(at.X+size.Width), px(at.Y+size.Height))
	out := image.NewNRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	draw.Draw(out, out.Rect, canvas.Capture(), part.Min, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, out); err == nil { // fails for a picture without pixels only
		g.w.app.SaveBytes(path, b.Bytes())
	}
}

func (g *graphsPane) saveSVG(path string) {
	var b bytes.Buffer
	c := g.w.app.Capture
	title := c.View.Conn.Client.String() + " – " + c.View.Conn.Server.String() + " · " + g.w.t(graphWords.titles[c.Graphs.Kind])
	if err := g.plot.WriteSVG(&b, title); err == nil { // a buffer takes everything
		g.w.app.SaveBytes(path, b.Bytes())
	}
}

// axisTime writes a time on the axis, as exact as the ticks are.
func axisTime(ns, step int64) string {
	unit, name := int64(time.Second), " s"
	switch {
	case step < int64(time.Microsecond):
		unit, name = 1, " ns"
	case step < int64(time.Millisecond):
		unit, name = int64(time.Microsecond), " µs"
	case step < int64(time.Second)/10:
		unit, name = int64(time.Millisecond), " ms"
	}
	if ns == 0 {
		return "0"
	}
	return strconv.FormatFloat(float64(ns)/float64(unit), 'f', -1, 64) + name
}

// axisNumber writes a number on the axis.
func axisNumber(v float64) string {
	if v < 0 {
		return "-" + narrate.Count(uint64(-v))
	}
	return narrate.Count(uint64(v + .5))
}
