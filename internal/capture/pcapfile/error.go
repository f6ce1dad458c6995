package pcapfile

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Kind says what an Error means for the capture as a whole.
type Kind uint8

// The kinds of Error.
const (
	// Unreadable: it cannot be opened or is not a capture; there are no packets.
	Unreadable Kind = iota + 1
	// Truncated: the capture ends inside a header, record or block; everything before is valid.
	Truncated
	// Damaged: a record or block is impossible; everything before is valid.
	Damaged
	// Failed: the capture may be sound, but reading it stopped: an input error, a full disk, a bound of this package.
	Failed
)

// String returns the kind in lower case: "unreadable", "truncated", "damaged" or "failed".
func (k Kind) String() string {
	switch k {
	case Unreadable:
		return "unreadable"
	case Truncated:
		return "truncated"
	case Damaged:
		return "damaged"
	case Failed:
		return "failed"
	}
	return "kind " + strconv.Itoa(int(k))
}

// Reason names one way in which reading can end early. The value is stable and fit as a key for translations.
type Reason string

// The reasons, with the fields of Error that go with them. Offset, Frame and Size are always set as far as known.
const (
	ReasonMissing          Reason = "missing"            // there is no such file
	ReasonPermission       Reason = "permission"         // the file may not be read
	ReasonDirectory        Reason = "directory"          // the name is a directory's
	ReasonOpen             Reason = "open"               // opening failed otherwise: Err
	ReasonNotCapture       Reason = "not-capture"        // the first bytes are those of something else: Head, Looks
	ReasonVersion          Reason = "version"            // Field: format; Have, Want: major and minor version found
	ReasonHeaderCut        Reason = "header-cut"         // Have of Want bytes of the file header are there
	ReasonPacketHeaderCut  Reason = "packet-header-cut"  // Have of Want bytes of the header of packet Frame+1 are there
	ReasonPacketCut        Reason = "packet-cut"         // Have of Want captured bytes of packet Frame+1 are there
	ReasonBlockCut         Reason = "block-cut"          // Have of Want bytes of a pcapng block are there
	ReasonCaptureLength    Reason = "capture-length"     // packet Frame+1 claims Have captured bytes; Want are possible
	ReasonBlockLengthSmall Reason = "block-length-small" // a block of type Field claims Have bytes; it needs Want
	ReasonBlockLengthLarge Reason = "block-length-large" // a block of type Field claims Have bytes; at most Want are possible
	ReasonBlockTrailer     Reason = "block-trailer"      // block length is Have at the start, Want at the end of the block
	ReasonBlockRoom        Reason = "block-room"         // packet Frame+1 claims Have captured bytes; its block has room for Want
	ReasonInterface        Reason = "interface"          // packet Frame+1 names interface Have; the section has Want
	ReasonInterfaces       Reason = "interfaces"         // more than Want interfaces are described
	ReasonOption           Reason = "option"             // an option of a block of type Field claims Have bytes; Want are left
	ReasonByteOrder        Reason = "byte-order"         // a section's byte-order mark is Have
	ReasonCompressedCut    Reason = "compressed-cut"     // the compressed file (Field: gzip or zstd) breaks off
	ReasonCompressedBad    Reason = "compressed-damaged" // the compressed data (Field) cannot be unpacked: Err
	ReasonCompressedRatio  Reason = "compressed-ratio"   // Field unpacks to more than Want times its size; Have bytes so far
	ReasonCompressedWindow Reason = "compressed-window"  // zstd data needs more memory than Want bytes to unpack
	ReasonSpoolLimit       Reason = "spool-limit"        // a pipe or compressed capture has more than Want bytes
	ReasonDiskFull         Reason = "disk-full"          // no room for the temporary copy: Err
	ReasonSpool            Reason = "spool"              // the temporary copy failed otherwise: Err
	ReasonPacketLimit      Reason = "packet-limit"       // more packets than Want
	ReasonRead             Reason = "read"               // the input could not be read on: Err
)

// Looks says in English what contents that are no capture look like. The value is a key for translations, like a Reason.
type Looks string

// The contents that are known.
const (
	LooksZIP    Looks = "a ZIP archive: unpack it first"
	LooksGzip   Looks = "gzip data inside compressed data: unpack it first"
	LooksZstd   Looks = "zstd data inside compressed data: unpack it first"
	LooksBzip2  Looks = "bzip2 data: unpack it first"
	LooksXZ     Looks = "xz data: unpack it first"
	LooksLZ4    Looks = "lz4 data: unpack it first"
	Looks7Zip   Looks = "a 7-Zip archive: unpack it first"
	LooksSnoop  Looks = "a Solaris snoop capture: convert it to pcapng first"
	LooksNetMon Looks = "a Microsoft Network Monitor capture: convert it to pcapng first"
	LooksLFS    Looks = "a Git LFS pointer: fetch the real file first"
	LooksWeb    Looks = "a web page: was the download complete?"
)

// Error is every error that Open and File return, io.EOF aside. Error words it in English; the fields hold what a
// translation needs.
type Error struct {
	Kind   Kind
	Reason Reason
	// Name is the file's name as given to Open.
	Name string
	// Offset is where the broken record, block or header begins, in bytes of the uncompressed capture.
	Offset int64
	// Size is the length of the uncompressed capture in bytes, -1 if not known.
	Size int64
	// Frame is the number of the last packet that was read whole; 0 if none was.
	Frame uint32
	// Field, Have and Want depend on Reason.
	Field      string
	Have, Want uint64
	// Head holds the first bytes of what is not a capture, at most 16.
	Head []byte
	// Looks says what the contents look like instead, "" if unknown.
	Looks Looks
	// Err is the cause outside this package, nil if there is none.
	Err error
}

