package export

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSafeName(t *testing.T) {
	long := strings.Repeat("x", 300)
	for in, want := range map[string]string{
		"index.html":          "index.html",
		"/":                   "%2f",
		`a<b>c:d"e/f\g|h?i*j`: "a%3cb%3ec%3ad%22e%2ff%5cg%7ch%3fi%2aj",
		"tab\there\x01":       "tab%09here%01",
		"ctrl\x7f~":           "ctrl%7f~",
		"cut\x00short":        "cut",
		"caf\xc3\xa9":         "caf\ufffd\ufffd",
		"":                    "_",
		long:                  long[:255],
		long + ".html":        long[:250] + ".html",
		"stem." + long:        "stem." + long[:250],
		"object7.text/html":   "object7.text%2fhtml",
		// 84 times three bytes and the extension have 256 bytes: cut before a character, not within.
		strings.Repeat("\xc3", 84) + ".txt": strings.Repeat("\ufffd", 83) + ".txt",
	} {
		if got := SafeName(in); got != want {
			t.Errorf("SafeName(%.40q) = %q, want %q", in, got, want)
		}
	}
}

func TestSafeNameIsGoodOnEverySystem(t *testing.T) {
	for in, want := range map[string]string{
		"CON":                              "_CON",
		"nul.txt":                          "_nul.txt",
		"Aux .tar.gz":                      "_Aux .tar.gz",
		"com1":                             "_com1",
		"LPT9.js":                          "_LPT9.js",
		"COM\xb9":                          "COM\ufffd",
		"console.log":                      "console.log",
		"com10":                            "com10",
		"com":                              "com",
		"conin$":                           "_conin$",
		"file.":                            "file%2e",
		"file. .":                          "file. %2e",
		"file ":                            "file%20",
		"..":                               ".%2e",
		"file:stream":                      "file%3astream",
		"..\\up":                           "..%5cup",
		tempPrefix + "1":                   "_" + tempPrefix + "1",
		strings.Repeat("x", 254) + " tail": strings.Repeat("x", 254),
	} {
		if got := SafeName(in); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSafeText(t *testing.T) {
	for in, want := range map[string]string{
		"图片.png":                       "图片.png",
		"cafe\u0301.txt":               "café.txt",
		"C:\\dir\\图.png":               "C%3a%5cdir%5c图.png",
		"photo\u202egpj.exe":           "photo%e2%80%aegpj.exe",
		"zero\u200bwidth":              "zero%e2%80%8bwidth",
		"line\nend\x85\u2028":          "line%0aend\ufffd%e2%80%a8",
		"broken\xff":                   "broken\ufffd",
		"com¹.txt":                     "_com¹.txt",
		"wide　space.txt":               "wide　space.txt",
		strings.Repeat("图", 90):        strings.Repeat("图", 85),
		strings.Repeat("😀", 90) + ".b": strings.Repeat("😀", 63) + ".b",
		// Two bytes each, but three characters on a disk that decomposes them.
		strings.Repeat("\u0390", 100) + ".b": strings.Repeat("\u0390", 84) + ".b",
	} {
		if got := SafeText(in); got != want {
			t.Errorf("SafeText(%q) = %q, want %q", in, got, want)
		}
	}
}

// Names that some file system takes for the same do not meet, whatever the disk of today does.
func TestWriterTellsNamesApart(t *testing.T) {
	w, dir := newWriter(t)
	if err := w.Create("Mine.TXT", text("mine")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, want string }{
		{"mine.txt", "mine(1).txt"},
		{"MINE.txt", "MINE(2).txt"},
		{"mine(1).txt", "mine(1)(1).txt"},
		{"straße", "straße"},
		{"STRASSE", "STRASSE(1)"},
		{"caf\u00e9", "café"},
		{"cafe\u0301", "cafe\u0301(1)"},
		{"\u212a", "\u212a"}, // the sign of the kelvin is a k
		{"k", "k(1)"},
	} {
		final, _, err := w.write(tt.name, text("x"))
		if err != nil || final != tt.want {
			t.Errorf("%q became %q, %v; want %q", tt.name, final, err, tt.want)
		}
	}
	if got := listing(t, dir); !strings.HasPrefix(got, "MINE(2).txt=x\nMine.TXT=mine\n") {
		t.Errorf("the directory holds\n%s", got)
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"index.html", "CON.txt", "a.", "../..", "图\u202e.png", strings.Repeat("é", 200) + ".b", strings.Repeat(" ", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, made := range []string{SafeName(name), SafeText(name), numbered(SafeText(name), 12)} {
			bad := strings.IndexFunc(made, func(r rune) bool {
				return strings.ContainsRune(unsafe, r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
			})
			switch {
			case made == "" || !utf8.ValidString(made) || tooLong(made) || bad >= 0 || device(made):
			case strings.HasSuffix(made, ".") || strings.HasSuffix(made, " ") || strings.HasPrefix(made, tempPrefix):
			default:
				continue
			}
			t.Errorf("%q became %q", name, made)
		}
		if once := SafeText(name); portable(once) != once {
			t.Errorf("%q becomes %q, and then %q", name, once, portable(once))
		}
	})
}
