package export

import (
	"encoding/json"
	"io"
	"net/netip"
	"strings"

	"tcptalk/internal/session"
)

// line is an Object in the words of the manifest file. What does not apply is left out.
type line struct {
	Name        string   `json:"name,omitempty"`
	Skipped     Skip     `json:"skipped,omitempty"`
	URL         string   `json:"url,omitempty"`
	From        string   `json:"from"` // "request" or "response"
	Protocol    string   `json:"protocol"`
	Part        string   `json:"part,omitempty"`
	Type        string   `json:"type,omitempty"`
	Size        int64    `json:"size"`
	SHA256      string   `json:"sha256,omitempty"`
	Codings     []string `json:"codings,omitempty"`
	Coded       bool     `json:"coded,omitempty"`
	Complete    bool     `json:"complete"`
	Missing     string   `json:"missing,omitempty"`
	Lacks       int64    `json:"missing_bytes,omitempty"`
	Excess      int64    `json:"excess_bytes,omitempty"` // -1: some, not known how many
	Bytes       *place   `json:"bytes,omitempty"`
	Total       *int64   `json:"total,omitempty"`
	Absent      []place  `json:"missing_ranges,omitempty"`
	Connection  uint32   `json:"connection"`
	Connections []uint32 `json:"connections,omitempty"` // where there are several
	Client      string   `json:"client,omitempty"`
	Server      string   `json:"server,omitempty"`
	Frame       uint32   `json:"frame"`
	Packets     []uint32 `json:"packets"`
}

// place is a range of bytes as HTTP writes it: the last one counts.
type place struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

func placeOf(s Span) place { return place{s.Start, s.End - 1} }

// WriteManifest writes what HTTP returned for a capture as a JSON array, an object a body.
func WriteManifest(w io.Writer, s *session.Session, objects []Object) error {
	lines := make([]line, 0, len(objects))
	for i := range objects {
		lines = append(lines, lineOf(s, &objects[i]))
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(lines)
}

func lineOf(s *session.Session, o *Object) line {
	c := s.Connection(int(o.Stream))
	l := line{
		Name: o.Name, Skipped: o.Skipped, URL: o.URL(c.Server), From: "response", Protocol: o.Protocol, Part: o.Part,
		Type: o.ContentType, Size: o.Size, SHA256: o.SHA256, Codings: o.Codings, Coded: o.Coded, Complete: o.Complete,
		Missing: o.Missing, Lacks: o.Lacks, Excess: o.Excess, Connection: o.Stream, Client: c.Client.String(), Server: c.Server.String(),
		Frame: o.Frame, Packets: o.Packets,
	}
	if l.Packets == nil {
		l.Packets = []uint32{}
	}
	if o.Request {
		l.From = "request"
	}
	if len(o.Streams) > 1 {
		l.Connections = o.Streams
	}
	if o.Bytes != (Span{}) {
		bytes := placeOf(o.Bytes)
		l.Bytes = &bytes
		if o.Total >= 0 {
			l.Total = &o.Total
		}
	}
	for _, a := range o.Absent {
		l.Absent = append(l.Absent, placeOf(a))
	}
	return l
}

// URL returns the address of what the body belongs to, as far as the messages tell it; server stands in for a missing Host.
func (o *Object) URL(server netip.AddrPort) string {
	switch {
	case o.URI == "" || !strings.HasPrefix(o.URI, "/"):
		return o.URI // of the whole, as proxies are asked, or a form without a place
	case o.Host == "":
		return "http://" + server.String() + o.URI
	}
	return "http://" + o.Host + o.URI
}
