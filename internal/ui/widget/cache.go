package widget

import (
	"fmt"
	"hash/fnv"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"

	"tcptalk/assets"
	"tcptalk/internal/ui/theme"
)

// Bounds of a Cache; a full map is emptied. A window shows a few hundred texts and a few dozen pictures at a time.
const (
	maxWidths   = 8192
	maxPictures = 1024
)

// Cache remembers how wide texts are and which pictures were made. Pens of one widget share one; it is not for concurrent use.
type Cache struct {
	widths   map[textKey]float32 // of texts with a zero for every digit
	zeros    []byte
	fitted   map[fitKey]string
	faces    map[theme.Face]metrics
	pictures map[pictureKey]fyne.Resource
}

type textKey struct {
	s    string
	face theme.Face
}

type fitKey struct {
	textKey
	w float32
}

// metrics are the height of a line and the advance of one column, which counts for monospace only.
type metrics struct{ height, column float32 }

type pictureKey struct {
	name string
	w, h float32
	c    color.Color
}

// NewCache returns an empty cache.
func NewCache() *Cache {
	return &Cache{
		widths: map[textKey]float32{}, fitted: map[fitKey]string{},
		faces: map[theme.Face]metrics{}, pictures: map[pictureKey]fyne.Resource{},
	}
}

// Width returns how wide s is in a face, in pixels; of a very long text only the beginning counts.
func (c *Cache) Width(s string, f theme.Face) float32 {
	if s == "" {
		return 0
	}
	s = s[:min(len(s), maxText)]
	if f.Mono {
		if n, ok := columns(s); ok {
			return float32(n) * c.metrics(f).column
		}
	}
	c.zeros = append(c.zeros[:0], s...)
	for i, b := range c.zeros {
		if '0' <= b && b <= '9' {
			c.zeros[i] = '0' // all digits are equally wide, and what differs from row to row are numbers
		}
	}
	if w, ok := c.widths[textKey{string(c.zeros), f}]; ok {
		return w
	}
	if len(c.widths) >= maxWidths {
		clear(c.widths)
	}
	k := textKey{string(c.zeros), f}
	w := fyne.MeasureText(k.s, f.Size, f.Style()).Width
	c.widths[k] = w
	return w
}

func (c *Cache) metrics(f theme.Face) metrics {
	m, ok := c.faces[f]
	if !ok {
		const sample = "0000000000"
		size := fyne.MeasureText(sample, f.Size, f.Style())
		m = metrics{height: size.Height, column: size.Width / float32(len(sample))}
		c.faces[f] = m
	}
	return m
}

// Fit returns s, shortened with an ellipsis where it is wider than w.
func (c *Cache) Fit(s string, w float32, f theme.Face) string {
	const slack = .6 // pixels of rounding
	if c.Width(s, f) <= w+slack {
		return s
	}
	k := fitKey{textKey{s, f}, w}
	if t, ok := c.fitted[k]; ok {
		return t
	}
	if len(c.fitted) >= maxWidths {
		clear(c.fitted)
	}
	runes := []rune(s)
	lo, hi := 0, len(runes) // the longest prefix that fits
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if c.Width(string(runes[:mid])+"…", f) <= w {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	t := strings.TrimRight(string(runes[:lo]), " ,.;，、") + "…"
	c.fitted[k] = t
	return t
}

// columns returns the number of monospace columns of s: one a character, two for the wide ones. It is false where s
// holds characters that come from a font of unknown widths.
func columns(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return wideColumns(s)
		}
		n++
	}
	return n, true
}

func wideColumns(s string) (int, bool) {
	n := 0
	for _, r := range s {
		switch {
		case isWide(r):
			n += 2
		case r < 0x300 || r >= 0x370 && r < 0x530 || r >= 0x2010 && r < 0x2027 || r >= 0x2500 && r < 0x2580: // DejaVu's own
			n++
		default:
			return 0, false
		}
	}
	return n, true
}

// isWide reports that r is a Han character or a full-width form.
func isWide(r rune) bool {
	return r >= 0x3000 && r < 0x3030 || r >= 0x4E00 && r < 0xA000 || r >= 0xFF01 && r < 0xFF5F
}

// svgColor returns a colour as SVG writes it.
func svgColor(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
}

// picture returns the SVG made by build, made once for a name, size and colour.
func (c *Cache) picture(k pictureKey, build func() string) fyne.Resource {
	if r, ok := c.pictures[k]; ok {
		return r
	}
	if len(c.pictures) >= maxPictures {
		clear(c.pictures)
	}
	r := svgResource(k.name, build())
	c.pictures[k] = r
	return r
}

// svgResource names a picture after its content, because Fyne caches pictures by name.
func svgResource(name, src string) fyne.Resource {
	h := fnv.New64a()
	_, _ = h.Write([]byte(src)) // never fails
	return fyne.NewStaticResource(fmt.Sprintf("%s-%x.svg", name, h.Sum64()), []byte(src))
}

func (c *Cache) icon(name string, col color.Color) fyne.Resource {
	return c.picture(pictureKey{name: name, c: col}, func() string {
		return strings.ReplaceAll(assets.Icon(name), "currentColor", svgColor(col))
	})
}
