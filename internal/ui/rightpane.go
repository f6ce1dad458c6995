package ui

import (
	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
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
}

const tabsHeight = 40

func newRightPane(w *Window) *rightPane {
	r := &rightPane{w: w, shown: ownTabs}
	r.tabs = widget.NewTabs(r.names(), 0, func(i int) { w.app.ShowTab(r.shown[i]) })
	r.lesson, r.diagnosis, r.stats, r.files, r.states = newLessonPane(w), newDiagnosisPane(w), newStatsPane(w), newFilesPane(w), newStatesPane(w)
	r.root = arrange(fyne.NewSize(0, 0), r.place, r.tabs, r.lesson.root, r.diagnosis.root, r.stats.root, r.files.root, r.states.root)
	return r
}

// ownTabs are the tabs of every capture, in their order.
var ownTabs = []app.Tab{app.DiagnosisTab, app.StatsTab, app.FilesTab, app.StatesTab}

// names are those of ownTabs.
func (r *rightPane) names() []string {
	return []string{r.w.t(words.diagnosis), r.w.t(words.statistics), r.w.t(words.files), r.w.t(playWords.states)}
}

func (r *rightPane) place(size fyne.Size) {
	put(r.tabs, 8, 0, size.Width-16, tabsHeight)
	for _, o := range []fyne.CanvasObject{r.lesson.root, r.diagnosis.root, r.stats.root, r.files.root, r.states.root} {
		put(o, 0, tabsHeight, size.Width, max(0, size.Height-tabsHeight))
	}
}

func (r *rightPane) changed(c app.Change) {
	s := r.w.app.Capture
	if c&(app.PageChanged|app.PanesChanged|app.SettingsChanged|app.ChatChanged) != 0 {
		r.choose(s)
	}
	switch s.Tab {
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
	r.shown = ownTabs
	names := r.names()
	if s.Learning() {
		name := words.lesson
		if s.Quiz != nil {
			name = quizWords.title
		}
		r.shown = append([]app.Tab{app.LessonTab}, r.shown...)
		names = append([]string{r.w.t(name)}, names...)
	}
	r.tabs.SetItems(names)
	for i, t := range r.shown {
		if t == s.Tab {
			r.tabs.SetSelected(i)
		}
	}
	show(r.lesson.root, s.Tab == app.LessonTab)
	show(r.diagnosis.root, s.Tab == app.DiagnosisTab)
	show(r.stats.root, s.Tab == app.StatsTab)
	show(r.files.root, s.Tab == app.FilesTab)
	show(r.states.root, s.Tab == app.StatesTab)
}
