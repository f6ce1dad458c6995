package export

import (
	"bytes"
	"image"
	_ "image/gif" // what browsers show
	_ "image/jpeg"
	_ "image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// Bounds of previews.
const (
	maxPicture  = 32 << 20 // a longer file is not decoded as a picture
	maxPixels   = 40 << 20 // a larger picture is not decoded: a few bytes can claim gigabytes of pixels
	previewSide = 1024     // a picture is shrunk to at most this many pixels wide and high
	previewHead = 4 << 10  // bytes of what is no picture
)

// Preview shows a file at a glance: a picture, or its first bytes.
type Preview struct {
	// Picture is the file as a picture, shrunk if it is large; nil if it is none, or larger than is sensible to decode.
	Picture image.Image
	// Format, such as "png", and the measures in pixels are those of the file; unset without a Picture.
	Format        string
	Width, Height int
	// Head are the first bytes of what is no picture.
	Head []byte
}

// Preview makes the preview of file i. It can take a second for a large picture.
func (c *Collection) Preview(i int) (Preview, error) {
	b, err := c.Head(i, maxPicture)
	if err != nil {
		return Preview{}, err
	}
	if p, ok := pictureOf(b); ok {
		return p, nil
	}
	return Preview{Head: bytes.Clone(b[:min(len(b), previewHead)])}, nil
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
