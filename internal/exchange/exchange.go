// Package exchange puts the messages of a connection together: what was asked, what came back, how long each part of it took
// and how it ended. HTTP/1 and HTTP/2 look the same from here.
//
// It promises that what a field says was captured. Where a request, a response or a time is not known, it says so. Start with
// Each, which hands exchanges over as they end, or Of for a list.
package exchange

import (
	"net/netip"
	"strings"
	"time"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/http2"
)

// Exchange is a request with what answers it.
type Exchange struct {
	// Protocol is http1.Name or http2.Name, of the response where a connection changes in between.
	Protocol string
	// Connection is the stream number of the TCP connection, Client and Server are its ends.
	Connection     uint32
	Client, Server netip.AddrPort
	// Stream is the one of HTTP/2, 0 in HTTP/1. PromisedOn is the stream on which the server promised to push this one.
	Stream, PromisedOn uint32
	// Request is nil if it was not captured, or is not known because answers before it were lost.
	Request *Message
	// Interim are the responses 1xx, in order; 101 is not among them unless HTTP/2 gives the answer. Response is the final one,
	// nil if there is none.
	Interim  []*Message
	Response *Message
	// Tunnel names the protocol inside a connection or stream that the exchange made a tunnel: "websocket" or what else an
	// Upgrade or an extended CONNECT names, "connect" for a plain CONNECT, "" if it is no tunnel.
	Tunnel string
	Timing Timing
	Ending Ending
	// Marked says that Options.Mark marked a message of it.
	Marked bool
	// H2 is the stream as HTTP/2 sees it, with its flow control; nil in HTTP/1. Its bodies and fields are those above.
	H2 *http2.Stream

	head    *http1.Head // of the request
	lost    bool        // the answer may not have been captured
	dropped bool        // given up at a bound
	secured time.Duration
}

// Message is a request or a response.
type Message struct {
	// Method, Scheme, Authority and Target are those of a request; what was not captured is empty. Authority is :authority
	// or Host.
	Method, Scheme, Authority, Target string
	// Status and Reason are those of a response. Version is "HTTP/1.1" or as the message has it.
	Status          int
	Reason, Version string
	// Fields are the header fields in order, without pseudo-header fields.
	Fields, Trailers []Field
	// HeaderBytes is the size of the header section on the wire, -1 in HTTP/2, where it depends on what came before.
	HeaderBytes int64
	Body        Body
	// Complete says that all of it is there. If not, Broken says why, in the words of proto.Message.
	Complete bool
	Broken   string
	// First and Last are indexes in the connection's View of the packets with its first and its last byte. Start and End are
	// their times, nanoseconds since 1970.
	First, Last int
	Start, End  int64
}

// Field is a header field. One whose name was not captured, because a table of HTTP/2 has it, is Unknown and has no name.
type Field struct {
	Name, Value string
	Unknown     bool
}

// Body is a message's body as sent: codings are not taken off.
type Body struct {
	// Length counts the captured bytes, Missing those not captured.
	Length, Missing int64
	// Bytes are the first ones, up to Options.KeepBody or the first hole; Truncated says that there are more.
	Bytes     []byte
	Truncated bool
	// Codings are the content codings in the order applied.
	Codings []string
}

// Get returns the value of the first header field called name (any case).
func (m *Message) Get(name string) (string, bool) {
	for i := range m.Fields {
		if strings.EqualFold(m.Fields[i].Name, name) {
			return m.Fields[i].Value, true
		}
	}
	return "", false
}

// Values returns the values of all header fields called name (any case), in order.
func (m *Message) Values(name string) []string {
	var out []string
	for i := range m.Fields {
		if strings.EqualFold(m.Fields[i].Name, name) {
			out = append(out, m.Fields[i].Value)
		}
	}
	return out
}

// Kept returns about how many bytes of memory an exchange takes.
func (x *Exchange) Kept() int {
	n := x.Request.kept() + x.Response.kept()
	for _, m := range x.Interim {
		n += m.kept()
	}
	return n
}

func (m *Message) kept() int {
	if m == nil {
		return 0
	}
	const perMessage, perField = 300, 40 // besides their strings
	n := perMessage + len(m.Target) + len(m.Body.Bytes)
	for _, fields := range [...][]Field{m.Fields, m.Trailers} {
		for i := range fields {
			n += perField + len(fields[i].Name) + len(fields[i].Value)
		}
	}
	return n
}

