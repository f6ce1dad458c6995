package narrate

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/sse"
)

func TestEvents(t *testing.T) {
	for _, c := range []struct {
		e    sse.Event
		want Text
	}{
		{sse.Event{HasData: true, Data: "a\nb", DataLen: 3, Dispatched: true}, Text{"Server-sent event · message\na\nb", "服务器推送事件 · message\na\nb"}},
		{
			sse.Event{Type: "tick", ID: "7", HasID: true, HasData: true, Data: "a", DataLen: 1000, HasRetry: true, Retry: 3000, Dispatched: true},
			Text{
				"Server-sent event · tick · id 7\na\n… 1,000 bytes of data in all\nreconnect after 3 s",
				"服务器推送事件 · tick · id 7\na\n…… 数据共 1,000 字节\n断开后等 3 s 再重连",
			},
		},
		{sse.Event{Comments: []string{"beat"}}, Text{"Event stream · comment\n: beat", "事件流 · 注释\n: beat"}},
		{
			sse.Event{Type: "tick", Ignored: []string{"x: y"}, Left: 2},
			Text{
				"Server-sent event · tick\nignored: x: y\nlines not shown: 2\nno data: the browser's handlers do not see it",
				"服务器推送事件 · tick\n被忽略：x: y\n未显示的行：2 行\n没有 data：浏览器的处理函数收不到它",
			},
		},
		{sse.Event{HasRetry: true, Retry: math.MaxInt64}, Text{
			"Server-sent event\nreconnect after 9,223,372,036,854,775,807 ms", "服务器推送事件\n断开后等 9,223,372,036,854,775,807 ms 再重连",
		}},
	} {
		for l := range Lang(NumLangs) {
			title, lines := Message(l, &proto.Message{Protocol: sse.Name, Detail: &c.e})
			if got := strings.Join(append([]string{title}, lines...), "\n"); got != c.want[l] {
				t.Errorf("%+v:\n got %q\nwant %q", c.e, got, c.want[l])
			}
		}
	}
	for l, want := range [NumLangs][2]string{{"301 ms after the event before", "in the same packet as the event before"}, {"距前一个事件 301 ms", "和前一个事件在同一个包里"}} {
		if a, b := EventGap(Lang(l), 301*time.Millisecond, false), EventGap(Lang(l), 0, true); a != want[0] || b != want[1] {
			t.Errorf("%q, %q", a, b)
		}
	}
}

func TestBodyStops(t *testing.T) {
	for stop, x := range bodyStops {
		text(t, "stop "+string(stop), x, false)
		if got := Broken(Chinese, string(stop)); got != x[Chinese] {
			t.Errorf("%s: %q", stop, got)
		}
	}
	if want := strconv.Itoa(body.MaxOutput>>20) + " MiB"; maxOutput != want || !strings.Contains(Broken(English, string(body.TooLarge)), want) {
		t.Errorf("the bound is %s, the words say %s", want, maxOutput)
	}
}
