package ui

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"tcptalk/internal/app"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

var (
	sentence = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)
	quoted   = regexp.MustCompile(`"[^"]*"`)
	hexDump  = regexp.MustCompile(`^([0-9a-f]{4}  )?([0-9a-f]{2} ?)+`)
)

// shownTexts walks through all cases, packet by packet, and returns every text that was drawn.
func shownTexts(r *reader) map[string]bool {
	seen := map[string]bool{}
	look := func() {
		forget()
		for _, o := range append(r.win.Canvas().Overlays().List(), r.layers) {
			for _, text := range lint.Texts(o) {
				seen[text] = true
			}
		}
	}
	look()
	for _, l := range r.app.Cases {
		c := r.openCase(l.ID)
		for ; !c.Ended; r.press("Right") {
			look()
		}
		look()
		for _, stream := range c.Shown {
			r.app.SelectConnection(stream)
			r.loaded()
			r.app.ShowTab(app.DiagnosisTab)
			for i := range c.View.Len() {
				r.app.SelectPacket(i)
				r.app.Set(func(s *app.Settings) { s.DrawerTab = app.DrawerTab(i % 2) })
				look()
			}
		}
		r.app.ShowTab(app.FilesTab)
		r.loaded()
		look()
	}
	for _, open := range []func(){r.showKeys, r.showSettings, r.showPalette, r.showFilterForm, func() { r.showHelp("bubble") }} {
		open()
		look()
		r.closeDialog()
	}
	r.app.GoHome()
	return seen
}

// payloads is what the captures themselves say: that stays as it is in every language.
func payloads(t *testing.T, r *reader) string {
	t.Helper()
	var b strings.Builder
	printable := func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsPrint(r) {
			return '.'
		}
		return r
	}
	for _, l := range r.app.Cases {
		c := r.openCase(l.ID)
		for _, stream := range c.Shown {
			r.app.SelectConnection(stream)
			r.loaded()
			for i := range c.View.Len() {
				p, err := c.View.Packet(i)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range p.Data {
					b.WriteRune(printable(rune(c)))
				}
			}
			streams := c.Talk.Streams()
			for dir := range flow.Direction(2) { // what goes from one packet to the next
				b.WriteByte('\n')
				for _, piece := range streams.Pieces() {
					if piece.Dir != dir {
						continue
					}
					data, err := streams.Read(piece)
					if err != nil {
						t.Fatal(err)
					}
					for _, c := range data {
						b.WriteRune(printable(rune(c)))
					}
				}
			}
			var row timeline.Row
			for i := range c.Chat.Len() {
				c.Chat.Row(i, &row)
				for _, f := range row.Frames {
					b.WriteString("\n" + f.Payload)
				}
				b.WriteString("\n" + strings.Join(row.Lines, "\n"))
			}
		}
	}
	r.app.GoHome()
	return b.String()
}

func TestChineseLeavesNothingInEnglish(t *testing.T) {
	r := open(t, Options{})
	r.app.Set(func(s *app.Settings) { s.FoldRuns = false })
	own := payloads(t, r)
	english := shownTexts(r)
	r.app.Set(func(s *app.Settings) { s.Lang = narrate.Chinese })
	chinese := shownTexts(r)
	if len(english) < 2000 || len(chinese) < 2000 {
		t.Fatalf("only %d and %d texts were looked at", len(english), len(chinese))
	}
	for text := range chinese {
		if english[text] && sentence.MatchString(quoted.ReplaceAllString(text, "")) && !hexDump.MatchString(text) && !strings.Contains(own, strings.TrimSuffix(text, "…")) {
			t.Errorf("English among Chinese: %q", text)
		}
	}
	for _, shown := range []map[string]bool{english, chinese} {
		for text := range shown {
			if !strings.Contains(own, text) && (strings.Contains(text, "%!") || strings.Contains(text, "${")) {
				t.Errorf("a place without its value: %q", text)
			}
		}
	}
}

func TestWordsAreWhole(t *testing.T) {
	places := regexp.MustCompile(`\$\{[a-z]+\}`)
	v := reflect.ValueOf(words)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		texts := v.Field(i)
		if texts.Index(0).String() == "" {
			continue // not in use
		}
		en, zh := places.FindAllString(texts.Index(0).String(), -1), places.FindAllString(texts.Index(1).String(), -1)
		if texts.Index(1).String() == "" {
			t.Errorf("%s has no Chinese", name)
		}
		for _, p := range zh {
			if !strings.Contains(strings.Join(en, " "), p) {
				t.Errorf("%s: only the Chinese has %s", name, p)
			}
		}
		if len(en) != len(zh) {
			t.Errorf("%s: places %q, in Chinese %q", name, en, zh)
		}
	}
}
