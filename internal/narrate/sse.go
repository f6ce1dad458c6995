package narrate

import (
	"fmt"
	"strings"
	"time"

	"tcptalk/internal/proto/sse"
)

// eventWords describe a server-sent event: its name and id as a heading, its data as it came, and what else it says.
func eventWords(l Lang, e *sse.Event) (title string, lines []string) {
	if e.HasData {
		lines = strings.Split(e.Data, "\n")
	}
	if e.Truncated() {
		lines = append(lines, fmt.Sprintf(Text{"… %s bytes of data in all", "…… 数据共 %s 字节"}.In(l), Count(uint64(e.DataLen))))
	}
	for _, c := range e.Comments {
		lines = append(lines, ": "+c)
	}
	if e.HasRetry {
		lines = append(lines, fmt.Sprintf(Text{"reconnect after %s", "断开后等 %s 再重连"}.In(l), millis(e.Retry)))
	}
	for _, s := range e.Ignored {
		lines = append(lines, Text{"ignored: ", "被忽略："}.In(l)+s)
	}
	if e.Left > 0 {
		lines = append(lines, fmt.Sprintf(Text{"lines not shown: %s", "未显示的行：%s 行"}.In(l), Count(uint64(e.Left))))
	}
	if !e.Dispatched && !e.HasData && (e.Type != "" || e.HasID) {
		lines = append(lines, Text{"no data: the browser's handlers do not see it", "没有 data：浏览器的处理函数收不到它"}.In(l))
	}
	return eventTitle(l, e), lines
}

// eventTitle names an event, or a comment that stands between events.
func eventTitle(l Lang, e *sse.Event) string {
	title := Text{"Server-sent event", "服务器推送事件"}.In(l)
	named, sets := e.HasData || e.Type != "", e.HasID || e.HasRetry || len(e.Ignored) > 0
	switch {
	case named:
		title += " · " + e.Name()
	case !sets && len(e.Comments) > 0:
		title = Text{"Event stream · comment", "事件流 · 注释"}.In(l)
	}
	if e.HasID {
		title += " · id " + e.ID
	}
	return title
}

// millis writes a reconnection time; one that is too long for a duration stands in digits.
func millis(n int64) string {
	const most = int64(1<<63-1) / int64(time.Millisecond)
	if n > most {
		return Count(uint64(n)) + " ms"
	}
	return Duration(time.Duration(n) * time.Millisecond)
}

// EventGap says how long after the event before it one came; together that one packet completed both.
func EventGap(l Lang, gap time.Duration, together bool) string {
	if together {
		return Text{"in the same packet as the event before", "和前一个事件在同一个包里"}.In(l)
	}
	return fmt.Sprintf(Text{"%s after the event before", "距前一个事件 %s"}.In(l), Duration(gap))
}
