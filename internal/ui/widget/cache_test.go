package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/ui/theme"
)

// Widths are remembered without regard to which digits a text has.
func TestAllDigitsAreEquallyWide(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.DarkMode))
	const slack = .6
	for _, f := range []theme.Face{theme.Tiny, theme.TinyStrong, theme.TinyItalic, theme.Small, theme.SmallStrong, theme.Body, theme.Strong, theme.ChipFace, theme.Title, theme.Heading} {
		for _, s := range []string{
			"answers #1,234 · 17.9 ms", "7,777 packets · 71.4 kB", "第 1174 个包，共 7.1 MB", "11:11:11.711 + 4 – 7", "10.77.3.1:41717", "1/4 7. 7, T7 4T",
		} {
			got, want := NewCache().Width(s, f), fyne.MeasureText(s, f.Size, f.Style()).Width
			if got < want-slack || got > want+slack {
				t.Errorf("%+v: %q is %.1f wide, counted are %.1f", f, s, want, got)
			}
		}
	}
}
