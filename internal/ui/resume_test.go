package ui

import (
	"testing"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

func TestHomeOffersALessonThatBecameShorter(t *testing.T) {
	store := app.NewStore(t.TempDir(), narrate.English)
	err := store.Save(app.Saved{Settings: app.DefaultSettings(narrate.English), Done: map[string]app.CaseProgress{"http-picture": {Step: 99}}})
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, Options{Store: store})
	if texts := lint.Texts(r.home.resume.root); len(texts) < 3 {
		t.Errorf("the card says only %q", texts)
	}
}
