package packet

import (
	"bytes"
	"slices"
	"strconv"
)

// httpMethods begin a request (RFC 9110 §9.3, RFC 5789; the last two are SSDP's).
var httpMethods = [][]byte{
	[]byte("GET "), []byte("POST "), []byte("PUT "), []byte("HEAD "), []byte("DELETE "), []byte("OPTIONS "), []byte("PATCH "),
	[]byte("CONNECT "), []byte("TRACE "), []byte("M-SEARCH "), []byte("NOTIFY "),
}

var httpVersion = []byte("HTTP/1.")

// startsHTTP knows the first line of a request or response.
func startsHTTP(b []byte) bool {
	if bytes.HasPrefix(b, httpVersion) {
		return true
	}
	first, _, _ := bytes.Cut(b, []byte("\n"))
	return slices.ContainsFunc(httpMethods, func(m []byte) bool { return bytes.HasPrefix(b, m) }) &&
		bytes.Contains(first, append([]byte(" "), httpVersion...))
}

// http describes the start line and the header lines (RFC 9112 §2.1), as far as they are in this packet.
func (p *payload) http(id, name string) []Field {
	at := p.from
	first, next := p.textLine(at)
	out := p.startLine(at, first)
	summary := line(0, p.data[at:first])
	for at = next; at < p.to; at = next {
		var end int
		end, next = p.textLine(at)
		if end == at {
			break
		}
		if len(out) > maxEntries {
			next = at
			break
		}
		colon := bytes.IndexByte(p.data[at:end], ':')
		header := Field{ID: "http.line", Name: "Header line", Offset: at, Len: next - at, Value: line(0, p.data[at:end])}
		if colon > 0 {
			value := at + colon + 1
			for value < end && (p.data[value] == ' ' || p.data[value] == '\t') {
				value++
			}
			header.Children = []Field{
				{ID: "http.header.name", Name: "Field name", Offset: at, Len: colon, Value: line(0, p.data[at:at+colon])},
				{ID: "http.header.value", Name: "Field value", Offset: value, Len: end - value, Value: line(0, p.data[value:end])},
			}
		}
		out = append(out, header)
	}
	if at < p.to && next > at { // the empty line
		out = append(out, Field{ID: "http.end", Name: "End of the header", Offset: at, Len: next - at})
		at = next
	}
	if at < p.to {
		out = append(out, dataField("http.body", "Content", p.data, at, p.to))
	}
	return []Field{cover(id, name, summary, p.from, p.to, out)}
}

// textLine returns where the line at a place ends, and where the next one begins.
func (p *payload) textLine(at int) (end, next int) {
	n := bytes.IndexByte(p.data[at:p.to], '\n')
	if n < 0 {
		return p.to, p.to
	}
	end, next = at+n, at+n+1
	if end > at && p.data[end-1] == '\r' {
		end--
	}
	return end, next
}

// startLine describes the words of a start line: three, of which the last or the second may have spaces.
func (p *payload) startLine(from, end int) []Field {
	b := p.data[from:end]
	one := bytes.IndexByte(b, ' ')
	if one < 0 {
		return nil
	}
	words := []struct{ id, name string }{
		{"http.request.method", "Method"}, {"http.request.uri", "Target"}, {"http.request.version", "Version"},
	}
	two := bytes.LastIndexByte(b, ' ')
	if bytes.HasPrefix(b, httpVersion) {
		words = []struct{ id, name string }{
			{"http.response.version", "Version"}, {"http.response.code", "Status code"}, {"http.response.phrase", "Reason phrase"},
		}
		if two = bytes.IndexByte(b[one+1:], ' ') + one + 1; two == one {
			two = len(b)
		}
	}
	var out []Field
	for i, part := range [][2]int{{0, one}, {one + 1, two}, {two + 1, len(b)}} {
		if part[0] < part[1] {
			out = append(out, Field{
				ID: words[i].id, Name: words[i].name, Offset: from + part[0], Len: part[1] - part[0], Value: line(0, b[part[0]:part[1]]),
			})
		}
	}
	return out
}

var webSocketOpcodes = map[uint64]string{0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}

// webSocketFrame returns the lengths of the header and the payload of the frame that b begins with; false if it cannot be one.
func webSocketFrame(b []byte) (header, length int, ok bool) {
	if len(b) < 2 || b[0]&0x30 != 0 || webSocketOpcodes[uint64(b[0]&0xf)] == "" {
		return 0, 0, false
	}
	header, length = 2, int(b[1]&0x7f)
	switch {
	case length < 126:
	case b[0]&8 != 0: // control frames are short and whole
		return 0, 0, false
	case length == 126:
		header += 2
	default:
		header += 8
	}
	if b[1]&0x80 != 0 {
		header += 4
	}
	if header > len(b) || b[0]&8 != 0 && b[0]&0x80 == 0 {
		return 0, 0, false
	}
	switch b[1] & 0x7f {
	case 126:
		length = be16(b[2:])
	case 127:
		const most = 1 << 30 // nobody sends a gigabyte in one frame
		long := uint64(be32(b[2:]))<<32 | uint64(be32(b[6:]))
		if long > most {
			return 0, 0, false
		}
		length = int(long)
	}
	return header, length, true
}

// startsWebSocket reports that the segment is made of frames from its first byte to its last, in a connection that was upgraded or can
// have been.
func (p *payload) startsWebSocket() bool {
	if p.speaks != "websocket" && p.speaks != "http" {
		return false
	}
	b := p.bytes()
	for len(b) > 0 {
		header, length, ok := webSocketFrame(b)
		if !ok {
			return false
		}
		b = b[min(header+length, len(b)):]
	}
	return true
}

// webSockets describes the frames of RFC 6455 §5.2.
func (p *payload) webSockets() []Field {
	var out []Field
	at := p.from
	for at < p.to && len(out) < maxEntries {
		b := p.data[at:p.to]
		header, length, _ := webSocketFrame(b)
		masked := b[1]&0x80 != 0
		parts := fieldsOf([]spec{
			{id: "websocket.fin", name: "Final fragment", off: 0, len: 1, bit: 0, bits: 1, show: isSet},
			{id: "websocket.rsv", name: "Reserved bits", off: 0, len: 1, bit: 1, bits: 3, show: dec},
			{id: "websocket.opcode", name: "Opcode", off: 0, len: 1, bit: 4, bits: 4, show: named(dec, nameIn(webSocketOpcodes))},
			{id: "websocket.mask", name: "Masked", off: 1, len: 1, bit: 0, bits: 1, show: isSet},
		}, p.data, at, p.to)
		key := header
		if masked {
			key -= 4
		}
		parts = append(parts, Field{ID: "websocket.payload_length", Name: "Payload length", Offset: at + 1, Len: key - 1, Value: size(uint64(length), nil)})
		if masked {
			parts = append(parts, Field{ID: "websocket.masking_key", Name: "Masking key", Offset: at + key, Len: 4, Value: octets(0, b[key:header])})
		}
		end := min(header+length, len(b))
		if end > header {
			content := bytes.Clone(b[header:min(end, header+maxShown+1)])
			if masked {
				for i := range content {
					content[i] ^= b[key+i%4]
				}
			}
			parts = append(parts, Field{ID: "websocket.payload", Name: "Content, unmasked", Offset: at + header, Len: end - header, Value: line(0, content)})
		}
		kind := webSocketOpcodes[uint64(b[0]&0xf)]
		out = append(out, cover("websocket", "WebSocket frame", kind+", "+strconv.Itoa(length)+" bytes", at, at+end, parts))
		at += end
	}
	return p.rest(out, at)
}
