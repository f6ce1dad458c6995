package ui

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func TestFilesTabFollowsTheCapture(t *testing.T) {
	r := open(t, Options{})
	f := r.capture.right.files
	first := r.openCase("http-picture")
	r.write("4")
	r.loaded()
	if f.image.Image == nil || f.image.Image != first.Preview.Picture || !f.image.Visible() || f.list.Selected() != 0 {
		t.Fatalf("picture %v, selected %d", f.image.Image != nil, f.list.Selected())
	}
	other := r.openCase("http-bad-header")
	r.write("4")
	if f.image.Visible() || f.list.Selected() == 0 {
		t.Error("before its files are found, another capture shows those of the one before")
	}
	r.write("1")
	r.until("its files are found", func() bool { return other.Preview != nil })
	r.write("4")
	if f.image.Visible() || f.list.Selected() != 0 || f.shown != other.Preview {
		t.Errorf("found while another tab was shown: selected %d, still the old picture: %v", f.list.Selected(), f.image.Visible())
	}
	r.openCase("http-picture")
	r.write("4")
	if r.loaded(); f.image.Image == nil || !f.image.Visible() {
		t.Error("the picture is not shown the second time")
	}
}

func TestFilesThatCannotBeShownSayWhyInBothLanguages(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	r.write("4")
	r.loaded()
	c.Preview, c.FilesErr = &app.FilePreview{Err: fs.ErrPermission}, fs.ErrPermission
	for _, look := range []struct {
		lang           narrate.Lang
		file, together string
	}{
		{narrate.Chinese, "无法预览这个文件：", "无法还原文件："},
		{narrate.English, "This file cannot be shown: ", "The files could not be put together: "},
	} {
		r.app.Set(func(s *app.Settings) { s.Lang = look.lang })
		shown := strings.Join(lint.Texts(r.layers), "\n")
		for _, want := range []string{look.file, look.together} {
			if !strings.Contains(shown, want+narrate.Cause(look.lang, fs.ErrPermission)) {
				t.Errorf("nothing says %q in\n%s", want, shown)
			}
		}
	}
}

func TestFilesAreMarkedAndLookedAtAsBytes(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	r.write("4")
	r.loaded()
	f := r.capture.right.files
	all := f.saveAll.Text()
	r.clickAt(f.list, 20, 10)
	if !c.Marked[0] || f.saveAll.Text() == all {
		t.Errorf("marked %v, the button says %q", c.Marked, f.saveAll.Text())
	}
	r.win.Canvas().Focus(f.list)
	r.press(fyne.KeySpace)
	if c.Marked[0] || f.saveAll.Text() != all {
		t.Errorf("Space: marked %v, the button says %q", c.Marked, f.saveAll.Text())
	}
	if r.start("files.mark"); len(c.Marked) != len(c.Files) {
		t.Errorf("the command marks %v", c.Marked)
	}
	if !f.image.Visible() || f.hex.Visible() {
		t.Fatal("the picture is not shown")
	}
	f.look.OnChanged(1)
	if f.image.Visible() || !f.hex.Visible() {
		t.Error("its bytes are not shown")
	}
	f.look.OnChanged(0)
	if !f.image.Visible() || f.hex.Visible() {
		t.Error("the picture is not shown again")
	}
	r.app.SelectPacket(0)
	f.packet.OnTapped()
	if got := c.View.At(c.Packet).Frame; got != firstPacket(&c.Files[0]) {
		t.Errorf("packet %d is selected", got)
	}
	f.exportMenu()
	menu := r.win.Canvas().Overlays().Top()
	if shown := strings.Join(lint.Texts(menu), "|"); !strings.Contains(shown, "HAR") || !strings.Contains(shown, "hex dump") {
		t.Errorf("the menu offers %s", shown)
	}
}