// Asked reports that method and target of the request are known.
func (x *Exchange) Asked() bool {
	return x.Request != nil && x.Request.Method != "" && (x.Request.Target != "" || x.Request.Method == "CONNECT")
}

// URL returns the absolute URL that was asked for, "" without a request. Without a host in the request it has the server's
// address; bytes that no URL has are escaped.
func (x *Exchange) URL() string {
	if !x.Asked() {
		return ""
	}
	r := x.Request
	if i := strings.Index(r.Target, "://"); i > 0 && !strings.ContainsAny(r.Target[:i], "/?") {
		return escape(r.Target)
	}
	if r.Method == "CONNECT" && r.Scheme == "" {
		return "http://" + escape(r.Target+r.authorityIfNo(r.Target))
	}
	base := x.Base()
	switch {
	case r.Target == "*": // RFC 9110 §7.1: no path at all
		return base
	case !strings.HasPrefix(r.Target, "/"):
		base += "/"
	}
	return base + escape(r.Target)
}

func (m *Message) authorityIfNo(target string) string {
	if target == "" {
		return m.Authority
	}
	return ""
}

// Base returns the beginning of the URL, up to the path.
func (x *Exchange) Base() string {
	scheme, host := "http", x.Server.String()
	if r := x.Request; r != nil {
		if r.Scheme != "" {
			scheme = r.Scheme
		}
		if r.Authority != "" {
			host = r.Authority
		}
	}
	return escape(scheme) + "://" + escape(host)
}

// escape writes what must not stand in a URL (RFC 3986 §2) as %xx.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			b.WriteString("%" + hex[c>>4:c>>4+1] + hex[c&15:c&15+1])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Timing says how long the parts of an exchange took, by the times of its packets where the capture was taken. A part that
// is not known is Unknown, also where the clock went back.
type Timing struct {
	// Connect is from the first SYN to the client's ACK of the answer, on the first exchange of a connection.
	Connect time.Duration
	// TLS is the handshake of TLS inside the tunnel that a CONNECT of HTTP/1 opened, as Opening has it. The other exchanges have
	// none: what a connection with TLS carries cannot be read here, and OpeningTimes has its handshake.
	TLS time.Duration
	// Send is from the first to the last byte of the request, Wait from there to the first byte of the final response,
	// Receive from there to its last byte.
	Send, Wait, Receive time.Duration
	// Early says that the final response began before the request had ended; Wait is 0 then.
	Early bool
	// Total is from the first byte of the request to the last one of either side.
	Total time.Duration
}

// Unknown stands for a time that is not known.
const Unknown time.Duration = -1

// EndKind says how an exchange ended.
type EndKind uint8

// The endings.
const (
	Complete        EndKind = iota // both messages are there to their ends
	ResetStream                    // RST_STREAM of HTTP/2
	ResetConnection                // RST of TCP
	ClosedEarly                    // FIN before the end
	Refused                        // GOAWAY says that it is not acted on
	CutOff                         // the capture ends first
	Missing                        // bytes were not captured, so that it is not known
	NotFollowed                    // more exchanges are open at once than are followed
	NumEndKinds     = iota
)

// Ending says how an exchange ended and who ended it.
type Ending struct {
	Kind EndKind
	// By is who ended it, for ResetStream, ResetConnection, ClosedEarly and Refused.
	By flow.Direction
	// Code is that of ResetStream.
	Code http2.ErrorCode
	// Packet is the index of the packet that ended it in the connection's View, -1 if none did.
	Packet int
}

// Aborted reports that the client gave up before it had the whole response.
func (x *Exchange) Aborted() bool {
	switch x.Ending.Kind {
	case ResetStream, ResetConnection, ClosedEarly:
		return x.Ending.By == flow.ClientToServer && (x.Response == nil || !x.Response.Complete)
	case Complete, Refused, CutOff, Missing, NotFollowed:
	}
	return false
}

// WebSocket reports that the frames behind the exchange are those of a WebSocket.
func (x *Exchange) WebSocket() bool { return x.Tunnel == webSocket }

const (
	webSocket = "websocket"
	connect   = "connect"
)

// tunnelOf names what an HTTP/1 response switches to.
func tunnelOf(h *http1.Head) string {
	switch {
	case h.Tunnel:
		return connect
	case h.Status == 101:
		return h.Upgrade
	}
	return ""
}
