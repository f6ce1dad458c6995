package filter

import (
	"strconv"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/http2"
	"tcptalk/internal/session"
)

// http2Field makes a field of HTTP/2 frames.
func http2Field(name string, t Type, help narrate.Text, get func(f *http2.Frame, dst []value) []value) Field {
	return Field{
		Name: name, Type: t, Level: Message, Help: help, absent: noPayload, bpf: messageBPF,
		message: func(m *session.Message, dst []value) []value {
			if f, ok := m.Detail.(*http2.Frame); ok && !f.Unreadable && !f.Preface {
				return get(f, dst)
			}
			return dst
		},
	}
}

// http2Header makes the field of the header fields called header.
func http2Header(name, header string, t Type) Field {
	return http2Field(name, t, narrate.Text{"The header field “" + header + "”.", "头部字段“" + header + "”。"}, func(f *http2.Frame, dst []value) []value {
		for i := range f.Fields {
			if !strings.EqualFold(f.Fields[i].Name, header) {
				continue
			}
			if t == String {
				dst = text(dst, f.Fields[i].Value)
			} else if n, err := strconv.ParseUint(f.Fields[i].Value, 10, 32); err == nil {
				dst = number(dst, int64(n))
			}
		}
		return dst
	})
}

// frameTypes are the names of frame types, as in Wireshark and RFC 9113 §6.
var frameTypes = []Named{
	{"DATA", 0},
	{"HEADERS", 1},
	{"PRIORITY", 2},
	{"RST_STREAM", 3},
	{"SETTINGS", 4},
	{"PUSH_PROMISE", 5},
	{"PING", 6},
	{"GOAWAY", 7},
	{"WINDOW_UPDATE", 8},
	{"CONTINUATION", 9},
}

var http2Fields = []Field{
	{
		Name: "http2", Type: None, Level: Message, Help: narrate.Text{"Any HTTP/2 frame.", "任何 HTTP/2 帧。"}, absent: noPayload, bpf: messageBPF,
		message: func(m *session.Message, dst []value) []value {
			f, ok := m.Detail.(*http2.Frame)
			return mark(dst, ok && !f.Unreadable)
		},
	},
	withNames(http2Field("http2.type", Number, narrate.Text{"The type of frame: 0 DATA, 1 HEADERS, 3 RST_STREAM, 4 SETTINGS, 7 GOAWAY.", "帧的类型：0 DATA，1 HEADERS，3 RST_STREAM，4 SETTINGS，7 GOAWAY。"},
		func(f *http2.Frame, dst []value) []value { return number(dst, f.Type) }), frameTypes, "0", "1", "3", "4", "6", "7", "8"),
	http2Field("http2.streamid", Number, narrate.Text{"The stream that the frame belongs to; 0 is the connection.", "帧所属的流，0 是连接本身。"},
		func(f *http2.Frame, dst []value) []value { return number(dst, f.Stream) }),
	http2Field("http2.flags", Number, narrate.Text{"The flags of the frame as a number.", "帧的标志，作为一个数。"},
		func(f *http2.Frame, dst []value) []value { return number(dst, f.Flags) }),
	http2Field("http2.flags.end_stream", Bool, narrate.Text{"The sender says no more on this stream.", "发送方在这个流上不再发送。"},
		func(f *http2.Frame, dst []value) []value {
			if f.Type != http2.Data && f.Type != http2.Headers {
				return dst
			}
			return boolean(dst, f.Has(http2.FlagEndStream))
		}),
	http2Field("http2.length", Number, narrate.Text{"The length of the frame's payload.", "帧载荷的长度。"},
		func(f *http2.Frame, dst []value) []value { return number(dst, f.Length) }),
	http2Field("http2.header.name", String, narrate.Text{"The name of any header field, decompressed.", "任何头部字段的名字（已解压）。"},
		func(f *http2.Frame, dst []value) []value {
			for i := range f.Fields {
				dst = text(dst, f.Fields[i].Name)
			}
			return dst
		}),
	http2Field("http2.header.value", String, narrate.Text{"The value of any header field, decompressed.", "任何头部字段的值（已解压）。"},
		func(f *http2.Frame, dst []value) []value {
			for i := range f.Fields {
				dst = text(dst, f.Fields[i].Value)
			}
			return dst
		}),
	http2Header("http2.headers.method", ":method", String),
	http2Header("http2.headers.path", ":path", String),
	http2Header("http2.headers.authority", ":authority", String),
	http2Header("http2.headers.scheme", ":scheme", String),
	common(http2Header("http2.headers.status", ":status", Number), "200", "204", "304", "404", "500"),
	http2Header("http2.headers.content_type", "content-type", String),
	http2Header("http2.headers.content_encoding", "content-encoding", String),
	http2Header("http2.headers.content_length", "content-length", Number),
	http2Header("http2.headers.user_agent", "user-agent", String),
	http2Header("http2.headers.cookie", "cookie", String),
	keeping(http2Field("http2.data.data", Bytes, narrate.Text{"What a DATA frame carries.", "DATA 帧携带的内容。"},
		func(f *http2.Frame, dst []value) []value {
			if f.Type != http2.Data || f.DataLen == 0 {
				return dst
			}
			return append(dst, value{bytes: f.Data})
		})),
	http2Field("http2.rst_stream.error", Number, narrate.Text{"Why a stream was reset.", "流被复位的原因。"},
		func(f *http2.Frame, dst []value) []value {
			if f.Type != http2.RSTStream {
				return dst
			}
			return number(dst, f.Error)
		}),
	http2Field("http2.goaway.error", Number, narrate.Text{"Why the connection is given up.", "放弃连接的原因。"},
		func(f *http2.Frame, dst []value) []value {
			if f.Type != http2.GoAway {
				return dst
			}
			return number(dst, f.Error)
		}),
	http2Field("http2.window_update.window_size_increment", Number, narrate.Text{"By how many bytes the window grows.", "窗口增加多少字节。"},
		func(f *http2.Frame, dst []value) []value {
			if f.Type != http2.WindowUpdate {
				return dst
			}
			return number(dst, f.Increment)
		}),
}
