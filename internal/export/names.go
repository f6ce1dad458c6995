package export

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxName is the longest file name that common file systems take: 255 bytes of UTF-8 on Linux, which is Wireshark's limit too,
// 255 units of UTF-16 on Windows, and as many of the decomposed characters on older Macs.
const maxName = 255

// unsafe are characters that mean something to some file system.
const unsafe = `<>:"/\|?*`

// SafeName turns a name from the wire into a file name as Wireshark does: characters that mean something to some file
// system, and control characters, become % and two hex digits; bytes that are not ASCII become U+FFFD; the stem is cut so
// that the whole has at most 255 bytes, between two characters. Unlike Wireshark it keeps clear of names that only some
// systems can have, see portable. The result may be taken: see Writer.
func SafeName(name string) string {
	name, _, _ = strings.Cut(name, "\x00")
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 0x80:
			b.WriteRune(utf8.RuneError)
		case c < 0x20 || c == 0x7f || strings.IndexByte(unsafe, c) >= 0:
			fmt.Fprintf(&b, "%%%02x", c)
		default:
			b.WriteByte(c)
		}
	}
	return portable(b.String())
}

// SafeText is SafeName for a name that is text in UTF-8, such as that of a file in a form: its letters stay. Characters that
// are not seen, or that turn the direction of writing, become % and hex digits too, one pair for each byte.
func SafeText(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError:
			b.WriteRune(r)
		case !unicode.IsGraphic(r), strings.ContainsRune(unsafe, r):
			for _, c := range []byte(name[i : i+n]) {
				fmt.Fprintf(&b, "%%%02x", c)
			}
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return portable(norm.NFC.String(b.String()))
}

// portable returns a name that a file can have on Linux, macOS and Windows alike, and that leads nowhere: none of Windows'
// devices, which begin to be "_", no dot or space at the end, which Windows drops, not too long, not empty.
func portable(name string) string {
	name = fit(name, "")
	if name == "" || device(name) || strings.HasPrefix(name, tempPrefix) {
		name = fit("_"+name, "")
	}
	return name
}

// device reports that Windows takes a name for a device, whatever follows the first dot. The digits of COM and LPT may be
// superscripts (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
func device(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	number, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		number, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(number) == 1 && strings.Contains("0123456789¹²³", number)
}

// folded returns what two names have in common if any file system may take them for one: upper and lower case (Windows,
// macOS), composed and decomposed characters (macOS). That some tell them apart does no harm.
func folded(name string) string {
	if ascii(name) {
		return strings.ToLower(name)
	}
	return norm.NFD.String(cases.Fold().String(strings.ToUpper(norm.NFD.String(name))))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// numbered is the nth name to try for base: base itself, then with "(n)" before the extension.
func numbered(base string, n int) string {
	if n == 0 {
		return base
	}
	return fit(base, "("+strconv.Itoa(n)+")")
}

// fit puts mark before the extension, which begins at the last dot, and cuts the stem if the whole gets too long. A dot or
// space that would end the name becomes % and two hex digits.
func fit(name, mark string) string {
	if end := len(name) - 1; end >= 0 && (name[end] == '.' || name[end] == ' ') {
		name = fmt.Sprintf("%s%%%02x", name[:end], name[end])
	}
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		stem, ext = name[:i], name[i:]
	}
	if tooLong(mark + ext) {
		stem, ext = name, "" // no extension is that long
	}
	if over := len(stem) + len(mark) + len(ext) - maxName; over > 0 {
		stem = stem[:cutBefore(stem, len(stem)-over)]
	}
	for tooLong(stem + mark + ext) { // by its characters, which are few by now
		stem = stem[:cutBefore(stem, len(stem)-1)]
	}
	if mark+ext == "" {
		stem = strings.TrimRight(stem, ". ") // the cut may have been behind one
	}
	return stem + mark + ext
}

// cutBefore returns the last place up to end at which no character of s is cut.
func cutBefore(s string, end int) int {
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return end
}

// tooLong reports that some file system does not take a name of this length.
func tooLong(name string) bool {
	return len(name) > maxName || !ascii(name) && len(utf16.Encode([]rune(norm.NFD.String(name)))) > maxName
}
