package lesson

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"tcptalk/cases"
	"tcptalk/internal/narrate"
)

// smallCapture begins as a pcapng does.
var smallCapture = []byte("\x0a\x0d\x0d\x0a and so on")

// sharedText is the shortest case of somebody's own.
const sharedText = `id: mine
title: {en: Mine}
steps:
  - {at: [1], title: {zh-Hans: 一}, text: {en: First.}}
`

// zipped makes a zip of names and contents, one after the other.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpenBundle(t *testing.T) {
	c, capture, err := OpenBundle(zipped(t, caseName, sharedText, "capture.pcap", string(smallCapture)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(capture, smallCapture) || !c.Shared || c.ID != "mine" || c.Level != 1 || len(c.Steps) != 1 {
		t.Errorf("case %+v", c)
	}
	if c.Title[0] != "Mine" || c.Title[1] != "Mine" || c.Steps[0].Title[0] != "一" {
		t.Errorf("a text of one language does not serve the other: %q, %q", c.Title, c.Steps[0].Title)
	}
}

// TestBundlesOfTheCases writes every bundled case as a file and reads it again.
func TestBundlesOfTheCases(t *testing.T) {
	all, err := Load(cases.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		capture, err := fs.ReadFile(cases.FS(), c.CapturePath())
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := WriteBundle(&b, c, capture); err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		got, again, err := OpenBundle(b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		want := *c
		want.Shared, want.Expect = true, got.Expect
		if !reflect.DeepEqual(got, &want) || !bytes.Equal(again, capture) {
			t.Errorf("%s comes back otherwise:\n%+v\n%+v", c.ID, got, &want)
		}
	}
}

func TestOpenBundleRefuses(t *testing.T) {
	capture := string(smallCapture)
	replace := func(old, with string) string { return strings.Replace(sharedText, old, with, 1) }
	for name, tt := range map[string]struct {
		b    []byte
		want string
	}{
		"nothing":                  {nil, "this is no case"},
		"a text":                   {[]byte("Dear diary"), "this is no case"},
		"a zip of nothing":         {zipped(t), "this is no case"},
		"no recording":             {zipped(t, caseName, sharedText), "this is no case"},
		"no lesson":                {zipped(t, captureName, capture), "this is no case"},
		"two recordings":           {zipped(t, caseName, sharedText, captureName, capture, "capture.pcap", capture), "more than one recording"},
		"two lessons":              {zipped(t, caseName, sharedText, caseName, sharedText, captureName, capture), "does not belong"},
		"a path outside":           {zipped(t, "../../etc/passwd", "x", caseName, sharedText, captureName, capture), "does not belong"},
		"an absolute path":         {zipped(t, "/tmp/x", "x", caseName, sharedText, captureName, capture), "does not belong"},
		"a picture":                {zipped(t, "a.png", "x", caseName, sharedText, captureName, capture), "does not belong"},
		"a recording compressed":   {zipped(t, caseName, sharedText, captureName, "\x1f\x8b\x08"), "neither pcapng nor pcap"},
		"a lesson like a bomb":     {zipped(t, caseName, strings.Repeat(" ", maxCaseSize+1), captureName, capture), "larger than 128 kB"},
		"aliases":                  {zipped(t, caseName, "id: &a mine\ntags: [*a, *a]\n", captureName, capture), "anchors and aliases"},
		"an unknown key":           {zipped(t, caseName, sharedText+"image: http://example.com/x.png\n", captureName, capture), "image"},
		"an escape sequence":       {zipped(t, caseName, replace("First.", `"\e]0;x\a"`), captureName, capture), "cannot be seen"},
		"text turned round":        {zipped(t, caseName, replace("First.", "\"a\u202eb\""), captureName, capture), "cannot be seen"},
		"an id that is a path":     {zipped(t, caseName, replace("mine", "../mine"), captureName, capture), "id: want"},
		"no steps":                 {zipped(t, caseName, "id: mine\ntitle: {en: Mine}\n", captureName, capture), "steps: 0"},
		"a step without a text":    {zipped(t, caseName, replace("First.", `""`), captureName, capture), "missing"},
		"a packet that cannot be":  {zipped(t, caseName, replace("[1]", "[0]"), captureName, capture), "packet numbers count from 1"},
		"a file cut in the middle": {zipped(t, caseName, sharedText, captureName, capture)[:100], "this is no case"},
	} {
		_, _, err := OpenBundle(tt.b)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		var said interface{ Say(l narrate.Lang) string }
		if !errors.As(err, &said) || !strings.ContainsFunc(said.Say(narrate.Chinese), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %v is in no Chinese", name, err)
		}
	}
}

// TestSaysWhereTheTextIsWrong is about what an author mistypes.
func TestSaysWhereTheTextIsWrong(t *testing.T) {
	replace := func(old, with string) string { return strings.Replace(sharedText, old, with, 1) }
	for text, want := range map[string]narrate.Text{
		sharedText + "image: x.png\n":           {`line 5, column 1: unknown key "image"`, `第 5 行第 1 列：未知的键 "image"`},
		sharedText + "id: other\n":              {`mapping key "id" already defined`, `第 5 行第 1 列：YAML 语法有误："id" 出现了两次`},
		sharedText + "level: hard\n":            {"line 5, column 8: want a number", "第 5 行第 8 列：应为数字"},
		sharedText + "focus: [-1]\n":            {"line 5, column 9: the number -1 is too large or below zero", "第 5 行第 9 列：数字 -1 太大或小于零"},
		sharedText + "tags: syn\n":              {"line 5, column 7: want a list", "第 5 行第 7 列：应为列表"},
		sharedText + "summary: [a]\n":           {"line 5, column 10: want keys with values", "第 5 行第 10 列：应为键和值"},
		sharedText + "tags: [a, b\n":            {"line 5, column 7: this is no valid YAML: ", `第 5 行第 7 列：YAML 语法有误：在 "[" 附近`},
		sharedText + "tags: *a\n":               {"line 5: anchors and aliases", "第 5 行：不允许使用锚点和别名"},
		sharedText + "track: none\n":            {`unknown track "none"`, `没有 "none" 这个系列`},
		sharedText + "ladder: [right syn]\n":    {`arrow "right syn": want a direction`, `箭头 "right syn"：应为方向`},
		replace("text:", "payload: [1], text:"): {"step 1: payload: want two numbers", "第 1 步：payload：应为两个数字"},
	} {
		_, _, err := OpenBundle(zipped(t, caseName, text, captureName, string(smallCapture)))
		var said interface{ Say(l narrate.Lang) string }
		if !errors.As(err, &said) {
			t.Errorf("%q: %v", text[len(sharedText)-1:], err)
			continue
		}
		for l, w := range want {
			if got := said.Say(narrate.Lang(l)); !strings.Contains(got, w) {
				t.Errorf("%s, want %s", got, w)
			}
		}
	}
}

// TestBundleBombs checks that what a zip claims is not believed.
func TestBundleBombs(t *testing.T) {
	b := zipped(t, caseName, sharedText, captureName, string(smallCapture)+strings.Repeat("\x00", MaxBundleCapture))
	if len(b) > 1<<20 {
		t.Fatalf("the bomb has %d bytes", len(b))
	}
	if _, _, err := OpenBundle(b); err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("a bomb: %v", err)
	}
	// A header that claims less than there is.
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	copy(b[at+24:], []byte{16, 0, 0, 0})
	if _, _, err := OpenBundle(b); err == nil {
		t.Error("a bomb with a small size in its header is accepted")
	}
	if _, _, err := OpenBundle(make([]byte, MaxBundle+1)); err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("a file beyond all bounds: %v", err)
	}
}

func FuzzOpenBundle(f *testing.F) {
	f.Add(zipped(f, caseName, sharedText, captureName, string(smallCapture)))
	f.Add(zipped(f, caseName, goodCase, captureName, string(smallCapture)))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, capture, err := OpenBundle(b)
		if err != nil {
			if c != nil && c.validateShared() == nil || strings.TrimSpace(err.Error()) == "" {
				t.Fatalf("refused with %q", err)
			}
			return
		}
		var again bytes.Buffer
		if err := WriteBundle(&again, c, capture); err != nil {
			t.Fatalf("accepted, but cannot be written: %v", err)
		}
	})
}
