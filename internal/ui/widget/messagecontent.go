package widget

import (
	"fyne.io/fyne/v2/canvas"

	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/theme"
)

// drawStrip draws the parts that a message was put together from, as long as they are in proportion.
func (v *messageView) drawStrip(x, y, w float32, server bool) {
	p, r := v.pen, &v.row
	jw := p.Width(r.Joined, theme.Tiny)
	p.T(x+w-jw, y, 0, stripHeight, r.Joined, theme.Tiny, p.P.Text2, Left)
	fill := p.P.ClientEdge
	if server {
		fill = p.P.ServerEdge
	}
	total := int64(0)
	for _, n := range r.Parts {
		total += n
	}
	room := w - jw - 12 - float32(len(r.Parts)-1)*stripGap
	if room <= 0 {
		return
	}
	for _, n := range r.Parts {
		pw := room / float32(len(r.Parts))
		if total > 0 {
			pw = room * float32(float64(n)/float64(total))
		}
		pw = max(pw, 1)
		p.Rect(x, y, pw, stripHeight, fill, theme.RadiusTail)
		if text := narrate.Count(uint64(max(n, 0))); p.Width(text, theme.MonoTiny) <= pw-2 {
			p.T(x, y, pw, stripHeight, text, theme.MonoTiny, p.P.Text, Center)
		}
		x += pw + stripGap
	}
}

// drawPicture draws the content as a picture, or what there is to say instead.
func (v *messageView) drawPicture(g messagePaint, x, y, w float32) {
	p := v.pen
	const pad, beside = 8, 12
	p.Rect(x, y, w, pictureHeight, p.P.Payload, theme.RadiusInset)
	if g.list.Picture == nil {
		return
	}
	picture, text := g.list.Picture(v.row.Item)
	left := x + pad
	if picture != nil {
		size := picture.Bounds().Size()
		ih := min(float32(size.Y), pictureHeight-2*pad)
		iw := ih * float32(size.X) / float32(max(size.Y, 1))
		if most := (w - 2*pad) * .7; iw > most {
			iw, ih = most, most*float32(size.Y)/float32(max(size.X, 1))
		}
		if v.picture == nil {
			v.picture = &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth}
		}
		if v.picture.Image != picture {
			v.picture.Image = picture
			v.picture.Refresh()
		}
		p.Object(v.picture, left, y+(pictureHeight-ih)/2, max(iw, 1), max(ih, 1))
		left += iw + beside
	}
	p.T(left, y+(pictureHeight-lineHeight)/2, max(x+w-pad-left, 1), lineHeight, text, theme.Small, p.P.Text2, Left)
}

// drawContent draws the lines of the content and returns the y below them.
func (v *messageView) drawContent(g messagePaint, x, y, w float32) float32 {
	p, r := v.pen, &v.row
	h := linesHeight(len(r.Content), r.Left != 0)
	if len(r.Content) == 0 {
		return y
	}
	p.Rect(x, y, w, h-blockGap, p.P.Payload, theme.RadiusInset)
	ly := y + boxPad
	for _, s := range r.Content {
		if g.inView(ly, lineHeight) {
			p.T(x+messageLines/2, ly, w-messageLines+1, lineHeight, s, theme.Mono, p.P.Text, Left)
		}
		ly += lineHeight
	}
	if r.Left != 0 {
		tw := p.T(x+messageLines/2, ly, w-messageLines+1, moreHeight, g.list.ShowMore(r.Left), theme.SmallStrong, p.P.Accent, Left)
		v.mark(x+messageLines/2, ly, tw, moreHeight, MessagePart{Kind: MessageMore})
	}
	return y + h
}

// linkWidth is how wide the link to a content is of which no line is shown, with the gap to the facts.
func (v *messageView) linkWidth(g messagePaint) float32 {
	w := v.pen.Width(g.list.ShowHead(v.row.Left), theme.SmallStrong)
	if v.row.Facts != "" {
		w += sizeGap
	}
	return w
}

// drawFacts draws the line of facts, with the link behind it.
func (v *messageView) drawFacts(g messagePaint, x, y, w float32) {
	p, r := v.pen, &v.row
	room := w
	if linkOnly(r.MessageShape) {
		room -= v.linkWidth(g)
	}
	if r.Cut {
		room -= p.Width(g.list.Rest, theme.SmallStrong) + sizeGap
	}
	if r.Facts != "" && room > 0 {
		x += p.T(x, y, room+1, messageFacts, r.Facts, theme.Small, p.P.Text2, Left) + sizeGap
	}
	if linkOnly(r.MessageShape) {
		tw := p.T(x, y, 0, messageFacts, g.list.ShowHead(r.Left), theme.SmallStrong, p.P.Accent, Left)
		v.mark(x, y, tw, messageFacts, MessagePart{Kind: MessageMore})
		x += tw + sizeGap
	}
	if r.Cut {
		tw := p.T(x, y, 0, messageFacts, g.list.Rest, theme.SmallStrong, p.P.Accent, Left)
		v.mark(x, y, tw, messageFacts, MessagePart{Kind: MessageRest})
	}
}

// drawNote draws what is wrong with the message, wrapped as its height was counted.
func (v *messageView) drawNote(x, y, w float32) {
	p, r := v.pen, &v.row
	p.Rect(x, y, w, messageNoteHeight(r.Note), p.P.WarnFill, theme.RadiusInset)
	p.Icon(x+notePad, y+7, 14, "warn", p.P.Warn)
	ty := y + (noteHeight-lineHeight)/2
	wrapLines(r.Note, messageNote, noteWidth, func(s string) {
		p.T(x+noteTextLeft, ty, w-noteTextLeft, lineHeight, s, theme.Small, p.P.Warn, Left)
		ty += lineHeight
	})
}
