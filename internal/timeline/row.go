// Package timeline turns one connection into the rows of a view. Rows are pure data: whoever shows them decides how they
// look, and nothing here measures text.
//
// A silence gets a row of its own between two segments if diagnose.IsSilence says so: if it is long both absolutely
// (Options.Silence) and for the connection (four round trips), or if a timer demonstrably ended it. The row says who waited for
// what as far as segments and messages show it, and says so where they do not.
//
// Runs of segments that say nothing new fold into one row: data and acknowledgments, with what continues a storm of duplicate
// ACKs or retransmissions of which the first are shown; and probes of a silent peer or a closed window with their answers.
//
// A Chat is built once per connection and fold state; building costs a few bytes a row. A row's words are made when it is
// asked for, so a connection of a million packets opens at once. Start with Chat.
package timeline

import (
	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// Kind says what a row is.
type Kind uint8

// The kinds of rows.
const (
	Bubble  Kind = iota // one segment
	Divider             // a phase begins: "Handshake"
	Silence             // nobody sent anything for a while
	Fold                // several segments folded into one row
	Closing             // how the connection ended
	Failure             // the file is damaged here
	Dropped             // the capture itself lost packets here
)

// Severity says how bad something is.
type Severity uint8

// The severities, mildest first.
const (
	Info Severity = iota
	OK
	Warn
	Fail
)

// Shape is what the height of a row depends on. It is cheap to get for every row of a long connection.
type Shape struct {
	Kind Kind
	// Chips says that there is a row of label chips.
	Chips bool
	// Title says that there is a title line above the payload box.
	Title bool
	// Lines is the number of payload lines, More that a "show more" line follows.
	Lines uint16
	More  bool
	// Frames is the number of rows of the WebSocket frame table, without its head.
	Frames uint16
	// Note is the sentence below, of a Closing the Row's Detail; it may wrap. Alarm says that it is more than Info and gets a strip of its own.
	Note  string
	Alarm bool
	// Facts is the number of facts of a closing card, Text the number of text lines of a failure row.
	Facts, Text uint8
}

// Row is one row in full. Row slices and the strings in them are valid until the Row is filled again.
type Row struct {
	Kind Kind
	// Packet is the index of the (first) packet in the connection, -1 if the row has none; Frame its number in the capture.
	Packet int
	Frame  uint32
	// LastFrame is the last packet of a Fold.
	LastFrame uint32

	// Bubble
	Dir    flow.Direction
	Flags  packet.Flags
	Meta   string // "seq 0  ack 1  len 0  win 65,160"
	Time   string // since the connection's start: "0.000020"
	Delta  string // since the packet before: "+20 µs", "start"
	States [2]StateMark
	// Starred says that the reader marked the packet.
	Starred bool
	Chips   []Chip
	Title   string
	Lines   []string
	More    int // payload lines not shown
	Frames  []FrameRow
	Note    string
	// NoteSeverity colours the note.
	NoteSeverity Severity

	// Divider, Silence, Fold, Closing, Failure, Dropped
	Text      string   // the row's main words; for Silence the duration, for Closing and Failure the title
	Detail    string   // what follows them
	Sentences []string // further sentences of a Failure
	Facts     []Fact   // closing card
	// RowSeverity colours a Closing or Failure row.
	RowSeverity Severity
	// Open says that a Fold is unfolded: its packets follow as rows of their own.
	Open bool
}

// StateMark is the state of one end beside a bubble.
type StateMark struct {
	State    tcp.State
	Changed  bool // by this packet
	Inferred bool // the capture does not prove it
}

// Chip is a label on a bubble, or our own reading beside it.
type Chip struct {
	Text     string
	Severity Severity
	// Label is the tcp label that the chip stands for, 0 if it is none.
	Label tcp.Labels
	// Ours says that this is our own reading, Meaning what it rests on.
	Ours    bool
	Meaning string
}

// FrameRow is one WebSocket frame in a bubble's table.
type FrameRow struct {
	Fin, Opcode, Mask, Length, Payload string
}

// Fact is a named value of a closing card.
type Fact struct{ Name, Value string }

// Model gives a view its rows. Indexes run from 0 to Len()-1.
type Model interface {
	Len() int
	Shape(i int) Shape
	// Row fills r, reusing its slices.
	Row(i int, r *Row)
}