// texts words each reason; words in braces are replaced.
var texts = map[Reason]string{
	ReasonMissing:          "there is no such file",
	ReasonPermission:       "no permission to read the file",
	ReasonDirectory:        "this is a directory, not a capture file",
	ReasonOpen:             "cannot be opened: {cause}",
	ReasonNotCapture:       "not a packet capture: starts with {head}{looks}",
	ReasonVersion:          "{field} version {have}.{want} is not supported",
	ReasonHeaderCut:        "file header cut off after {have} of {want} bytes",
	ReasonPacketHeaderCut:  "packet {packet} cut off after {have} of {want} header bytes",
	ReasonPacketCut:        "packet {packet} cut off after {have} of {want} bytes",
	ReasonBlockCut:         "the {field} block after packet {frame} cut off after {have} of {want} bytes",
	ReasonCaptureLength:    "packet {packet} has an impossible captured length of {have} bytes (at most {want} are possible)",
	ReasonBlockLengthSmall: "the {field} block after packet {frame} has an impossible length of {have} bytes (at least {want} are needed)",
	ReasonBlockLengthLarge: "the {field} block after packet {frame} has an impossible length of {have} bytes (at most {want} are possible)",
	ReasonBlockTrailer:     "the {field} block after packet {frame} has a length of {have} bytes at its start but {want} at its end",
	ReasonBlockRoom:        "packet {packet} has an impossible captured length of {have} bytes (its block has room for {want})",
	ReasonInterface:        "packet {packet} names interface {have}, but the section describes {want}",
	ReasonInterfaces:       "more than {want} interfaces are described",
	ReasonOption:           "an option of the {field} block after packet {frame} has an impossible length of {have} bytes ({want} are left)",
	ReasonByteOrder:        "a section after packet {frame} has the impossible byte-order mark {have}",
	ReasonCompressedCut:    "the {field} data breaks off",
	ReasonCompressedBad:    "the {field} data is damaged: {cause}",
	ReasonCompressedRatio:  "the {field} data unpacks to more than {want} times its size; stopped after {have} bytes",
	ReasonCompressedWindow: "the {field} data needs more than {want} bytes of memory to unpack",
	ReasonSpoolLimit:       "more than {want} bytes from a pipe or compressed file; stopped there",
	ReasonDiskFull:         "the disk is full: no room for the temporary copy that a pipe or compressed file needs ({cause})",
	ReasonSpool:            "the temporary copy that a pipe or compressed file needs failed: {cause}",
	ReasonPacketLimit:      "more than {want} packets; stopped there",
	ReasonRead:             "reading failed: {cause}",
}

// Error returns "name: what is wrong, at byte offset N of M".
func (e *Error) Error() string {
	if e.Name == "" {
		return e.Message()
	}
	return e.Name + ": " + e.Message()
}

// Message returns the text of Error without the file's name.
func (e *Error) Message() string {
	cause := ""
	if e.Err != nil {
		cause = e.Err.Error()
	}
	have := strconv.FormatUint(e.Have, 10)
	if e.Reason == ReasonByteOrder {
		have = fmt.Sprintf("0x%08x", e.Have)
	}
	text := strings.NewReplacer(
		"{field}", e.Field, "{have}", have, "{want}", strconv.FormatUint(e.Want, 10), "{cause}", cause,
		"{frame}", strconv.FormatUint(uint64(e.Frame), 10), "{packet}", strconv.FormatUint(uint64(e.Frame)+1, 10),
		"{head}", describeHead(e.Head), "{looks}", describeLooks(e.Looks),
	).Replace(texts[e.Reason])
	if e.Kind == Unreadable {
		return text
	}
	text += ", at byte offset " + strconv.FormatInt(e.Offset, 10)
	if e.Size >= 0 {
		text += " of " + strconv.FormatInt(e.Size, 10)
	}
	return text
}

// Unwrap returns the cause outside this package, so that errors.Is(err, fs.ErrNotExist) and the like work.
func (e *Error) Unwrap() error { return e.Err }

// shownHead is how many leading bytes describeHead shows in hexadecimal: enough to tell file types apart.
const shownHead = 6

// describeHead shows the first bytes as text, if they are text, and in hexadecimal.
func describeHead(head []byte) string {
	n := min(len(head), shownHead)
	dump := ""
	for i, b := range head[:n] {
		if i > 0 {
			dump += " "
		}
		dump += hex.EncodeToString([]byte{b})
	}
	if len(head) > n {
		dump += " …"
	}
	printable := 0
	for printable < len(head) && head[printable] >= ' ' && head[printable] <= '~' {
		printable++
	}
	// Fewer printable bytes than this are as likely an accident of binary data.
	const enoughText = 3
	if printable < min(enoughText, len(head)) {
		return "the bytes " + dump
	}
	return strconv.Quote(string(head[:printable])) + " (" + dump + ")"
}

func describeLooks(looks Looks) string {
	if looks == "" {
		return ""
	}
	return "; this looks like " + string(looks)
}

// openError turns a failure to open name into an Error.
func openError(name string, err error) *Error {
	e := &Error{Kind: Unreadable, Reason: ReasonOpen, Name: name, Size: -1, Err: err}
	var path *fs.PathError
	if errors.As(err, &path) {
		e.Err = path.Err // the name is said already
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Reason = ReasonMissing
	case errors.Is(err, fs.ErrPermission):
		e.Reason = ReasonPermission
	}
	return e
}
