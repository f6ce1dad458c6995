package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget"
)

// rightPane holds the tabs beside the chat: lesson, diagnosis, statistics, files.
type rightPane struct {
	w         *Window
	root      *fyne.Container
	tabs      *widget.Tabs
	shown     []app.Tab // the tabs, in order; the lesson only with a case
	lesson    *lessonPane
	diagnosis *diagnosisPane
	stats     *statsPane
	files     *filesPane
	states    *statesPane
	// curtain stands before what speaks of the whole connection while a question is open.
	curtain *curtain
}

const tabsHeight = 40

func newRightPane(w *Window) *rightPane {
	r := &rightPane{w: w}
	r.tabs = widget.NewTabs(nil, 0, func(i int) { w.app.ShowTab(r.shown[i]) })
	r.lesson, r.diagnosis, r.stats, r.files, r.states = newLessonPane(w), newDiagnosisPane(w), newStatsPane(w), newFilesPane(w), newStatesPane(w)
	r.curtain = newCurtain(w)
	r.root = arrange(fyne.NewSize(0, 0), r.place, r.tabs, r.lesson.root, r.diagnosis.root, r.stats.root, r.files.root, r.states.root, r.curtain.root)
	return r
}

// allTabs are the tabs in their order.
var allTabs = [...]struct {
	tab  app.Tab
	name narrate.Text
}{
	{app.LessonTab, words.lesson},
	{app.DiagnosisTab, words.diagnosis},
	{app.StatsTab, words.statistics},
	{app.FilesTab, words.files},
	{app.StatesTab, playWords.states},
}

func (r *rightPane) place(size fyne.Size) {
	put(r.tabs, 8, 0, size.Width-16, tabsHeight)
	for _, o := range []fyne.CanvasObject{r.lesson.root, r.diagnosis.root, r.stats.root, r.files.root, r.states.root, r.curtain.root} {
		put(o, 0, tabsHeight, size.Width, max(0, size.Height-tabsHeight))
	}
}

func (r *rightPane) changed(c app.Change) {
	s := r.w.app.Capture
	if c&(app.PageChanged|app.PanesChanged|app.SettingsChanged|app.ChatChanged|app.LessonChanged) != 0 {
		r.choose(s)
	}
	switch s.ShownTab() {
	case app.LessonTab:
		r.lesson.changed(c)
	case app.DiagnosisTab:
		r.diagnosis.changed(c)
	case app.StatsTab:
		r.stats.changed(c)
	case app.FilesTab:
		r.files.changed(c)
	case app.StatesTab:
		r.states.changed(c)
	}
}

// choose shows the selected tab.
func (r *rightPane) choose(s *app.Capture) {
	r.shown = r.shown[:0]
	var names []string
	for _, tab := range allTabs {
		if s.HasTab(tab.tab) {
			r.shown, names = append(r.shown, tab.tab), append(names, r.w.t(tab.name))
		}
	}
	if s.Quiz != nil {
		names[0] = r.w.t(quizWords.title)
	}
	r.tabs.SetItems(names)
	now := s.ShownTab()
	r.tabs.SetSelected(slices.Index(r.shown, now))
	drawn := s.Guessing() && now != app.LessonTab && now != app.StatesTab
	show(r.curtain.root, drawn)
	show(r.lesson.root, now == app.LessonTab)
	show(r.diagnosis.root, now == app.DiagnosisTab && !drawn)
	show(r.stats.root, now == app.StatsTab && !drawn)
	show(r.files.root, now == app.FilesTab && !drawn)
	show(r.states.root, now == app.StatesTab)
}