// TestFilesFitEveryWindow looks at whole and incomplete files, also while something is saved.
func TestFilesFitEveryWindow(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("http-picture")
	r.write("4")
	r.loaded()
	c.Files[0].Host, c.Files[0].URI = "a.example", "/p.png"
	c.Files = append(c.Files[:1:1],
		export.Object{Name: "cut.bin", Size: 5000, Missing: "gap", Lacks: 95_000, Packets: []uint32{4, 9}},
		export.Object{Name: "ranges.txt", Size: 5000, Missing: export.MissingRanges, Absent: []export.Span{{Start: 1, End: 2}}, Bytes: export.Span{End: 9}},
		ranged(),
		export.Object{Name: "part.png", ContentType: "image/png", Complete: true, Part: "file", Request: true, Codings: []string{"gzip"}, Protocol: "http/1.1"},
	)
	for _, size := range []fyne.Size{minSize, firstSize} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			r.app.Set(func(set *app.Settings) { set.Lang = lang })
			r.capture.showPane(true)
			r.win.Resize(size)
			f := r.capture.right.files
			for i := range c.Files {
				c.File, c.Preview = i, &app.FilePreview{Preview: export.Preview{Text: "x", Head: []byte("x")}}
				c.Saving = nil
				if i == 1 {
					c.Saving = &app.Saving{Done: 1, Total: 2}
				}
				f.lookAs = lookRanges
				f.changed(app.FilesChanged)
				whole := []string{r.Window.t(filesWords.hex), r.Window.t(words.saveAll), r.Window.t(filesWords.saveAs), r.Window.t(words.save), r.Window.t(words.incomplete)}
				for _, found := range lint.Check(f.root, lint.Options{Whole: whole}) {
					t.Errorf("%v, %v, file %d: %s", size, lang, i, found)
				}
			}
		}
	}
}

func TestFirstLines(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"short": {"a\nb", "a\nb"},
		"lines": {strings.Repeat("x\n", previewLines+5), strings.Repeat("x\n", previewLines-1) + "x\n…"},
		"long":  {strings.Repeat("x", previewText-1) + "包包", strings.Repeat("x", previewText-1) + "包\n…"},
	} {
		if got := firstLines(c.text); got != c.want {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(c.want))
		}
	}
}

// ranged is a file joined from ranges, some of which are missing.
func ranged() export.Object {
	return export.Object{
		Name: "long.bin", Size: 5_000_000_000, Missing: export.MissingRanges, Total: 9_000_000_000, Bytes: export.Span{End: 5_000_000_000}, Packets: []uint32{4, 9},
		Absent: []export.Span{{Start: 5_000_000_000, End: 9_000_000_000}},
		Ranges: []export.RangePart{
			{Span: export.Span{End: 4_000_000_000}, First: 4, Last: 4},
			{Span: export.Span{Start: 4_000_000_000, End: 5_000_000_000}, First: 6, Last: 1_234_567},
		},
	}
}

// A reader looks at the ranges that a file was joined from, sees what is missing, and goes to the packets of one.
func TestRangesLeadToPackets(t *testing.T) {
	r := open(t, Options{})
	r.app.OpenFile("../cli/testdata/byteranges.pcap")
	c := r.app.Capture
	r.until("the capture is read", func() bool { return !c.Loading })
	r.write("4")
	r.until("its files are found", func() bool { return c.FilesReady })
	f := r.capture.right.files
	file := -1
	for i := range c.Files {
		if len(c.Files[i].Ranges) > 0 {
			file = i
		}
	}
	if file < 0 {
		t.Fatal("no file of the case was joined from ranges")
	}
	r.app.SelectFile(file)
	r.until("its preview is made", func() bool { return c.Preview != nil })
	f.look.OnChanged(lookRanges)
	parts := c.Files[file].Parts()
	if !f.parts.list.Visible() || f.hex.Visible() || f.image.Visible() || len(f.parts.parts) != len(parts) {
		t.Fatalf("%d ranges are shown", len(f.parts.parts))
	}
	here := slices.IndexFunc(parts, func(p export.RangePart) bool { return !p.Absent })
	f.parts.list.OnSelect(here)
	r.until("the packet is shown", func() bool { return c.View.At(c.Packet).Frame == parts[here].First })
	f.parts.list.OnCopy(here)
	if got := r.fyne.Clipboard().Content(); !strings.Contains(got, "–") || !strings.Contains(got, "packet") {
		t.Errorf("copied is %q", got)
	}
	for i := range c.Files {
		if len(c.Files[i].Ranges) == 0 {
			r.app.SelectFile(i)
			r.until("its preview is made", func() bool { return c.Preview != nil })
			if f.parts.list.Visible() || f.look.Selected() != lookPreview {
				t.Errorf("file %d came in one piece, but its ranges are shown", i)
			}
			break
		}
	}
	c.Files = []export.Object{ranged()}
	c.File, c.Preview = 0, &app.FilePreview{}
	f.changed(app.FilesChanged)
	before := c.Packet
	if f.parts.list.OnSelect(2); c.Packet != before || !slices.Contains(lint.Texts(f.root), "missing") {
		t.Error("what is missing leads to a packet, or is not told")
	}
}
