package widget

import (
	"image/color"

	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
)

// StillOpen is the severity of what has no verdict yet; it looks like Info but has a clock.
const StillOpen = timeline.Severity(255)

// SeverityStyle returns the icon of a severity, the colour of its words, and the fill they lie on.
func SeverityStyle(p *theme.Palette, s timeline.Severity) (icon string, fg, bg color.Color) {
	switch s {
	case timeline.OK:
		return "ok", p.OK, p.OKFill
	case timeline.Warn:
		return "warn", p.Warn, p.WarnFill
	case timeline.Fail:
		return "fail", p.Fail, p.FailFill
	case StillOpen:
		return "clock", p.Info, p.InfoFill
	}
	return "info", p.Info, p.InfoFill
}

// FlagStyle returns the colours of a flag's chip.
func FlagStyle(p *theme.Palette, f packet.Flags) (fg, bg color.Color) {
	switch f {
	case packet.SYN:
		return p.SYN, p.SYNFill
	case packet.ACK:
		return p.ACK, p.ACKFill
	case packet.PSH:
		return p.PSH, p.PSHFill
	case packet.FIN:
		return p.FIN, p.FINFill
	case packet.RST:
		return p.RST, p.RSTFill
	}
	return p.URG, p.URGFill
}

// stateStyle returns the colours of a state's pill. A closed end is red only where a reset closed it.
func stateStyle(p *theme.Palette, s tcp.State, f packet.Flags) (fg, bg color.Color) {
	switch s {
	case tcp.Established:
		return p.OK, p.OKFill
	case tcp.SynSent, tcp.SynReceived:
		return p.Client, p.PSHFill
	case tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait:
		return p.Warn, p.WarnFill
	case tcp.Closed:
		if f.Has(packet.RST) {
			return p.Fail, p.FailFill
		}
	case tcp.Unknown, tcp.Listen:
	}
	return p.ACK, p.ACKFill
}

// Badge is a small verdict in words.
type Badge struct {
	Text     string
	Severity timeline.Severity
	// Icon shows the severity's icon before the text.
	Icon bool
}

// Badge draws a badge 20 high and returns its width.
func (p *Pen) Badge(x, y float32, b Badge) float32 {
	icon, fg, bg := SeverityStyle(p.P, b.Severity)
	w := p.BadgeWidth(b)
	p.Rect(x, y, w, badgeHeight, bg, badgeHeight/2)
	if !b.Icon {
		p.T(x, y, w, badgeHeight, b.Text, theme.TinyStrong, fg, Center)
		return w
	}
	p.Icon(x+8, y+4, 12, icon, fg)
	p.T(x+24, y, 0, badgeHeight, b.Text, theme.TinyStrong, fg, Left)
	return w
}

// BadgeWidth returns the width of a badge.
func (p *Pen) BadgeWidth(b Badge) float32 {
	w := ceil(p.Width(b.Text, theme.TinyStrong))
	if b.Icon {
		return w + 34
	}
	return w + 18
}

// Badges draws badges from x on, as many as fit before right, and returns where the last one ends.
func (p *Pen) Badges(x, y, right float32, all []Badge) float32 {
	const gap = 6
	end := x
	for _, b := range all {
		w := p.BadgeWidth(b)
		if x+w > right {
			break
		}
		p.Badge(x, y, b)
		end = x + w
		x = end + gap
	}
	return end
}
