package app

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	find "tcptalk/internal/filter"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// Form is what a reader fills in instead of writing a display filter. What is empty asks for nothing.
type Form struct {
	// Host is an address, a network as in 10.0.0.0/8, or the name that an HTTP request asks for. Port is a number, or several: "80,
	// 8000-8080".
	Host, Port string
	// Set and Clear are flags that must be set and those that must not.
	Set, Clear packet.Flags
	// Payload is text, or bytes in hexadecimal if Hex.
	Payload string
	Hex     bool
	// Method is as in a request; Path, Value (of the header line Header) and Body are parts of what they are compared with. Status is
	// a number, or a class as in "4xx".
	Method, Path, Header, Value, Status, Body string
}

// Text is the display filter that the form stands for, "" if it asks for nothing. It need not be valid: what was filled in is not
// judged here.
func (f *Form) Text() string {
	var parts []string
	add := func(part string) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	add(f.host())
	add(f.port())
	for _, flag := range narrate.FlagTerms {
		name := flagFields[flag.Flag]
		switch {
		case name == "":
		case f.Set&flag.Flag != 0:
			add(name + " == 1")
		case f.Clear&flag.Flag != 0:
			add(name + " == 0")
		}
	}
	add(f.payload())
	add(compared("http.request.method", "==", strings.ToUpper(strings.TrimSpace(f.Method))))
	add(compared("http.request.uri", "contains", f.Path))
	add(f.header())
	add(f.status())
	add(compared("http.file_data", "contains", f.Body))
	return strings.Join(parts, " && ")
}

// flagFields are the fields of the flags.
var flagFields = map[packet.Flags]string{
	packet.SYN: "tcp.flags.syn", packet.ACK: "tcp.flags.ack", packet.PSH: "tcp.flags.push", packet.FIN: "tcp.flags.fin",
	packet.RST: "tcp.flags.reset", packet.URG: "tcp.flags.urg", packet.ECE: "tcp.flags.ece", packet.CWR: "tcp.flags.cwr",
}

// Mixed reports that the form asks of one packet what a request says, and what a response says: no packet is both.
func (f *Form) Mixed() bool {
	return strings.TrimSpace(f.Status) != "" && (strings.TrimSpace(f.Method) != "" || f.Path != "")
}

// Problem says what is wrong with the filter that the form stands for, "" if nothing is.
func (f *Form) Problem(l narrate.Lang) string {
	text := f.Text()
	if text == "" {
		return ""
	}
	_, err := find.Parse(text)
	var e *find.Error
	if errors.As(err, &e) {
		return e.In(l)
	}
	return ""
}

// compared is a comparison of a field with a text, "" if that is empty.
func compared(field, operator, text string) string {
	if text == "" {
		return ""
	}
	return field + " " + operator + " " + quoted(text)
}

// quoted writes a text as filters do.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(text) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (f *Form) host() string {
	host := strings.TrimSpace(f.Host)
	if host == "" {
		return ""
	}
	addr, err := netip.ParseAddr(host)
	if p, e := netip.ParsePrefix(host); e == nil {
		addr, err = p.Addr(), nil
	}
	switch {
	case err != nil:
		return compared("http.host", "contains", host)
	case addr.Is4():
		return "ip.addr == " + host
	}
	return "ipv6.addr == " + host
}

func (f *Form) port() string {
	list := strings.FieldsFunc(f.Port, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	if len(list) == 0 {
		return ""
	}
	for i := range list {
		list[i] = strings.Replace(list[i], "-", "..", 1)
	}
	if len(list) == 1 && !strings.Contains(list[0], "..") {
		return "tcp.port == " + list[0]
	}
	return "tcp.port in {" + strings.Join(list, ", ") + "}"
}

func (f *Form) payload() string {
	if !f.Hex {
		return compared("tcp.payload", "contains", f.Payload)
	}
	digits := strings.NewReplacer(" ", "", ":", "", "0x", "").Replace(f.Payload)
	if digits == "" {
		return ""
	}
	var pairs []string
	for len(digits) > 2 {
		pairs, digits = append(pairs, digits[:2]), digits[2:]
	}
	return "tcp.payload contains " + strings.Join(append(pairs, digits), ":")
}

func (f *Form) header() string {
	name := strings.ToLower(strings.Trim(f.Header, " :"))
	switch {
	case name == "":
		return compared("http.header", "contains", f.Value)
	case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		return compared("http.header", "contains", f.Header)
	case f.Value == "":
		return "http.header." + name
	}
	return compared("http.header."+name, "contains", f.Value)
}

func (f *Form) status() string {
	status := strings.ToLower(strings.TrimSpace(f.Status))
	if class, ok := strings.CutSuffix(status, "xx"); ok {
		if n, err := strconv.Atoi(class); err == nil {
			return fmt.Sprintf("http.response.code in {%d00..%d99}", n, n)
		}
	}
	if status == "" {
		return ""
	}
	return "http.response.code == " + status
}
