package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/narrate"
	"tcptalk/internal/timeline"
	"tcptalk/internal/ui/theme"
	"tcptalk/internal/ui/widget"
)

// settingWords are the texts of the settings.
var settingWords = struct {
	clock, since, mark, start, zone, utc, local, states, payload, meaning, bytes, decodeAs, noRules, someRules, folds, client, server narrate.Text
}{
	start:     narrate.Text{"Since start", "从开始算"},
	clock:     narrate.Text{"Clock", "时钟"},
	since:     narrate.Text{"Since packet before", "距上一个包"},
	mark:      narrate.Text{"Since mark", "从标记算"},
	zone:      narrate.Text{"Time zone of clocks", "时钟所用时区"},
	utc:       narrate.Text{"UTC", "UTC"},
	local:     narrate.Text{"Local", "本地"},
	states:    narrate.Text{"States of both ends", "显示两端的状态"},
	payload:   narrate.Text{"Payload", "载荷"},
	meaning:   narrate.Text{"As what it means", "按协议解读"},
	bytes:     narrate.Text{"As it was sent", "按原样"},
	decodeAs:  narrate.Text{"Decode ports as", "按端口指定协议"},
	noRules:   narrate.Text{"Add a rule…", "添加规则…"},
	someRules: narrate.Text{"Rules: ${n}…", "${n} 条规则…"},
	folds:     narrate.Text{"Fold runs of data longer than", "折叠长串数据，超过"},
	client:    narrate.Text{"CLIENT", "客户端"},
	server:    narrate.Text{"SERVER", "服务器"},
}

// timeFormats are the formats in the order of the settings, with their names.
var timeFormats = []struct {
	format timeline.TimeFormat
	name   narrate.Text
}{
	{timeline.SinceStart, settingWords.start},
	{timeline.ClockUTC, settingWords.clock},
	{timeline.SincePrevious, settingWords.since},
	{timeline.SinceMark, settingWords.mark},
}

// timeName says how times are shown.
func timeName(s *app.Settings) narrate.Text {
	if s.Time == timeline.ClockUTC {
		if s.Local {
			return words.timesLocal
		}
		return words.timesUTC
	}
	for _, f := range timeFormats {
		if f.format == s.Time {
			return f.name
		}
	}
	return settingWords.start
}

// settingRow is a setting with its control.
type settingRow struct {
	name    narrate.Text
	control fyne.CanvasObject
}

const settingHeight = 43

// showSettings shows what the reader can choose; it applies at once.
func (w *Window) showSettings() {
	rows := w.settingRows()
	names := widget.NewCanvas(fyne.NewSize(0, 0), func(p *widget.Pen, cw, _ float32) {
		for i, r := range rows {
			y := float32(i) * settingHeight
			p.T(0, y, cw*0.48, theme.ButtonHeight, w.t(r.name), theme.Body, p.P.Text, widget.Left)
			if i > 0 {
				p.HLine(0, y-5, cw, p.P.Line)
			}
		}
	})
	objects := []fyne.CanvasObject{names}
	for _, r := range rows {
		objects = append(objects, r.control)
	}
	content := arrange(fyne.NewSize(0, 0), func(size fyne.Size) {
		put(names, 0, 0, size.Width, size.Height)
		for i, r := range rows {
			cw := r.control.MinSize().Width
			put(r.control, size.Width-cw, float32(i)*settingHeight, cw, theme.ButtonHeight)
		}
	}, objects...)
	w.openDialog(fyne.NewSize(680, 64+float32(len(rows))*settingHeight+20), w.t(words.settings), content)
}

func (w *Window) settingRows() []settingRow {
	s, set := &w.app.Settings, w.app.Set
	formats := make([]string, len(timeFormats))
	for i, f := range timeFormats {
		formats[i] = w.t(f.name)
	}
	shown := slices.IndexFunc(timeFormats, func(f struct {
		format timeline.TimeFormat
		name   narrate.Text
	},
	) bool {
		return f.format == s.Time
	})
	return []settingRow{
		{words.language, widget.NewSegmented([]string{"English", "中文"}, int(s.Lang), func(i int) {
			set(func(s *app.Settings) { s.Lang = narrate.Lang(i) })
			w.showSettings()
		})},
		{words.theme, widget.NewSegmented([]string{w.t(words.themeAuto), w.t(words.themeDark), w.t(words.themeLight)}, themeIndex(s.Theme), func(i int) {
			set(func(s *app.Settings) { s.Theme = themeModes[i] })
		})},
		{zoomName, widget.NewSegmented(zoomNames(), slices.Index(app.Zooms, s.Zoom), func(i int) {
			set(func(s *app.Settings) { s.Zoom = app.Zooms[i] })
		})},
		{words.numbers, w.choice([]narrate.Text{words.numbersRelative, words.numbersRaw}, s.RawNumbers, func(s *app.Settings, on bool) { s.RawNumbers = on })},
		{words.times, widget.NewSegmented(formats, max(shown, 0), func(i int) {
			set(func(s *app.Settings) { s.Time = timeFormats[i].format })
		})},
		{settingWords.zone, w.choice([]narrate.Text{settingWords.utc, settingWords.local}, s.Local, func(s *app.Settings, on bool) { s.Local = on })},
		{settingWords.states, w.choice(onOff, s.States, func(s *app.Settings, on bool) { s.States = on })},
		{words.notes, w.choice(onOff, s.Notes, func(s *app.Settings, on bool) { s.Notes = on })},
		{settingWords.folds, w.foldChoice()},
		{settingWords.payload, w.choice([]narrate.Text{settingWords.meaning, settingWords.bytes}, s.Plain, func(s *app.Settings, on bool) { s.Plain = on })},
		{settingWords.decodeAs, widget.NewButton(widget.Plain, "", w.rulesText(), w.showRules)},
	}
}

// foldChoice chooses whether runs are folded, and from which length on.
func (w *Window) foldChoice() *widget.Segmented {
	s := &w.app.Settings
	names, selected := []string{w.t(onOff[0])}, 0
	for i, n := range app.FoldAfters {
		names = append(names, strconv.Itoa(n))
		if s.FoldRuns && s.FoldAfter == n {
			selected = i + 1
		}
	}
	return widget.NewSegmented(names, selected, func(i int) {
		w.app.Set(func(s *app.Settings) {
			if s.FoldRuns = i > 0; s.FoldRuns {
				s.FoldAfter = app.FoldAfters[i-1]
			}
		})
	})
}

var onOff = []narrate.Text{{"Off", "关"}, {"On", "开"}}

// choice is a setting with two values.
func (w *Window) choice(names []narrate.Text, on bool, set func(s *app.Settings, on bool)) *widget.Segmented {
	selected := 0
	if on {
		selected = 1
	}
	return widget.NewSegmented([]string{w.t(names[0]), w.t(names[1])}, selected, func(i int) {
		w.app.Set(func(s *app.Settings) { set(s, i == 1) })
	})
}
