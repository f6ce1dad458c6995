package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/widget/lint"
)

func TestGoldenWhyCard(t *testing.T) {
	r := open(t, Options{})
	r.openCase("trouble-third-packet-lost")
	card := r.openWhy(3, []timeline.Reason{
		{
			Chip: timeline.Chip{Text: "Retransmission", Severity: timeline.Warn}, Meaning: "The same bytes were sent before.", Rule: "The segment begins below the next expected number.",
			Numbers: []timeline.Fact{{Name: "sequence number", Value: "0"}, {Name: "expected", Value: "1"}}, Frames: []uint32{2, 5},
			Help: "Usually a packet got lost.", Filter: "tcp.analysis.retransmission",
		},
		{Chip: timeline.Chip{Text: "Lost on its way back", Severity: timeline.Info, Ours: true}, Meaning: "The answer did not arrive."},
	}, true)
	root := &fyne.Container{Objects: card.objects}
	root.Resize(fyne.NewSize(whyWidth, 400))
	lint.Golden(t, "why-card", root)
}

func TestGoldenDiagnosisCard(t *testing.T) {
	r := open(t, Options{})
	r.openCase("http-picture")
	d := newDiagnosisPane(r.Window)
	card := d.card(diagnose.Warn, "Segments were lost", "Three segments were sent again.", []uint32{4, 17, 230})
	card.head = d.head(words.thisConnection)
	d.say(card, diagnosisWords.other, "they came late")
	d.say(card, diagnosisWords.try, "look at the other side")
	d.cards = []*findingCard{card}
	d.content.Objects = []fyne.CanvasObject{card.head, card.panel, card.title, card.text, card.more[0], card.more[1], card.frames[0], card.frames[1], card.frames[2]}
	d.flow(328)
	lint.Golden(t, "diagnosis-card", d.content)
}

func TestGoldenSearchError(t *testing.T) {
	r := open(t, Options{})
	r.openCase("http-picture")
	r.focusSearch()
	for name, text := range map[string]string{"search-error": "tcp.port == 80 && tcp.prot == 1", "search-completion": "tcp.flags.s"} {
		r.capture.find.box.SetText("")
		r.write(text)
		lint.Golden(t, name, r.capture.find.panel)
	}
}
