package widget

import (
	"testing"

	"tcptalk/internal/timeline"
)

// TestOpcodesAreShownWhole checks that a long opcode widens its column, and a short one leaves it.
func TestOpcodesAreShownWhole(t *testing.T) {
	v := &rowView{pen: NewPen(NewCache())}
	v.row.Frames = []timeline.FrameRow{{Opcode: "text"}}
	if got := v.frameWidths(); got != frameColumns {
		t.Errorf("widths %v for a short opcode, want %v", got, frameColumns)
	}
	v.row.Frames = append(v.row.Frames, timeline.FrameRow{Opcode: "continuation (inflated)"})
	if got := v.frameWidths(); got[frameOpcode] <= frameColumns[frameOpcode] || got[0] != frameColumns[0] {
		t.Errorf("widths %v for a long opcode", got)
	}
}
