package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func TestCommandsAreWellFormed(t *testing.T) {
	r := open(t, Options{})
	ids, keys := map[string]bool{}, map[string]string{}
	for _, c := range r.commands {
		if c.id == "" || ids[c.id] {
			t.Errorf("the id %q is missing or used twice", c.id)
		}
		ids[c.id] = true
		for l, text := range c.does {
			if text == "" {
				t.Errorf("%s has no words in language %d", c.id, l)
			}
		}
		for _, key := range c.keys {
			if p, ch := parsePress(key); p.key == "" && ch == 0 {
				t.Errorf("%s: the key %q is none", c.id, key)
			}
			if keys[key] != "" {
				t.Errorf("%s and %s have the key %s", keys[key], c.id, key)
			}
			keys[key] = c.id
		}
	}
}

func TestKeysAreRead(t *testing.T) {
	for text, want := range map[string]press{
		"F3": {key: "F3"}, "Shift+F3": {key: "F3", mod: 1}, "PageUp": {key: "Prior"}, "+": {key: "+"}, "0": {key: "0"},
	} {
		if p, r := parsePress(text); p != want || r != 0 {
			t.Errorf("%s is %v, %q", text, p, r)
		}
	}
	if p, _ := parsePress("Ctrl++"); p.key != "+" || p.mod == 0 {
		t.Errorf("Ctrl++ is %v", p)
	}
	if _, r := parsePress("D"); r != 'd' {
		t.Errorf("D is %q", r)
	}
	if got := keyLabel("PageUp") + keyLabel("Up"); got != "Page Up↑" {
		t.Errorf("shown as %q", got)
	}
}

func TestTheHelpListsEveryKey(t *testing.T) {
	r := open(t, Options{})
	r.showKeys()
	shown := strings.Join(lint.Texts(r.dialog), "\n")
	r.press(fyne.KeyEnd) // what does not fit is reached by scrolling
	shown += strings.Join(lint.Texts(r.dialog), "\n")
	for _, c := range r.commands {
		if c.key() != "" && !strings.Contains(shown, c.does[narrate.English]) {
			t.Errorf("the help says nothing of %q", c.does[narrate.English])
		}
	}
}

func TestThePaletteFindsAndRuns(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	for text, want := range map[string]string{"strm": "view.stream", "字节流": "view.stream", "diag": "tab.diagnosis", "Theme lig": "theme.light"} {
		r.showPalette()
		r.write(text)
		p := paletteOf(r)
		if len(p) == 0 || p[0] != upperFirst(commandOf(r, want).does[narrate.English]) {
			t.Errorf("%q finds %q first", text, p)
		}
		r.closeDialog()
	}
	r.showPalette()
	r.write("stream")
	r.press("Return")
	if r.dialog != nil || c.Shows != app.StreamView {
		t.Errorf("Enter leaves the dialog %v and shows %v", r.dialog != nil, c.Shows)
	}
	r.showPalette()
	r.write("zzzz")
	if texts := lint.Texts(r.dialog); !slices.Contains(texts, paletteWords.none[narrate.English]) {
		t.Errorf("nothing found is shown as %q", texts)
	}
	if r.press("Return"); r.dialog == nil {
		t.Error("Enter closes the palette though nothing was found")
	}
	if r.press("Escape"); r.dialog != nil || r.app.Page != app.CapturePage {
		t.Error("Esc does not close just the palette")
	}
}

func TestThePaletteOffersWhatIsPossible(t *testing.T) {
	r := open(t, Options{})
	r.showPalette()
	for _, text := range paletteOf(r) {
		if strings.HasPrefix(text, "View:") || strings.Contains(text, "packet") {
			t.Errorf("Home offers %q", text)
		}
	}
}

// paletteOf is what the open palette lists.
func paletteOf(r *reader) []string {
	r.t.Helper()
	var list []string
	for _, text := range lint.Texts(r.dialog) {
		for _, c := range r.commands {
			if upperFirst(c.does[narrate.English]) == text {
				list = append(list, text)
			}
		}
	}
	return list
}

// commandOf is the command called id.
func commandOf(r *reader, id string) *command {
	r.t.Helper()
	for i := range r.commands {
		if r.commands[i].id == id {
			return &r.commands[i]
		}
	}
	r.t.Fatalf("no command %s", id)
	return nil
}

func TestLikeness(t *testing.T) {
	for _, c := range []struct{ text, better, worse string }{
		{"open", "open a capture", "go to the pane"},
		{"home", "go to home", "hold on more"},
		{"设置", "设置", "设为配置"},
	} {
		if a, b := likeness(c.text, c.better), likeness(c.text, c.worse); a <= b {
			t.Errorf("%q: %q has %d, %q has %d", c.text, c.better, a, c.worse, b)
		}
	}
	if likeness("ab", "ba") != 0 || likeness("", "anything") == 0 {
		t.Error("the order of characters does not count, or nothing fits nothing")
	}
}
