package ui

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// explainField draws a card that says what a field is, where it stands, what it means and where that is written; of no field how to
// choose one. values is what the field holds.
func explainField(win *Window, p *widget.Pen, f *packet.Field, values string, w, h float32) {
	l := win.lang()
	p.Panel(0, 0, w, h, p.P.Card, p.P.Edge, theme.RadiusCard)
	if f == nil {
		p.Para(16, 12, w-32, 20, narrate.PickField(l), theme.Small, p.P.Text3, 3)
		return
	}
	p.Rect(0, 12, 3, h-24, p.P.Accent, 1.5)
	term := narrate.Field(l, f.ID)
	x := 14 + p.T(14, 8, w*0.6, 20, narrate.FieldName(l, f.ID, f.Name), theme.Strong, p.P.Text, widget.Left)
	p.T(x+10, 8, w-x-150, 20, narrate.FieldPlace(l, f.Offset, f.Len, f.Bits), theme.MonoTiny, p.P.Text3, widget.Left)
	p.T(w-134, 8, 120, 20, term.Source, theme.Tiny, p.P.Accent, widget.Right)
	text := term.Meaning
	if text == "" {
		text = narrate.FieldValue(l, f.Value)
	}
	p.Para(14, 30, w-28, 18, text, theme.Small, p.P.Text2, 2)
	p.T(14, h-26, w-130, 18, values, theme.MonoTiny, p.P.Text2, widget.Left)
}

// explained is the field of the packet shown that is under the pointer, else the selected one; nil for none.
func (o *otherPane) explained() *packet.Field {
	i := o.over
	if i < 0 || i >= len(o.fields) {
		i = o.tree.SelectedField()
	}
	if i < 0 || i >= len(o.fields) {
		return nil
	}
	return o.fields[i]
}

// drawCard says what that field means.
func (o *otherPane) drawCard(p *widget.Pen, w, h float32) {
	f := o.explained()
	value := ""
	if f != nil {
		value = narrate.FieldValue(o.w.lang(), f.Value)
	}
	explainField(o.w, p, f, value, w, h)
}

// pointByte marks the field that holds the byte under the pointer, -1 for none.
func (o *otherPane) pointByte(offset int) { o.highlight(o.fieldAt(offset)) }
