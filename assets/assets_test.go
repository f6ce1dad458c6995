package assets

import (
	"bytes"
	"encoding/xml"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/go-text/typesetting/font"
)

// fontSources are the kinds of files whose Chinese must be drawable.
var fontSources = map[string]bool{".go": true, ".md": true, ".yaml": true, ".yml": true, ".json": true, ".txt": true, ".txtar": true}

func parse(t *testing.T, b []byte) *font.Face {
	t.Helper()
	f, err := font.ParseTTF(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFontsHoldEveryHanCharacterOfTheRepository(t *testing.T) {
	faces := map[string]*font.Face{"regular": parse(t, CJKRegular), "bold": parse(t, CJKBold), "mono": parse(t, CJKMono)}
	missing := map[rune]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return filepath.SkipDir
		}
		if d.IsDir() || !fontSources[filepath.Ext(path)] {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, r := range string(b) {
			if !unicode.Is(unicode.Han, r) {
				continue
			}
			for _, f := range faces {
				if _, ok := f.NominalGlyph(r); !ok {
					missing[r] = path
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for r, path := range missing {
		t.Errorf("%q of %s is in no font: run subset.py (README.md)", r, path)
	}
}

func TestFontsLeaveLatinToFyne(t *testing.T) {
	for name, b := range map[string][]byte{"regular": CJKRegular, "bold": CJKBold, "mono": CJKMono} {
		f := parse(t, b)
		if _, ok := f.NominalGlyph(' '); !ok {
			t.Errorf("%s: no space", name)
		}
		for r := rune('!'); r <= '~'; r++ {
			if _, ok := f.NominalGlyph(r); ok {
				t.Errorf("%s holds %q", name, r)
			}
		}
		for _, r := range "中文包，。：（）！“…" {
			if _, ok := f.NominalGlyph(r); !ok && r > 0x2fff {
				t.Errorf("%s lacks %q", name, r)
			}
		}
	}
}

func TestSpaceAndMonoColumns(t *testing.T) {
	advance := func(f *font.Face, r rune) float32 {
		g, _ := f.NominalGlyph(r)
		return f.HorizontalAdvance(g) / float32(f.Upem())
	}
	if got := advance(parse(t, CJKRegular), ' '); got != .26 {
		t.Errorf("space of the regular face is %v em, Noto Sans has 0.26", got)
	}
	mono := parse(t, CJKMono)
	if sp, han := advance(mono, ' '), advance(mono, '包'); sp != .602 || han != 2*sp {
		t.Errorf("mono: space %v em, Han %v em; want 0.602 and twice that", sp, han)
	}
}

func TestIconsAreWellFormed(t *testing.T) {
	names := IconNames()
	if len(names) < 30 {
		t.Fatalf("%d icons", len(names))
	}
	docs := map[string]string{"tcptalk": string(AppIcon)}
	for _, n := range names {
		docs[n] = Icon(n)
		if !strings.Contains(docs[n], `viewBox="0 0 24 24"`) || !strings.Contains(docs[n], "currentColor") {
			t.Errorf("icon %s is not on the 24 grid in currentColor", n)
		}
	}
	for n, s := range docs {
		d := xml.NewDecoder(strings.NewReader(s))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", n, err)
			}
		}
	}
	if Icon("no such icon") != "" {
		t.Error("an unknown icon has a picture")
	}
}

func TestLicenceIsThere(t *testing.T) {
	if !strings.Contains(FontLicence, "SIL OPEN FONT LICENSE Version 1.1") {
		t.Error("the font licence is missing")
	}
}
