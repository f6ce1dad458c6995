package narrate

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"tcptalk/internal/proto/http2"
)

// frameTypes are HTTP/2's own names, which no language translates.
var frameTypes = [...]string{
	"DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION",
}

// HTTP2Frame describes an HTTP/2 frame in one line, apart from the lists and the text that it carries.
func HTTP2Frame(l Lang, f *http2.Frame) string {
	switch {
	case f.Preface:
		return Text{"connection preface", "连接前言"}.In(l)
	case f.Unreadable:
		return Text{"not readable as HTTP/2", "无法按 HTTP/2 解读"}.In(l) + " · " + Count(uint64(f.Length)) + " B"
	}
	parts := []string{frameType(l, f.Type)}
	if f.Stream != 0 {
		parts = append(parts, HTTP2Stream(l, f.Stream))
	}
	switch f.Type {
	case http2.Data:
		parts = append(parts, Count(uint64(f.DataLen))+" B")
	case http2.PushPromise:
		parts = append(parts, Text{"promises ", "预告"}.In(l)+HTTP2Stream(l, f.Other))
	case http2.GoAway:
		parts = append(parts, Text{"last ", "最后处理的"}.In(l)+HTTP2Stream(l, f.Other), HTTP2Error(l, f.Error))
	case http2.RSTStream:
		parts = append(parts, HTTP2Error(l, f.Error))
	case http2.WindowUpdate:
		if f.Stream == 0 {
			parts = append(parts, Text{"whole connection", "整条连接"}.In(l))
		}
		parts = append(parts, "+"+Count(uint64(f.Increment))+" B")
	case http2.Headers, http2.Priority, http2.Settings, http2.Ping, http2.Continuation:
	default:
		parts = append(parts, Count(uint64(f.Length))+" B")
	}
	parts = append(parts, headerFacts(l, f)...)
	switch f.Type {
	case http2.Settings, http2.Ping:
		parts = appendFlag(parts, f, http2.FlagAck, "ACK")
	case http2.Data, http2.Headers:
		parts = appendFlag(parts, f, http2.FlagEndStream, "END_STREAM")
	default: // the other flags say how the frame is written, not what it means
	}
	return strings.Join(parts, " · ")
}

// headerFacts says what stands in front of the list of header fields.
func headerFacts(l Lang, f *http2.Frame) (parts []string) {
	if s := requestLine(f); s != "" {
		parts = append(parts, s)
	}
	if p := f.Priority; p != nil {
		parts = append(parts, Text{"depends on ", "依赖"}.In(l)+HTTP2Stream(l, p.Stream)+Text{", weight ", "，权重 "}.In(l)+strconv.Itoa(p.Weight))
	}
	return parts
}

// requestLine says in short what a header block asks, or what it answers to what, "" if it is no such block.
func requestLine(f *http2.Frame) string {
	asked := ""
	if q := f.Request; q != nil {
		asked = q.Method + " " + cmp.Or(q.Target, "?")
	}
	status := f.Value(":status")
	if status == "" {
		return asked
	}
	if n, err := strconv.Atoi(status); err == nil && http.StatusText(n) != "" {
		status += " " + http.StatusText(n) // HTTP/2 does not send it
	}
	if asked != "" {
		status += " ← " + asked
	}
	return status
}

func appendFlag(parts []string, f *http2.Frame, flag uint8, name string) []string {
	if f.Has(flag) {
		return append(parts, name)
	}
	return parts
}

func frameType(l Lang, t http2.Type) string {
	if int(t) < len(frameTypes) {
		return frameTypes[t]
	}
	return Text{"unknown type ", "未知类型 "}.In(l) + strconv.Itoa(int(t))
}

// HTTP2Stream names a stream.
func HTTP2Stream(l Lang, id uint32) string {
	return Text{"stream ", "流 "}.In(l) + strconv.FormatUint(uint64(id), 10)
}

// HTTP2Field writes a header field; what refers to a table entry that was not seen says so.
func HTTP2Field(l Lang, f *http2.Field) string {
	if f.Index == 0 {
		return f.Name + ": " + f.Value
	}
	s := fmt.Sprintf(Text{"unknown (table entry %d was not captured)", "未知（表项 %d 未捕获）"}.In(l), f.Index)
	if f.Value != "" {
		s += ": " + f.Value
	}
	return s
}

// HTTP2FieldsLeft says how many header fields are not shown.
func HTTP2FieldsLeft(l Lang, n int) string {
	return fmt.Sprintf(Text{"header fields not shown: %s", "未显示的头部字段：%s 个"}.In(l), Count(uint64(n)))
}

