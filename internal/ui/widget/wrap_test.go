package widget

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tcptalk/internal/ui/theme"
)

func units(s string) float32 { // every character one wide, Han two
	n, _ := columns(s)
	return float32(n)
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		s    string
		w    float32
		want []string
	}{
		{"", 10, nil},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 100, []string{"one two three"}},
		{"one\ntwo", 100, []string{"one", "two"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"中文字符，再来", 8, []string{"中文字", "符，再来"}},
		{"中文字符文，好", 10, []string{"中文字符", "文，好"}},
		{"用 SYN 开始", 6, []string{"用 SYN", "开始"}},
		{"一（二三）四", 6, []string{"一", "（二", "三）四"}},
		{"wait, what", 5, []string{"wait,", "what"}},
	} {
		var got []string
		n := wrapLines(c.s, c.w, units, func(l string) { got = append(got, l) })
		if c.s == "一（二三）四" { // only the rules matter here
			for _, l := range got {
				if strings.HasPrefix(l, "）") || strings.HasSuffix(l, "（") {
					t.Errorf("%q breaks as %q", c.s, got)
				}
			}
			continue
		}
		if !slices.Equal(got, c.want) || n != len(got) {
			t.Errorf("%q in %v: %q (%d), want %q", c.s, c.w, got, n, c.want)
		}
	}
}

func TestWrapLosesNothing(t *testing.T) {
	for _, s := range []string{syntheticNote, "窗口已满：这一端的程序没有读取数据，所以服务器必须等待。", "a  b   c", "x\n\ny", "，，，", strings.Repeat("长", 500)} {
		for w := float32(1); w < 40; w++ {
			var sb strings.Builder
			wrapLines(s, w, units, func(l string) { sb.WriteString(l) })
			strip := func(t string) string { return strings.Join(strings.Fields(t), "") }
			if strip(sb.String()) != strip(s) {
				t.Fatalf("%q in %v becomes %q", s, w, sb.String())
			}
		}
	}
}

// The table of widths is never short of what the font draws, and not far over it.
func TestNoteWidthIsTheFontsOwn(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.DarkMode))
	for _, s := range []string{syntheticNote, "SYN-ACK at 1, 3, 7 s (RFC 9293 §3.8.1)", "窗口已满，所以服务器必须等待。", "第 4 步：SYN-ACK 再次发送", "Größe über 5 µs – “ja”"} {
		got, real := noteWidth(s), fyne.MeasureText(s, noteSize, fyne.TextStyle{}).Width
		if got < real-1 || got > real*1.06 {
			t.Errorf("%q: counted %v, drawn %v", s, got, real)
		}
	}
}

func TestFitKeepsToTheWidth(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.DarkMode))
	c := NewCache()
	for _, f := range []theme.Face{theme.Body, theme.Strong, theme.Mono} {
		for _, s := range []string{"a long line of text", "很长的一行中文文本", "x"} {
			for w := float32(20); w < 120; w += 7 {
				got := c.Fit(s, w, f)
				if c.Width(got, f) > w+1 {
					t.Errorf("%q in %v is %v wide", got, w, c.Width(got, f))
				}
				if got != s && !strings.HasSuffix(got, "…") {
					t.Errorf("%q becomes %q", s, got)
				}
			}
		}
	}
}

func TestMonoColumnsMatchTheFont(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.DarkMode))
	c := NewCache()
	for _, s := range []string{"seq 0  ack 1", `{"消息":"你好，世界"}`, "Grüße €"} {
		got, real := c.Width(s, theme.Mono), fyne.MeasureText(s, theme.Mono.Size, theme.Mono.Style()).Width
		if d := got - real; d < -1 || d > 1 {
			t.Errorf("%q: counted %v, drawn %v", s, got, real)
		}
	}
}

func TestBalance(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.DarkMode))
	c := NewCache()
	lines := c.Balance("The third handshake packet never arrives", 231, theme.Strong, 2)
	if len(lines) != 2 {
		t.Fatalf("%q", lines)
	}
	if a, b := c.Width(lines[0], theme.Strong), c.Width(lines[1], theme.Strong); a > 2*b || b > 2*a {
		t.Errorf("%q is out of balance", lines)
	}
}
