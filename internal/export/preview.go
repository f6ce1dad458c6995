package export

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/gif" // what browsers show
	_ "image/jpeg"
	_ "image/png"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// Bounds of previews.
const (
	maxPicture  = 32 << 20  // a longer file is not decoded as a picture
	maxPixels   = 40 << 20  // a larger picture is not decoded: a few bytes can claim gigabytes of pixels
	previewSide = 1024      // a picture is shrunk to at most this many pixels wide and high
	previewHead = 16 << 10  // bytes shown of what is no picture
	maxJSON     = 256 << 10 // a longer file is not set out as JSON
	maxDepth    = 64        // nor is one that is nested deeper: indentation would make it huge
)

// Preview shows a file at a glance: a picture, or its first bytes.
type Preview struct {
	// Picture is the file as a picture, shrunk if it is large; nil if it is none, or larger than is sensible to decode.
	Picture image.Image
	// Format, such as "png", and the measures in pixels are those of the file; unset without a Picture.
	Format        string
	Width, Height int
	// Head are the first bytes.
	Head []byte
	// Text are the first characters of what is text, "" if it is none; JSON says that it was set out as JSON.
	Text string
	JSON bool
}

// Preview makes the preview of file i. It can take a second for a large picture.
func (c *Collection) Preview(i int) (Preview, error) {
	b, err := c.Head(i, maxPicture)
	if err != nil {
		return Preview{}, err
	}
	p, _ := pictureOf(b)
	p.Head = bytes.Clone(b[:min(len(b), previewHead)])
	if p.Picture == nil {
		p.Text, p.JSON = textOf(b)
	}
	return p, nil
}

// textOf returns the beginning of a text: one value of JSON is set out over lines.
func textOf(b []byte) (text string, isJSON bool) {
	head := trimRune(b[:min(len(b), previewHead)])
	if !utf8.Valid(head) || bytes.IndexByte(head, 0) >= 0 {
		return "", false
	}
	first := bytes.TrimLeft(head, " \t\r\n")
	if len(b) <= maxJSON && len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		var out bytes.Buffer
		if depth(b) <= maxDepth && json.Indent(&out, b, "", "  ") == nil {
			return string(trimRune(out.Bytes()[:min(out.Len(), previewHead)])), true
		}
	}
	return strings.ReplaceAll(string(head), "\r\n", "\n"), false
}

// depth returns how deep the values of a JSON text are nested.
func depth(b []byte) (deepest int) {
	now, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// trimRune takes off the beginning of a character that a cut text ends in.
func trimRune(b []byte) []byte {
	for n := 0; n < utf8.UTFMax && len(b) > 0; n++ {
		if r, size := utf8.DecodeLastRune(b); r != utf8.RuneError || size != 1 {
			break
		}
		b = b[:len(b)-1]
	}
	return b
}

// MaxPicture is the longest file that is decoded as a picture, in bytes.
const MaxPicture = maxPicture

// Picture makes the preview of a picture; ok is false where b is none, or larger than is sensible to decode. It can take a second.
func Picture(b []byte) (p Preview, ok bool) {
	if len(b) > maxPicture {
		return p, false
	}
	return pictureOf(b)
}

// pictureOf decodes a picture.
func pictureOf(b []byte) (Preview, bool) {
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return Preview{}, false
	}
	picture, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return Preview{}, false
	}
	return Preview{Picture: shrunk(picture), Format: format, Width: c.Width, Height: c.Height}, true
}

// shrunk returns a picture that is cheap to draw at any size of the window.
func shrunk(p image.Image) image.Image {
	from := p.Bounds()
	side := max(from.Dx(), from.Dy())
	if side <= previewSide {
		return p
	}
	small := image.NewNRGBA(image.Rect(0, 0, max(1, from.Dx()*previewSide/side), max(1, from.Dy()*previewSide/side)))
	draw.BiLinear.Scale(small, small.Bounds(), p, from, draw.Src, nil)
	return small
}
