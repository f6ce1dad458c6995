package all

import (
	"slices"
	"strings"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
)

// checkHandshake remarks on a response that switches to WebSocket what a client would fail the connection for
// (RFC 6455 §4.1), if the request was captured.
func checkHandshake(m *proto.Message) {
	h, ok := m.Detail.(*http1.Head)
	if !ok || h.Request == nil || h.Request.Kind != http1.Request {
		return
	}
	key, asked := h.Request.Get("Sec-WebSocket-Key")
	accept := h.Values("Sec-WebSocket-Accept")
	if asked && (len(accept) != 1 || accept[0] != websocket.Accept(key)) {
		h.Remark(http1.BadAccept, placeOf(h, "Sec-WebSocket-Accept"))
	}
	const subprotocol, extensions = "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"
	if chosen, ok := h.Get(subprotocol); ok && !slices.Contains(items(h.Request.Values(subprotocol)), chosen) {
		h.Remark(http1.BadSubprotocol, placeOf(h, subprotocol))
	}
	offered := names(items(h.Request.Values(extensions)))
	for _, used := range names(items(h.Values(extensions))) {
		if !slices.Contains(offered, used) {
			h.Remark(http1.BadExtension, placeOf(h, extensions))
			break
		}
	}
}

// placeOf returns where a header field stands, or the whole header section if it is not there.
func placeOf(h *http1.Head, name string) http1.Range {
	for i := range h.Fields {
		if strings.EqualFold(h.Fields[i].Name, name) {
			return h.Fields[i].Line
		}
	}
	return http1.Range{Start: h.LineRange.Start, End: h.End}
}

// items splits list fields at their commas.
func items(values []string) []string {
	var out []string
	for _, v := range values {
		for item := range strings.SplitSeq(v, ",") {
			out = append(out, strings.Trim(item, " \t"))
		}
	}
	return out
}

// names takes the parameters off.
func names(items []string) []string {
	for i, item := range items {
		name, _, _ := strings.Cut(item, ";")
		items[i] = strings.ToLower(strings.TrimRight(name, " \t"))
	}
	return items
}
