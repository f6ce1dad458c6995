package narrate

import (
	"fmt"
	"testing"

	"tcptalk/internal/proto/http2"
)

// answered is the header list of a response.
func answered(status string) []http2.Field { return []http2.Field{{Name: ":status", Value: status}} }

func TestHTTP2Frame(t *testing.T) {
	for _, c := range []struct {
		frame http2.Frame
		want  Text
	}{
		{http2.Frame{Preface: true}, Text{"connection preface", "连接前言"}},
		{http2.Frame{Unreadable: true, Length: 1200}, Text{"not readable as HTTP/2 · 1,200 B", "无法按 HTTP/2 解读 · 1,200 B"}},
		{http2.Frame{Type: http2.Data, Stream: 1, DataLen: 50, Flags: 1}, Text{"DATA · stream 1 · 50 B · END_STREAM", "DATA · 流 1 · 50 B · END_STREAM"}},
		{
			http2.Frame{Type: http2.Headers, Stream: 3, Flags: 4, Priority: &http2.Dependency{Weight: 16}},
			Text{"HEADERS · stream 3 · depends on stream 0, weight 16", "HEADERS · 流 3 · 依赖流 0，权重 16"},
		},
		{
			http2.Frame{Type: http2.Headers, Stream: 3, Flags: 5, Request: &http2.Asked{Method: "GET", Target: "/a"}},
			Text{"HEADERS · stream 3 · GET /a · END_STREAM", "HEADERS · 流 3 · GET /a · END_STREAM"},
		},
		{
			http2.Frame{Type: http2.Headers, Stream: 3, Fields: answered("404"), Request: &http2.Asked{Method: "GET"}},
			Text{"HEADERS · stream 3 · 404 Not Found ← GET ?", "HEADERS · 流 3 · 404 Not Found ← GET ?"},
		},
		{http2.Frame{Type: http2.Headers, Stream: 3, Fields: answered("600")}, Text{"HEADERS · stream 3 · 600", "HEADERS · 流 3 · 600"}},
		{http2.Frame{Type: http2.Headers, Stream: 3, Fields: answered("x")}, Text{"HEADERS · stream 3 · x", "HEADERS · 流 3 · x"}},
		{http2.Frame{Type: http2.Settings, Flags: 1}, Text{"SETTINGS · ACK", "SETTINGS · ACK"}},
		{http2.Frame{Type: http2.PushPromise, Stream: 1, Other: 2}, Text{"PUSH_PROMISE · stream 1 · promises stream 2", "PUSH_PROMISE · 流 1 · 预告流 2"}},
		{http2.Frame{Type: http2.RSTStream, Stream: 1, Error: http2.Cancel}, Text{"RST_STREAM · stream 1 · CANCEL: no longer wanted", "RST_STREAM · 流 1 · CANCEL：不再需要"}},
		{http2.Frame{Type: http2.GoAway, Other: 7, Error: 99}, Text{"GOAWAY · last stream 7 · unknown error 99", "GOAWAY · 最后处理的流 7 · 未知错误 99"}},
		{http2.Frame{Type: http2.WindowUpdate, Increment: 65535}, Text{"WINDOW_UPDATE · whole connection · +65,535 B", "WINDOW_UPDATE · 整条连接 · +65,535 B"}},
		{http2.Frame{Type: 12, Length: 9}, Text{"unknown type 12 · 9 B", "未知类型 12 · 9 B"}},
	} {
		for l := range Lang(NumLangs) {
			if got := HTTP2Frame(l, &c.frame); got != c.want[l] {
				t.Errorf("%q, want %q", got, c.want[l])
			}
		}
	}
}

// TestHTTP2Words goes through the words about HTTP/2.
func TestHTTP2Words(t *testing.T) {
	for p, x := range http2Problems {
		text(t, fmt.Sprint("problem ", p), x, false)
	}
	for c, e := range http2Errors {
		text(t, fmt.Sprint("error ", c), e.words, false)
		if e.name == "" {
			t.Errorf("error %d has no name", c)
		}
	}
	text(t, "not HTTP/2", brokenTexts[http2.BrokenNotHTTP2], false)
	for got, want := range map[string]string{
		HTTP2Field(English, &http2.Field{Name: ":path", Value: "/"}): ":path: /",
		HTTP2Field(English, &http2.Field{Index: 62}):                 "unknown (table entry 62 was not captured)",
		HTTP2Field(Chinese, &http2.Field{Index: 62, Value: "x"}):     "未知（表项 62 未捕获）: x",
		HTTP2FieldsLeft(English, 1000):                               "header fields not shown: 1,000",
		HTTP2FieldsLeft(Chinese, 2):                                  "未显示的头部字段：2 个",
		HTTP2Setting(English, http2.Setting{ID: 5, Value: 16384}):    "MAX_FRAME_SIZE = 16,384",
		HTTP2Setting(Chinese, http2.Setting{ID: 7, Value: 1}):        "未知设置 7 = 1",
		HTTP2Problem(English, http2.ZeroIncrement):                   "a window update of 0",
		ProtocolName(http2.Name):                                     "HTTP/2",
		ProtocolName("h2c"):                                          "HTTP/2",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
