package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"tcptalk/assets"
)

// Sizes of text beside Fyne's own.
const (
	SizeNameHeadline fyne.ThemeSizeName = "tcptalkHeadline" // 16
	SizeNameNote     fyne.ThemeSizeName = "tcptalkNote"     // 12
)

// Mode is the reader's choice of theme.
type Mode uint8

// The modes. Auto follows the system.
const (
	Auto Mode = iota
	DarkMode
	LightMode
)

// Theme gives Fyne's own widgets the tokens. It is immutable: to switch at run time, set a new one with
// fyne.CurrentApp().Settings().SetTheme, which redraws everything.
type Theme struct {
	mode                fyne.ThemeVariant
	auto                bool
	regular, bold, mono fyne.Resource
	dark, light         map[fyne.ThemeColorName]color.Color
}

var _ fyne.Theme = (*Theme)(nil)

// New returns the theme for a mode.
func New(mode Mode) *Theme {
	t := &Theme{
		auto:    mode == Auto,
		regular: fyne.NewStaticResource("tcptalk-cjk-regular.otf", assets.CJKRegular),
		bold:    fyne.NewStaticResource("tcptalk-cjk-bold.otf", assets.CJKBold),
		mono:    fyne.NewStaticResource("tcptalk-cjk-mono.otf", assets.CJKMono),
		dark:    fyneColors(Dark()),
		light:   fyneColors(Light()),
		mode:    theme.VariantDark,
	}
	if mode == LightMode {
		t.mode = theme.VariantLight
	}
	return t
}

// Mode returns the mode that the theme was made for.
func (t *Theme) Mode() Mode {
	switch {
	case t.auto:
		return Auto
	case t.mode == theme.VariantLight:
		return LightMode
	}
	return DarkMode
}

// Palette returns the palette for the system's variant, which counts in Auto only.
func (t *Theme) Palette(system fyne.ThemeVariant) *Palette {
	if t.variant(system) == theme.VariantLight {
		return Light()
	}
	return Dark()
}

func (t *Theme) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	if t.auto {
		return system
	}
	return t.mode
}

// For returns the palette that o is to be drawn with: that of the theme around it, or the running app's.
func For(o fyne.CanvasObject) *Palette {
	system := theme.VariantDark
	if app := fyne.CurrentApp(); app != nil {
		system = app.Settings().ThemeVariant()
	}
	if p, ok := theme.CurrentForWidget(o).(interface {
		Palette(system fyne.ThemeVariant) *Palette
	}); ok {
		return p.Palette(system)
	}
	if system == theme.VariantLight {
		return Light()
	}
	return Dark()
}

// Font returns the CJK subset; what it lacks, Latin above all, falls back to Fyne's own faces.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Monospace:
		return t.mono
	case s.Italic: // Chinese has no italics
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return t.bold
	}
	return t.regular
}

// Icon returns Fyne's own icon.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Color maps Fyne's names to tokens.
func (t *Theme) Color(n fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	v := t.variant(system)
	colors := t.dark
	if v == theme.VariantLight {
		colors = t.light
	}
	if c, ok := colors[n]; ok {
		return c
	}
	return theme.DefaultTheme().Color(n, v)
}

func fyneColors(p *Palette) map[fyne.ThemeColorName]color.Color {
	focus := nrgba(p.Focus)
	focus.A = 60
	return map[fyne.ThemeColorName]color.Color{
		theme.ColorNameBackground: p.Bg, theme.ColorNameForeground: p.Text,
		theme.ColorNamePlaceHolder: p.Text3, theme.ColorNameDisabled: p.Text3,
		theme.ColorNamePrimary: p.AccentFill, theme.ColorNameForegroundOnPrimary: p.OnAccent,
		theme.ColorNameHyperlink: p.Accent, theme.ColorNameButton: p.Raised, theme.ColorNameDisabledButton: p.Card,
		theme.ColorNameInputBackground: p.Inset, theme.ColorNameInputBorder: p.Control,
		theme.ColorNameHover: p.Hover, theme.ColorNamePressed: p.Selected, theme.ColorNameSelection: p.Selected,
		theme.ColorNameFocus: focus, theme.ColorNameShadow: p.Shadow,
		theme.ColorNameSeparator: p.Line, theme.ColorNameMenuBackground: p.Raised, theme.ColorNameOverlayBackground: p.Card,
		theme.ColorNameHeaderBackground: p.Rail,
		theme.ColorNameScrollBar:        p.Control, theme.ColorNameScrollBarBackground: color.Transparent,
		theme.ColorNameSuccess: p.OK, theme.ColorNameWarning: p.Warn, theme.ColorNameError: p.Fail,
		theme.ColorNameForegroundOnSuccess: p.OKFill, theme.ColorNameForegroundOnWarning: p.WarnFill,
		theme.ColorNameForegroundOnError: p.FailFill,
	}
}

// Size maps Fyne's sizes to the scale.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return Body.Size
	case theme.SizeNameCaptionText:
		return Tiny.Size
	case theme.SizeNameHeadingText:
		return Wordmark.Size
	case theme.SizeNameSubHeadingText:
		return Heading.Size
	case SizeNameHeadline:
		return Title.Size
	case SizeNameNote:
		return Small.Size
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return RadiusField
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNameScrollBar:
		return 8
	case theme.SizeNameScrollBarSmall:
		return 5
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 8
	}
	return theme.DefaultTheme().Size(n)
}
