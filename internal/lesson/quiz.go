package lesson

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// Segment is one TCP segment, as far as a quiz asks about it.
type Segment struct {
	Frame  uint32
	Dir    flow.Direction
	Flags  packet.Flags
	Labels tcp.Labels
	// Seq, Ack, Len, Window and Next (the number behind the segment) mean something only if Numbers is set.
	Seq, Ack, Len, Window, Next uint32
	Numbers                     bool
	// States are those of both ends after the segment, indexed by flow.Direction.
	States [2]tcp.EndState
}

// Talk is a connection that a quiz asks about.
type Talk interface {
	// Stream is the connection's number.
	Stream() uint32
	// Guessed says that no SYN proved who the client is.
	Guessed() bool
	Len() int
	At(i int) Segment
}

// Bounds of a quiz.
const (
	// QuizLength is the most questions of one quiz: as many as one sitting takes.
	QuizLength = 6
	// quizReach is how many segments of a connection are looked at.
	quizReach = 20_000
	// quizPerKind is how many places of one kind are remembered.
	quizPerKind = 64
)

// Quiz asks about a connection: at most QuizLength questions in the order of the packets, different ones for different seeds.
// Every answer is read from the packets, and only what they prove is asked: no state that is inferred, no number behind a gap,
// nothing that depends on a handshake that was not captured. A connection that proves nothing gives no questions.
func Quiz(t Talk, seed uint64) []Question {
	m := &quizMaker{talk: t, rng: rand.New(rand.NewPCG(seed, uint64(t.Stream())))} //nolint:gosec // chooses questions, guards nothing
	m.survey()
	var kinds [][]place
	for _, places := range m.places {
		if len(places) > 0 {
			m.rng.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
			kinds = append(kinds, places)
		}
	}
	m.rng.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	var chosen []place
	for round := 0; len(chosen) < QuizLength; round++ {
		before := len(chosen)
		for _, places := range kinds {
			if round < len(places) && len(chosen) < QuizLength {
				chosen = append(chosen, places[round])
			}
		}
		if len(chosen) == before {
			break
		}
	}
	slices.SortStableFunc(chosen, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	questions := make([]Question, 0, len(chosen))
	for _, p := range chosen {
		q := m.question(p)
		q.Stream, q.Before = t.Stream(), t.At(p.at).Frame
		m.shuffle(&q)
		questions = append(questions, q)
	}
	return questions
}

// place is a segment that something can be asked about, before it is seen.
type place struct {
	at   int
	kind quizKind
}

// quizKind is a kind of question.
type quizKind int

const (
	askAck quizKind = iota
	askSeq
	askState
	askSender
	askLabel
	askZeroWindow
	numQuizKinds
)

// question words what is asked about a place.
func (m *quizMaker) question(p place) Question {
	return [numQuizKinds]func(at int) Question{
		askAck: m.ackQuestion, askSeq: m.seqQuestion, askState: m.stateQuestion, askSender: m.senderQuestion, askLabel: m.labelQuestion,
		askZeroWindow: m.windowQuestion,
	}[p.kind](p.at)
}

// quizMaker walks a connection and remembers what can be asked where.
type quizMaker struct {
	talk   Talk
	rng    *rand.Rand
	places [numQuizKinds][]place
	seen   [numQuizKinds]int
}

// offer remembers a place; of very many each has the same chance.
func (m *quizMaker) offer(kind quizKind, at int) {
	m.seen[kind]++
	p := place{at, kind}
	if len(m.places[kind]) < quizPerKind {
		m.places[kind] = append(m.places[kind], p)
	} else if i := m.rng.IntN(m.seen[kind]); i < quizPerKind {
		m.places[kind][i] = p
	}
}

// knowledge is what the segments so far prove.
type knowledge struct {
	// opened says for each end that its SYN was captured; whole that nothing was missed or came in another order since.
	opened [2]bool
	whole  bool
	// next is the number behind the last byte that each end has sent, sent its last segment.
	next [2]uint32
	sent [2]Segment
}

// survey finds all places.
func (m *quizMaker) survey() {
	k := knowledge{whole: !m.talk.Guessed()}
	var last Segment
	for i := range min(m.talk.Len(), quizReach) {
		s := m.talk.At(i)
		if !s.Numbers {
			return // nothing behind it can be told
		}
		if s.Labels.Any(tcp.LostSegment | tcp.AckLostSegment | tcp.OutOfOrder | tcp.ReusedPorts) {
			k.whole = false
		}
		if s.Flags.Has(packet.SYN) {
			k.opened[s.Dir] = true
		}
		if i > 0 {
			m.look(i, &last, &s, &k)
		}
		if s.Flags.Has(packet.RST) {
			return
		}
		k.next[s.Dir] = max(k.next[s.Dir], s.Next)
		k.sent[s.Dir], last = s, s
	}
}

// look finds out what can be asked about segment i, which follows last.
func (m *quizMaker) look(i int, last, s *Segment, k *knowledge) {
	for kind, can := range [numQuizKinds]func(last, s *Segment, k *knowledge) bool{
		askAck: ackAsked, askSeq: seqAsked, askSender: senderAsked, askLabel: labelAsked, askZeroWindow: windowAsked,
		askState: func(last, s *Segment, k *knowledge) bool { return k.whole && stateAsked(last, s) >= 0 },
	} {
		if can(last, s, k) {
			m.offer(quizKind(kind), i)
		}
	}
}

// counted says that the numbers of a segment can be told from those before: both ends' SYNs are known and nothing was missed.
func (k *knowledge) counted(s *Segment) bool {
	return k.whole && k.opened[0] && k.opened[1] && !s.Flags.Any(packet.RST|packet.SYN)
}

// ackAsked says that the segment acknowledges all that the one before has ended with.
func ackAsked(last, s *Segment, k *knowledge) bool {
	return k.counted(s) && last.Dir != s.Dir && s.Flags.Has(packet.ACK) && s.Labels|last.Labels == 0 &&
		last.Next != last.Seq && s.Ack == k.next[last.Dir]
}

// seqAsked says that the segment goes on where the one before of its sender has ended.
func seqAsked(_, s *Segment, k *knowledge) bool {
	return k.counted(s) && s.Len > 0 && s.Labels == 0 && s.Seq == k.next[s.Dir] && s.Seq == k.sent[s.Dir].Next && s.Seq > 1
}

// senderAsked says that the segment before had to be answered, and was.
func senderAsked(last, s *Segment, k *knowledge) bool {
	return k.whole && last.Dir != s.Dir && obliges(last)
}

func labelAsked(_, s *Segment, _ *knowledge) bool {
	return knownLabel(s.Labels) != 0 && !s.Flags.Has(packet.RST)
}

func windowAsked(_, s *Segment, _ *knowledge) bool {
	return s.Window == 0 && s.Flags.Has(packet.ACK) && !s.Flags.Any(packet.RST|packet.SYN)
}

// obliges reports that the other end has to answer a segment.
func obliges(s *Segment) bool {
	return s.Flags.Any(packet.SYN|packet.FIN) && !s.Flags.Has(packet.RST) || s.Labels.Any(tcp.KeepAlive|tcp.ZeroWindowProbe)
}

// stateAsked returns the end whose state segment s has changed and proves, -1 if there is none.
func stateAsked(last, s *Segment) int {
	for _, d := range [...]flow.Direction{s.Dir, s.Dir.Reverse()} {
		before, after := last.States[d], s.States[d]
		if !before.Inferred() && !after.Inferred() && before.State() != after.State() &&
			before.State() != tcp.Unknown && after.State() != tcp.Unknown {
			return int(d)
		}
	}
	return -1
}

// askedLabels are the labels that a quiz knows questions about, the telling ones first: a fast retransmission is one of the
// others, too.
var askedLabels = [...]tcp.Labels{
	tcp.FastRetransmission, tcp.SpuriousRetransmission, tcp.Retransmission, tcp.KeepAlive, tcp.KeepAliveAck, tcp.DuplicateAck,
	tcp.ZeroWindowProbe, tcp.ZeroWindowProbeAck, tcp.ZeroWindow, tcp.WindowUpdate, tcp.WindowFull, tcp.OutOfOrder, tcp.LostSegment,
}

// knownLabel returns the label to ask about, 0 if there is none.
func knownLabel(l tcp.Labels) tcp.Labels {
	for _, k := range askedLabels {
		if l.Has(k) {
			return k
		}
	}
	return 0
}

// shuffle puts the options into another order. Numbers stay ascending.
func (m *quizMaker) shuffle(q *Question) {
	if q.Compute.What == ComputeAck || q.Compute.What == ComputeSeq || q.Compute.What == ComputeNextSender {
		return
	}
	right := q.Options[q.Right]
	m.rng.Shuffle(len(q.Options), func(i, j int) { q.Options[i], q.Options[j] = q.Options[j], q.Options[i] })
	if q.Compute.What == "" {
		q.Right = slices.Index(q.Options, right)
	}
}
