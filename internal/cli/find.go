package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/filter"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// findCmd finds packets by a display filter, or text in what was said.
type findCmd struct {
	File        string `arg:"" help:"Capture file, - for standard input."`
	What        string `arg:"" name:"filter-or-text" help:"A display filter as in Wireshark, or a text to search for."`
	Hex         bool   `help:"Search for bytes, written in hexadecimal: \"47 45 54\"." xor:"kind"`
	Regexp      bool   `help:"Search for a regular expression (RE2)." xor:"kind"`
	Text        bool   `help:"Search for the text even if it looks like a filter." xor:"kind"`
	Exact       bool   `help:"Upper and lower case differ in a search."`
	Count       bool   `help:"Print only how much was found in each connection." xor:"output"`
	Connections bool   `help:"Print only the connections." xor:"output"`
	Tcpdump     bool   `help:"Print the capture filter for tcpdump that is equivalent, and search nothing." xor:"output"`
	Lang        string `default:"" help:"Language of messages: en or zh (default: from LANG)."`

	decodeFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *findCmd) Help() string { return helpFind }

// query reads what is to be found.
func (c *findCmd) query() (filter.Query, error) {
	mode := filter.Text
	switch {
	case c.Hex:
		mode = filter.Hex
	case c.Regexp:
		mode = filter.Pattern
	case !c.Text && !c.Exact:
		return filter.ParseQuery(c.What)
	}
	s, err := filter.ParseSearch(c.What, mode, c.Exact)
	return filter.Query{Search: s}, err
}

func (c *findCmd) run(ctx context.Context, e *env) (err error) {
	lang, err := chooseLang(e, c.Lang)
	if err != nil {
		return err
	}
	q, err := c.query()
	if err != nil {
		return misplaced(err, c.What, lang)
	}
	if c.Tcpdump {
		return c.tcpdump(e, q, lang)
	}
	s, damage, err := c.load(ctx, e, c.File)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	f := finding{printer: printer{w: newBufferedWriter(e.stdout)}, c: c, s: s, lang: lang}
	if err := q.Find(ctx, s, nil, f.result); err != nil {
		return errors.Join(f.flush(), err, damage)
	}
	f.sum()
	if err := f.flush(); err != nil {
		return err
	}
	if damage == nil && f.places == 0 {
		return errNothingFound
	}
	return damage
}

// tcpdump prints the equivalent capture filter.
func (c *findCmd) tcpdump(e *env, q filter.Query, lang narrate.Lang) error {
	if q.Filter == nil {
		return errors.New(findWords.noTcpdump.In(lang))
	}
	s, err := q.Filter.Tcpdump()
	var none *filter.NoTcpdump
	if errors.As(err, &none) {
		return errors.New(none.In(lang))
	}
	p := printer{w: newBufferedWriter(e.stdout)}
	p.line("%s", s)
	return p.flush()
}

// misplaced words an error of a filter with the text and a caret below the place.
func misplaced(err error, text string, lang narrate.Lang) error {
	var e *filter.Error
	if !errors.As(err, &e) {
		return err
	}
	const indent = 4
	shown := visible(text) // of one character for each
	at := columns(visible(text[:e.Offset]))
	width := max(columns(visible(text[e.Offset:e.Offset+e.Length])), 1)
	mark := "^" + strings.Repeat("~", width-1)
	return errors.New(e.In(lang) + "\n" + blanks[:indent] + shown + "\n" + strings.Repeat(" ", indent+at) + mark)
}

// finding prints results as they come.
type finding struct {
	printer
	c           *findCmd
	s           *session.Session
	lang        narrate.Lang
	connections int
	places      int
	partly      int
}

