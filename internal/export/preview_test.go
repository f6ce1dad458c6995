package export

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range p.Pix {
		p.Pix[i] = 200
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPreview(t *testing.T) {
	claims := pngOf(t, 4, 4) // a few bytes that claim to be 100,000 pixels wide and high
	binary.BigEndian.PutUint32(claims[16:], 100_000)
	binary.BigEndian.PutUint32(claims[20:], 100_000)
	binary.BigEndian.PutUint32(claims[29:], crc32.ChecksumIEEE(claims[12:29]))
	whole := pngOf(t, 30, 20)
	for name, c := range map[string]struct {
		content                []byte
		w, h, shrunkW, shrunkH int // 0 for what is no picture
	}{
		"small picture": {whole, 30, 20, 30, 20},
		"large picture": {pngOf(t, 3000, 150), 3000, 150, 1024, 51},
		"thin picture":  {pngOf(t, 1, 3000), 1, 3000, 1, 1024},
		"cut picture":   {whole[:len(whole)-20], 0, 0, 0, 0},
		"bomb":          {claims, 0, 0, 0, 0},
		"text":          {[]byte("hello"), 0, 0, 0, 0},
		"long text":     {[]byte(strings.Repeat("x", 10_000)), 0, 0, 0, 0},
		"nothing":       {nil, 0, 0, 0, 0},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "f"), c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := (&Collection{Objects: []Object{{Name: "f"}}, dir: dir}).Preview(0)
		if err != nil || p.Width != c.w || p.Height != c.h {
			t.Errorf("%s: %d × %d, %v", name, p.Width, p.Height, err)
		}
		if c.w == 0 {
			if p.Picture != nil || !bytes.Equal(p.Head, c.content[:min(len(c.content), previewHead)]) {
				t.Errorf("%s: picture %v, %d bytes", name, p.Picture != nil, len(p.Head))
			}
			continue
		}
		if got := p.Picture.Bounds().Size(); got != image.Pt(c.shrunkW, c.shrunkH) || p.Format != "png" {
			t.Errorf("%s: shown as %v, %s", name, got, p.Format)
		}
		if got := color.NRGBAModel.Convert(p.Picture.At(0, c.shrunkH/2)); got != (color.NRGBA{200, 200, 200, 200}) {
			t.Errorf("%s: the colour became %v", name, got)
		}
	}
	if _, err := (&Collection{Objects: []Object{{Name: "gone"}}, dir: t.TempDir()}).Preview(0); err == nil {
		t.Error("a file that is gone has a preview")
	}
}

func TestPreviewOfText(t *testing.T) {
	for name, c := range map[string]struct {
		content, text string
		isJSON        bool
	}{
		"plain":           {"a\r\nb", "a\nb", false},
		"JSON":            {`{"a":[1,{"b":"]"}]}`, "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"]\"\n    }\n  ]\n}", true},
		"JSON in front":   {`{"a":1} and more`, `{"a":1} and more`, false},
		"bytes":           {"a\x00b", "", false},
		"not UTF-8":       {"a\xffb", "", false},
		"nothing":         {"", "", false},
		"deeply nested":   {strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), false},
		"a cut character": {strings.Repeat("x", previewHead-1) + "包", strings.Repeat("x", previewHead-1), false},
	} {
		if text, isJSON := textOf([]byte(c.content)); text != c.text || isJSON != c.isJSON {
			t.Errorf("%s: %.80q, JSON %v", name, text, isJSON)
		}
	}
	long := "[" + strings.Repeat(`{"a":1},`, 20_000) + "1]"
	if text, isJSON := textOf([]byte(long)); !isJSON || len(text) > previewHead {
		t.Errorf("a long one: JSON %v, %d bytes", isJSON, len(text))
	}
}
