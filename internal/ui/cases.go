package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tcptalk/internal/lesson"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// caseGrid shows cards by track: one or two columns of tracks, cards of one track side by side.
type caseGrid struct {
	w      *Window
	root   *fyne.Container
	heads  *widget.Canvas
	tracks []trackCards
	empty  bool
}

// trackCards are the cards of one track and where its heading goes.
type trackCards struct {
	track lesson.Track
	done  int
	cards []*widget.CaseCard
	x, y  float32
	width float32
}

// Measures of the grid, in pixels.
const (
	cardWidth    = 259
	cardHeight   = widget.CaseCardHeight
	trackHead    = 36
	trackGap     = 18
	trackColumns = 28 // between two columns of tracks
)

func newCaseGrid(w *Window) *caseGrid {
	g := &caseGrid{w: w}
	g.heads = widget.NewCanvas(fyne.NewSize(0, 0), g.drawHeads)
	g.heads.OneSheet()
	g.root = container.New(&placing{place: func(size fyne.Size) { g.place(size.Width) }})
	return g
}

// update shows these cases.
func (g *caseGrid) update(cases []*lesson.Case) {
	g.tracks = g.tracks[:0]
	g.empty = len(cases) == 0
	objects := []fyne.CanvasObject{g.heads}
	for _, t := range lesson.Tracks() {
		cards := trackCards{track: t}
		for _, c := range cases {
			if c.Track.ID != t.ID {
				continue
			}
			card := g.card(c)
			cards.cards = append(cards.cards, card)
			objects = append(objects, card)
			if g.w.app.Done[c.ID].Done {
				cards.done++
			}
		}
		if len(cards.cards) > 0 {
			g.tracks = append(g.tracks, cards)
		}
	}
	g.root.Objects = objects
	g.root.Refresh()
}

func (g *caseGrid) card(c *lesson.Case) *widget.CaseCard {
	l := g.w.lang()
	level := [...]string{"", g.w.t(words.beginner), g.w.t(words.working), g.w.t(words.deep)}[c.Level]
	data := widget.CaseInfo{
		Title: c.Title.In(l), Line: c.Summary.In(l), Level: c.Level,
		LevelText: level + " · " + fill(l, words.minutes, itoa(c.Minutes), ""),
		Arrows:    ladder(c),
	}
	switch p := g.w.app.Done[c.ID]; {
	case p.Done:
		data.Badge, data.BadgeIcon = widget.Badge{Severity: timeline.OK, Text: g.w.t(words.done)}, "check"
		if right, answered := p.Score(); answered {
			data.Badge.Text = fill(l, lessonWords.scoreBadge, itoa(right), itoa(len(c.Questions)))
		}
	case p.Step > 0:
		data.Badge = widget.Badge{Severity: timeline.Info, Text: fill(l, words.stepOf, itoa(p.Step+1), itoa(len(c.Steps)))}
		data.BadgeIcon = "play"
	}
	card := widget.NewCaseCard(data, func() { g.w.app.OpenCase(c.ID) })
	card.OnFocus = func() { g.w.home.reveal(card) }
	return card
}

func ladder(c *lesson.Case) []widget.LadderArrow {
	kinds := map[lesson.ArrowKind]widget.ArrowKind{
		lesson.ArrowControl: widget.ControlArrow, lesson.ArrowData: widget.DataArrow, lesson.ArrowLost: widget.LostArrow,
		lesson.ArrowReset: widget.ResetArrow,
	}
	out := make([]widget.LadderArrow, 0, len(c.Ladder))
	for _, a := range c.Ladder {
		out = append(out, widget.LadderArrow{FromServer: !a.FromClient, Kind: kinds[a.Kind], Gap: a.Gap})
	}
	return out
}

// height returns the room the grid takes in the given width.
func (g *caseGrid) height(w float32) float32 {
	return g.flow(w, func(*trackCards, float32, float32, float32) {})
}

