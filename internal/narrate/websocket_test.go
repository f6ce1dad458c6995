package narrate

import (
	"testing"
	"time"

	"tcptalk/internal/proto/websocket"
)

func TestWebSocketWords(t *testing.T) {
	for s, x := range webSocketStops {
		text(t, "stop "+string(s), x, false)
		if got := WebSocketStop(Chinese, s); got != x[Chinese] {
			t.Errorf("%s: %q", s, got)
		}
	}
	whole := &websocket.Whole{Opcode: websocket.Text, Frames: 3}
	for l, want := range [NumLangs][3]string{
		{"text of 3 frames: ", "answers the ping in #14 after 116 µs", "no ping before it asked for it: a heartbeat"},
		{"文本，共 3 帧：", "回应 #14 里的 ping，相隔 116 µs", "前面没有对应的 ping：单方面的心跳"},
	} {
		l := Lang(l)
		if got := [3]string{WholeMessage(l, whole), PongAnswers(l, 14, 116*time.Microsecond), PongUnasked(l)}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
