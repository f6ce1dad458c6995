package widget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2/canvas"

	"tcptalk/internal/flow"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// Measures of the rows of messages, in pixels.
const (
	messageHead    = 33
	messageGap     = 6 // below every row
	messageFacts   = 18
	messageStrip   = 28
	stripHeight    = 18
	stripGap       = 3
	stripLeast     = 38 // of a part, where there is room
	pictureHeight  = 176
	pictureLeast   = 360 // of a bubble with a picture
	messageFold    = 30
	messageSide    = 108 // what stays free beside a bubble
	messageLeast   = 150
	messageLines   = 20 // between the content and the bubble's edges, both sides
	messageNote    = 470
	messageSilence = pillHeight + rowGap
)

// messageHeight returns the height of a row with the gap below it. It touches no font and no object and may run anywhere.
func messageHeight(s timeline.MessageShape) int32 {
	switch s.Kind {
	case timeline.MessageFold:
		return messageFold + messageGap
	case timeline.MessageSilence:
		return messageSilence
	case timeline.MessageDivider:
		return dividerHeight
	case timeline.MessageLimit, timeline.MessageBefore:
		return messageFold + messageGap
	case timeline.MessageBubble:
	}
	h := float32(messageHead)
	if s.Facts || linkOnly(s) {
		h += messageFacts
	}
	if s.Strip {
		h += messageStrip
	}
	if s.Picture {
		h += pictureHeight + blockGap
	}
	if !linkOnly(s) {
		h += linesHeight(int(s.Lines), s.More)
	}
	if s.Note != "" {
		h += messageNoteHeight(s.Note) + blockGap
	}
	return int32(h) + messageGap
}

// linkOnly reports that no line of the content is shown: the link to them stands behind the facts.
func linkOnly(s timeline.MessageShape) bool { return s.More && s.Lines == 0 }

func messageNoteHeight(note string) float32 {
	return noteHeight + float32(noteLines(note, messageNote)-1)*lineHeight
}

// messageLanes is where bubbles lie at one width.
func messageLanes(width float32) lanes {
	l := lanes{width: width, x: theme.ViewMargin, w: max(width-2*theme.ViewMargin, 120)}
	l.body = min(maxBubble, max(l.w-messageSide, l.w*.8))
	return l
}

// messageView shows one row. Views are kept and filled again.
type messageView struct {
	pen     *Pen
	index   int
	row     timeline.MessageRow
	regions []messageRegion
	numbers []string // of the row's packets
	plain   rowView  // draws what looks the same in the chat of packets
	picture *canvas.Image
}

// messagePaint is what drawing a row needs besides the row.
type messagePaint struct {
	list        *MessageList
	lanes       lanes
	selected    bool
	found       bool    // what was searched for
	top, bottom float32 // the part of the row that is in view
}

func (g messagePaint) inView(y, h float32) bool { return y+h > g.top && y < g.bottom }

func (v *messageView) mark(x, y, w, h float32, part MessagePart) {
	v.regions = append(v.regions, messageRegion{x, y, w, h, part})
}

// at returns the part at a position relative to the row; later parts lie on top.
func (v *messageView) at(x, y float32) messageRegion {
	for i := len(v.regions) - 1; i >= 0; i-- {
		if r := v.regions[i]; x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h {
			return r
		}
	}
	return messageRegion{}
}

// draw fills the view's pen with its row, h pixels high.
func (v *messageView) draw(pal *theme.Palette, g messagePaint, h float32) {
	v.regions, v.numbers = v.regions[:0], v.numbers[:0]
	for _, l := range v.row.Packets {
		v.numbers = append(v.numbers, frameNumber(l.Frame))
	}
	v.pen.Begin(pal)
	switch v.row.Kind {
	case timeline.MessageBubble:
		v.drawBubble(g, h-messageGap)
	case timeline.MessageFold:
		v.drawFold(g)
	case timeline.MessageSilence:
		v.plain = rowView{pen: v.pen, row: timeline.Row{Text: v.row.Text, Detail: v.row.Detail}}
		v.plain.drawSilence(paint{lanes: g.lanes})
	case timeline.MessageLimit, timeline.MessageBefore:
		v.drawLoad(g)
	case timeline.MessageDivider:
		v.plain = rowView{pen: v.pen, row: timeline.Row{Text: v.row.Text}}
		v.plain.drawDivider(paint{lanes: g.lanes})
	}
	v.pen.End()
}

// toneStyle returns the colours of a message's tag.
func toneStyle(p *theme.Palette, t timeline.MessageTone) (fg, bg color.Color) {
	switch t {
	case timeline.ToneBinary:
		return p.URG, p.URGFill
	case timeline.ToneGood:
		return p.OK, p.OKFill
	case timeline.ToneOdd:
		return p.Warn, p.WarnFill
	case timeline.ToneBad:
		return p.Fail, p.FailFill
	default:
		return p.PSH, p.PSHFill
	}
}

