package ui

import (
	"io/fs"
	"strings"
	"testing"

	"tcptalk/internal/app"
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
			if !strings.Contains(shown, want+fs.ErrPermission.Error()) {
				t.Errorf("nothing says %q in\n%s", want, shown)
			}
		}
	}
}
