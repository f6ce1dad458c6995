// Package assets holds the files that the desktop program carries: the CJK fonts, the icons and the mark.
//
// It only embeds; README.md beside it says where the files come from and how to make them again. Start with Icon.
package assets

import (
	"embed"
	"strings"
)

// The CJK subset fonts: GB2312 level 1, CJK punctuation, and the characters of the product's own texts. They hold no Latin.
var (
	// CJKRegular and CJKBold have the vertical metrics and the space of Noto Sans.
	//go:embed font/cjk-regular.otf
	CJKRegular []byte
	//go:embed font/cjk-bold.otf
	CJKBold []byte
	// CJKMono has the vertical metrics and the space of DejaVu Sans Mono; each character is two columns wide.
	//go:embed font/cjk-mono.otf
	CJKMono []byte
	// FontLicence is the text of the SIL Open Font License, under which the fonts are passed on.
	//go:embed font/OFL.txt
	FontLicence string
)

// AppIcon is the program's icon, an SVG of 64 by 64.
//
//go:embed tcptalk.svg
var AppIcon []byte

//go:embed icon/*.svg
var icons embed.FS

// Icon returns the SVG of the icon called name, 24 by 24, drawn in the colour "currentColor"; "" if there is none.
func Icon(name string) string {
	b, err := icons.ReadFile("icon/" + name + ".svg")
	if err != nil {
		return ""
	}
	return string(b)
}

// IconNames returns the names of all icons, sorted.
func IconNames() []string {
	entries, err := icons.ReadDir("icon")
	if err != nil {
		return nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".svg")
	}
	return names
}
