package timeline

import (
	"context"
	"maps"
	"slices"
	"time"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// MessageOptions say how Messages shows a connection.
type MessageOptions struct {
	Lang narrate.Lang
	// Silence is the shortest time without a message that gets a row, 0 for none.
	Silence time.Duration
	// Lines is the number of lines of a content shown before "show more".
	Lines int
	Time  TimeFormat
	// Marks are what times may count from.
	Marks *Marks
	// From is how many messages of no known protocol are left out in front; Most is how many are shown behind them, 0 for
	// DefaultMost.
	From, Most int
}

// DefaultMost is more messages than a person scrolls through.
const DefaultMost = 200_000

// MessageKind says what a row of Messages is.
type MessageKind uint8

// The kinds of rows.
const (
	MessageBubble  MessageKind = iota // one message
	MessageFold                       // messages folded into one row: pings, housekeeping
	MessageSilence                    // nobody said anything for a while
	MessageDivider                    // another protocol begins
	MessageLimit                      // there are more messages, which are not shown; behind the last one
	MessageBefore                     // there are messages in front of the first one shown
)

// MessageTone says how a message is to be taken.
type MessageTone uint8

// The tones.
const (
	ToneSay    MessageTone = iota // the usual
	ToneBinary                    // its content is no text
	ToneGood                      // it went well
	ToneOdd                       // worth a second look
	ToneBad                       // it failed, or is not whole
)

// MessageShape is what the height of a row depends on. It is cheap to get for every row of a long connection.
type MessageShape struct {
	Kind MessageKind
	// Facts says that there is a line of facts below the head, Strip that there is a strip with the parts of the message.
	Facts, Strip bool
	// Lines is the number of lines of the content, More that a "show more" line follows, Picture that it is shown as a picture.
	Lines   uint16
	More    bool
	Picture bool
	// Note is what is wrong with the message, "" if nothing is; it may wrap.
	Note string
}

// MessageRow is one row in full. Its slices are valid until the MessageRow is filled again.
type MessageRow struct {
	MessageShape
	// Item is the number of the message in the connection, of a fold that of its first one, -1 if the row has none.
	Item int
	Dir  flow.Direction
	// Tag is a word for what the message is: "GET", "text", "query". Title is what it says in a line; Code that it is text from
	// the wire.
	Tag   string
	Tone  MessageTone
	Title string
	Code  bool
	Size  string
	Facts string
	// Cut says that the content has more than can be unfolded here: Facts says how much.
	Cut bool
	// Content are the lines shown, as many as Lines; Left is how many are not, -1 if the reader has unfolded all of them.
	Content []string
	Left    int
	// Parts are the lengths of the parts that the message was put together from, at most maxParts of them; Joined says how many
	// there are.
	Parts  []int64
	Joined string
	// Packets are the packets that carry the message, at most maxPacketLinks; Through says that they are the first and the last of
	// a range.
	Packets []PacketLink
	Through bool
	// Time is when its first packet came, Delta how long after the message before. Waited is how long what it answers waited, and
	// Paired the message that it answers or that answers it, -1 if there is none: Answer says it in words.
	Time, Delta string
	Paired      int
	Answer      string
	Unanswered  bool
	// Text and Detail are the words of the other kinds of rows. Open says that a fold is unfolded.
	Text, Detail string
	Open         bool
}

// PacketLink is a packet of the connection with its number in the capture.
type PacketLink struct {
	Packet int
	Frame  uint32
}

// Bounds of what a row shows.
const (
	maxParts       = 12
	maxPacketLinks = 4
	// messageColumns is where lines of a content are broken: what fits into a bubble of the smallest window. Lines do not depend
	// on the window's width, and so neither do the heights of rows.
	messageColumns = 72
	// maxMessageText is how much of a content is looked at.
	maxMessageText = 64 << 10
	// rawPause is how long a side pauses between two messages where no protocol tells where one ends.
	rawPause = 400 * time.Millisecond
)

// Messages are the messages of a connection as rows. It does not change: folding and unfolding make another one, so that one may
// be drawn while rows of another are measured elsewhere.
type Messages struct {
	Options MessageOptions
	// Limited says that there may be more messages than are shown: a bound was reached.
	Limited bool
	// Before is how many messages are left out in front of those.
	Before int

	view      *session.View
	talk      *session.Conversation
	items     []item
	reach     []int32 // the highest last packet of all items up to one
	parts     []int32 // indexes of messages in talk, of the items that consist of several
	halves    []*exchange.Message
	exchanges []*exchange.Exchange
	folds     map[int32]foldWords // by the first item of each
	counted   int                 // the messages that count for where the next part begins

	rows refs    // messageRefs, see Messages.row
	made derived // which rows these are
	// unfolded holds one item of each fold that the reader has opened, ascending; expanded those that are shown with all lines.
	unfolded []int32
	expanded map[int32]bool
}

// itemKind says where the words of an item come from.
type itemKind uint8

const (
	talkItem itemKind = iota // a message of the conversation
	webItem                  // a WebSocket message of one or more frames
	halfItem                 // what one side said on a stream of HTTP/2
	rawItem                  // bytes of no known protocol
	gapItem                  // bytes that were not captured, of no known protocol
)

// item is one message.
type item struct {
	kind itemKind
	dir  flow.Direction
	// quiet says that it is folded with its neighbours.
	quiet bool
	// holds says that messages in the content of this one are items of their own.
	holds bool
	// first and last are packets, ended is the one that completed it.
	first, last, ended int32
	// start and end are the place in its sender's stream; of an item of several parts that of all of them.
	start, end int64
	// at is the item's first place in Messages.parts and n how many it has; of a talkItem at is its index in the conversation.
	at, n int32
	// half and exchange are indexes, -1 for none.
	half, exchange int32
	// answers and answer are items, -1 for none.
	answers, answer int32
	shape           itemShape
}

// itemShape is what the height of an item's row depends on, while its content is folded.
type itemShape struct {
	lines                       uint16
	facts, more, noted, picture bool
}

// messageRef is one row.
type messageRef struct {
	kind MessageKind
	// first and last are items: the message, what a fold holds, the one behind a silence or a divider.
	first, last int32
}

// NewMessages makes the rows of a connection. It may read the whole connection; it ends early, with an error, if ctx ends.
func NewMessages(ctx context.Context, v *session.View, talk *session.Conversation, o MessageOptions) (*Messages, error) {
	if o.Most == 0 {
		o.Most = DefaultMost
	}
	m := &Messages{Options: o, view: v, talk: talk, expanded: map[int32]bool{}}
	m.made.version = newVersion()
	if err := m.collect(ctx); err != nil {
		return nil, err
	}
	if err := m.measure(ctx); err != nil {
		return nil, err
	}
	m.build()
	return m, nil
}

// measure finds out how high each row is.
func (m *Messages) measure(ctx context.Context) error {
	m.folds = make(map[int32]foldWords)
	for i := range m.items {
		if i%64 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		s := m.say(i)
		shown := s.shown(m.Options.Lines)
		if m.items[i].quiet && (i == 0 || !m.items[i-1].quiet) {
			m.folds[int32(i)] = m.wordFold(int32(i), int32(m.run(i)))
		}
		m.items[i].shape = itemShape{
			lines: uint16(shown), facts: len(s.facts) > 0, more: shown < len(s.lines), noted: len(s.notes) > 0, picture: s.picture,
		}
	}
	return nil
}

// row returns row i. What is kept is a ref, whose bubbles are messages after each other as those of a chat are packets.
func (m *Messages) row(i int) messageRef {
	r := m.rows.at(i)
	return messageRef{MessageKind(r.kind), r.first, r.last}
}

// build makes the rows.
func (m *Messages) build() {
	var rows refsMaker
	add := func(kind MessageKind, first, last int) {
		rows.add(ref{kind: Kind(kind), first: int32(first), last: int32(last)})
	}
	if m.Before > 0 {
		add(MessageBefore, 0, 0)
	}
	latest := int64(0) // time at which the last message was complete
	protocol := ""
	for i := 0; i < len(m.items); {
		it := &m.items[i]
		begins := m.view.At(int(it.first)).Time
		if i > 0 && m.Options.Silence > 0 && begins-latest >= int64(m.Options.Silence) {
			add(MessageSilence, i, i)
		}
		if p := m.protocol(i); p != "" && p != protocol {
			if protocol != "" {
				add(MessageDivider, i, i)
			}
			protocol = p
		}
		n := m.run(i)
		open := true
		if it.quiet {
			add(MessageFold, i, n-1)
			lo, hi := m.openIn(messageRef{MessageFold, int32(i), int32(n - 1)})
			open = lo < hi
		}
		for ; i < n; i++ {
			if open {
				add(MessageBubble, i, i)
			}
			latest = max(latest, m.view.At(int(m.items[i].over())).Time)
		}
	}
	if m.Limited {
		add(MessageLimit, len(m.items), len(m.items))
	}
	m.rows = rows.done()
}

// run returns where the run of quiet items ends that begins with item i, of which there is only one if it is not quiet.
func (m *Messages) run(i int) int {
	n := i + 1
	for m.items[i].quiet && n < len(m.items) && m.items[n].quiet {
		n++
	}
	return n
}

// openIn returns the range of m.unfolded that lies in a fold: it is open if there is any.
func (m *Messages) openIn(r messageRef) (lo, hi int) {
	lo, _ = slices.BinarySearch(m.unfolded, r.first)
	hi, _ = slices.BinarySearch(m.unfolded, r.last+1)
	return lo, hi
}

// Len returns the number of rows, Items that of messages.
func (m *Messages) Len() int   { return m.rows.Len() }
func (m *Messages) Items() int { return len(m.items) }

// Behind is how many messages lie in front of those that a next part would show.
func (m *Messages) Behind() int { return m.Before + m.counted }

// Shape returns what the height of row i depends on.
func (m *Messages) Shape(i int) MessageShape {
	r := m.row(i)
	s := MessageShape{Kind: r.kind}
	if r.kind != MessageBubble {
		return s
	}
	it := &m.items[r.first]
	s.Lines, s.More, s.Facts, s.Picture, s.Strip = it.shape.lines, it.shape.more, it.shape.facts, it.shape.picture, it.several()
	if m.expanded[r.first] || it.shape.noted {
		said := m.say(int(r.first))
		s.Note = said.note()
		if m.expanded[r.first] {
			s.Lines = uint16(len(said.lines))
		}
	}
	return s
}

// over is the packet with which the sender has said what the item shows.
func (it *item) over() int32 {
	if it.holds {
		return it.first
	}
	return it.ended
}

// several reports a message whose parts are shown.
func (it *item) several() bool { return it.kind == webItem && it.n > 1 }

// Item returns the message that row i shows first, -1 if it shows none.
func (m *Messages) Item(i int) int {
	if i < 0 || i >= m.rows.Len() {
		return -1
	}
	if r := m.row(i); r.kind == MessageBubble || r.kind == MessageFold {
		return int(r.first)
	}
	return -1
}

// RowOf returns the row that shows a message, or the fold that holds it; -1 if there is no such message.
func (m *Messages) RowOf(item int) int {
	if item < 0 || item >= len(m.items) {
		return -1
	}
	// Of the rows that begin with the same message its bubble, or the closed fold, comes last.
	return m.rows.rowOf(int32(item))
}

// Toggled returns the messages with the fold in row i folded or unfolded, or all lines of its message shown or not; themselves if
// there is neither. It takes no longer for many messages than for few.
func (m *Messages) Toggled(i int) *Messages {
	if i < 0 || i >= m.rows.Len() {
		return m
	}
	r := m.row(i)
	n := *m
	switch {
	case r.kind == MessageFold:
		n.unfolded = slices.Clone(m.unfolded)
		held := int(r.last-r.first) + 1
		if lo, hi := m.openIn(r); lo < hi {
			n.unfolded = slices.Delete(n.unfolded, lo, hi)
			n.rows, n.made = m.rows.replaced(i+1, i+1+held, nil), m.made.after(i+1, held, 0)
		} else {
			n.unfolded = slices.Insert(n.unfolded, lo, r.first)
			n.rows, n.made = m.rows.replaced(i+1, i+1, []piece{{first: r.first, n: held}}), m.made.after(i+1, 0, held)
		}
	case r.kind == MessageBubble && m.items[r.first].shape.more:
		n.expanded, n.made = maps.Clone(m.expanded), m.made.after(i, 1, 1)
		if n.expanded[r.first] {
			delete(n.expanded, r.first)
		} else {
			n.expanded[r.first] = true
		}
	default:
		return m
	}
	return &n
}

// Since returns how the rows differ from those of before, false if that is not known.
func (m *Messages) Since(before *Messages) (Difference, bool) {
	if before == nil {
		return Difference{}, false
	}
	return m.made.since(before.made)
}

// Like returns the messages with what is folded and unfolded as in old, which is of the same connection.
func (m *Messages) Like(old *Messages) *Messages {
	if old == nil || len(old.items) != len(m.items) {
		return m
	}
	n := *m
	n.unfolded, n.expanded, n.made = old.unfolded, old.expanded, derived{version: newVersion()}
	n.build()
	return &n
}
