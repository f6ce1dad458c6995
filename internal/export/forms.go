package export

import (
	"bufio"
	"fmt"
	"unicode"
	"unicode/utf8"

	"tcptalk/internal/flow"
)

// form writes the bytes of a conversation in one way. Errors of the writer are sticky, so that it is enough to look at the last.
type form interface {
	// data takes the next bytes of dir, which begin at that offset of its stream.
	data(dir flow.Direction, offset int64, b []byte) error
	// gap takes words about bytes that are not there.
	gap(dir flow.Direction, words string) error
	end() error
}

// marks begin the lines of Text and Hex where both sides are written.
var marks = [2]string{flow.ClientToServer: "> ", flow.ServerToClient: "< "}

type rawForm struct{ w *bufio.Writer }

func (f rawForm) data(_ flow.Direction, _ int64, b []byte) error {
	_, err := f.w.Write(b)
	return err
}

func (f rawForm) gap(flow.Direction, string) error { return nil }
func (f rawForm) end() error                       { return nil }

// textForm writes lines.
type textForm struct {
	w      *bufio.Writer
	both   bool
	dir    flow.Direction
	inLine bool
	// pending are bytes of dir that the next ones decide on: a CR, or the beginning of a character.
	pending []byte
}

// turn ends what the other side was saying.
func (f *textForm) turn(dir flow.Direction) {
	if dir != f.dir {
		f.flush()
		f.newline()
		f.dir = dir
	}
}

// newline ends the line, if one has begun.
func (f *textForm) newline() {
	if f.inLine {
		_ = f.w.WriteByte('\n') // errors are sticky
		f.inLine = false
	}
}

// begin begins a line unless one has begun.
func (f *textForm) begin() {
	if !f.inLine && f.both {
		_, _ = f.w.WriteString(marks[f.dir])
	}
	f.inLine = true
}

func (f *textForm) dot() {
	f.begin()
	_ = f.w.WriteByte('.')
}

// flush gives up waiting for more.
func (f *textForm) flush() {
	for range f.pending {
		f.dot()
	}
	f.pending = f.pending[:0]
}

func (f *textForm) data(dir flow.Direction, _ int64, b []byte) error {
	f.turn(dir)
	if len(f.pending) > 0 {
		b = append(f.pending, b...)
		f.pending = nil
	}
	for len(b) > 0 {
		n := f.next(b)
		if n == 0 {
			f.pending = append(f.pending, b...)
			break
		}
		b = b[n:]
	}
	_, err := f.w.Write(nil)
	return err
}

// next writes the first character of b and returns its length, 0 if b does not hold all of it.
func (f *textForm) next(b []byte) int {
	switch {
	case b[0] == '\n':
		f.begin()
		f.newline()
		return 1
	case b[0] == '\r' && len(b) == 1:
		return 0
	case b[0] == '\r' && b[1] == '\n':
		return 1
	case !utf8.FullRune(b):
		return 0
	}
	r, n := utf8.DecodeRune(b)
	if r != '\t' && !unicode.IsPrint(r) || r == utf8.RuneError && n == 1 {
		f.dot()
		return n
	}
	f.begin()
	_, _ = f.w.Write(b[:n])
	return n
}

func (f *textForm) gap(dir flow.Direction, words string) error {
	f.turn(dir)
	f.flush()
	f.newline()
	f.begin()
	_, _ = f.w.WriteString(words)
	f.newline()
	_, err := f.w.Write(nil)
	return err
}

func (f *textForm) end() error {
	f.flush()
	f.newline()
	_, err := f.w.Write(nil)
	return err
}

// rowLen is how many bytes a row of Hex shows.
const rowLen = 16

// hexForm writes rows.
type hexForm struct {
	w    *bufio.Writer
	both bool
	dir  flow.Direction
	row  []byte
	at   int64 // offset of row
}

func (f *hexForm) data(dir flow.Direction, offset int64, b []byte) (err error) {
	if dir != f.dir {
		err = f.flush()
		f.dir = dir
	}
	if len(f.row) == 0 {
		f.at = offset
	}
	for len(b) > 0 && err == nil {
		n := min(rowLen-len(f.row), len(b))
		f.row = append(f.row, b[:n]...)
		b = b[n:]
		if len(f.row) == rowLen {
			err = f.flush()
		}
	}
	return err
}

// flush writes the row, if there is one.
func (f *hexForm) flush() error {
	if len(f.row) == 0 {
		return nil
	}
	var tmp [128]byte
	line := f.mark(tmp[:0])
	line = fmt.Appendf(line, "%08x", f.at)
	for i := range rowLen {
		if i%8 == 0 {
			line = append(line, ' ')
		}
		if i < len(f.row) {
			line = append(line, ' ', hexDigits[f.row[i]>>4], hexDigits[f.row[i]&15])
		} else {
			line = append(line, "   "...)
		}
	}
	line = append(line, "  "...)
	for _, c := range f.row {
		if !printable(c) {
			c = '.'
		}
		line = append(line, c)
	}
	f.at += int64(len(f.row))
	f.row = f.row[:0]
	_, err := f.w.Write(append(line, '\n'))
	return err
}

const hexDigits = "0123456789abcdef"

func (f *hexForm) mark(b []byte) []byte {
	if f.both {
		b = append(b, marks[f.dir]...)
	}
	return b
}

func (f *hexForm) gap(dir flow.Direction, words string) error {
	err := f.flush()
	f.dir = dir
	if err == nil {
		_, err = f.w.Write(append(append(f.mark(nil), words...), '\n'))
	}
	return err
}

func (f *hexForm) end() error { return f.flush() }
