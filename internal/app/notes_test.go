package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// noted opens a capture and waits until its notes were looked for.
func noted(a *App, h *host, path string) *Capture {
	h.t.Helper()
	openFile(a, h, path)
	c := a.Capture
	h.until("notes are looked for", func() bool { return c.Notes.keeping.loaded })
	return c
}

// mixedFile is a capture of TCP, UDP and ICMP in a folder of its own.
func mixedFile(t *testing.T) string {
	t.Helper()
	return write(t, "mixed.pcap", ipCapture(t,
		ipPacket(6, 0, 1001, getB), ipPacket(6, 1, 1002, getA), ipPacket(6, 0, 1001, "more"), ipPacket(17, 0, 2001, "one"), ipPacket(17, 0, 2001, "two"),
	))
}

// marked writes marks as "frame*note".
func marked(m *timeline.Marks) string {
	var out []string
	for _, k := range m.All() {
		star := ""
		if k.Starred {
			star = "*"
		}
		out = append(out, narrate.Frame(k.Frame)+star+k.Note)
	}
	return strings.Join(out, " ")
}

func TestNotesStayWithTheFile(t *testing.T) {
	path := mixedFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, h := newApp(t, nil)
	c := noted(a, h, path)
	if _, err := os.Stat(path + sidecarSuffix); err == nil {
		t.Error("a file is made before there is anything to keep")
	}
	a.ToggleMark()
	a.SetNote(3, "  look\r\nhere\x00\x1b  ")
	a.SetNote(5, "the answer")
	a.SelectPacket(1)
	a.ToggleMark() // the star goes, the note stays
	want := "#1* #3look\nhere #5*the answer"
	if marked(c.Notes.Marks) != want {
		t.Fatalf("%q", marked(c.Notes.Marks))
	}
	var r timeline.Row
	if c.Chat.Row(c.Chat.RowOf(0), &r); !r.Starred {
		t.Error("the bubble has no star")
	}
	if c.Chat.Row(c.Chat.RowOf(1), &r); r.Starred || !slices.Equal(r.Lines[:2], []string{"Note: look", "here"}) {
		t.Errorf("the bubble says %q", r.Lines)
	}
	a.SwapSides(0)
	a.GoHome()
	b, g := newApp(t, nil) // the settings are elsewhere
	again := noted(b, g, path)
	if marked(again.Notes.Marks) != want || again.Notes.Lost != 0 || len(g.notices) != 0 || !again.Session.Swapped(0) || again.View.Conn.Client.Port() != 80 {
		t.Errorf("%q, %d lost, %v, %+v", marked(again.Notes.Marks), again.Notes.Lost, g.notices, again.View.Conn)
	}
	if again.Notes.Marks.At(5).Time != 1e18+4e6 {
		t.Errorf("%+v", again.Notes.Marks.At(5))
	}
	b.SetNote(3, "")
	b.SetNote(5, " ")
	for _, frame := range []uint32{1, 5} {
		b.GoToFrame(frame)
		g.until("the packet is shown", func() bool { return again.Selected() == frame })
		b.ToggleMark()
	}
	b.SwapSides(0)
	if _, err := os.Stat(path + sidecarSuffix); err == nil || marked(again.Notes.Marks) != "" {
		t.Errorf("nothing is noted any more: %q, %v", marked(again.Notes.Marks), err)
	}
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(after, before) {
		t.Error("the capture was changed")
	}
}

func TestMarksLeadFromOneToTheNext(t *testing.T) {
	a, h := newApp(t, nil)
	c := noted(a, h, mixedFile(t))
	for _, frame := range []uint32{2, 3, 5} {
		a.SetNote(frame, "x")
	}
	for _, step := range []struct {
		by   int
		here uint32
	}{{1, 2}, {1, 3}, {1, 5}, {1, 5}, {-1, 3}, {-1, 2}, {-1, 2}} {
		a.MarkBy(step.by)
		h.until("the packet is shown", func() bool { return c.Selected() == step.here })
	}
	if len(h.notices) != 2 {
		t.Errorf("the ends are told %d times", len(h.notices))
	}
}

