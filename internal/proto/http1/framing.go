package http1

import (
	"slices"
	"strconv"
	"strings"
)

// frame decides, at the end of the header section, how the body ends (RFC 9112 §6.3) and what may follow the message.
func (h *Head) frame(whole Range) {
	h.Body.Declared = -1
	h.Body.Codings = contentCodings(h.Values("Content-Encoding"))
	length := h.contentLength()
	chunked := h.transferCodings(whole)
	if up := tokens(h.Values("Upgrade")); len(up) > 0 {
		h.Upgrade, _, _ = strings.Cut(up[0], "/")
	}
	if h.Kind == Request {
		h.switching = h.Upgrade != "" || h.Method == "CONNECT"
		h.checkHost(whole)
	}
	framed := chunked || len(h.Body.Transfer) > 0
	if framed && h.Version == "HTTP/1.0" {
		h.remark(OldTransfer, whole)
	}
	if h.Kind == Response && h.bodyless() {
		if (framed || length >= 0) && h.framingForbidden() {
			h.remark(NeedlessFraming, whole)
		}
		return
	}
	h.bodyKind(whole, chunked, length)
}

// bodyKind decides how the end of a body is found that may be there. length is the Content-Length, -1 if none counts.
func (h *Head) bodyKind(whole Range, chunked bool, length int64) {
	switch {
	case chunked:
		h.Body.Kind = Chunked
		if length >= 0 {
			h.remark(LengthAndChunked, whole)
		}
	case len(h.Body.Transfer) > 0:
		h.remark(BadTransfer, whole)
		if h.Kind == Response {
			h.Body.Kind = UntilClose
		}
	case length >= 0:
		h.Body.Kind, h.Body.Declared = ByLength, length
		if h.channel() && length > 0 {
			h.remark(Channel, whole)
		}
	case h.Kind == Response:
		h.Body.Kind = UntilClose
	}
}

// channel reports a message that opens one half of a tunnel: its Content-Length is a bound, and it may end before.
func (h *Head) channel() bool {
	if h.Kind == Response {
		return h.Request != nil && h.Request.channel() && h.Status/100 == 2
	}
	switch h.Method {
	case "RPC_IN_DATA", "RPC_OUT_DATA", "SSTP_DUPLEX_POST":
		return true
	}
	return false
}

// transferCodings reads Transfer-Encoding and reports that the body is chunked.
func (h *Head) transferCodings(whole Range) (chunked bool) {
	transfer := tokens(h.Values("Transfer-Encoding"))
	at := slices.Index(transfer, "chunked")
	if at >= 0 && at != len(transfer)-1 {
		h.remark(BadTransfer, whole)
	}
	h.Body.Transfer = slices.DeleteFunc(transfer, func(t string) bool { return t == "identity" || t == "chunked" })
	return at >= 0
}

// bodyless reports that a response has no body whatever its fields say. It also notes the ones after which the connection
// is no longer HTTP.
func (h *Head) bodyless() bool {
	method := ""
	if h.Request != nil {
		method = h.Request.Method
		if h.Upgrade == "" && h.Status == 101 {
			h.Upgrade = h.Request.Upgrade
		}
	}
	h.Tunnel = method == "CONNECT" && h.Status/100 == 2
	return method == "HEAD" || h.Tunnel || h.Status/100 == 1 || h.Status == 204 || h.Status == 304
}

// framingForbidden reports a response that must not even say how long a body would be, as one to HEAD and a 304 may.
func (h *Head) framingForbidden() bool { return h.Tunnel || h.Status/100 == 1 || h.Status == 204 }

// contentLength returns the Content-Length that counts, -1 if none does.
func (h *Head) contentLength() int64 {
	length := int64(-1)
	for i := range h.Fields {
		f := &h.Fields[i]
		if !strings.EqualFold(f.Name, "Content-Length") {
			continue
		}
		for v := range strings.SplitSeq(f.Value, ",") {
			n, err := strconv.ParseUint(strings.Trim(v, " \t"), 10, 62)
			switch {
			case err != nil:
				h.remark(BadLength, f.Line)
				continue
			case length >= 0 && length == int64(n):
				h.remark(DuplicateLength, f.Line)
			case length >= 0:
				h.remark(ConflictingLength, f.Line)
			}
			length = int64(n)
		}
	}
	return length
}

func (h *Head) checkHost(whole Range) {
	switch hosts := h.Values("Host"); {
	case len(hosts) == 0 && h.Version == "HTTP/1.1":
		h.remark(NoHost, whole)
	case len(hosts) > 1:
		h.remark(DuplicateHost, whole)
	}
}

// contentCodings are the codings other than identity.
func contentCodings(values []string) []string {
	all := tokens(values)
	out := all[:0]
	for _, t := range all {
		if t != "identity" {
			out = append(out, t)
		}
	}
	return out
}
