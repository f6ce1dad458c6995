package cli

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

// printer prints lines and remembers the first error, so that a closed pipe ends the work.
type printer struct {
	w   *bufio.Writer
	err error
}

func newBufferedWriter(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 1<<16) }

func (p *printer) line(format string, args ...any) {
	if p.err != nil {
		return
	}
	if len(args) == 0 {
		_, p.err = p.w.WriteString(format + "\n")
		return
	}
	_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
}

// blanks are for filling up columns.
const blanks = "                                                "

// appendConnection appends one row of the connection list, without fmt: there may be a million of them.
func appendConnection(b []byte, c *tcp.Connection) []byte {
	var tmp [96]byte
	left := func(s []byte, width int) {
		b = append(append(b, s...), blanks[:max(0, width-len(s))]...)
	}
	right := func(s []byte, width int) {
		b = append(append(b, blanks[:max(0, width-len(s))]...), s...)
	}
	right(strconv.AppendUint(tmp[:0], uint64(c.Stream), 10), 6)
	b = append(b, ' ', ' ')
	left(c.Client.AppendTo(tmp[:0]), 48)
	left(c.Server.AppendTo(tmp[:0]), 47)
	right(narrate.AppendCount(tmp[:0], uint64(c.Packets[0])+uint64(c.Packets[1])), 10)
	right(narrate.AppendCount(tmp[:0], c.Bytes[0]+c.Bytes[1]), 11)
	right(narrate.AppendDuration(tmp[:0], time.Duration(c.LastTime-c.FirstTime)), 11)
	b = append(append(b, ' ', ' '), narrate.EndingName(narrate.English, c.Ending)...)
	if n := c.Retransmissions[0] + c.Retransmissions[1]; n > 0 {
		b = append(narrate.AppendCount(append(b, ", "...), uint64(n)), sentAgain...)
	}
	return append(b, '\n')
}

func (p *printer) flush() error {
	if p.err == nil {
		p.err = p.w.Flush()
	}
	return p.err
}
