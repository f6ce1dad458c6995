package lesson

import (
	"reflect"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
)

func TestADraftBecomesACase(t *testing.T) {
	d := Draft{
		Title: "My first Case, 中文!", Summary: "Short.", Try: "Look.",
		Remarks: []Remark{
			{7, 4, "The request\nTen bytes leave.\n= Small requests fit into one segment.\n? Who speaks next?\n+ The server\n- The client\n! It was asked."},
			{7, 1, "One line says it all."},
			{7, 2, ""},
			{7, 3, ""},
		},
		Talk: func(uint32) Talk { return opened() },
	}
	c, err := d.Case()
	if err != nil {
		t.Fatal(err)
	}
	if c.ID != "my-first-case" || !c.Shared || len(c.Steps) != 2 || !reflect.DeepEqual(c.Focus, []uint32{7}) {
		t.Errorf("case %+v", c)
	}
	if s := c.Steps[0]; s.Title[0] != "#1" || s.Text[1] != "One line says it all." || !reflect.DeepEqual(s.Packets, []uint32{1, 2, 3}) {
		t.Errorf("step 1: %+v", s)
	}
	if s := c.Steps[1]; s.Title[0] != "The request" || s.Text[0] != "Ten bytes leave." || s.Why[0] != "Small requests fit into one segment." {
		t.Errorf("step 2: %+v", s)
	}
	own, computed := 0, 0
	for i, q := range c.Questions {
		switch q.Ask[0] {
		case "Who speaks next?":
			own++
			if q.After != 1 || q.Before != 5 || q.Right != 0 || len(q.Options) != 2 || q.Because[0] != "It was asked." {
				t.Errorf("own question: %+v", q)
			}
		default:
			computed++
			if q.Before <= c.Steps[q.After].Packets[0] {
				t.Errorf("question %d asks for packet %d behind step %d, which shows it", i+1, q.Before, q.After+1)
			}
		}
	}
	if own != 1 || computed == 0 {
		t.Errorf("%d questions of the author's, %d from the packets", own, computed)
	}
	notes := c.Notes(narrate.English)
	if !strings.HasPrefix(notes[4], "2/2 The request\nTen bytes leave.\nSmall requests") || len(notes) != 2 {
		t.Errorf("notes %v", notes)
	}
}

func TestALongTextInOneLanguage(t *testing.T) {
	long := strings.Repeat("word ", 80)
	d := Draft{Title: "A", Remarks: []Remark{{0, 1, "Title\n" + long}}}
	if _, err := d.Case(); err != nil {
		t.Errorf("80 English words: %v", err)
	}
	d.Remarks[0].Note = "标题\n" + strings.Repeat("字", 201)
	if _, err := d.Case(); err == nil || !strings.Contains(err.Error(), "201 long") {
		t.Errorf("201 Chinese characters: %v", err)
	}
}

func TestADraftSaysWhatItLacks(t *testing.T) {
	for name, tt := range map[string]struct {
		d    Draft
		want string
	}{
		"no notes":        {Draft{Title: "A", Remarks: []Remark{{0, 1, ""}}}, "steps: 0"},
		"no title":        {Draft{Remarks: []Remark{{0, 1, "Note"}}}, "title"},
		"no right answer": {Draft{Title: "A", Remarks: []Remark{{0, 1, "Note\n? Which?\n- a\n- b\n! so"}}}, "answer: choice"},
		"one answer":      {Draft{Title: "A", Remarks: []Remark{{0, 1, "Note\n? Which?\n+ a\n! so"}}}, "options: 1"},
	} {
		if _, err := tt.d.Case(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}
