package http1

import (
	"bytes"

	"tcptalk/internal/proto"
)

// maxDetectLine is how much of a first line Detect waits for; servers take 8 KiB.
const maxDetectLine = 8 << 10

// WellKnownPort reports that Wireshark expects HTTP from a server on that port.
func WellKnownPort(port uint16) bool {
	switch port {
	case 80, 3128, 3132, 5985, 8080, 8088, 11371, 1900, 2869, 2710:
		return true
	}
	return false
}

// Detector recognises HTTP/1 by the first line of either direction.
type Detector struct{ Options Options }

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (d Detector) New(start [2]int64, emit proto.Emit) proto.Decoder {
	return New(start, emit, d.Options)
}

// Detect implements proto.Detector.
func (Detector) Detect(client, server []byte, _ uint16) proto.Verdict {
	c, s := detect(client), detect(server)
	switch {
	case c == proto.Yes || s == proto.Yes:
		return proto.Yes
	case c == proto.No || s == proto.No:
		return proto.No
	}
	return proto.More
}

// DetectCut implements proto.CutDetector: the snapshot length cuts long request lines.
func (Detector) DetectCut(first []byte) bool {
	h := &Head{Line: string(first)}
	return !bytes.Contains(first, []byte("\n")) && (h.parseStatusLine(h.Line) || h.parseRequestLine(h.Line) && h.plainTarget())
}

// detect looks at the first line of one direction.
func detect(b []byte) proto.Verdict {
	b = bytes.TrimPrefix(b, []byte("\r\n"))
	line, _, whole := bytes.Cut(b, []byte("\n"))
	if len(line) > maxDetectLine {
		return proto.No
	}
	if !whole {
		return detectPart(line)
	}
	h := &Head{Line: string(trimEnd(line))}
	switch {
	case h.parseStatusLine(h.Line):
		return proto.Yes
	case !h.parseRequestLine(h.Line):
	case validVersion(h.Version) && h.Version < "HTTP/2", h.endsInVersion(), h.Version == "" && knownMethods[h.Method] && h.Target[0] == '/':
		return proto.Yes
	}
	return proto.No
}

// detectPart says whether a line that has not ended could become a start line.
func detectPart(line []byte) proto.Verdict {
	for i, c := range line {
		switch {
		case c == ' ' && i > 0:
			return proto.More
		case c == '/' && (i == 4 && string(line[:4]) == "HTTP"):
			return proto.More
		case c == '\r' && i == len(line)-1:
			return proto.More
		case !isToken(c) || i > 32: // longer than any method
			return proto.No
		}
	}
	return proto.More
}
