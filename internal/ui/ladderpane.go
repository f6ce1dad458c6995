package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// ladderPane shows a connection as a sequence diagram.
type ladderPane struct {
	w     *Window
	root  *fyne.Container
	scale *widget.Segmented
	zoom  [3]*widget.Button // closer, further, back to the beginning
	save  *widget.Button
	head  *widget.Canvas
	rows  *widget.Sequence
	drawn *timeline.Ladder // what rows shows
}

// ladderBar is the height of the bar above the diagram.
const ladderBar = 44

// ladderWords are the texts of the view.
var ladderWords = struct {
	equal, scale, closer, further, whole, save, asPNG, asSVG, making, failed, client, server, holds, inOrder, hole, sack narrate.Text
	cutTo, title                                                                                                         narrate.Text
}{
	equal:   narrate.Text{"Equal rows", "等距"},
	scale:   narrate.Text{"Time scale", "按时间"},
	closer:  narrate.Text{"stretch the time  +", "拉长时间  +"},
	further: narrate.Text{"compress the time  −", "压缩时间  −"},
	whole:   narrate.Text{"the first scale again  0", "恢复比例  0"},
	save:    narrate.Text{"Save…", "保存…"},
	asPNG:   narrate.Text{"Picture (PNG)", "图片（PNG）"},
	asSVG:   narrate.Text{"Drawing (SVG)", "矢量图（SVG）"},
	making:  narrate.Text{"Drawing the connection…", "正在绘制连接…"},
	failed:  narrate.Text{"The packets could not be read again: ", "无法重新读取这些包："},
	client:  narrate.Text{"Client", "客户端"},
	server:  narrate.Text{"Server", "服务器"},
	holds:   narrate.Text{"bytes the receiver holds", "接收方已有的字节"},
	inOrder: narrate.Text{"in order", "连续"},
	hole:    narrate.Text{"missing", "缺失"},
	sack:    narrate.Text{"SACK", "SACK"},
	cutTo:   narrate.Text{"${n} of ${of} rows, from the selected packet on", "从所选的包起，${of} 行中的 ${n} 行"},
	title:   narrate.Text{"rows ${n} of ${of}", "${of} 行中的 ${n}"},
}

func newLadderPane(w *Window) *ladderPane {
	l := &ladderPane{w: w}
	set := func(change func(o *timeline.LadderOptions)) {
		if c := w.app.Capture; c != nil {
			o := c.Ladder.Options
			change(&o)
			w.app.SetLadder(o)
		}
	}
	l.scale = widget.NewSegmented([]string{w.t(ladderWords.equal), w.t(ladderWords.scale)}, 0,
		func(i int) { set(func(o *timeline.LadderOptions) { o.Scale = i == 1 }) })
	zoom := func(steps int) {
		set(func(o *timeline.LadderOptions) {
			switch {
			case !o.Scale:
			case steps == 0:
				o.Zoom = 0
			default:
				o.Zoom += steps
			}
		})
	}
	for i, b := range []struct {
		icon  string
		text  narrate.Text
		steps int
	}{{"plus", ladderWords.closer, 1}, {"minus", ladderWords.further, -1}, {"retry", ladderWords.whole, 0}} {
		l.zoom[i] = widget.NewIconButton(b.icon, w.t(b.text), func() { zoom(b.steps) })
		l.zoom[i].Overlay = w.overlay
	}
	l.save = widget.NewButton(widget.Plain, "save", w.t(ladderWords.save), nil)
	l.save.OnTapped = l.saveMenu
	l.head = widget.NewCanvas(fyne.NewSize(0, 0), l.drawHead)
	l.rows = widget.NewSequence()
	l.rows.Post = w.Post
	l.rows.Words = widget.SequenceWords{
		Client: w.t(ladderWords.client), Server: w.t(ladderWords.server), Holds: w.t(ladderWords.holds),
		InOrder: w.t(ladderWords.inOrder), Hole: w.t(ladderWords.hole), SACK: w.t(ladderWords.sack), Unfold: w.t(words.unfold), Fold: w.t(words.fold),
		Fate: func(r *timeline.LadderRow) string { return narrate.LadderFate(w.lang(), r.Fate, r.By) },
		End: func(r *timeline.LadderRow) string {
			return narrate.LadderEnd(w.lang(), r.Fate, r.Kind == timeline.LadderMissing)
		},
	}
	l.rows.OnSelect = w.app.SelectPacket
	l.rows.OnToggle = w.app.ToggleLadderFold
	l.rows.OnZoom = zoom
	l.rows.OnChip = func(packet, chip int) { w.showWhy(packet, chip, false) }
	l.rows.Marked = func(packet int) bool { return w.app.Capture != nil && w.app.Capture.Matched(packet) }
	l.rows.Hint = l.hint
	l.root = arrange(fyne.NewSize(0, 0), l.place, append([]fyne.CanvasObject{l.head, l.rows, l.scale, l.save}, l.zoom[0], l.zoom[1], l.zoom[2])...)
	return l
}