var settings = map[http2.SettingID]string{
	http2.HeaderTableSize: "HEADER_TABLE_SIZE", http2.EnablePush: "ENABLE_PUSH", http2.MaxConcurrentStreams: "MAX_CONCURRENT_STREAMS",
	http2.InitialWindowSize: "INITIAL_WINDOW_SIZE", http2.MaxFrameSize: "MAX_FRAME_SIZE", http2.MaxHeaderListSize: "MAX_HEADER_LIST_SIZE",
	http2.EnableConnect: "ENABLE_CONNECT_PROTOCOL", http2.NoRFC7540Priorities: "NO_RFC7540_PRIORITIES",
}

// HTTP2Setting writes a parameter of SETTINGS with its value.
func HTTP2Setting(l Lang, s http2.Setting) string {
	name, ok := settings[s.ID]
	if !ok {
		name = Text{"unknown setting ", "未知设置 "}.In(l) + strconv.Itoa(int(s.ID))
	}
	return name + " = " + Count(uint64(s.Value))
}

// http2Error is the name of an error code, the same in every language, and what it means.
type http2Error struct {
	name  string
	words Text
}

var http2Errors = [...]http2Error{
	http2.NoError:            {"NO_ERROR", Text{"no error", "没有错误"}},
	http2.ProtocolError:      {"PROTOCOL_ERROR", Text{"the other side broke the protocol", "对方违反协议"}},
	http2.InternalError:      {"INTERNAL_ERROR", Text{"an internal error", "内部错误"}},
	http2.FlowControlError:   {"FLOW_CONTROL_ERROR", Text{"the other side broke flow control", "对方违反流量控制"}},
	http2.SettingsTimeout:    {"SETTINGS_TIMEOUT", Text{"the settings were not acknowledged in time", "设置没有及时得到确认"}},
	http2.StreamClosed:       {"STREAM_CLOSED", Text{"a frame on a closed stream", "流已关闭，又收到帧"}},
	http2.FrameSizeError:     {"FRAME_SIZE_ERROR", Text{"a frame of a wrong size", "帧的大小不对"}},
	http2.RefusedStream:      {"REFUSED_STREAM", Text{"refused before it was processed", "未处理就被拒绝"}},
	http2.Cancel:             {"CANCEL", Text{"no longer wanted", "不再需要"}},
	http2.CompressionError:   {"COMPRESSION_ERROR", Text{"header compression is out of step", "头部压缩状态不一致"}},
	http2.ConnectError:       {"CONNECT_ERROR", Text{"the tunnel's connection failed", "隧道的连接出错"}},
	http2.EnhanceYourCalm:    {"ENHANCE_YOUR_CALM", Text{"the other side asks too much", "对方请求过多"}},
	http2.InadequateSecurity: {"INADEQUATE_SECURITY", Text{"the encryption is too weak", "加密强度不够"}},
	http2.HTTP11Required:     {"HTTP_1_1_REQUIRED", Text{"HTTP/1.1 must be used", "必须改用 HTTP/1.1"}},
}

// HTTP2Error names an error code and says what it means.
func HTTP2Error(l Lang, c http2.ErrorCode) string {
	if int64(c) >= int64(len(http2Errors)) {
		return Text{"unknown error ", "未知错误 "}.In(l) + strconv.FormatUint(uint64(c), 10)
	}
	e := http2Errors[c]
	return e.name + Text{": ", "："}.In(l) + e.words.In(l)
}

var http2Problems = map[http2.Problem]Text{
	http2.BadLength:        {"a length that this type must not have", "这种帧不能有这样的长度"},
	http2.TooLong:          {"longer than the receiver allows", "超过接收方允许的长度"},
	http2.BadStream:        {"this type must not be on this stream", "这种帧不能出现在这个流上"},
	http2.BadPadding:       {"the padding does not fit into the frame", "填充超出了帧"},
	http2.BadSetting:       {"a value that the setting must not have", "设置的值不允许"},
	http2.ZeroIncrement:    {"a window update of 0", "窗口增量为 0"},
	http2.LoneContinuation: {"a continuation of nothing", "续帧没有前文"},
	http2.InsideBlock:      {"in the middle of a header block, which is lost by that", "插在头部块中间，头部块因此作废"},
	http2.BadBlock:         {"the header block cannot be decoded", "头部块无法解码"},
	http2.BlockTooLarge:    {"the header block is too large to be read", "头部块太大，没有解读"},
	http2.NotSettingsFirst: {"the first frame must be SETTINGS", "首帧必须是 SETTINGS"},
	http2.WrongLength:      {"the body is not as long as Content-Length says", "正文长度与 Content-Length 不符"},
	http2.Overrun:          {"more data than the window allows", "数据超出了流量控制窗口"},
}

// HTTP2Problem words a rule that a frame breaks.
func HTTP2Problem(l Lang, p http2.Problem) string { return http2Problems[p].In(l) }