// Distances in the head of a bubble.
const (
	tagGap  = 8  // behind the tag
	sizeGap = 14 // in front of the size
	linkGap = 10 // in front of the packets
	nextGap = 6  // between packets
)

// headWidth is how wide the head of a bubble is without its title.
func (v *messageView) headWidth() float32 {
	p, r := v.pen, &v.row
	w := 2*bubblePad + endMark + endMarkGap + p.PillWidth(r.Tag, theme.ChipFace)
	if r.Title != "" {
		w += tagGap
	}
	if r.Size != "" {
		w += sizeGap + p.Width(r.Size, theme.Tiny)
	}
	return w + linkGap + v.linksWidth()
}

// linksWidth is how wide the numbers of the packets are.
func (v *messageView) linksWidth() (w float32) {
	p, r := v.pen, &v.row
	for i, n := range v.numbers {
		if i > 0 && !r.Through {
			w += nextGap
		}
		w += p.Width(n, theme.MonoTiny)
	}
	if r.Through {
		w += p.Width("–", theme.MonoTiny)
	}
	return w
}

func titleFace(r *timeline.MessageRow) theme.Face {
	if r.Code {
		return theme.Mono
	}
	return theme.Body
}

// bubbleWidth returns how wide the bubble is: as wide as what it says, within bounds.
func (v *messageView) bubbleWidth(g messagePaint) float32 {
	p, r := v.pen, &v.row
	w := max(v.headWidth()+p.Width(r.Title, titleFace(r)), messageLeast)
	facts := p.Width(r.Facts, theme.Small) + 2*bubblePad
	if r.Cut {
		facts += p.Width(g.list.Rest, theme.SmallStrong) + sizeGap
	}
	if linkOnly(r.MessageShape) {
		facts += v.linkWidth(g)
	}
	w = max(w, facts)
	for _, s := range r.Content {
		w = max(w, p.Width(s, theme.Mono)+messageLines+2*bubblePad)
	}
	if r.Left != 0 && len(r.Content) > 0 {
		w = max(w, p.Width(g.list.ShowMore(r.Left), theme.SmallStrong)+messageLines+2*bubblePad)
	}
	if r.Strip {
		w = max(w, float32(len(r.Parts))*stripLeast+p.Width(r.Joined, theme.Tiny)+2*bubblePad+12)
	}
	if r.Picture {
		w = max(w, pictureLeast)
	}
	if r.Note != "" {
		w = max(w, messageNote+noteTextLeft+notePad+2*bubblePad)
	}
	return min(ceil(w), g.lanes.body)
}

func (v *messageView) drawBubble(g messagePaint, h float32) {
	p, r, l := v.pen, &v.row, g.lanes
	server := r.Dir == flow.ServerToClient
	w := v.bubbleWidth(g)
	x := p.bubble(l, w, h, server, g.selected)
	v.mark(x, 0, w, h, MessagePart{Kind: MessageWhole})
	v.drawHead(x, w, server)
	v.drawSide(g, x, w, server)
	y, inner := float32(messageHead), w-2*bubblePad
	if r.MessageShape.Facts || linkOnly(r.MessageShape) {
		v.drawFacts(g, x+bubblePad, y-6, inner)
		y += messageFacts
	}
	if r.Strip {
		v.drawStrip(x+bubblePad, y, inner, server)
		y += messageStrip
	}
	if r.Picture {
		v.drawPicture(g, x+bubblePad, y, inner)
		y += pictureHeight + blockGap
	}
	y = v.drawContent(g, x+bubblePad, y, inner)
	if r.Note != "" {
		v.drawNote(x+bubblePad, y, inner)
	}
	if g.found {
		p.foundMark(x, w, server)
	}
}

// drawHead draws who speaks, the tag, the title, the size and the packets.
func (v *messageView) drawHead(x, w float32, server bool) {
	p, r := v.pen, &v.row
	const my, ty = (messageHead - endMark + 1) / 2, float32(messageHead-chipHeight) / 2
	left, right := x+bubblePad, x+w-bubblePad
	if server {
		p.EndMark(right-endMark, my, endMark, true)
		right -= endMark + endMarkGap
	} else {
		p.EndMark(left, my, endMark, false)
		left += endMark + endMarkGap
	}
	right -= v.linksWidth()
	v.drawLinks(right, 0, messageHead)
	right -= linkGap
	if r.Size != "" {
		sw := p.Width(r.Size, theme.Tiny)
		p.T(right-sw, 0, 0, messageHead, r.Size, theme.Tiny, p.P.Text3, Left)
		right -= sw + sizeGap
	}
	fg, bg := toneStyle(p.P, r.Tone)
	tw := min(p.PillWidth(r.Tag, theme.ChipFace), max(right-left, 0))
	p.Rect(left, ty, tw, chipHeight, bg, chipHeight/2)
	p.T(left+8, ty, max(tw-15, 1), chipHeight, r.Tag, theme.ChipFace, fg, Left)
	left += tw + tagGap
	if room := right - left; room > 0 {
		p.T(left, 0, room+1, messageHead, r.Title, titleFace(r), p.P.Text, Left)
	}
}

