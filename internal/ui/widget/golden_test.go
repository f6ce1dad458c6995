package widget

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget/lint"
)

// golden shows an object and compares what it draws with testdata/golden.
func golden(t *testing.T, name string, o fyne.CanvasObject, w, h float32) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		show(t, o, theme.DarkMode, w, h)
		lint.Golden(t, name, o)
	})
}

func TestGoldenChatRows(t *testing.T) {
	rows := lesson()
	open := rows[6]
	open.Open = true
	starred := rows[8]
	starred.Starred = true
	for name, r := range map[string]timeline.Row{
		"divider": rows[0], "syn": rows[1], "silence": rows[4], "retransmission": rows[5], "folded": rows[6], "unfolded": open,
		"data": rows[7], "pure-ack": rows[8], "starred": starred, "frames-and-note": rows[9], "reset": rows[11], "closing": rows[12],
		"failure": rows[13],
	} {
		t.Run(name, func(t *testing.T) {
			tl := NewTimeline()
			show(t, tl, theme.DarkMode, 806, 400)
			tl.SetModel(rowList{r})
			lint.Golden(t, "chat-"+name, tl.live[0].pen.Box())
		})
	}
}

func TestGoldenChatRowsInALook(t *testing.T) {
	for name, look := range map[string]func(tl *Timeline){
		"selected": func(tl *Timeline) { tl.Select(0) },
		"found":    func(tl *Timeline) { tl.Marked = func(int) bool { return true } },
	} {
		t.Run(name, func(t *testing.T) {
			tl := NewTimeline()
			show(t, tl, theme.DarkMode, 806, 400)
			tl.SetModel(lesson()[1:2])
			look(tl)
			tl.Refresh()
			lint.Golden(t, "chat-"+name, tl.live[0].pen.Box())
		})
	}
}

func TestGoldenCoveredRow(t *testing.T) {
	tl := NewTimeline()
	show(t, tl, theme.DarkMode, 806, 400)
	tl.Words.Covered = "Answer the question first"
	tl.SetModel(lesson()[1:3])
	tl.Cover(0)
	lint.Golden(t, "chat-covered", tl.live[1].pen.Box())
}

func TestGoldenMessages(t *testing.T) {
	rows := spokenOf(1).rows
	for name, r := range map[string]timeline.MessageRow{
		"request": rows[0], "answer": rows[1], "divider": rows[2], "content": rows[4], "fragments": rows[5], "folded": rows[6],
		"silence": rows[7], "picture": rows[8], "unanswered": rows[9],
	} {
		t.Run(name, func(t *testing.T) {
			m := NewMessageList()
			m.Picture = func(int) (image.Image, string) { return image.NewGray(image.Rect(0, 0, 480, 300)), "PNG 480 × 300" }
			show(t, m, theme.DarkMode, 806, 400)
			m.SetModel(spokenRows{rows: []timeline.MessageRow{r}, repeat: 1})
			lint.Golden(t, "message-"+name, m.live[0].pen.Box())
		})
	}
}

func TestGoldenLadder(t *testing.T) {
	s := sequenceOf(t, 20, 780, 1000)
	lint.Golden(t, "ladder-head", s.head.Box())
	for name, i := range map[string]int{
		"ack": 0, "data": 1, "lost": 3, "missing": 5, "folded": 7, "late": 9, "held": 11, "bundle": 15,
	} {
		t.Run(name, func(t *testing.T) { lint.Golden(t, "ladder-"+name, s.live[i].pen.Box()) })
	}
}

func TestGoldenParts(t *testing.T) {
	p := parts(false)
	for name, file := range map[string]string{
		"grid": "header-grid", "hex": "hex", "tree": "field-tree", "donut": "donut", "search": "search-box", "banner": "banner", "case": "case-card",
	} {
		golden(t, file, p[name].o, p[name].w, p[name].h)
	}
	l := connectionList(false)
	l.Count = func() int { return 3 }
	l.Select(1)
	golden(t, "connections", l, 264, 3*ConnectionHeight)
}
