package app

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"tcptalk/internal/tcp"
)

// filter says which connections are listed. It keeps memory for its work: it is used by one goroutine.
type filter struct {
	// found are the connections in which something was found, nil if nothing is looked for.
	found *streamSet
	// others are the conversations that are not TCP in which something was found.
	others *streamSet
	// words, if there are some, are another way to match: all of them occur in what is said of the connection. In lower case.
	words []string

	line   []byte
	labels []string
}

// parseFilter makes a filter of words in any case; no words match everything.
func parseFilter(text string) *filter { return &filter{words: strings.Fields(strings.ToLower(text))} }

// filter is what the present search says of the list. What is found later does not change it: it is used elsewhere meanwhile.
func (c *Capture) filter() *filter {
	f := &filter{}
	if s := &c.Search; s.Active() {
		f.found, f.others = s.streams.clone(), s.others.clone()
		if s.Query.Search != nil {
			f.words = parseFilter(s.Query.Search.String()).words
		}
	}
	return f
}

// onlyTCP reports that nothing but TCP can match: a display filter is asked for.
func (f *filter) onlyTCP() bool { return f.found != nil && len(f.words) == 0 }

// matches reports that a connection meets the filter.
func (f *filter) matches(t *tcp.Connection) bool {
	switch {
	case f.found.has(int(t.Stream)):
		return true
	case len(f.words) == 0:
		return f.found == nil
	}
	f.describe(t)
	for _, word := range f.words {
		if !bytes.Contains(f.line, []byte(word)) {
			return false
		}
	}
	return true
}

// describe puts into f.line what a reader may look for, in lower case: addresses and ports, the ending, labels, the number.
func (f *filter) describe(t *tcp.Connection) {
	f.line = append(t.Client.AppendTo(f.line[:0]), ' ')
	f.line = append(t.Server.AppendTo(f.line), ' ')
	f.line = append(f.line, endingWords[t.Ending]...)
	f.labels = t.Labels.AppendNames(f.labels[:0])
	for _, name := range f.labels {
		f.line = append(append(f.line, ' '), name...)
	}
	f.line = strconv.AppendUint(append(f.line, " #"...), uint64(t.Stream), 10)
}

// endingWords are what a reader may type to find connections that ended so.
var endingWords = [tcp.NumEndings]string{
	tcp.StillOpen: "open", tcp.NoAnswer: "no answer syn only", tcp.Refused: "refused rst", tcp.Orderly: "closed fin ok",
	tcp.Simultaneous: "closed simultaneous fin", tcp.HalfClosed: "half closed fin", tcp.Reset: "reset rst",
}

// streamSet is a set of connections, one bit each. A nil set is empty.
type streamSet struct{ bits []uint64 }

func (s *streamSet) add(stream int) {
	for stream/64 >= len(s.bits) {
		s.bits = append(s.bits, 0)
	}
	s.bits[stream/64] |= 1 << (stream % 64)
}

func (s *streamSet) has(stream int) bool {
	return s != nil && stream/64 < len(s.bits) && s.bits[stream/64]&(1<<(stream%64)) != 0
}

func (s *streamSet) clone() *streamSet { return &streamSet{slices.Clone(s.bits)} }
