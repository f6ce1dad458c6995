package export

import (
	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
)

// httpMembers describe an HTTP/1 message.
type httpMembers struct {
	// Kind is "request", "response" or "unreadable".
	Kind    string `json:"kind"`
	Method  string `json:"method,omitempty"`
	Target  string `json:"target,omitempty"`
	Status  int    `json:"status,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Version string `json:"version,omitempty"`
	// Request is what a response answers.
	Request  *askedMembers `json:"request,omitempty"`
	Headers  []fieldMember `json:"headers,omitempty"`
	Trailers []fieldMember `json:"trailers,omitempty"`
	// Remarks are the names of what is not as it should be.
	Remarks []http1.Code `json:"remarks,omitempty"`
	// Codings are the content codings that were sent; Data has them taken off as far as Stop allows. Length is what was
	// captured of the body as it was sent, Missing what was not.
	Codings []string `json:"codings,omitempty"`
	Length  int64    `json:"length"`
	Missing int64    `json:"missing,omitempty"`
	content
	Stop body.Stop `json:"stop,omitempty"`
	// Excess counts the bytes behind the end of the compressed data, -1 if there are some and not all were kept.
	Excess int64 `json:"excess,omitempty"`
}

// askedMembers name a request.
type askedMembers struct {
	Method string `json:"method"`
	Target string `json:"target"`
}

// fieldMember is a header field; a line without a colon has no name. A value that is no UTF-8 is written in base64.
type fieldMember struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Encoding string `json:"encoding,omitempty"`
}

func newFieldMember(name, value string) fieldMember {
	c := contentOf([]byte(value), false)
	return fieldMember{name, c.Data, c.Encoding}
}

func httpLine(h *http1.Head) httpMembers {
	m := httpMembers{
		Kind: httpKind(h.Kind), Method: h.Method, Target: h.Target, Status: h.Status, Reason: h.Reason, Version: h.Version,
		Headers: fieldMembers(h.Fields), Trailers: fieldMembers(h.Trailers),
		Codings: h.Body.Codings, Length: h.Body.Length, Missing: h.Body.Missing,
	}
	if r := h.Request; r != nil && r.Kind == http1.Request {
		m.Request = &askedMembers{r.Method, r.Target}
	}
	for _, r := range h.Remarks {
		m.Remarks = append(m.Remarks, r.Code)
	}
	if len(h.Body.Bytes) > 0 {
		plain := body.Decode(h.Body.Codings, h.Body.Bytes, maxContent)
		if plain.Stop == body.Unknown {
			plain.Data = h.Body.Bytes
		}
		if m.Stop, m.Excess = plain.Stop, plain.Excess(); m.Excess > 0 && h.Body.Truncated {
			m.Excess = -1
		}
		m.content = contentOf(plain.Data, h.Body.Truncated || plain.Stop == body.TooLarge || plain.Stop == body.Bomb)
	}
	return m
}

func httpKind(k http1.Kind) string {
	switch k {
	case http1.Request:
		return "request"
	case http1.Response:
		return "response"
	case http1.Unreadable:
	}
	return "unreadable"
}

func fieldMembers(fields []http1.Field) []fieldMember {
	var out []fieldMember
	for i := range fields {
		out = append(out, newFieldMember(fields[i].Name, fields[i].Value))
	}
	return out
}