// place puts headings and cards.
func (g *caseGrid) place(w float32) {
	total := g.flow(w, func(t *trackCards, x, y, width float32) {
		t.x, t.y, t.width = x, y, width
		per := cardsPerRow(width)
		cw := (width - float32(per-1)*theme.CardGap) / float32(per)
		for i, card := range t.cards {
			put(card, x+float32(i%per)*(cw+theme.CardGap), y+trackHead+float32(i/per)*(cardHeight+theme.CardGap), cw, cardHeight)
		}
	})
	put(g.heads, 0, 0, w, max(total, 80))
	g.heads.Refresh()
}

// flow walks the tracks column by column and returns the height of the longest column.
func (g *caseGrid) flow(w float32, each func(t *trackCards, x, y, width float32)) float32 {
	columns := 1
	if w >= 4*(cardWidth-30)+2*theme.CardGap+trackColumns {
		columns = 2
	}
	width := (w - float32(columns-1)*trackColumns) / float32(columns)
	per := cardsPerRow(width)
	y := make([]float32, columns)
	for i := range g.tracks {
		t := &g.tracks[i]
		col := 0
		if columns == 2 && y[1] < y[0] {
			col = 1
		}
		each(t, float32(col)*(width+trackColumns), y[col], width)
		rows := (len(t.cards) + per - 1) / per
		y[col] += trackHead + float32(rows)*(cardHeight+theme.CardGap) - theme.CardGap + trackGap
	}
	longest := float32(0)
	for _, v := range y {
		longest = max(longest, v)
	}
	return longest
}

func (g *caseGrid) drawHeads(p *widget.Pen, w, _ float32) {
	if g.empty {
		p.T(0, 24, w, 24, g.w.t(words.noCases), theme.Body, p.P.Text2, widget.Center)
		return
	}
	for i := range g.tracks {
		g.drawHead(p, &g.tracks[i])
	}
}

// drawHead writes a track's place in the reading path and its name, how much of it is done, and what it builds on.
func (g *caseGrid) drawHead(p *widget.Pen, t *trackCards) {
	l := g.w.lang()
	x, right := t.x, t.x+t.width
	number := slices.IndexFunc(lesson.Tracks(), func(o lesson.Track) bool { return o.ID == t.track.ID }) + 1
	p.Panel(x, t.y+8, 20, 20, p.P.Inset, p.P.Edge, theme.RadiusInset)
	p.T(x, t.y+8, 20, 20, itoa(number), theme.SmallStrong, p.P.Text2, widget.Center)
	x += 28
	x += p.T(x, t.y+6, right-x, 24, t.track.Name.In(l), theme.Heading, p.P.Text, widget.Left) + 10
	if len(t.cards) > 1 || t.done > 0 {
		x += p.T(x, t.y+7, right-x, 24, fill(l, words.trackDone, itoa(t.done), itoa(len(t.cards))), theme.Small, p.P.Text3, widget.Left) + 10
	}
	about := t.track.About.In(l)
	if on := g.buildsOn(&t.track); on != "" && p.Width(about+" · "+on, theme.Small) <= right-x {
		about += " · " + on
	}
	if p.Width(about, theme.Small) <= right-x {
		p.T(x, t.y+7, right-x, 24, about, theme.Small, p.P.Text3, widget.Right)
	}
}

// buildsOn names the tracks that are best read before, "" if there are none.
func (g *caseGrid) buildsOn(t *lesson.Track) string {
	l := g.w.lang()
	var names []string
	for _, other := range lesson.Tracks() {
		if slices.Contains(t.BuildsOn, other.ID) {
			names = append(names, other.Name.In(l))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fill(l, lessonWords.buildsOn, strings.Join(names, lessonWords.and.In(l)), "")
}

// cardsPerRow returns how many cards of about cardWidth stand side by side.
func cardsPerRow(width float32) int {
	const least = cardWidth - 30
	return max(1, int((width+theme.CardGap)/(least+theme.CardGap)))
}
