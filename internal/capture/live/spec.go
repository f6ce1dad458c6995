package live

import (
	"time"

	"tcptalk/internal/capture/helper"
)

// Spec is what to capture, and for how long.
type Spec struct {
	// Tool captures on this computer; Remote, if it is set, on another one.
	Tool   Tool    `json:"tool,omitzero"`
	Remote *Remote `json:"remote,omitempty"`
	// Interfaces are their names as List gives them.
	Interfaces []string `json:"interfaces,omitempty"`
	// Filter is a capture filter in libpcap's language; host names in it are not looked up.
	Filter string `json:"filter,omitempty"`
	// SnapLen is how many bytes of a packet are kept, Buffer the kernel's memory in MiB; 0 for the usual.
	SnapLen int `json:"snap_len,omitempty"`
	Buffer  int `json:"buffer,omitempty"`
	// Promiscuous also takes what is for other computers. Immediate hands every packet over at once.
	Promiscuous bool   `json:"promiscuous,omitempty"`
	Immediate   bool   `json:"immediate,omitempty"`
	LinkType    string `json:"link_type,omitempty"`

	Limits Limits `json:"limits,omitzero"`
	Ring   Ring   `json:"ring,omitzero"`
}

// Limits end a capture by themselves. 0 is none.
type Limits struct {
	Packets uint64 `json:"packets,omitempty"`
	// Bytes is how much is written at most, to a packet.
	Bytes    int64         `json:"bytes,omitempty"`
	Duration time.Duration `json:"duration,omitempty"`
}

// Ring keeps only the latest packets: Files files of FileBytes bytes each at most. The zero value keeps everything, in one file.
type Ring struct {
	Files     int   `json:"files,omitempty"`
	FileBytes int64 `json:"file_bytes,omitempty"`
}

// minFile is the smallest file of a ring: below that, turning costs more than capturing.
const minFile = 64 << 10

// check says what about the request is impossible.
func (s *Spec) check() *Problem {
	bad := func(message string) *Problem { return &Problem{Kind: BadOption, Message: message} }
	switch {
	case s.Limits.Bytes < 0, s.Limits.Duration < 0, s.Ring.Files < 0, s.Ring.FileBytes < 0:
		return bad("a limit below zero")
	case (s.Ring.Files > 0) != (s.Ring.FileBytes > 0):
		return bad("a ring needs a number of files and their size")
	case s.Ring.Files == 1:
		return bad("a ring needs two files at least")
	case s.Ring.Files > 0 && s.Ring.FileBytes < minFile:
		return bad("the files of a ring must have 64 KiB at least")
	case s.Remote != nil:
		return s.Remote.check(s)
	case s.Tool.Path == "":
		return &Problem{Kind: NoTool}
	}
	if _, err := helper.Parse(s.options(helper.CommandCapture).Args()); err != nil {
		return bad(err.Error())
	}
	return nil
}

// options returns the helper's options.
func (s *Spec) options(command string) helper.Options {
	return helper.Options{
		Command: command, Interfaces: s.Interfaces, Filter: s.Filter, SnapLen: s.SnapLen, Buffer: s.Buffer,
		Promiscuous: s.Promiscuous, Immediate: s.Immediate, LinkType: s.LinkType,
	}
}
