package filter

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/websocket"
	"tcptalk/internal/session"
)

// webSocketField makes a field of WebSocket frames.
func webSocketField(name string, t Type, help narrate.Text, get func(f *websocket.Frame, dst []value) []value) Field {
	return Field{
		Name: name, Type: t, Level: Message, Help: help, absent: noPayload, bpf: messageBPF,
		message: func(m *session.Message, dst []value) []value {
			if f, ok := m.Detail.(*websocket.Frame); ok && !f.Unreadable {
				return get(f, dst)
			}
			return dst
		},
	}
}

// opcodes are the names of opcodes, as in Wireshark.
var opcodes = []Named{
	{"Continuation", uint64(websocket.Continuation)},
	{"Text", uint64(websocket.Text)},
	{"Binary", uint64(websocket.Binary)},
	{"Connection Close", uint64(websocket.Close)},
	{"Ping", uint64(websocket.Ping)},
	{"Pong", uint64(websocket.Pong)},
}

// content returns what a frame says: of the last frame of a message all of it, put together and inflated.
func content(f *websocket.Frame) []byte {
	if f.Whole != nil {
		return f.Whole.Data
	}
	return f.Payload
}

var webSocketFields = []Field{
	webSocketField("websocket", None, narrate.Text{"Any WebSocket frame.", "任何 WebSocket 帧。"}, func(_ *websocket.Frame, dst []value) []value { return mark(dst, true) }),
	withNames(webSocketField("websocket.opcode", Number, narrate.Text{"The kind of frame: 1 text, 2 binary, 8 close, 9 ping, 10 pong.", "帧的种类：1 文本，2 二进制，8 关闭，9 ping，10 pong。"},
		func(f *websocket.Frame, dst []value) []value { return number(dst, f.Opcode) }), opcodes, "1", "2", "8", "9", "10"),
	webSocketField("websocket.fin", Bool, narrate.Text{"The frame ends its message.", "这一帧是消息的最后一帧。"},
		func(f *websocket.Frame, dst []value) []value { return boolean(dst, f.Fin) }),
	webSocketField("websocket.mask", Bool, narrate.Text{"The payload is masked, as a client must do.", "载荷经过掩码，客户端必须如此。"},
		func(f *websocket.Frame, dst []value) []value { return boolean(dst, f.Masked) }),
	webSocketField("websocket.rsv", Number, narrate.Text{"The three reserved bits; 4 marks a compressed message.", "三个保留位，4 表示压缩过的消息。"},
		func(f *websocket.Frame, dst []value) []value { return number(dst, f.RSV) }),
	webSocketField("websocket.payload_length", Number, narrate.Text{"The length in the frame's first two bytes: 126 and 127 say that a longer field follows.", "帧前两个字节里的长度：126 和 127 表示后面还有更长的长度字段。"},
		func(f *websocket.Frame, dst []value) []value {
			switch { // RFC 6455 §5.2
			case f.Length > 0xffff:
				return number(dst, int64(127))
			case f.Length > 125:
				return number(dst, int64(126))
			}
			return number(dst, f.Length)
		}),
	webSocketField("websocket.length", Number, narrate.Text{"The length of the frame's payload, however it is written.", "帧载荷的长度，不论怎样表示。"},
		func(f *websocket.Frame, dst []value) []value { return number(dst, f.Length) }),
	keeping(webSocketField("websocket.payload", Bytes, narrate.Text{"What the frame says, unmasked and, at the end of a message, inflated.", "帧的内容，已去掩码，在消息末尾已解压。"},
		func(f *websocket.Frame, dst []value) []value {
			if f.Length == 0 {
				return dst
			}
			return append(dst, value{bytes: content(f)})
		})),
	keeping(webSocketField("websocket.payload.text", String, narrate.Text{"The text of a text message.", "文本消息的文字。"},
		func(f *websocket.Frame, dst []value) []value {
			if f.Whole == nil || f.Whole.Opcode != websocket.Text || f.Whole.Length == 0 {
				return dst
			}
			return append(dst, value{bytes: f.Whole.Data})
		})),
	common(webSocketField("websocket.payload.close.status_code", Number, narrate.Text{"Why a side closes.", "关闭的原因代码。"},
		func(f *websocket.Frame, dst []value) []value {
			if f.CloseCode == 0 {
				return dst
			}
			return number(dst, f.CloseCode)
		}), "1000", "1001", "1002", "1006", "1011"),
	webSocketField("websocket.payload.close.reason", String, narrate.Text{"The words of a close frame.", "关闭帧里的文字。"},
		func(f *websocket.Frame, dst []value) []value {
			if f.CloseReason == "" {
				return dst
			}
			return text(dst, f.CloseReason)
		}),
}

func withNames(f Field, names []Named, values ...string) Field {
	f.Names, f.Common = names, values
	return f
}