func TestCommentsOfTheCaptureAreAmongTheNotes(t *testing.T) {
	n := Notes{Marks: timeline.NewMarks([]timeline.Mark{{Frame: 2, Note: "mine"}, {Frame: 5, Starred: true}})}
	n.Comments = []session.Comment{{Frame: 1, Text: "a"}, {Frame: 5, Text: "b"}, {Frame: 9, Text: "c"}}
	var got []string
	for _, r := range n.All() {
		got = append(got, narrate.Frame(r.Frame)+r.Note+r.Comment)
	}
	if want := []string{"#1a", "#2mine", "#5b", "#9c"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	frames := []uint32{1, 5, 9}
	for _, k := range []struct {
		here uint32
		by   int
		want uint32
	}{{0, 1, 1}, {1, 1, 5}, {6, 1, 9}, {9, 1, 0}, {9, -1, 5}, {10, -1, 9}, {1, -1, 0}, {0, -1, 0}} {
		if to := besideFrame(len(frames), func(i int) uint32 { return frames[i] }, k.here, k.by); to != k.want {
			t.Errorf("from %d by %d: %d, want %d", k.here, k.by, to, k.want)
		}
	}
}

func TestAChangedCaptureKeepsOnlyWhatFits(t *testing.T) {
	path := mixedFile(t)
	a, h := newApp(t, nil)
	noted(a, h, path)
	a.SetNote(1, "stays")
	a.SetNote(2, "goes")
	a.GoHome()
	other := ipCapture(t, ipPacket(6, 0, 1001, getB), ipPacket(6, 1, 1009, getA))
	if err := os.WriteFile(path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	c := noted(a, h, path)
	if marked(c.Notes.Marks) != "#1*stays" || c.Notes.Lost != 1 || len(h.notices) != 1 || !strings.Contains(h.notices[0].Text[0], "1 of 2") {
		t.Errorf("%q, %d lost, %v", marked(c.Notes.Marks), c.Notes.Lost, h.notices)
	}
	a.SetNote(1, "stays too") // what does not fit is kept all the same
	var side sidecar
	b, err := os.ReadFile(path + sidecarSuffix)
	if err != nil || json.Unmarshal(b, &side) != nil || len(side.Marks) != 2 || side.Marks[0].Note != "goes" {
		t.Errorf("%s, %v", b, err)
	}
}

func TestWhatIsNotedWhileReadingIsNotLost(t *testing.T) {
	path := mixedFile(t)
	a, h := newApp(t, nil)
	noted(a, h, path)
	a.SetNote(2, "of yesterday")
	a.GoHome()
	openFile(a, h, path)
	a.Capture.Notes.keeping = keeping{} // as if they had not been looked for yet
	a.Capture.Notes.Marks = nil
	a.SetNote(1, "of today")
	a.GoHome()
	if c := noted(a, h, path); marked(c.Notes.Marks) != "#1*of today #2*of yesterday" {
		t.Errorf("%q", marked(c.Notes.Marks))
	}
}

func TestNotesWithoutAPlaceBesideTheCapture(t *testing.T) {
	store := NewStore(t.TempDir(), narrate.English)
	a, h := newApp(t, store)
	a.OpenCase("http-picture")
	c := loaded(a, h)
	h.until("notes are looked for", func() bool { return c.Notes.keeping.loaded })
	a.SetNote(4, "in a case")
	a.GoHome()
	b, g := newApp(t, store)
	b.OpenCase("http-picture")
	again := loaded(b, g)
	g.until("notes are looked for", func() bool { return again.Notes.keeping.loaded })
	if marked(again.Notes.Marks) != "#4*in a case" {
		t.Errorf("%q", marked(again.Notes.Marks))
	}
}

func TestHostileSidecars(t *testing.T) {
	path := mixedFile(t)
	a, h := newApp(t, nil)
	c := noted(a, h, path)
	a.SetNote(1, "good")
	good, err := os.ReadFile(path + sidecarSuffix)
	if err != nil {
		t.Fatal(err)
	}
	sum := c.Notes.keeping.sums[1]
	long := strings.Repeat("long ", 10_000)
	for name, s := range map[string]struct {
		text, shown string
		foreign     bool
	}{
		"not JSON":          {"hello", "", true},
		"empty":             {"", "", true},
		"of the future":     {strings.Replace(string(good), `"tcptalk": 1`, `"tcptalk": 2`, 1), "", true},
		"other types":       {`{"tcptalk":1,"marks":[{"packet":"1"}]}`, "", true},
		"negative":          {`{"tcptalk":1,"marks":[{"packet":-1}]}`, "", true},
		"no such packet":    {`{"tcptalk":1,"marks":[{"packet":99,"bytes":"` + sum + `","marked":true}]}`, "", false},
		"packet 0":          {`{"tcptalk":1,"marks":[{"packet":0,"bytes":"","marked":true}]}`, "", false},
		"no hash":           {`{"tcptalk":1,"marks":[{"packet":1,"marked":true}]}`, "", false},
		"twice":             {`{"tcptalk":1,"marks":[{"packet":1,"bytes":"` + sum + `","note":"a"},{"packet":1,"bytes":"` + sum + `","note":"b"}]}`, "#1a", false},
		"control chars":     {`{"tcptalk":1,"marks":[{"packet":1,"bytes":"` + sum + `","note":"a\u001b[31mb\u0000"}]}`, "#1a [31mb", false},
		"says nothing":      {`{"tcptalk":1,"marks":[{"packet":1,"bytes":"` + sum + `"}]}`, "", false},
		"swapped at random": {`{"tcptalk":1,"swapped":[{"packet":4294967295,"bytes":"x"},{"packet":4,"bytes":"` + sum + `"}]}`, "", false},
		"too long":          {`{"tcptalk":1,"marks":[{"packet":1,"bytes":"` + sum + `","note":"` + long + `"}]}`, "#1" + long[:maxNote], false},
	} {
		a.GoHome()
		if err := os.WriteFile(path+sidecarSuffix, []byte(s.text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := noted(a, h, path)
		if got := marked(c.Notes.Marks); got != strings.TrimSpace(s.shown) || (len(c.Notes.keeping.foreign) > 0) != s.foreign {
			t.Errorf("%s: %.60q, foreign %q", name, got, c.Notes.keeping.foreign)
		}
		if !s.foreign {
			continue
		}
		a.SetNote(2, "mine")
		if b, err := os.ReadFile(path + sidecarSuffix); err != nil || string(b) != s.text {
			t.Errorf("%s: what cannot be read was overwritten", name)
		}
		if a.GoHome(); marked(noted(a, h, path).Notes.Marks) != "#2*mine" {
			t.Errorf("%s: the note was not kept elsewhere", name)
		}
		a.SetNote(2, "")
		a.Capture.Notes.Marks = nil
		a.saveNotes(a.Capture)
	}
}

func TestASidecarThatIsNoFile(t *testing.T) {
	path := mixedFile(t)
	if err := os.Mkdir(path+sidecarSuffix, 0o755); err != nil {
		t.Fatal(err)
	}
	a, h := newApp(t, nil)
	noted(a, h, path)
	a.SetNote(1, "kept elsewhere")
	if st, err := os.Stat(path + sidecarSuffix); err != nil || !st.IsDir() {
		t.Error("the folder is gone", err)
	}
	if all, err := filepath.Glob(filepath.Join(a.store.notesDir(), "*.json")); err != nil || len(all) != 1 {
		t.Errorf("%q, %v", all, err)
	}
}

func TestALongNoteIsCutBetweenCharacters(t *testing.T) {
	if s := validNote(strings.Repeat("备", maxNote)); len(s) > maxNote || len(s) < maxNote-3 || s != strings.ToValidUTF8(s, "") {
		t.Errorf("%d bytes", len(s))
	}
	if s := validNote("a\xffb"); s != "a\uFFFDb" {
		t.Errorf("%q", s)
	}
}

// In a long connection a packet is marked at once, where it stands; its rows are made anew in the background.
func TestAMarkInALongConnection(t *testing.T) {
	a, h := newApp(t, nil)
	const n = chattedAtOnce + 500
	openFile(a, h, write(t, "long.pcap", generatedBy(t, n, n)))
	c := a.Capture
	h.until("it is shown", func() bool { return c.View != nil && c.View.Len() == n && c.Talk != nil && c.Notes.keeping.loaded })
	a.SelectPacket(n / 2)
	before := c.Chat
	a.ToggleMark()
	frame := c.Selected()
	var r timeline.Row
	c.Chat.Row(c.Chat.RowOf(c.Packet), &r)
	if d, ok := c.Chat.Since(before); !r.Starred || !ok || d != (timeline.Difference{At: c.Chat.RowOf(c.Packet), Removed: 1, Added: 1}) {
		t.Errorf("starred: %v, %+v", r.Starred, d)
	}
	quick := c.Chat
	a.ToggleMore(c.Chat.RowOf(c.Packet)) // a choice while the rows are made
	h.until("the rows are made again", func() bool { d, ok := c.Chat.Since(quick); return c.Chat != quick && (!ok || d.Added != 1) })
	whole := c.Chat.WithMarks(c.Notes.Marks)
	if c.Chat.Len() != whole.Len() || !c.Chat.SameChoices(whole) || c.Notes.Marks.At(frame) == (timeline.Mark{}) {
		t.Errorf("%d rows, made at once %d", c.Chat.Len(), whole.Len())
	}
	a.ToggleMark()
	c.Chat.Row(c.Chat.RowOf(c.Packet), &r)
	if r.Starred {
		t.Error("the mark is not taken away")
	}
}
