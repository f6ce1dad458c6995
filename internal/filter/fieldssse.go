package filter

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/sse"
)

// sseFields have names of their own: Wireshark shows an event stream as lines of text.
var sseFields = []Field{
	detailField("sse", None, narrate.Text{"Any server-sent event, or a comment between events.", "任何服务器推送事件（SSE），或事件之间的注释。"},
		func(_ *sse.Event, dst []value) []value { return mark(dst, true) }),
	common(detailField("sse.event", String, narrate.Text{"The type of the event, “message” if it names none.", "事件的类型，没有写明时为“message”。"},
		func(e *sse.Event, dst []value) []value {
			if !e.HasData && e.Type == "" {
				return dst
			}
			return text(dst, e.Name())
		}), `"message"`),
	keeping(detailField("sse.data", String, narrate.Text{"The data of the event, its lines joined.", "事件的数据，各行已合并。"},
		func(e *sse.Event, dst []value) []value {
			if !e.HasData {
				return dst
			}
			return text(dst, e.Data)
		})),
	detailField("sse.id", String, narrate.Text{"The last event ID that the event sets.", "事件设置的最后事件 ID。"},
		func(e *sse.Event, dst []value) []value {
			if !e.HasID {
				return dst
			}
			return text(dst, e.ID)
		}),
	detailField("sse.retry", Number, narrate.Text{"After how many milliseconds the client is to reconnect.", "客户端应在多少毫秒后重新连接。"},
		func(e *sse.Event, dst []value) []value {
			if !e.HasRetry {
				return dst
			}
			return number(dst, e.Retry)
		}),
	detailField("sse.comment", String, narrate.Text{"A comment line, as servers send them to keep the connection alive.", "注释行，服务器常用它保持连接。"},
		func(e *sse.Event, dst []value) []value {
			for _, c := range e.Comments {
				dst = text(dst, c)
			}
			return dst
		}),
}
