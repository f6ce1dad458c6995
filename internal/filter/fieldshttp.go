package filter

import (
	"strconv"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/session"
)

// messageBPF is the bpf of every field of a message.
var messageBPF = bpf{why: narrate.BPFMessages}

// httpField makes a field of HTTP/1 messages.
func httpField(name string, t Type, help narrate.Text, get func(h *http1.Head, dst []value) []value) Field {
	return Field{
		Name: name, Type: t, Level: Message, Help: help, absent: noPayload, bpf: messageBPF,
		message: func(m *session.Message, dst []value) []value {
			if h, ok := m.Detail.(*http1.Head); ok && h.Kind != http1.Unreadable {
				return get(h, dst)
			}
			return dst
		},
	}
}

// httpText makes the field of something that messages of one kind have in their first line.
func httpText(name string, k http1.Kind, help narrate.Text, get func(h *http1.Head) string) Field {
	return httpField(name, String, help, func(h *http1.Head, dst []value) []value {
		if s := get(h); h.Kind == k && s != "" {
			return text(dst, s)
		}
		return dst
	})
}

// httpHeader makes the field of the header lines called header.
func httpHeader(name, header string) Field {
	return httpField(name, String, narrate.Text{"The header line “" + header + "” of a request or response.", "请求或响应的“" + header + "”头部行。"},
		func(h *http1.Head, dst []value) []value {
			for i := range h.Fields {
				if strings.EqualFold(h.Fields[i].Name, header) {
					dst = text(dst, h.Fields[i].Value)
				}
			}
			return dst
		})
}

// httpLines makes the field of whole header lines; kind < 0 takes those of requests and responses.
func httpLines(name string, kind int, end string, help narrate.Text) Field {
	return httpField(name, String, help, func(h *http1.Head, dst []value) []value {
		if kind >= 0 && h.Kind != http1.Kind(kind) {
			return dst
		}
		for i := range h.Fields {
			f := &h.Fields[i]
			line := f.Value
			if f.Name != "" {
				line = f.Name + ": " + f.Value
			}
			dst = text(dst, line+end)
		}
		return dst
	})
}

// maxFileData bounds the decoded body that a filter looks at. Of a larger one only the beginning counts.
const maxFileData = 16 << 20

// fileData is the body, with chunks joined and codings taken off as far as that goes.
func fileData(h *http1.Head, dst []value) []value {
	if len(h.Body.Bytes) == 0 {
		return dst
	}
	r := body.Decode(h.Body.Codings, h.Body.Bytes, maxFileData)
	if r.Stop == body.Unknown {
		return append(dst, value{bytes: h.Body.Bytes})
	}
	return append(dst, value{bytes: r.Data})
}

func common(f Field, values ...string) Field {
	f.Common = values
	return f
}

var httpFields = []Field{
	httpField("http", None, narrate.Text{"Any HTTP/1 message.", "任何 HTTP/1 消息。"}, func(_ *http1.Head, dst []value) []value { return mark(dst, true) }),
	httpField("http.request", Bool, narrate.Text{"A request.", "请求。"}, func(h *http1.Head, dst []value) []value { return mark(dst, h.Kind == http1.Request) }),
	httpField("http.response", Bool, narrate.Text{"A response.", "响应。"}, func(h *http1.Head, dst []value) []value { return mark(dst, h.Kind == http1.Response) }),
	common(httpText("http.request.method", http1.Request, narrate.Text{"What the request asks for.", "请求的方法。"}, func(h *http1.Head) string { return h.Method }),
		`"GET"`, `"POST"`, `"PUT"`, `"DELETE"`, `"HEAD"`, `"OPTIONS"`, `"PATCH"`, `"CONNECT"`),
	httpText("http.request.uri", http1.Request, narrate.Text{"The target of the request: path and query, as sent.", "请求的目标：路径和查询，原样。"}, func(h *http1.Head) string { return h.Target }),
	httpText("http.request.version", http1.Request, narrate.Text{"The version in the request line.", "请求行里的版本。"}, func(h *http1.Head) string { return h.Version }),
	common(httpField("http.response.code", Number, narrate.Text{"The status of the response.", "响应的状态码。"}, func(h *http1.Head, dst []value) []value {
		if h.Kind != http1.Response {
			return dst
		}
		return number(dst, int64(h.Status))
	}), "200", "204", "206", "301", "302", "304", "400", "401", "403", "404", "500", "502", "503", "504"),
	httpText("http.response.phrase", http1.Response, narrate.Text{"The words behind the status.", "状态码后面的文字。"}, func(h *http1.Head) string { return h.Reason }),
	httpText("http.response.version", http1.Response, narrate.Text{"The version in the status line.", "状态行里的版本。"}, func(h *http1.Head) string { return h.Version }),
	httpHeader("http.host", "Host"),
	httpHeader("http.content_type", "Content-Type"),
	httpField("http.content_length", Number, narrate.Text{"The length of the body as its header line announces it.", "头部行声明的正文长度。"}, func(h *http1.Head, dst []value) []value {
		for i := range h.Fields {
			f := &h.Fields[i]
			if n, err := strconv.ParseInt(f.Value, 10, 64); err == nil && strings.EqualFold(f.Name, "Content-Length") && n >= 0 {
				dst = number(dst, n)
			}
		}
		return dst
	}),
	httpHeader("http.content_length_header", "Content-Length"),
	httpHeader("http.content_encoding", "Content-Encoding"),
	httpHeader("http.transfer_encoding", "Transfer-Encoding"),
	httpHeader("http.user_agent", "User-Agent"),
	httpHeader("http.server", "Server"),
	httpHeader("http.cookie", "Cookie"),
	httpHeader("http.set_cookie", "Set-Cookie"),
	httpHeader("http.referer", "Referer"),
	httpHeader("http.location", "Location"),
	httpHeader("http.authorization", "Authorization"),
	httpHeader("http.connection", "Connection"),
	httpHeader("http.upgrade", "Upgrade"),
	httpHeader("http.accept", "Accept"),
	httpHeader("http.accept_encoding", "Accept-Encoding"),
	httpHeader("http.accept_language", "Accept-Language"),
	httpHeader("http.cache_control", "Cache-Control"),
	httpHeader("http.date", "Date"),
	httpHeader("http.last_modified", "Last-Modified"),
	httpHeader("http.x_forwarded_for", "X-Forwarded-For"),
	httpLines("http.header", -1, "", narrate.Text{"Any header line, as in “Name: value”.", "任何头部行，形如“名字: 值”。"}),
	{
		Name: "http.header.", Type: String, Level: Message, bpf: messageBPF, absent: noPayload,
		Help: narrate.Text{"The header line of that name in any case, as in http.header.x-request-id.", "该名字的头部行（不分大小写），例如 http.header.x-request-id。"},
		named: func(name string) *Field {
			f := httpHeader("http.header."+name, name)
			return &f
		},
	},
	httpLines("http.request.line", int(http1.Request), "\r\n", narrate.Text{"Any header line of a request, with its line end.", "请求的任何头部行，含行尾。"}),
	httpLines("http.response.line", int(http1.Response), "\r\n", narrate.Text{"Any header line of a response, with its line end.", "响应的任何头部行，含行尾。"}),
	keeping(httpField("http.file_data", Bytes, narrate.Text{"The body, with its chunks joined and its codings taken off.", "正文，分块已合并，压缩已解开。"}, fileData)),
}