// result prints what was found in one connection; false if nobody reads it any more.
func (f *finding) result(r filter.Result) bool {
	f.partly += r.Partly
	if r.Count == 0 {
		return true
	}
	f.connections++
	f.places += r.Count
	v, err := f.s.View(r.Stream)
	if err != nil {
		f.err = err
		return false
	}
	f.line("%s", f.head(v, &r))
	if f.c.Count || f.c.Connections {
		return f.err == nil
	}
	for _, i := range r.Packets {
		if r.Hits == nil {
			f.packet(v, int(i))
		}
	}
	for k := range r.Hits {
		f.hit(v, &r.Hits[k])
	}
	if r.Hits != nil && r.Count > len(r.Hits) {
		f.line("    "+findWords.more.In(f.lang), r.Count-len(r.Hits))
	}
	return f.err == nil
}

// head is the line of a connection.
func (f *finding) head(v *session.View, r *filter.Result) string {
	c := &v.Conn
	s := fmt.Sprintf("#%d  %v → %v", c.Stream, c.Client, c.Server)
	if f.c.Connections {
		return s
	}
	return s + "  " + foundHere(f.lang, r.Count, r.Hits != nil)
}

// packet prints the line of a packet.
func (f *finding) packet(v *session.View, i int) {
	r := v.At(i)
	seg := narrate.Segment{Flags: r.Flags, Seq: r.Seq, Ack: r.Ack, NextSeq: r.Seq + r.Len, Len: r.Len, Window: r.Window}
	line := f.place(v, i) + "  " + narrate.Plain.Write(seg)
	if names := r.Shown().Names(); len(names) > 0 {
		line += "  [" + strings.Join(names, ", ") + "]"
	}
	f.line("%s", line)
}

// place is the beginning of a line: the packet's number, its time and who sent it.
func (f *finding) place(v *session.View, i int) string {
	r := v.At(i)
	since := time.Duration(r.Time - f.s.Counts().Origin)
	return fmt.Sprintf("  %8d  %12s  %s", r.Frame, strconv.FormatFloat(since.Seconds(), 'f', 6, 64), narrate.Side(f.lang, r.Dir()))
}

// hit prints the line of a place that a search found.
func (f *finding) hit(v *session.View, h *filter.Hit) {
	place := "  " + findWords.where[h.Where].In(f.lang)
	if h.Packet >= 0 {
		place = f.place(v, h.Packet) + place
		if h.Where != filter.InHeader {
			place += fmt.Sprintf(" %d–%d", h.Start, h.End)
		}
	}
	f.line("%s  %s", place, excerpt(h))
}

// excerpt shows a match with what stands around it.
func excerpt(h *filter.Hit) string {
	show := func(b []byte) string { return visible(strings.ToValidUTF8(string(b), "·")) }
	return show(h.Excerpt[:h.From]) + "»" + show(h.Excerpt[h.From:h.To]) + "«" + show(h.Excerpt[h.To:])
}

// sum prints the totals.
func (f *finding) sum() {
	if f.places > 0 && f.connections > 1 && !f.c.Connections {
		f.line("%s", foundInAll(f.lang, f.places, f.connections))
	}
	if f.partly > 0 {
		f.line(findWords.partly.In(f.lang), f.partly)
	}
}

// fieldsCmd lists what filters may ask for.
type fieldsCmd struct {
	Prefix string `arg:"" optional:"" help:"Only fields whose names begin like this."`
	Lang   string `default:"" help:"Language: en or zh (default: from LANG)."`
}

// Help implements kong's detailed help.
func (c *fieldsCmd) Help() string { return helpFields }

func (c *fieldsCmd) run(_ context.Context, e *env) error {
	lang, err := chooseLang(e, c.Lang)
	if err != nil {
		return err
	}
	p := printer{w: newBufferedWriter(e.stdout)}
	for _, f := range filter.Fields() {
		if !strings.HasPrefix(f.Name, c.Prefix) {
			continue
		}
		name := f.Name
		if strings.HasSuffix(name, ".") {
			name += "NAME"
		}
		kind := f.Type.Name(lang)
		p.line("%-42s %s%s  %s", name, kind, strings.Repeat(" ", max(0, 26-columns(kind))), f.Help.In(lang))
	}
	return p.flush()
}
