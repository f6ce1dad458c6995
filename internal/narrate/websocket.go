package narrate

import (
	"fmt"
	"time"

	"tcptalk/internal/proto/websocket"
)

// WholeMessage introduces a message of several frames where its last one stands.
func WholeMessage(l Lang, w *websocket.Whole) string {
	return fmt.Sprintf(Text{"%s of %d frames: ", "%s，共 %d 帧："}.In(l), Opcode(l, w.Opcode), w.Frames)
}

// PongAnswers says which packet's ping a pong answers, and after how long.
func PongAnswers(l Lang, frame uint32, after time.Duration) string {
	return fmt.Sprintf(Text{"answers the ping in %s after %s", "回应 %s 里的 ping，相隔 %s"}.In(l), Frame(frame), Duration(after))
}

// PongUnasked says that no ping asked for a pong.
func PongUnasked(l Lang) string {
	return Text{"no ping before it asked for it: a heartbeat", "前面没有对应的 ping：单方面的心跳"}.In(l)
}

// WebSocketStop says why the content of a message ends early or is not there.
func WebSocketStop(l Lang, s websocket.Stop) string { return webSocketStops[s].In(l) }

var webSocketStops = map[websocket.Stop]Text{
	websocket.StopGap:     {"bytes of the message were not captured", "消息有字节没被抓到"},
	websocket.StopLarge:   {"the message is too large to be decompressed here", "消息太大，不在这里解压"},
	websocket.StopDamaged: {"the compressed data is damaged", "压缩数据已损坏"},
	websocket.StopContext: {"it is compressed with the help of earlier messages, which were not all captured", "它借助前面的消息压缩，而那些消息没有抓全"},
	websocket.StopUnknown: {"it is compressed in a way that the handshake did not settle", "它的压缩方式没有在握手里商定"},
}