// object implements viewPane.
func (l *ladderPane) object() fyne.CanvasObject { return l.root }

// key implements viewPane.
func (l *ladderPane) key(e *fyne.KeyEvent) { l.rows.TypedKey(e) }

func (l *ladderPane) place(size fyne.Size) {
	put(l.head, 0, 0, size.Width, size.Height)
	const y = (ladderBar - streamControl) / 2
	x := float32(theme.ViewMargin)
	put(l.scale, x, y, l.scale.MinSize().Width, streamControl)
	x += l.scale.MinSize().Width + 12
	for _, b := range l.zoom {
		put(b, x, y, streamControl, streamControl)
		x += streamControl + 2
	}
	w := l.save.MinSize().Width
	put(l.save, size.Width-theme.ViewMargin-w, y, w, streamControl)
	put(l.rows, 0, ladderBar, size.Width, max(0, size.Height-ladderBar))
}

// forget implements forgetful.
func (l *ladderPane) forget() {
	l.drawn = nil
	l.rows.SetModel(nil)
}

// changed implements viewPane.
func (l *ladderPane) changed(ch app.Change) {
	c := l.w.app.Capture
	if ch&(app.LadderChanged|app.PageChanged|app.SettingsChanged) != 0 {
		s := &c.Ladder
		l.scale.SetSelected(0)
		if s.Options.Scale {
			l.scale.SetSelected(1)
		}
		for _, b := range l.zoom {
			show(b, s.Options.Scale)
		}
		show(l.rows, s.Rows != nil)
		if s.Rows != l.drawn {
			l.drawn = s.Rows
			if s.Rows == nil {
				l.rows.SetModel(nil)
			} else {
				conn := &c.View.Conn
				l.rows.Words.ClientAddr, l.rows.Words.ServerAddr = conn.Client.String(), conn.Server.String()
				l.rows.SetModel(s.Rows)
			}
		}
		again(l.root)
		l.head.Refresh()
	}
	if ch&app.SearchChanged != 0 {
		l.rows.Refresh()
	}
	if ch&(app.SelectionChanged|app.LadderChanged|app.PageChanged) != 0 && c.Packet >= 0 {
		l.rows.Select(c.Packet)
	}
}

func (l *ladderPane) drawHead(p *widget.Pen, w, _ float32) {
	c := l.w.app.Capture
	if c == nil {
		return
	}
	p.HLine(0, ladderBar-1, w, p.P.Line)
	const x = theme.ViewMargin
	switch s := &c.Ladder; {
	case s.Err != nil:
		p.Para(x, ladderBar+20, w-2*x, 20, l.w.t(ladderWords.failed)+why(l.w.lang(), s.Err), theme.Body, p.P.Fail, 4)
	case s.Rows == nil:
		p.Para(x, ladderBar+20, w-2*x, 20, l.w.t(ladderWords.making), theme.Body, p.P.Text2, 4)
	}
}

// hint names the packet under the pointer, and explains what it is on.
func (l *ladderPane) hint(r *timeline.LadderRow, part widget.Part) string {
	lang := l.w.lang()
	switch part.Kind {
	case widget.PartState:
		mark := r.States[part.Index]
		text := narrate.Side(lang, flow.Direction(part.Index)) + " " + mark.State.String() + words.colon.In(lang) + narrate.State(mark.State).In(lang)
		if mark.Inferred {
			text += " " + narrate.InferredHint(lang)
		}
		return text
	case widget.PartChip:
		chip := r.Chips[part.Index]
		if chip.Ours {
			return l.w.t(words.ourReading) + chip.Meaning
		}
		term := narrate.Label(chip.Label)
		return term.Name.In(lang) + words.colon.In(lang) + term.Meaning.In(lang)
	default:
		if r.Kind == timeline.LadderMissing {
			const all = 100 // columns
			return strings.TrimSpace(narrate.Side(lang, r.Dir) + "  " + r.Label(all) + "\n" +
				strings.TrimSpace(narrate.LadderEnd(lang, r.Fate, true)+"\n"+narrate.LadderFate(lang, r.Fate, r.By)))
		}
		if l.drawn == nil || r.Packet < 0 || r.Kind == timeline.LadderOther {
			return ""
		}
		return l.drawn.Describe(r.Packet)
	}
}