// drawLinks writes the numbers of the packets.
func (v *messageView) drawLinks(x, y, h float32) {
	p, r := v.pen, &v.row
	for i, l := range r.Packets {
		if i > 0 && r.Through {
			x += p.T(x, y, 0, h, "–", theme.MonoTiny, p.P.Text3, Left)
		} else if i > 0 {
			x += nextGap
		}
		w := p.T(x, y, 0, h, v.numbers[i], theme.MonoTiny, p.P.Accent, Left)
		v.mark(x-2, y, w+4, h, MessagePart{MessagePacket, l.Packet})
		x += w
	}
}

// drawSide writes time, delta and what answers what in the free half of the lane, as far as there is room.
func (v *messageView) drawSide(g messagePaint, x, w float32, server bool) {
	p, r, l := v.pen, &v.row, g.lanes
	const gap, between = 12, 12
	room := l.w - w - gap
	y, h := float32(0), float32(messageHead)
	if r.Answer != "" {
		h = messageHead/2 + 1
		answer := r.Answer
		if p.Width(answer, theme.Tiny) > room { // how long it took is what can be missed
			answer, _, _ = strings.Cut(answer, " · ")
		}
		aw := min(p.Width(answer, theme.Tiny), room)
		ax := x + w + gap
		if server {
			ax = x - gap - aw
		}
		c := p.P.Accent
		if r.Unanswered {
			c = p.P.Warn
		}
		p.T(ax, h-2, aw+.5, h, answer, theme.Tiny, c, Left)
		if r.Paired >= 0 {
			v.mark(ax, h-2, aw, h, MessagePart{Kind: MessagePair})
		}
	}
	tw, dw := p.Width(r.Time, theme.MonoTiny), p.Width(r.Delta, theme.MonoTiny)
	total := tw + between + dw
	if r.Delta == "" {
		total = tw
	}
	withTime := total <= room
	if !withTime {
		total = dw
	}
	if total > room || total == 0 {
		return
	}
	tx := x + w + gap
	if server {
		tx = x - gap - total
	}
	v.mark(tx, y, total, h, MessagePart{Kind: MessageTime})
	if withTime {
		p.T(tx, y, 0, h, r.Time, theme.MonoTiny, p.P.Text3, Left)
		tx += tw + between
	}
	p.T(tx, y, 0, h, r.Delta, theme.MonoTiny, p.P.Text3, Left)
}

// drawLoad says that there are messages that are not shown, and offers them.
func (v *messageView) drawLoad(g messagePaint) {
	p, l, r := v.pen, g.lanes, &v.row
	p.Panel(l.x, 0, l.w, messageFold, p.P.Card, p.P.Line, theme.RadiusField)
	x := l.x + 12
	x += p.T(x, 0, l.w-24, messageFold, r.Text, theme.Small, p.P.Text2, Left) + sizeGap
	if room := l.x + l.w - 12 - x; room > 0 {
		tw := p.T(x, 0, room, messageFold, r.Detail, theme.SmallStrong, p.P.Accent, Left)
		v.mark(x, 0, tw, messageFold, MessagePart{Kind: MessageLoad})
	}
}

// drawFold draws messages folded into one row.
func (v *messageView) drawFold(g messagePaint) {
	p, l, r := v.pen, g.lanes, &v.row
	box := p.Panel(l.x, 0, l.w, messageFold, p.P.Card, p.P.Line, theme.RadiusField)
	if g.selected {
		box.StrokeColor, box.StrokeWidth = p.P.Accent, 2
	}
	icon := "right"
	if r.Open {
		icon = "down"
	}
	p.Icon(l.x+12, 9, 12, icon, p.P.Text2)
	v.mark(l.x, 0, l.w, messageFold, MessagePart{Kind: MessageToggle})
	right := l.x + l.w - bubblePad - v.linksWidth()
	v.drawLinks(right, 0, messageFold)
	x := l.x + 34
	if g.found {
		p.Icon(x, 9, 12, "search", p.P.Accent)
		x += 18
	}
	x += p.T(x, 0, right-x-8, messageFold, r.Text, theme.SmallStrong, p.P.Text, Left) + 10
	if room := right - x - 8; room > 0 {
		p.T(x, 0, room, messageFold, r.Detail, theme.Small, p.P.Text2, Left)
	}
}
