package timeline

import (
	"strings"

	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
)

// PlainText writes a row as text that makes sense on its own, for the clipboard.
func (r *Row) PlainText(l narrate.Lang) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	switch r.Kind {
	case Bubble:
		add(narrate.Frame(r.Frame) + " " + narrate.Side(l, r.Dir) + "  " + r.Time + " (" + r.Delta + ")  " +
			strings.Join(narrate.FlagNames(r.Flags), " ") + "  " + r.Meta)
		if r.States != [2]StateMark{} { // UDP has none
			add("  " + narrate.Side(l, flow.ClientToServer) + " " + r.States[0].State.String() + ", " +
				narrate.Side(l, flow.ServerToClient) + " " + r.States[1].State.String())
		}
		for _, c := range r.Chips {
			add("  [" + c.Text + "]")
		}
		add(indent(r.Title))
		for _, s := range r.Lines {
			add("    " + s)
		}
		for _, f := range r.Frames {
			add("    " + strings.Join([]string{"FIN " + f.Fin, f.Opcode, f.Mask, f.Length, f.Payload}, "  "))
		}
		add(indent(r.Note))
	default:
		add(strings.TrimSpace(r.Text + "  " + r.Detail))
		add(indent(r.Note))
		for _, s := range r.Sentences {
			add("  " + s)
		}
		for _, f := range r.Facts {
			add("  " + f.Name + " " + f.Value)
		}
	}
	return strings.Join(parts, "\n")
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + s
}
