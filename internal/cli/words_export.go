package cli

import (
	"errors"
	"fmt"
	"strings"

	"tcptalk/internal/exchange"
	"tcptalk/internal/export"
	"tcptalk/internal/flow"
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/body"
	"tcptalk/internal/tcp"
)

// written sums up an export.
func written(files int, bytes uint64, dir string) string {
	return fmt.Sprintf("%s, %s, written to %s", count(uint64(files), "file"), narrate.Bytes(bytes), dir)
}

// rawOfSeveral says that raw bytes of several connections in one file cannot be told apart.
func rawOfSeveral(n int) string {
	return fmt.Sprintf("raw bytes of %d connections in one could not be told apart: choose one with --connection", n)
}

// streamHead is the line in front of the bytes of one of several connections.
func streamHead(c *tcp.Connection) string {
	return fmt.Sprintf("# connection %d: %v → %v", c.Stream, c.Client, c.Server)
}

// noMessage says that there is no message of that number.
func noMessage(n int) string {
	return fmt.Sprintf("there is no such message %d: messages are counted from 0 in each connection, in the order in which they ended", n)
}

// writtenLines sums up an export of messages.
func writtenLines(n int, file string) string {
	return fmt.Sprintf("%s, written to %s", count(uint64(n), "message"), file)
}

// writtenHAR sums up a HAR.
func writtenHAR(sum export.HARSummary, file string) string {
	return fmt.Sprintf("%s, written to %s", count(uint64(sum.Entries), "exchange"), file)
}

// leftOutOfHAR says what a HAR lacks, a line each.
func leftOutOfHAR(sum export.HARSummary) []string {
	var lines []string
	if n := sum.WithoutRequest; n > 0 {
		lines = append(lines, fmt.Sprintf("tcptalk: %s left out: the request was not captured", count(uint64(n), "response")))
	}
	if n := sum.Truncated; n > 0 {
		lines = append(lines, fmt.Sprintf(`tcptalk: bodies of which only the beginning is written, marked "_truncated": %s`, narrate.Count(uint64(n))))
	}
	return lines
}

// curlBodyNote says that a command needs a file.
func curlBodyNote(request int, x *exchange.Exchange) string {
	return fmt.Sprintf("tcptalk: request %d has a body of %s that does not fit into a command: put it into the file %s",
		request, narrate.Bytes(uint64(x.Request.Body.Length+x.Request.Body.Missing)), export.CurlBody)
}

// noRequest says which requests a connection has.
func noRequest(request, n, connection int) error {
	if n == 0 {
		return fmt.Errorf("connection %d has no HTTP request that was captured", connection)
	}
	return fmt.Errorf("there is no request %d: connection %d has %d, counted from 1", request, connection, n)
}

// skippedObject says which body was not written, and why.
func skippedObject(o *export.Object) string {
	what := o.URI
	if what == "" {
		what = "a body without a request"
	}
	return fmt.Sprintf("tcptalk: not written: %s (packet %d): %s", visible(what), o.Frame, o.Skipped)
}

// alreadyThere says that nothing is overwritten.
func alreadyThere(path string) string {
	return path + ": there is such a file already; --force writes over it"
}

// notPlain says what is never overwritten.
func notPlain(path string) string {
	return path + ": that is no plain file, and is not written over"
}

// percentDone is the line that shows how far a job has come.
func percentDone(done, total int) string {
	return fmt.Sprintf("%d %%", 100*int64(done)/max(int64(total), 1))
}

// packetsWritten sums up an export of packets.
func packetsWritten(sum export.PacketsWritten, path string) string {
	return fmt.Sprintf("%s, %s, written to %s", count(uint64(sum.Packets), "packet"), narrate.Bytes(uint64(sum.Bytes)), path)
}

// packetsLack says what did not go with the packets.
func packetsLack(sum export.PacketsWritten, secrets int) (lines []string) {
	if sum.Comments > 0 {
		lines = append(lines, "tcptalk: a pcap has no place for comments: "+count(uint64(sum.Comments), "comment")+" left out")
	}
	if sum.Untimed > 0 {
		lines = append(lines, "tcptalk: the capture has no time for "+count(uint64(sum.Untimed), "packet")+": written as 1970")
	}
	if secrets > 0 {
		lines = append(lines, "tcptalk: the keys for decryption that the capture holds are left out")
	}
	return lines
}

// packetsError adds what a person can do.
func packetsError(err error) error {
	var link *export.LinkTypeError
	if errors.As(err, &link) {
		return fmt.Errorf("%w; write a pcapng instead", link)
	}
	return err
}

// frameListError says what a list of packets looks like.
func frameListError(err error) error {
	return fmt.Errorf("%w; a list looks like 1-5,9,20-", err)
}

// gapInStream stands in place of bytes.
func gapInStream(n int64) string {
	return fmt.Sprintf("[%d bytes not captured]", n)
}

// gapInRaw tells of a gap beside the bytes.
func gapInRaw(dir flow.Direction, offset, n int64) string {
	return fmt.Sprintf("tcptalk: %s: %s not captured, at offset %s", dir, count(uint64(n), "byte"), narrate.Count(uint64(offset)))
}

// gapsInRaw sums up gaps that are too many to be told one by one.
func gapsInRaw(gaps int, missing int64) string {
	return fmt.Sprintf("tcptalk: … %s in all, %s not captured", count(uint64(gaps), "gap"), count(uint64(missing), "byte"))
}

// streamWritten sums up an export of bytes.
func streamWritten(sum [2]export.StreamSum, sides [2]bool, path string) string {
	var parts []string
	for dir := range flow.Direction(2) {
		if !sides[dir] {
			continue
		}
		part := fmt.Sprintf("%s from the %s", count(uint64(sum[dir].Bytes), "byte"), dir)
		if sum[dir].Missing > 0 {
			part += fmt.Sprintf(" (%s not captured)", narrate.Count(uint64(sum[dir].Missing)))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ") + ", written to " + path
}

// manifestThere says that the manifest would be written over something.
func manifestThere(path string) string {
	return path + ": there is such a file already; name another one for the manifest"
}

// incompleteObject says which file is not all of a body, and why.
func incompleteObject(o *export.Object) string {
	return fmt.Sprintf("tcptalk: incomplete: %s (packet %d): %s", visible(o.Name), o.Frame, o.Missing)
}

// excessiveObject says of a file that its body went on behind the end of what was compressed.
func excessiveObject(o *export.Object) string {
	return fmt.Sprintf("tcptalk: %s (packet %d) is whole; left out: %s", visible(o.Name), o.Frame, (&body.Excess{Bytes: o.Excess}).Error())
}

// notJoined says of a file that holds a range only why that is, and what is missing.
func notJoined(o *export.Object) string {
	text := fmt.Sprintf("tcptalk: incomplete: %s: %s", visible(o.Name), o.Missing)
	for i, a := range o.Absent {
		if i == maxAbsent {
			return fmt.Sprintf("%s and %s more", text, narrate.Count(uint64(len(o.Absent)-i)))
		}
		text += fmt.Sprintf(", %d-%d", a.Start, a.End-1)
	}
	return text
}
